"""A study in few lines: of each combination of what was varied the means over its runs, also as LaTeX."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.record.rounding import rounded

SHOWN = ("train_error", "validation_error", "test_error", "flip_rate", "attack_success_rate")
"""The metrics of a summary, unless others are named."""
CROSS_VALIDATED = "cross_validated_error"


@dataclass(frozen=True)
class Summary:
    """Runs that differ by seeds, draws and folds alone.

    values: of the axes, in their order. runs: how many, folds among them. metrics: name -> mean and its standard error,
    NaN for one run; over the runs of all training points, and of `CROSS_VALIDATED` over the folds.
    """

    values: tuple[Any, ...]
    runs: int
    metrics: Mapping[str, tuple[float, float]]


def summarised(paths: Sequence[str], columns: Mapping[str, NDArray], metrics: Sequence[str]) -> list[Summary]:
    """Of the columns of a study's table, in its order. paths: of the axes. metrics: those of these that there are; with
    folds, their `validation_error` comes along as `CROSS_VALIDATED`."""
    groups: dict[str, list[int]] = {}
    fold = columns["fold"]
    for at, values in enumerate(zip(*(columns[path].tolist() for path in paths), fold.tolist(), strict=True)):
        groups.setdefault(repr(values[:-1]), []).append(at)
    found = []
    for rows in groups.values():
        some = np.array(rows)
        whole, parts = some[fold[some] < 0], some[fold[some] >= 0]
        means = {name: _mean(columns[name][whole]) for name in metrics if name in columns}
        if len(parts) and "validation_error" in columns:
            means[CROSS_VALIDATED] = _mean(columns["validation_error"][parts])
        means = {name: one for name, one in means.items() if np.isfinite(one[0])}
        found.append(Summary(tuple(columns[path][rows[:1]].tolist()[0] for path in paths), len(rows), means))
    return found


def measured(rows: Sequence[Summary]) -> list[str]:
    """The names of the metrics that any of them has."""
    return list(dict.fromkeys(name for row in rows for name in row.metrics))


def value_cell(value: Any) -> str:
    """A value of an axis, in a cell of a table."""
    if isinstance(value, list):
        return "-".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else "none" if value is None else str(value)


def latex(paths: Sequence[str], rows: Sequence[Summary]) -> str:
    """Rows of these axes as a table of LaTeX's booktabs."""
    names = measured(rows)
    lines = [
        [*(_escaped(value_cell(value)) for value in row.values), str(row.runs)]
        + [_number(*row.metrics[name]) if name in row.metrics else "" for name in names]
        for row in rows
    ]
    head = [_escaped(name) for name in (*paths, "runs", *names)]
    made = [" & ".join(cells) + r" \\" for cells in (head, *lines)]
    columns = "l" * len(paths) + "r" * (1 + len(names))
    begin, end = rf"\begin{{tabular}}{{{columns}}}", r"\end{tabular}"
    return "\n".join([begin, r"\toprule", made[0], r"\midrule", *made[1:], r"\bottomrule", end]) + "\n"


def _mean(values: NDArray[np.float64]) -> tuple[float, float]:
    """The mean of those that are numbers, and its standard error."""
    some = values[np.isfinite(values)]
    if not len(some):
        return float("nan"), float("nan")
    error = float(some.std(ddof=1)) / len(some) ** 0.5 if len(some) > 1 else float("nan")
    return float(some.mean()), error


def _number(mean: float, error: float) -> str:
    return "$" + rounded(mean, error).replace("±", r"\pm") + "$"


_MARKS = str.maketrans(
    {mark: f"\\{mark}" for mark in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)


def _escaped(words: str) -> str:
    return words.translate(_MARKS)
