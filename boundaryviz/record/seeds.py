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


def shown_seeds(first: int, seeds: int, varies: Varies, kept: int | None = None) -> str:
    """What a number beside these words is of: the one seed, the mean of those that count, or the one fit.

    first: the seed of the first run. kept: how many count, default all.
    """
    if seeds == 1:
        return f"seed {first}"
    if varies == "nothing":
        return "one fit for all seeds"
    if kept is None or kept == seeds:
        return f"mean of {seeds} seeds"
    return f"mean of {kept} of {seeds} seeds"
