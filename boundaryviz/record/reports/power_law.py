"""The power law that a measure follows along an axis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.record.measures import Measure
from boundaryviz.record.reports.base import (
    Report,
    axis_of,
    curve_of,
    measure_of,
    size_words,
    sizes_of,
    value_words,
)
from boundaryviz.record.reports.laws import PowerLaw
from boundaryviz.record.study_table import Curve, StudyTable


@dataclass(frozen=True, eq=False)
class PowerLawReport(Report):
    """curve: of the measure, with what `floor` takes off it, along S sizes. law: fitted to its means; with several
    draws of the data these are what is independent."""

    NAME: ClassVar = "power-law"
    TITLE: ClassVar = "Power law"
    MEASURES: ClassVar = {
        "exponent": Measure("exponent of the power law"),
        "exponent_low": Measure("lower end of the exponent's 95 % interval"),
        "exponent_high": Measure("upper end of the exponent's 95 % interval"),
        "r_squared": Measure("R\u00b2 of the law on logarithmic scales"),
        "residual": Measure("largest distance of a mean from the law", True),
    }

    path: str
    sizes: tuple[Any, ...]
    measure: str
    floor: float
    curve: Curve
    law: PowerLaw

    @classmethod
    @override
    def of(cls, table: StudyTable, measure: str = "", floor: float = 0.0) -> Self:
        path, measure = axis_of(table), measure_of(table, measure)
        curve = curve_of(table, measure, path)
        curve = replace(curve, each=curve.each - floor)
        sizes = tuple(table.axes[path])
        return cls(path, sizes, measure, floor, curve, PowerLaw.of(sizes_of(sizes, path), curve.independent))

    @property
    def places(self) -> NDArray[np.float64]:
        """The sizes as numbers, (S,)."""
        return sizes_of(self.sizes, self.path)

    @property
    @override
    def measures(self) -> dict[str, float]:
        law = self.law
        known = np.abs(law.residuals[np.isfinite(law.residuals)])
        found = (law.exponent, *law.interval, law.r_squared, known.max(initial=0.0) if len(known) else np.nan)
        return {name: float(value) for name, value in zip(self.MEASURES, found, strict=True)}

    @property
    @override
    def words(self) -> tuple[str, ...]:
        found, law = self.measures, self.law
        placed = np.flatnonzero(np.isfinite(law.residuals))
        if not len(placed):
            return ("Fewer than three sizes have a mean above 0: no law can be fitted.",)
        what = self.measure.replace("_", " ") + f" above {self.floor:g}" * bool(self.floor)
        ends = "" if np.isnan(law.interval[0]) else " (95 % interval {:.3f} to {:.3f})".format(*law.interval)
        at = placed[np.argsort(self.places[placed])]
        low, high = (size_words(self.sizes[one]) for one in (at[0], at[-1]))
        sentences = [
            f"From {low} to {high} the {what} goes with the power {law.exponent:.3f}{ends}, R\u00b2 "
            f"{law.r_squared:.4f}; the means lie up to {value_words(found['residual'], True)} off the law."
        ]
        if left := len(self.sizes) - len(placed):
            sentences.append(f"{left} of {len(self.sizes)} sizes have no number or no mean above 0 and are left out.")
        return tuple(sentences)
