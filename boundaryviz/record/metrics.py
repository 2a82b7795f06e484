"""Metrics of a run: one value per seed, summarised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.messages import CURVES
from boundaryviz.record.curves import CurveStore
from boundaryviz.scene.scene import Target


@dataclass(frozen=True)
class Metric:
    """A measure of each seed. A value is NaN where there was nothing to measure or training diverged."""

    per_seed: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float]) -> Metric:
        """A measure of one value for each seed, NaN where it has none."""
        return cls(tuple(float(value) for value in values))

    @property
    def mean(self) -> float:
        """Over the seeds that have a value; NaN where none has."""
        values = self._values
        return float(np.mean(values)) if len(values) else float("nan")

    @property
    def std(self) -> float:
        """The standard deviation between seeds, with n - 1 in the denominator; 0 for a single seed."""
        return float(np.std(self._values, ddof=1)) if len(self._values) > 1 else 0.0

    @property
    def _values(self) -> NDArray[np.float64]:
        values = np.array(self.per_seed)
        return values[np.isfinite(values)]

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
    """The measures of some replicas: `now` (R, 8) as in `CURVES`, their gap, and the best step on the curves; NaN of a
    replica that diverged, which is nothing but NaN in `now`.

    Measures that no replica has (a split without labelled points) are left out.
    """
    values = {name: now[replicas, column] for column, name in enumerate(CURVES) if name != "flip_rate"}
    values["generalisation_gap"] = values["validation_loss"] - values["train_loss"]
    found = {name: Metric.of(column) for name, column in values.items() if not np.isnan(column).all()}
    chosen = range(now.shape[0])[replicas]
    best = [None if np.isnan(now[replica]).all() else curves.best(replica) for replica in chosen]
    if any(best):
        found["best_step"] = Metric.of(np.nan if at is None else at[0] for at in best)
    return found


def attack_success_rate(
    predicted: NDArray[np.int64], targets: tuple[Target, ...], lost: NDArray[np.bool_] | None = None
) -> Metric:
    """Share of the target pins that are predicted as the attacker wants. predicted: int (R, pins). lost: bool (R,),
    what diverged and is left out."""
    target_class = np.array([target.target_class for target in targets])
    share = (predicted == target_class).mean(axis=1)
    return Metric.of(share if lost is None else np.where(lost, np.nan, share))
