"""Attacks that train: their settings, their trail on the plane and over trainings, paused, kept and discarded."""
