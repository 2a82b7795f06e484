"""Nearest neighbours, for filters, and the graph of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def neighbours(x: NDArray[np.float64], k: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Of each of N points x (N, D), the distances (N, k) to the k others nearest to it and which they are, nearest
    first; of several equally near, which one depends on the order of the points.

    Raises ValueError for too few points.
    """
    from scipy.spatial import cKDTree

    n = len(x)
    if n <= k:
        raise ValueError(
            f"The defence asks for {k} neighbours of each point, which needs at least {k + 1} points, and there are "
            f"{n}. Ask for fewer neighbours."
        )
    gap, at = cKDTree(x).query(x, k + 1)
    mine = at == np.arange(n)[:, None]
    mine[~mine.any(axis=1), -1] = True  # among many copies of itself it is not found: one of them stands in for it
    return gap[~mine].reshape(n, k), at[~mine].reshape(n, k).astype(np.int64)


def graph(x: NDArray[np.float64], k: int) -> csr_array:
    """The graph (N, N) in which two points are joined where one is among the k nearest of the other, with weight 1."""
    from scipy.sparse import csr_array

    n = len(x)
    _, near = neighbours(x, k)
    rows = np.repeat(np.arange(n), k)
    directed = csr_array((np.ones(n * k), (rows, near.ravel())), shape=(n, n))
    return directed.maximum(directed.T).tocsr()
