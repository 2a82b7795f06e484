"""Processes of ours: how they are started, and what the trainer's does first. Imports nothing heavy, so it starts at
once."""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from boundaryviz.scenario.lock import open_file

Started = tuple[Connection, BaseProcess]


def start(crash_log: str | None = None) -> Started:
    """A process that serves a trainer, and our end of the pipe to it.

    crash_log: file that faulthandler writes to when the process dies from a native fault.
    """
    return spawned(main, "trainer", crash_log)


def spawned(work: Callable[..., None], name: str, *more: object) -> Started:
    """A process that does `work(connection, *more)`, and our end of the pipe to it. Raises OSError."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(theirs, *more), name=f"boundaryviz-{name}", daemon=True)
    try:
        process.start()
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    return ours, process


def end(started: Started) -> None:
    """End a process that nobody has spoken to yet."""
    connection, process = started
    process.kill()
    connection.close()
    process.join()
    process.close()


def main(connection: Connection, crash_log: str | None = None) -> None:
    """What the process does, until `Stop` or until the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the window, which then says Stop
    if crash_log:
        with contextlib.suppress(OSError):  # better no log than no trainer
            # stays open as long as the process
            faulthandler.enable(open_file(crash_log, os.O_WRONLY | os.O_CREAT | os.O_APPEND))
    gc.disable()  # while everything is loaded, all of which stays
    from boundaryviz.engine.serving import serve

    serve(connection)
