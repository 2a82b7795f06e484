"""Whether another process gets on with something: told from outside, where it cannot be asked."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

_SPAN = 1.5  # seconds that are looked back over
_TICKS = 3  # hundredths of a second of work in that time that count as work


class Pulse:
    """Looked at a few times a second, it tells whether a process works: takes processor time, or waits for a disk."""

    def __init__(self, pid: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._place, self._clock = Path(f"/proc/{pid}/stat"), clock
        self._seen: deque[tuple[float, int]] = deque()

    def works(self) -> bool | None:
        """Whether it has worked of late; None where that cannot be told: there is no such process, or no /proc."""
        try:
            fields = self._place.read_text().rpartition(")")[2].split()
        except OSError:
            return None
        state, faults, ticks = fields[0], int(fields[9]), int(fields[11]) + int(fields[12])
        now, done = self._clock(), ticks + faults
        self._seen.append((now, done))
        while len(self._seen) > 1 and now - self._seen[1][0] >= _SPAN:
            self._seen.popleft()
        if state in "Tt":  # it was stopped
            return False
        began, before = self._seen[0]
        return state == "D" or done - before >= _TICKS or now - began < _SPAN
