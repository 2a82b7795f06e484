"""Where a boundary really is, by bisection along segments, and how far a line is from there."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Beyond = Callable[[NDArray], NDArray]
"""Places (n, 2) to whether each lies beyond the boundary, (n,)."""


def crossings(beyond: Beyond, starts: NDArray, ends: NDArray) -> NDArray:
    """A place (m, 2) of the boundary on each of those segments (n, 2) whose ends lie on different sides."""
    first = beyond(starts)
    apart = first != beyond(ends)
    a, b, side = starts[apart], ends[apart], first[apart]
    for _ in range(60):
        middle = (a + b) / 2
        same = (beyond(middle) == side)[:, None]
        a, b = np.where(same, middle, a), np.where(same, b, middle)
    return np.asarray((a + b) / 2)


def distance(place: NDArray, lines: NDArray) -> float:
    """From a place (2,) to the nearest piece of lines (K, 2), between which rows of NaN stand."""
    best = np.inf
    for a, b in pairwise(lines):
        if np.isnan(a).any() or np.isnan(b).any():
            continue
        along, square = b - a, float((b - a) @ (b - a))
        t = min(max(float((place - a) @ along) / square, 0.0), 1.0) if square else 0.0
        best = min(best, float(np.hypot(*(a + t * along - place))))
    return best
