"""Studies on a Dask cluster of separate processes: what is done, what fails, and what is said where it is gone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from boundaryviz.studies import dask
from boundaryviz.studies.dask import Dask
from boundaryviz.studies.executors import EngineError
from boundaryviz.studies.running import carry_out
from boundaryviz.studies.stores import MemoryStore
from helpers.batches import batch, batches
from helpers.clusters import Cluster, cluster


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("dask")) as found:
        yield found


def test_all_is_done_what_fails_is_named_and_a_scheduler_that_is_gone_is_said(
    running: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(dask, "_FIRST", 100.0)  # workers may take long to come on a busy machine
    store = MemoryStore()
    work = [*batches(range(20)), batch([30, 31]), batch([-1]), batch([-3], tmp_path, "dies"), *batches(range(40, 50))]
    failures = carry_out(work, store, Dask(running.address))
    assert sorted(map(str, failures)) == [
        "number -1: ValueError: no square of (-1,)", "number -3: its process crashed or was killed",
    ]  # fmt: skip
    assert store.get(["square of 19", "square of 31"]) == {"square of 19": 361, "square of 31": 961}
    assert len(store) == 32
    assert 1 <= len([*tmp_path.iterdir()]) <= 2, "what ends its worker is tried alone, once"
    assert carry_out([], store, Dask("127.0.0.1:1")) == [], "nothing to do needs no cluster"

    monkeypatch.setattr(dask, "__version__", "0.0.7")
    with pytest.raises(EngineError, match=r"has other versions: boundaryviz .* and not 0\.0\.7; install the same"):
        carry_out(batches([60]), store, Dask(running.address))
    monkeypatch.undo()

    gone = threading.Timer(1.0, running.scheduler.kill)
    gone.start()
    with pytest.raises(EngineError, match="is gone; what was finished is kept, and the same study goes on"):
        carry_out([*batches([70]), batch([-1], how="stays")], store, Dask(running.address))
    gone.join()
    assert "square of 70" in store.get(["square of 70"]), "what had been done is kept"


@pytest.mark.slow  # what it says when one goes away stands above
def test_where_no_scheduler_answers_it_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(dask, "_REACHED", 0.2)
    with pytest.raises(EngineError, match=r"no Dask scheduler answers at 127\.0\.0\.1:1; start one with"):
        carry_out(batches([1]), None, Dask("127.0.0.1:1"))
