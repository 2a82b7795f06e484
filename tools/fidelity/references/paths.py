"""Who gave whom a label, by full search in loops."""

from __future__ import annotations

from math import inf

from numpy.typing import NDArray


def shortest(step: NDArray, labelled: list[int]) -> list[float]:
    """Lengths of the shortest paths from any labelled point, infinite where there is none: Bellman and Ford's rounds.

    step: (n, n), from whom in the row to whom in the column, infinite where no label is handed on.
    """
    n = len(step)
    length = [0.0 if i in labelled else inf for i in range(n)]
    for _ in range(n):
        for to in range(n):
            for by in range(n):
                if length[by] + step[by, to] < length[to]:
                    length[to] = length[by] + float(step[by, to])
    return length


def nearest_earlier(x: NDArray, when: list[float]) -> list[int]:
    """For each point (n, 2) the nearest one with a smaller `when`, -1 where there is none."""
    found = []
    for i, place in enumerate(x):
        best, at = inf, -1
        for j, other in enumerate(x):
            gap = float(((place - other) ** 2).sum())
            if when[j] < when[i] and gap < best:
                best, at = gap, j
        found.append(at)
    return found
