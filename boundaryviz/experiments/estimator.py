"""A scikit-learn estimator in the place of a trained network: one fit per seed, the whole of it in the first step."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.messages import CURVES, Curves
from boundaryviz.learners.base import decided
from boundaryviz.learners.classic import FittedEstimator
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Scene, Split

_SMALLEST = 1e-12  # below it a probability counts as this much, so that a certain mistake has a finite loss


class EstimatorSession:
    """What a `Run` asks of a session, answered by estimators fitted once per seed.

    Before the first step every class is equally likely everywhere.
    """

    def __init__(self, scenario: Scenario, estimator: Any, seeds: tuple[int, ...], twin: bool = False) -> None:
        self.scenario = scenario
        self.scene: Scene = scenario.scene()
        self.seeds = seeds
        self.twin = twin
        self.estimator = estimator
        self.learner_name = type(estimator).__name__
        self.device_name = "CPU: scikit-learn"
        self.step_count = 0
        self.diverged = np.zeros(self.replicas, dtype=bool)
        self._fitted: list[FittedEstimator] = []
        self._curves: list[tuple[int, NDArray[np.float64]]] = [(0, self.evaluate())]

    @property
    def replicas(self) -> int:
        return len(self.seeds) * (2 if self.twin else 1)

    def step(self, n: int = 1) -> None:
        """Fit in the first step; more steps change nothing."""
        if not self._fitted:
            points = self.scene.points.take(self.scene.points.is_train)
            for clean in (True, False) if self.twin else (False,):
                shown = points.take(~points.is_poison) if clean else points
                self._fitted += [
                    FittedEstimator(self.estimator, shown.xy, shown.label.astype(np.int64), self.scene.classes, seed)
                    for seed in self.seeds
                ]
        self.step_count += n
        self._curves.append((self.step_count, self.evaluate()))

    def take_curves(self) -> Curves | None:
        if not self._curves:
            return None
        steps, values = zip(*self._curves, strict=True)
        self._curves = []
        return Curves(np.array(steps, dtype=np.int64), np.stack(values))

    def evaluate(self) -> NDArray[np.float64]:
        """(R, 6), columns as in `CURVES`: mean log loss and 0/1 error of the labelled clean points of each split."""
        points = self.scene.points.take(self.scene.points.is_labelled & ~self.scene.points.is_poison)
        result = np.full((self.replicas, len(CURVES)), np.nan)
        for replica in range(self.replicas):
            given = self.probabilities(points.xy, replica)
            true = given[np.arange(len(points)), points.label]
            even = 1.0 / self.scene.classes  # what an undecided point counts as
            loss = -np.log(np.where(np.isnan(true), even, np.maximum(true, _SMALLEST)))
            wrong = decided(given) != points.label
            for split in Split:
                pick = points.split == split
                if pick.any():
                    result[replica, [split, split + 3]] = loss[pick].mean(), wrong[pick].mean()
        return result

    def probabilities(self, xy: NDArray[np.float64], replica: int = 0) -> NDArray[np.float32]:
        """(n, classes) at `xy` (n, 2); NaN where undecided."""
        if not self._fitted:
            return np.full((len(xy), self.scene.classes), 1.0 / self.scene.classes, dtype=np.float32)
        return self._fitted[replica].probabilities(xy).astype(np.float32)

    def predicted(self, replica: int = 0) -> NDArray[np.int16]:
        """The class predicted for each point of the scene, int16 (N,); -1 where undecided."""
        return decided(self.probabilities(self.scene.points.xy, replica)).astype(np.int16)

    def field(self, rect: Domain, columns: int, rows: int, replica: int = 0) -> NDArray[np.float32]:
        """(rows, columns) of class 1, or (classes, rows, columns); row 0 is the bottom."""
        values = self.probabilities(rect.grid(columns, rows), replica).T.reshape(-1, rows, columns)
        return values[1] if len(values) == 2 else values
