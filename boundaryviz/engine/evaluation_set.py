"""Which points the curves are measured on, and what their losses and predictions come to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.deciding import shares_of
from boundaryviz.engine.messages import CURVES, PLAIN
from boundaryviz.engine.replicas import CLEAN, Replicas
from boundaryviz.engine.twins import leads, pins_at
from boundaryviz.learners.assessing import Assess, assessing
from boundaryviz.learners.base import Answers, Learner
from boundaryviz.learners.measures import LOSSES, point_losses
from boundaryviz.scenario.decision import Rule
from boundaryviz.scene.responses import taught
from boundaryviz.scene.scene import Scene, Split

_SPLITS = len(Split)
_FLIPS = CURVES.index("flip_rate")
_POISON, _RIGHT, _FLIPPED, _NOISY_TEST = range(len(Split), len(Split) + 4)
"""What is counted besides the splits, see `EvaluationSet.counts`."""
_OWN, _WRONG, *_LOSSES, _PAID, _UNTRUE = range(4 + len(LOSSES))
_VALUES = _UNTRUE + 1
"""What is summed of each point: the learner's own loss, whether it is wrong, `LOSSES`, the cost, and whether it is
wrong of the class before noise."""
_MEASURED = slice(_LOSSES[0], _LOSSES[-1] + 1)
_ABSOLUTE, _SQUARED = (_LOSSES[LOSSES.index(name)] for name in ("absolute", "squared"))
_ERRORS = _OWN, _WRONG, _UNTRUE
_USUAL, _PRICED, _OF_RESPONSES = (*_ERRORS, *_LOSSES), (*_ERRORS, *_LOSSES, _PAID), (_OWN, _ABSOLUTE, _SQUARED)
_MEMORISED = CURVES.index("memorised")
_COLUMNS = {
    **{split: (_OWN, split) for split in range(_SPLITS)},
    **{_SPLITS + split: (_WRONG, split) for split in range(_SPLITS)},
    CURVES.index("poison_loss"): (_OWN, _POISON),
    **{PLAIN + k: ((*_LOSSES, _PAID)[k // _SPLITS], k % _SPLITS) for k in range(_SPLITS * (len(LOSSES) + 1))},
    CURVES.index("clean_label_loss"): (_OWN, _RIGHT),
    CURVES.index("flipped_label_loss"): (_OWN, _FLIPPED),
    _MEMORISED: (_WRONG, _FLIPPED),  # what is not wrong
    CURVES.index("true_test_error"): (_UNTRUE, _NOISY_TEST),
}
"""Of which value over which of the sets of `EvaluationSet.counts` each of `CURVES` is the mean."""
_KEPT = 1 << 23  # numbers of masks that are kept in double precision

_Plan = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class EvaluationSet:
    """M points that are asked about at every evaluation.

    x: (M, D). label: int64 (M,), of unlabelled poison the class it is to spread, 0 where there is none to compare
    with. truth: int64 (M,), the class before noise, as far as it is known. response: float64 (M,), where these are what
    is learnt, see `Learner.evaluate`; else None. counts: bool (7, R, M), which of them count as clean training,
    validation, test and poison points of a replica, by its own roles, and, where any label is known to be wrong, as
    clean training points with a right one, as points with a wrong one that are trained on, and again as test points.
    test: bool (R, M), the points on which each is compared with its twin. twin: int64 (R,), the clean twin of each
    replica, itself where it has none. pins: (P, D), what a model is given for the scene's targets, and wanted, int64
    (P,), the class that the attacker wants each of them to have.
    """

    x: NDArray[np.float64]
    label: NDArray[np.int64]
    truth: NDArray[np.int64]
    response: NDArray[np.float64] | None
    counts: NDArray[np.bool_]
    test: NDArray[np.bool_]
    twin: NDArray[np.int64]
    pins: NDArray[np.float64]
    wanted: NDArray[np.int64]

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
            scene.embed(pins_at(scene)),
            np.array([target.target_class for target in scene.targets], dtype=np.int64),
        )

    @cached_property
    def _totals(self) -> NDArray[np.float64]:
        """How many points count, (7, R); NaN for none, so that a mean over them is none."""
        totals = self.counts.sum(axis=2).astype(np.float64)
        return np.where(totals > 0, totals, np.nan)

    @cached_property
    def _pairs(self) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """Replicas with a twin that they are compared with, and on how many points, (R,)."""
        compared = self.test.sum(axis=1)
        return np.flatnonzero((self.twin != np.arange(len(self.twin))) & (compared > 0)), compared

    @cached_property
    def _masks(self) -> list[tuple[slice, NDArray[np.float64] | None]]:
        """Replicas next to each other that count the same points, and of the sets of `counts` that have any which
        points are in them, (M, G); None where that would be a lot, and is worked out part by part."""
        counts = self.counts[self._used].transpose(1, 2, 0)  # (R, M, G)
        alike = [False, *((one == other).all() for one, other in pairwise(counts))]
        starts = np.flatnonzero(~np.array(alike[: len(counts)]))
        rows = [slice(int(a), int(b)) for a, b in pairwise([*starts, len(counts)])]
        kept = len(rows) * counts[0].size <= _KEPT
        return [(some, counts[some.start].astype(np.float64) if kept else None) for some in rows]

    @cached_property
    def _used(self) -> NDArray[np.intp]:
        """The sets of `counts` in which there is any point."""
        return np.flatnonzero(self.counts.any(axis=(1, 2)))

    def asking(self, learner: Learner) -> Assess:
        """What has the learner say what it makes of the points, and of the pins after them, again and again."""
        if not len(self.pins):
            return assessing(learner, self.x, self.label, self.response)
        x = np.concatenate([self.x, self.pins])
        nothing = np.full(len(self.pins), np.nan)
        response = None if self.response is None else np.concatenate([self.response, nothing])
        return assessing(learner, x, np.concatenate([self.label, self.wanted]), response)

    def summary(
        self, learner: Learner, assess: Assess, lost: NDArray[np.bool_], rule: Rule
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What the learner makes of the points, float64 (R, 33), columns as in `CURVES`, and of the pins, float64
        (R, P), see `twins.leads`; NaN of what diverged.

        assess: as `asking` has it. lost: bool (R,), which replicas did. rule: what mistakes cost.
        """
        tally, n = _Tally(self, len(lost)), len(self.x)
        pins: list[NDArray[np.floating]] = []
        for part, (loss, predicted, scores) in assess():
            if part.stop > n:
                pins.append(scores[:, :, max(n - part.start, 0) :])
                part = slice(part.start, min(part.stop, n))
                size = max(part.stop - part.start, 0)
                loss, predicted, scores = loss[:, :size], predicted[:, :size], scores[:, :, :size]
            if part.start < part.stop:
                self._add(tally, part, Answers(loss, predicted, scores), learner, rule)
        result = self._means(tally, lost, _OF_RESPONSES if self._fits else _PRICED if rule.priced else _USUAL)
        margins = np.empty((len(lost), 0))
        if pins:
            margins = leads(shares_of(learner, np.concatenate(pins, axis=2)), self.wanted)
            margins[lost] = np.nan
        return result, margins

    @property
    def _fits(self) -> bool:
        """Whether it is responses that are held against what is said."""
        return self.response is not None

    def _add(self, tally: _Tally, part: slice, answers: Answers, learner: Learner, rule: Rule) -> None:
        """Count what is made of a part of the points. Of a learner that fits responses the absolute and the squared
        loss are of what it says of them, the others mean nothing."""
        loss, predicted, scores = answers
        values, label = tally.of(part, loss, predicted), self.label[part]
        if self.response is None:
            log = loss if learner.own_is_log else None
            point_losses(scores, label, learner.scale, log, values[:, _MEASURED].swapaxes(0, 1))
        else:
            missed = scores[:, 0] - taught(label, self.response[part])
            np.abs(missed, out=values[:, _ABSOLUTE])
            np.multiply(missed, missed, out=values[:, _SQUARED])
        if rule.priced:
            values[:, _PAID] = rule.paid(label, predicted)
        tally.add(part, values, predicted)

    def of_answers(
        self, loss: NDArray[np.float64], predicted: NDArray[np.int64], lost: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """As `summary`, with the learner's own loss, errors and flips alone, from the loss and predicted class (R, M)
        of every point."""
        tally, every = _Tally(self, len(loss)), slice(0, len(self.x))
        tally.add(every, tally.of(every, loss, predicted), predicted)
        return self._means(tally, lost, (_OWN,) if self._fits else _ERRORS)

    @cached_property
    def _plans(self) -> dict[tuple[int, ...], _Plan]:
        return {}

    def _plan(self, summed: tuple[int, ...]) -> _Plan:
        """Of what is summed, which of `CURVES` follow, where their sums stand among the (9 G) of a `_Tally`, and of how
        many points they are, (R, columns)."""
        if summed not in self._plans:
            of = {which: at for at, which in enumerate(self._used.tolist())}
            rows = [(column, v * len(of) + of[k], k) for column, (v, k) in _COLUMNS.items() if v in summed and k in of]
            columns, at, sets = np.array(rows, dtype=np.intp).T
            self._plans[summed] = columns, at, self._totals[sets].T
        return self._plans[summed]

    def _means(self, tally: _Tally, lost: NDArray[np.bool_], summed: tuple[int, ...]) -> NDArray[np.float64]:
        """The curves (R, 33) of what was counted, NaN but for those of what was `summed`, and flips. There are no
        errors where responses are fitted, which are not right or wrong."""
        result = np.full((len(lost), len(CURVES)), np.nan)
        if len(self._used):
            columns, at, totals = self._plan(summed)
            result[:, columns] = tally.sums.reshape(len(lost), -1)[:, at] / totals
        if _WRONG in summed:
            result[:, _MEMORISED] = 1.0 - result[:, _MEMORISED]
        pairs, compared = self._pairs
        if len(pairs):
            result[pairs, _FLIPS] = tally.differ / compared[pairs]
            result[lost[self.twin], _FLIPS] = np.nan
        result[lost] = np.nan
        return result


class _Tally:
    """What is summed over the points of each set, part by part, so that it stays in the cache.

    sums: float64 (R, 9, G), of the values `_OWN` to `_UNTRUE` over the sets that have any point. differ: int64, of each
    of the pairs, on how many points it differs from its twin.
    """

    def __init__(self, asked: EvaluationSet, replicas: int) -> None:
        self._asked = asked
        self.sums = np.zeros((replicas, _VALUES, len(asked._used)))
        self.differ = np.zeros(len(asked._pairs[0]), dtype=np.int64)

    def of(self, part: slice, loss: NDArray[np.float64], predicted: NDArray[np.int64]) -> NDArray[np.float64]:
        """What there is to sum, (R, 9, B) of B points: loss and mistakes, the rest is 0 so far."""
        asked = self._asked
        values = np.zeros((*loss.shape[:1], _VALUES, loss.shape[1]))
        values[:, _OWN] = loss
        np.not_equal(predicted, asked.label[part], out=values[:, _WRONG])
        if _NOISY_TEST in asked._used:
            np.not_equal(predicted, asked.truth[part], out=values[:, _UNTRUE])
        return values

    def add(self, part: slice, values: NDArray[np.float64], predicted: NDArray[np.int64]) -> None:
        """Sum the values (R, 9, B) of a part, of which the classes predicted are (R, B)."""
        asked = self._asked
        used = asked._used
        for rows, mask in asked._masks:
            if mask is None:
                mask = asked.counts[used, rows.start, part].T.astype(np.float64)
            else:
                mask = mask[part]
            with np.errstate(invalid="ignore"):
                found = np.matmul(values[rows], mask)
            if not np.isfinite(found).all():
                for at in np.flatnonzero(~np.isfinite(found).all(axis=(1, 2))):  # weight 0 must silence even a NaN
                    found[at] = np.where(mask != 0, values[rows][at, :, :, None], 0.0).sum(axis=1)
            self.sums[rows] += found
        pairs, _ = asked._pairs
        if len(pairs):
            differs = predicted[pairs] != predicted[asked.twin[pairs]]
            self.differ += (differs & asked.test[pairs, part]).sum(axis=1)


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
