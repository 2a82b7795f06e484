"""Nearest neighbours, for filters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def neighbours(x: NDArray[np.float64], k: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Of each of N points x (N, D), the distances (N, k) to the k others nearest to it and which they are, nearest
    first; of several equally near, which one depends on the order of the points.

    Raises ValueError for too few points.
    """
    from scipy.spatial import cKDTree

    n = len(x)
    if n <= k:
        raise ValueError(
            f"{k} neighbours of a point need at least {k + 1} points to judge, and there are {n}. Ask for fewer."
        )
    gap, at = cKDTree(x).query(x, k + 1)
    mine = at == np.arange(n)[:, None]
    mine[~mine.any(axis=1), -1] = True  # among many copies of itself it is not found: one of them stands in for it
    return gap[~mine].reshape(n, k), at[~mine].reshape(n, k)
