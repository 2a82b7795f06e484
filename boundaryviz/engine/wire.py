"""One end of a pipe between two processes that never makes its owner wait, whatever the other end does or does not do.

A thread writes and a thread reads; the owner puts values in and takes whole ones out. What stops in the middle of a
value, or sends what is none, holds up a thread and nobody else.
"""

from __future__ import annotations

import contextlib
import pickle
import queue
import socket
import threading
from collections import deque
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

_LARGEST = 1 << 30  # bytes of one value; what claims to be larger is none


_FAREWELL = 2.0  # seconds


class WireError(Exception):
    """What came is no value: the other end is not to be trusted any more."""


class Wire:
    """at_end: called in a thread of the wire once the other end is gone, before `take` tells so."""

    def __init__(self, connection: Connection, at_end: Callable[[], object] = lambda: None) -> None:
        self._connection, self._at_end = connection, at_end
        self._out: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._in: deque[bytes | Exception] = deque()
        self._bell, self._ear = socket.socketpair()
        for end in (self._bell, self._ear):
            end.setblocking(False)
        self._threads = [threading.Thread(target=one, daemon=True) for one in (self._read, self._write)]
        for thread, name in zip(self._threads, ("reads", "writes"), strict=True):
            thread.name = f"boundaryviz-{name}"
            thread.start()

    def fileno(self) -> int:
        """Readable, as in `select`, while there is something to take."""
        return self._ear.fileno()

    def put(self, value: object) -> None:
        """Have a value written; what was put before it goes first."""
        self._out.put(value)

    def take(self) -> list[Any]:
        """The values that have come. Raises EOFError once the other end is gone and everything it said was taken, and
        WireError for what is no value."""
        with contextlib.suppress(BlockingIOError):
            while self._ear.recv(4096):
                pass
        values: list[Any] = []
        while self._in:
            one = self._in.popleft()
            if isinstance(one, Exception):
                self._in.appendleft(one)  # it stays so
                if values:
                    self._ring()
                    return values
                raise one
            try:
                values.append(pickle.loads(one))
            except Exception as error:  # whatever a broken pickle leads to
                raise WireError(f"{type(error).__name__}: {error}") from None
        return values

    def close(self) -> None:
        """End it, once the other end is gone or about to be."""
        self._out.put(None)
        for thread in self._threads:
            thread.join(_FAREWELL)
        if not any(thread.is_alive() for thread in self._threads):  # else somebody inherited the other end
            self._connection.close()
        self._bell.close()
        self._ear.close()

    def _read(self) -> None:
        try:
            while True:
                self._in.append(self._connection.recv_bytes(_LARGEST))
                self._ring()
        except EOFError as error:
            end: Exception = error
        except OSError as error:  # a length that cannot be; all else, also an end within a value, is an end
            end = WireError(str(error)) if "length" in str(error) else EOFError()
        except (ValueError, MemoryError) as error:
            end = WireError(str(error))
        self._at_end()
        self._in.append(end)
        self._ring()

    def _ring(self) -> None:
        with contextlib.suppress(OSError):  # it rings already, or nobody listens any more
            self._bell.send(b"\0")

    def _write(self) -> None:
        with contextlib.suppress(OSError):  # gone; the reader tells
            while (value := self._out.get()) is not None:
                self._connection.send_bytes(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))
