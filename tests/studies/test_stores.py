"""Stores of results: what was put is found again, also by others, and files that are none are said to be."""

from __future__ import annotations

import math
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaryviz.studies import sqlite_store
from boundaryviz.studies.sqlite_store import SqliteStore
from boundaryviz.studies.stores import MemoryStore, ResultStore, StoreError
from boundaryviz.studies.tasks import Task

NUMBERS = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**60), 2**60)
ROWS = st.lists(st.tuples(st.text("abc", min_size=1, max_size=2), st.dictionaries(st.text(), NUMBERS)))


@given(st.lists(ROWS, max_size=4))
@settings(max_examples=40, deadline=None)
def test_what_was_put_first_is_found_in_either_store(parts: list[list[tuple[str, dict]]]):
    with SqliteStore(":memory:") as file:
        stores: list[ResultStore] = [MemoryStore(), file]
        first: dict[str, dict] = {}
        for rows in parts:
            for store in stores:
                store.put([(Task(key, key), value) for key, value in rows])
            for key, value in rows:
                first.setdefault(key, value)
        for store in stores:
            assert store.get([*first, "none"]) == first
            assert len(store) == len(first)


def test_many_keys_are_asked_for_at_once(tmp_path: Path):
    with SqliteStore(tmp_path / "x.sqlite") as store:
        store.put((Task(str(k), ""), k) for k in range(1500))
    with SqliteStore(tmp_path / "x.sqlite") as store:
        assert store.get(str(k) for k in range(2000)) == {str(k): k for k in range(1500)}


def test_what_fails_in_the_middle_leaves_nothing_of_it(tmp_path: Path):
    with SqliteStore(tmp_path / "x.sqlite") as store:
        with pytest.raises(ValueError, match="JSON"):
            store.put([(Task("a", ""), 1), (Task("b", ""), math.nan)])
        assert len(store) == 0


def other_program(path: Path) -> None:
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE theirs (x)")
    file.close()


def other_version(by: int) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        SqliteStore(path).close()
        with sqlite3.connect(path) as file:
            file.execute(f"PRAGMA user_version = {sqlite_store.VERSION + by}")
        file.close()

    return make


def damaged(path: Path) -> None:
    with SqliteStore(path) as store:
        store.put([(Task(str(k), "x" * 100), k) for k in range(1000)])
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 20_000)


BAD = {
    "text": (lambda path: path.write_text("no database, but long enough to look like one" * 30), "no file of results"),
    "another program's": (other_program, "by another program"),
    "newer": (other_version(1), "a newer version"),
    "older": (other_version(-1), "an older version"),
    "a folder": (Path.mkdir, "cannot be opened"),
    "in no folder": (lambda path: None, "cannot be opened"),
    "damaged": (damaged, "damaged"),
}


@pytest.mark.parametrize(("make", "words"), BAD.values(), ids=BAD)
def test_files_that_cannot_be_used_are_said_and_stay_as_they_are(
    make: Callable[[Path], object], words: str, tmp_path: Path
):
    place = tmp_path / ("no/x" if make is BAD["in no folder"][0] else "x")
    make(place)
    before = place.read_bytes() if place.is_file() else None
    with pytest.raises(StoreError, match=words), SqliteStore(place) as store:
        store.get(str(k) for k in range(1000))
    assert (place.read_bytes() if place.is_file() else None) == before


def test_a_store_that_another_program_writes_is_waited_for_and_then_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sqlite_store, "_PATIENCE", 0.05)
    with SqliteStore(tmp_path / "x") as one, SqliteStore(tmp_path / "x") as other:
        with one._transaction(), pytest.raises(StoreError, match="another program has been writing"):
            other.put([(Task("a", ""), 1)])
        other.put([(Task("a", ""), 1)])
        assert one.get(["a"]) == {"a": 1}


def test_killed_while_it_writes_it_leaves_whole_transactions(tmp_path: Path):
    place = tmp_path / "x.sqlite"
    code = (
        "from boundaryviz.studies.sqlite_store import SqliteStore\nfrom boundaryviz.studies.tasks import Task\n"
        f"store = SqliteStore({str(place)!r})\n"
        "for k in range(1_000_000):\n"
        "    store.put([(Task(f'{k}-{part}', 'x' * 200), k) for part in range(50)])\n"
        "    if k == 3: print('going', flush=True)\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    writer.stdout.readline()
    os.kill(writer.pid, signal.SIGKILL)
    writer.communicate()
    with SqliteStore(place) as store:
        count = len(store)
        assert count >= 200
        assert count % 50 == 0
        keys = [f"{k}-{part}" for k in range(count // 50) for part in range(50)]
        assert len(store.get(keys)) == count


def test_a_file_that_another_program_is_writing_is_waited_for_and_then_said(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(sqlite_store, "_PATIENCE", 0.05)
    place = tmp_path / "results.sqlite"
    with SqliteStore(place) as store, SqliteStore(place) as other:
        with other._transaction(), pytest.raises(StoreError, match="another program has been writing it for too long"):
            store.put([(Task("key", "name"), 1)])
        other.put([(Task("key", "name"), 2)])
        store.put([(Task("key", "name"), 3), (Task("more", "name"), 4)])
        assert store.get(["key", "more"]) == other.get(["key", "more"]) == {"key": 2, "more": 4}
