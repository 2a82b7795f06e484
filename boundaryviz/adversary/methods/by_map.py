"""Poison where an effect map says that it does most (copies at one place: Koh, Steinhardt and Liang 2022, "Stronger
data poisoning attacks break data sanitization defenses", Machine Learning 111, section 4.1)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from boundaryviz.adversary import adaptive
from boundaryviz.adversary.adaptive import Grid
from boundaryviz.adversary.problem import Problem
from boundaryviz.attacks.targets import AttackError
from boundaryviz.record.trail import AttackState
from boundaryviz.scene.scene import UNLABELLED, Domain

LEVELS = (8, 16, 32)
"""Of the map: cells along a side of the box."""


def heap(problem: Problem, start: AttackState | None) -> Iterator[AttackState]:
    """All points at the best node of a map of heaps, after each finer map. From `start` on, where its first point lies
    competes with the nodes of the map."""
    count = problem.settings.count
    x, label = _nothing(problem) if start is None or not len(start) else (start.points[:1], start.label[:1])
    for grid in _maps(problem, count):
        place, own, value = _better(problem, _best(problem, grid), x, label, count)
        words = f"{count:,} points at the best of {grid.asked:,} places"
        yield problem.state(
            place.repeat(count, axis=0), own.repeat(count), value, share=LEVELS.index(grid.level) / len(LEVELS),
            words=words,
        )  # fmt: skip


def greedy(problem: Problem, start: AttackState | None) -> Iterator[AttackState]:
    """One point after the other at the best node of a map of one more point beside those that are there. Those of
    `start` stay where they are."""
    count = problem.settings.count
    x, label = _nothing(problem) if start is None else (start.points[:count], start.label[:count])
    for many in range(len(x), count):
        grid = list(_maps(problem, 1, x, label))[-1]
        place, own, value = _best(problem, grid)
        x, label = np.concatenate([x, place]), np.append(label, own)
        words = f"{many + 1:,} of {count:,} points placed"
        yield problem.state(x, label, value, moving=many, share=(many + 1) / count, words=words)


def _nothing(problem: Problem) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    return np.empty((0, problem.width)), np.empty(0, dtype=np.int64)


def _maps(
    problem: Problem, weight: int, x: NDArray[np.float64] | None = None, label: NDArray[np.int64] | None = None
) -> Iterator[Grid]:
    """Maps of the objective with `weight` points more at a node, beside points x (K, D) of label (K,)."""
    x, label = _nothing(problem) if x is None or label is None else (x, label)
    copies = 1 if _weighs(problem) else weight
    often = np.append(np.ones(len(x)), np.full(copies, weight / copies))

    def function(places: NDArray[np.float64], labels: NDArray[np.int64]) -> tuple[NDArray, NDArray]:
        new, many = problem.scene.embed(places), len(places)
        sets = np.concatenate([np.broadcast_to(x, (many, *x.shape)), new[:, None].repeat(copies, axis=1)], axis=1)
        own = np.concatenate([np.broadcast_to(label, (many, len(label))), labels[:, None].repeat(copies, 1)], axis=1)
        found = problem.train(sets, own, often, seeds=problem.settings.maps)  # type: ignore[attr-defined]
        return found.objectives, found.losses

    pin = problem.goal.pin
    around = () if pin is None else ((pin.x, pin.y),)
    return adaptive.refined(function, _domain(problem), _labels(problem), LEVELS, around=around)


def _best(problem: Problem, grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.int64], float]:
    """The inputs (1, D), label (1,) and objective at the best node."""
    if not len(grid.order):
        raise AttackError("Every model of the map diverged. Lower training.learning_rate.")
    at, row, column = np.unravel_index(grid.order[0], grid.measured.shape)
    place = adaptive.places(_domain(problem), grid.level)[row, column]
    label = np.array([_labels(problem)[at]], dtype=np.int64)
    return problem.scene.embed(place[None]), label, float(grid.mean[at, row, column])


def _better(
    problem: Problem,
    best: tuple[NDArray[np.float64], NDArray[np.int64], float],
    x: NDArray[np.float64],
    label: NDArray[np.int64],
    weight: int,
) -> tuple[NDArray[np.float64], NDArray[np.int64], float]:
    """The best node, or a heap at x (1, D) of label (1,) where it is better; x (0, D) for none."""
    if not len(x):
        return best
    copies = (1, weight)
    own = problem.train(x.repeat(weight, axis=0), np.broadcast_to(label, copies), seeds=problem.settings.maps)  # type: ignore[attr-defined]
    value = float(own.objective[0])
    return (x, label, value) if value > best[2] else best


def _domain(problem: Problem) -> Domain:
    """The box as a rectangle of the plane; of points with inputs, the plane that is shown."""
    if problem.scene.section is not None:
        return problem.scene.domain
    (left, bottom), (right, top) = problem.box.tolist()
    return Domain(left, right, bottom, top)


def _labels(problem: Problem) -> tuple[int, ...]:
    """The labels that poison may have. Raises AttackError for one that the learner never looks at."""
    wanted, supervised = problem.settings.label, problem.learner.family.supervised
    if wanted is None:
        return tuple(range(problem.classes)) + (() if supervised else (UNLABELLED,))
    if wanted == UNLABELLED and supervised:
        raise AttackError(
            f"{problem.learner.TITLE} learns from labelled points alone, so that unlabelled poison does nothing, "
            "wherever it lies. Leave adversary.label empty, or take a learner that uses unlabelled points."
        )
    return (wanted,)


def _weighs(problem: Problem) -> bool:
    """Whether one point of a weight is what so many points are: batches deal points one by one."""
    return problem.learner.family.at_once or problem.scenario.training.batch_size == "full"
