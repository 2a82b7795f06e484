"""Labels that flow along the graph that joins all points by exp(-gamma d^2), whatever the range of these weights.

Weights are known by their logarithms, -gamma d^2, so that none underflows: at gamma 1,000 that of points a unit apart
is exp(-1000). Points are solved for in turns, those first to which labels come most easily. A turn spans few enough
orders of magnitude for float64, and looks a little beyond itself: what lies further has no say in it, and what was
solved before is known. Where nothing is extreme, one turn takes all points.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from boundaryviz.learners.elimination import solve
from boundaryviz.learners.graphs import dense_paths
from boundaryviz.learners.kernels import logs_of, parts, weighted_flows

_SPAN = 200.0
"""How many powers of e lie between what is solved for in one turn."""
_SLACK = 100.0
"""That many further down, points are solved for along with a turn; what lies beyond weighs less than any rounding."""
_NONE = 1e-280  # in a turn a weight below it counts as 0: it carries nothing, and products with it would be slow

_Turn = tuple[float, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


def propagate(x: NDArray[np.float64], given: NDArray[np.float64], gamma: float) -> NDArray[np.float64]:
    """What each class has of a point's label mass, (n, C), rows that sum to 1; `given` (n, C) one-hot, or 0.

    x: (n, D), some of them with a label. The harmonic solution, each unlabelled point the weighted mean of all others
    (Zhu et al. 2003, eq. 5).

    How easily labels come is the least weight along the best path from any labelled point. Points that are joined by
    far more than what leads from there to a label have one and the same value; how much more makes no difference.
    """
    known = np.flatnonzero(given.any(axis=1))
    far, _ = dense_paths(lambda at: -logs_of(x[at : at + 1], x, gamma)[0], known, np.maximum)
    share, none = given.copy(), np.zeros(len(x))
    for top, turn, also, done in _turns(-far, known):
        rows = np.concatenate([turn, also])
        right = weighted_flows(x[rows], x[done], share[done], gamma, none[rows] - top, none[done])
        weight = _weights(x[rows], gamma, none[rows] - 0.5 * top)
        share[turn] = _shares(solve(weight, right.sum(axis=1), right)[: len(turn)])
    return share


def spread(x: NDArray[np.float64], given: NDArray[np.float64], gamma: float, alpha: float) -> NDArray[np.float64]:
    """As `propagate`, of F = (1 - alpha) (I - alpha D^-1/2 W D^-1/2)^-1 Y (Zhou et al. 2004, section 2).

    How easily labels come is the largest product along any path from a labelled point.
    """
    known = np.flatnonzero(given.any(axis=1))
    scale, lost = -0.5 * _log_degrees(x, gamma), -np.log(alpha)

    def step(at: int) -> NDArray[np.float64]:
        return np.maximum(lost - logs_of(x[at : at + 1], x, gamma)[0] - scale[at] - scale, 0.0)

    length, _ = dense_paths(step, known, np.add)
    share, size = np.zeros_like(given), np.zeros(len(x))  # of the mass, and the logarithm of how much it is
    for top, turn, also, done in _turns(-length, np.empty(0, dtype=np.int64)):
        rows = np.concatenate([turn, also])
        system = _weights(x[rows], gamma, scale[rows])
        system *= -alpha
        np.fill_diagonal(system, 1.0)
        right = (1 - alpha) * given[rows]  # which are all in the first turn, whose top is 0
        right += weighted_flows(
            x[rows], x[done], share[done], gamma, scale[rows] - lost - top, scale[done] + size[done]
        )
        factor = cho_factor(system.T, lower=True, overwrite_a=True, check_finite=False)
        mass = np.maximum(cho_solve(factor, right, check_finite=False)[: len(turn)], 0.0)
        share[turn], size[turn] = _shares(mass), top + np.log(mass.sum(axis=1))
    return share


def _turns(ease: NDArray[np.float64], done: NDArray[np.int64]) -> Iterator[_Turn]:
    """How easily labels come to the first of a turn, positions of its points, of those after it that are solved for
    along with it, and of those that are done. ease: (n,), logarithms. done: from the start."""
    order = np.argsort(-ease, kind="stable")
    order = order[~np.isin(order, done)]
    while len(order):
        top = float(ease[order[0]])
        last, beyond = np.searchsorted(-ease[order], [_SPAN - top, _SPAN + _SLACK - top], side="right")
        yield top, order[:last], order[last:beyond], done
        done, order = np.concatenate([done, order[:last]]), order[last:]


def _weights(x: NDArray[np.float64], gamma: float, scale: NDArray[np.float64]) -> NDArray[np.float64]:
    """exp(scale_i - gamma |x_i - x_j|^2 + scale_j), (n, n), of points (n, D), 0 on the diagonal; no more than
    exp(`_SLACK`)."""
    weight = logs_of(x, x, gamma)
    weight += scale[:, None]
    weight += scale
    np.exp(np.minimum(weight, _SLACK, out=weight), out=weight)
    weight[weight < _NONE] = 0.0
    np.fill_diagonal(weight, 0.0)
    return weight


def _log_degrees(x: NDArray[np.float64], gamma: float) -> NDArray[np.float64]:
    """The logarithm of what each point (n, D) weighs with all others together, (n,); 0 where there is no other."""
    found = np.zeros(len(x))
    for some in parts(len(x), len(x)):
        logs = logs_of(x[some], x, gamma)
        logs[np.arange(len(logs)), some] = -np.inf
        most = logs.max(axis=1, keepdims=True)
        if len(x) > 1:
            found[some] = most[:, 0] + np.log(np.exp(logs - most).sum(axis=1))
    return found


def _shares(mass: NDArray[np.float64]) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = mass / mass.sum(axis=1, keepdims=True)
    return shares
