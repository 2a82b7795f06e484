"""Temporary folders of ours: held by a lock while they are in use, and cleared away where their holder was killed."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from boundaryviz.scenario.lock import LockFile

PURPOSES = ("animate", "bias", "board", "dose", "film", "figure", "pipe")
_OURS = re.compile(rf"boundaryviz-({'|'.join(PURPOSES)})-[a-z0-9_]{{8}}")
_LOCK = ".held"
_YOUNG, _DAY = 2.0, 86_400.0  # seconds: of one whose lock may be about to be taken; of one without, as it once was


class Scratch:
    """A temporary folder that exists until it is removed, or its program ends and another looks.

    Raises OSError where none can be made.
    """

    def __init__(self, purpose: str) -> None:
        """purpose: one of PURPOSES."""
        assert purpose in PURPOSES
        clear_scratch()
        self.path = Path(tempfile.mkdtemp(prefix=f"boundaryviz-{purpose}-"))
        try:
            self._lock = LockFile.take(self.path / _LOCK)
        except OSError:
            shutil.rmtree(self.path, ignore_errors=True)
            raise

    def remove(self) -> None:
        """What cannot be removed now goes when the next one is made."""
        with contextlib.suppress(OSError):
            shutil.rmtree(self.path, ignore_errors=True)
        if self._lock is not None:
            self._lock.release(remove=False)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.remove()


def clear_scratch() -> None:
    """Remove the temporary folders of programs that were killed: what is called as ours are, is our own, and nobody
    holds. Those of older versions, which held no lock, go when they are a day old."""
    for folder in _found():
        with contextlib.suppress(OSError):
            lock_place = folder / _LOCK
            age = time.time() - folder.stat().st_mtime
            if age < (_YOUNG if lock_place.exists() else _DAY):
                continue
            lock = LockFile.take(lock_place)
            if lock is not None:
                shutil.rmtree(folder, ignore_errors=True)
                lock.release(remove=False)


def _found() -> Iterator[Path]:
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if _OURS.fullmatch(entry.name):
                about = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(about.st_mode) and about.st_uid == _user():
                    yield Path(entry.path)


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0
