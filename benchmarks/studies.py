"""Studies: what a task costs beside its own work, in each executor, in hashing and in the store; and what it saves."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, ClassVar

from torch import nn

from benchmarks.frame import Row, section
from benchmarks.measure import span
from benchmarks.peers import PlainTorch
from benchmarks.subjects import learner
from boundaryviz.jobs.messages import Tell
from boundaryviz.scenario.gallery import load
from boundaryviz.studies.dask import Dask
from boundaryviz.studies.executors import Executor, InProcess
from boundaryviz.studies.loky import Loky
from boundaryviz.studies.sqlite_store import SqliteStore
from boundaryviz.studies.study import Axis, Study
from boundaryviz.studies.tabling import run_study
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
        yield _each(f"a task that does nothing, {words}", _overhead(executor, batches, few, least), 20.0)
    if not least:  # the tests have a cluster of their own
        with _cluster() as cluster:
            each = _overhead(Dask(cluster), batches, few, least)
        yield _each("a task that does nothing, Dask, two workers", each, 150.0)
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


@section("widths", "A study of widths against plain torch")
def widths(least: bool) -> Iterator[Row]:
    """Networks of 8 widths, 16 seeds each, 1,000 steps on 500 points: a study, and the same runs one by one."""
    seeds, steps, all_widths = (1, 2, (2, 4)) if least else (16, 1000, (2, 4, 8, 16, 32, 64, 128, 256))
    scenario = load("moons").with_values({"data.n": 500, "training.steps": steps, "training.batch_size": 32})
    ours, theirs = 0.0, 0.0
    for width in all_widths:  # in turn, so that both see the same machine
        study = Study(scenario=scenario, axes=(Axis(path="learner.hidden", values=([width],)),), seeds=seeds)
        like = learner((width,), "tanh", 1, 32)
        began = time.process_time()
        run_study(study)
        between = time.process_time()
        for _ in range(seeds):
            PlainTorch(like, 32, 500, nn.Tanh).step(steps)
        ours, theirs = ours + between - began, theirs + time.process_time() - between
    runs = f"{len(all_widths)} widths × {seeds} seeds × {steps:,} steps"
    yield Row(runs, "torch.nn + Adam", f"{span(theirs)} → {span(ours)}", theirs / ours, 8.0)


@contextmanager
def _cluster() -> Iterator[Any]:
    """Of two workers."""
    from distributed import LocalCluster

    quiet = {"dashboard_address": None, "silence_logs": logging.CRITICAL}
    with LocalCluster(n_workers=2, threads_per_worker=1, **quiet) as found:
        yield found


def _overhead(executor: Executor, batches: list[Batch], few: int, least: bool) -> float:
    """Seconds a task, without what starting processes takes unless `least`."""
    rounds = 1 if least else _ROUNDS
    extra = [_seconds(executor, batches) - _seconds(executor, batches[:few]) for _ in range(rounds)]
    return max(median(extra), 0.0) / (len(batches) - few)


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
