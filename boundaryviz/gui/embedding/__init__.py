"""The points as the model has them, on a second plane beside the first; and what is alike there."""
