"""The elephant: a curve of a few complex parameters, its trunk, and fits to noisy points of it."""
