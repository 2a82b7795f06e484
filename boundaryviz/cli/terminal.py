"""Standard streams, which may be closed, full or no longer read; what goes there does not act on a terminal."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import sys
from collections.abc import Iterator
from time import monotonic
from typing import Any, TextIO

from boundaryviz.scene.plain_text import PARAGRAPH, one_line

_EVERY = 0.1  # seconds between two lines of progress


class PrintError(OSError):
    """Standard output took nothing more; its text is a sentence for people."""


def open_streams() -> None:
    """Put something in the place of every standard stream that is closed.

    The first files that we open would get their numbers otherwise, and whatever a library says would be written into
    them. Standard output is put there so that printing fails.
    """
    for number, how in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            handle = os.open(os.devnull, how)  # the smallest number that is free, which is this one
            os.set_inheritable(handle, True)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - for as long as the program runs
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def take_any_letter() -> None:
    """Have the standard streams write what their encoding has no letter for as an escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@contextlib.contextmanager
def printing() -> Iterator[TextIO]:
    """Standard output, for what the block prints. Raises PrintError where it cannot be written to."""
    out = sys.stdout
    try:
        yield out
        out.flush()
    except PrintError:
        raise
    except (OSError, ValueError) as error:
        if isinstance(error, ValueError) and not out.closed:
            raise
        silence()
        raise PrintError(_why(error)) from error


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, BrokenPipeError):
        return "Standard output was closed by its reader before everything was printed."
    if not isinstance(error, OSError) or error.errno == errno.EBADF:
        return "Standard output is closed; nothing was printed to it."
    return f"Not everything could be printed to standard output: {error.strerror or error}."


def silence() -> None:
    """Let go of what standard output has not taken, which would be tried again, and fail again, at the end."""
    with contextlib.suppress(OSError, ValueError):
        handle = os.open(os.devnull, os.O_WRONLY)
        os.dup2(handle, sys.stdout.fileno())
        os.close(handle)


def plain(words: str) -> str:
    """Words of one or several lines, which may begin with spaces, without what acts on a terminal."""
    rows = words.splitlines()
    return "\n".join(" " * (len(row) - len(row.lstrip(" "))) + one_line(row, PARAGRAPH) for row in rows)


def as_json(value: Any, indent: int | None = 2) -> str:
    """`value` as JSON of visible ASCII, so that nothing in it acts on a terminal."""
    return json.dumps(value, indent=indent, allow_nan=False).replace("\x7f", "\\u007f")


def print_json(value: Any) -> None:
    """Raises PrintError."""
    with printing() as out:
        out.write(as_json(value) + "\n")


class Lines:
    """JSON lines on standard output for a program that watches. Where it no longer does, the work goes on, and `lost`
    says why nothing more was told."""

    def __init__(self) -> None:
        self.lost: PrintError | None = None
        self._last = -_EVERY

    def tell(self, said: dict[str, Any]) -> None:
        """Print a line at once, as JSON."""
        if self.lost is not None:
            return
        try:
            with printing() as out:
                out.write(as_json(said, None) + "\n")
        except PrintError as error:
            self.lost = error

    def progress(self, done: int, total: int, **more: str) -> None:
        """Tell {"done": ..., "of": ...}, a few times a second and at the end of each part."""
        if done == total or monotonic() - self._last >= _EVERY:
            self._last = monotonic()
            self.tell({**more, "done": done, "of": total})
