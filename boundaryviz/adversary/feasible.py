"""Where poison may lie: within the box, and where it hides from a defence by distances, within a sphere or slab."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Hides = Literal["nowhere", "sphere", "slab", "both"]
Vector = NDArray[np.float64]

_ROUNDS = 50


class Feasible:
    """Sphere and slab of each class (Steinhardt, Koh and Liang 2017, "Certified defenses for data poisoning attacks",
    equations 2 and 3): |x - mean_y| <= r_y, and |(x - mean_y) . (mean_y - mean_other)| <= s_y, in which a share of the
    class's own points lies.

    x: (N, D) and label: (N,), the clean points. box: (2, D). The slab is that of two classes, or between a class and
    all others.
    """

    def __init__(
        self,
        x: NDArray[np.float64],
        label: NDArray[np.int64],
        box: NDArray[np.float64],
        hides: Hides,
        percentile: float,
    ) -> None:
        self._box, self._hides = box, hides
        self._mean: dict[int, Vector] = {}
        self._radius: dict[int, float] = {}
        self._axis: dict[int, Vector] = {}
        self._half: dict[int, float] = {}
        for own in np.unique(label).tolist():
            inner, outer = x[label == own], x[label != own]
            mean = self._mean[own] = inner.mean(axis=0)
            self._radius[own] = float(np.percentile(np.linalg.norm(inner - mean, axis=1), percentile))
            way = mean - outer.mean(axis=0)
            length = float(np.linalg.norm(way))
            self._axis[own] = way / length if length else np.zeros(len(way))
            self._half[own] = float(np.percentile(np.abs((inner - mean) @ self._axis[own]), percentile))

    def nearest(self, x: Vector, label: int) -> Vector:
        """A place (D,) where poison of this class may lie, near to x (D,): by projecting in turn on each of the convex
        sets that it is the intersection of."""
        for _ in range(_ROUNDS):
            moved = np.clip(x, *self._box)
            if label in self._mean:
                if self._hides in ("slab", "both"):
                    moved = self._in_slab(moved, label)
                if self._hides in ("sphere", "both"):
                    moved = self._in_sphere(moved, label)
            if np.abs(moved - x).max() < 1e-12:
                break
            x = moved
        return np.clip(x, *self._box)

    def _in_sphere(self, x: Vector, label: int) -> Vector:
        away = x - self._mean[label]
        length = float(np.linalg.norm(away))
        return x if length <= self._radius[label] else self._mean[label] + away * (self._radius[label] / length)

    def _in_slab(self, x: Vector, label: int) -> Vector:
        along = float((x - self._mean[label]) @ self._axis[label])
        return x + (np.clip(along, -self._half[label], self._half[label]) - along) * self._axis[label]
