"""The probe 'scores': how probable one class is at each labelled point, in the run shown and in its clean twin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.engine.messages import Key
from boundaryviz.engine.probes.base import Probe, Shown, Slices
from boundaryviz.scene.scene import Split

_SLICE = 1 << 13  # places asked about in one slice
MOST = 20_000
"""Points of a split that are asked about; of more, evenly chosen ones."""


@dataclass(frozen=True)
class ScoresSettings:
    """positive: the class, against all others."""

    positive: int = 1


@dataclass(frozen=True, eq=False)
class Scores:
    """Of the labelled, clean points that are not muted: how probable the class `positive` is.

    p, clean: float32 (n,), of the run shown and of its clean twin, None without one; NaN where undecided. hit:
    bool (n,), the points of the class. split: int8 (n,). whole: int64 (3,), how many points each split has.
    """

    positive: int
    p: NDArray[np.float32]
    hit: NDArray[np.bool_]
    split: NDArray[np.int8]
    whole: NDArray[np.int64]
    clean: NDArray[np.float32] | None = None


class ScoresProbe(Probe):
    """There is an answer as long as there is such a class."""

    Settings = ScoresSettings
    settings: ScoresSettings
    interval = 0.1
    drawn = True

    @override
    def key(self, shown: Shown) -> Key | None:
        if self.settings.positive >= shown.session.scene.classes:
            return None
        return shown.key(shown.replica, self.settings.positive)

    @override
    def work(self, shown: Shown) -> Slices[Scores]:
        session, positive = shown.session, self.settings.positive
        points = session.scene.points
        known = points.is_labelled & ~points.is_poison & ~points.muted
        splits = [np.flatnonzero(known & (points.split == split)) for split in Split]
        some = np.concatenate([at[:: -(-len(at) // MOST)] if len(at) else at for at in splits])
        replicas = [shown.replica, shown.seed] if session.twin else [shown.replica]
        found = np.empty((len(replicas), len(some)), dtype=np.float32)
        for start in range(0, len(some), _SLICE):
            part = some[start : start + _SLICE]
            for row, replica in enumerate(replicas):
                p = session.learner.probabilities(points.x[part], replica)[0, positive]
                found[row, start : start + _SLICE] = p
                yield
        return Scores(
            positive, found[0], points.label[some] == positive, points.split[some].copy(),
            np.array([len(at) for at in splits]), found[1] if session.twin else None,
        )  # fmt: skip
