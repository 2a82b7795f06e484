"""What one more point, or a heap of points, at each place would do to a trained model: a map for each label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from typing_extensions import override

from boundaryviz.record.measures import Measure as Measured
from boundaryviz.record.records import Records, Tabular
from boundaryviz.scene.scene import UNLABELLED, Domain

Measure = Literal["test-error", "validation-error", "pin", "flips"]

MEASURES: dict[Measure, str] = {
    "test-error": "test error",
    "validation-error": "validation error",
    "pin": "lead of the class that the pin wants",
    "flips": "share of test points that change class",
}
"""What a map can be of, and what it is called."""

MEASURED = {
    "best": Measured("largest change on the map"),
    "floor": Measured("distance of two seeds' maps"),
    "share": Measured("share of the map's nodes that are trained with", True),
    "fits": Measured("trainings that the map takes"),
    "error": Measured("mean distance from the map of every node"),
    "largest_error": Measured("largest distance from the map of every node"),
    "regret": Measured("what the map of every node has more at its best"),
}
"""What is measured of maps themselves, in the units of what they are of."""

PLAIN = 1e-12
"""A map that changes by no more is zero but for rounding."""


@dataclass(frozen=True, eq=False)
class EffectMap(Tabular):
    """The change of a measure that `weight` points at a place bring, found by training with them.

    domain: the rectangle that is mapped. labels: of the points, a map for each, -1 for unlabelled. values: float64
    (L, H, W), the change at the nodes of an even grid from edge to edge of the domain, row 0 at the bottom, the mean
    over seeds; NaN where it is not known. ties: the same of the mean loss, which says which of equal changes is the
    larger. measured: bool (L, H, W), the nodes that were trained with; all others are
    bilinear between those around them. base: the measure without the points. level: cells along a side, so that H and W
    are one more. seeds: of training. floor: how far the maps of two seeds lie apart (root mean square over measured
    nodes); None where training knows no chance, or of one seed. fits: trainings so far. done: no finer map follows.
    words: what has to be said with it; may be empty. rates (`pin` apart) are shares, 0 to 1.
    """

    domain: Domain
    labels: tuple[int, ...]
    values: NDArray[np.float64]
    ties: NDArray[np.float64]
    measured: NDArray[np.bool_]
    measure: Measure
    weight: int
    seeds: tuple[int, ...]
    level: int
    base: float
    floor: float | None = None
    fits: int = 0
    seconds: float = 0.0
    done: bool = False
    words: str = ""
    scenario: str = ""
    title: str = ""
    learner: str = ""
    class_names: tuple[str, ...] = ()

    @property
    def nodes(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where the nodes lie: x (W,) and y (H,)."""
        d, (_, rows, columns) = self.domain, self.values.shape
        return np.linspace(d.left, d.right, columns), np.linspace(d.bottom, d.top, rows)

    @property
    def largest(self) -> float:
        """The largest change there is, up or down; 0 where none is known."""
        known = np.abs(self.values[np.isfinite(self.values)])
        return float(known.max(initial=0.0))

    @property
    def flat(self) -> bool:
        """Whether nothing anywhere changes anything."""
        return self.largest <= PLAIN

    def best(self) -> tuple[NDArray[np.float64], int, float] | None:
        """The place (2,) and label of the largest measured change, and the change; None where none is known."""
        some = np.flatnonzero(self.measured & np.isfinite(self.values))
        if not len(some):
            return None
        value, tie = self.values.ravel()[some], np.nan_to_num(self.ties.ravel()[some], nan=-np.inf)
        first = some[np.lexsort((some, -tie, -value))[0]]
        at, row, column = np.unravel_index(first, self.values.shape)
        x, y = self.nodes
        return np.array([x[column], y[row]]), self.labels[at], float(self.values[at, row, column])

    def at(self, places: ArrayLike) -> NDArray[np.float64]:
        """The change (L, G) at places (G, 2), bilinear between nodes; NaN outside the domain."""
        d, (_, rows, columns) = self.domain, self.values.shape
        places = np.asarray(places, dtype=np.float64)
        u = (places[:, 0] - d.left) / d.width * (columns - 1)
        v = (places[:, 1] - d.bottom) / d.height * (rows - 1)
        inside = (u >= 0) & (u <= columns - 1) & (v >= 0) & (v <= rows - 1)
        i = np.clip(np.nan_to_num(u), 0, columns - 2).astype(np.int64)
        j = np.clip(np.nan_to_num(v), 0, rows - 2).astype(np.int64)
        s, t = u - i, v - j
        z = self.values
        found = (1 - t) * ((1 - s) * z[:, j, i] + s * z[:, j, i + 1])
        found += t * ((1 - s) * z[:, j + 1, i] + s * z[:, j + 1, i + 1])
        return np.where(inside, found, np.nan)

    def label_words(self, label: int) -> str:
        """'unlabelled', or the name of the class."""
        if label == UNLABELLED:
            return "unlabelled"
        return self.class_names[label] if label < len(self.class_names) else f"class {label}"

    def heap_words(self) -> str:
        """'one more point', 'a heap of 8 points'."""
        return "one more point" if self.weight == 1 else f"a heap of {self.weight} points"

    @override
    def rows(self) -> Records:
        """A row for each label and node."""
        about = {"scenario": self.scenario, "learner": self.learner, "measure": self.measure, "weight": self.weight}
        x, y = self.nodes
        return Records(
            about
            | {"label": label, "x": float(x[k]), "y": float(y[j])}
            | {"change": float(self.values[at, j, k]), "measured": bool(self.measured[at, j, k])}
            for at, label in enumerate(self.labels)
            for j in range(len(y))
            for k in range(len(x))
        )

    def plain(self) -> dict[str, Any]:
        """For JSON: what it comes to, not the map."""
        best = self.best()
        return {
            "scenario": self.scenario, "learner": self.learner, "measure": self.measure, "weight": self.weight,
            "labels": list(self.labels), "seeds": list(self.seeds), "cells": self.level, "base": self.base,
            "seed_floor": self.floor, "trainings": self.fits, "seconds": self.seconds,
            "best": None if best is None else {"at": best[0].tolist(), "label": best[1], "change": best[2]},
        } | ({"words": self.words} if self.words else {})  # fmt: skip
