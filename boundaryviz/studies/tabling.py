"""A study carried out, as a table that grows while it runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

from typing_extensions import override

from boundaryviz.jobs.messages import OnProgress, Tell
from boundaryviz.record.study_table import StudyTable, TableRow
from boundaryviz.studies.executors import Executor
from boundaryviz.studies.requests import StudyRequest
from boundaryviz.studies.running import Failure, Watcher, carry_out
from boundaryviz.studies.stores import ResultStore
from boundaryviz.studies.study import Study, StudyTask
from boundaryviz.studies.tasks import Batch

_OFTEN, _SHARE = 0.2, 0.05  # seconds between two partial tables, and the share of the time that they may take

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
    what was not stored before. watch: called with what is known so far, a few times a second, and at the end.
    What came to nothing is left out of the table and named in it. Raises ScenarioError for what is no study, what the
    store and the functions raise, and where nothing came of any run what the first of them raised.
    """
    study.check()
    batches = study.batches()
    rows = _Rows(study, sum(len(batch.tasks) for batch in batches), progress, watch)
    failures = carry_out(batches, store, executor, rows)
    if failures and len(failures) == len(batches):
        raise failures[0].error
    found = rows.table()
    if watch is not None:
        watch(found)
    return found


def job(request: StudyRequest, tell: Tell) -> None:
    """A study for the window."""
    from boundaryviz.studies.loky import Loky
    from boundaryviz.studies.sqlite_store import SqliteStore

    executor = None if request.workers is None else Loky(request.workers)
    if request.store is None:
        run_study(request.study, executor=executor, progress=tell.progress, watch=tell.result)
        return
    with SqliteStore(request.store) as store:
        run_study(request.study, store=store, executor=executor, progress=tell.progress, watch=tell.result)


class _Rows(Watcher):
    """Keeps what came of each task, for a table."""

    def __init__(self, study: Study, total: int, progress: OnProgress | None, watch: Watch | None) -> None:
        self._study, self._axes = study, {axis.path: axis.values for axis in study.axes}
        self._total, self._progress, self._watch = total, progress, watch
        self._rows: dict[int, TableRow] = {}
        self._failed: list[tuple[str, str]] = []
        self._due = 0.0

    @override
    def progress(self, done: int, of: int) -> None:
        if self._progress is not None:
            self._progress(done, of)

    @override
    def finished(self, batch: Batch, values: Sequence[Any]) -> None:
        for task, metrics in zip(batch.tasks, values, strict=True):
            if isinstance(task, StudyTask):
                self._rows[task.number] = self._study.place(task), metrics
        self._tell()

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
