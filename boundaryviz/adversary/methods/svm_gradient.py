"""Gradient poisoning of support vector machines, point by point (Biggio, Nelson and Laskov 2012, algorithm 1).

A point begins as a copy of a training point with the other label, goes up the gradient of the validation loss in steps
that are halved where they gain nothing, and is kept within the box. Of many copies the few set out that hurt the most
where they are (secml's "loss-based" beginning), and of their ways the one that ends best is kept.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaryviz.adversary.exact import ExactMachine, hinge, hinge_slopes
from boundaryviz.adversary.goals import Answers
from boundaryviz.adversary.methods.ascent import STILL, Ascent, Vector
from boundaryviz.adversary.methods.copies import Copies, nodes
from boundaryviz.adversary.methods.unsuited import MAPS, unsuited
from boundaryviz.adversary.problem import Problem
from boundaryviz.attacks.targets import AttackError
from boundaryviz.attacks.trained.methods.svm_gradient import SVMGradientSpec
from boundaryviz.learners.families.estimators import SVCSpec
from boundaryviz.record.trail import AttackState


def attack(problem: Problem, start: AttackState | None) -> Iterator[AttackState]:
    """A state for every step of a point. From `start` on, the point that wandered, or the last one, goes on from where
    it lies, and then those come that are missing.

    Raises AttackError where the learner is no support vector machine with a slope, and where none of the copies from
    which the first point could set out feels one.
    """
    return Wandering(problem).states(start)


@dataclass(frozen=True, eq=False)
class Look:
    """The machine trained with K points of poison x (K, D) of labels (K,), and what the attacker has of it: its goal's
    objective, and the value that the gradient is of."""

    x: NDArray[np.float64]
    label: NDArray[np.int64]
    machine: ExactMachine
    objective: float
    value: float

    @property
    def rank(self) -> tuple[float, float]:
        """The larger, the better for the attacker."""
        return self.objective, self.value


class Wandering(Ascent[Look]):
    """Points of poison that go up the gradient of the attacker's machine."""

    def __init__(self, problem: Problem) -> None:
        settings, spec = problem.settings, problem.learner
        assert isinstance(settings, SVMGradientSpec)
        if not (isinstance(spec, SVCSpec) and problem.classes == 2):
            raise unsuited(problem, "a support vector machine of two classes")
        machines = problem.machines
        if spec.kernel == "sigmoid":
            raise AttackError(
                "The tanh kernel leaves a support vector machine without a single best fit, whose gradient could be "
                f"followed. Take another learner.kernel, or {MAPS}."
            )
        super().__init__(problem.box[1] - problem.box[0])
        self._problem, self._settings = problem, settings
        self._copies = Copies(problem, settings.copies)
        self._unit = np.ones(problem.width) if machines.scale is None else machines.scale.unit
        self._scaled = spec.gamma == "scale" and spec.kernel != "linear"
        self._asked = self._still = 0
        self._why = ""
        self._looks, self._sign = machines.units(problem.goal.x), np.where(problem.goal.label == 1, 1.0, -1.0)

    def states(self, start: AttackState | None) -> Iterator[AttackState]:
        """See `attack`."""
        x, label, first = self._copies.nothing
        if start is not None and len(start):
            x, label, first = start.points, start.label, len(start)
            k = start.moving if start.moving >= 0 else first - 1
            look = yield from self._wander(self.trained(x, label), k, k / self._settings.count)
            x, label = look.x, look.label
        for k in range(first, self._settings.count):
            look = yield from self._one_more(x, label, k)
            x, label = look.x, look.label
        if 2 * self._still > self._asked:
            last = self.trained(x, label)
            yield self._problem.state(x, label, last.objective, share=1.0, words=self._still_words)

    def _one_more(self, x: NDArray[np.float64], label: NDArray[np.int64], k: int) -> Generator[AttackState, None, Look]:
        """Point k beside those that are there: of the copies it may set out from the best few, and the best way."""
        settings = self._settings
        begin = self._copies.of(k) if settings.begins == "copies" else nodes(self._problem, x, label, settings.copies)
        found = [self.trained(np.append(x, [place], axis=0), np.append(label, own)) for place, own in begin]
        feels = [self._feels(look, k) for look in found]
        by_map = settings.begins == "map"  # whose best places are worth having, with a slope or without
        if k == 0 and not (any(feels) or by_map):
            raise AttackError(self._still_words)
        order = sorted(range(len(found)), key=lambda at: (feels[at] or by_map, *found[at].rank), reverse=True)
        ends = []
        for r, at in enumerate(order[: settings.restarts]):
            end = yield from self._wander(found[at], k, (k + r / settings.restarts) / settings.count)
            ends.append(end)
        best = max(ends, key=lambda look: look.rank)
        if best is not ends[-1]:
            yield self._state(best, k, (k + 1) / settings.count, "the best of its ways")
        return best

    def _wander(self, look: Look, k: int, share: float) -> Generator[AttackState, None, Look]:
        """Point k up its gradient, from where it lies to where no step gains anything."""
        settings = self._settings
        yield self._state(look, k, share, "sets out")
        rate, each = settings.rate, 1.0 / (settings.count * settings.restarts * settings.iterations)
        for step in range(1, settings.iterations + 1):
            after, rate = self.step(look, k, rate, settings.rate)
            if after is None:
                break
            look = after
            yield self._state(look, k, share + step * each, f"step {step:,}")
        return look

    def _feels(self, look: Look, k: int) -> bool:
        """Whether point k has a slope; it is counted where it has none."""
        gradient = self.gradient(look, k)
        feels = bool(np.linalg.norm(gradient) > STILL)
        self._asked += 1
        if not feels:
            self._still += 1
            self._why = look.machine.without_slope(len(look.machine.x) - len(look.x) + k, gradient)
        return feels

    def nearest(self, place: Vector, look: Look, k: int) -> Vector:
        """Within the box."""
        return self._problem.clipped(place)

    def look(self, x: NDArray[np.float64], before: Look) -> Look:
        """As `before`, with the points elsewhere."""
        return self.trained(x, before.label)

    def trained(self, x: NDArray[np.float64], label: NDArray[np.int64]) -> Look:
        """The machine with this poison, and what the attacker has of it."""
        fitted = self._problem.svm(x, label)
        assert fitted is not None  # the scene has two classes, and nothing is withdrawn
        machine = ExactMachine.of(fitted, self._scaled)
        f, goal = machine.decision(self._looks), self._problem.goal
        answers = Answers((f > 0).astype(np.int64)[None], (self._sign * f)[None], hinge(f, self._sign)[None])
        objective = float(goal.objective(answers)[0])
        return Look(x, label, machine, objective, objective if goal.pin is not None else float(goal.loss(answers)[0]))

    def gradient(self, look: Look, k: int) -> Vector:
        """Of the value by where point k lies, (D,), in the units of the scene."""
        f = look.machine.decision(self._looks)
        at_pin = self._problem.goal.pin is not None
        slopes = self._sign if at_pin else hinge_slopes(f, self._sign) / len(f)
        row = len(look.machine.x) - len(look.x) + k
        return look.machine.gradient(row, self._looks, slopes) / self._unit

    @property
    def _still_words(self) -> str:
        """Why points felt no slope, and what works instead: a sentence."""
        return (
            f"Of {self._asked:,} places for poison {self._still:,} have no slope to go up: {self._why}. Begin at the "
            f"best places of a map, adversary.begins=map, or take {MAPS}."
        )

    def _state(self, look: Look, k: int, share: float, words: str) -> AttackState:
        told = f"point {k + 1:,} of {self._settings.count:,}: {words}"
        return self._problem.state(look.x, look.label, look.objective, moving=k, share=share, words=told)
