"""Poisoning logistic regression by its influence function (Koh, Steinhardt and Liang 2022, section 4.1, "influence").

The poison is a heap of copies for each class, since few distinct points are enough (there, theorem 1). A heap goes up
- g^T H^-1 d(d loss / d theta) / dx, g being the gradient of the validation loss, and the regression is fitted anew. How
the copies are shared out is tried as well: evenly, and all of one class.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from boundaryviz.adversary.feasible import Feasible
from boundaryviz.adversary.logistic import Logistic, NoOptimum
from boundaryviz.adversary.methods.ascent import Ascent, Vector
from boundaryviz.adversary.methods.copies import Copies
from boundaryviz.adversary.methods.unsuited import unsuited
from boundaryviz.adversary.models import answers_of, training
from boundaryviz.adversary.problem import Problem
from boundaryviz.attacks.targets import AttackError
from boundaryviz.attacks.trained.methods.influence import InfluenceSpec
from boundaryviz.learners.base import decided
from boundaryviz.learners.features import FeatureMap
from boundaryviz.learners.specs import LogisticSpec
from boundaryviz.record.trail import AttackState
from boundaryviz.scene.measure import scaling_of
from boundaryviz.scene.scaling import Scaling

_WORTH = 1e-3  # of the value: a round of all heaps that gains no more is the last


def attack(problem: Problem, start: AttackState | None) -> Iterator[AttackState]:
    """A state for every step of a heap; of the ways to share the copies out, the best comes last. From `start` on, the
    heaps that it has go on from where they lie.

    Raises AttackError where the learner is no logistic regression with a single best fit.
    """
    heaps = Heaps(problem)
    ways = heaps.beginnings() if start is None or not len(start) else [heaps.of_state(start)]
    ends = []
    for at, look in enumerate(ways):
        ends.append((yield from heaps.climb(look, at / len(ways), 1.0 / len(ways))))
    best = max(ends, key=lambda look: look.rank)
    if best is not ends[-1]:
        yield heaps.state(best, 0, 1.0, "the best way to share the points out")


@dataclass(frozen=True, eq=False)
class Look:
    """G heaps of poison at x (G, D), of labels and weights (G,), the regression fitted with them, None where it has no
    best fit, and what the attacker has of it."""

    x: NDArray[np.float64]
    label: NDArray[np.int64]
    weight: NDArray[np.int64]
    model: Logistic | None
    objective: float
    value: float

    @property
    def rank(self) -> tuple[float, float]:
        """The larger, the better for the attacker."""
        return self.objective, self.value


class Heaps(Ascent[Look]):
    """Heaps of poison that go up the gradient of logistic regression."""

    def __init__(self, problem: Problem) -> None:
        settings, spec, scene = problem.settings, problem.learner, problem.scene
        assert isinstance(settings, InfluenceSpec)
        if not isinstance(spec, LogisticSpec):
            raise unsuited(problem, "logistic regression at its best fit")
        fit = problem.scenario.training
        if spec.loss != "cross-entropy" or fit.l1:
            raise AttackError(
                "The influence attack needs a loss that can be differentiated twice. Set learner.loss=cross-entropy "
                "and training.l1=0, or take back-gradient."
            )
        self._problem, self._settings, self._l2 = problem, settings, fit.l2
        self._features, self._smoothing = FeatureMap(spec, problem.width), spec.smoothed
        plain = Scaling(np.zeros(problem.width), np.ones(problem.width))
        self._scale = scaling_of(scene, problem.scenario.data.input_scale) or plain
        points = scene.points.take(training(scene))
        points = points.take(points.is_labelled)
        self._label = points.label.astype(np.int64)
        self._z = self._shown(points.x)
        self._looks = self._shown(problem.goal.x)
        self._last = np.zeros((problem.classes, self._z.shape[1] + 1))
        self._feasible = Feasible(points.x, self._label, problem.box, settings.hides, settings.percentile)
        super().__init__(problem.box[1] - problem.box[0])

    def beginnings(self) -> list[Look]:
        """Of each way to share the copies out, the heaps that set out. Raises AttackError where none has a best fit."""
        problem, count = self._problem, self._settings.count
        copies = Copies(problem, self._settings.copies)
        shares = [{label: count} for label in copies.labels]
        if 1 < len(shares) <= count:
            shares.insert(0, {label: len(range(at, count, len(shares))) for at, label in enumerate(copies.labels)})
        ways = []
        for share in shares:
            labels, weights = np.array(list(share)), np.array(list(share.values()))
            x = np.zeros((0, problem.width))
            for at, own in enumerate(labels.tolist(), 1):
                places = [self._feasible.nearest(place, own) for place in copies.labelled(own)]
                tried = [np.append(x, [place], axis=0) for place in places]
                look = max((self.look_at(one, labels[:at], weights[:at]) for one in tried), key=lambda one: one.value)
                x = look.x
            ways.append(look)
        if all(look.model is None for look in ways):
            raise AttackError(
                "A line separates the classes, so that logistic regression has no best fit: its weights grow without "
                "bound. Set a penalty training.l2, such as 0.001, or take back-gradient."
            )
        return [look for look in ways if look.model is not None]

    def of_state(self, start: AttackState) -> Look:
        """The heaps that a state has: its points by place and label."""
        rows = np.column_stack([start.label, start.points])
        found, weight = np.unique(rows, axis=0, return_counts=True)
        return self.look_at(found[:, 1:], found[:, 0].astype(np.int64), weight.astype(np.int64))

    def climb(self, look: Look, share: float, part: float) -> Generator[AttackState, None, Look]:
        """The heaps in turn up their gradients, until none gains anything."""
        settings = self._settings
        yield self.state(look, 0, share, "sets out")
        rates = np.full(len(look.x), settings.rate)
        for step in range(1, settings.iterations + 1):
            before = look.value
            for k in range(len(look.x)):
                after, rates[k] = self.step(look, k, rates[k], settings.rate)
                if after is not None:
                    look = after
                    yield self.state(look, k, share + part * step / settings.iterations, f"step {step:,}")
            if look.value <= before + _WORTH * abs(before):
                break
        return look

    def nearest(self, place: Vector, look: Look, k: int) -> Vector:
        """See `Ascent`; within the box, and where it hides."""
        return self._feasible.nearest(place, int(look.label[k]))

    def look(self, x: NDArray[np.float64], before: Look) -> Look:
        """See `Ascent`."""
        return self.look_at(x, before.label, before.weight)

    def look_at(self, x: NDArray[np.float64], label: NDArray[np.int64], weight: NDArray[np.int64]) -> Look:
        """The regression with these heaps, and what the attacker has of it."""
        goal = self._problem.goal
        self._problem.fits += 1
        every = np.concatenate([np.ones(len(self._z)), weight.astype(np.float64)])
        try:
            model = Logistic.fit(
                np.concatenate([self._z, self._shown(x)]), np.concatenate([self._label, label]), every,
                self._problem.classes, self._l2, self._last, self._smoothing,
            )  # fmt: skip
        except NoOptimum:
            return Look(x, label, weight, None, -np.inf, -np.inf)
        self._last = model.weights
        p = model.probabilities(self._looks)
        answers = answers_of(p.T[None], decided(p)[None], goal.label)
        return Look(x, label, weight, model, float(goal.objective(answers)[0]), float(goal.loss(answers)[0]))

    def gradient(self, look: Look, k: int) -> Vector:
        """See `Ascent`; through what the regression is shown of a place."""
        if look.model is None:
            return np.zeros(self._problem.width)
        goal = self._problem.goal
        of = np.full(len(goal.label), (1.0 if goal.pin is None else -1.0) / len(goal.label))
        z = self._shown(look.x[[k]])[0]
        felt = look.model.gradient(z, int(look.label[k]), float(look.weight[k]), self._looks, goal.label, of)
        place = torch.tensor(self._scale(look.x[[k]]).T[None], requires_grad=True)
        (gradient,) = torch.autograd.grad(self._features.of_tensor(place), place, torch.tensor(felt)[None, :, None])
        return gradient[0, :, 0].numpy() / self._scale.unit

    def state(self, look: Look, k: int, share: float, words: str) -> AttackState:
        """A state in which every heap is as many points as it weighs."""
        first = int(look.weight[:k].sum())
        told = f"{' + '.join(f'{many:,}' for many in look.weight)} points: {words}"
        x, label = np.repeat(look.x, look.weight, axis=0), np.repeat(look.label, look.weight)
        return self._problem.state(x, label, look.objective, moving=first, share=share, words=told)

    def _shown(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the regression is given of inputs (N, D) of the scene, (N, F)."""
        return np.ascontiguousarray(self._features(self._scale(x)).T)
