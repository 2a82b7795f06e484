"""Interleaved timing, and rows of the table."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

Work = Callable[[int], object]
"""Does the same thing n times over."""

_ROUNDS = 9
_SLICE = 0.05  # seconds of one turn


@dataclass(frozen=True)
class Row:
    """One line of the table: what is measured `against` what, and what is `reached` of which `floor`, if there is one.

    unit of both: × or %.
    """

    what: str
    against: str
    detail: str
    reached: float | None = None
    floor: float | None = None
    unit: str = "×"

    @property
    def holds(self) -> bool | None:
        """Whether the floor is reached; None where there is none."""
        if self.floor is None or self.reached is None:
            return None
        return self.reached >= self.floor


def interleaved(works: Sequence[Work], rounds: int = _ROUNDS) -> list[list[float]]:
    """Seconds of CPU time that doing each once takes, for each round; in every round each has its turn."""
    changes = [_change(work) for work in works]
    seconds: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, n, taken in zip(works, changes, seconds, strict=True):
            began = time.process_time()
            work(n)
            taken.append((time.process_time() - began) / n)
    return seconds


def ratio(of: list[float], to: list[float]) -> float:
    """Median over the rounds of `of` / `to`: drift of the machine's speed cancels within a round."""
    return median(a / b for a, b in zip(of, to, strict=True))


def _change(work: Work) -> int:
    """How often fits into one turn; also warms up."""
    n = 1
    while True:
        began = time.process_time()
        work(n)
        taken = time.process_time() - began
        if taken >= _SLICE / 2:
            return max(1, round(n * _SLICE / taken))
        n = max(2 * n, min(64 * n, int(n * _SLICE / max(taken, 1e-5))))


def repeated(once: Callable[[], object]) -> Work:
    """Work from something that is done once."""

    def work(n: int) -> None:
        for _ in range(n):
            once()

    return work


def span(seconds: float) -> str:
    """A duration in three digits."""
    return f"{seconds * 1e3:.3g} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.3g} µs"
