"""As much poison without any thought: what an attack that trains is to be compared with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from boundaryviz.adversary.problem import Problem
from boundaryviz.record.trail import AttackState

DRAWS = 8
"""Over which the comparison is a mean: one draw of eight points among a hundred says little."""
_STREAM = 13  # key of the random stream, so that the attack's own numbers are others


def at_random(problem: Problem, draws: int = DRAWS) -> Iterator[AttackState]:
    """As many points as the attack has, drawn anew each time: training points with a wrong label, in place of those
    where the attack's points stand in for others, and else beside them."""
    settings, points = problem.settings, problem.candidates
    for draw in range(draws):
        rng = np.random.default_rng([settings.seed, _STREAM, draw])
        rounds = -(-settings.count // len(points))  # where few are labelled, some are copied several times
        order = np.concatenate([rng.permutation(len(points)) for _ in range(rounds)])[: settings.count]
        wrong = (points.label[order] + 1 + rng.integers(0, problem.classes - 1, len(order))) % problem.classes
        instead = points.ids[order] if type(settings).STANDS_IN else None
        yield problem.state(points.x[order], wrong, float("nan"), replaces=instead)
