"""Which points the curves are measured on, and what their losses and predictions come to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.messages import CURVES, PLAIN
from boundaryviz.engine.replicas import CLEAN, Replicas
from boundaryviz.learners.base import Learner
from boundaryviz.learners.measures import LOSSES, point_losses
from boundaryviz.scenario.decision import Rule
from boundaryviz.scene.responses import taught
from boundaryviz.scene.scene import Scene, Split

_SPLITS = len(Split)
_FLIPS = CURVES.index("flip_rate")
_POISON, _RIGHT, _FLIPPED, _NOISY_TEST = range(len(Split), len(Split) + 4)
"""What is counted besides the splits, see `EvaluationSet.counts`."""
_OF_LABELS = [CURVES.index(name) for name in ("clean_label_loss", "flipped_label_loss", "memorised", "true_test_error")]
_LOG = LOSSES.index("log")


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
        cls,
        scene: Scene,
        seen: NDArray[np.bool_],
        replicas: Replicas,
        fits_responses: bool = False,
        left: NDArray[np.bool_] | None = None,
    ) -> EvaluationSet:
        """seen: bool (R, N), as the replicas see the scene. A clean replica is asked about the poison that acts.
        fits_responses: whether the learner fits those of the points, where they have any. left: bool (R, N), what a
        defence leaves of them: only poison is asked about whether or not it is removed."""
        points = scene.points
        carried = np.array([-1, *(k if (k := scene.group(i).target_class) is not None else -1 for i in _groups(scene))])
        label = np.where(points.is_poison & ~points.is_labelled, carried[np.maximum(points.origin, 0)], points.label)
        known, planted = label >= 0, points.is_poison
        role, there = replicas.roles_in(scene), replicas.weights_in(scene) != 0
        usual = [(role == split) & ~planted & known & seen & there for split in Split]
        counts = [one if left is None else one & left for one in usual]
        others = scene.seen()
        theirs = np.stack(
            [others if groups == CLEAN else own for groups, own in zip(replicas.groups, seen, strict=True)]
        )
        trained = known & (role == Split.TRAIN) & there
        counts.append(theirs & planted & trained)
        flipped = scene.flipped
        known_wrong = (flipped & (seen | ~planted)).any(axis=1, keepdims=True)  # of what a replica ever hears of
        counts += [
            counts[Split.TRAIN] & ~flipped & known_wrong,
            seen & (trained if left is None else trained & left) & flipped,
            counts[Split.TEST] & known_wrong,
        ]
        test = (role == Split.TEST) & ~points.muted & ~planted & there
        some = np.flatnonzero(np.any([*counts, *usual], axis=(0, 1)) | test.any(axis=0))
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
    def _totals(self) -> NDArray[np.float64]:
        """How many points count, (7, R); NaN for none, so that a mean over them is none."""
        totals = self.counts.sum(axis=2).astype(np.float64)
        return np.where(totals > 0, totals, np.nan)

    @cached_property
    def _shares(self) -> NDArray[np.float64]:
        """What each point counts for in the mean over each split, (R, M, 3); NaN where a split has none."""
        shares: NDArray[np.float64] = (self.counts / self._totals[..., None])[:_SPLITS]
        return np.ascontiguousarray(shares.transpose(1, 2, 0))

    def summary(self, learner: Learner, lost: NDArray[np.bool_], rule: Rule) -> NDArray[np.float64]:
        """What the learner makes of the points: float64 (R, 33), columns as in `CURVES`; NaN of what diverged.

        lost: bool (R,), which replicas did. rule: what mistakes cost.
        """
        if self.response is not None:
            return self._of_responses(learner, lost, taught(self.label, self.response))
        loss, predicted, scores = learner.assess(self.x, self.label)
        result = self.of_answers(loss, predicted, lost)
        values = np.empty((len(loss), len(LOSSES) + rule.priced, len(self.label)))
        values[:, : len(LOSSES)] = point_losses(scores, self.label, learner.scale).swapaxes(0, 1)
        if learner.own_is_log:
            values[:, _LOG] = loss
        if rule.priced:
            values[:, -1] = rule.paid(self.label, predicted)
        found = self._means(values)
        result[:, PLAIN : PLAIN + found.shape[1]] = found
        result[lost] = np.nan
        return result

    def _of_responses(
        self, learner: Learner, lost: NDArray[np.bool_], wanted: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """As `summary`, of a learner that fits responses `wanted` (M,): the absolute and the squared loss are of what
        it says of them, the others mean nothing."""
        loss, predicted, scores = learner.assess(self.x, self.label, self.response)
        result = self.of_answers(loss, predicted, lost)
        missed = scores[:, 0].astype(np.float64) - wanted
        found = self._means(np.stack([np.abs(missed), missed * missed], axis=1))
        result[:, PLAIN : PLAIN + found.shape[1]] = found
        result[lost] = np.nan
        return result

    def _means(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The means over the splits in turn, (R, 3 V), of values (R, V, M) of the points."""
        with np.errstate(invalid="ignore"):
            found: NDArray[np.float64] = np.matmul(values, self._shares)
        for r in np.flatnonzero(~np.isfinite(values).all(axis=(1, 2))):  # a weight of 0 must silence even a NaN
            sums = np.where(self.counts[:_SPLITS, r], values[r, :, None], 0.0).sum(axis=2)
            found[r] = sums / self._totals[:_SPLITS, r]
        return found.reshape(len(values), -1)

    def of_answers(
        self, loss: NDArray[np.float64], predicted: NDArray[np.int64], lost: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """As `summary`, with the learner's own loss, errors and flips alone, from the loss and predicted class (R, M)
        of every point; no errors where responses are fitted, which are not right or wrong."""
        result = np.full((len(loss), len(CURVES)), np.nan)
        wrong = predicted != self.label
        # a weight of 0 must silence even a NaN, so select instead of multiplying
        losses = np.where(self.counts, loss, 0.0).sum(axis=2) / self._totals
        errors = (self.counts[:_SPLITS] & wrong).sum(axis=2) / self._totals[:_SPLITS]
        result[:, : 2 * _SPLITS + 1] = np.concatenate([losses[:_SPLITS], errors, losses[_POISON:_RIGHT]]).T
        memorised = (self.counts[_FLIPPED] & ~wrong).sum(axis=1) / self._totals[_FLIPPED]
        untrue = (self.counts[_NOISY_TEST] & (predicted != self.truth)).sum(axis=1) / self._totals[_NOISY_TEST]
        result[:, _OF_LABELS] = np.stack([losses[_RIGHT], losses[_FLIPPED], memorised, untrue], axis=1)
        if self.response is not None:
            result[:, [*range(_SPLITS, 2 * _SPLITS), *_OF_LABELS[2:]]] = np.nan
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
