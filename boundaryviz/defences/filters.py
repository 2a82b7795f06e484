"""What our filters share: a view of the points that has neither order nor origin, and a verdict of who is left out."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.defences.settings import DefenceSettings, Fit, Fitted, Verdict, check_left
from boundaryviz.scene.scene import Origin, Points

_SMALLEST = 1e-12  # below it a probability counts as this much, so that a certain mistake has a finite loss


class Sight:
    """N training points as a filter sees them: in an order that is their content's alone, and all of them clean.

    points: them. x: float64 (N, D), what the learner is given of them. label: int64 (N,), -1 where unlabelled.
    """

    def __init__(self, points: Points, fit: Fit) -> None:
        self.order = np.lexsort((points.ids, points.label, *points.x.T[::-1]))
        self.points = points.take(self.order).with_columns(origin=np.full(len(points), Origin.CLEAN))
        self.x = fit.inputs(self.points)
        self.label = self.points.label.astype(np.int64)
        self._fit = fit

    def fitted(self, keep: NDArray[np.bool_] | None = None, surrogate: str = "") -> Fitted:
        """The learner trained on the points of this mask (N,), default all."""
        weights = np.ones(len(self.label)) if keep is None else keep
        return self._fit(self.points, weights.astype(np.float32), surrogate)

    def losses(self, fitted: Fitted) -> NDArray[np.float64]:
        """The cross-entropy (N,) of each point: -log of the probability of its class, an even guess where the model is
        undecided; NaN for unlabelled points."""
        p = fitted.probabilities(self.points.x)
        true = np.take_along_axis(p, np.maximum(self.label, 0)[:, None], axis=1)[:, 0]
        true = np.where(np.isnan(true), 1.0 / p.shape[1], true)
        return np.where(self.label < 0, np.nan, -np.log(np.clip(true, _SMALLEST, 1.0)))


class Filter(DefenceSettings):
    """A defence that leaves some points out. LOOKS_AT: which points it judges; the others stay whatever it finds."""

    LOOKS_AT: ClassVar[Literal["labelled", "unlabelled"]]

    def judge(self, points: Points, fit: Fit, rng: np.random.Generator) -> Verdict:
        """See `DefenceSettings.judge`: weight 0 for those that `sift` leaves out."""
        judged = points.is_labelled if self.LOOKS_AT == "labelled" else ~points.is_labelled
        weights, scores = np.ones(len(points), dtype=np.float32), np.full(len(points), np.nan)
        if judged.any():
            sight = Sight(points, fit)
            scores[sight.order], removed = self.sift(sight, rng)
            scores[~judged] = np.nan
            weights[sight.order] = ~removed
            weights[~judged] = 1.0
            check_left(points, weights)
        return Verdict(weights, scores)

    def sift(self, sight: Sight, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """How suspicious each point is (N,), and which are left out (N,); of points that it does not judge, anything.

        Raises ValueError, in a sentence, where there is too little to judge by.
        """
        raise NotImplementedError


def highest(scores: NDArray[np.float64], share: float) -> NDArray[np.bool_]:
    """Which (N,) have the highest scores, at most this share of them, rounded down; of equal scores all or none."""
    count = int(share * len(scores) + 1e-9)
    if not count:
        return np.zeros(len(scores), dtype=bool)
    if count >= len(scores):
        return np.ones(len(scores), dtype=bool)
    bound = np.partition(scores, -count - 1)[-count - 1]
    return np.asarray(scores > bound)
