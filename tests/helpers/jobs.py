"""Jobs for tests, which behave in all the ways that jobs do."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from boundaryviz.jobs.messages import Tell
from boundaryviz.studies.loky import Loky
from boundaryviz.studies.running import carry_out
from boundaryviz.studies.stores import MemoryStore
from helpers.batches import batches


@dataclass(frozen=True)
class Asked:
    """how: the name of a function of this module without its `does_`. folder: where it may write."""

    JOB: ClassVar[str] = "helpers.jobs:does"
    how: str
    folder: Path = Path()


def does(request: Asked, tell: Tell) -> None:
    globals()[f"does_{request.how}"](request, tell)


def does_count(_request: Asked, tell: Tell) -> None:
    for done in range(1, 4):
        tell.progress(done, 3, "counting")
        tell.result({"square": done**2, "nice": os.nice(0), "threads": os.environ["OMP_NUM_THREADS"]})
        time.sleep(0.11)  # progress is told ten times a second


def does_stay(request: Asked, tell: Tell) -> None:
    """Go on until it is told not to, beside a file that is there as long."""
    place = request.folder / "beside"
    place.touch()
    try:
        while True:
            tell.progress(1, 2)
            time.sleep(0.01)
    finally:
        place.unlink()


def does_tell_pid(_request: Asked, tell: Tell) -> None:
    tell.result(os.getpid())


def does_listen_to_progress_alone(_request: Asked, tell: Tell) -> None:
    while True:
        tell.progress(1, 2)
        time.sleep(0.01)


def does_share(_request: Asked, tell: Tell) -> None:
    """Have processes of its own."""
    store = MemoryStore()
    assert carry_out(batches(range(3)), store, Loky(1)) == []
    tell.result(len(store))


def does_listen_to_nobody(request: Asked, tell: Tell) -> None:
    tell.result(os.getpid())
    time.sleep(600)


def does_fail(_request: Asked, tell: Tell) -> None:
    raise KeyError("oh")


def does_die(_request: Asked, tell: Tell) -> None:
    tell.progress(1, 2)
    os.kill(os.getpid(), signal.SIGKILL)


def does_say_what_cannot_be_sent(_request: Asked, tell: Tell) -> None:
    tell.result(lambda: None)


def does_talk_nonsense(_request: Asked, tell: Tell) -> None:
    tell._connection.send("nonsense")  # type: ignore[attr-defined]
    time.sleep(600)


def does_talk_garbage(_request: Asked, tell: Tell) -> None:
    tell._connection.send_bytes(b"garbage")  # type: ignore[attr-defined]
    time.sleep(600)
