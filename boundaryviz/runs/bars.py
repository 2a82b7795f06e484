"""Progress bars on standard error, in a terminal or in a notebook."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from time import monotonic
from typing import Any, TextIO, cast

from boundaryviz.jobs.messages import OnProgress
from boundaryviz.scene.plain_text import one_line


class _Forgiving:
    """A stream that may fail: a bar that nobody sees any more stops no training."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, words: str) -> int:
        with suppress(OSError, ValueError):
            self._stream.write(words)
        return len(words)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _Line:
    """A bar of characters, written over itself."""

    _WIDTH = 30
    _REST = 0.1  # seconds between two

    def __init__(self, words: str, stream: TextIO) -> None:
        self._words, self._stream = words, stream
        self._written, self._due = 0, 0.0

    def show(self, done: int, total: int) -> None:
        if (now := monotonic()) < self._due and done < total:
            return
        self._due = now + self._REST
        filled = self._WIDTH * done // max(total, 1)
        self._write(f"{self._words} {'━' * filled}{'─' * (self._WIDTH - filled)} {done:,}/{total:,}")

    def say(self, words: str) -> None:
        """Words alone, while nothing is known of how far it is."""
        self._write(words)

    def end(self) -> None:
        self._write("")

    def _write(self, line: str) -> None:
        self._stream.write(f"\r{line:<{self._written}}" + "\r" * (not line))
        self._stream.flush()
        self._written = len(line)


@contextmanager
def told(words: str, progress: OnProgress | bool | None, before: str = "") -> Iterator[OnProgress]:
    """What is to be called with (done, in all): `progress` where it is a function, or else a `bar`, for False none."""
    if callable(progress):
        yield progress
    else:
        with bar(words, progress, before) as show:
            yield show


@contextmanager
def bar(words: str, shown: bool | None = None, before: str = "") -> Iterator[Callable[[int, int], None]]:
    """A function to call with (done, in all). shown: None shows the bar only where someone can see it move.

    before: words that stand there until it is called for the first time, default the same.
    In a notebook without widgets it is a line of text.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    stream = None if sys.stderr is None else cast("TextIO", _Forgiving(sys.stderr))
    console = Console(file=stream, stderr=True)
    visible = (console.is_terminal or console.is_jupyter) if shown is None else shown
    if visible and console.is_jupyter and stream is not None and find_spec("ipywidgets") is None:
        line = _Line(one_line(words), stream)
        if before:
            line.say(one_line(before))
        try:
            yield line.show
        finally:
            line.end()
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not visible) as progress:
        task = progress.add_task(one_line(before or words), total=None)

        def show(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, description=one_line(words))

        yield show
