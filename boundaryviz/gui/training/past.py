"""A recorded checkpoint as the window shows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine import messages as m
from boundaryviz.engine.evaluation_set import confusion
from boundaryviz.learners.base import UNDECIDED
from boundaryviz.record.fields import classes_of, decided
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Scene


@dataclass(frozen=True, eq=False)
class Past:
    """A checkpoint with what was trained on then. number: by which the trainer knows it, once it is loaded."""

    number: int
    checkpoint: m.Checkpoint
    scenario: Scenario
    scene: Scene

    def frame(self) -> m.Frame:
        """What was recorded, as if it came from the trainer."""
        checkpoint, scene = self.checkpoint, self.scene
        rows, columns = checkpoint.field.shape[-2:]
        field = checkpoint.field.astype(np.float32)
        clean = None if checkpoint.clean is None else checkpoint.clean.astype(np.float32)
        predicted = self._looked_up(field)
        return m.Frame(
            -1, checkpoint.step, m.View(checkpoint.rect, columns, rows, past=self.number), field, predicted,
            confusion(scene, predicted), checkpoint.state["diverged"], clean,
            None if clean is None else self._looked_up(clean),
        )  # fmt: skip

    def _looked_up(self, field: NDArray[np.float32]) -> NDArray[np.int16]:
        """The class (N,) in whose part of the field each point lies; -1 where it is undecided or outside."""
        rows, columns = field.shape[-2:]
        row, column, inside = self.checkpoint.rect.cells(self.scene.points.xy, columns, rows)
        leaning = self.scenario.decision.rule_in(self.scene, self.scenario.learner).leaning(field)
        found = decided(leaning[..., row, column], classes_of(field))
        return np.where(inside, found, UNDECIDED).astype(np.int16)
