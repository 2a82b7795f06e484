"""Where a file goes: what lies at a path, why nothing may be written there, what the new file keeps of an old one."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import select
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 10.0
"""Seconds that the reader of a pipe may take to come, or to read on."""

_LINKS = 40  # that are followed, as the system does
_DIRECT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)  # a pipe without a reader must not hang
_REFUSED = {errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EINVAL, errno.ENOSYS}
_ACL = "system.posix_acl_access"
_REASONS = {
    errno.ENOSPC: ("the disk is full", "Make room or choose another place"),
    errno.EDQUOT: ("what you may keep on this disk is used up", "Make room or choose another place"),
    errno.EFBIG: ("File too large for this disk or account", "Make room or choose another place"),
    errno.EROFS: ("this disk can only be read", "Choose another place"),
    errno.EIO: ("the disk reports an error", "Choose another place"),
    errno.ENAMETOOLONG: ("the name is too long", "Choose a shorter one"),
    errno.ELOOP: ("its links lead round in a circle", "Choose another place"),
}


class WriteError(OSError):
    """A file that could not be written; its text is a sentence for people."""


class ProtectedError(WriteError):
    """A file that is not overwritten unasked: it is read-only, has other names too, or would lose its owner,
    permissions or attributes. Whoever is asked and agrees writes it with `anyway`."""


@dataclass(frozen=True)
class Place:
    """What a path leads to.

    given: the path. real: without links. found: what lies there, None for nothing. own: the number of an open file of
    this process that the path stands for, such as /dev/stdout.
    """

    given: str | Path
    real: Path
    found: os.stat_result | None
    own: int | None = None

    @property
    def flows(self) -> bool:
        """Whether it is written to as it is, and not replaced: a device, a pipe, an open file of ours."""
        kind = 0 if self.found is None else self.found.st_mode
        return self.own is not None or stat.S_ISCHR(kind) or stat.S_ISFIFO(kind)


def find(path: str | Path) -> Place:
    """What `path` leads to, links followed. Raises WriteError where no file can be written, and OSError."""
    if not os.path.basename(path):
        raise WriteError(f"Cannot write {str(path)!r}: it names no file. Give a file name.")
    try:
        own = _own_file(os.fspath(path))
        if own is not None:
            return Place(path, Path(path), os.fstat(own), own)
        found = _stat(path)
    except ValueError:
        raise WriteError(f"Cannot write {str(path)!r}: the name holds a NUL character. Choose another name.") from None
    if found is not None and not stat.S_ISREG(found.st_mode):
        place = Place(path, Path(path), found)
        if not place.flows:
            raise WriteError(f"Cannot write {path}: it is {_kind(found.st_mode)}. Choose another name.")
        return place
    place = Place(path, Path(os.path.realpath(path)), found)
    if not place.real.parent.is_dir():
        words = f"there is no folder {place.real.parent}. Create it or choose another place."
        raise WriteError(f"Cannot write {path}: {words}")
    return place


def _stat(path: str | Path) -> os.stat_result | None:
    try:
        return os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _own_file(path: str) -> int | None:
    """The number N where `path` leads to /dev/fd/N or /proc/self/fd/N. What that leads to is no path: opened anew it
    would begin at the start of a file, and a pipe or socket has no name at all."""
    own = re.compile(rf"/dev/fd|/proc/{os.getpid()}(/task/\d+)?/fd")
    for _ in range(_LINKS):
        folder, name = os.path.realpath(os.path.dirname(path)), os.path.basename(path)
        if name.isascii() and name.isdigit() and own.fullmatch(folder):
            return int(name)
        if not os.path.islink(path):
            return None
        path = os.path.join(folder, os.readlink(path))
    return None


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a disk" if stat.S_ISBLK(mode) else "a socket"


def check_unprotected(place: Place) -> None:
    """Raise ProtectedError for a file that is read-only, or has more than one name."""
    if place.found is None:
        return
    if not place.found.st_mode & 0o222 or not os.access(place.real, os.W_OK):
        raise ProtectedError(
            f"Cannot write {place.given}: it is read-only. Allow writing to it, or choose another place."
        )
    if place.found.st_nlink > 1:  # writing into it, as links want it, could not be undone where it fails
        raise ProtectedError(
            f"Cannot write {place.given}: the file has {place.found.st_nlink} names (hard links), and a new one would "
            "stand under this name alone. Delete this name first, or choose another place."
        )


def dress(handle: int, place: Place) -> None:
    """Give a new open file the owner, permissions and attributes of the one that lies at `place`, if any.

    Raises ProtectedError that says which of them cannot be given; the others have been.
    """
    if place.found is None or os.name != "posix":
        return
    old, new, lost = place.found, os.fstat(handle), list[str]()
    for what, differs, ids in (
        ("its owner", old.st_uid != new.st_uid, (old.st_uid, -1)),
        ("its group", old.st_gid != new.st_gid, (-1, old.st_gid)),
    ):
        with _noting(lost, what):
            if differs:
                os.chown(handle, *ids)
    with _noting(lost, "its permissions"):
        if stat.S_IMODE(old.st_mode) != stat.S_IMODE(os.fstat(handle).st_mode):
            os.chmod(handle, stat.S_IMODE(old.st_mode))
    if hasattr(os, "listxattr"):
        lost += _keep_attributes(handle, place.real)
    if lost:
        raise ProtectedError(
            f"Cannot write {place.given} without {' and '.join(lost)} being lost, which cannot be set here. "
            "Delete it first, or choose another place."
        )


def _keep_attributes(handle: int, old: Path) -> list[str]:
    """Copy extended attributes, access lists among them; what could not be copied, in words."""
    lost: list[str] = []
    try:
        names = os.listxattr(old)
        if _ACL in os.listxattr(handle) and _ACL not in names:  # which the folder gives to every new file
            os.removexattr(handle, _ACL)
    except OSError:  # this disk has no attributes
        return lost
    for name in names:
        with _noting(lost, f"its attribute {name}"):
            if not name.startswith("security."):  # the system sees to those
                os.setxattr(handle, name, os.getxattr(old, name))
    return lost


@contextlib.contextmanager
def _noting(lost: list[str], what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _REFUSED:
            raise
        lost.append(what)


def check_flows(place: Place) -> None:
    """Raise PermissionError for a device, pipe or open file that may not be written to. A pipe is not opened: its
    reader would take that for all."""
    if place.own is None:
        allowed = os.access(place.real, os.W_OK)
    else:
        import fcntl

        allowed = fcntl.fcntl(place.own, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY
    if not allowed:
        raise PermissionError(errno.EACCES, "it may not be written to")


def pour(place: Place, data: bytes | memoryview) -> None:
    """Write to what `flows`. Raises OSError; a named pipe that nobody reads for `PATIENCE` seconds is given up."""
    if place.own is not None:
        handle, patience = os.dup(place.own), None
    else:
        handle, patience = _opened(place.real), PATIENCE
    try:
        write_all(handle, data, patience)
    finally:
        os.close(handle)


def _opened(path: Path) -> int:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return os.open(path, os.O_WRONLY | _DIRECT)
        except OSError as error:
            if error.errno != errno.ENXIO or not path.is_fifo():
                raise
            if time.monotonic() > end:
                raise TimeoutError("nobody reads this pipe") from None
        time.sleep(min(0.05, PATIENCE))


def write_all(handle: int, data: bytes | memoryview, patience: float | None = None) -> None:
    """Write all of `data` to an open file. patience: seconds without being able to, None for as long as it takes."""
    left = memoryview(data).cast("B")
    while left:
        try:
            left = left[os.write(handle, left) :]
        except BlockingIOError:
            if not select.select([], [handle], [], patience)[1]:
                raise TimeoutError("nobody reads this pipe any more") from None


def why_not(path: str | Path, error: OSError) -> WriteError:
    """`error` as a sentence that says what went wrong, what has become of what was there, and what to do."""
    try:
        place: Place | None = find(path)
    except (OSError, ValueError):
        place = None
    if place is not None and place.flows:
        why = "it is full" if error.errno == errno.ENOSPC else error.strerror or str(error)
        return WriteError(f"Cannot write {path}: {why}. It is no file on a disk, and may have taken a part.")
    if isinstance(error, PermissionError):
        folder = Path(os.path.realpath(path)).parent
        why, remedy = f"no permission to write in {folder}", "Choose another place"
    else:
        why, remedy = _REASONS.get(error.errno or 0, (error.strerror or str(error), "Choose another place"))
    untouched = "" if place is None or place.found is None else "; what was there is untouched"
    return WriteError(f"Cannot write {path}: {why}. {remedy}{untouched}.")
