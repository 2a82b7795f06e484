"""A job as whoever asked for it sees it: started, listened to, cancelled, ended. No Qt."""

from __future__ import annotations

import sys
from typing import Protocol, get_args

from boundaryviz.engine.wire import Wire, WireError
from boundaryviz.engine.worker import Started
from boundaryviz.jobs import worker
from boundaryviz.jobs.messages import Begin, Cancel, Ended, FromJob, Leave, Request

_SAID = get_args(FromJob)
_LAST_BREATH = 1.0  # seconds from its last word to the end of the process
PATIENCE = 2.0  # seconds that a process which was asked to end has to go


class JobError(Exception):
    """A job that could not be started; its text is a sentence."""


class Job(Protocol):
    """A job that has been asked for."""

    def poll(self) -> list[FromJob]:
        """What has been said since the last call; the last word is `Ended`, once."""
        ...

    def cancel(self) -> None:
        """Ask it to end in good order; `Ended` follows."""

    def kill(self) -> None:
        """End it now; nothing more is told. Ending it twice does no harm."""

    def close(self) -> None:
        """End it in good order, and wait for that as long as it is sensible; nothing more is told."""

    def fileno(self) -> int | None:
        """What can be watched for answers, as in `select`; None where one has to poll."""
        ...


class ProcessJob:
    """A job in a process of its own. Whatever becomes of that process is told as `Ended`, and touches nothing else.

    stays: the process goes on to wait for other requests, see `again`, so that what it has loaded is there at once.
    """

    def __init__(self, request: Request, started: Started | None = None, stays: bool = False) -> None:
        """Raises JobError where no process can be started."""
        try:
            connection, self._process = started or worker.start()
        except OSError as error:
            raise JobError(f"Its process could not be started: {error.strerror or error}.") from error
        self.pid = self._process.pid
        self._ended = self._cancelled = self._closed = self._over = False
        self._stays, self._older = stays, 0  # requests that were replaced and have not told their end yet
        self._wire = Wire(connection, lambda: self._process.join(_LAST_BREATH))
        self._wire.put(Begin(request, stays))

    @property
    def waits(self) -> bool:
        """Whether it waits for another request, what was asked having ended."""
        return self._stays and self._over and not self.gone

    @property
    def gone(self) -> bool:
        """Whether its process has ended and all was told, so that nothing can be asked of it any more."""
        return self._ended or self._closed

    def again(self, request: Request) -> None:
        """Ask a process that stays for something else. What is under way is given up, and nothing more is told of it.

        Of a process that has ended nothing follows but what told so.
        """
        assert self._stays
        if not self.gone:
            self._older += not self._over
            self._over = self._cancelled = False
            self._wire.put(Begin(request, True))

    def poll(self) -> list[FromJob]:
        """What the job has said since the last call."""
        said: list[FromJob] = []
        if self.gone:
            return said
        try:
            for message in self._wire.take():
                if not isinstance(message, _SAID):
                    raise WireError(f"a {type(message).__name__}")
                last = isinstance(message, Ended)
                if self._older:
                    self._older -= last
                    continue
                said.append(message)
                self._over = last
                if last and not self._stays:
                    self._ended = True
                    return said
        except EOFError:
            words = "Cancelled." if self._cancelled else "Its process ended unexpectedly."
        except WireError:
            self._process.kill()
            words = "What came from its process could not be understood, so it was ended."
        else:
            return said
        self._ended = True
        return said if self._over else [*said, Ended(words)]

    def cancel(self) -> None:
        """Ask it to end."""
        if not self._closed:
            self._cancelled = True
            self._wire.put(Cancel())

    def kill(self) -> None:
        """End it now."""
        if self._closed:
            return
        self._closed = True
        if self._process.is_alive():
            self._process.kill()
        self._wire.close()  # first, as its reader waits for the process as well
        self._process.join()
        self._process.close()

    def close(self) -> None:
        """End it, and let go of its pipe."""
        if not self._closed:
            self._wire.put(Leave() if self._stays else Cancel())
            self._process.join(PATIENCE)
            self.kill()

    def fileno(self) -> int | None:
        """What can be watched for answers; None where one has to poll."""
        # Qt on Windows watches no sockets in this way
        return None if sys.platform == "win32" or self._closed else self._wire.fileno()
