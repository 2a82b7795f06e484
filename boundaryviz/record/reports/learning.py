"""Learning curves: error against the number of training points."""

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
    size_words,
    sizes_of,
    splits_of,
    value_words,
)
from boundaryviz.record.study_table import Curve, StudyTable


@dataclass(frozen=True, eq=False)
class LearningReport(Report):
    """Along S numbers of training points, in the order of the axis; validation is over folds where there are some."""

    NAME: ClassVar = "learning"
    TITLE: ClassVar = "Learning curve"
    MEASURES: ClassVar = {
        "first": Measure("test error with the fewest points", True),
        "last": Measure("test error with the most points", True),
        "fall": Measure("fall of the test error from the fewest points to the most", True),
        "gap_first": Measure("gap between test and training error with the fewest points", True),
        "gap_last": Measure("gap between test and training error with the most points", True),
    }

    path: str
    sizes: tuple[Any, ...]
    measure: str
    folds: int
    train: Curve
    validation: Curve
    test: Curve

    @classmethod
    @override
    def of(cls, table: StudyTable, measure: str = "", floor: float = 0.0) -> Self:
        path = axis_of(table)
        sizes_of(table.axes[path], path)
        train, validation, measure = splits_of(table, measure)
        return cls(
            path, tuple(table.axes[path]), measure, table.folds,
            curve_of(table, train, path), curve_of(table, validation, path, table.folds > 0),
            curve_of(table, measure, path),
        )  # fmt: skip

    @property
    def places(self) -> NDArray[np.float64]:
        """The numbers of points, (S,)."""
        return sizes_of(self.sizes, self.path)

    @property
    @override
    def measures(self) -> dict[str, float]:
        test, gap = self.test.mean, self.test.mean - self.train.mean
        few, many = int(self.places.argmin()), int(self.places.argmax())
        found = (test[few], test[many], test[few] - test[many], gap[few], gap[many])
        return {name: float(value) for name, value in zip(self.MEASURES, found, strict=True)}

    @property
    @override
    def words(self) -> tuple[str, ...]:
        found = {name: value_words(value, is_share(self.measure)) for name, value in self.measures.items()}
        few, many = (size_words(self.sizes[at]) for at in (self.places.argmin(), self.places.argmax()))
        what = self.measure.replace("_", " ")
        return (
            f"The {what} is {found['first']} with {few} and {found['last']} with {many}; its gap to that of training "
            f"goes from {found['gap_first']} to {found['gap_last']}.",
        )
