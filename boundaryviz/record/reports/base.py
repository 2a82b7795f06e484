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
from boundaryviz.scenario import sweep

TEST_ERROR = "test_error"
KINDS = ("error", "loss")
"""What is measured of each split, the first that there is by default."""
SPLITS = ("train", "validation", "test")


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
    """The measure that a report reads, by default the test error, or the test loss where no run has an error, as in a
    regression. A table without rows has them all. Raises ReportError for one that no run has."""
    if not len(table):
        return measure or TEST_ERROR
    if measure and measure not in table.metrics:
        raise ReportError(f"no run has the measure {measure!r}; there are: {', '.join(sorted(table.metrics))}")
    if measure:
        return measure
    kinds = [kind for kind in KINDS if any(f"{split}_{kind}" in table.metrics for split in SPLITS)]
    if not kinds:
        there = ", ".join(sorted(table.metrics)) or "nothing"
        raise ReportError(f"no run has an error or a loss, which is what a report reads; there are: {there}")
    known = [kind for kind in kinds if any(_has(table, f"{split}_{kind}") for split in SPLITS)]
    return f"test_{(known or kinds)[0]}"


def _has(table: StudyTable, name: str) -> bool:
    return name in table.metrics and bool(np.isfinite(table.columns[name]).any())


def needs_test(measure: str) -> str:
    """Why a report that holds training, validation and test against one another cannot read a measure; empty where it
    can."""
    there = [f"test_{kind}" for kind in KINDS]
    if not measure or measure in there:
        return ""
    return f"it holds training, validation and test against one another: of {' or '.join(there)}, and not {measure}"


def splits_of(table: StudyTable, measure: str) -> tuple[str, str, str]:
    """The measure as it is on training, validation and test points, by names. Raises ReportError for one of other
    points, and as `measure_of` does."""
    measure = measure_of(table, measure)
    if why := needs_test(measure):
        raise ReportError(f"this report cannot be made: {why}")
    train, validation, test = (f"{split}_{measure.removeprefix('test_')}" for split in SPLITS)
    return train, validation, test


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
    """Where values (S,) stand on the axis of a chart: numbers where they are, a single layer at its width, and all of
    them at positions from 1 on where any is neither."""
    found = [value[0] if isinstance(value, list | tuple) and len(value) == 1 else value for value in values]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in found):
        return np.array(found, dtype=np.float64)
    return np.arange(1.0, len(found) + 1)


def sizes_of(values: Sequence[Any], path: str) -> NDArray[np.float64]:
    """Sizes (S,) as numbers: numbers themselves, a net's layers as their units together, and None, which sets no limit,
    as infinite. Raises ReportError for values that are none of these, such as names of learners."""
    return np.array([_size(value, path) for value in values], dtype=np.float64)


def _size(value: Any, path: str) -> float:
    parts = value if isinstance(value, list | tuple) else [value]
    if value is None:
        return math.inf
    if not all(isinstance(part, int | float) and not isinstance(part, bool) for part in parts):
        words = size_words(value)
        raise ReportError(f"a report is along sizes, which are numbers, and {path} has the value {words}")
    return float(sum(parts))


def size_words(value: Any) -> str:
    """A size as people write it: '7', '30,000', '16-16', 'none'."""
    return sweep.value_words(list(value) if isinstance(value, tuple) else value)


def mean(values: ArrayLike) -> float:
    """Of those that there are; NaN where there is none."""
    some = np.asarray(values, dtype=np.float64)
    some = some[np.isfinite(some)]
    return float(some.mean()) if len(some) else math.nan


def value_words(value: float, share: bool) -> str:
    """A value of a measure, a share in per cent."""
    if math.isnan(value):
        return "\u2013"
    return f"{100 * value:.1f} %" if share else f"{value:.3g}"
