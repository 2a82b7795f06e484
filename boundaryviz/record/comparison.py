"""What the poison changed between clean and poisoned twins, against what a new seed would change."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.attacks.budget import Budget
from boundaryviz.engine.twins import Twins
from boundaryviz.record.metrics import Metric, Metrics, SuccessRate, success_rate
from boundaryviz.record.seeds import Varies
from boundaryviz.scene.scene import Scene


@dataclass(frozen=True, eq=False)
class Comparison:
    """Twins of S seeds on a scene. A seed of which a twin diverged is left out of everything, NaN in what is per seed.

    rate: the poison rate. varies: what the seeds differ in.
    """

    twins: Twins
    rate: float
    target_classes: tuple[int, ...] = ()
    varies: Varies = "training"

    @classmethod
    def of(cls, twins: Twins, scene: Scene, varies: Varies = "training") -> Comparison:
        """That of twins on this scene."""
        return cls(twins, Budget.of(scene).rate, tuple(target.target_class for target in scene.targets), varies)

    @property
    def kept(self) -> NDArray[np.int64]:
        """The numbers of the seeds whose twins both trained, counted from 0."""
        return np.flatnonzero(~self.twins.diverged)

    @property
    def left_out(self) -> int:
        """How many seeds are left out."""
        return int(self.twins.diverged.sum())

    def metrics(self) -> Metrics:
        """`flip_rate`, `flip_area`, `flip_rate_excess` (with two seeds, where they differ), `poison_rate`, `leverage`
        (flip rate for each share of poison, where there is some) and `attack_success_rate` (with pins) of the poisoned
        twins, one value per seed.
        """
        t = self.twins
        found = Metrics()
        if t.clean.shape[1]:
            flips = self._each((t.clean != t.poisoned).mean(axis=1))
            found["flip_rate"] = Metric.of(flips, self.varies)
            if len(self.kept) > 1 and self.varies != "nothing":
                found["flip_rate_excess"] = Metric.of(flips - self.floor_rate(), self.varies)
            if self.rate > 0:
                found["leverage"] = Metric.of(flips / self.rate, self.varies)
        found["flip_area"] = Metric.of(self._each((t.clean_area != t.poisoned_area).mean(axis=(1, 2))), self.varies)
        found["poison_rate"] = Metric.of([self.rate] * len(t.diverged), "nothing")
        if self.target_classes:
            found["attack_success_rate"] = self._success(t.poisoned_pins, t.clean_pins)
        return found

    def clean_success(self) -> SuccessRate:
        """The share of pins that the clean twins give to the attacker unasked, per seed."""
        return self._success(self.twins.clean_pins)

    def _success(self, pins: NDArray[np.int8], before: NDArray[np.int8] | None = None) -> SuccessRate:
        return success_rate(pins, np.array(self.target_classes, dtype=int), before, self.varies, self.twins.diverged)

    def floor_rate(self) -> float:
        """Share of test points on which two clean twins of different seeds differ, in the mean; 0 for one seed."""
        return _disagreement(self.twins.clean[self.kept]) if len(self.kept) > 1 else 0.0

    def flipped(self) -> NDArray[np.float32]:
        """Share of the seeds whose twins differ, of every cell of the domain: (rows, columns)."""
        t, kept = self.twins, self.kept
        if not len(kept):
            return np.zeros(t.clean_area.shape[1:], dtype=np.float32)
        return (t.clean_area[kept] != t.poisoned_area[kept]).mean(axis=0, dtype=np.float32)

    def floor(self) -> NDArray[np.float32]:
        """Share of the pairs of seeds whose clean twins differ, of every cell: (rows, columns); 0 for one seed."""
        area = self.twins.clean_area[self.kept]
        if len(area) < 2:
            return np.zeros(self.twins.clean_area.shape[1:], dtype=np.float32)
        pairs = len(area) * (len(area) - 1) / 2
        same = np.zeros(area.shape[1:])
        for k in np.unique(area):
            count = (area == k).sum(axis=0)
            same += count * (count - 1) / 2
        return (1.0 - same / pairs).astype(np.float32)

    def _each(self, values: NDArray) -> NDArray[np.float64]:
        return np.where(self.twins.diverged, np.nan, values)


def _disagreement(classes: NDArray[np.int8]) -> float:
    return float(np.mean([(a != b).mean() for a, b in combinations(classes, 2)]))


def first_flips(
    step: NDArray[np.int64], margins: NDArray[np.float64], clean: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """The first evaluated step at which each pin is the attacker's and, where a clean twin is given, not the twin's
    as well: (R, P), NaN where never.

    step: (K,). margins, clean: (K, R, P), see `Curves`. An untrained model may hand a pin over by chance; its twin
    does so too.
    """
    won = margins > 0
    if clean is not None:
        won &= ~(clean > 0)
    if not len(step):
        return np.full(won.shape[1:], np.nan)
    return np.where(won.any(axis=0), step[won.argmax(axis=0)], np.nan)
