"""Results in an SQLite file, one row a finished task: whole after whatever kills the program that writes it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from boundaryviz.studies.stores import Row, StoreError

VERSION = 1
"""Of the tables."""
_OURS = 0x62766973  # 'bvis', by which SQLite files of ours are told from others
_PATIENCE = 10.0  # seconds that another program may take to write
_ASKED = 500  # keys in one question: older SQLites take 999 at most
_TABLES = """
CREATE TABLE results (key TEXT PRIMARY KEY, name TEXT NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
"""


class SqliteStore:
    """A `ResultStore` of plain values for JSON, without NaN, in a file that several programs may use at a time.

    Rows are put in one transaction. A program that is killed leaves those of whole transactions; a machine that is
    switched off may lose the last of them. While the file is used, SQLite's journal lies beside it.
    """

    def __init__(self, path: str | Path) -> None:
        """Open, or make. Raises StoreError for a file that is none of ours, of a newer version, or that cannot be
        read or written."""
        self.path = Path(path)
        with self._explained():
            # transactions are begun and ended here, and not by the module
            self._file = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)
        try:
            with self._explained():
                self._check()
                # a journal that does not wait for the disk at each transaction, and lets others read meanwhile; SQLite
                # keeps another, which does wait, where the disk is of a network that cannot have it
                if self._file.execute("PRAGMA journal_mode = WAL").fetchone()[0] == "wal":
                    self._file.execute("PRAGMA synchronous = NORMAL")
        except BaseException:
            self._file.close()
            raise

    def _check(self) -> None:
        with self._transaction():
            (ours,), (version,) = (
                self._file.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version")
            )
            tables = self._file.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if not (ours or version or tables):
                self._file.execute(_TABLES)
                self._file.execute(f"PRAGMA application_id = {_OURS}")
                self._file.execute(f"PRAGMA user_version = {VERSION}")
            elif ours != _OURS:
                raise StoreError(f"{self.path} was written by another program; choose another file.")
            elif version != VERSION:
                older = "an older" if version < VERSION else "a newer"
                raise StoreError(
                    f"{self.path} holds results of {older} version of this program (format {version}; this one uses "
                    f"{VERSION}); choose another file, or use that version."
                )

    def get(self, keys: Iterable[str]) -> dict[str, Any]:
        """Raises StoreError where it cannot be read."""
        asked, found = list(keys), dict[str, Any]()
        with self._explained():
            for first in range(0, len(asked), _ASKED):
                some = asked[first : first + _ASKED]
                marks = ",".join("?" * len(some))
                rows = self._file.execute(f"SELECT key, value FROM results WHERE key IN ({marks})", some)
                found.update((key, json.loads(value)) for key, value in rows)
        return found

    def put(self, rows: Iterable[Row]) -> None:
        """Raises StoreError where they cannot be written, and ValueError for what is no plain value."""
        written = [(task.key, task.name, json.dumps(value, allow_nan=False)) for task, value in rows]
        with self._explained(), self._transaction():
            self._file.executemany("INSERT OR IGNORE INTO results VALUES (?, ?, ?)", written)

    def __len__(self) -> int:
        with self._explained():
            return int(self._file.execute("SELECT count(*) FROM results").fetchone()[0])

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._file.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._file.execute("ROLLBACK")
            raise
        self._file.execute("COMMIT")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """What SQLite and JSON say, as a StoreError in words."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StoreError(f"Cannot use {self.path} for results: {_reason(error)}.") from error
        except (sqlite3.DatabaseError, json.JSONDecodeError) as error:
            raise StoreError(f"{self.path} is no file of results, or is damaged: {error}.") from error


def _reason(error: sqlite3.OperationalError) -> str:
    words = str(error)
    if "locked" in words:
        return "another program has been writing it for too long"
    if "unable to open" in words:
        return "it cannot be opened; look whether its folder exists and may be written to"
    return words
