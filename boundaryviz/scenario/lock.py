"""Locks on open files, which the system takes back when their holder dies, however it dies."""

from __future__ import annotations

import os
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

        Raises OSError where it cannot be made.
        """
        stream = path.open("ab")
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


def _still_there(path: Path, stream: IO[bytes]) -> bool:
    """Whether the file that was locked is still the one of that name: its holder may just have removed it."""
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except FileNotFoundError:
        return False
