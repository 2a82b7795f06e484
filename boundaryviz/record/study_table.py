"""What came of a study: a row for each run, with what was varied, seeds, fold and metrics. Nothing heavy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.record.records import Records, Tabular
from boundaryviz.record.study_means import independent, means_of, standard_error
from boundaryviz.record.study_summary import Summary, latex, shown, summarised

PLACES = ("data_seed", "seed", "fold")
"""The columns beside the axes that say which run a row is of."""
NONE = -1
"""In these columns: the points as they are kept in the scenario; trained on all training points."""

TableRow = tuple[Mapping[str, Any], Mapping[str, float | None]]
"""Where it stands: the value of each axis by path, `data_seed`, `seed` and `fold`, None for none; and its metrics."""


@dataclass(frozen=True, eq=False)
class Curve:
    """A metric along an axis. values: (V,) of the axis, in their order. each: float64 (S, V), of each repeat, which is
    a pair of data seed and training seed; NaN where there is nothing (yet), or training diverged. draws: (S,), of each
    repeat the data seed."""

    values: tuple[Any, ...]
    each: NDArray[np.float64]
    draws: NDArray[np.int64]

    @property
    def trials(self) -> NDArray[np.int64]:
        """How many repeats have a value, (V,)."""
        return np.isfinite(self.each).sum(axis=0)

    @property
    def independent(self) -> NDArray[np.float64]:
        """Of each draw of the data the mean over its training seeds, (D, V); of a single one `each`."""
        return independent(self.each, self.draws)

    @property
    def mean(self) -> NDArray[np.float64]:
        """Over the draws that have a value, or the repeats of a single one, (V,); NaN where none has."""
        return means_of(self.independent)

    @property
    def error(self) -> NDArray[np.float64]:
        """The standard error of this mean, (V,); NaN below two draws, or repeats of a single one."""
        return standard_error(self.independent)

    @property
    def low(self) -> NDArray[np.float64]:
        """Two standard errors below the mean, (V,); the mean itself of a single repeat."""
        return self.mean - 2 * np.nan_to_num(self.error)

    @property
    def high(self) -> NDArray[np.float64]:
        """Two standard errors above the mean, (V,)."""
        return self.mean + 2 * np.nan_to_num(self.error)


@dataclass(frozen=True, eq=False)
class StudyTable(Tabular):
    """The runs of a study that are finished, in the order of the study.

    axes: path -> all values that the study gives it. columns: name -> (N,): each axis by its path (numbers where all
    its values are, else objects), int64 `data_seed`, `seed` and `fold` (NONE for none), then float64 metrics, NaN where
    a run has none. total: how many runs the whole study has. failed: what came to nothing, and why.
    """

    axes: Mapping[str, tuple[Any, ...]]
    columns: Mapping[str, NDArray]
    total: int
    failed: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(
        cls,
        axes: Mapping[str, tuple[Any, ...]],
        rows: Iterable[TableRow],
        total: int | None = None,
        failed: tuple[tuple[str, str], ...] = (),
    ) -> Self:
        """From rows in the order of the study. total: default as many as rows."""
        rows = list(rows)
        columns: dict[str, NDArray] = {path: _column([where[path] for where, _ in rows], axes[path]) for path in axes}
        for name in PLACES:
            found = (where.get(name) for where, _ in rows)
            columns[name] = np.array([NONE if one is None else one for one in found], dtype=np.int64)
        names = dict.fromkeys(name for _, metrics in rows for name in metrics)
        for name in names:
            values = (metrics.get(name) for _, metrics in rows)
            columns[name] = np.array([np.nan if one is None else one for one in values], dtype=np.float64)
        return cls(dict(axes), columns, len(rows) if total is None else total, failed)

    def __len__(self) -> int:
        return len(self.columns["seed"])

    @property
    def whole(self) -> bool:
        """Whether every run of the study is there."""
        return len(self) == self.total

    @property
    def metrics(self) -> tuple[str, ...]:
        """The names of the measures."""
        return tuple(name for name in self.columns if name not in self.axes and name not in PLACES)

    @property
    def folds(self) -> int:
        """How many folds the training points were cut into; 0 for none."""
        return int(self.columns["fold"].max(initial=NONE)) + 1

    @property
    def repeats(self) -> list[tuple[int, int]]:
        """The pairs of data seed and training seed there are, in their order."""
        pairs = zip(self.columns["data_seed"].tolist(), self.columns["seed"].tolist(), strict=True)
        return list(dict.fromkeys(pairs))

    @property
    def draws(self) -> NDArray[np.int64]:
        """Of each repeat the data seed, (S,)."""
        return np.array([data_seed for data_seed, _ in self.repeats], dtype=np.int64)

    # ---- parts --------------------------------------------------------------------------------------

    def where(self, mask: NDArray[np.bool_]) -> Self:
        """The rows under a mask (N,); of a part, `total` is how many there are."""
        columns = {name: column[mask] for name, column in self.columns.items()}
        return replace(self, columns=columns, total=int(mask.sum()))

    def select(self, chosen: Mapping[str, Any]) -> Self:
        """The rows with these values in these columns, None for no fold or draw; such an axis has that value alone.

        Raises KeyError for a column that is none.
        """
        mask = np.ones(len(self), dtype=bool)
        for name, value in chosen.items():
            mask &= _equal(self.columns[name], NONE if value is None and name in PLACES else value)
        found = self.where(mask)
        axes = {path: (chosen[path],) if path in chosen else values for path, values in self.axes.items()}
        return replace(found, axes=axes)

    @property
    def models(self) -> Self:
        """The runs that were trained on all training points."""
        return self.where(self.columns["fold"] == NONE)

    @property
    def validated(self) -> Self:
        """The runs of folds."""
        return self.where(self.columns["fold"] != NONE)

    # ---- along an axis ------------------------------------------------------------------------------

    def curve(self, metric: str, path: str, folds: bool = False) -> Curve:
        """A metric along an axis, of the models of all training points, or the mean over the folds of each repeat.

        Raises KeyError for a metric or axis that is none, and ValueError where another axis has several values.
        """
        cube = self.cube(metric, path, folds)
        return Curve(self.axes[path], means_of(cube, axis=2), self.draws)

    def cube(self, metric: str, path: str, folds: bool = False) -> NDArray[np.float64]:
        """A metric as float64 (S, V, K): of each repeat, value of the axis and fold, K = 1 without folds; NaN where
        there is none. Raises as `curve` does."""
        for other, values in self.axes.items():
            if other != path and len(values) > 1:
                raise ValueError(f"{other} has {len(values)} values; select one of them first")
        values, repeats = self.axes[path], {pair: k for k, pair in enumerate(self.repeats)}
        part = self.validated if folds else self.models
        found = np.full((len(repeats), len(values), max(self.folds, 1) if folds else 1), np.nan)
        pairs = zip(part.columns["data_seed"].tolist(), part.columns["seed"].tolist(), strict=True)
        row = np.array([repeats[pair] for pair in pairs], dtype=np.int64)
        place = np.full(len(part), NONE)
        for k, value in enumerate(values):
            place[_equal(part.columns[path], value)] = k
        fold = part.columns["fold"] if folds else np.zeros(len(part), dtype=np.int64)
        known = place != NONE
        found[row[known], place[known], fold[known]] = part.columns[metric][known]
        return found

    # ---- as others read it --------------------------------------------------------------------------

    @override
    def rows(self) -> Records:
        """A row for each run; `fold` and `data_seed` are None where there is none."""
        columns = {name: column.tolist() for name, column in self.columns.items()}
        names = [*columns]
        return Records(
            {name: None if name in PLACES and value == NONE else value for name, value in zip(names, row, strict=True)}
            for row in zip(*columns.values(), strict=True)
        )

    def plain(self) -> dict[str, Any]:
        """For JSON: the axes with their values, how many runs there are and have to be, the columns, and what failed;
        null for a number that is none."""
        columns = {
            name: [None if _is_none(name, value) else value for value in column.tolist()]
            for name, column in self.columns.items()
        }
        return {
            "axes": {path: list(values) for path, values in self.axes.items()},
            "runs": len(self),
            "of": self.total,
            "columns": columns,
            "failed": [{"run": name, "why": why} for name, why in self.failed],
        }

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """From what `plain` gave. Raises KeyError or ValueError for what it did not give."""
        names = list(plain["columns"])
        rows = zip(*plain["columns"].values(), strict=True)
        axes = {path: tuple(values) for path, values in plain["axes"].items()}
        places = {*axes, *PLACES}
        split = (dict(zip(names, row, strict=True)) for row in rows)
        found = (({n: r[n] for n in r if n in places}, {n: r[n] for n in r if n not in places}) for r in split)
        return cls.of(axes, found, plain["of"], tuple((one["run"], one["why"]) for one in plain["failed"]))

    def equals(self, other: StudyTable) -> bool:
        """Whether everything is the same, to the bit."""
        return (
            json.dumps(dict(self.axes)) == json.dumps(dict(other.axes))
            and list(self.columns) == list(other.columns)
            and all(_same(column, other.columns[name]) for name, column in self.columns.items())
            and (self.total, self.failed) == (other.total, other.failed)
        )

    def summary(self, metrics: Sequence[str] = ()) -> list[Summary]:
        """Each combination of the axes that has runs, with those of these metrics that there are, by default the main
        ones; see `summarised`."""
        return summarised(tuple(self.axes), self.columns, metrics or shown(self.columns))

    def to_latex(self, metrics: Sequence[str] = ()) -> str:
        """The `summary` as a table of LaTeX's booktabs: each combination of the axes with means and standard errors."""
        return latex(tuple(self.axes), self.summary(metrics))

    def to_parquet(self, path: str | Path) -> None:
        """As Parquet, a column each, null where there is no value. Raises ImportError, in words, without pyarrow."""
        try:
            import pyarrow
            from pyarrow import parquet
        except ImportError:
            raise ImportError("Parquet needs pyarrow, which is not installed; to_csv() gives the same rows") from None
        columns = self.plain()["columns"]
        parquet.write_table(pyarrow.table({name: _of_one_kind(column) for name, column in columns.items()}), path)


