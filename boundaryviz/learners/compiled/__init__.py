"""Training of small nets by a program of our own, compiled for this processor."""
