"""Safe writing for every file we make: whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

PART = ".part"
"""What the name of a file that is not complete yet ends in; no reader takes it for anything."""

_UMASK = os.umask(0)  # asked for once, as asking sets it for all threads
os.umask(_UMASK)
_LONGEST = 180  # bytes of a name that leave room for what is put around it, where a name may have 255


class WriteError(OSError):
    """A file that could not be written; its text is a sentence for people."""


def write_atomic(path: str | Path, data: bytes) -> None:
    """Put `data` where `path` says, through a file beside it: the old content stays until the new is complete.

    Links are followed and stay. The file beside is called `.NAME.XXXXXXXX.part`; only a process that is killed while
    it writes leaves one behind. Raises WriteError with a sentence that says what went wrong and what to do.
    """
    place = Path(os.path.realpath(path))
    try:
        handle, beside = tempfile.mkstemp(prefix=f".{_short(place.name)}.", suffix=PART, dir=place.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            os.chmod(beside, place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~_UMASK)
            os.replace(beside, place)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(beside)
            raise
        sync_folder(place.parent)
    except OSError as error:
        raise WriteError(_why_not(path, place, error)) from error


def _short(name: str) -> str:
    return os.fsencode(name)[:_LONGEST].decode(errors="ignore")


def parts_of(path: str | Path) -> list[Path]:
    """What killed writers of this file have left beside it."""
    place = Path(os.path.realpath(path))
    start = f".{_short(place.name)}."
    try:
        return [one for one in place.parent.iterdir() if one.name.startswith(start) and one.name.endswith(PART)]
    except OSError:
        return []


def sync_folder(folder: Path) -> None:
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


def _why_not(path: str | Path, place: Path, error: OSError) -> str:
    if isinstance(error, PermissionError):
        return f"Cannot write {path}: no permission to write in {place.parent}. Choose another place."
    if isinstance(error, IsADirectoryError):
        return f"Cannot write {path}: it is a folder. Choose another name."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"Cannot write {path}: the disk is full. Make room, or choose another place; what was there is untouched."
        )
    return f"Cannot write {path}: {error.strerror or error}. Choose another place."
