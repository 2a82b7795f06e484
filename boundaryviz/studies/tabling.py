"""A study carried out, as a table that grows while it runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from pydantic import ValidationError
from typing_extensions import override

from boundaryviz.jobs.messages import OnProgress, Tell
from boundaryviz.record.study_table import StudyTable, TableRow
from boundaryviz.runs.bars import told
from boundaryviz.scenario.gallery import Given, given
from boundaryviz.scenario.scenario import Scenario, ScenarioError, problems_of
from boundaryviz.scenario.study_file import read, read_study, with_fields
from boundaryviz.scenario.study_spec import MOST_VALUES, Axis
from boundaryviz.scenario.sweep import SweepError
from boundaryviz.scene.plain_text import one_line
from boundaryviz.studies.engines import executor_of
from boundaryviz.studies.executors import Executor
from boundaryviz.studies.requests import StudyRequest
from boundaryviz.studies.running import Failure, Watcher, carry_out
from boundaryviz.studies.stores import ResultStore
from boundaryviz.studies.study import Study, StudyTask, axis_of
from boundaryviz.studies.tasks import Batch, Task

_OFTEN, _SHARE = 0.2, 0.05  # seconds between two partial tables, and the share of the time that they may take

_AXIS = "an axis is a pair, as (\"data.noise\", (0.1, 0.2)), a text, as 'data.noise=0.1..0.3:5', or an Axis"

Watch = Callable[[StudyTable], object]


def run_study(
    study: Study,
    *,
    store: ResultStore | None = None,
    executor: Executor | None = None,
    progress: OnProgress | None = None,
    watch: Watch | None = None,
) -> StudyTable:
    """Have done what the store has not got yet of a study; its table.

    store, executor: as in `running.carry_out`. progress: called with (done, in all), in training steps of batches, of
    what was not stored before; first when the batches are made, with 0 done. watch: called with what is known so far, a
    few times a second, and at the end.
    What came to nothing is left out of the table and named in it. Raises ScenarioError for what is no study, what the
    store and the functions raise, and where nothing came of any run what the first of them raised.
    """
    study.check()
    batches = _wide_first(study.batches())
    rows = _Rows(study, sum(len(batch.tasks) for batch in batches), progress, watch)
    failures = carry_out(batches, store, executor, rows)
    if failures and len(failures) == len(batches):
        raise failures[0].error
    found = rows.table()
    if watch is not None:
        watch(found)
    return found


def _wide_first(batches: Sequence[Batch]) -> list[Batch]:
    """The first batch of every combination of values, then the second of each, so that whole curves are seen early."""
    counts, rank = Counter[str](), dict[int, int]()
    for at, batch in enumerate(batches):
        values = repr([task.values for task in batch.tasks[:1] if isinstance(task, StudyTask)])
        rank[at] = counts[values]
        counts[values] += 1
    return [batches[at] for at in sorted(rank, key=lambda at: rank[at])]


def known(study: Study, store: ResultStore) -> StudyTable:
    """The table of what is stored of a study."""
    batches = study.batches()
    rows = _Rows(study, sum(len(batch.tasks) for batch in batches), None, None)
    stored = store.get(task.key for batch in batches for task in batch.tasks)
    for batch in batches:
        rows.keep((task, stored[task.key]) for task in batch.tasks if task.key in stored)
    return rows.table()


def study(
    scenario: Given,
    *axes: Axis | str | tuple[str, Iterable[Any]],
    engine: str | Executor = "local",
    workers: int | None = None,
    store: str | Path | ResultStore | None = None,
    device: str = "auto",
    progress: OnProgress | bool | None = None,
    watch: Watch | None = None,
    **fields: Any,
) -> StudyTable:
    """Train a scenario with every combination of some settings, and return a table with a row for each run.

    scenario: or its name, a file, or arrays, as for `train`; or a study file. Where it holds a study, what is given
    here stands in place of the same of that one. axes: settings with their values, all of them, as
    ("data.noise", (0.1, 0.2)), 'data.noise=0.1..0.3:5' or an `Axis`. fields: those of `StudySpec`: seeds, data_seeds,
    folds, twin, steps, report, measure, floor. engine, workers: see `engines.executor_of`.
    store: an SQLite file in which finished runs are kept, so that a study that was stopped goes on where it was.
    progress, device: as for `train`. watch: called with what is known so far.
    Raises ScenarioError for what is no study, ValueError for an engine or workers that are none, StoreError, and
    EngineError of a cluster.
    """
    chosen = _chosen(scenario, axes, fields, device)
    executor = executor_of(engine, workers) if isinstance(engine, str) else engine
    with ExitStack() as ends:
        kept = store
        if isinstance(kept, str | Path):
            from boundaryviz.studies.sqlite_store import SqliteStore

            kept = ends.enter_context(SqliteStore(kept))
        words = f"study of {chosen.scenario.name}"
        tell = ends.enter_context(told(words, progress, before=f"preparing the {words}"))
        return run_study(chosen, store=kept, executor=executor, progress=tell, watch=watch)


def _chosen(given_as: Given, axes: Sequence[Any], fields: Mapping[str, Any], device: str) -> Study:
    """What `study` is asked for: the study that the scenario holds, in which axes and fields that are given stand in
    place of its own. Raises ScenarioError."""
    if not axes and not fields:
        whole = read_study(given_as) if isinstance(given_as, str | Path) else given(given_as)
        return Study.of(whole, device=device)
    scenario = read(given_as) if isinstance(given_as, str | Path) else given(given_as)
    given_axes = {"axes": tuple(_axis(axis, scenario) for axis in axes)} if axes else {}
    return Study.of(scenario, with_fields(scenario, given_axes | dict(fields)), device)


def _axis(axis: Any, scenario: Scenario) -> Axis:
    """Raises ScenarioError, in words, for what is no axis."""
    if isinstance(axis, Axis):
        return axis
    if isinstance(axis, str):
        try:
            return axis_of(axis, MOST_VALUES, scenario)
        except SweepError as error:
            raise ScenarioError([f"axes: {error}"]) from None
    if not (isinstance(axis, tuple | list) and len(axis) == 2 and isinstance(axis[0], str)):
        raise ScenarioError([f"axes: {_AXIS}; not {one_line(repr(axis))}"])
    path, values = axis
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise ScenarioError([f"axes: {path}: the values are a list, such as (0.1, 0.2); not {one_line(repr(values))}"])
    try:
        return Axis(path=path, values=tuple(values.tolist() if isinstance(values, np.ndarray) else values))
    except ValidationError as error:
        raise ScenarioError([f"axes: {path}: {problem}" for problem in problems_of(error)]) from None


def job(request: StudyRequest, tell: Tell) -> None:
    """A study for the window."""
    from boundaryviz.studies.sqlite_store import SqliteStore

    executor = executor_of(request.engine, request.workers)
    with nullcontext() if request.store is None else SqliteStore(request.store) as store:
        run_study(request.study, store=store, executor=executor, progress=tell.progress, watch=tell.result)


class _Rows(Watcher):
    """Keeps what came of each task, for a table."""

    def __init__(self, study: Study, total: int, progress: OnProgress | None, watch: Watch | None) -> None:
        self._study, self._axes = study, {axis.path: axis.values for axis in study.axes}
        self._total, self._progress, self._watch = total, progress, watch
        self._rows: dict[int, TableRow] = {}
        self._failed: list[tuple[str, str]] = []
        self._due, self._waits = (
            0.0,
            True,
        )  # for all that is stored, of which a part would look as if the rest were lost

    @override
    def progress(self, done: int, of: int) -> None:
        if self._progress is not None:
            self._progress(done, of)

    @override
    def finished(self, batch: Batch, values: Sequence[Any]) -> None:
        self.keep(zip(batch.tasks, values, strict=True))
        if not self._waits:
            self._tell()

    @override
    def told_stored(self) -> None:
        self._waits = False
        if self._rows:
            self._tell()

    def keep(self, found: Iterable[tuple[Task, Any]]) -> None:
        """What came of tasks."""
        for task, metrics in found:
            if isinstance(task, StudyTask):
                self._rows[task.number] = self._study.place(task), metrics

    @override
    def failed(self, failure: Failure) -> None:
        self._failed.append((failure.batch.name, str(failure.error)))
        self._tell()

    def table(self) -> StudyTable:
        """What is known, in the order of the study."""
        rows = (self._rows[number] for number in sorted(self._rows))
        return StudyTable.of(self._axes, rows, self._total, tuple(self._failed))

    def _tell(self) -> None:
        if self._watch is not None and (began := monotonic()) >= self._due:
            self._watch(self.table())
            ended = monotonic()
            self._due = ended + max(_OFTEN, (ended - began) / _SHARE)
