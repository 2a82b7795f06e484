"""A run: a learner's replicas on a scene, stepped, evaluated and asked. No input or output."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine import device as devices
from boundaryviz.engine.messages import CURVES, Curves
from boundaryviz.engine.surface import surface
from boundaryviz.learners.base import UNDECIDED, Learner, Problem, TrainingData
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Scene, Split


class Session:
    """R replicas of a scenario's learner in lock step.

    seeds: one per run, default the scenario's own. twin: train every seed twice, all clean replicas first (the
    poison has weight 0 there), then all poisoned ones; R is then 2 * len(seeds).
    Raises DeviceError for a device that is not there.
    """

    def __init__(
        self,
        scenario: Scenario,
        scene: Scene | None = None,
        seeds: Sequence[int] | None = None,
        twin: bool = False,
        device: str = "auto",
    ) -> None:
        devices.one_thread()
        devices.keep_memory()
        self.device = devices.resolve(device)
        self.device_name = devices.describe(self.device)
        self.scenario = scenario
        self.scene = scenario.scene() if scene is None else scene
        self.seeds = tuple(seeds) if seeds is not None else (scenario.training.seed,)
        self.twin = twin
        self.reset()

    # ---- set-up -------------------------------------------------------------------------------------

    @property
    def replicas(self) -> int:
        return len(self.seeds) * (2 if self.twin else 1)

    def reset(self, seed: int | None = None) -> None:
        """Back to step 0 with the initial weights of the seeds, or of `seed` alone; settings and scene stay."""
        if seed is not None:
            self.seeds = (seed,)
        module, _, name = FAMILIES[self.scenario.learner.name][1].partition(":")
        family = getattr(import_module(module), name)
        problem = Problem(self.scene.classes, self.scene.domain, self.seeds * (2 if self.twin else 1))
        self.learner: Learner = family(self.scenario.learner, self.scenario.training, problem, self.device)
        self.step_count = 0
        self.diverged = np.zeros(self.replicas, dtype=bool)
        self._steps: list[int] = []
        self._values: list[NDArray[np.float64]] = []
        self.set_scene(self.scene)
        self._record()

    def set_scene(self, scene: Scene) -> None:
        """Train and evaluate on `scene` from now on; the weights stay unless the number of classes changed."""
        if scene.classes != self.learner.problem.classes:
            self.scene = scene
            self.reset()
            return
        self.scene = scene
        points = scene.points.take(scene.points.is_train)
        weights = np.ones((self.replicas, len(points)), dtype=np.float32)
        if self.twin:
            weights[: len(self.seeds), points.is_poison] = 0.0
        self.learner.set_data(
            TrainingData(points.ids, points.xy, points.label.astype(np.int64), points.is_poison, weights)
        )
        labelled = scene.points.take(scene.points.is_labelled)
        self._labelled_xy, self._labelled = labelled.xy, labelled.label.astype(np.int64)
        self._split = labelled.split
        poison = np.zeros((self.replicas, len(labelled)), dtype=bool)
        if self.twin:
            poison[: len(self.seeds)] = labelled.is_poison
        self._counts = [((labelled.split == split)[None] & ~poison).astype(float) for split in Split]

    def set_scenario(self, scenario: Scenario) -> None:
        """Take over the settings that apply live (rate, penalties, batch size, dropout)."""
        self.scenario = scenario
        self.learner.set_training(scenario.learner, scenario.training)

    @property
    def can_train(self) -> bool:
        """Whether there is anything to learn from."""
        return self.learner.can_train

    @property
    def settled(self) -> bool:
        """Whether further steps would change nothing until the scene or the settings change."""
        return self.learner.settled

    # ---- training -----------------------------------------------------------------------------------

    def step(self, n: int = 1) -> None:
        """Do n training steps, evaluating wherever the step count is a multiple of `training.evaluate_every`, and
        where the learner has just settled.
        """
        every = self.scenario.training.evaluate_every
        while n > 0:
            settles = not self.learner.settled
            some = min(n, every - self.step_count % every)
            self.learner.step(some)
            self.step_count += some
            n -= some
            if self.step_count % every == 0 or (settles and self.learner.settled):
                self._record()

    def _record(self) -> None:
        self._steps.append(self.step_count)
        self._values.append(self.evaluate())
        self.diverged = self.diverged | ~self.learner.finite()

    def take_curves(self) -> Curves | None:
        """The evaluations since the last call, or None."""
        if not self._steps:
            return None
        chunk = Curves(np.array(self._steps, dtype=np.int64), np.stack(self._values))
        self._steps, self._values = [], []
        return chunk

    # ---- asking -------------------------------------------------------------------------------------

    def evaluate(self) -> NDArray[np.float64]:
        """Losses and errors now, float64 (R, 6), columns as in `CURVES`; NaN where a split has no labelled point."""
        result = np.full((self.replicas, len(CURVES)), np.nan)
        if not len(self._labelled):
            return result
        loss, predicted = self.learner.evaluate(self._labelled_xy, self._labelled)
        wrong = predicted != self._labelled
        for column, counts in enumerate(self._counts):
            total = np.broadcast_to(counts.sum(axis=1), (self.replicas,))
            some = total > 0
            for offset, values in ((0, loss), (3, wrong)):
                # a weight of 0 must silence even a NaN, so select instead of multiplying
                sums = np.where(counts > 0, values, 0.0).sum(axis=1)
                result[some, column + offset] = sums[some] / total[some]
        return result

    def probabilities(self, xy: NDArray[np.float64], replica: int = 0) -> NDArray[np.float32]:
        """Class probabilities at `xy` (G, 2): float32 (G, C)."""
        return np.ascontiguousarray(self.learner.probabilities(xy, replica)[0].T)

    def predicted(self, replica: int = 0) -> NDArray[np.int16]:
        """The class predicted for each point of the scene, int16 (N,); -1 where undecided."""
        return self.learner.predict(self.scene.points.xy, replica)[0].astype(np.int16)

    def confusion(self, predicted: NDArray[np.int16]) -> NDArray[np.int64]:
        """Counts (3, C, C) by split, true and predicted class, of the labelled points of the scene that are decided."""
        points, c = self.scene.points, self.scene.classes
        known = points.is_labelled & (predicted != UNDECIDED)
        split, true, guess = points.split[known].astype(np.int64), points.label[known], predicted[known]
        flat = (split * c + true) * c + guess
        return np.bincount(flat, minlength=3 * c * c).reshape(3, c, c)

    def field(
        self,
        rect: Domain,
        columns: int,
        rows: int,
        replica: int = 0,
        unit: tuple[int, int] | None = None,
        quick: bool = False,
    ) -> NDArray[np.float32]:
        """What `rect` looks like, at cell centres, row 0 at the bottom.

        float32 (rows, columns), the probability of class 1, for two classes; (C, rows, columns) for more; the
        activation of hidden unit (layer, index) where one is named; NaN where undecided. quick: exact near the
        boundary and around points that lie on the wrong side of it, interpolated elsewhere.
        """
        if unit is not None:
            return self.learner.unit(rect.grid(columns, rows), *unit, replica).reshape(rows, columns)
        points = self.scene.points
        places = (points.xy, points.label) if quick else (None, None)
        scores = surface(lambda xy: self.learner.scores(xy, replica), rect, columns, rows, *places)
        values: NDArray[np.float32] = self.learner.shown(scores)
        return values[0] if len(values) == 1 else values

    def units(self, rect: Domain, side: int, replica: int = 0) -> tuple[NDArray[np.uint8], ...]:
        """Small maps of every hidden layer, uint8 (units, side, side); 0..255 is -1..1 times the unit's range."""
        maps = []
        for layer in self.learner.units(rect.grid(side, side), replica):
            layer = np.nan_to_num(layer)  # of a net that diverged
            span = np.maximum(np.abs(layer).max(axis=1, keepdims=True), 1e-12)
            scaled = layer / span * 127.5 + 127.5
            maps.append(np.rint(scaled).astype(np.uint8).reshape(-1, side, side))
        return tuple(maps)
