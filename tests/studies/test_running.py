"""Carrying out batches, here and in processes: what is missing, what fails, what is cancelled or killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from boundaryviz.studies import loky, packs
from boundaryviz.studies.executors import Executor, InProcess, Outcome, Outcomes, Watch
from boundaryviz.studies.loky import Loky
from boundaryviz.studies.running import Failure, Watcher, carry_out
from boundaryviz.studies.sqlite_store import SqliteStore
from boundaryviz.studies.stores import MemoryStore, Row
from boundaryviz.studies.tasks import Batch
from helpers.batches import batch, batches
from helpers.waits import until

Make = Callable[[], Executor]
EXECUTORS = pytest.mark.parametrize("make", [InProcess, lambda: Loky(2)], ids=["in process", "loky"])


class Heard(Watcher):
    """Writes down what it hears."""

    def __init__(self) -> None:
        self.done: list[tuple[int, int]] = []
        self.parts: list[Any] = []
        self.ends: list[tuple[str, Any]] = []

    def progress(self, done: int, of: int) -> None:
        self.done.append((done, of))

    def partial(self, batch: Batch, value: Any) -> None:
        self.parts.append(value)

    def finished(self, batch: Batch, values: Any) -> None:
        self.ends.append((batch.name, list(values)))

    def failed(self, failure: Failure) -> None:
        self.ends.append((failure.batch.name, str(failure)))


def marks(folder: Path) -> list[int]:
    """The numbers that were squared, in any process, rising."""
    return sorted(int(path.name.rpartition("-")[0].rpartition("-")[0]) for path in folder.iterdir())


@EXECUTORS
def test_all_is_done_and_told_and_what_fails_is_named(make: Make):
    store, heard = MemoryStore(), Heard()
    work = [*batches(range(20)), batch([30, 31]), batch([-1]), batch([-2], how="unsendable")]
    failures = carry_out(work, store, make(), heard)
    assert store.get(f"square of {k}" for k in (3, 19, 30, 31)) == {
        "square of 3": 9, "square of 19": 361, "square of 30": 900, "square of 31": 961,
    }  # fmt: skip
    assert sorted(map(str, failures))[0].endswith("no square of (-1,)")
    assert sorted(map(str, failures))[1].startswith("number -2: ")
    assert len(failures) == 2
    assert [done for done, _ in heard.done] == list(range(24))
    assert ("number 30 and 1 more", [900, 961]) in heard.ends
    assert len(heard.ends) == 23
    assert sorted(heard.parts) == ([*range(20), 61] if isinstance(make(), InProcess) else [])


def test_only_what_is_missing_is_done_and_what_is_stored_stays(tmp_path: Path):
    store, heard = MemoryStore(), Heard()
    carry_out(batches(range(4), tmp_path), store)
    store._values["square of 1"] = "kept"
    again = [*batches(range(4), tmp_path), batch([1, 5], tmp_path), batch([6], tmp_path)]
    assert carry_out(again, store, watcher=heard) == []
    assert marks(tmp_path) == [0, 1, 1, 2, 3, 5, 6], "a batch of which something is missing is done whole"
    assert store.get(["square of 1", "square of 5", "square of 6"]) == {
        "square of 1": "kept", "square of 5": 25, "square of 6": 36,
    }  # fmt: skip
    assert heard.ends[:4] == [("number 0", [0]), ("number 1", ["kept"]), ("number 2", [4]), ("number 3", [9])]
    assert ("number 1 and 1 more", ["kept", 25]) in heard.ends, "told is what is stored"
    assert heard.done[-1] == (2, 2)


def test_what_ends_its_process_is_named_after_a_try_alone_and_the_others_are_done(tmp_path: Path):
    store = MemoryStore()
    work = [*batches([1, 2]), batch([-3], tmp_path, "dies"), *batches(range(4, 9))]
    failures = carry_out(work, store, Loky(1))
    assert [str(failure) for failure in failures] == ["number -3: its process crashed or was killed"]
    assert len(store) == 7
    assert len(marks(tmp_path)) in (1, 2), "it is tried alone, and before that perhaps beside others"


@EXECUTORS
def test_a_watcher_that_raises_cancels_and_what_was_finished_is_stored(make: Make):
    class Enough(Watcher):
        def progress(self, done: int, of: int) -> None:
            if done == 3:
                raise KeyboardInterrupt

    store = MemoryStore()
    with pytest.raises(KeyboardInterrupt):
        carry_out([*batches(range(3)), batch([-1], how="stays")], store, make(), Enough())
    assert 2 <= len(store) <= 3


def test_what_comes_together_is_stored_together():
    puts: list[int] = []

    class Counting(MemoryStore):
        def put(self, rows: Any) -> None:
            kept: list[Row] = list(rows)
            puts.append(len(kept))
            super().put(kept)

    class Lots:
        def run(self, some: Sequence[Batch], watch: Watch | None = None) -> Outcomes:
            for first in range(0, len(some), 4):
                yield [Outcome(k, [k]) for k in range(first, min(first + 4, len(some)))]

    carry_out(batches(range(10)), Counting(), Lots())
    assert puts == [4, 4, 2]


def test_after_whoever_ran_it_was_killed_only_what_is_missing_is_done(tmp_path: Path):
    place, folder = tmp_path / "results.sqlite", tmp_path / "marks"
    folder.mkdir()
    code = (
        "from pathlib import Path\nfrom boundaryviz.studies.loky import Loky\n"
        "from boundaryviz.studies.running import carry_out\nfrom boundaryviz.studies.sqlite_store import SqliteStore\n"
        "from helpers.batches import batch, batches\n"
        "if __name__ == '__main__':\n"
        f"    folder = Path({str(folder)!r})\n"
        "    work = [*batches(range(6), folder), batch([-7], folder, 'stays')]\n"
        f"    carry_out(work, SqliteStore({str(place)!r}), Loky(2))\n"
    )
    script = tmp_path / "client.py"
    script.write_text(code)
    paths = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), *sys.path)))
    client = subprocess.Popen(
        [sys.executable, str(script)], env=os.environ | {"PYTHONPATH": paths}, stderr=subprocess.DEVNULL
    )
    with SqliteStore(place) as store:
        until(lambda: len(store) >= 6 and -7 in marks(folder))
        stuck = next(int(path.name.split("-")[-2]) for path in folder.glob("-7-*"))
        client.kill()
        client.wait()
        before = marks(folder)
        assert carry_out([*batches(range(6), folder), batch([7], folder)], store, InProcess()) == []
        assert marks(folder) == sorted([*before, 7])
        assert store.get(f"square of {k}" for k in range(8)) == {f"square of {k}": k * k for k in (*range(6), 7)}
    until(lambda: not Path(f"/proc/{stuck}").exists())  # its processes go with it


def test_packs_grow_with_how_little_a_batch_takes():
    run = packs.Packs(batches(range(1000)), lambda: loky._Processes(2))
    list(run._ended([0], 0.0, [([0], "")]))
    assert run._pack == packs._GROWS
    list(run._ended([0], packs._PACK / 3, [([0], "")]))
    assert run._pack == 3
    list(run._ended([0], 10 * packs._PACK, [([0], "")]))
    assert run._pack == 1
