"""One moment of a run, with all that a figure of it needs; and which moments tell a run's story."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaryviz.defences.judged import Judged
from boundaryviz.engine.embeddings import Embedding
from boundaryviz.engine.height_map import HeightMap
from boundaryviz.evasion.pushes import Pushes
from boundaryviz.learners.cascade import Cascade
from boundaryviz.record.curves import CurveStore
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Scene

STRIP = 6
"""How many moments a strip shows where nobody asks for others."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What the canvas shows at one step.

    field: float32 (rows, columns) probability of class 1 over `rect`, or (classes, rows, columns); row 0
        is the bottom, values stand for cell centres.
    label: what it is called beside others; empty is the scenario's title.
    p, clean_p: (N, classes), how probable each class is at each point, and what the clean twin says; None where that
        was not asked.
    predicted: int16 (N,) for the points of `scene`, or None. cascade: among these points, where one is known.
    pushes: of test points over the boundary; None where that was not asked.
    judged: what the scenario's defence made of the training points that the model sees; None without a verdict.
    embedding: where the model puts the points, and the clean twin where there is one; None where that was not asked.
    heights: how far off the plane the boundary lies, where that was asked.
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
    p: NDArray[np.float32] | None = None
    clean_p: NDArray[np.float32] | None = None
    judged: Judged | None = None
    embedding: Embedding | None = None
    heights: HeightMap | None = None
    pushes: Pushes | None = None

    @property
    def leaning(self) -> NDArray[np.float32]:
        """The field in which one half, or the largest, is where the scenario decides: see `Rule.leaning`."""
        return self.scenario.decision.rule_in(self.scene, self.scenario.learner).leaning(self.field)

    @property
    def name(self) -> str:
        """What it is called beside others."""
        return self.label or self.scenario.title

    @property
    def fits_responses(self) -> bool:
        """Whether the field is of a regression: the response, -1 to 1 as 0 to 1."""
        return self.scenario.learner.fits(self.scene)


def steps_of_strip(last: int, count: int = STRIP) -> tuple[int, ...]:
    """Up to `count` steps from 0 to `last`, rising: after 0 they grow by about the same factor, over two decades or
    what there is of them, and are round where that leaves them in order. Fewer where there are not as many steps.
    """
    if last <= 0 or count < 2:
        return (max(last, 0),)
    steps = [0]
    for step in np.geomspace(max(1.0, last / 100), last, count - 1)[:-1]:
        steps.append(max(_round(step), steps[-1] + 1))
    return (*(step for step in steps if step < last), last)


def _round(step: float) -> int:
    """To one figure."""
    unit = 10.0 ** np.floor(np.log10(step))
    return int(round(step / unit) * unit)
