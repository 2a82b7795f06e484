"""A job's process: what it does first, what it does when it is cancelled, and when nobody is there any more.

Imports nothing heavy; what the job needs is loaded when its request has come.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from multiprocessing.connection import Connection
from time import monotonic

from boundaryviz.attacks.targets import AttackError
from boundaryviz.engine import worker
from boundaryviz.jobs.lookup import function_named
from boundaryviz.jobs.messages import Begin, Cancel, Cancelled, Ended, FromJob, Leave, Progress, Result
from boundaryviz.scenario.cost import MemoryNeeded
from boundaryviz.scenario.files import WriteError
from boundaryviz.scenario.scenario import ScenarioError
from boundaryviz.scenario.sweep import SweepError
from boundaryviz.scene.plain_text import one_line

_GENTLE = 5  # by how much a job gives way to other processes, the window's trainer among them
_EVERY = 0.1  # seconds between two messages of progress
_GRACE = 2.0  # seconds for a job that nobody waits for to clear up
CANCELLED = "Cancelled."
_MENDABLE = (WriteError, MemoryNeeded, SweepError, AttackError)
"""Besides ScenarioError, what whoever asks can mend: its words are a whole sentence."""


def start() -> worker.Started:
    """A process that waits for a job, and our end of the pipe to it. Raises OSError where none can be started."""
    return worker.spawned(main, "job")


def main(connection: Connection) -> None:
    """What the process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the window, which then cancels
    multiprocessing.current_process().daemon = False  # it may have processes of its own, as studies do
    if hasattr(os, "nice"):
        os.nice(_GENTLE)
    os.environ["OMP_NUM_THREADS"] = "1"  # read when the libraries that train are loaded
    with contextlib.suppress(EOFError, OSError):  # nobody is there any more
        begin = connection.recv()
        if isinstance(begin, Begin):
            teller = _Teller(connection, begin.stays)
            while begin is not None:
                _work(begin, teller)
                begin = teller.next() if begin.stays else None


class _Teller:
    """A `Tell` that writes to the pipe; it listens there in a thread of its own."""

    def __init__(self, connection: Connection, stays: bool = False) -> None:
        self._connection, self._stays = connection, stays
        self._unwanted = threading.Event()
        self._come: list[object] = []  # what was said since the present request was taken
        self._heard = threading.Condition()
        self._lately = -_EVERY
        self.working = False
        """Whether the job itself has begun, which has to be ended in good order; loading can just stop."""
        threading.Thread(target=self._listen, name="boundaryviz-listens", daemon=True).start()

    def next(self) -> Begin | None:
        """Wait for the newest request that was not cancelled; None where the process is to leave. Those that it takes
        the place of have ended."""
        self.working = False
        while True:
            with self._heard:
                self._heard.wait_for(lambda: self._come)
                come, self._come = self._come, []
                if any(isinstance(one, Leave) for one in come):
                    return None
                wanted = come[-1] if isinstance(come[-1], Begin) else None
                self._unwanted.clear()
            for one in come:
                if isinstance(one, Begin) and one is not wanted:
                    self.end(CANCELLED)
            if wanted is not None:
                return wanted

    def progress(self, done: int, of: int, words: str = "") -> None:
        if self._unwanted.is_set():
            raise Cancelled
        if done >= of or monotonic() - self._lately >= _EVERY:
            self._lately = monotonic()
            self._send(Progress(done, of, words))

    def result(self, value: object) -> None:
        self._send(Result(value))

    def end(self, words: str = "") -> None:
        """Say the last word."""
        self._send(Ended(words))

    def _send(self, message: FromJob) -> None:
        try:
            self._connection.send(message)
        except OSError:
            raise Cancelled from None

    def _listen(self) -> None:
        """Until the other end is gone, or anything comes to a process that does not stay, which can only be Cancel."""
        with contextlib.suppress(Exception):
            while True:
                message = self._connection.recv()
                with self._heard:
                    self._come.append(message)
                    self._unwanted.set()
                    self._heard.notify()
                leaves = isinstance(message, Leave) or (isinstance(message, Cancel) and not self._stays)
                if leaves and not self.working:
                    os._exit(0)
        self._unwanted.set()
        if self.working:
            threading.Event().wait(_GRACE)
        os._exit(1)


def _work(begin: Begin, teller: _Teller) -> None:
    """Do it, and say how it ended."""
    try:
        function = function_named(type(begin.request).JOB)
        teller.working = True
        function(begin.request, teller)
        words = ""
    except Cancelled:
        words = CANCELLED
    except Exception as error:
        if os.environ.get("BOUNDARYVIZ_TRACEBACK"):
            traceback.print_exc(file=sys.stderr)
        words = failure_words(error)
    with contextlib.suppress(Cancelled):
        teller.end(words)


def failure_words(error: Exception) -> str:
    """Why a job failed, in a line for the window, which shows no paths of settings."""
    if isinstance(error, ScenarioError):
        return one_line("; ".join(_without_path(problem) for problem in error.problems))
    if isinstance(error, _MENDABLE):
        return one_line(_without_path(str(error)))
    return one_line(f"the run failed: {type(error).__name__}: {error}")


def _without_path(words: str) -> str:
    """'poison: There is ...' as 'There is ...'."""
    path, colon, rest = words.partition(": ")
    return rest if colon and path.isidentifier() else words
