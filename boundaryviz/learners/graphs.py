"""Graphs of nearest neighbours as sparse matrices, labels that flow along them, and shortest paths.

An edge (i, j) says that i listens to j, so that labels flow from j to i.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu
from scipy.spatial import cKDTree


def tree(x: NDArray[np.float64]) -> cKDTree:
    """For the nearest neighbours among points (n, D). Points on top of each other do not slow it down."""
    return cKDTree(x, balanced_tree=False, compact_nodes=False)


def nearest(points: cKDTree, x: NDArray[np.float64], k: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Distances and positions (n, k) of the nearest points of each of `x` (n, D); fewer where there are not k."""
    distance, at = points.query(x, k=np.arange(1, min(k, points.n) + 1))
    return distance, at


def _edges(at: NDArray[np.int64], weight: NDArray[np.float64]) -> sparse.csr_array:
    """A graph from positions and weights (n, k) of whom each point listens to, itself left out."""
    n, k = at.shape
    listener = np.repeat(np.arange(n), k)
    other = at.ravel() != listener
    return sparse.csr_array((weight.ravel()[other], (listener[other], at.ravel()[other])), shape=(n, n))


def knn_graph(points: cKDTree, k: int, both_ways: bool = False) -> sparse.csr_array:
    """Weight 1 to the k nearest of each point, itself counted but not joined: what scikit-learn builds.

    It is directed: points on a rim listen to the crowd, but the crowd need not listen to them. both_ways: it does.
    """
    at = nearest(points, points.data, k)[1]
    one_way = _edges(at, np.ones(at.shape))
    return one_way.maximum(one_way.T).tocsr() if both_ways else one_way


def dense_paths(
    steps: Callable[[int], NDArray[np.float64]], known: NDArray[np.int64], join: np.ufunc
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """How far points of a graph that joins all are from the `known` ones, and the point next to last, -1 for none.

    steps: of the point at a position, the lengths (n,) of the steps between it and every other. join: what a path and
    one more step come to: np.add for the length of a path, np.maximum for its longest step. Dijkstra's algorithm,
    which without a heap is nine times as fast here.
    """
    n = len(steps(int(known[0])))
    when, before = np.full(n, np.inf), np.full(n, -1)
    when[known] = 0.0
    open_ = when.copy()
    while np.isfinite(done := open_[at := int(open_.argmin())]):
        open_[at] = np.inf
        through = join(done, steps(at))
        shorter = through < when
        when[shorter] = open_[shorter] = through[shorter]
        before[shorter] = at
    return when, before


def reached(graph: sparse.csr_array, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which points (n,) a label can come to from the `known` ones (n,)."""
    now = known
    while True:
        more = known | (graph @ now.astype(float) > 0)
        if np.array_equal(more, now):
            return now
        now = more


def spread(graph: sparse.csr_array, given: NDArray[np.float64], alpha: float) -> NDArray[np.float64]:
    """Label mass (n, C) of spreading from `given` (n, C), one-hot, 0 where unlabelled; exactly 0 where none comes.

    F = (1 - alpha) (I - alpha D^-1/2 W D^-1/2)^-1 Y (Zhou et al. 2004, section 2), with D what others listen, as
    scikit-learn has it: the limit of its iteration.
    """
    listened = np.asarray(graph.sum(axis=0)).ravel()
    scale = 1.0 / np.sqrt(np.where(listened > 0, listened, 1.0))
    some = reached(graph, given.sum(axis=1) > 0)
    scaling = sparse.diags_array(scale[some])
    system = sparse.eye_array(int(some.sum())) - alpha * (scaling @ _among(graph, some, some) @ scaling)
    mass = np.zeros_like(given)
    mass[some] = (1 - alpha) * _solved(system, given[some])
    return mass


def propagate(graph: sparse.csr_array, given: NDArray[np.float64]) -> NDArray[np.float64]:
    """Label mass (n, C), rows that sum to 1, or to 0 where no label comes; `given` as in `spread`.

    The harmonic solution, each unlabelled point the weighted mean of those it listens to (Zhu et al. 2003, eq. 5):
    the limit of scikit-learn's iteration. Points that no label reaches have no say.
    """
    known = given.sum(axis=1) > 0
    others = reached(graph, known) & ~known
    inner, seeds = _among(graph, others, others), _among(graph, others, known)
    total = np.asarray(inner.sum(axis=1)).ravel() + np.asarray(seeds.sum(axis=1)).ravel()
    mass = given.copy()
    mass[others] = _solved(sparse.diags_array(total) - inner, seeds @ given[known])
    return mass


def _among(graph: sparse.csr_array, rows: NDArray[np.bool_], columns: NDArray[np.bool_]) -> sparse.csr_array:
    return graph[np.flatnonzero(rows)][:, np.flatnonzero(columns)]


def _solved(system: sparse.csr_array, right: NDArray[np.float64]) -> NDArray[np.float64]:
    """The solution (n, C) of an M-matrix, by elimination without pivoting, which loses no digits of however small a
    component: it only ever adds what has the same sign. So tiny masses still say which class leads.
    """
    if not len(right):
        return right
    options = {"SymmetricMode": True, "Equil": False}
    factors = splu(system.tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=options)
    return np.maximum(factors.solve(right), 0.0)
