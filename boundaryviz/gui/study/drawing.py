"""What the tab shows of a study: its chart, the measures there are, and which run stands for a point of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.record.study_chart import StudyChart
from boundaryviz.record.study_charting import measures
from boundaryviz.record.study_reading import column_of, measure_of, study_chart
from boundaryviz.record.study_table import NONE, StudyTable
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scenario.sweep import title_of, value_words
from boundaryviz.studies.study import Study


@dataclass(frozen=True, eq=False)
class Drawing:
    """A study with what is known of it. titles: what its axes are called."""

    study: Study
    table: StudyTable
    titles: dict[str, str]

    @classmethod
    def of(cls, study: Study, table: StudyTable) -> Drawing:
        """The table is one of the study's, whole or not."""
        return cls(study, table, {axis.path: title_of(study.scenario, axis.path) for axis in study.axes})

    @property
    def measures(self) -> tuple[str, ...]:
        """What can be drawn upwards."""
        return measures(self.table)

    @property
    def own_measure(self) -> str:
        """The one that the study is about."""
        return measure_of(self.study)

    @property
    def second(self) -> tuple[Any, ...]:
        """The values of the second axis; none where there is none."""
        axes = self.study.axes
        return axes[1].values if len(axes) > 1 and len(axes[1].values) > 1 else ()

    @property
    def second_title(self) -> str:
        """What the second axis is called."""
        return self.titles[self.study.axes[1].path] if self.second else ""

    def chart(self, measure: str, second: int | None) -> StudyChart:
        """With what the study's report reads off it, where that is of one axis. second: the number of the value of the
        second axis, None for all."""
        return study_chart(
            self.study.scenario, self.study, self.table, measure if measure in self.measures else self.measures[0],
            None if second is None else self.second[second],
        )  # fmt: skip

    def typical(self, at: int, measure: str, second: int | None) -> int | None:
        """The number of the run, trained on all training points, that is nearest to the mean of those with this value
        of the axis; None where there is none yet."""
        table, first = self.table, self.study.axes[0]
        here = _equal(table.columns[first.path], first.values[at]) & (table.columns["fold"] == NONE)
        if second is not None and self.second:
            here &= _equal(table.columns[self.study.axes[1].path], self.second[second])
        values = table.columns.get(column_of(measure), np.full(len(table), np.nan))
        rows = np.flatnonzero(here)
        known = rows[np.isfinite(values[rows])]
        if not len(known):
            return int(rows[0]) if len(rows) else None
        return int(known[np.argmin(np.abs(values[known] - values[known].mean()))])


def run_of(study: Study, table: StudyTable, row: int) -> tuple[Scenario, str]:
    """The scenario of one run, as it is trained on all training points, and what tells it from others, in words."""
    values = {path: _plain(table.columns[path][row]) for path in table.axes}
    words = [f"{title_of(study.scenario, path).lower()} {value_words(value)}" for path, value in values.items()]
    seed, data_seed = int(table.columns["seed"][row]), int(table.columns["data_seed"][row])
    seeds = {"training.seed": seed} | ({"data.seed": data_seed} if data_seed != NONE else {})
    words += [f"data seed {data_seed}"] * (data_seed != NONE)
    words += [f"seed {seed}"] * (len(set(table.columns["seed"].tolist())) > 1)
    steps = {} if study.steps is None else {"training.steps": study.steps}
    return study.scenario.with_values({**steps, **values, **seeds}), ", ".join(words)


def _equal(column: NDArray, value: Any) -> NDArray[np.bool_]:
    return np.array([_plain(one) == _plain(value) for one in column], dtype=bool)


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    return list(value) if isinstance(value, tuple) else value
