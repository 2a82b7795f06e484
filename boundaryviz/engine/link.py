"""How the window reaches the trainer: in a process of its own, or, for tests and scripts, right here."""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Protocol, get_args

from boundaryviz.engine import worker
from boundaryviz.engine.messages import Batch, Failed, FromTrainer, Heard, Stop, ToTrainer, gather
from boundaryviz.engine.pulse import Pulse
from boundaryviz.engine.wire import Wire, WireError

if TYPE_CHECKING:
    from boundaryviz.engine.trainer import Trainer


_QUIET = 0.25  # seconds after which one that has nothing to say is asked whether it is there
_SOON = 0.5  # seconds for an answer where it works, after which that can be said
_PATIENCE = 1.5  # where it does nothing meanwhile
_UNKNOWN, _STARTS = 3.0, 20.0  # where nobody can tell, and while it loads torch
_UNDER_WAY = 4  # batches that may be sent before the first is answered: a drag need not wait for each answer
_SAID = get_args(FromTrainer)
_LAST_BREATH = 1.0  # seconds from its last word to the end of the process


class Link(Protocol):
    """Both ends of a conversation with a trainer."""

    def send(self, message: ToTrainer) -> ToTrainer | None:
        """Say something; never waits, neither for the trainer to act on it nor for room. Returns the message that this
        one replaces, of those that had not been sent yet."""

    def poll(self) -> Iterable[FromTrainer]:
        """What has been said since the last call."""
        ...

    def silence(self) -> Silence | None:
        """Whether it has not answered for longer than it should, see `ProcessLink`."""

    def close(self) -> None:
        """End the conversation and whatever serves it."""

    def abandon(self) -> None:
        """As `close`, at once, whatever becomes of what serves it."""

    def fileno(self) -> int | None:
        """What can be watched for answers, as in `select`; None where one has to poll."""
        ...


class InlineLink:
    """A trainer in this process; it works while it is polled."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._said: list[FromTrainer] = []

    def send(self, message: ToTrainer) -> None:
        """Have the trainer act on it at once."""
        self._said += self._trainer.handle(message)

    def poll(self) -> list[FromTrainer]:
        """Let the trainer work for a turn; what it has said since the last call."""
        said, self._said = self._said + self._trainer.advance(), []
        return said

    def silence(self) -> None:
        """None: it always answers."""
        return None

    def close(self) -> None:
        """Tell the trainer to stop."""
        self._trainer.handle(Stop())

    abandon = close

    def fileno(self) -> None:
        """None: one has to poll."""
        return None


@dataclass(frozen=True)
class Silence:
    """Of a trainer that has not answered for so many seconds. works: it takes processor time, as in a long fit. begun:
    it has answered before."""

    seconds: float
    works: bool
    begun: bool = True


class ProcessLink:
    """A trainer in a process of its own, which may die, stop or talk nonsense without anybody waiting for it.

    What is sent goes in batches, of which a few may be under way. The end of the process is told once, as a fatal
    `Failed`; what is sent after that goes nowhere.
    """

    def __init__(
        self, crash_log: str | None = None, started: worker.Started | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        """started: a process that `worker.start` has begun already."""
        connection, self._process = started or worker.start(crash_log)
        self.pid = self._process.pid
        self.alive, self._closed = True, False
        self._clock = clock
        self._waiting: list[ToTrainer] = []
        self._numbers = count(1)
        self._asked: deque[tuple[int, float]] = deque()  # number and time of each batch that is under way
        self._spoke = clock()  # when something was heard last
        self._answered = False  # ever
        self._pulse = Pulse(self.pid)
        self._wire = Wire(connection, lambda: self._process.join(_LAST_BREATH))

    def send(self, message: ToTrainer) -> ToTrainer | None:
        """See `Link.send`."""
        if not self.alive:
            return None
        replaced = gather(self._waiting, message)
        self._flush()
        return replaced

    def _flush(self, ping: bool = False) -> None:
        """Send what waits, unless too much is under way. ping: even if nothing waits, to have an answer."""
        if len(self._asked) < _UNDER_WAY and (self._waiting or ping):
            self._asked.append((next(self._numbers), self._clock()))
            self._wire.put(Batch(self._asked[-1][0], tuple(self._waiting)))
            self._waiting.clear()

    def poll(self) -> list[FromTrainer]:
        """See `Link.poll`; the end of the process is told once."""
        said: list[FromTrainer] = []
        if not self.alive:
            return said
        try:
            for message in self._wire.take():
                self._spoke = self._clock()
                if isinstance(message, Heard):
                    self._answered = True
                    while self._asked and self._asked[0][0] <= message.number:
                        self._asked.popleft()
                elif isinstance(message, _SAID):
                    said.append(message)
                    if isinstance(message, Failed) and message.fatal:  # its last word
                        self.alive = False
                        return said
                else:
                    raise WireError(f"a {type(message).__name__}")
        except EOFError:
            said.append(self._died())
        except WireError as error:
            self.alive = False
            self._process.kill()
            words = "What came from the trainer could not be understood, so it was ended."
            said.append(Failed("in the trainer's process", words, str(error), fatal=True))
        else:
            self._flush()
        return said

    def silence(self) -> Silence | None:
        """None while it answers, or has been asked for a moment only; it is asked now and then even if there is nothing
        to say. To be called a few times a second."""
        if not self.alive:
            return None
        now = self._clock()
        works = self._pulse.works()
        if not self._asked:
            self._flush(ping=now - self._spoke >= _QUIET)
            return None
        waited = now - max(self._asked[0][1], self._spoke)
        if works is False:
            return None if waited < _PATIENCE else Silence(waited, False, self._answered)
        if not self._answered:
            return None if waited < _STARTS else Silence(waited, bool(works), False)
        silent = now - self._spoke  # for it was asked only when it had been at it for a while
        if silent < _SOON:
            return None
        return Silence(silent, works is True or waited < _UNKNOWN)

    def _died(self) -> Failed:
        self.alive = False
        code = self._process.exitcode
        how = f"was ended by signal {-code}" if code is not None and code < 0 else f"ended with exit code {code}"
        return Failed("in the trainer's process", f"The trainer {how}.", fatal=True)

    def fileno(self) -> int | None:
        """See `Link.fileno`."""
        # Qt on Windows watches no sockets in this way
        return None if sys.platform == "win32" or not self.alive else self._wire.fileno()

    def close(self) -> None:
        """Ask it to stop; after half a second, make it. Closing twice does no harm."""
        if self._closed:
            return
        self._closed = True
        if self.alive:
            self.alive = False
            self._wire.put(Batch(0, (Stop(),)))
            self._process.join(timeout=0.5)
        self._end()

    def abandon(self) -> None:
        """End it now and wait for nothing, even where it is stopped or stuck."""
        if self._closed:
            return
        self._closed, self.alive = True, False
        self._process.kill()
        threading.Thread(target=self._end, name="boundaryviz-buries", daemon=True).start()

    def _end(self) -> None:
        if self._process.is_alive():
            self._process.kill()
        self._wire.close()  # first, as its reader waits for the process as well
        self._process.join()
        self._process.close()


StartLink = Callable[[], Link]
