"""Error against the size of models, the sizes that cross-validation chooses, and what they are worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.record.measures import Measure
from boundaryviz.record.metrics import is_share
from boundaryviz.record.reports import selection
from boundaryviz.record.reports.base import (
    Report,
    axis_of,
    cube_of,
    curve_of,
    mean,
    size_words,
    sizes_of,
    splits_of,
    value_words,
)
from boundaryviz.record.study_table import Curve, StudyTable

Choices = tuple[int | None, ...]


@dataclass(frozen=True, eq=False)
class SizeReport(Report):
    """Along S sizes, in the order of the axis: from the simplest model to the richest.

    train, test: of the models that learn from all training points. validation: over the folds of each repeat, or of
    those models where there are no folds. chosen, chosen_one_se: of each repeat the position of the size that
    CROSS-VALIDATION-WRAPPER and the one-standard-error rule choose, see `selection`; None where it is not known.
    converged: the position at which the training error has converged; None where it has not.
    """

    NAME: ClassVar = "size"
    TITLE: ClassVar = "Size against error"
    MEASURES: ClassVar = {
        "chosen": Measure("size chosen by cross-validation"),
        "chosen_one_se": Measure("size chosen by the one-standard-error rule"),
        "best": Measure("size with the smallest test error"),
        "best_error": Measure("smallest test error", True),
        "chosen_error": Measure("test error at the chosen size", True),
        "largest_error": Measure("test error at the largest size", True),
        "rise": Measure("rise of the test error from the best size to the largest", True),
        "gain": Measure("gain of the chosen size over the largest", True),
        "gain_one_se": Measure("gain of the one-standard-error size over the largest", True),
        "regret": Measure("regret of the chosen size against the best one of each draw", True),
        "regret_one_se": Measure("regret of the one-standard-error size", True),
    }

    path: str
    sizes: tuple[Any, ...]
    measure: str
    folds: int
    train: Curve
    validation: Curve
    test: Curve
    chosen: Choices
    chosen_one_se: Choices
    converged: Choices

    @classmethod
    @override
    def of(cls, table: StudyTable, measure: str = "", floor: float = 0.0) -> Self:
        path = axis_of(table)
        sizes_of(table.axes[path], path)
        train, validation, measure = splits_of(table, measure)
        by_folds = table.folds > 0
        learnt, held = (cube_of(table, name, path, by_folds) for name in (train, validation))
        seen = [errors.mean(axis=2) for errors in (learnt, held)]
        tolerances = [selection.tolerance_of(errors, is_share(measure)) for errors in seen[0]]
        return cls(
            path, tuple(table.axes[path]), measure, table.folds,
            curve_of(table, train, path), curve_of(table, validation, path, by_folds), curve_of(table, measure, path),
            tuple(selection.cross_validated(*errors) for errors in zip(*seen, tolerances, strict=True)),
            tuple(selection.one_standard_error(errors) for errors in held),
            tuple(selection.converged(*errors) for errors in zip(seen[0], tolerances, strict=True)),
        )  # fmt: skip

    @property
    def places(self) -> NDArray[np.float64]:
        """The sizes as numbers, (S,)."""
        return sizes_of(self.sizes, self.path)

    def middle(self, choices: Choices) -> int | None:
        """The position chosen, of several repeats the lower median, which is a size that one of them chose."""
        some = sorted(at for at in choices if at is not None)
        return some[(len(some) - 1) // 2] if some else None

    @property
    def best(self) -> int | None:
        """The position of the size with the smallest mean test error."""
        errors = self.test.mean
        return int(np.nanargmin(errors)) if np.isfinite(errors).any() else None

    @property
    @override
    def measures(self) -> dict[str, float]:
        test, best = self.test.each, self.best
        least = np.where(np.isfinite(test), test, np.inf).min(axis=1)
        largest = test[:, -1]
        chosen, plain = (_at(test, choices) for choices in (self.chosen, self.chosen_one_se))
        best_error = np.nan if best is None else float(self.test.mean[best])
        found = {
            "chosen": self._place(self.middle(self.chosen)),
            "chosen_one_se": self._place(self.middle(self.chosen_one_se)),
            "best": self._place(best),
            "best_error": best_error,
            "chosen_error": mean(chosen),
            "largest_error": mean(largest),
            "rise": mean(largest) - best_error,
        }
        for name, errors in (("", chosen), ("_one_se", plain)):
            found |= {f"gain{name}": mean(largest - errors), f"regret{name}": mean(errors - least)}
        return {name: float(found[name]) for name in self.MEASURES}

    def _place(self, at: int | None) -> float:
        return np.nan if at is None else float(self.places[at])

    @property
    @override
    def words(self) -> tuple[str, ...]:
        found, share, best = self.measures, is_share(self.measure), self.best
        told = {name: value_words(value, share) for name, value in found.items()}
        sentences = []
        if best is not None:
            words = f"The {self.measure.replace('_', ' ')} is smallest, {told['best_error']}, at"
            rise = f"and {told['rise']} higher at the largest size"
            sentences.append(f"{words} {size_words(self.sizes[best])}, {rise}.")
        by = f"Cross-validation in {self.folds} folds chooses" if self.folds else "The validation points choose"
        for choices, name, words in (
            (self.chosen, "", by),
            (self.chosen_one_se, "_one_se", "The one-standard-error rule chooses"),
        ):
            if (chosen := self._chosen_words(choices)) is None:
                continue
            gain = found["gain" + name]
            worth = f": {value_words(abs(gain), share)} {'above' if gain < 0 else 'below'} the largest, "
            worth += f"{told['regret' + name]} above the best of each draw"
            sentences.append(f"{words} {chosen}{worth * (best is not None)}.")
        return tuple(sentences) or ("Nothing is known yet.",)

    def _chosen_words(self, choices: Choices) -> str | None:
        """'7', or of several '7 (4 to 10)', in the order of the axis; None where nothing is chosen."""
        if (at := self.middle(choices)) is None:
            return None
        some = [one for one in choices if one is not None]
        middle, first, last = (size_words(self.sizes[one]) for one in (at, min(some), max(some)))
        return middle if first == last else f"{middle} ({first} to {last})"


def _at(errors: NDArray[np.float64], choices: Choices) -> NDArray[np.float64]:
    """Of each repeat the error (R,) at its choice."""
    return np.array([np.nan if at is None else row[at] for row, at in zip(errors, choices, strict=True)])
