"""Shapley values of nearest neighbours, in closed form."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def knn_shapley(near: NDArray[np.float64], right: NDArray[np.bool_], k: int) -> NDArray[np.float64]:
    """The Shapley value (N,) of each point for the share of k votes that are right, a vote that nobody casts being
    wrong; near: how far each point is, (N,), equal ones in their order. They sum to that share.

    Of the farthest right / N min(K, N) / K; of the others, from far to near, s_i = s_{i+1} + (right_i - right_{i+1}) /
    K min(K, i) / i with i counted from 1 (Jia et al. 2019, theorem 1, whose first value is for N >= K).
    """
    n = len(near)
    if not n:
        return np.empty(0)
    order = np.argsort(near, kind="stable")
    votes = right[order].astype(np.float64)
    i = np.arange(1, n)
    gains = (votes[:-1] - votes[1:]) / k * np.minimum(k, i) / i
    sums = votes[-1] / n * min(k, n) / k + np.append(np.cumsum(gains[::-1])[::-1], 0.0)
    found = np.empty(n)
    found[order] = sums
    return found
