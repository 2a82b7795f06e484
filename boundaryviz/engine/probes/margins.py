"""The probe 'margin-quantiles': how clearly the points of each class and split are decided, in the run shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.engine.messages import Key
from boundaryviz.engine.probes.base import Probe, Shown, Slices
from boundaryviz.engine.twins import leads
from boundaryviz.scene.scene import Split

_SLICE = 1 << 13  # places asked about in one slice


@dataclass(frozen=True)
class MarginSettings:
    """at: which quantiles, each in 0..1."""

    at: tuple[float, ...] = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, eq=False)
class Margins:
    """The margin of a point is the probability of its class less the largest other one: -1..1, below 0 where it is
    taken for another class.

    quantiles: float64 (3, C, Q), by split and class, NaN where no point counts. count: int64 (3, C), the points that
    count: labelled, clean, not muted and decided. undecided: int64 (3, C), those that are left out for that alone.
    """

    quantiles: NDArray[np.float64]
    count: NDArray[np.int64]
    undecided: NDArray[np.int64]


class MarginsProbe(Probe):
    """Looks at every labelled clean point; there is always an answer, if only of no points."""

    Settings = MarginSettings
    settings: MarginSettings
    drawn = True

    @override
    def key(self, shown: Shown) -> Key | None:
        return shown.key(shown.replica)

    @override
    def work(self, shown: Shown) -> Slices[Margins]:
        session, replica = shown.session, shown.replica
        points, classes = session.scene.points, session.scene.classes
        known = np.flatnonzero(points.is_labelled & ~points.is_poison & ~points.muted)
        margin = np.empty(len(known))
        for start in range(0, len(known), _SLICE):
            some = known[start : start + _SLICE]
            p = session.learner.probabilities(points.x[some], replica)
            margin[start : start + _SLICE] = leads(p, points.label[some])[0]
            yield
        undecided = np.isnan(margin)
        quantiles = np.full((len(Split), classes, len(self.settings.at)), np.nan)
        counts = np.zeros((2, len(Split), classes), dtype=np.int64)
        for split in Split:
            for label in range(classes):
                those = (points.split[known] == split) & (points.label[known] == label)
                counts[:, split, label] = (those & ~undecided).sum(), (those & undecided).sum()
                if counts[0, split, label]:
                    quantiles[split, label] = np.quantile(margin[those & ~undecided], self.settings.at)
        return Margins(quantiles, *counts)
