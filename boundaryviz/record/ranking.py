"""What every threshold of one class's probability would decide: ROC, precision and recall, costs; and calibration.

A point counts as positive from the threshold on. Equal scores stand or fall together: there is one place on a curve for
each score that occurs, and one before all of them, where nothing is positive. Numbers agree with scikit-learn's
`roc_curve`, `auc`, `precision_recall_curve`, `average_precision_score` and `calibration_curve`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

Binning = Literal["uniform", "quantile"]


@dataclass(frozen=True, eq=False)
class Ranking:
    """Points in the order of their scores, K of which differ.

    thresholds: float64 (K + 1,), falling, infinity first. true_positives, false_positives: int64 (K + 1,), of each
    threshold. positives, negatives: how many there are; rates of a class without points are NaN.
    """

    thresholds: NDArray[np.float64]
    true_positives: NDArray[np.int64]
    false_positives: NDArray[np.int64]
    positives: int
    negatives: int

    @classmethod
    def of(cls, score: NDArray[np.floating], positive: NDArray[np.bool_]) -> Self:
        """Of scores (n,) and which points are positive (n,). Points with NaN for a score must be left out before."""
        order = np.argsort(-score, kind="stable")
        score, hit = score[order].astype(np.float64), positive[order]
        last = np.append(np.flatnonzero(np.diff(score)), len(score) - 1) if len(score) else np.empty(0, dtype=np.int64)
        true, total = np.cumsum(hit), np.arange(1, len(score) + 1)
        return cls(
            np.append(np.inf, score[last]),
            np.append(0, true[last]).astype(np.int64),
            np.append(0, (total - true)[last]).astype(np.int64),
            int(positive.sum()),
            int((~positive).sum()),
        )

    def __len__(self) -> int:
        """How many points there are."""
        return self.positives + self.negatives

    @property
    def tpr(self) -> NDArray[np.float64]:
        """The true positive rate, recall, of each threshold, (K + 1,)."""
        return _share(self.true_positives, self.positives)

    @property
    def fpr(self) -> NDArray[np.float64]:
        """The false positive rate of each threshold, (K + 1,)."""
        return _share(self.false_positives, self.negatives)

    @property
    def precision(self) -> NDArray[np.float64]:
        """Which share of what is taken for positive is so, (K + 1,); 1 where nothing is."""
        taken = self.true_positives + self.false_positives
        return np.where(taken > 0, self.true_positives / np.maximum(taken, 1), 1.0)

    @property
    def auc(self) -> float:
        """The area under the ROC curve: the share of pairs of a positive and a negative point that are in order, ties
        half; NaN where one of them is missing."""
        return float(np.trapezoid(self.tpr, self.fpr))

    @property
    def average_precision(self) -> float:
        """The precision at each threshold, weighted by the recall that it adds; NaN without a positive point."""
        return float((np.diff(self.tpr) * self.precision[1:]).sum()) if self.positives else float("nan")

    def at(self, threshold: float) -> int:
        """The place on the curves of any threshold, 0..K."""
        return int(np.searchsorted(-self.thresholds, -threshold, side="right")) - 1

    def between(self, place: int, share: float = 0.5) -> float:
        """A threshold in 0..1 that decides as place 0..K does, its share, 0..1 but 1, of the way down to the next."""
        high = min(float(self.thresholds[place]), 1.0)
        low = float(self.thresholds[place + 1]) if place + 1 < len(self.thresholds) else 0.0
        return min(max(high - share * (high - low), 0.0), 1.0)

    def confusion(self, place: int) -> NDArray[np.int64]:
        """Counts (2, 2) at a place on the curves: by true class, negative first, and decision."""
        true, false = int(self.true_positives[place]), int(self.false_positives[place])
        return np.array([[self.negatives - false, false], [self.positives - true, true]])

    def costs(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """What a point costs on average at each threshold, (K + 1,). table: (2, 2), by true class and decision."""
        true, false = self.true_positives, self.false_positives
        total = (self.negatives - false) * table[0, 0] + false * table[0, 1]
        total = total + (self.positives - true) * table[1, 0] + true * table[1, 1]
        return np.asarray(total / len(self) if len(self) else np.full(len(total), np.nan))

    def best(self, table: NDArray[np.float64]) -> int | None:
        """The place of the least cost on these points, of equals the one with the highest threshold; None for no
        points."""
        return int(np.argmin(self.costs(table))) if len(self) else None


@dataclass(frozen=True, eq=False)
class Calibration:
    """How often points are positive whose score lies in one bin, for the bins that have some.

    score: float64 (B,), the mean score. share: float64 (B,), of the positive ones. count: int64 (B,).
    """

    score: NDArray[np.float64]
    share: NDArray[np.float64]
    count: NDArray[np.int64]

    @classmethod
    def of(
        cls, score: NDArray[np.floating], positive: NDArray[np.bool_], bins: int = 10, binning: Binning = "uniform"
    ) -> Self:
        """Of probabilities (n,) and which points are positive (n,). Bins are of one width, or hold as many points."""
        score = score.astype(np.float64)
        if binning == "quantile" and len(score):
            edges = np.percentile(score, np.linspace(0, 1, bins + 1) * 100)
        else:
            edges = np.linspace(0.0, 1.0, bins + 1)
        which = np.searchsorted(edges[1:-1], score)
        count = np.bincount(which, minlength=bins)
        some = count > 0
        total, hits = (np.bincount(which, weights=one, minlength=bins) for one in (score, positive))
        return cls(total[some] / count[some], hits[some] / count[some], count[some])

    @property
    def error(self) -> float:
        """The mean distance of share and score, each bin by its points (the expected calibration error); NaN for no
        points."""
        total = self.count.sum()
        return float((np.abs(self.share - self.score) * self.count).sum() / total) if total else float("nan")


def _share(part: NDArray[np.int64], whole: int) -> NDArray[np.float64]:
    return part / whole if whole else np.full(len(part), np.nan)
