"""Gaussian kernels: weights between points, and weighted sums at many places."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial.distance import cdist

_FLOATS = 1 << 22  # of one table of weights; more places are worked through in parts
_FAINT = 1e-200  # a sum of weights below it may have lost digits
_EXACT = 1e10  # powers of e, up to which a weight is known to a millionth
_FELT = 50.0  # powers of e below the nearest point's weight, within which another's has a say


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


def weighted_means(
    places: NDArray[np.float64], points: NDArray[np.float64], values: NDArray[np.float64], gamma: float
) -> NDArray[np.float64]:
    """The mean of all points' values by their weights, (G, K); `values` (n, K) are not negative, and rows sum to 1.

    Where all weights are tiny, they are counted relative to that of the nearest point, so that none underflows.
    """
    sums = weighted_sums(places, points, values, gamma)
    faint = np.flatnonzero(sums.sum(axis=1) < _FAINT)
    for some in parts(len(faint), len(points)):
        squares = cdist(places[faint[some]], points, "sqeuclidean")
        squares -= squares.min(axis=1, keepdims=True)
        at = np.nonzero(squares < _FELT / gamma)
        sums[faint[some]] = sparse.csr_array((np.exp(-gamma * squares[at]), at), shape=squares.shape) @ values
    means: NDArray[np.float64] = sums / sums.sum(axis=1, keepdims=True)
    return means


def logs_of(a: NDArray[np.float64], b: NDArray[np.float64], gamma: float) -> NDArray[np.float64]:
    """The logarithms of `gaussian`, (n, m). Beyond `_EXACT` they fall more slowly, so that what is added to them is not
    lost: which of two weights is the larger stays, and that it is many times as large."""
    logs: NDArray[np.float64] = cdist(a, b, "sqeuclidean")
    logs *= gamma
    beyond = logs > _EXACT
    if beyond.any():
        logs[beyond] = _EXACT * (1.0 + np.log(logs[beyond] / _EXACT))
    return np.negative(logs, out=logs)


def weighted_flows(
    places: NDArray[np.float64],
    points: NDArray[np.float64],
    values: NDArray[np.float64],
    gamma: float,
    to: NDArray[np.float64],
    of: NDArray[np.float64],
) -> NDArray[np.float64]:
    """sum_j exp(to_i - gamma |places_i - points_j|^2 + of_j) values_j, (G, K); see `weighted_sums`.

    to: (G,), of: (n,), logarithms of scales; a weight and its scales together are at most about 1.
    """
    sums = np.empty((len(places), values.shape[1]))
    for some in parts(len(places), len(points)):
        logs = logs_of(places[some], points, gamma)
        logs += of
        logs += to[some, None]
        sums[some] = np.exp(logs, out=logs) @ values
    return sums


def parts(places: int, points: int) -> list[NDArray[np.int64]]:
    """Positions of some places at a time, so that a table of their weights to so many points stays small."""
    return np.array_split(np.arange(places), -(-places * points // _FLOATS) or 1)


def _summed(
    places: NDArray[np.float64], points: NDArray[np.float64], values: NDArray[np.float64], gamma: float
) -> NDArray[np.float64]:
    """As `weighted_sums`, place by place, some at a time."""
    return np.concatenate([gaussian(places[some], points, gamma) @ values for some in parts(len(places), len(points))])
