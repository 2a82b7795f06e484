"""The trainer's own process: drain the inbox, train a little, maybe send a frame."""

from __future__ import annotations

import contextlib
import faulthandler
import queue
import signal
import threading
from multiprocessing.connection import Connection
from typing import Any

from boundaryviz.engine.messages import Credit, Failed, SetScenario, SetScene, Stop, View


def main(connection: Connection, crash_log: str | None = None) -> None:
    """Serve until `Stop` or until the other end is gone. torch is loaded here, in this process only.

    crash_log: file that faulthandler writes to when the process dies from a native fault.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the window, which then says Stop
    if crash_log:
        with contextlib.suppress(OSError):  # better no log than no trainer
            faulthandler.enable(open(crash_log, "a"))  # noqa: SIM115 - stays open as long as the process
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
        for message in _latest(_drain(inbox, trainer.patience)):
            if isinstance(message, Stop):
                return
            for answer in trainer.handle(message):
                connection.send(answer)
        for answer in trainer.advance():
            connection.send(answer)


def _drain(inbox: queue.SimpleQueue[Any], patience: float | None) -> list[Any]:
    """The messages that lie there; the first may be waited for, None being for ever."""
    messages: list[Any] = []
    try:
        messages.append(inbox.get(timeout=patience))
        while True:
            messages.append(inbox.get_nowait())
    except queue.Empty:
        return messages


def _latest(messages: list[Any]) -> list[Any]:
    """Without the scenes and views that the next message replaces: a fast drag must not hold up training."""
    kept: list[Any] = []
    for message in messages:
        if isinstance(message, Credit):
            kept.insert(0, message)  # changes nothing that the others do
        elif kept and isinstance(message, SetScene | SetScenario | View) and type(kept[-1]) is type(message):
            kept[-1] = message
        else:
            kept.append(message)
    return kept
