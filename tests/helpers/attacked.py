"""Small scenarios that offer an attack that trains, and what is to be attacked."""

from __future__ import annotations

from typing import Any

import numpy as np

from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Scene, Split

MOONS = Scenario.parse({
    "name": "attacked", "title": "Attacked", "data": {"n": 60, "noise": 0.2, "validation": 0.3, "test": 0.3},
    "learner": {"name": "SVC", "C": 10.0, "gamma": 2.0}, "training": {"steps": 40},
    "adversary": {"method": "flips-random", "count": 6},
})  # fmt: skip
"""Sixty points of two moons, a support vector machine, six flips at random."""


def attacked(**values: Any) -> Scenario:
    """`MOONS` with other settings, whose dots are written as `__`."""
    return MOONS.with_values({path.replace("__", "."): value for path, value in values.items()})


def of_split(scene: Scene, split: Split) -> tuple[np.ndarray, np.ndarray]:
    """Places and classes of the clean points of a split."""
    points = scene.points.take((scene.points.split == split) & ~scene.points.is_poison)
    return points.x, points.label.astype(np.int64)
