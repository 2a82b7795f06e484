"""Kernels of many points in few columns, as exactly as float64 has it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from scipy.linalg.lapack import dpstrf

from boundaryviz.learners.families.graphs import REST
from boundaryviz.learners.kernels import gaussian

_BLOCK = 64  # points that are tried as pivots together, by products of matrices
_APART = 0.05  # of what the worst point has left, that one must still have beside the other pivots of its block


def gaussian_factor(x: NDArray[np.float64], gamma: float) -> NDArray[np.float64]:
    """G (n, r) with G G^T = exp(-gamma |x_i - x_j|^2) of points (n, D) to within `REST`, r as small as that allows.

    A pivoted Cholesky factorisation (Harbrecht, Peters and Schneider 2012, algorithm 1) that takes pivots in blocks.
    A narrow kernel has nothing to be left out: r is n.
    """
    n = len(x)
    columns = np.empty((n, min(n, 4 * _BLOCK)), order="F")
    left, r = np.ones(n), 0
    while left.max(initial=0.0) > REST:
        tried = np.argsort(-left, kind="stable")[:_BLOCK]
        rest = gaussian(x, x[tried], gamma) - columns[:, :r] @ columns[tried, :r].T
        least = max(REST, _APART * left[tried[0]])
        lower, order, rank, _ = dpstrf(rest[tried], lower=1, tol=least)
        rank = max(int(rank), 1)
        taken = order[:rank] - 1
        if r + rank > columns.shape[1]:
            wider = np.empty((n, min(n, 2 * columns.shape[1])), order="F")
            wider[:, :r] = columns[:, :r]
            columns = wider
        new = columns[:, r : r + rank]
        new[:] = solve_triangular(lower[:rank, :rank], rest[:, taken].T, lower=True).T
        left -= np.einsum("ij,ij->i", new, new)
        left[tried[taken]] = -np.inf
        r += rank
    return columns[:, :r]
