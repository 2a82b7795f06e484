"""Learners that are fitted at once: the first step after a change is the fit, and further steps do nothing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.base import Answers, Problem, State, TrainingData, decided, leads_of
from boundaryviz.learners.measures import Scale
from boundaryviz.learners.needs import PLACES
from boundaryviz.learners.training_spec import TrainingSpec

Decide = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Inputs (G, D) to class probabilities (G, C), NaN where nothing decides."""


class Staged(ABC):
    """A fit that holds the models of other sizes of its course: a `Decide` that can be asked for each of them."""

    @abstractmethod
    def __call__(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities (G, C) at x (G, D)."""

    @property
    @abstractmethod
    def stages(self) -> tuple[int, ...]:
        """The sizes there are, from the smallest: larger ones, where they may be asked for, are the last."""

    @abstractmethod
    def staged(self, x: NDArray[np.float64], stages: Sequence[int]) -> NDArray[np.float64]:
        """Probabilities (S, G, C) at x (G, D) of models of these sizes. Raises ValueError for a size it has not."""


_Points = tuple[NDArray[np.float64], NDArray[np.int64], int]
"""What a fit is made from: inputs, labels, seed."""

_SMALLEST = 1e-12  # below it a probability counts as this much, so that a certain mistake has a finite loss
_FAR = 1e100  # coordinates beyond it count as this much: their squares must not overflow
_OFF = 16.0  # how many times its half size the domain's centre may be away before digits would be lost on the way


class FittedLearner(ABC):
    """R replicas of a model without weights to descend; see `Learner` for the contract.

    A place that no label reached is *undecided*: its probabilities and scores are NaN and its class is -1. So is
    every place before the first step. In the loss such a point counts as an even guess, in the error as wrong.
    Settings and data act with the next step. Replicas that see the same points share one fit, as does one whose
    points have not changed since the last. A weight is how often a point is there, a whole number. Seeds are not looked
    at unless the settings are `seeded`.

    Where the domain lies far from the origin, its centre is subtracted from all inputs: squares of large coordinates,
    and trees in single precision, would tell points apart no more. That changes no distance, and is left out for
    settings that learn another thing then (`may_be_centred`).
    """

    hidden: tuple[int, ...] = ()
    scale: Scale = "probabilities"
    own_is_log = True

    def __init__(self, spec: Any, training: TrainingSpec, problem: Problem, device: object = "cpu") -> None:
        self.problem = problem
        self._spec = spec
        self._fits: list[tuple[_Points, Decide]] = []
        self._replicas: list[Decide] = [self._nothing] * len(problem.seeds)
        self._points: list[_Points] = []
        self._ids: list[NDArray[np.int64]] = []
        self._stale = False
        self._origin = self._centre()
        self._evaluated: tuple[NDArray, NDArray, Answers] | None = None

    @abstractmethod
    def _fit(self, x: NDArray[np.float64], label: NDArray[np.int64]) -> Decide:
        """Learn from points (n, D) in the order of their ids, at least one of them labelled."""

    def _fit_seeded(self, x: NDArray[np.float64], label: NDArray[np.int64], seed: int) -> Decide:
        """As `_fit`; the seed is 0 unless the settings are `seeded`."""
        return self._fit(x, label)

    def _centre(self) -> NDArray[np.float64] | None:
        """The inputs (D,) that are subtracted from all; None for nothing. The domain does not depend on the points."""
        domain, section = self.problem.domain, self.problem.section
        low, high = (
            (np.array([domain.left, domain.bottom]), np.array([domain.right, domain.top]))
            if section is None
            else (section.low, section.high)
        )
        far = np.abs(low + high) > _OFF * (high - low)
        return low + (high - low) / 2 if far.any() and self._spec.may_be_centred else None

    def _nothing(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.full((len(x), self.problem.classes), np.nan)

    # ---- what it trains on --------------------------------------------------------------------------

    def set_data(self, data: TrainingData) -> None:
        """Learn from all points of `data`, labelled or not, with the next step."""
        order, weights, points, ids = np.argsort(data.point_ids), data.point_weights, [], []
        seeded = self._spec.seeded
        for replica, seed in enumerate(self.problem.seeds):
            if not replica or data.extra is not None:
                own = data.of(replica)
                x, label = np.clip(own.x[order], -_FAR, _FAR), own.label[order]
            some = _as_often(weights[replica][order])
            points.append((x[some], label[some], seed if seeded else 0))
            ids.append(data.point_ids[order][some])
        self._ids = ids
        if len(points) != len(self._points) or not all(map(_same, points, self._points)):
            self._points, self._stale = points, True

    def set_training(self, spec: Any, training: TrainingSpec) -> None:
        """Take over the learner's settings with the next step; those of training do not apply."""
        if spec != self._spec:
            self._spec, self._fits, self._stale = spec, [], True

    @property
    def parameters(self) -> int:
        """0: what is learnt grows with the points."""
        return 0

    @property
    def can_train(self) -> bool:
        """Whether some replica sees a labelled point."""
        return any((label >= 0).any() for _, label, _ in self._points)

    @property
    def settled(self) -> bool:
        """Whether further steps would change nothing."""
        return not (self._stale and self.can_train)

    def step(self, n: int = 1) -> None:
        """Fit, if anything changed since the last fit."""
        if n < 1 or self.settled:
            return
        fits: list[tuple[_Points, Decide]] = []
        replicas = []
        self._origin = self._centre()
        for points in self._points:
            found = next((fit for fit in (*fits, *self._fits) if _same(points, fit[0])), None)
            fit = found or (points, self._fitted(*points) if (points[1] >= 0).any() else self._nothing)
            if not any(fit is one for one in fits):
                fits.append(fit)
            replicas.append(fit[1])
        self._fits, self._replicas, self._stale, self._evaluated = fits, replicas, False, None

    def _fitted(self, x: NDArray[np.float64], label: NDArray[np.int64], seed: int) -> Decide:
        return self._fit_seeded(x if self._origin is None else x - self._origin, label, seed)

    def state(self) -> State:
        """Whether it has been fitted: the rest follows from data and settings."""
        return {"fitted": np.array(self.settled and self.can_train)}

    def restore(self, state: State) -> None:
        """Fit anew, if the one whose `state` it is was fitted; see `Learner`."""
        if state["fitted"]:
            self._stale = True
            self.step()
        else:
            self._fits, self._replicas, self._evaluated = [], [self._nothing] * len(self.problem.seeds), None
            self._stale = True

    # ---- what it thinks -----------------------------------------------------------------------------

    def _ask(
        self, x: NDArray[np.float64], replica: int | None, ask: Callable[[Decide, Any], NDArray] = lambda fit, x: fit(x)
    ) -> NDArray[np.float64]:
        """Probabilities (R or 1, ..., G, C) at `x` (G, D), worked out once for replicas of one fit."""
        chosen = self._replicas if replica is None else [self._replicas[replica]]
        x = np.clip(x, -_FAR, _FAR)
        if self._origin is not None:
            x -= self._origin
        parts = [x[at : at + PLACES] for at in range(0, max(len(x), 1), PLACES)]
        several = {id(one): one for one in chosen}
        answers = {key: np.concatenate([ask(fit, part) for part in parts], axis=-2) for key, fit in several.items()}
        return np.stack([answers[id(decide)] for decide in chosen])

    def probabilities(self, x: NDArray[np.float64], replica: int | None = None) -> NDArray[np.float32]:
        """Class probabilities at `x` (G, D): float32 (R, C, G), or (1, C, G) of one replica; NaN where undecided."""
        return np.ascontiguousarray(self._ask(x, replica).transpose(0, 2, 1), dtype=np.float32)

    def predict(self, x: NDArray[np.float64], replica: int | None = None) -> NDArray[np.int64]:
        """Predicted classes at `x` (G, D): int64 (R, G), or (1, G) of one replica; -1 where undecided."""
        return decided(self._ask(x, replica))

    def scores(self, x: NDArray[np.float64], replica: int = 0) -> NDArray[np.float32]:
        """At `x` (G, D), the second of two classes' lead in probability (1, G), else the probabilities (C, G)."""
        return leads_of(self._ask(x, replica)[0])

    def shown(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """From `scores` (1 or C, ...) to the probability of the second of two classes, else of every class.

        A lead that is lost in rounding is shown as the least one there is, so that the picture decides as `predict`.
        """
        if len(scores) > 1:
            return scores.copy()
        half = np.float32(0.5)
        p: NDArray[np.float32] = (scores + np.float32(1)) * half
        p[(p == half) & (scores > 0)] = np.nextafter(half, np.float32(1))
        return p

    def unit(self, x: NDArray[np.float64], layer: int, index: int, replica: int = 0) -> NDArray[np.float32]:
        """Raises IndexError: there are no hidden units."""
        raise IndexError("this learner has no hidden units")

    def units(self, x: NDArray[np.float64], replica: int = 0) -> list[NDArray[np.float32]]:
        """Of every hidden layer: there is none."""
        return []

    def evaluate(
        self, x: NDArray[np.float64], label: NDArray[np.int64], response: NDArray[np.float64] | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Negative log-probability of the true class, float64 (R, N), and predicted class, int64 (R, N); an undecided
        point counts as an even guess and as class -1. Asked again about the same points, it looks up the answer.
        """
        return self.assess(x, label)[:2]

    def assess(
        self, x: NDArray[np.float64], label: NDArray[np.int64], response: NDArray[np.float64] | None = None
    ) -> Answers:
        """As `evaluate`, with what decides."""
        last = self._evaluated
        if last is None or not _same((x, label), last[:2]):
            p = self._ask(x, None)
            answers = Answers(*judged(p, label), np.stack([leads_of(one) for one in p]))
            last = self._evaluated = (x.copy(), label.copy(), answers)
        kept = last[2]
        return Answers(kept.loss.copy(), kept.predicted.copy(), kept.scores.copy())

    # ---- its course ---------------------------------------------------------------------------------

    @property
    def stages(self) -> tuple[int, ...]:
        """The sizes of the present fit's course, of the replica that has the most; empty where there is none."""
        courses = [fit.stages for fit in self._replicas if isinstance(fit, Staged)]
        return max(courses, key=len, default=())

    def staged(self, x: NDArray[np.float64], stages: Sequence[int], replica: int | None = None) -> NDArray[np.float64]:
        """Class probabilities at `x` (G, D) of models of S sizes: (S, R, G, C), or (S, 1, G, C) of one replica.

        They are equal to the bit to those that fits would give with the setting `Family.course` at that size. A size
        beyond the last is the last where the points, not the setting, end the course. Raises ValueError for a size
        below 1 or beyond the setting, and where the family has no course.
        """
        if (course := self._spec.family.course) is None:
            raise ValueError(f"{self._spec.family.title} has no course: each size is a fit of its own")
        if len(stages) < 1 or min(stages) < 1:
            raise ValueError(f"sizes of {course} are whole numbers from 1 on, at least one of them")

        def at(fit: Decide, places: NDArray[np.float64]) -> NDArray[np.float64]:
            if isinstance(fit, Staged):
                return fit.staged(places, stages)
            return np.repeat(fit(places)[None], len(stages), axis=0)

        return np.ascontiguousarray(self._ask(x, replica, at).swapaxes(0, 1))

    def staged_evaluate(
        self, x: NDArray[np.float64], label: NDArray[np.int64], stages: Sequence[int]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """As `evaluate`, of models of S sizes: float64 (S, R, N) and int64 (S, R, N); see `staged`."""
        return judged(self.staged(x, stages), label)

    def finite(self) -> NDArray[np.bool_]:
        """True of every replica, (R,): nothing here can diverge."""
        return np.ones(len(self.problem.seeds), dtype=bool)


def judged(p: NDArray[np.float64], label: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Loss and predicted class (..., N) of points with these labels (N,) by probabilities (..., N, C)."""
    true = np.ascontiguousarray(p[..., np.arange(len(label)), label])  # logarithms depend, by a bit, on the strides
    loss = -np.log(np.where(np.isnan(true), 1.0 / p.shape[-1], np.clip(true, _SMALLEST, 1.0)))
    return loss, decided(p)


def _as_often(weight: NDArray[np.float32]) -> NDArray:
    """An index of points that has each as often as its weight (n,) says. Raises ValueError for no whole number."""
    if np.mod(weight, 1).any():
        raise ValueError("a learner that is fitted at once takes whole numbers as weights: how often a point is there")
    return np.repeat(np.arange(len(weight)), weight.astype(np.int64)) if weight.max(initial=0) > 1 else weight != 0


def _same(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    return all(map(np.array_equal, a, b))


def shares(mass: NDArray[np.float64], least: float | NDArray[np.float64] = 0.0) -> NDArray[np.float64]:
    """What each class has of the non-negative `mass` (n, C); NaN in rows that hold no more than `least` (n, 1)."""
    total = mass.sum(axis=1, keepdims=True)
    enough = total > least
    return np.where(enough, mass / np.where(enough, total, 1.0), np.nan)
