"""What the chart of a study shows, in the window and in figures: curves over an axis, marks, a law. numpy alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.record.reports.base import numbers_of
from boundaryviz.scenario.sweep import value_words

MarkKind = Literal["chosen", "one-se", "valley", "threshold"]

_DECADE = 8.0  # from so many times the least value on, an axis may be logarithmic
_NAMED = 12  # values of an axis that all have words
_FLOOR = 1e-300


@dataclass(frozen=True, eq=False)
class StudyAxis:
    """The values of a setting, and where they stand. places: (V,): decades of a logarithmic axis, the values themselves
    of an even one, and 1, 2, 3, ... where they are no numbers; a net's single hidden layer counts as its width."""

    path: str
    title: str
    values: tuple[Any, ...]
    places: NDArray[np.float64]
    log: bool = False

    @classmethod
    def of(cls, path: str, title: str, values: Sequence[Any], log: bool | None = None) -> StudyAxis:
        """log: whether it is logarithmic, None where the values tell: those that grow by a factor do."""
        numbers = numbers_of(values)
        if not _are_numbers(values):
            return cls(path, title, tuple(values), numbers)
        log = (log is None or log) and bool((numbers > 0).all()) and (bool(log) or _grows(numbers))
        return cls(path, title, tuple(values), np.log10(numbers) if log else numbers, log)

    @property
    def numeric(self) -> bool:
        """Whether the values are numbers, so that there is something between two of them."""
        return _are_numbers(self.values)

    def place(self, value: float) -> float:
        """Where a number stands, which need not be one of the values."""
        return math.log10(max(value, _FLOOR)) if self.log else float(value)

    @property
    def limits(self) -> tuple[float, float]:
        """Of the whole axis, with some room on both sides."""
        low, high = (float(self.places.min()), float(self.places.max())) if len(self.places) else (0.0, 1.0)
        room = 0.04 * (high - low) or 0.5
        return low - room, high + room

    def ticks(self) -> tuple[list[tuple[float, str]], list[float]] | None:
        """Places with words, and places without; None where an even axis of numbers is best left to whoever draws."""
        if self.log:
            return log_ticks(*self.limits)
        if self.numeric:
            return None
        step = max(1, math.ceil(len(self.values) / _NAMED))
        named = [(at + 1.0, value_words(_listed(self.values[at]))) for at in range(0, len(self.values), step)]
        return named, [at + 1.0 for at in range(len(self.values)) if at % step]

    def nearest(self, place: float) -> int:
        """The number of the value that stands nearest to a place."""
        return int(np.argmin(np.abs(self.places - place)))

    def words(self, at: int) -> str:
        """A value with its setting: 'leaves 8'."""
        return f"{self.title.lower()} {value_words(_listed(self.values[at]))}"


@dataclass(frozen=True, eq=False)
class StudyCurve:
    """One measure over the axis. name: whose colours it has: 'train', 'validation', 'test', or 'series' of a second
    axis. mean, low, high: (V,), the band; NaN where nothing is known yet."""

    name: str
    title: str
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True)
class StudyMark:
    """A value of the axis that a report names. words: what it is, in a few letters, such as 'CV 8'."""

    kind: MarkKind
    value: float
    words: str


@dataclass(frozen=True, eq=False)
class StudyLaw:
    """A fitted law. x, y: (L,), its line in values of the axis and of the measure. at, residual: (K,), values of the
    axis that it was fitted to, and how far each lies from it, in decades of the measure."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    words: str
    at: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    residual: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True, eq=False)
class StudyChart:
    """All of it. measure: what is drawn upwards, such as 'error'. share: it is told in per cent. log: its axis is
    logarithmic. found: what a report reads off it, and notes: what has to be known to read it, a sentence each."""

    title: str
    axis: StudyAxis
    measure: str
    curves: tuple[StudyCurve, ...] = ()
    marks: tuple[StudyMark, ...] = ()
    law: StudyLaw | None = None
    share: bool = True
    log: bool = False
    found: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def up(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where values stand upwards; NaN for what a logarithmic axis has no place for."""
        if not self.log:
            return values
        return np.log10(np.where(values > 0, values, np.nan))

    @property
    def limits(self) -> tuple[float, float]:
        """Of the axis upwards, in its places: all that is known, from 0 on where it is even."""
        edges = [self.up(edge) for curve in self.curves for edge in (curve.mean, curve.low, curve.high)]
        if self.law is not None:
            edges.append(self.up(self.law.y))
        known = np.concatenate(edges) if edges else np.empty(0)
        known = known[np.isfinite(known)]
        if not len(known):
            return (-2.0, 0.0) if self.log else (0.0, 1.0)
        low, high = float(known.min()), float(known.max())
        if self.log:
            room = 0.06 * (high - low) or 0.5
            return low - room, high + room
        low = min(low, 0.0)
        room = high - low or (0.01 if self.share else 1.0)
        return low - 0.02 * room, high + 0.1 * room

    def value_words(self, value: float) -> str:
        """A value of the measure as it is shown; a dash where there is none."""
        if not math.isfinite(value):
            return "\u2013"
        return f"{100 * value:.3g} %" if self.share else f"{value:.4g}"

    def tick_words(self, value: float) -> str:
        """A value as it is written at the axis."""
        return f"{100 * value:.3g} %" if self.share else f"{value:.3g}"


def log_ticks(low: float, high: float) -> tuple[list[tuple[float, str]], list[float]]:
    """Of an axis of decades from low to high: places with words, of values that begin with 1, 2 or 5 where there is
    room, and those without."""
    first, last = math.floor(low), math.ceil(high)
    whole = [(m, k) for k in range(first, last + 1) for m in range(1, 10) if low <= math.log10(m) + k <= high]
    leading = (1, 2, 5) if high - low < 2.6 else (1,) if high - low < 7 else ()
    if not leading:
        return [(float(k), power_words(k)) for k in range(first, last + 1) if low <= k <= high and not k % 2], []
    named = [(math.log10(m) + k, number_words(m * 10.0**k)) for m, k in whole if m in leading]
    return named, [math.log10(m) + k for m, k in whole if m not in leading]


def number_words(value: float) -> str:
    """A number at an axis: '0.05', '20', '5,000', '2e6'."""
    if value >= 1e6 or value < 1e-4:
        return f"{value:.0e}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")
    return f"{value:,.10g}"


def power_words(power: int) -> str:
    """'1e-3'."""
    return f"1e{power}"


def _are_numbers(values: Sequence[Any]) -> bool:
    return bool(values) and all(
        isinstance(one, int | float) and not isinstance(one, bool)
        for value in values
        for one in (value if isinstance(value, list | tuple) and len(value) == 1 else [value])
    )


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _grows(numbers: NDArray[np.float64]) -> bool:
    """Whether values spread more evenly by their logarithms than by themselves."""
    rising = np.unique(numbers)
    if len(rising) < 3 or rising[-1] < _DECADE * rising[0]:
        return False
    even, by_factor = (float(gaps.std() / gaps.mean()) for gaps in (np.diff(rising), np.diff(np.log(rising))))
    return by_factor < even
