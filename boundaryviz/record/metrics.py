"""Metrics of a run: one value per seed, summarised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.engine.messages import CURVES
from boundaryviz.learners.measures import LOSSES
from boundaryviz.record.curves import CurveStore
from boundaryviz.record.intervals import LEVEL, wilson
from boundaryviz.record.rounding import decimals, rounded
from boundaryviz.record.seeds import Varies, seeds_words


@dataclass(frozen=True)
class Metric:
    """A measure of each seed. A value is NaN where there was nothing to measure or training diverged.

    varies: what the seeds differ in; nothing where all of them are one fit, or where the value is the run's.
    """

    per_seed: tuple[float, ...]
    varies: Varies = "training"

    @classmethod
    def of(cls, values: Iterable[float], varies: Varies = "training") -> Self:
        """A measure of one value for each seed, NaN where it has none."""
        return cls(tuple(float(value) for value in values), varies)

    @property
    def mean(self) -> float:
        """Over the seeds that have a value; NaN where none has."""
        values = self._values
        return float(np.mean(values)) if len(values) else float("nan")

    @property
    def std(self) -> float:
        """The standard deviation between the seeds that have a value, with n - 1 in the denominator; NaN for a single
        one, and where nothing is random."""
        return float(np.std(self._values, ddof=1)) if self.trials > 1 else float("nan")

    @property
    def trials(self) -> int:
        """How many seeds have a value; at most one where nothing is random."""
        return min(len(self._values), 1) if self.varies == "nothing" else len(self._values)

    @property
    def _values(self) -> NDArray[np.float64]:
        values = np.array(self.per_seed)
        return values[np.isfinite(values)]

    def __str__(self) -> str:
        """The mean, rounded as its spread lets it be known, and what stands behind the plus or minus."""
        words = rounded(self.mean, self.std)
        if self.trials < 2:
            return words
        return f"{words} (standard deviation over {seeds_words(self.trials, self.varies)})"

    def told(self, name: str) -> str:
        """As the value of a measure called so, a share in percent, without a word on what the plus or minus is."""
        if is_share(name):
            return rounded(100 * self.mean, 100 * self.std, unit="%")
        return rounded(self.mean, self.std, digits=max(1, len(f"{self.mean:.0f}")) if name.endswith("_step") else 3)

    def plain(self) -> dict[str, Any]:
        """For JSON, in which NaN and infinity are null."""
        return {
            "mean": _plain(self.mean),
            "std": _plain(self.std),
            "per_seed": [_plain(value) for value in self.per_seed],
        }


ALL_PINS = "all pins"
ATTACKED_PINS = "pins that the clean twin does not already give to the attacker"
NONE_ATTACKED = "the clean twin already gives every pin to the attacker"


@dataclass(frozen=True)
class SuccessRate(Metric):
    """The share of some pins that a model gives to the attacker, of each seed.

    pins: how many those are, of each seed. attacked: they are those alone that the clean twin does not already give;
    otherwise all.
    """

    pins: tuple[int, ...] = ()
    attacked: bool = False

    @property
    def std(self) -> float:
        """None: a share of yes and no has an `interval`."""
        return float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval, in which a seed is a trial; NaN where no seed has a value."""
        low, high = wilson(self.mean, self.trials)
        return float(low), float(high)

    @property
    def among(self) -> str:
        """Which pins it is the share of."""
        return ATTACKED_PINS if self.attacked else ALL_PINS

    @property
    def none_attacked(self) -> bool:
        """Whether no seed has a pin left that could be won by poison."""
        return self.attacked and bool(self.pins) and not any(self.pins)

    def __str__(self) -> str:
        """The mean and its interval, and which pins they are of."""
        low, high = (rounded(end) for end in self.interval)
        return f"{rounded(self.mean)} ({low} to {high}, Wilson {LEVEL}) of {self.among}"

    @override
    def told(self, name: str) -> str:
        """In percent, with its interval."""
        low, high = (100 * end for end in self.interval)
        places = min(decimals(end) for end in (100 * self.mean, low, high) if end) if self.trials else 0
        words = f"{rounded(100 * self.mean, unit='%')} ({low:.{places}f} to {high:.{places}f})"
        return words if self.trials else "\u2013"

    def plain(self) -> dict[str, Any]:
        """For JSON; `why_null` says why there is no value where no pin is left."""
        low, high = map(_plain, self.interval)
        found = super().plain() | {"low": low, "high": high, "of": self.among, "pins_per_seed": list(self.pins)}
        return found | ({"why_null": NONE_ATTACKED} if self.none_attacked else {})


class Metrics(dict[str, Metric]):
    """Measures by name. Printed, the main ones are a table of values as a person rounds them."""

    @override
    def __or__(self, other: Mapping[str, Metric]) -> Metrics:  # type: ignore[override]
        return Metrics({**self, **other})

    @override
    def __repr__(self) -> str:
        shown = {name: metric for name, metric in self.items() if is_main(name)}
        width = max(map(len, shown), default=0)
        return "\n".join(f"{name:<{width}}  {metric.told(name)}" for name, metric in shown.items())

    __str__ = __repr__


