"""What our filters share: a view of the points that has neither order nor origin, and a verdict of who is left out."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import field_validator

from boundaryviz.defences.settings import DefenceSettings, Fit, Fitted, Verdict, check_left
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.scene.scene import Origin, Points
from boundaryviz.scene.specs import setting

_SMALLEST = 1e-12  # below it a probability counts as this much, so that a certain mistake has a finite loss

Found = tuple[NDArray[np.float64], NDArray[np.bool_]]
"""Of M points that are judged, how suspicious each is (M,), and which of them are left out (M,)."""


class Sight:
    """N training points as a filter sees them: in an order that is their content's alone, and all of them clean.

    x: float64 (N, D), what the learner is given of them. label: int64 (N,), -1 where unlabelled. judged: int64 (M,),
    the positions of those that the filter is to judge.
    """

    def __init__(self, points: Points, labelled: bool, fit: Fit) -> None:
        self.order = np.lexsort((points.ids, points.label, *points.x.T[::-1]))
        self._points = points.take(self.order).with_columns(origin=np.full(len(points), Origin.CLEAN))
        self._fit = fit
        self.x = fit.inputs(self._points)
        self.label = self._points.label.astype(np.int64)
        self.judged = np.flatnonzero((self.label >= 0) == labelled)

    def weights(self, removed: NDArray[np.bool_]) -> NDArray[np.float32]:
        """1 for every point (N,), and 0 for those of the judged (M,) that are removed."""
        found = np.ones(len(self.label), dtype=np.float32)
        found[self.judged[removed]] = 0.0
        return found

    def fitted(self, removed: NDArray[np.bool_] | None = None, surrogate: str = "") -> Fitted:
        """The learner trained on all points but those of the judged (M,) that are removed.

        Raises ValueError, in a sentence, where they leave nothing of a class.
        """
        weights = self.weights(np.zeros(len(self.judged), dtype=bool) if removed is None else removed)
        check_left(self._points, weights)
        return self._fit(self._points, weights, surrogate)

    def answers(
        self, some: NDArray[np.int64], weights: NDArray[np.float32], asked: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Predicted classes (R, A) of the judged points at `asked` (A,), by learners trained on the judged points at
        `some` (P,) alone with weights (R, P); -1 where one is undecided."""
        fitted = self._fit.several(self._points.take(self.judged[some]), weights)
        p = np.stack([one.probabilities(self._points.x[self.judged[asked]]) for one in fitted])
        return np.where(np.isnan(p).any(axis=2), -1, np.nan_to_num(p).argmax(axis=2))

    def probabilities(self, fitted: Fitted) -> NDArray[np.float64]:
        """Class probabilities (M, C) at the judged points; even ones where the model is undecided."""
        p = fitted.probabilities(self._points.x[self.judged])
        return np.where(np.isnan(p), 1.0 / p.shape[1], p)

    def losses(self, fitted: Fitted) -> NDArray[np.float64]:
        """The cross-entropy (M,) of the judged points, labelled ones: -log of the probability of the class of each."""
        true = np.take_along_axis(self.probabilities(fitted), self.label[self.judged, None], axis=1)[:, 0]
        return -np.log(np.clip(true, _SMALLEST, 1.0))

    def features(self, fitted: Fitted) -> NDArray[np.float64]:
        """What the model's last hidden layer makes of the judged points, (M, F). Raises ValueError of one that has
        diverged."""
        found = fitted.features(self._points.x[self.judged])
        if not np.isfinite(found).all():
            raise ValueError("The net whose features are judged has diverged. Look at those of another learner.")
        return found


class Filter(DefenceSettings):
    """A defence that leaves some points out. LOOKS_AT: which points it judges; the others stay whatever it finds."""

    LOOKS_AT: ClassVar[Literal["labelled", "unlabelled"]]

    def judge(self, points: Points, fit: Fit, rng: np.random.Generator) -> Verdict:
        """See `DefenceSettings.judge`: weight 0 for those that `sift` leaves out."""
        sight = Sight(points, self.LOOKS_AT == "labelled", fit)
        weights, scores = np.ones(len(points), dtype=np.float32), np.full(len(points), np.nan)
        if len(sight.judged):
            found, removed = self.sift(sight, rng)
            scores[sight.order[sight.judged]] = found
            weights[sight.order] = sight.weights(removed)
            check_left(points, weights)
        return Verdict(weights, scores)

    def sift(self, sight: Sight, rng: np.random.Generator) -> Found:
        """Judge at least one point. Raises ValueError, in a sentence, where there is too little to judge by."""
        raise NotImplementedError


class ShareFilter(Filter):
    """Leaves out a share of the points that it judges, those with the highest scores."""

    share: float = setting(
        0.08, "Share", "Of the points that it judges, so many are left out: those that it finds most suspicious. Of "
        "equally suspicious ones all are left out, or none.", ge=0.0, le=0.5,
    )  # fmt: skip

    def sift(self, sight: Sight, rng: np.random.Generator) -> Found:
        """By `scores`."""
        scores = self.scores(sight)
        return scores, highest(scores, self.share)

    def scores(self, sight: Sight) -> NDArray[np.float64]:
        """How suspicious each judged point is, (M,)."""
        raise NotImplementedError


class ClassShareFilter(ShareFilter):
    """Leaves out a share of each class, those of its points with the highest scores. AS_MUCH: times the share."""

    AS_MUCH: ClassVar[float] = 1.0

    def sift(self, sight: Sight, rng: np.random.Generator) -> Found:
        """By `scores`, class by class."""
        scores, label = self.scores(sight), sight.label[sight.judged]
        removed = np.zeros(len(scores), dtype=bool)
        for k in np.unique(label):
            removed[label == k] = highest(scores[label == k], self.AS_MUCH * self.share)
        return scores, removed


class SurrogateFilter(Filter):
    """Looks at the features of a net: at those of the scenario's learner, where it is one, or of another."""

    surrogate: str = setting(
        "mlp", "Features of", "The learner whose last hidden layer is looked at, trained with its defaults; empty is "
        "the scenario's own. One that has no layers shows its inputs.",
    )  # fmt: skip

    @field_validator("surrogate")
    @classmethod
    def _known(cls, name: str) -> str:
        if name and name not in FAMILIES:
            raise ValueError(f"unknown learner {name!r}; `boundaryviz learners` lists them")
        return name


def highest(scores: NDArray[np.float64], share: float) -> NDArray[np.bool_]:
    """Which (M,) have the highest scores, at most this share of them, rounded down; of equal scores all or none."""
    count = min(int(share * len(scores) + 1e-9), len(scores))
    if count in (0, len(scores)):
        return np.full(len(scores), count > 0)
    bound = np.partition(scores, -count - 1)[-count - 1]
    return np.asarray(scores > bound)
