"""Batches for tests, of work that does next to nothing or goes wrong."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from boundaryviz.jobs.messages import Tell
from boundaryviz.studies.tasks import Batch, Task


@dataclass(frozen=True)
class Numbers:
    """Squares numbers. folder: where each call leaves a mark. Negative numbers go wrong, by `how`."""

    WORK: ClassVar[str] = "helpers.batches:squares"
    numbers: tuple[int, ...]
    folder: Path | None = None
    how: str = "raises"


def squares(content: Numbers, tell: Tell) -> list[int]:
    for number in content.numbers:
        if content.folder is not None:
            (content.folder / f"{number}-{os.getpid()}-{time.monotonic_ns()}").touch()
        if number < 0:
            globals()[content.how](content)
    tell.progress(1, 1)
    tell.result(sum(content.numbers))
    return [number**2 for number in content.numbers]


def raises(content: Numbers) -> None:
    raise ValueError(f"no square of {content.numbers}")


def dies(_content: Numbers) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def stays(_content: Numbers) -> None:
    time.sleep(600)


def unsendable(_content: Numbers) -> None:
    raise type("Local", (Exception,), {})("of a class that nobody else has")


def batch(numbers: Sequence[int], folder: Path | None = None, how: str = "raises") -> Batch:
    tasks = tuple(Task(f"square of {number}", f"number {number}") for number in numbers)
    return Batch(tasks, Numbers(tuple(numbers), folder, how))


def batches(numbers: Iterable[int], folder: Path | None = None, how: str = "raises") -> list[Batch]:
    """One for each number."""
    return [batch((number,), folder, how) for number in numbers]
