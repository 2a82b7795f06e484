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


def duration_words(seconds: float) -> str:
    """About how long, in words: '8 s', '3 min', '1 h 20 min', '5 days'."""
    if seconds < 0.95:
        return "under a second"
    if seconds < 90:
        return f"{seconds:.0f} s" if seconds < 10 else f"{5 * round(seconds / 5):.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, rest = divmod(5 * round(minutes / 5), 60)
    if hours < 48:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{round(seconds / 86_400):,} days"
