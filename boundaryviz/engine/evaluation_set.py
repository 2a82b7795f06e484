"""Which points the curves are measured on, and what their losses and predictions come to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.messages import CURVES
from boundaryviz.engine.replicas import CLEAN, Replicas
from boundaryviz.scene.scene import Scene, Split

_POISON, _RIGHT, _FLIPPED, _NOISY_TEST = range(len(Split), len(Split) + 4)
"""What is counted besides the splits, see `EvaluationSet.counts`."""
_MEASURED = {
    **{f"{split.name.lower()}_loss": (split, "loss") for split in Split},
    **{f"{split.name.lower()}_error": (split, "wrong") for split in Split},
    "poison_loss": (_POISON, "loss"), "clean_label_loss": (_RIGHT, "loss"),
    "flipped_label_loss": (_FLIPPED, "loss"), "memorised": (_FLIPPED, "right"),
    "true_test_error": (_NOISY_TEST, "untrue"),
}  # fmt: skip
"""Measure -> whose mean it is, and of what."""
_COLUMNS = [(CURVES.index(name), *of) for name, of in _MEASURED.items()]
_FLIPS = CURVES.index("flip_rate")


@dataclass(frozen=True, eq=False)
class EvaluationSet:
    """M points that are asked about at every evaluation.

    x: (M, D). label: int64 (M,), of unlabelled poison the class it is to spread, 0 where there is none to compare
    with. truth: int64 (M,), the class before noise, as far as it is known. response: float64 (M,), where these are what
    is learnt, see `Learner.evaluate`; else None. counts: bool (7, R, M), which of them count as clean training,
    validation, test and poison points of a replica, by its own roles, and, where any label is known to be wrong, as
    clean training points with a right one, as points with a wrong one that are trained on, and again as test points.
    test: bool (R, M), the points on which each is compared with its twin. twin: int64 (R,), the clean twin of each
    replica, itself where it has none.
    """

    x: NDArray[np.float64]
    label: NDArray[np.int64]
    truth: NDArray[np.int64]
    response: NDArray[np.float64] | None
    counts: NDArray[np.bool_]
    test: NDArray[np.bool_]
    twin: NDArray[np.int64]

    @classmethod
    def of(
        cls, scene: Scene, seen: NDArray[np.bool_], replicas: Replicas, fits_responses: bool = False
    ) -> EvaluationSet:
        """seen: bool (R, N), as the replicas see the scene. A clean replica is asked about the poison that acts.
        fits_responses: whether the learner fits those of the points, where they have any."""
        points = scene.points
        carried = np.array([-1, *(k if (k := scene.group(i).target_class) is not None else -1 for i in _groups(scene))])
        label = np.where(points.is_poison & ~points.is_labelled, carried[np.maximum(points.origin, 0)], points.label)
        known, planted = label >= 0, points.is_poison
        role, there = replicas.roles_in(scene), replicas.weights_in(scene) != 0
        counts = [(role == split) & ~planted & known & seen & there for split in Split]
        others = scene.seen()
        theirs = np.stack(
            [others if groups == CLEAN else own for groups, own in zip(replicas.groups, seen, strict=True)]
        )
        trained = known & (role == Split.TRAIN) & there
        counts.append(theirs & planted & trained)
        flipped = scene.flipped
        known_wrong = flipped.any()
        counts += [
            counts[Split.TRAIN] & ~flipped & known_wrong, seen & trained & flipped, counts[Split.TEST] & known_wrong,
        ]  # fmt: skip
        test = (role == Split.TEST) & ~points.muted & ~planted & there
        some = np.flatnonzero(np.any(counts, axis=(0, 1)) | test.any(axis=0))
        asked = some[np.argsort(points.ids[some])]  # in whatever order they are stored, sums are the same to the bit
        return cls(
            points.x[asked],
            np.maximum(label[asked], 0).astype(np.int64),
            scene.truth[asked].astype(np.int64),
            points.responses[asked] if fits_responses and scene.has_responses else None,
            np.stack(counts)[..., asked],
            test[:, asked],
            np.array(replicas.clean_twins()),
        )

    @cached_property
    def _total(self) -> NDArray[np.int64]:
        """How many points count, (7, R)."""
        return self.counts.sum(axis=2)

    def summary(
        self, loss: NDArray[np.float64], predicted: NDArray[np.int64], lost: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """Float64 (R, C), columns as in `CURVES`, from the loss and predicted class (R, M) of every point; NaN of what
        diverged, and of the errors where responses are fitted, which are not right or wrong. lost: bool (R,), which
        replicas did."""
        result = np.full((len(loss), len(CURVES)), np.nan)
        right = predicted == self.label
        measured = {"loss": loss, "right": right, "wrong": ~right, "untrue": predicted != self.truth}
        total = self._total
        for column, whose, what in _COLUMNS:
            some = total[whose] > 0
            if some.any() and (self.response is None or what == "loss"):
                # a weight of 0 must silence even a NaN, so select instead of multiplying
                sums = np.where(self.counts[whose], measured[what], 0.0).sum(axis=1)
                result[some, column] = sums[some] / total[whose][some]
        compared = self.test.sum(axis=1)
        pairs = np.flatnonzero((self.twin != np.arange(len(loss))) & (compared > 0))
        differs = (predicted[pairs] != predicted[self.twin[pairs]]) & self.test[pairs]
        result[pairs, _FLIPS] = differs.sum(axis=1) / compared[pairs]
        result[lost] = np.nan
        result[lost[self.twin], _FLIPS] = np.nan
        return result


def confusion(scene: Scene, predicted: NDArray[np.integer]) -> NDArray[np.int64]:
    """Counts (3, C, C) by split, true and predicted class, of the labelled clean points that are decided."""
    points, c = scene.points, scene.classes
    known = points.is_labelled & ~points.is_poison & (predicted >= 0)
    split, true, guess = points.split[known].astype(np.int64), points.label[known], predicted[known]
    flat = (split * c + true) * c + guess
    return np.bincount(flat, minlength=3 * c * c).reshape(3, c, c)


def _groups(scene: Scene) -> range:
    """The numbers of the groups up to the last that has a point."""
    return range(1, int(scene.points.origin.max(initial=0)) + 1)
