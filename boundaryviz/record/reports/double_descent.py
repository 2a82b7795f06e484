"""Double descent: where the error falls for the first time, peaks, and falls again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.record.measures import Measure
from boundaryviz.record.metrics import is_share
from boundaryviz.record.reports.base import (
    Report,
    axis_of,
    curve_of,
    measure_of,
    size_words,
    sizes_of,
    value_words,
)
from boundaryviz.record.reports.peaks import Peak
from boundaryviz.record.study_table import Curve, StudyTable


@dataclass(frozen=True, eq=False)
class DoubleDescentReport(Report):
    """Along S sizes, from the simplest model to the richest. middle: (S,), of the repeats the mean of a share, and of a
    loss the median, for near the peak a few losses are huge. found: the peak in it, None below three known sizes."""

    NAME: ClassVar = "double-descent"
    TITLE: ClassVar = "Double descent"
    MEASURES: ClassVar = {
        "valley": Measure("value in the first valley"),
        "peak": Measure("value at the peak"),
        "widest": Measure("value at the widest model"),
        "valley_at": Measure("size in the first valley"),
        "peak_at": Measure("size at the peak"),
        "peak_over_valley": Measure("peak over the first valley"),
        "peak_over_widest": Measure("peak over the widest model"),
        "widest_over_valley": Measure("widest model over the first valley"),
    }

    path: str
    sizes: tuple[Any, ...]
    measure: str
    train: Curve
    curve: Curve
    middle: NDArray[np.float64]
    found: Peak | None

    @classmethod
    @override
    def of(cls, table: StudyTable, measure: str = "", floor: float = 0.0) -> Self:
        path, measure = axis_of(table), measure_of(table, measure)
        sizes_of(table.axes[path], path)
        train = f"train_{measure.partition('_')[2]}"
        curve = curve_of(table, measure, path)
        middle = curve.mean if is_share(measure) else _medians(curve.each)
        return cls(path, tuple(table.axes[path]), measure, curve_of(table, train, path), curve, middle, Peak.of(middle))

    @property
    def places(self) -> NDArray[np.float64]:
        """The sizes as numbers, (S,)."""
        return sizes_of(self.sizes, self.path)

    @property
    @override
    def measures(self) -> dict[str, float]:
        if self.found is None:
            return dict.fromkeys(self.MEASURES, float("nan"))
        valley, peak, widest = (float(self.middle[at]) for at in (self.found.valley, self.found.peak, -1))
        at = (float(self.places[one]) for one in (self.found.valley, self.found.peak))
        ratios = (_ratio(peak, valley), _ratio(peak, widest), _ratio(widest, valley))
        return dict(zip(self.MEASURES, (valley, peak, widest, *at, *ratios), strict=True))

    @property
    @override
    def words(self) -> tuple[str, ...]:
        if self.found is None:
            return ("Fewer than three sizes are known: there is no peak to be found.",)
        found, share = self.measures, is_share(self.measure)
        what = f"{'mean' if share else 'median'} {self.measure.replace('_', ' ')}"
        if found["peak_over_valley"] <= 1 or found["peak_over_widest"] <= 1:
            return (f"The {what} has no peak: nowhere does it rise and fall again.",)
        valley, peak, widest = (value_words(found[name], share) for name in ("valley", "peak", "widest"))
        low, high = (size_words(self.sizes[at]) for at in (self.found.valley, self.found.peak))
        ratios = " and ".join(f"{found['peak_over_' + name]:.3g}" for name in ("valley", "widest"))
        return (
            f"The {what} falls to {valley} at {low}, peaks with {peak} at {high}, and is {widest} at the widest model: "
            f"the peak is {ratios} times as high.",
        )


def _medians(each: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the repeats (R, S) that have a value; NaN where none has."""
    return np.array([np.median(some) if len(some := column[np.isfinite(column)]) else np.nan for column in each.T])


def _ratio(one: float, other: float) -> float:
    """Infinite over nothing, 1 of nothing over nothing."""
    return one / other if other > 0 else (np.inf if one > 0 else 1.0)
