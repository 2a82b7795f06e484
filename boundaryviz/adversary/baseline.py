"""As much poison without any thought: what an attack that trains is to be compared with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from boundaryviz.adversary.methods.moves import at_random as moved_at_random
from boundaryviz.adversary.methods.moves import moves
from boundaryviz.adversary.problem import Problem
from boundaryviz.attacks.trained.methods.clean_label import CleanLabelSettings
from boundaryviz.record.trail import AttackState

DRAWS = 8
"""Over which the comparison is a mean: one draw of eight points among a hundred says little."""
_STREAM = 13  # key of the random stream, so that the attack's own numbers are others


def at_random(problem: Problem, draws: int = DRAWS) -> Iterator[AttackState]:
    """As many points as the attack has, drawn anew each time: training points with a wrong label, in place of those
    where the attack's points stand in for others, and else beside them. Of an attack with clean labels the same points
    move as far, each in a direction drawn anew."""
    settings, points = problem.settings, problem.candidates
    if isinstance(settings, CleanLabelSettings):
        some = moves(problem)
        for draw in range(draws):
            x = moved_at_random(some, np.random.default_rng([settings.seed, _STREAM, draw]))
            yield problem.state(x, some.labels, float("nan"), replaces=some.ids)
        return
    for draw in range(draws):
        rng = np.random.default_rng([settings.seed, _STREAM, draw])
        rounds = -(-settings.count // len(points))  # where few are labelled, some are copied several times
        order = np.concatenate([rng.permutation(len(points)) for _ in range(rounds)])[: settings.count]
        wrong = (points.label[order] + 1 + rng.integers(0, problem.classes - 1, len(order))) % problem.classes
        instead = points.ids[order] if type(settings).STANDS_IN else None
        yield problem.state(points.x[order], wrong, float("nan"), replaces=instead)
