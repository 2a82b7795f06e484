"""What goes wrong, in words on standard error, and as an exit code."""

from __future__ import annotations

import logging
import os
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import IntEnum

from boundaryviz.cli.terminal import PrintError, plain
from boundaryviz.scene.plain_text import PARAGRAPH, one_line


class Exit(IntEnum):
    """What the program returns to the shell."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NO_DISPLAY = 3
    INTERRUPTED = 130


@dataclass
class Outcome:
    """The exit code of what runs inside `reported`."""

    code: int = Exit.DONE


@contextmanager
def reported() -> Iterator[Outcome]:
    """Turn exceptions into one message and an exit code; nothing escapes but SystemExit."""
    outcome = Outcome()
    try:
        yield outcome
    except KeyboardInterrupt:
        say("interrupted")
        outcome.code = Exit.INTERRUPTED
    except Exception as error:
        outcome.code = told(error)


@contextmanager
def warnings_said() -> Iterator[None]:
    """What libraries warn of, which may quote others, is said as everything else is."""

    def said(message: Warning | str, *_: object, **__: object) -> None:
        say(f"warning: {message}")

    before = warnings.showwarning
    warnings.showwarning = said
    try:
        yield
    finally:
        warnings.showwarning = before


@contextmanager
def waits_said() -> Iterator[None]:
    """What takes a while before training begins, and what it begins without, is said."""

    class Said(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            say(f"note: {record.getMessage()}")

    heard, handler = logging.getLogger("boundaryviz.engine.device"), Said()
    heard.addHandler(handler)
    try:
        yield
    finally:
        heard.removeHandler(handler)


def told(error: Exception) -> Exit:
    """Say what went wrong; the exit code.

    A mistake of the caller (a file, a value, a device, a place to write) is said in all its parts and gives 2;
    anything else is a failed run and gives 1, with the traceback where BOUNDARYVIZ_TRACEBACK is set.
    """
    from boundaryviz.studies.executors import EngineError

    if problems := _problems(error):
        complain(problems)
        return Exit.USAGE
    if isinstance(error, PrintError | EngineError):
        complain([str(error)])
        return Exit.FAILED
    if os.environ.get("BOUNDARYVIZ_TRACEBACK"):
        say("".join(traceback.format_exception(error)))
    if gone := _gpu_trouble(error):
        complain([f"the run failed: {gone}; --device cpu trains without it"])
        return Exit.FAILED
    complain([f"the run failed: {type(error).__name__}: {error}"])
    return Exit.FAILED


def _gpu_trouble(error: Exception) -> str:
    """What has become of a GPU, in words, where the error is of one; none is without torch."""
    if "torch" not in sys.modules:
        return ""
    from boundaryviz.engine.device import gpu_trouble

    return gpu_trouble(error)


class UsageProblem(ValueError):
    """Something the caller asked for that cannot be."""


def _problems(error: Exception) -> list[str]:
    """What the caller can mend, empty for an error of another kind."""
    from boundaryviz.attacks.targets import AttackError
    from boundaryviz.scenario.cost import MemoryNeeded
    from boundaryviz.scenario.files import WriteError
    from boundaryviz.scenario.scenario import ScenarioError
    from boundaryviz.studies.stores import StoreError
    from boundaryviz.tables.sheet import TableError

    if isinstance(error, ScenarioError | TableError):
        return error.problems
    mendable = (WriteError, UsageProblem, MemoryNeeded, StoreError, AttackError)
    return [str(error)] if isinstance(error, mendable) else []


def complain(problems: list[str]) -> None:
    """Print every problem on standard error, each on a line; long ones without their middle, as what is wrong stands at
    the end."""
    lines = [one_line(_without_middle(problem), PARAGRAPH) for problem in problems]
    if len(lines) == 1:
        say(f"error: {lines[0]}")
    else:
        say("\n  ".join([f"error: {len(lines)} problems", *lines]))


def _without_middle(words: str) -> str:
    half = PARAGRAPH // 2 - 10
    return words if len(words) <= 2 * half else f"{words[:half]}\u2026{words[-half:]}"


def say(words: str) -> None:
    """Print on standard error, as standard output holds results alone; nothing where nobody can hear it.

    What others have written in `words` does not act on the terminal.
    """
    with suppress(OSError, ValueError):
        print(plain(words), file=sys.stderr, flush=True)
