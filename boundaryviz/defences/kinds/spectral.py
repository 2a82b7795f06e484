"""Spectral signatures: points that stand out along the direction in which the features of their class vary most.

Tran, Li and Madry 2018, "Spectral signatures in backdoor attacks", algorithm 1. The features are centred before they
are projected, as there; two published programs centre for the decomposition alone.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.defences.filters import ClassShareFilter, Sight, SurrogateFilter
from boundaryviz.scene.specs import setting


class SpectralSpec(ClassShareFilter, SurrogateFilter):
    """Leaves out the points of each class that stand out along the main direction of its features."""

    TITLE: ClassVar[str] = "Spectral signatures"
    LOOKS_AT: ClassVar[Literal["labelled", "unlabelled"]] = "labelled"
    AS_MUCH: ClassVar[float] = 1.5
    defence: Literal["spectral"] = "spectral"
    share: float = setting(
        0.05, "Share of poison", "Expected in a class; one and a half times as many of its points are left out.",
        ge=0.0, le=0.3,
    )  # fmt: skip

    def scores(self, sight: Sight) -> NDArray[np.float64]:
        """Squares (M,) of the centred features' projections on the first right singular vector of their class."""
        features, label = sight.features(sight.fitted(surrogate=self.surrogate)), sight.label[sight.judged]
        scores = np.empty(len(features))
        for k in np.unique(label):
            centred = features[label == k] - features[label == k].mean(axis=0)
            direction = np.linalg.svd(centred, full_matrices=False)[2][0]
            scores[label == k] = (centred @ direction) ** 2
        return scores
