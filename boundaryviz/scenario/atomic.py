"""Safe writing for every file we make: whole or not at all, and never over what somebody else has put there."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from boundaryviz.scenario.lock import try_lock

PART = ".part"
"""What the name of a file ends in that is not complete yet; no reader takes it for anything."""

_UMASK = os.umask(0)  # asked for once, as asking sets it for all threads
os.umask(_UMASK)
_LONGEST = 180  # bytes of a name that leave room for what is put around it, where a name may have 255
_STALE = 60.0  # seconds after which a file that nobody writes any more may be cleared away


class WriteError(OSError):
    """A file that could not be written; its text is a sentence for people."""


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


def write_atomic(path: str | Path, data: bytes | memoryview, expected: Stamp | None = None) -> Stamp | None:
    """Put `data` where `path` says, as `replacing` does. Returns the stamp of what was written."""
    with replacing(path, expected) as beside, beside.open("r+b") as stream:
        try_lock(stream.fileno())  # by which others see that it is being written
        stream.write(data)
    return stamp_of(path)


@contextlib.contextmanager
def replacing(path: str | Path, expected: Stamp | None = None) -> Iterator[Path]:
    """A new file beside `path` to be filled, which takes its place when all went well: the old content stays until
    the new is complete.

    Links are followed and stay. The file beside is called `.NAME.RANDOM.part`; only a process that is killed while
    it writes leaves one behind. expected: what must still be there.

    Raises ChangedError where something else is there than expected, and WriteError, for every OSError within, with a
    sentence that says what went wrong and what to do.
    """
    place = Path(os.path.realpath(path))
    try:
        handle, name = tempfile.mkstemp(prefix=f".{_short(place.name)}.", suffix=PART, dir=place.parent)
        os.close(handle)
        beside = Path(name)
        try:
            yield beside
            _sync(beside)
            beside.chmod(place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~_UMASK)
            if expected is not None and (found := stamp_of(place)) != expected:
                raise ChangedError(path, gone=found is None)
            os.replace(beside, place)
        except BaseException:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise
        _sync_folder(place.parent)
    except WriteError:
        raise
    except OSError as error:
        raise WriteError(_why_not(path, place, error)) from error


def clear_parts(path: str | Path, older: float = _STALE) -> None:
    """Remove what killed writers of this file have left beside it: what nobody has locked, `older` seconds old."""
    place = Path(os.path.realpath(path))
    start = f".{_short(place.name)}."
    with contextlib.suppress(OSError):
        for one in list(place.parent.iterdir()):
            if one.name.startswith(start) and one.name.endswith(PART) and time.time() - one.stat().st_mtime >= older:
                with one.open("rb") as stream:
                    if try_lock(stream.fileno()):
                        one.unlink(missing_ok=True)


def _short(name: str) -> str:
    return os.fsencode(name)[:_LONGEST].decode(errors="ignore")


def _sync(file: Path) -> None:
    with file.open("r+b") as stream:
        try_lock(stream.fileno())  # a disk may take its time
        os.fsync(stream.fileno())


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
    place = Path(os.path.realpath(path))
    if place.is_dir():
        raise WriteError(f"Cannot write {path}: it is a folder. Give a file name in it.")
    if not place.parent.is_dir():
        raise WriteError(f"Cannot write {path}: there is no folder {place.parent}. Create it or choose another place.")
    try:
        with tempfile.TemporaryFile(dir=place.parent):
            pass
    except OSError as error:
        raise WriteError(_why_not(path, place, error)) from error


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


def _why_not(path: str | Path, place: Path, error: OSError) -> str:
    if isinstance(error, PermissionError):
        return f"Cannot write {path}: no permission to write in {place.parent}. Choose another place."
    if isinstance(error, IsADirectoryError):
        return f"Cannot write {path}: it is a folder. Choose another name."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"Cannot write {path}: the disk is full. Make room or choose another place; what was there is untouched."
    remedy = "Make room, or choose another place." if error.errno == errno.EFBIG else "Choose another place."
    return f"Cannot write {path}: {error.strerror or error}. {remedy}"
