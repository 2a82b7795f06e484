"""How the window reaches the trainer: in a process of its own, or, for tests and scripts, right here."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Protocol

from boundaryviz.engine import worker
from boundaryviz.engine.messages import Failed, FromTrainer, Stop, ToTrainer

if TYPE_CHECKING:
    from boundaryviz.engine.trainer import Trainer


class Link(Protocol):
    """Both ends of a conversation with a trainer."""

    def send(self, message: ToTrainer) -> None:
        """Say something; never waits for the trainer to act on it."""

    def poll(self) -> Iterable[FromTrainer]:
        """What has been said since the last call."""
        ...

    def close(self) -> None:
        """End the conversation and whatever serves it."""

    def fileno(self) -> int | None:
        """What can be watched for answers, as in `select`; None where one has to poll."""
        ...


class InlineLink:
    """A trainer in this process; it works while it is polled."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._said: list[FromTrainer] = []

    def send(self, message: ToTrainer) -> None:
        self._said += self._trainer.handle(message)

    def poll(self) -> list[FromTrainer]:
        said, self._said = self._said + self._trainer.advance(), []
        return said

    def close(self) -> None:
        self._trainer.handle(Stop())

    def fileno(self) -> None:
        return None


class ProcessLink:
    """A trainer in a process of its own, which may die without taking anything along.

    Its death is told once, as a fatal `Failed`; what is sent after that goes nowhere.
    """

    def __init__(self, crash_log: str | None = None, started: worker.Started | None = None) -> None:
        """started: a process that `worker.start` has begun already."""
        self._connection, self._process = started or worker.start(crash_log)
        self.pid = self._process.pid
        self.alive, self._closed = True, False

    def send(self, message: ToTrainer) -> None:
        if self.alive:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # poll() tells of the death
                self._connection.send(message)

    def poll(self) -> list[FromTrainer]:
        said: list[FromTrainer] = []
        try:
            while self.alive and self._connection.poll():
                said.append(message := self._connection.recv())
                if isinstance(message, Failed) and message.fatal:  # its last word
                    self._end()
        except (EOFError, OSError):
            said.append(self._died())
        return said

    def _end(self) -> None:
        self.alive = False
        self._connection.close()

    def _died(self) -> Failed:
        self._end()
        self._process.join(timeout=1.0)
        code = self._process.exitcode
        how = f"was ended by signal {-code}" if code is not None and code < 0 else f"ended with exit code {code}"
        return Failed("in the trainer's process", f"The trainer {how}.", fatal=True)

    def fileno(self) -> int | None:
        # a pipe of Windows is no socket and cannot be watched
        return None if sys.platform == "win32" or not self.alive else self._connection.fileno()

    def close(self) -> None:
        """Ask it to stop; after half a second, make it. Closing twice does no harm."""
        if self._closed:
            return
        self._closed = True
        if self.alive:
            self.send(Stop())
            self._end()
        self._process.join(timeout=0.5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()


StartLink = Callable[[], Link]
