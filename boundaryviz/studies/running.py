"""Carries out what is missing of a study, and keeps results as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, TypeVar

from typing_extensions import override

from boundaryviz.jobs.messages import OnProgress, Progress, Result
from boundaryviz.studies.executors import Executor, InProcess
from boundaryviz.studies.stores import MemoryStore, ResultStore
from boundaryviz.studies.tasks import Batch

T = TypeVar("T")


@dataclass(frozen=True)
class Failure:
    """A batch that came to nothing, and why."""

    batch: Batch
    error: Exception

    def __str__(self) -> str:
        return f"{self.batch.name}: {self.error}"


class Watcher:
    """Hears how a study goes; what a method raises ends it, and leaves what was finished. To be overridden."""

    def progress(self, done: int, of: int) -> None:
        """In the units of `Batch.size`, at first with 0 done; what was stored before is not counted."""

    def partial(self, batch: Batch, value: Any) -> None:
        """What a batch under way knows so far."""

    def finished(self, batch: Batch, values: Sequence[Any]) -> None:
        """What came of the batch's tasks; also of those that were stored before."""

    def told_stored(self) -> None:
        """`finished` has told of everything that was stored before; what it tells from now on is new."""

    def failed(self, failure: Failure) -> None:
        """A batch came to nothing; the others go on."""


class AllOrNothing(Watcher):
    """The first batch that comes to nothing ends it all, with what that batch raised."""

    def __init__(self, progress: OnProgress | None = None) -> None:
        self._progress = progress

    @override
    def progress(self, done: int, of: int) -> None:
        if self._progress is not None:
            self._progress(done, of)

    @override
    def failed(self, failure: Failure) -> None:
        raise failure.error


def rows_of(
    batches: Iterable[Batch],
    found: Callable[[Mapping[str, Any]], T],
    store: ResultStore | None = None,
    executor: Executor | None = None,
    progress: OnProgress | None = None,
    watch: Callable[[T], object] | None = None,
) -> T:
    """Have done what the store has not got yet of batches with one task and one row each, all of it or nothing, and
    return what is `found` of their rows by the keys of their tasks. watch: called with what is found so far."""
    watcher = _Rows(progress, None if watch is None else lambda rows: watch(found(rows)))
    carry_out(list(batches), store, executor, watcher)
    return found(watcher.rows)


class _Rows(AllOrNothing):
    """Keeps the row of each batch."""

    def __init__(self, progress: OnProgress | None, watch: Callable[[Mapping[str, Any]], object] | None) -> None:
        super().__init__(progress)
        self._watch = watch
        self.rows: dict[str, Any] = {}

    @override
    def finished(self, batch: Batch, values: Sequence[Any]) -> None:
        self.rows[batch.tasks[0].key] = values[0]
        if self._watch is not None:
            self._watch(self.rows)


def carry_out(
    batches: Sequence[Batch],
    store: ResultStore | None = None,
    executor: Executor | None = None,
    watcher: Watcher | None = None,
) -> list[Failure]:
    """Have done what the store has not got yet, and put it there; what came to nothing.

    store: default one in memory. executor: default in this process. Raises what the store and the watcher do; what was
    finished by then is stored.
    """
    store, watcher = MemoryStore() if store is None else store, watcher or Watcher()
    left = list(_missing(batches, store, watcher))
    watcher.told_stored()
    done, all_done, total = [0] * len(left), 0, sum(batch.size for batch in left)
    failures: list[Failure] = []
    if left:
        watcher.progress(0, total)

    def watch(number: int, message: Progress | Result) -> None:
        nonlocal all_done
        if isinstance(message, Result):
            watcher.partial(left[number], message.value)
        elif more := min(message.done, left[number].size) - done[number]:
            done[number] += more
            all_done += more
            watcher.progress(all_done, total)

    with closing((executor or InProcess()).run(left, watch)) as all_outcomes:
        for outcomes in all_outcomes:
            finished = [(left[outcome.number], outcome.values) for outcome in outcomes if outcome.error is None]
            store.put([row for batch, values in finished for row in zip(batch.tasks, values, strict=True)])
            kept = store.get([task.key for batch, _ in finished for task in batch.tasks])
            for batch, _ in finished:  # what was stored before counts, and not what came of it this time
                watcher.finished(batch, [kept[task.key] for task in batch.tasks])
            for outcome in outcomes:
                batch = left[outcome.number]
                if outcome.error is not None:
                    failures.append(Failure(batch, outcome.error))
                    watcher.failed(failures[-1])
                watch(outcome.number, Progress(batch.size, batch.size))
    return failures


def _missing(batches: Sequence[Batch], store: ResultStore, watcher: Watcher) -> Iterator[Batch]:
    """The batches of which not every task is stored. The watcher hears of the others."""
    found = store.get(task.key for batch in batches for task in batch.tasks)
    for batch in batches:
        if all(task.key in found for task in batch.tasks):
            watcher.finished(batch, [found[task.key] for task in batch.tasks])
        else:
            yield batch
