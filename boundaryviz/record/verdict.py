"""What a defence removed from each model of a run, held against the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.defences.judged import Judged
from boundaryviz.defences.settings import DefenceSettings
from boundaryviz.record.metrics import Metric, Metrics
from boundaryviz.record.seeds import Varies

_RATES = ("true_positive_rate", "false_positive_rate", "precision", "removed")
DEFENCE = tuple(f"defence_{name}" for name in _RATES)
"""The measures of runs that a defence has."""


@dataclass(frozen=True)
class Rates:
    """How well one verdict fits the truth. A point counts as removed where its weight is 0.

    poison, clean: how many points of each the model sees. caught, lost: how many of these are removed.
    """

    poison: int
    clean: int
    caught: int
    lost: int

    @classmethod
    def of(cls, judged: Judged) -> Rates:
        """Those of one verdict."""
        poison, removed = judged.poison, judged.removed
        return cls(
            int(poison.sum()), int((~poison).sum()), int((removed & poison).sum()), int((removed & ~poison).sum())
        )

    @property
    def removed(self) -> int:
        """How many points are removed."""
        return self.caught + self.lost

    @property
    def true_positive_rate(self) -> float:
        """The share of the poison that is removed, which is the recall; NaN without poison."""
        return self.caught / self.poison if self.poison else float("nan")

    @property
    def false_positive_rate(self) -> float:
        """The share of the clean points that is removed; NaN without any."""
        return self.lost / self.clean if self.clean else float("nan")

    @property
    def precision(self) -> float:
        """The share of what is removed that is poison; NaN where nothing is removed, and where there is no poison."""
        return self.caught / self.removed if self.removed and self.poison else float("nan")

    def plain(self) -> dict[str, Any]:
        """For JSON, in which NaN is null."""
        found: dict[str, Any] = {"removed": self.removed, "poison": self.poison, "clean": self.clean}
        found |= {"poison_removed": self.caught, "clean_removed": self.lost}
        for name in ("true_positive_rate", "false_positive_rate", "precision"):
            value = getattr(self, name)
            found[name] = value if np.isfinite(value) else None
        return found


@dataclass(frozen=True, eq=False)
class DefenceReport:
    """What a defence made of the points of R models.

    settings: of the defence. replicas: the verdict on each model's own points, in the order of the replicas.
    """

    settings: DefenceSettings
    replicas: tuple[Judged, ...]

    def of(self, some: slice) -> DefenceReport:
        """Of these replicas alone."""
        return DefenceReport(self.settings, self.replicas[some])

    @property
    def rates(self) -> tuple[Rates, ...]:
        """How well each verdict fits the truth."""
        return tuple(map(Rates.of, self.replicas))

    def metrics(self, varies: Varies = "training") -> Metrics:
        """One value for each replica; those that no replica has are left out."""
        rates = self.rates
        values = {
            name: [float(getattr(one, rate)) for one in rates] for name, rate in zip(DEFENCE, _RATES, strict=True)
        }
        return Metrics((name, Metric.of(one, varies)) for name, one in values.items() if not np.isnan(one).all())


@dataclass(frozen=True, eq=False)
class Marks:
    """What is marked of a verdict on the plane: the places of removed poison (P, 2) and of removed clean points."""

    poison: NDArray[np.float64]
    clean: NDArray[np.float64]

    @classmethod
    def of(cls, judged: Judged, ids: NDArray[np.int64], xy: NDArray[np.float64]) -> Marks:
        """ids (N,), xy (N, 2): of the points of the scene; what is there no more is not marked."""
        _, at, mine = np.intersect1d(ids, judged.ids, assume_unique=True, return_indices=True)
        gone, poison = judged.removed[mine], judged.poison[mine]
        return cls(xy[at[gone & poison]], xy[at[gone & ~poison]])


def ranked(judged: Judged) -> NDArray[np.intp]:
    """The positions of the points that were looked at, the most suspicious first; of equals by id."""
    some = np.flatnonzero(~np.isnan(judged.scores))
    return some[np.lexsort((judged.ids[some], -judged.scores[some]))]


def curve(judged: Judged) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """True against false positive rate, float64 (K + 1,) each from 0 to 1, as ever more points are removed from the
    most suspicious on, equal scores at once; empty where there are not both kinds among those looked at."""
    order = ranked(judged)
    poison, score = judged.poison[order], judged.scores[order]
    if not poison.any() or poison.all():
        return np.empty(0), np.empty(0)
    ends = np.append(score[1:] != score[:-1], True)
    true, false = (np.concatenate([[0.0], (np.cumsum(one)[ends]) / one.sum()]) for one in (poison, ~poison))
    return false, true


def area(judged: Judged) -> float:
    """The area under `curve`: how likely a point of poison is more suspicious than a clean one; NaN without it."""
    false, true = curve(judged)
    return float(np.trapezoid(true, false)) if len(false) else float("nan")


def score_bins(judged: Judged, most: int = 24) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """How many points have which score: edges of up to so many bins of one width (B + 1,), and counts (2, 2, B) by
    poison and removed. Points without a finite score are left out; one bin where all scores are one."""
    some = np.isfinite(judged.scores)
    scores = judged.scores[some]
    low, high = (float(scores.min()), float(scores.max())) if len(scores) else (0.0, 1.0)
    different = len(np.unique(scores))
    if low == high:
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, min(most, max(different, 1)) + 1)
    counts = np.zeros((2, 2, len(edges) - 1), dtype=np.int64)
    for poison in (False, True):
        for removed in (False, True):
            own = (judged.poison[some] == poison) & (judged.removed[some] == removed)
            counts[int(poison), int(removed)] = np.histogram(scores[own], edges)[0]
    return edges, counts


def told(report: Sequence[Rates]) -> str:
    """The rates of several models in one line: 'removes 12 points: 75 % of the poison, 2.1 % of the clean points'."""
    mean = lambda name: float(np.mean([getattr(one, name) for one in report]))  # noqa: E731
    removed = mean("removed")
    words = f"removes {removed:.0f} point{'' if round(removed) == 1 else 's'}"
    poison = [one.true_positive_rate for one in report if one.poison]
    parts = [f"{100 * float(np.mean(poison)):.0f}% of the poison"] if poison else []
    parts.append(f"{100 * mean('false_positive_rate'):.1f}% of the clean points")
    return f"{words}: {', '.join(parts)}"
