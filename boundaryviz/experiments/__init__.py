"""Runs without a window: training, and later sweeps."""
