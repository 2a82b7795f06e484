"""The chart of a study, from its table and from what a report reads off it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from boundaryviz.record.metrics import is_share
from boundaryviz.record.study_chart import StudyAxis, StudyChart, StudyCurve
from boundaryviz.record.study_table import Curve, StudyTable
from boundaryviz.scenario.sweep import value_words

SPLIT = ("error", "loss")
"""Measures that training, validation and test points have each."""
_BAND = "Bands are two standard errors of the mean"


def measures(table: StudyTable) -> tuple[str, ...]:
    """What can be drawn of a table: 'error' and 'loss', and each other measure that has a value."""
    there = [name for name in table.metrics if np.isfinite(table.columns[name]).any()]
    parted = [one for one in SPLIT if f"test_{one}" in there or f"train_{one}" in there]
    return (*parted, *(name for name in there if not name.endswith(tuple(f"_{one}" for one in SPLIT))))


def chart_of(
    table: StudyTable, title: str, titles: Mapping[str, str], measure: str = "error", at: Any = None
) -> StudyChart:
    """The chart of a measure over the first axis. titles: what the axes are called. at: the value of the second axis,
    where there is one; None draws a curve for each of its values."""
    path, second = next(iter(table.axes)), second_axis(table)
    axis = StudyAxis.of(path, titles.get(path, path), table.axes[path])
    if second is not None and at is None:
        curves = _series(table, measure, path, second, titles.get(second, second))
    else:
        curves = _splits(one_axis(table, at), measure, path)
        if second is not None:
            title = f"{title}, {titles.get(second, second).lower()} {value_words(_plain(at))}"
    if measure in SPLIT:
        curves = [replace(one, low=np.maximum(one.low, 0.0)) for one in curves]  # no error is below none
    words = measure.replace("_", " ")
    return StudyChart(
        title, axis, words if second is None or at is not None else f"{_of(measure)} {words}".strip(), tuple(curves),
        share=measure == "error" or is_share(measure), notes=(_repeats(table),),
    )  # fmt: skip


def second_axis(table: StudyTable) -> str | None:
    """The axis after the first that has several values, by its path; None where there is none."""
    return next((path for path in list(table.axes)[1:] if len(table.axes[path]) > 1), None)


def one_axis(table: StudyTable, at: Any = None) -> StudyTable:
    """The rows of one value of all axes but the first: `at` of the second one, and the first value of further ones."""
    second = second_axis(table)
    fixed = {path: values[0] for path, values in list(table.axes.items())[1:]}
    return table.select(fixed | ({} if second is None or at is None else {second: at}))


def _splits(table: StudyTable, measure: str, path: str) -> list[StudyCurve]:
    """Of training, validation and test points; or the one curve of a measure that they have not each."""
    if measure not in SPLIT:
        return [_curve("test", measure.replace("_", " "), table.curve(measure, path))]
    found = [_curve(name, name, table.curve(f"{name}_{measure}", path))
             for name in ("train", "validation", "test") if f"{name}_{measure}" in table.metrics]  # fmt: skip
    if table.folds and f"validation_{measure}" in table.metrics:
        crossed = _curve("validation", "cross-validation", table.curve(f"validation_{measure}", path, folds=True))
        found = [crossed if one.name == "validation" else one for one in found]
    return [one for one in found if np.isfinite(one.mean).any()]


def _series(table: StudyTable, measure: str, path: str, second: str, title: str) -> list[StudyCurve]:
    """Of the test points, for each value of the second axis."""
    name = f"{_of(measure)}_{measure}".strip("_")
    return [
        _curve("series", f"{title.lower()} {value_words(_plain(value))}", one_axis(table, value).curve(name, path))
        for value in table.axes[second]
    ]


def _of(measure: str) -> str:
    return "test" if measure in SPLIT else ""


def _curve(name: str, title: str, curve: Curve) -> StudyCurve:
    return StudyCurve(name, title, curve.mean, curve.low, curve.high)


def _repeats(table: StudyTable) -> str:
    """Over what the means are."""
    repeats = table.repeats
    draws, seeds = (len({pair[k] for pair in repeats}) for k in (0, 1))
    parts = [f"{draws} draws of the data"] * (draws > 1) + [f"{seeds} training seeds"] * (seeds > 1)
    folds = f", {table.folds} folds each" if table.folds else ""
    if not parts:
        return f"One run for each value{folds}."
    over = ", over draws" * (draws > 1 and seeds > 1)
    return f"Means over {' and '.join(parts)}{folds}. {_BAND}{over}."


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