def _of_one_kind(values: list[Any]) -> list[Any]:
    """Values as a column of Parquet takes them: of several kinds, or lists, as JSON."""
    kinds = {type(value) for value in values} - {type(None)}
    if not any(kinds <= one for one in ({int, float}, {str}, {bool})):
        return [None if value is None else json.dumps(value) for value in values]
    return values


def _column(values: list[Any], all_values: tuple[Any, ...]) -> NDArray:
    kinds = {type(value) for value in all_values}
    if kinds <= {int}:
        return np.array(values, dtype=np.int64)
    if kinds <= {int, float}:
        return np.array(values, dtype=np.float64)
    found = np.empty(len(values), dtype=object)
    for k, value in enumerate(values):  # one by one, for numpy would take lists apart
        found[k] = value
    return found


def _equal(column: NDArray, value: Any) -> NDArray[np.bool_]:
    if column.dtype != object:
        return np.asarray(column == value)
    return np.array([one == value for one in column], dtype=bool)


def _same(one: NDArray, other: NDArray) -> bool:
    if one.dtype != other.dtype:
        return False
    if one.dtype == object:
        return one.tolist() == other.tolist()
    return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")


def _is_none(name: str, value: Any) -> bool:
    return value == NONE if name in PLACES else isinstance(value, float) and not np.isfinite(value)
