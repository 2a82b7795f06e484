"""How many steps go into one call, so that a turn of training ends on time."""

from __future__ import annotations

import math

TURN = 0.004  # seconds of work between two looks at the inbox


class Blocks:
    """Sizes blocks of steps by what the last one took; a block is at most twice as long as the one before."""

    def __init__(self) -> None:
        self._last, self._each = 1, math.inf  # steps of the last block, and seconds that each of them took

    def size(self, free: int, seconds: float) -> int:
        """How many of the `free` steps, at least one, fill so many seconds."""
        fill = math.ceil(seconds / self._each) if self._each > 0 else free
        return max(1, min(free, fill, 2 * self._last))

    def took(self, steps: int, seconds: float) -> None:
        """A block has been done. After a change the first step is a block of its own, and so is timed anew."""
        self._last, self._each = steps, seconds / steps
