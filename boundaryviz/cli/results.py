"""What a command leaves: files first, then what it prints, so that nothing is lost that could be kept."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from boundaryviz.cli.failures import Exit, say, told


@dataclass(frozen=True)
class Result:
    """A file to be written. write: does it, and raises WriteError."""

    path: str | Path
    write: Callable[[], object]


def deliver(files: Sequence[Result], show: Callable[[], object] = lambda: None) -> Exit:
    """Write every file, whatever becomes of the others; then `show` prints; then say what was written and what was not.

    The first Ctrl+C waits until all that is done. Returns the exit code: of the first failure, if any.
    """
    written: list[Result] = []
    failures: list[Exception] = []
    with first_interrupt_waits() as asked:
        for file in files:
            try:
                file.write()
                written.append(file)
            except Exception as error:  # whatever it is, the others are written
                failures.append(error)
        try:
            show()
        except Exception as error:
            failures.append(error)
    for file in written:
        say(f"wrote {file.path}")
    codes = [told(error) for error in failures]
    return codes[0] if codes else Exit.INTERRUPTED if asked else Exit.DONE


@contextmanager
def first_interrupt_waits() -> Iterator[list[int]]:
    """The first Ctrl+C is only noted, in the list handed out; the next one raises KeyboardInterrupt at once."""
    asked: list[int] = []

    def note(number: int, _frame: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
