"""Adversarial examples: the smallest push over the boundary, attacks beside it, and robust error."""
