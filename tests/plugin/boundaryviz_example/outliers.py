"""A defence: points that lie far from everybody are left out."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from boundaryviz.defences import DefenceSettings, Fit, Verdict
from boundaryviz.scene.scene import Points
from boundaryviz.scene.specs import setting


class OutliersSpec(DefenceSettings):
    """Leaves out the points that are farthest from their nearest neighbour."""

    TITLE: ClassVar[str] = "Outliers"
    defence: Literal["outliers"] = "outliers"
    share: float = setting(0.05, "Share", "Of the points that are left out.", ge=0.0, le=1.0)

    def judge(self, points: Points, fit: Fit, rng: np.random.Generator) -> Verdict:
        gap = np.linalg.norm(points.xy[:, None] - points.xy, axis=2)
        np.fill_diagonal(gap, np.inf)
        nearest = gap.min(axis=1)
        weights = (nearest <= np.quantile(nearest, 1.0 - self.share)).astype(np.float32)
        return Verdict(weights, nearest)
