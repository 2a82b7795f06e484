"""Label sanitising by nearest neighbours.

Paudice, Muñoz-González and Lupu 2018, "Label sanitization against label flipping poisoning attacks", algorithm 1. There
a suspicious point gets the label of its neighbours; here it is left out.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.defences.filters import Filter, Sight
from boundaryviz.defences.neighbours import neighbours
from boundaryviz.scene.specs import setting


class KnnSpec(Filter):
    """Leaves out labelled points whose nearest labelled neighbours are mostly of another class."""

    TITLE: ClassVar[str] = "Neighbours disagree"
    LOOKS_AT: ClassVar[Literal["labelled", "unlabelled"]] = "labelled"
    defence: Literal["knn"] = "knn"
    neighbours: int = setting(10, "Neighbours", "Of each labelled point, among the labelled ones.", ge=1, le=1000)
    majority: float = setting(
        0.5, "Majority", "A point goes if at least this share of its neighbours are of one other class, and more of "
        "them than of its own.", ge=0.0, le=1.0,
    )  # fmt: skip

    def sift(self, sight: Sight, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """By the share of neighbours that are of the commonest other class."""
        at = np.flatnonzero(sight.label >= 0)
        label = sight.label[at]
        _, near = neighbours(sight.x[at], self.neighbours)
        share = (label[near][:, :, None] == np.arange(label.max() + 1)).mean(axis=1)
        each = np.arange(len(at))
        own = share[each, label]
        share[each, label] = 0.0
        other = share.max(axis=1)
        scores, removed = np.full(len(sight.label), np.nan), np.zeros(len(sight.label), dtype=bool)
        scores[at] = other
        removed[at] = (other >= self.majority) & (other > own)
        return scores, removed
