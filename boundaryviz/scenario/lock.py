"""Locks on open files, which the system takes back when their holder dies, however it dies; opening without waiting."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def try_lock(handle: int) -> bool:
        """Lock an open file for as long as it is open; whether nobody else has."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def try_lock(handle: int) -> bool:
        """Lock an open file for as long as it is open; whether nobody else has."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


class LockFile:
    """A file that is there to be locked."""

    def __init__(self, path: Path, stream: IO[bytes]) -> None:
        self.path, self._stream = path, stream

    @classmethod
    def take(cls, path: Path) -> LockFile | None:
        """Lock `path`, made if need be; None where a living process holds it.

        Raises OSError where it cannot be made, or is no file.
        """
        stream = os.fdopen(open_file(path, os.O_RDWR | os.O_CREAT), "r+b")
        if try_lock(stream.fileno()) and _still_there(path, stream):
            return cls(path, stream)
        stream.close()
        return None

    def release(self, *, remove: bool) -> None:
        """Let go of it. remove: and take the file away, while nobody else can have locked it."""
        if remove and sys.platform != "win32":
            self.path.unlink(missing_ok=True)
        self._stream.close()
        if remove and sys.platform == "win32":  # which removes no open file
            self.path.unlink(missing_ok=True)


def open_file(path: str | Path, how: int = os.O_RDONLY) -> int:
    """Open a file, and nothing that would wait for somebody: a pipe, a device. how: as `os.open` takes it.

    Raises OSError, FileNotFoundError where there is none.
    """
    handle = os.open(path, how | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0), 0o600)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is no file", str(path))
    return handle


def _still_there(path: Path, stream: IO[bytes]) -> bool:
    """Whether the file that was locked is still the one of that name: its holder may just have removed it."""
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except FileNotFoundError:
        return False
