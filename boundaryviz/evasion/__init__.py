"""Attacks on models as they stand: how little an input has to be pushed for the decision to change, and what is certain
of it. Settings and values are light; whatever asks a model loads torch."""
