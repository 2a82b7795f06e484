"""Label sanitising by nearest neighbours.

Paudice, Muñoz-González and Lupu 2018, "Label sanitization against label flipping poisoning attacks", algorithm 1. There
a suspicious point gets the label of its neighbours; here it is left out.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from boundaryviz.defences.filters import Filter, Found, Sight
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

    def sift(self, sight: Sight, rng: np.random.Generator) -> Found:
        """By the share of neighbours that are of the commonest other class. Raises ValueError for too few points."""
        label = sight.label[sight.judged]
        _, near = neighbours(sight.x[sight.judged], self.neighbours)
        share = np.stack([(label[near] == k).mean(axis=1) for k in range(label.max() + 1)], axis=1)
        mine = np.arange(share.shape[1]) == label[:, None]
        own, other = share[mine], np.where(mine, 0.0, share).max(axis=1)
        return other, (other >= self.majority) & (other > own)
