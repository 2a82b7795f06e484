"""The sphere filter: points that lie far from the mean of their class.

Steinhardt, Koh and Liang 2017, "Certified defenses for data poisoning attacks", equation 3; Koh, Steinhardt and Liang
2022, "Stronger data poisoning attacks break data sanitization defenses", section 2 (L2 defence).
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.defences.filters import ClassShareFilter, Sight


class SphereSpec(ClassShareFilter):
    """Leaves out the labelled points that lie farthest from the mean of their class."""

    TITLE: ClassVar[str] = "Sphere"
    LOOKS_AT: ClassVar[Literal["labelled", "unlabelled"]] = "labelled"
    defence: Literal["sphere"] = "sphere"

    def scores(self, sight: Sight) -> NDArray[np.float64]:
        """Distances (M,) from the mean of the own class."""
        x, label = sight.x[sight.judged], sight.label[sight.judged]
        return np.linalg.norm(x - means(x, label)[label], axis=1)


def means(x: NDArray[np.float64], label: NDArray[np.int64]) -> NDArray[np.float64]:
    """The mean (C, D) of each class of points (M, D) with labels (M,); NaN for a class without any."""
    found = np.full((label.max() + 1, x.shape[1]), np.nan)
    for k in np.unique(label):
        found[k] = x[label == k].mean(axis=0)
    return found
