"""Interleaved timing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median

import numpy as np

Work = Callable[[int], object]
"""Does the same thing n times over; one that is done in another process returns the time it took there."""


class Elsewhere(float):
    """Seconds of CPU time of another process, which count instead of this one's."""


_ROUNDS = 9
_SLICE = 0.05  # seconds of one turn
_TICK = 1e-9  # seconds: what the clock cannot see


def interleaved(works: Sequence[Work], least: bool = False) -> list[list[float]]:
    """Seconds of CPU time that doing each once takes, for each round; in every round each has its turn.

    least: one round, in which each is done once.
    """
    changes = [1 if least else _change(work) for work in works]
    seconds: list[list[float]] = [[] for _ in works]
    for _ in range(1 if least else _ROUNDS):
        for work, n, taken in zip(works, changes, seconds, strict=True):
            taken.append(max(_seconds(work, n) / n, _TICK))
    return seconds


def ratio(of: list[float], to: list[float]) -> float:
    """Median over the rounds of `of` / `to`: drift of the machine's speed cancels within a round."""
    return median(a / b for a, b in zip(of, to, strict=True))


def _change(work: Work) -> int:
    """How often fits into one turn; also warms up."""
    n = 1
    while True:
        taken = _seconds(work, n)
        if taken >= _SLICE / 2:
            return max(1, round(n * _SLICE / taken))
        n = max(2 * n, min(64 * n, int(n * _SLICE / max(taken, 1e-5))))


def _seconds(work: Work, n: int) -> float:
    """CPU time that doing it n times takes, here or elsewhere."""
    began = time.process_time()
    elsewhere = work(n)
    return elsewhere if isinstance(elsewhere, Elsewhere) else time.process_time() - began


def repeated(once: Callable[[], object]) -> Work:
    """Work from something that is done once."""

    def work(n: int) -> None:
        for _ in range(n):
            once()

    return work


def gaps(times: Sequence[float]) -> list[float]:
    """Milliseconds between neighbours."""
    return [(b - a) * 1000 for a, b in pairwise(times)]


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and the greatest."""
    middle, p95 = np.percentile(values, [50, 95]).tolist()
    return {"median": middle, "p95": p95, "most": max(values)}


def span(seconds: float) -> str:
    """A duration in three digits."""
    return f"{seconds * 1e3:.3g} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.3g} µs"
