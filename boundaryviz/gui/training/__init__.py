"""The conversation with the trainer, what it says on the plane, and the panels of data, learner and training."""
