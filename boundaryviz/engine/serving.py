"""The trainer's loop: drain the inbox, train a little, maybe send a frame."""

from __future__ import annotations

import gc
import queue
import threading
import traceback
from multiprocessing.connection import Connection
from typing import Any

from boundaryviz.engine.messages import Batch, Failed, Heard, Stop, ToTrainer, gather


def serve(connection: Connection) -> None:
    """Serve until `Stop` or until the other end is gone. torch is loaded here, while messages already come in."""
    inbox: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(connection, inbox), daemon=True).start()
    try:
        from boundaryviz.engine.trainer import Trainer

        gc.freeze()  # nor is it looked through ever after
        gc.enable()
        _turns(Trainer(), connection, inbox)
    except (BrokenPipeError, ConnectionResetError):
        pass  # the window is gone
    except Exception as error:
        connection.send(Failed("while starting the trainer", str(error), traceback.format_exc(), fatal=True))


def _receive(connection: Connection, inbox: queue.SimpleQueue[Batch | None]) -> None:
    """Read as fast as the other side writes, so that neither ever waits for the other with a full pipe."""
    try:
        while True:
            inbox.put(connection.recv())
    except (EOFError, OSError):
        inbox.put(None)


def _turns(trainer: Any, connection: Connection, inbox: queue.SimpleQueue[Batch | None]) -> None:
    while True:
        batches = _drain(inbox, trainer.patience)
        waiting: list[ToTrainer] = []
        for batch in batches:
            for message in (Stop(),) if batch is None else batch.messages:
                gather(waiting, message)
        for message in waiting:
            if isinstance(message, Stop):
                return
            for answer in trainer.handle(message):
                connection.send(answer)
        if batches and (last := batches[-1]) is not None:
            connection.send(Heard(last.number))
        for answer in trainer.advance():
            connection.send(answer)


def _drain(inbox: queue.SimpleQueue[Batch | None], patience: float | None) -> list[Batch | None]:
    """The batches that lie there, None being the end; the first is waited for, for `patience` seconds or for ever."""
    batches: list[Batch | None] = []
    try:
        batches.append(inbox.get(timeout=patience))
        while True:
            batches.append(inbox.get_nowait())
    except queue.Empty:
        return batches
