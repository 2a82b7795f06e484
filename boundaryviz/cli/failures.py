"""What goes wrong, in words on standard error, and as an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum


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
    """Turn exceptions into one message and an exit code; nothing escapes but SystemExit.

    A mistake of the caller (a file, a value, a device, a place to write) is said in all its parts and gives 2;
    anything else is a failed run and gives 1, with the traceback where BOUNDARYVIZ_TRACEBACK is set.
    """
    outcome = Outcome()
    try:
        yield outcome
    except KeyboardInterrupt:
        say("interrupted")
        outcome.code = Exit.INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        outcome.code = Exit.FAILED
    except Exception as error:
        problems = _problems(error)
        if problems:
            complain(problems)
            outcome.code = Exit.USAGE
        else:
            if os.environ.get("BOUNDARYVIZ_TRACEBACK"):
                traceback.print_exc()
            complain([f"the run failed: {type(error).__name__}: {error}"])
            outcome.code = Exit.FAILED


class UsageProblem(ValueError):
    """Something the caller asked for that cannot be."""


def _problems(error: Exception) -> list[str]:
    """What the caller can mend, empty for an error of another kind."""
    from boundaryviz.scenario.cost import MemoryNeeded
    from boundaryviz.scenario.files import WriteError
    from boundaryviz.scenario.scenario import ScenarioError

    if isinstance(error, ScenarioError):
        return error.problems
    return [str(error)] if isinstance(error, WriteError | UsageProblem | MemoryNeeded) else []


def complain(problems: list[str]) -> None:
    """Print every problem on standard error."""
    if len(problems) == 1:
        say(f"error: {problems[0]}")
    else:
        say("\n  ".join([f"error: {len(problems)} problems", *problems]))


def say(words: str) -> None:
    """A line on standard error: standard output holds results alone."""
    print(words, file=sys.stderr, flush=True)
