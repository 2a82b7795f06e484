"""Recovery files: what a living program keeps of unsaved work, and what those that died have left.

A session has two files in the state folder, `session-PID-RANDOM.recovery` and a `.lock` beside it. The program holds
an OS lock on the second for as long as it lives; where the lock can be had, its holder is dead, and what it kept is
offered. The first line of a recovery file says where the work came from; the rest is the text of a `.bviz` file.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO

from boundaryviz.scenario import files
from boundaryviz.scenario.atomic import Stamp, clear_parts, stamp_of, write_atomic
from boundaryviz.scenario.lock import LockFile, open_file
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scenario.text import MAX_BYTES, TextError, check_size
from boundaryviz.scene.plain_text import one_line

KEPT, LOCK, BROKEN = ".recovery", ".lock", ".broken"
_HEAD = 100_000  # bytes of a first line at most; the longest path takes a quarter of them


@dataclass(frozen=True)
class Origin:
    """Where work comes from. path: of its file, "" for none. when: of the last edit, seconds since 1970.

    stamp: of the file as it was read or written last. Where the line does not say it, what lies at the path may be
    anything, and the work counts as that of no file.
    """

    path: str
    title: str
    points: int
    when: float
    stamp: Stamp | None = None

    def line(self) -> bytes:
        """The first line: a title of many lines is cut, as it is only shown."""
        return json.dumps(asdict(self) | {"title": one_line(self.title)}).encode() + b"\n"

    @classmethod
    def of(cls, line: bytes) -> Origin:
        """Raises ValueError for a line that says something else."""
        try:
            values = json.loads(line)
            known, stamp = "stamp" in values, values.pop("stamp", None)
            found = cls(**values, stamp=Stamp(**stamp) if stamp else None)
        except (TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"no first line of a recovery file: {error}") from None
        numbers = [found.points, *(asdict(found.stamp).values() if found.stamp else ())]
        if not (isinstance(found.path, str) and isinstance(found.title, str) and all(map(_is_whole, numbers))):
            raise ValueError("no first line of a recovery file")
        if not (_is_whole(found.when) or isinstance(found.when, float)) or not math.isfinite(found.when):
            raise ValueError("no time in the first line of a recovery file")
        try:
            time.localtime(found.when)
        except (OverflowError, OSError) as error:
            raise ValueError(f"an impossible time in the first line of a recovery file: {error}") from None
        return found if known else replace(found, path="")


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


class Session:
    """The place of one running program in the state folder. Raises OSError where nothing can be kept there."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"session-{os.getpid()}-{secrets.token_hex(4)}{KEPT}"
        lock = LockFile.take(self.path.with_suffix(LOCK))
        assert lock is not None  # nobody else knows the name
        self._lock = lock

    def keep(self, make: Callable[[], Scenario], origin: Origin) -> None:
        """Write down unsaved work; what was kept before stays until this is whole. Raises WriteError."""
        data, _, _ = files.sealed_at_least(make())
        write_atomic(self.path, origin.line() + data)

    def clear(self) -> None:
        """Nothing is unsaved any more. Raises OSError where the file cannot be removed."""
        self.path.unlink(missing_ok=True)

    def leave(self) -> None:
        """Let another program find what is kept, as if this one had died."""
        self._lock.release(remove=False)

    def close(self) -> None:
        """Leave the folder as if this program had never been there."""
        self.clear()
        self._lock.release(remove=True)


class Orphan:
    """What a dead program left. It is locked, so that no other offers it too, until it is let go or discarded."""

    def __init__(self, path: Path, lock: LockFile) -> None:
        """Raises OSError or ValueError where its first line cannot be read."""
        self.path, self._lock = path, lock
        with _opened(path) as stream:
            self.origin = Origin.of(stream.readline(_HEAD))

    def read(self) -> Scenario:
        """Raises ScenarioError where it is damaged."""
        try:
            with _opened(self.path) as stream:
                stream.readline(_HEAD)
                data = stream.read(MAX_BYTES[".bviz"] + 1)
            check_size(len(data), ".bviz")
            words = data.decode()
        except (OSError, UnicodeDecodeError, TextError) as error:
            raise ScenarioError([f"{self.path}: cannot be read: {error}"]) from None
        return files.parse(words, self.path, ".bviz")

    @property
    def saved_since(self) -> bool:
        """Whether the file that the work comes from was written after it was kept: one thread writes both, so what
        was written last is the newer state. False where there is no such file any more."""
        if not self.origin.path or stamp_of(self.origin.path) in (None, self.origin.stamp):
            return False
        try:
            return os.stat(self.origin.path).st_mtime_ns > self.path.stat().st_mtime_ns
        except OSError:
            return False

    def discard(self) -> None:
        """Remove the file; it does no harm where it is gone already."""
        self.path.unlink(missing_ok=True)
        self._lock.release(remove=True)

    def let_go(self) -> None:
        """Leave it to the next start."""
        self._lock.release(remove=False)

    def put_aside(self) -> Path:
        """Rename what cannot be read, so that it is offered no more and nothing is lost; its new place."""
        aside = _put_aside(self.path)
        self._lock.release(remove=True)
        return aside


def orphans(folder: Path) -> tuple[list[Orphan], list[Path]]:
    """What dead programs left in the state folder, the newest first, and what of it was damaged and put aside.

    Their leftover temporary files and locks without anything kept are removed.
    """
    found: list[Orphan] = []
    aside: list[Path] = []
    places = {path.with_suffix(KEPT) for path in folder.glob("session-*") if path.suffix in (KEPT, LOCK)}
    for path in sorted(places):
        with contextlib.suppress(OSError):  # a folder that cannot be written in is looked through as far as it goes
            lock = LockFile.take(path.with_suffix(LOCK))
            if lock is None:
                continue  # its program lives
            clear_parts(path, older=0)  # nobody else writes it
            if not path.exists():
                lock.release(remove=True)
                continue
            try:
                found.append(Orphan(path, lock))
            except (OSError, ValueError):
                aside.append(_put_aside(path))
                lock.release(remove=True)
    return sorted(found, key=lambda orphan: orphan.origin.when, reverse=True), aside


def _opened(path: Path) -> IO[bytes]:
    """Raises OSError where there is no file: a pipe would never end."""
    return os.fdopen(open_file(path), "rb")


def _put_aside(path: Path) -> Path:
    aside = path.with_suffix(BROKEN)
    os.replace(path, aside)
    return aside
