"""Adversarial label flips on support vector machines.

Xiao, Xiao and Eckert (2012), "Adversarial label flips attack on support vector machines", ECAI, section 4 and algorithm
1: every point is there twice, once with each label, with weights q_i of the flipped one and 1 - q_i of the true one.
By turns a machine is fitted to the weighted points, and the weights are chosen for which the loss of the points under
that machine, less their loss under the clean one, is least, a linear programme over q within the budget. So those
labels are flipped that the tainted machine takes to and the clean one finds most wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from boundaryviz.adversary.methods.flips import flippable, flips_state
from boundaryviz.adversary.models import Machines
from boundaryviz.adversary.problem import Problem
from boundaryviz.attacks.targets import AttackError
from boundaryviz.attacks.trained.methods.alfa import AlfaSpec
from boundaryviz.record.trail import AttackState
from boundaryviz.scene.scene import Points


def attack(problem: Problem, start: AttackState | None) -> Iterator[AttackState]:
    """The flips of each round; they end where a choice comes that was there before, or after `rounds`.

    With `restarts` it begins so often anew, which the paper does not, and the end is taken that does most on the
    validation points. From `start` on, the machine is first tainted by the flips that it has.
    Raises AttackError where the learner is no machine, or the points that can be flipped are not those it knows.
    """
    machines, settings = problem.machines, problem.settings
    assert isinstance(settings, AlfaSpec)
    if settings.knowledge != "same-data":
        raise AttackError(
            "Adversarial label flips are chosen among the very points that the attacker trains on. "
            "Let it know the same data, or take flips-furthest."
        )
    points = flippable(problem)
    begin = None if start is None else points.positions(start.replaces)
    ends: list[AttackState] = []
    for number in range(settings.restarts + 1):
        for state in _rounds(problem, machines, settings, points, begin):
            yield replace(state, share=(number + state.share) / (settings.restarts + 1))
            last = state
        ends.append(last)
        begin = problem.rng.permutation(len(points))[: settings.count]
    best = max(ends, key=lambda state: state.objective)
    if best is not ends[-1]:
        yield replace(best, words=f"the best of {len(ends):,} beginnings")


def _rounds(
    problem: Problem, machines: Machines, settings: AlfaSpec, points: Points, begin: NDArray[np.int64] | None
) -> Iterator[AttackState]:
    """The flips of each round, at least one. begin: the positions of the flips that taint the first machine; None for
    none, as in the paper, where its loss is then taken for 0."""
    side = np.where(points.label == 1, 1.0, -1.0)
    clean = hinges(problem, machines, points, np.empty(0, dtype=np.int64), side)
    tainted = np.zeros_like(clean) if begin is None else hinges(problem, machines, points, begin, side)
    label = 1 - points.label.astype(np.int64)
    seen: set[bytes] = set()
    for number in range(1, settings.rounds + 1):
        chosen = cheapest(tainted, clean, settings.count)
        if chosen.tobytes() in seen:
            return
        seen.add(chosen.tobytes())
        words = f"round {number:,}: {len(chosen):,} labels flipped"
        yield flips_state(problem, points, chosen, label[chosen], number / settings.rounds, words)
        tainted = hinges(problem, machines, points, chosen, side)


def hinges(
    problem: Problem, machines: Machines, points: Points, flips: NDArray[np.int64], side: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The hinge loss (2, P) of points with their own label and with the other, under a machine for which those at the
    positions `flips` have the other. side: float64 (P,), 1 and -1 for the classes."""
    some = points.take(flips)
    machine = problem.svm(
        some.x, 1 - some.label.astype(np.int64), withdrawn=problem.without(some.ids) if len(flips) else None
    )
    f = np.full(len(points), 0.0) if machine is None else machine.decision(machines.units(points.x))
    return np.maximum(0.0, 1.0 - np.stack([side * f, -side * f]))


def cheapest(tainted: NDArray[np.float64], clean: NDArray[np.float64], budget: int) -> NDArray[np.int64]:
    """The positions, rising, of the flips that solve the linear programme, of losses (2, P) as `hinges` gives them.

    It is: minimise sum_i (1 - q_i) d_i + q_i d'_i over 0 <= q_i <= 1 and sum_i q_i <= budget, where d is the tainted
    loss less the clean one of the true label and d' that of the flipped one. What the programme gains by q_i is
    d'_i - d_i a unit, so that it takes those of the largest gain whole, as long as they gain anything.
    """
    own, other = tainted - clean
    gain = own - other
    order = np.argsort(-gain, kind="stable")[:budget]
    return np.sort(order[gain[order] > 0])
