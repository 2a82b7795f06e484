"""Runs without a window: one scenario trained over seeds, measured, drawn and asked."""