_MORE = tuple(f"_{name}_loss" for name in LOSSES)


def is_main(name: str) -> bool:
    """Whether a measure of this name stands in tables; the losses that were not trained on are in JSON alone."""
    return not name.endswith(_MORE)


_SHARES = (
    "_error", "_rate", "_area", "_disagreement", "flip_rate_excess", "test_error_rise", "memorised", "steps_saved",
    "_precision",
)  # fmt: skip


def is_share(name: str) -> bool:
    """Whether a measure of this name is told in percent."""
    return name.endswith(_SHARES)


def _plain(value: float) -> float | None:
    return value if np.isfinite(value) else None


def of_curves(now: NDArray[np.float64], curves: CurveStore, replicas: slice, varies: Varies = "training") -> Metrics:
    """The measures of some replicas: `now` (R, 33) as in `CURVES`, their gap, and the best step on the curves; NaN of a
    replica that diverged, which is nothing but NaN in `now`.

    Measures that no replica has (a split without labelled points) are left out.
    """
    values = {name: now[replicas, column] for column, name in enumerate(CURVES) if name != "flip_rate"}
    values["generalisation_gap"] = values["validation_loss"] - values["train_loss"]
    found = Metrics((name, Metric.of(column, varies)) for name, column in values.items() if not np.isnan(column).all())
    chosen = range(now.shape[0])[replicas]
    best = [None if np.isnan(now[replica]).all() else curves.best(replica) for replica in chosen]
    for name, column in _risen(now, curves, chosen).items():
        if not np.isnan(column).all():
            found[name] = Metric.of(column, varies)
    if any(best):
        found["best_step"] = Metric.of((np.nan if at is None else at[0] for at in best), varies)
    return found


def of_stops(stopped: NDArray[np.int64], kept: NDArray[np.int64], steps: int, varies: Varies = "training") -> Metrics:
    """What early stopping has come to: the steps (S,) at which each seed stopped and whose weights it keeps, below 0
    where it has not, and the share of the run's `steps` that it saves."""
    shown = {"stopped_step": stopped, "kept_step": kept}
    found = Metrics((name, Metric.of(np.where(at < 0, np.nan, at), varies)) for name, at in shown.items())
    saved = np.where(stopped < 0, 0.0, 1.0 - stopped / max(steps, 1))
    return found | {"steps_saved": Metric.of(np.maximum(saved, 0.0), varies)}


def _risen(now: NDArray[np.float64], curves: CurveStore, chosen: Iterable[int]) -> dict[str, NDArray[np.float64]]:
    """`test_error_rise`: the test error now less the lowest there was; `flipped_label_rise`: the highest loss that
    wrong labels had, less the first. Of the replicas `chosen`, NaN where unknown."""
    found: dict[str, list[float]] = {"test_error_rise": [], "flipped_label_rise": []}
    for replica in chosen:
        lost = np.isnan(now[replica]).all() or not len(curves)
        error, loss = (curves.column(name)[:, replica] for name in ("test_error", "flipped_label_loss"))
        least = np.nan if lost or np.isnan(error).all() else np.nanmin(error)
        found["test_error_rise"].append(max(now[replica, CURVES.index("test_error")] - least, 0.0))
        found["flipped_label_rise"].append(np.nan if lost or np.isnan(loss[0]) else np.nanmax(loss) - loss[0])
    return {name: np.array(values) for name, values in found.items()}


def attack_success(
    predicted: NDArray[np.integer], wanted: NDArray[np.integer], before: NDArray[np.integer] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The share of pins that are predicted as the attacker wants, and of how many: float64 and int64 (...).

    predicted: (..., P), the classes at the pins. wanted: (P,). before: (..., P), what the clean twin predicts there:
    only pins count that it does not already give to the attacker. NaN where no pin is left.
    """
    won = predicted == wanted
    counted = np.ones_like(won) if before is None else np.broadcast_to(before != wanted, won.shape)
    pins = counted.sum(axis=-1)
    return np.where(pins > 0, (won & counted).sum(axis=-1) / np.maximum(pins, 1), np.nan), pins


def success_rate(
    predicted: NDArray[np.integer],
    wanted: NDArray[np.integer],
    before: NDArray[np.integer] | None = None,
    varies: Varies = "training",
    lost: NDArray[np.bool_] | None = None,
) -> SuccessRate:
    """As `attack_success` has it, of S seeds: (S, P). lost: bool (S,), the seeds that are left out."""
    share, pins = attack_success(predicted, wanted, before)
    values = share if lost is None else np.where(lost, np.nan, share)
    return SuccessRate(tuple(values.tolist()), varies, tuple(pins.tolist()), before is not None)
