"""How long something will still take, from how it went so far."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

_AFTER = 1.0  # seconds before anything is said


class Remaining:
    """Told of progress now and then; the pace is that since the first time something was done."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._first: tuple[float, int] | None = None
        self.seconds: float | None = None
        """Still to come; None while nothing can be said."""

    def tell(self, done: int, of: int) -> None:
        """So much is done, of so much."""
        now = self._clock()
        if self._first is None:
            self._first = now, done
            return
        since, before = self._first
        if now - since >= _AFTER and done > before:
            self.seconds = (now - since) * (of - done) / (done - before)
