"""Figures and films of what the window shows."""
