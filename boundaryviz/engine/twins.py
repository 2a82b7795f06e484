"""What twins are compared on: the pins of attackers, the test points, and the plane cell by cell."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.messages import Twins
from boundaryviz.scene.scene import Scene, Split
from boundaryviz.scene.section import on_plane

Inputs = NDArray[np.float64]


def margins(scene: Scene, replicas: int, probabilities: Callable[[Inputs], NDArray]) -> NDArray[np.float64]:
    """How far each pin is on the attacker's side, float64 (R, P): the probability of the class the attacker wants
    less the largest other one, in -1..1; NaN where undecided.

    probabilities: inputs (G, D) to (R, C, G).
    """
    targets = scene.targets
    if not targets:
        return np.empty((replicas, 0))
    p = probabilities(scene.embed(_places(scene))).astype(np.float64)
    at, target_class = np.arange(len(targets)), np.array([target.target_class for target in targets])
    own = p[:, target_class, at]
    p[:, target_class, at] = -np.inf
    return np.asarray(own - p.max(axis=1))


def compare(
    scene: Scene, step: int, diverged: NDArray[np.bool_], predict: Callable[[Inputs], NDArray], side: int = 128
) -> Twins:
    """What 2 S replicas, the clean ones first, make of everything twins are compared on.

    predict: inputs (G, D) to classes (2 S, G). side: cells along the longer side of the domain.
    """
    k, d = len(diverged) // 2, scene.domain
    cell = max(d.width, d.height) / side
    columns, rows = max(round(d.width / cell), 1), max(round(d.height / cell), 1)
    test = scene.points.x[(scene.points.split == Split.TEST) & ~scene.points.muted]
    targets, plane = _places(scene), d.grid(columns, rows)
    if scene.section is None:
        found = predict(np.concatenate([test, targets, plane]))
    else:  # many places of many inputs each: a part at a time
        shown = on_plane(scene.section, predict)(np.concatenate([targets, plane]))
        found = np.concatenate([predict(test), shown], axis=1)
    found = found.astype(np.int8)
    at_test, at_pins, area = np.split(found, [len(test), len(test) + len(targets)], axis=1)
    area = area.reshape(2 * k, rows, columns)
    return Twins(
        step, at_test[:k], at_test[k:], at_pins[:k], at_pins[k:], area[:k], area[k:], diverged[:k] | diverged[k:]
    )


def _places(scene: Scene) -> NDArray[np.float64]:
    return np.array([(target.x, target.y) for target in scene.targets], dtype=np.float64).reshape(-1, 2)
