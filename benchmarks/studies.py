"""Studies: what a task costs beside its own work, in each executor, in hashing and in the store."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import ClassVar

from benchmarks.frame import Row, section
from boundaryviz.jobs.messages import Tell
from boundaryviz.scenario.gallery import load
from boundaryviz.studies.executors import Executor, InProcess
from boundaryviz.studies.loky import Loky
from boundaryviz.studies.sqlite_store import SqliteStore
from boundaryviz.studies.study import Study
from boundaryviz.studies.tasks import Batch, Task, part_key

_TASKS, _FEW, _ROUNDS = 20_000, 2_000, 5
_RESULTS = 10_000


@dataclass(frozen=True)
class Nothing:
    """Work that takes no time."""

    WORK: ClassVar[str] = "benchmarks.studies:nothing"
    number: int


def nothing(content: Nothing, tell: Tell) -> list[dict[str, float]]:
    """A result like that of a small training."""
    return [{"train_error": content.number / 7, "test_error": content.number / 3}]


@section("studies", "Studies")
def studies(least: bool) -> Iterator[Row]:
    """Microseconds a task, of the executors without what starting their processes takes, unless `least`."""
    many, few = (20, 0) if least else (_TASKS, _FEW)
    batches = [Batch((Task(part_key("none", k), f"task {k}"),), Nothing(k)) for k in range(many)]
    executors: tuple[tuple[str, Executor], ...] = (("in this process", InProcess()), ("loky, two processes", Loky(2)))
    for words, executor in executors:
        rounds = 1 if least else _ROUNDS
        extra = [_seconds(executor, batches) - _seconds(executor, batches[:few]) for _ in range(rounds)]
        yield _each(f"a task that does nothing, {words}", max(median(extra), 0.0) / (many - few), 20.0)
    study = Study(scenario=load("moons"), seeds=many)
    yield _each("the key and name of a task", _taken(lambda: study.batches()) / many, 50.0)
    results = many if least else _RESULTS
    rows = [(batch.tasks[0], nothing(Nothing(k), None)[0]) for k, batch in enumerate(batches[:results])]  # type: ignore[arg-type]
    keys = [task.key for task, _ in rows]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "results.sqlite"
        with SqliteStore(place) as store:
            taken = _taken(lambda: _put_singly(store, rows))
            yield _each("a row stored in a transaction of its own", taken / results, None)

        def opened() -> None:
            with SqliteStore(place) as store:
                assert len(store.get(keys)) == results

        times = [_taken(opened) for _ in range(1 if least else _ROUNDS)]
        yield Row(f"{results:,} results opened and read", "", "", median(times), ceiling=0.2, unit="s")


def _put_singly(store: SqliteStore, rows: list[tuple[Task, dict[str, float]]]) -> None:
    for row in rows:
        store.put([row])


def _seconds(executor: Executor, batches: list[Batch]) -> float:
    def run() -> None:
        assert sum(len(outcomes) for outcomes in executor.run(batches)) == len(batches)

    return _taken(run)


def _taken(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _each(what: str, seconds: float, most: float | None) -> Row:
    return Row(what, "", "", 1e6 * seconds, ceiling=most, unit="µs")
