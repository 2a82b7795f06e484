"""Solving for what flows through a network of conductances, without a subtraction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

_PANEL = 128  # points that are eliminated together, by products of matrices
_WIDE = 512  # columns of the rest that are brought up to date together; bounds what is held beside the network


def solve(weight: NDArray[np.float64], leak: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """x (n, C) with (leak_i + sum_j weight_ij) x_i = sum_j weight_ij x_j + right_i, each to nearly full precision.

    weight: (n, n), symmetric, not negative; only what stands below its diagonal is looked at, and it is overwritten.
    leak (n,), right (n, C): not negative. Every point must be joined to a leak.

    Grassmann, Taksar and Heyman (1985): a pivot is never found by subtraction, but as the sum of what a point has left,
    so that each component of x keeps its digits, however many orders of magnitude the weights span. In panels, as in
    O'Cinneide (1993), with one more column for the sum of all that lies beyond the panel.
    """
    n, classes = right.shape
    carried = np.column_stack([right, leak])
    pivots = np.empty(n)
    factors: list[NDArray[np.float64]] = []
    for start in range(0, n, _PANEL):
        end = min(start + _PANEL, n)
        below = weight[end:, start:end]
        beyond = below.sum(axis=0) + carried[start:end, -1]
        lower, pivot = _factored(weight[start:end, start:end], beyond)
        factors.append(lower)
        pivots[start:end] = pivot
        own = carried[start:end] = solve_triangular(lower, carried[start:end], lower=True, unit_diagonal=True)
        if end == n:
            break
        flow = solve_triangular(lower, below.T, lower=True, unit_diagonal=True)
        share = flow / pivot[:, None]
        carried[end:] += share.T @ own
        for at in range(0, n - end, _WIDE):
            weight[end + at :, end + at : end + at + _WIDE] += share[:, at:].T @ flow[:, at : at + _WIDE]
        below[:] = share.T
    x = carried[:, :classes] / pivots[:, None]
    for lower, start in reversed(list(zip(factors, range(0, n, _PANEL), strict=True))):
        end = start + len(lower)
        known = x[start:end] + weight[end:, start:end].T @ x[end:]
        x[start:end] = solve_triangular(lower, known, lower=True, unit_diagonal=True, trans="T")
    return x


def _factored(
    block: NDArray[np.float64], beyond: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The unit lower triangle (b, b), without its diagonal, and the pivots (b,) of a panel.

    block: its weights; only what stands below the diagonal counts. beyond: (b,), all that its points have elsewhere.
    """
    left = np.tril(block, -1)
    left += left.T
    beyond, pivot = beyond.copy(), np.empty(len(left))
    lower = np.zeros_like(left)
    for k in range(len(left)):
        pivot[k] = left[k, k + 1 :].sum() + beyond[k]
        share = left[k + 1 :, k] / pivot[k]
        left[k + 1 :, k + 1 :] += np.outer(share, left[k, k + 1 :])
        beyond[k + 1 :] += share * beyond[k]
        lower[k + 1 :, k] = -share
    return lower, pivot
