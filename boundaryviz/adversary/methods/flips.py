"""Label flips by a ranking of the points, after one look at the attacker's model."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from boundaryviz.adversary.problem import Problem
from boundaryviz.attacks.targets import AttackError
from boundaryviz.record.trail import AttackState
from boundaryviz.scene.scene import Points

_STATES = 32
"""Of a trail at most: many flips are done several at a time."""


def attack(problem: Problem, start: AttackState | None) -> Iterator[AttackState]:
    """Flips in the order of their ranking; see `ranked`. From `start` on, those that it has stay."""
    points = flippable(problem)
    count = problem.settings.count
    order = ranked(problem, points)
    done = np.empty(0, dtype=np.int64) if start is None else points.positions(start.replaces)[:count]
    order = np.concatenate([done, order[~np.isin(order, done)]])[:count]
    label = flipped(problem, points)
    wholes = np.unique(np.linspace(0, count, min(count, _STATES) + 1).round().astype(int))[1:]
    for many in wholes[wholes > (0 if len(done) == count else len(done))]:
        yield flips_state(problem, points, order[:many], label[order[:many]], many / count)


def flippable(problem: Problem) -> Points:
    """The points whose label may be flipped. Raises AttackError where there are fewer than the budget."""
    points, settings = problem.candidates, problem.settings
    if settings.label is not None:
        points = points.take(points.label != settings.label)
    if settings.count > len(points):
        raise AttackError(
            f"{settings.count:,} labels are to be flipped, and {len(points):,} can be. Lower adversary.count."
        )
    return points


def ranked(problem: Problem, points: Points) -> NDArray[np.int64]:
    """The positions (P,) of points, from the first to be flipped to the last.

    At random; nearest to the boundary of the attacker's model, where the lead of the own class over the likeliest other
    is nearest to 0; or furthest from it on the right side, where that lead is largest.
    """
    method = problem.settings.method
    if method == "flips-random":
        return problem.rng.permutation(len(points)).astype(np.int64)
    lead = problem.ask(points.x, points.label.astype(np.int64)).lead[0]
    if np.isnan(lead).any():
        raise AttackError("The attacker's model diverged. Lower training.learning_rate.")
    return np.argsort(np.abs(lead) if method == "flips-nearest" else -lead, kind="stable")


def flipped(problem: Problem, points: Points) -> NDArray[np.int64]:
    """The wrong label (P,) of each point: the one asked for, or the next class."""
    if (label := problem.settings.label) is not None:
        return np.full(len(points), label, dtype=np.int64)
    return (points.label.astype(np.int64) + 1) % problem.classes


def flips_state(
    problem: Problem, points: Points, at: NDArray[np.int64], label: NDArray[np.int64], share: float, words: str = ""
) -> AttackState:
    """The state in which the points at these positions (K,) have these labels (K,)."""
    some = points.take(at)
    objective = float("nan")
    if problem.settings.knowledge == "same-data":
        outcome = problem.train(some.x, label, withdrawn=problem.without(some.ids))
        objective = float(outcome.objective[0])
    words = words or f"{len(at):,} of {problem.settings.count:,} labels flipped"
    return problem.state(some.x, label, objective, replaces=some.ids, share=share, words=words)
