"""A scikit-learn estimator in the place of a trained network: one fit per seed, the whole of it in the first step."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.cast import Cast
from boundaryviz.engine.evaluation_set import EvaluationSet
from boundaryviz.engine.messages import CURVES, Curves
from boundaryviz.engine.twins import Twins, compare, margins
from boundaryviz.learners.base import decided
from boundaryviz.learners.sklearn_adapter import FittedEstimator
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Scene
from boundaryviz.scene.section import on_plane

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
        self.cast = Cast.of(seeds, twin)
        self.diverged = np.zeros(self.replicas, dtype=bool)
        self._fitted: list[FittedEstimator] = []
        self._seen = np.stack([self.scene.seen(groups) for groups in self.cast.groups])
        self._evaluation_set = EvaluationSet.of(self.scene, self._seen, self.cast)
        self._recorded: list[tuple[int, NDArray[np.float64], NDArray[np.float64]]] = []
        self._record()

    @property
    def replicas(self) -> int:
        return len(self.cast)

    def step(self, n: int = 1) -> None:
        """Fit in the first step; more steps change nothing."""
        if not self._fitted:
            points, classes = self.scene.points, self.scene.classes
            for seed, seen in zip(self.cast.seeds, self._seen, strict=True):
                shown = points.take(seen & points.is_train)
                fitted = FittedEstimator(self.estimator, shown.x, shown.label.astype(np.int64), classes, seed)
                self._fitted.append(fitted)
        self.step_count += n
        self._record()

    def _record(self) -> None:
        self._recorded.append((self.step_count, self.evaluate(), margins(self.scene, self.replicas, self._all)))

    def take_curves(self) -> Curves | None:
        if not self._recorded:
            return None
        steps, values, targets = zip(*self._recorded, strict=True)
        self._recorded = []
        return Curves(np.array(steps, dtype=np.int64), np.stack(values), np.stack(targets))

    def evaluate(self) -> NDArray[np.float64]:
        """(R, 8), columns as in `CURVES`: mean log loss and 0/1 error, and what the poison flips."""
        asked = self._evaluation_set
        if not len(asked.x):
            return np.full((self.replicas, len(CURVES)), np.nan)
        p = self._all(asked.x)
        true = p[:, asked.label, np.arange(len(asked.label))]
        even = 1.0 / self.scene.classes  # what an undecided point counts as
        loss = -np.log(np.where(np.isnan(true), even, np.maximum(true, _SMALLEST)))
        return asked.summary(loss, decided(p.transpose(0, 2, 1)))

    def twins(self, side: int = 128) -> Twins:
        """As `Session.twins`."""
        return compare(
            self.scene, self.step_count, self.diverged, lambda x: decided(self._all(x).transpose(0, 2, 1)), side
        )

    def _all(self, x: NDArray[np.float64]) -> NDArray[np.float32]:
        """(R, classes, n)"""
        return np.stack([self.probabilities(x, replica).T for replica in range(self.replicas)])

    def probabilities(self, x: NDArray[np.float64], replica: int = 0) -> NDArray[np.float32]:
        """(n, classes) at `x` (n, D); NaN where undecided."""
        if not self._fitted:
            return np.full((len(x), self.scene.classes), 1.0 / self.scene.classes, dtype=np.float32)
        return self._fitted[replica].probabilities(x).astype(np.float32)

    def predicted(self, replica: int = 0) -> NDArray[np.int16]:
        """The class predicted for each point of the scene, int16 (N,); -1 where undecided."""
        return decided(self.probabilities(self.scene.points.x, replica)).astype(np.int16)

    def cascade(self, replica: int = 0) -> None:
        """None: an estimator does not say who gave whom a label."""

    def field(self, rect: Domain, columns: int, rows: int, replica: int = 0) -> NDArray[np.float32]:
        """(rows, columns) of class 1, or (classes, rows, columns); row 0 is the bottom."""
        ask = on_plane(self.scene.section, lambda x: self.probabilities(x, replica).T)
        values = ask(rect.grid(columns, rows)).reshape(-1, rows, columns)
        return values[1] if len(values) == 2 else values
