"""Gaussian kernels: weights between points, and weighted sums at many places."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

_FLOATS = 1 << 22  # of one table of weights; more places are worked through in parts


def gaussian(a: NDArray[np.float64], b: NDArray[np.float64], gamma: float) -> NDArray[np.float64]:
    """exp(-gamma |a_i - b_j|^2), (n, m), of points (n, D) and (m, D)."""
    weight: NDArray[np.float64] = cdist(a, b, "sqeuclidean")
    weight *= -gamma
    return np.exp(weight, out=weight)


def weighted_sums(
    places: NDArray[np.float64], points: NDArray[np.float64], values: NDArray[np.float64], gamma: float
) -> NDArray[np.float64]:
    """sum_j exp(-gamma |places_i - points_j|^2) values_j, (G, K), of places (G, D), points (n, D), values (n, K).

    On the plane the kernel is a product of one in x and one in y. So places that lie on the lines of a grid, as those
    of a field do, take n exponentials for each line, and a matrix product, instead of n for each place.
    """
    if not len(places):
        return np.zeros((0, values.shape[1]))
    if places.shape[1] != 2:
        return _summed(places, points, values, gamma)
    x, column = np.unique(places[:, 0], return_inverse=True)
    y, row = np.unique(places[:, 1], return_inverse=True)
    if len(x) * len(y) > 8 * len(places):
        return _summed(places, points, values, gamma)
    across, up = (np.exp(-gamma * (line[:, None] - points[:, k]) ** 2) for k, line in enumerate((x, y)))
    sums = [(up * value) @ across.T for value in values.T]
    return np.stack([table[row, column] for table in sums], axis=1)


def _summed(
    places: NDArray[np.float64], points: NDArray[np.float64], values: NDArray[np.float64], gamma: float
) -> NDArray[np.float64]:
    """As `weighted_sums`, place by place, some at a time."""
    parts = np.array_split(places, -(-len(places) * len(points) // _FLOATS) or 1)
    return np.concatenate([gaussian(part, points, gamma) @ values for part in parts])
