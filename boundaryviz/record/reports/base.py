"""What every report on a study is: numbers by name, sentences, and curves to draw."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boundaryviz.record.measures import Measure
from boundaryviz.record.study_table import Curve, StudyTable

TEST_ERROR = "test_error"


class ReportError(ValueError):
    """A study that a report cannot be made of; its text says why."""


class Report(ABC):
    """A study reduced to what it shows. NAME: in files. TITLE: for people. MEASURES: of `measures`, in order."""

    NAME: ClassVar[str]
    TITLE: ClassVar[str]
    MEASURES: ClassVar[Mapping[str, Measure]]

    @classmethod
    @abstractmethod
    def of(cls, table: StudyTable, measure: str = "", floor: float = 0.0) -> Self:
        """From a table along its one axis with several values, whole or as far as it is there.

        measure: which of the runs' is read, empty for the test error. floor: what is taken off it before a law is
        fitted. Raises ReportError where there is no such axis, or no such measure.
        """

    @property
    @abstractmethod
    def measures(self) -> dict[str, float]:
        """By name; NaN for what is not known."""

    @property
    @abstractmethod
    def words(self) -> tuple[str, ...]:
        """What it comes to, a sentence each."""

    def plain(self) -> dict[str, Any]:
        """For JSON, null for what is not known."""
        found = {name: value if math.isfinite(value) else None for name, value in self.measures.items()}
        return {"report": self.NAME, "measures": found, "words": list(self.words)}


def axis_of(table: StudyTable) -> str:
    """The path of the axis that has several values, or of the only one. Raises ReportError where no one axis does."""
    if not table.axes:
        raise ReportError("a report needs an axis: nothing is varied in this study")
    several = [path for path, values in table.axes.items() if len(values) > 1]
    if len(several) > 1:
        raise ReportError(f"a report is along one axis, and {' and '.join(several)} are varied; select one of theirs")
    return several[0] if several else next(iter(table.axes))


def measure_of(table: StudyTable, measure: str) -> str:
    """The measure that a report reads, by default the test error. Raises ReportError where one is asked for that no run
    has; a table without rows has them all."""
    if measure and len(table) and measure not in table.metrics:
        raise ReportError(f"no run has the measure {measure!r}; there are: {', '.join(sorted(table.metrics))}")
    return measure or TEST_ERROR


def cube_of(table: StudyTable, measure: str, path: str, folds: bool = False) -> NDArray[np.float64]:
    """As `StudyTable.cube`, (R, S, K), and NaN of a measure that no run has: not all data have every split."""
    if measure in table.metrics:
        return table.cube(measure, path, folds)
    return np.full((len(table.repeats), len(table.axes[path]), max(table.folds, 1) if folds else 1), np.nan)


def curve_of(table: StudyTable, measure: str, path: str, folds: bool = False) -> Curve:
    """As `StudyTable.curve`, and NaN of a measure that no run has."""
    if measure in table.metrics:
        return table.curve(measure, path, folds)
    return Curve(table.axes[path], cube_of(table, measure, path)[:, :, 0], table.draws)


def numbers_of(values: Sequence[Any]) -> NDArray[np.float64]:
    """Sizes (S,) as numbers: numbers themselves, a single layer as its width, and positions from 1 on where any value
    is neither."""
    found = [value[0] if isinstance(value, list | tuple) and len(value) == 1 else value for value in values]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in found):
        return np.array(found, dtype=np.float64)
    return np.arange(1.0, len(found) + 1)


def mean(values: ArrayLike) -> float:
    """Of those that there are; NaN where there is none."""
    some = np.asarray(values, dtype=np.float64)
    some = some[np.isfinite(some)]
    return float(some.mean()) if len(some) else math.nan


def number_words(value: float) -> str:
    """A size: '7', '0.01', '30,000'."""
    return "\u2013" if math.isnan(value) else f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"


def value_words(value: float, share: bool) -> str:
    """A value of a measure, a share in per cent."""
    if math.isnan(value):
        return "\u2013"
    return f"{100 * value:.1f} %" if share else f"{value:.3g}"
