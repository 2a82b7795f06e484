"""Which points an attack with clean labels moves, and how far: within a ball about the place of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaryviz.adversary.problem import Problem
from boundaryviz.attacks.targets import AttackError
from boundaryviz.attacks.trained.methods.clean_label import CleanLabelSettings
from boundaryviz.record.trail import AttackState

_PARTS = 4  # of a straight way, each a state

BARE = "on a plane this is bare geometry; clean labels are an attack where points have spare inputs, see data.lift"
"""What is said of an attack on points that have no inputs but their place."""


@dataclass(frozen=True, eq=False)
class Moves:
    """K points that may move. ids: int64 (K,). base: float64 (K, D), where they lie. label: of all of them, the class
    wanted at the target (D,). eps: how far each may move."""

    problem: Problem
    ids: NDArray[np.int64]
    base: NDArray[np.float64]
    target: NDArray[np.float64]
    label: int
    eps: float

    @property
    def labels(self) -> NDArray[np.int64]:
        """Of each, (K,)."""
        return np.full(len(self.ids), self.label)

    def nearest(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """The nearest places that they may have to x (..., K, D)."""
        return within(x, self.base, self.eps)

    def begin(self, start: AttackState | None) -> NDArray[np.float64]:
        """Where they are at first, (K, D): where a state has them, or where they lie."""
        return self.base if start is None or not len(start) else self.nearest(start.points)

    def state(self, x: NDArray[np.float64], share: float, words: str) -> AttackState:
        """The state in which they lie at x (K, D)."""
        problem = self.problem
        objective = float("nan")
        if problem.settings.knowledge == "same-data":
            objective = float(problem.train(x, self.labels, withdrawn=problem.without(self.ids)).objective[0])
        if share >= 1 and problem.victim.section is None:
            words = BARE
        return problem.state(x, self.labels, objective, replaces=self.ids, share=share, words=words)


def within(x: NDArray[np.float64], base: NDArray[np.float64], eps: float) -> NDArray[np.float64]:
    """The nearest points to x (..., K, D) that lie no further than eps from those of base (K, D)."""
    way = x - base
    far = np.linalg.norm(way, axis=-1, keepdims=True)
    return np.where(far > eps, base + way * (eps / np.maximum(far, eps)), x)


def moves(problem: Problem, start: AttackState | None = None) -> Moves:
    """The points of the class wanted that lie nearest to the target, or those that a state has moved.

    Raises AttackError where there are too few of them.
    """
    settings, goal, points = problem.settings, problem.goal, problem.candidates
    assert isinstance(settings, CleanLabelSettings)
    target, label = goal.x[0], int(goal.label[0])
    if start is not None and len(start):
        try:
            some = points.take(points.positions(start.replaces))
        except KeyError as error:
            raise AttackError(
                f"The attack moves a point that is no longer there ({error.args[0]}). Begin it anew."
            ) from None
    else:
        own = points.take(points.label == label)
        if settings.count > len(own):
            raise AttackError(
                f"{settings.count:,} points of {problem.victim.class_name(label)} are to move, and there are "
                f"{len(own):,}. Lower adversary.count."
            )
        order = np.argsort(((own.x - target) ** 2).sum(axis=1), kind="stable")
        some = own.take(np.sort(order[: settings.count]))
    return Moves(problem, some.ids, some.x, target, label, settings.eps)


def straight(problem: Problem, start: AttackState | None) -> Iterator[AttackState]:
    """The points go straight towards the target, as far as they may, in some even parts of the way."""
    some = moves(problem, start)
    end = some.nearest(np.broadcast_to(some.target, some.base.shape))
    done = 0.0 if start is None else start.share
    for part in range(1, _PARTS + 1):
        share = part / _PARTS
        if share > done or part == _PARTS:
            x = some.base + share * (end - some.base)
            yield some.state(x, share, f"{share:.0%} of the way")


def at_random(some: Moves, rng: np.random.Generator) -> NDArray[np.float64]:
    """Where the points lie (K, D) after moves as far as they may go, each in a direction drawn at random."""
    way = rng.standard_normal(some.base.shape)
    return some.base + some.eps * way / np.linalg.norm(way, axis=1, keepdims=True)
