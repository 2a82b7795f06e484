"""Filters by loss: points that a model trained on the others does not believe.

One round is the loss defence (Koh, Steinhardt and Liang 2022, "Stronger data poisoning attacks break data sanitization
defenses", section 2). Repeated until the set is stable it is TRIM (Jagielski et al. 2018, "Manipulating machine
learning: poisoning attacks and countermeasures for regression learning", algorithm 2), with the cross-entropy in the
place of the residual, and begun with all points instead of a random set, so that the same points give the same verdict.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from boundaryviz.defences.filters import Found, ShareFilter, Sight, highest
from boundaryviz.scene.specs import setting


class LossSpec(ShareFilter):
    """Leaves out the labelled points with the highest loss, trains on the rest, and again until the choice stands."""

    TITLE: ClassVar[str] = "Loss (TRIM)"
    LOOKS_AT: ClassVar[Literal["labelled", "unlabelled"]] = "labelled"
    defence: Literal["loss"] = "loss"
    rounds: int = setting(
        20, "Rounds", "Trainings at most; 1 judges by the losses of a model of all points, and no more.", ge=1, le=400
    )

    def sift(self, sight: Sight, rng: np.random.Generator) -> Found:
        """By the losses in the last round. Raises ValueError where a round leaves nothing of a class."""
        removed = np.zeros(len(sight.judged), dtype=bool)
        for _ in range(self.rounds):
            scores = sight.losses(sight.fitted(removed))
            before, removed = removed, highest(scores, self.share)
            if np.array_equal(before, removed):
                break
        return scores, removed
