"""An attack that trains: of places drawn at random those where one more point does most."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from boundaryviz.adversary.problem import Problem
from boundaryviz.record.trail import AttackState
from boundaryviz_example.darts import DartsSpec


def attack(problem: Problem, start: AttackState | None) -> Iterator[AttackState]:
    """Each point at the best of the places thrown at, all of which are trained at once."""
    settings = problem.settings
    assert isinstance(settings, DartsSpec)
    x = np.empty((0, problem.width)) if start is None else start.points
    label = np.empty(0, dtype=np.int64) if start is None else start.label
    if len(x) == settings.count:
        yield problem.state(x, label, problem.train(x, label).objective[0], share=1.0)
    while len(x) < settings.count:
        low, high = problem.box
        places = problem.rng.uniform(low, high, (settings.throws, problem.width))
        labels = problem.rng.integers(0, problem.classes, settings.throws)
        sets = np.concatenate([np.repeat(x[None], settings.throws, axis=0), places[:, None]], axis=1)
        every = np.column_stack([np.repeat(label[None], settings.throws, axis=0), labels])
        outcome = problem.train(sets, every)
        x, label = sets[outcome.best], every[outcome.best]
        yield problem.state(x, label, outcome.objective[outcome.best], moving=len(x) - 1, share=len(x) / settings.count)
