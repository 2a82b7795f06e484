"""One moment of a run, with all that a figure of it needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.cascade import Cascade
from boundaryviz.record.curves import CurveStore
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Scene


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What the canvas shows at one step.

    field: float32 (rows, columns) probability of class 1 over `rect`, or (classes, rows, columns); row 0
        is the bottom, values stand for cell centres.
    predicted: int16 (N,) for the points of `scene`, or None. cascade: among these points, where one is known.
    label: what it is called beside others.
    """

    scenario: Scenario
    scene: Scene
    step: int
    rect: Domain
    field: NDArray[np.float32]
    curves: CurveStore
    predicted: NDArray[np.int16] | None = None
    cascade: Cascade | None = None
    label: str = ""
