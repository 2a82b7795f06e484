"""A recorded moment as the window shows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine import messages as m
from boundaryviz.engine.examined import confusion
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Scene


@dataclass(frozen=True, eq=False)
class Past:
    """A moment with what was trained on then. number: by which the trainer knows it, once it is recalled."""

    number: int
    moment: m.Moment
    scenario: Scenario
    scene: Scene

    def frame(self) -> m.Frame:
        """What was recorded, as if it came from the trainer."""
        moment, scene = self.moment, self.scene
        rows, columns = moment.field.shape[-2:]
        field = moment.field.astype(np.float32)
        clean = None if moment.clean is None else moment.clean.astype(np.float32)
        predicted = self._looked_up(field)
        return m.Frame(
            -1, moment.step, m.View(moment.rect, columns, rows, past=self.number), field, predicted,
            confusion(scene, predicted), moment.state["diverged"], (), clean,
            None if clean is None else self._looked_up(clean),
        )  # fmt: skip

    def _looked_up(self, field: NDArray[np.float32]) -> NDArray[np.int16]:
        """The class (N,) in whose part of the field each point lies; -1 where it is undecided or outside."""
        xy, rect = self.scene.points.xy, self.moment.rect
        rows, columns = field.shape[-2:]
        place = (xy - (rect.left, rect.bottom)) / (rect.width, rect.height) * (columns, rows)
        inside = ((place >= 0) & (place < (columns, rows))).all(axis=1)
        column, row = np.clip(place, 0, (columns - 1, rows - 1)).astype(np.int64).T
        p = field[..., row, column]
        decided = np.where(p > 0.5, 1, 0) if p.ndim == 1 else p.argmax(axis=0)
        known = inside & ~np.isnan(p if p.ndim == 1 else p.sum(axis=0))
        return np.where(known, decided, -1).astype(np.int16)
