"""Safe writing for every file we make: whole or not at all, and never over what somebody else has put there.

A file takes the place of an old one and keeps its owner, permissions and attributes. What is no file (a device, a pipe,
an open file of ours such as /dev/stdout) is written to, and what would not survive is not overwritten unasked.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import tempfile
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from boundaryviz.scenario.lock import open_file, try_lock
from boundaryviz.scenario.places import (
    Place,
    ProtectedError,
    WriteError,
    check_flows,
    check_unprotected,
    dress,
    find,
    pour,
    why_not,
    write_all,
)
from boundaryviz.scenario.scratch import Scratch

__all__ = [
    "PART", "ChangedError", "ProtectedError", "Stamp", "WriteError", "check_kind", "check_writable", "clear_parts",
    "endings", "explained", "replacing", "stamp_of", "write_atomic",
]  # fmt: skip

PART = ".part"
"""What the name of a file ends in that is not complete yet; no reader takes it for anything."""

_OURS = ".boundaryviz" + PART
_LONGEST = 180  # bytes of a name that leave room for what is put around it, where a name may have 255
_STALE, _YOUNG = (
    60.0,
    2.0,
)  # seconds without a change after which a part may be cleared: any, one that is locked at once


class ChangedError(WriteError):
    """A file that is no longer what it was when it was read or written last. gone: it is not there any more."""

    def __init__(self, path: str | Path, gone: bool) -> None:
        what = "was moved or deleted" if gone else "was changed"
        super().__init__(f"{path} {what} by another program since it was opened or saved here.")
        self.gone = gone


@dataclass(frozen=True)
class Stamp:
    """What tells whether a file was changed or replaced: bytes, time of the last change in ns, and inode."""

    size: int
    changed: int
    inode: int


def stamp_of(path: str | Path) -> Stamp | None:
    """The stamp of the file at `path`, links followed; None where there is none or it cannot be looked at."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ino)


def write_atomic(
    path: str | Path, data: bytes | memoryview, expected: Stamp | None = None, anyway: bool = False
) -> Stamp | None:
    """Put `data` where `path` says, as `replacing` does. Returns the stamp of what was written, None for no file."""
    with explained(path):
        place = find(path)
        if place.flows:
            pour(place, data)
            return None
    with replacing(path, expected, anyway) as beside:
        handle = os.open(beside, os.O_WRONLY | getattr(os, "O_BINARY", 0))
        try:
            write_all(handle, data)
        finally:
            os.close(handle)
    return stamp_of(path)


@contextlib.contextmanager
def replacing(path: str | Path, expected: Stamp | None = None, anyway: bool = False) -> Iterator[Path]:
    """A new file beside `path` to be filled, which takes its place when all went well: the old content stays until
    the new is complete. What is no file is written to then.

    Links are followed and stay. The file beside is called `.NAME.RANDOM.boundaryviz.part` and locked; only a process
    that is killed while it writes leaves one behind, and the next that writes in this folder clears it away.
    expected: what must still be there. anyway: overwrite what is protected, as somebody was asked.

    Raises ChangedError where something else is there than expected, ProtectedError for what is not overwritten unasked,
    and WriteError, for every OSError within, with a sentence that says what went wrong and what to do.
    """
    with explained(path):
        place = find(path)
        if place.flows:
            with Scratch("pipe") as folder:
                beside = folder / place.real.name
                beside.touch()
                yield beside
                pour(place, beside.read_bytes())
            return
        if not anyway:
            check_unprotected(place)
        clear_parts(path)
        handle, beside = _new_beside(place)
        try:
            try:
                try_lock(handle)  # by which others see that it is being written
                yield beside
                os.fsync(handle)
                _dress_as_now(handle, place, anyway)
            finally:
                os.close(handle)
            if expected is not None and (found := stamp_of(place.real)) != expected:
                raise ChangedError(path, gone=found is None)
            os.replace(beside, place.real)
        except BaseException:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise
        _sync_folder(place.real.parent)


@contextlib.contextmanager
def explained(path: str | Path) -> Iterator[None]:
    """Every OSError within as a WriteError, with a sentence that says what went wrong with `path` and what to do."""
    try:
        yield
    except WriteError:
        raise
    except OSError as error:
        raise why_not(path, error) from error


def _new_beside(place: Place) -> tuple[int, Path]:
    """A new file beside `place`, open. Nobody else may read what replaces something, before it has its permissions."""
    beside = place.real.with_name(f".{_short(place.real.name)}.{secrets.token_hex(6)}{_OURS}")
    how = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.open(beside, how, 0o666 if place.found is None else 0o600), beside


def _dress_as_now(handle: int, place: Place, anyway: bool) -> None:
    """Give a new file what the old one has now, which another program may have changed while it was made."""
    now = find(place.given)
    if now.flows or now.real != place.real:
        raise ChangedError(place.given, gone=False)
    if anyway:
        with contextlib.suppress(ProtectedError):
            dress(handle, now)
    else:
        check_unprotected(now)
        dress(handle, now)


def clear_parts(path: str | Path, older: float = _STALE) -> None:
    """Remove what killed writers have left beside a file, for it or others of ours: what nobody has locked.

    older: seconds since it was written last. What is called as parts are now was locked from its first moment on, and
    need be no older than some seconds.
    """
    place = Path(os.path.realpath(path))
    start = f".{_short(place.name)}."
    with contextlib.suppress(OSError), os.scandir(place.parent) as entries:
        for entry in entries:
            if entry.name.endswith(_OURS):
                _clear(Path(entry.path), min(older, _YOUNG))
            elif entry.name.startswith(start) and entry.name.endswith(PART):
                _clear(Path(entry.path), older)


def _clear(part: Path, older: float) -> None:
    with contextlib.suppress(OSError):
        about = part.lstat()
        if not stat.S_ISREG(about.st_mode) or time.time() - about.st_mtime < older:
            return
        handle = open_file(part)
        try:
            if try_lock(handle):
                part.unlink()
        finally:
            os.close(handle)


def _short(name: str) -> str:
    return os.fsencode(name)[:_LONGEST].decode(errors="ignore")


def _sync_folder(folder: Path) -> None:
    """Have the disk keep the names in `folder` too, where the system can be asked to."""
    with contextlib.suppress(OSError):  # some network disks refuse, and Windows has no such thing
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def check_writable(path: str | Path) -> None:
    """Raise WriteError now where `write_atomic` would later, so that no long run is lost to a bad path."""
    with explained(path):
        place = find(path)
        if place.flows:
            check_flows(place)
            return
        check_unprotected(place)
        with tempfile.TemporaryFile(dir=place.real.parent) as trial:
            dress(trial.fileno(), place)


def check_kind(path: str | Path, kinds: Collection[str], rule: str) -> str:
    """Which of `kinds` the name of `path` ends in, in small letters and without its dot.

    Raises WriteError with `rule` as the reason for another ending, and as `check_writable` does.
    """
    kind = Path(path).suffix.lstrip(".").lower()
    if kind not in kinds:
        raise WriteError(f"Cannot write {path}: {rule}.")
    check_writable(path)
    return kind


def endings(kinds: Collection[str]) -> str:
    """Kinds of files as the endings of their names: .png, .svg."""
    return ", ".join(f".{kind}" for kind in kinds)
