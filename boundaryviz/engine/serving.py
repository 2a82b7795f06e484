"""The trainer's loop: drain the inbox, train a little, maybe send a frame."""

from __future__ import annotations

import queue
import threading
import traceback
from multiprocessing.connection import Connection
from typing import Any

from boundaryviz.engine.messages import Credit, Failed, SetScenario, SetScene, Stop, View


def serve(connection: Connection) -> None:
    """Serve until `Stop` or until the other end is gone. torch is loaded here, while messages already come in."""
    inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(connection, inbox), daemon=True).start()
    try:
        from boundaryviz.engine.trainer import Trainer

        _turns(Trainer(), connection, inbox)
    except (BrokenPipeError, ConnectionResetError):
        pass  # the window is gone
    except Exception as error:
        connection.send(Failed("while starting the trainer", str(error), traceback.format_exc(), fatal=True))


def _receive(connection: Connection, inbox: queue.SimpleQueue[Any]) -> None:
    """Read as fast as the other side writes, so that neither ever waits for the other with a full pipe."""
    try:
        while True:
            inbox.put(connection.recv())
    except (EOFError, OSError):
        inbox.put(Stop())


def _turns(trainer: Any, connection: Connection, inbox: queue.SimpleQueue[Any]) -> None:
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
