"""Graphs of points as sparse matrices, and labels that flow along them.

An edge (i, j) says that i listens to j, so that labels flow from j to i.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse.linalg import splu
from scipy.spatial import cKDTree

from boundaryviz.learners.families import graphs as graph_specs
from boundaryviz.learners.kernels import gaussian

Graph = Any
"""Non-negative weights (n, n) without a diagonal, a numpy array or a scipy sparse array."""


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


def gaussian_graph(points: cKDTree, gamma: float) -> Graph:
    """Weights exp(-gamma d^2) between all points; beyond `DENSE` points, a sparse graph of the `KEPT` nearest."""
    if points.n <= graph_specs.DENSE:
        weight = gaussian(points.data, points.data, gamma)
        np.fill_diagonal(weight, 0.0)
        return weight
    distance, at = nearest(points, points.data, graph_specs.KEPT + 1)
    one_way = _edges(at, np.exp(-gamma * distance**2))
    return one_way.maximum(one_way.T).tocsr()


def reached(graph: Graph, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which points (n,) a label can come to from the `known` ones (n,)."""
    now = known
    while True:
        more = known | (graph @ now.astype(float) > 0)
        if np.array_equal(more, now):
            return now
        now = more


def spread(graph: Graph, given: NDArray[np.float64], alpha: float) -> NDArray[np.float64]:
    """Label mass (n, C) of spreading from `given` (n, C), one-hot, 0 where unlabelled; exactly 0 where none comes.

    F = (1 - alpha) (I - alpha D^-1/2 W D^-1/2)^-1 Y (Zhou et al. 2004, section 2), with D what others listen, as
    scikit-learn has it: the limit of its iteration.
    """
    listened = np.asarray(graph.sum(axis=0)).ravel()
    scale = 1.0 / np.sqrt(np.where(listened > 0, listened, 1.0))
    some = reached(graph, given.sum(axis=1) > 0)
    graph, scale = _among(graph, some, some), scale[some]
    if sparse.issparse(graph):
        scaling = sparse.diags_array(scale)
        system = sparse.eye_array(len(scale)) - alpha * (scaling @ graph @ scaling)
    else:
        system = np.eye(len(scale)) - alpha * (scale[:, None] * graph * scale)
    mass = np.zeros_like(given)
    mass[some] = (1 - alpha) * _solved(system, given[some])
    return mass


def propagate(graph: Graph, given: NDArray[np.float64]) -> NDArray[np.float64]:
    """Label mass (n, C), rows that sum to 1, or to 0 where no label comes; `given` as in `spread`.

    The harmonic solution, each unlabelled point the weighted mean of those it listens to (Zhu et al. 2003, eq. 5):
    the limit of scikit-learn's iteration. Points that no label reaches have no say.
    """
    known = given.sum(axis=1) > 0
    graph = graph * (graph >= graph_specs.NONE)
    others = reached(graph, known) & ~known
    inner, seeds = _among(graph, others, others), _among(graph, others, known)
    total = np.asarray(inner.sum(axis=1)).ravel() + np.asarray(seeds.sum(axis=1)).ravel()
    system = (sparse.diags_array(total) if sparse.issparse(inner) else np.diag(total)) - inner
    mass = given.copy()
    mass[others] = _solved(system, seeds @ given[known])
    return mass


def _among(graph: Graph, rows: NDArray[np.bool_], columns: NDArray[np.bool_]) -> Graph:
    return graph[np.flatnonzero(rows)][:, np.flatnonzero(columns)]


def _solved(system: Graph, right: NDArray[np.float64]) -> NDArray[np.float64]:
    """The solution (n, C) of an M-matrix, by elimination without pivoting, which loses no digits of however small a
    component: it only ever adds what has the same sign. So tiny masses still say which class leads.
    """
    if not len(right):
        return right
    if sparse.issparse(system):
        options = {"SymmetricMode": True, "Equil": False}
        factors = splu(system.tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=options)
        return np.maximum(factors.solve(right), 0.0)
    return np.maximum(cho_solve(cho_factor(system, lower=True, check_finite=False), right), 0.0)
