"""A study in few lines: of each combination of what was varied the means over its runs, also as LaTeX."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.record.rounding import rounded
from boundaryviz.record.study_means import independent, means_of, standard_error

SHOWN = ("train_error", "validation_error", "test_error", "flip_rate", "attack_success_rate")
"""The metrics of a summary, unless others are named."""
LOSSES = ("train_loss", "validation_loss", "test_loss")
"""Those in the place of errors where there are none, as in a regression."""


def shown(columns: Mapping[str, NDArray]) -> tuple[str, ...]:
    """The metrics of a summary of these columns, unless others are named."""
    return SHOWN if _kind(columns) == "error" else LOSSES + SHOWN


def _kind(columns: Mapping[str, NDArray]) -> str:
    """What is measured of each split: its error, or its loss where no run has an error."""
    for kind in ("error", "loss"):
        names = (f"{split}_{kind}" for split in ("train", "validation", "test"))
        if any(np.isfinite(columns[name]).any() for name in names if name in columns):
            return kind
    return "error"


@dataclass(frozen=True)
class Summary:
    """Runs that differ by seeds, draws and folds alone.

    values: of the axes, in their order. runs: how many, folds among them. metrics: name -> mean and its standard error,
    NaN where nothing is independent; over the runs of all training points, and of those called
    `cross_validated_...` over the folds of each of them first.
    """

    values: tuple[Any, ...]
    runs: int
    metrics: Mapping[str, tuple[float, float]]


def summarised(paths: Sequence[str], columns: Mapping[str, NDArray], metrics: Sequence[str]) -> list[Summary]:
    """Of the columns of a study's table, in its order. paths: of the axes. metrics: those of these that there are; with
    folds, their `validation_error` comes along as `cross_validated_error`, and where no run has an error the loss."""
    groups: dict[str, list[int]] = {}
    fold, several = columns["fold"], len(np.unique(columns["data_seed"])) > 1
    kind = _kind(columns)
    for at, values in enumerate(zip(*(columns[path].tolist() for path in paths), fold.tolist(), strict=True)):
        groups.setdefault(repr(values[:-1]), []).append(at)
    found = []

    def mean(values: NDArray[np.float64], rows: NDArray[np.int64]) -> tuple[float, float]:
        return _mean(values[rows], columns["data_seed"][rows], columns["seed"][rows], several)

    for rows in groups.values():
        some = np.array(rows)
        whole, parts = some[fold[some] < 0], some[fold[some] >= 0]
        means = {name: mean(columns[name], whole) for name in metrics if name in columns}
        if len(parts) and f"validation_{kind}" in columns:
            means[f"cross_validated_{kind}"] = mean(columns[f"validation_{kind}"], parts)
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


def _mean(
    values: NDArray[np.float64], draws: NDArray[np.int64], seeds: NDArray[np.int64], several: bool
) -> tuple[float, float]:
    """The mean of those that are numbers, and its standard error: over the folds of each repeat, then with several
    draws over the seeds of each, then over what is left."""
    repeats: dict[tuple[int, int], list[float]] = {}
    for draw, seed, value in zip(draws.tolist(), seeds.tolist(), values.tolist(), strict=True):
        repeats.setdefault((draw, seed), []).append(value)
    each = np.array([means_of(some) for some in repeats.values()])
    rows = independent(each, [draw for draw, _ in repeats]) if len(each) else each
    alone = several and len({draw for draw, _ in repeats}) < 2  # one draw of several says nothing of the others
    return float(means_of(rows)), float("nan") if alone else float(standard_error(rows))


def _number(mean: float, error: float) -> str:
    return "$" + rounded(mean, error).replace("±", r"\pm") + "$"


_MARKS = str.maketrans(
    {mark: f"\\{mark}" for mark in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)


def _escaped(words: str) -> str:
    return words.translate(_MARKS)
