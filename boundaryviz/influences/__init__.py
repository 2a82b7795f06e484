"""Why this boundary: the training points answerable for the decision at a place, by methods that say when they hold,
beside what leaving each point out really does."""
