"""What the seeds of a result differ in, and the words for it."""

from __future__ import annotations

from typing import Literal

from boundaryviz.learners.family import Family

Varies = Literal["training", "data", "poison", "nothing"]
"""What the seeds stand for: weights, batches and noise; the points drawn; where the poison falls; no seeds at all."""

ONE_FIT = "nothing is random: one fit for all seeds"
"""Said in place of a spread where every seed comes to the same."""


def training_varies(family: Family) -> Varies:
    """What the training seeds of a learner of this family differ in."""
    return "training" if family.seeded else "nothing"


def seeds_words(seeds: int, varies: Varies) -> str:
    """How many seeds there are, and of what."""
    return ONE_FIT if varies == "nothing" else f"{seeds} {varies} seed{'s' * (seeds != 1)}"
