"""After `kill -9` of whatever takes part the same study computes what is missing; its table is as if undisturbed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from boundaryviz.record.study_table import StudyTable
from boundaryviz.studies.executors import InProcess, Outcomes, Watch
from boundaryviz.studies.sqlite_store import SqliteStore
from boundaryviz.studies.tabling import run_study
from boundaryviz.studies.tasks import Batch
from helpers import client
from helpers.client import STUDY
from helpers.clusters import Cluster, children, cluster
from helpers.waits import until

PATIENCE = 120.0  # seconds; on a machine that does nothing else it takes a few
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


class Counted(InProcess):
    """Writes down what it is given to do."""

    def __init__(self) -> None:
        self.given: list[Batch] = []

    def run(self, batches: Sequence[Batch], watch: Watch | None = None) -> Outcomes:
        self.given = list(batches)
        return super().run(batches, watch)


@pytest.fixture(scope="module")
def undisturbed() -> StudyTable:
    return run_study(STUDY)


@contextmanager
def started(store: Path, where: str) -> Iterator[subprocess.Popen[bytes]]:
    """The program that carries out the study, which has stored something, and not all."""
    paths = os.pathsep.join([str(Path(client.__file__).parents[1]), *sys.path])
    environment, command = os.environ | {"PYTHONPATH": paths}, [sys.executable, client.__file__, str(store), where]
    running = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        until(lambda: some_stored(store), PATIENCE)
        yield running
    finally:
        running.kill()
        running.wait()


def again(store: Path, undisturbed: StudyTable) -> list[Batch]:
    """What the same study does, which comes to the same table."""
    counted = Counted()
    with SqliteStore(store) as kept:
        there = kept.get(task.key for batch in STUDY.batches() for task in batch.tasks)
        missing = [batch for batch in STUDY.batches() if not all(task.key in there for task in batch.tasks)]
        table = run_study(STUDY, store=kept, executor=counted)
    assert [batch.name for batch in counted.given] == [batch.name for batch in missing], "only what is missing"
    assert table.equals(undisturbed)
    return missing


def some_stored(store: Path) -> bool:
    if not store.exists():
        return False
    with SqliteStore(store) as kept:
        return len(kept) >= 6


@pytest.mark.parametrize("what", ["client", "worker"])
def test_with_loky(what: str, tmp_path: Path, undisturbed: StudyTable):
    store = tmp_path / "results.sqlite"
    with started(store, "loky") as running:
        if what == "worker":
            victim = next(pid for pid in children(running.pid) if b"loky" in Path(f"/proc/{pid}/cmdline").read_bytes())
            os.kill(victim, signal.SIGKILL)
        else:
            running.kill()
        assert running.wait(PATIENCE) == (0 if what == "worker" else -signal.SIGKILL)
    assert bool(again(store, undisturbed)) is (what == "client")


@pytest.mark.parametrize("what", ["client", "worker", "scheduler"])
def test_with_dask(what: str, tmp_path: Path, undisturbed: StudyTable):
    store = tmp_path / "results.sqlite"
    with ExitStack() as ends:
        there: Cluster = ends.enter_context(cluster(tmp_path))
        running = ends.enter_context(started(store, there.address))
        match what:
            case "client":
                running.kill()
            case "worker":
                for pid in children(there.workers[0].pid):
                    if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                        os.kill(pid, signal.SIGKILL)
            case "scheduler":
                there.scheduler.kill()
        assert running.wait(PATIENCE) == {"client": -signal.SIGKILL, "worker": 0, "scheduler": 1}[what]
    assert bool(again(store, undisturbed)) is (what != "worker")
