"""Seeds: what those of a result differ in, ranges of them, and the words for both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from boundaryviz.learners.family import LearnerSettings

Varies = Literal["training", "data", "poison", "nothing"]
"""What the seeds stand for: weights, batches and noise; the points drawn; where the poison falls; no seeds at all."""

MOST_SEEDS = 10_000
"""That a range of them may hold."""
_RANGE = re.compile(r"(\d{1,10})(?:\s*-\s*(\d{1,10}))?")

ONE_FIT = "nothing is random: one fit for all seeds"
"""Said in place of a spread where every seed comes to the same."""


def training_varies(learner: LearnerSettings) -> Varies:
    """What the training seeds of a learner with these settings differ in."""
    return "training" if learner.seeded else "nothing"


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


def seed_range_words(seeds: Sequence[int]) -> str:
    """'0 to 19', '3', '1, 4, 9' or, of many without order, '1, 4, ..., 40'."""
    if len(seeds) > 2 and list(seeds) == list(range(seeds[0], seeds[-1] + 1)):
        return f"{seeds[0]:,} to {seeds[-1]:,}"
    if len(seeds) > 6:
        return f"{seeds[0]:,}, {seeds[1]:,}, ..., {seeds[-1]:,}"
    return ", ".join(f"{seed:,}" for seed in seeds)


def parse_seeds(text: str) -> tuple[int, ...]:
    """'0-19', '3' or '0-4, 7' as seeds. Raises ValueError, in words."""
    seeds: list[int] = []
    for part in text.split(","):
        found = _RANGE.fullmatch(part.strip())
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if last < first:
            raise ValueError("write seeds as FIRST-LAST, for example 0-19")
        if len(seeds) + last - first >= MOST_SEEDS:
            raise ValueError(f"at most {MOST_SEEDS:,} seeds are taken")
        seeds += range(first, last + 1)
    return tuple(dict.fromkeys(seeds))
