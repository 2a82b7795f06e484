"""Progress bars on standard error, in a terminal or in a notebook."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

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


@contextmanager
def bar(words: str, shown: bool | None = None) -> Iterator[Callable[[int, int], None]]:
    """A function to call with (done, in all). shown: None shows the bar only where someone can see it move."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(file=None if sys.stderr is None else cast("TextIO", _Forgiving(sys.stderr)), stderr=True)
    visible = (console.is_terminal or console.is_jupyter) if shown is None else shown
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not visible) as progress:
        task = progress.add_task(one_line(words), total=None)

        def show(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield show
