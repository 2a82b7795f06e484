"""The trainer's own process: drain the inbox, train a little, maybe send a frame."""

from __future__ import annotations

import faulthandler
import queue
import signal
import threading
from multiprocessing.connection import Connection
from typing import Any

from boundaryviz.engine.messages import Failed, Stop


def main(connection: Connection, crash_log: str | None = None) -> None:
    """Serve until `Stop` or until the other end is gone. torch is loaded here, in this process only.

    crash_log: file that faulthandler writes to when the process dies from a native fault.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the window, which then says Stop
    log = open(crash_log, "a") if crash_log else None  # noqa: SIM115 - must stay open as long as the process
    if log is not None:
        faulthandler.enable(log)
    inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(connection, inbox), daemon=True).start()
    try:
        from boundaryviz.engine.trainer import Trainer

        _serve(Trainer(), connection, inbox)
    except (BrokenPipeError, ConnectionResetError):
        pass  # the window is gone
    except Exception as error:
        import traceback

        connection.send(Failed("while starting the trainer", str(error), traceback.format_exc(), fatal=True))


def _receive(connection: Connection, inbox: queue.SimpleQueue[Any]) -> None:
    """Read as fast as the other side writes, so that neither ever waits for the other with a full pipe."""
    try:
        while True:
            inbox.put(connection.recv())
    except (EOFError, OSError):
        inbox.put(Stop())


def _serve(trainer: Any, connection: Connection, inbox: queue.SimpleQueue[Any]) -> None:
    while True:
        # with nothing to do, wait for a message; otherwise take what is there and go on
        wait = 0.004 if trainer.busy else 3600.0
        first = True
        while True:
            try:
                message = inbox.get_nowait() if trainer.playing or not first else inbox.get(timeout=wait)
            except queue.Empty:
                break
            first = False
            if isinstance(message, Stop):
                return
            for answer in trainer.handle(message):
                connection.send(answer)
        for answer in trainer.advance():
            connection.send(answer)
