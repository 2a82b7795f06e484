"""Metrics of a run: one value per seed, summarised; and what the poison changed between twins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.messages import CURVES
from boundaryviz.record.curves import CurveStore
from boundaryviz.scene.scene import Points, Target


@dataclass(frozen=True)
class Metric:
    """A measure of each seed. A value is NaN where there was nothing to measure or training diverged."""

    per_seed: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float]) -> Metric:
        return cls(tuple(float(value) for value in values))

    @property
    def mean(self) -> float:
        return float(np.mean(self.per_seed))

    @property
    def std(self) -> float:
        """The standard deviation between seeds, with n - 1 in the denominator; 0 for a single seed."""
        return float(np.std(self.per_seed, ddof=1)) if len(self.per_seed) > 1 else 0.0

    def __str__(self) -> str:
        return f"{self.mean:.4g} ± {self.std:.2g}" if len(self.per_seed) > 1 else f"{self.mean:.4g}"

    def plain(self) -> dict[str, float | list[float | None] | None]:
        """For JSON, in which NaN and infinity are null."""
        return {
            "mean": _plain(self.mean),
            "std": _plain(self.std),
            "per_seed": [_plain(value) for value in self.per_seed],
        }


Metrics = dict[str, Metric]


def _plain(value: float) -> float | None:
    return value if np.isfinite(value) else None


def of_curves(now: NDArray[np.float64], curves: CurveStore, replicas: slice) -> Metrics:
    """The measures of some replicas: `now` (R, 6) as in `CURVES`, their gap, and the best step on the curves.

    Measures that no replica has (a split without labelled points) are left out.
    """
    values = {name: now[replicas, column] for column, name in enumerate(CURVES)}
    values["generalisation_gap"] = values["validation_loss"] - values["train_loss"]
    found = {name: Metric.of(column) for name, column in values.items() if not np.isnan(column).all()}
    chosen = range(now.shape[0])[replicas]
    best = [curves.best(replica) for replica in chosen]
    if any(best):
        found["best_step"] = Metric.of(np.nan if at is None else at[0] for at in best)
    return found


def attack_success_rate(predicted: NDArray[np.int64], targets: tuple[Target, ...]) -> Metric:
    """Share of the target pins that are predicted as the attacker wants. predicted: int (R, pins)."""
    wanted = np.array([target.wanted for target in targets])
    return Metric.of((predicted == wanted).mean(axis=1))


def poison_rate(points: Points) -> float:
    """Poison points in all training points, unlabelled ones included; 0 without training points."""
    train = points.is_train
    return float((points.is_poison & train).sum() / train.sum()) if train.any() else 0.0


def of_twins(clean: NDArray[np.int64], poisoned: NDArray[np.int64], rate: float) -> Metrics:
    """What the poison changed. clean, poisoned: int (R, points), the classes predicted for the test points.

    `flip_rate_excess` needs two seeds, `leverage` some poison; they are left out otherwise.
    """
    flips = (clean != poisoned).mean(axis=1)
    found = {"flip_rate": Metric.of(flips), "poison_rate": Metric.of([rate] * len(flips))}
    if len(clean) > 1:
        by_seed = float(np.mean([(a != b).mean() for a, b in combinations(clean, 2)]))
        found["flip_rate_excess"] = Metric.of(flips - by_seed)
    if rate > 0:
        found["leverage"] = Metric.of(flips / rate)
    return found
