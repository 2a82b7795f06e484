"""Tracing labels back: shortest paths along a learner's graph, and the nearest point that had a label earlier."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from boundaryviz.learners import graphs
from boundaryviz.learners.base import TrainingData
from boundaryviz.learners.cascade import Cascade, seeds
from boundaryviz.learners.families.graphs import PathSpec
from boundaryviz.learners.family import Measure
from boundaryviz.learners.kernels import logs_of

_FLOATS = 1 << 24  # of steps whose lengths are worked out at a time
_FEW = 2000  # pairs up to which distances are a table; a tree would take longer to build


def shortest(data: TrainingData, spec: PathSpec, replica: int = 0) -> Cascade:
    """The shortest paths from any labelled point over the graph of the learner with this spec, as one replica sees it.

    A step between nearest neighbours is as long as their distance d. On a Gaussian graph it is gamma d^2, so that the
    shortest path is the one with the largest product of weights exp(-gamma d^2); that graph joins all points.
    """
    n = len(data.ids)
    at = _seen(data, replica)
    x, known = data.x[at], np.flatnonzero(data.label[at] >= 0)
    result = Cascade.none("length", n)
    if not len(known):
        return result
    if spec.joined:
        when, before, seed = dijkstra(_lengths(x, *spec.joined), indices=known, min_only=True, return_predecessors=True)
        before, seed = np.maximum(before, -1), np.maximum(seed, -1)
    else:
        when, before = graphs.dense_paths(lambda i: -logs_of(x[i : i + 1], x, spec.gamma)[0], known, np.add)
        seed = seeds(before, data.label[at] >= 0)
    places = np.append(at, -1)
    result.when[at], result.before[at], result.seed[at] = when, places[before], places[seed]
    came = result.seed >= 0
    result.label[came] = data.label[result.seed[came]]
    return result


def handed(
    data: TrainingData, when: NDArray[np.float64], label: NDArray[np.int64], measure: Measure, replica: int = 0,
    since: int = 0,
) -> Cascade:  # fmt: skip
    """The cascade of a learner that labels points one after the other: `before` is the nearest earlier point.

    when, label: (N,), when each point of `data` got which label; of points that have none, infinity. Those of labelled
    points, and of points that the replica does not see, are not looked at.
    """
    result = Cascade.none(measure, len(data.ids), since)
    at = _seen(data, replica)
    given = data.label[at] >= 0
    result.when[at] = np.where(given, 0.0, when[at])
    result.label[at] = np.where(given, data.label[at], np.where(np.isfinite(when[at]), label[at], -1))
    rank = np.where(given, -np.inf, when[at])
    for k in np.unique(result.label[at]):
        some = np.flatnonzero((result.label[at] == k) & (k >= 0))
        some = some[np.argsort(rank[some], kind="stable")]
        earlier = nearest_earlier(data.x[at[some]], rank[some])
        result.before[at[some]] = np.where(earlier < 0, -1, at[some][earlier])
    result.seed[:] = seeds(result.before, np.isin(np.arange(len(data.ids)), at[given]))
    return result


def nearest_earlier(x: NDArray[np.float64], when: NDArray[np.float64]) -> NDArray[np.int64]:
    """For each point (n, D) the position of the nearest one with a smaller `when`, -1 for the earliest.

    when: (n,), in rising order. By halves: those of the later half first look among the earlier half, which takes
    O(n log^2 n) in all.
    """
    nearest, gap = np.full(len(when), -1), np.full(len(when), np.inf)
    parts = [(0, len(when))]
    while parts:
        start, end = parts.pop()
        if end - start < 2 or when[start] == when[end - 1]:
            continue
        middle = start + int(np.searchsorted(when[start:end], when[(start + end) // 2]))
        if middle == start:
            middle += int(np.searchsorted(when[start:end], when[start], side="right"))
        distance, at = _nearest(x[start:middle], x[middle:end])
        closer = distance < gap[middle:end]
        nearest[middle:end][closer], gap[middle:end][closer] = start + at[closer], distance[closer]
        parts += [(start, middle), (middle, end)]
    return nearest


def _nearest(points: NDArray[np.float64], x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Distance to and position of the nearest of `points` (m, D) for each of `x` (n, D)."""
    if len(points) * len(x) > _FEW:
        distance, at = graphs.nearest(graphs.tree(points), x, 1)
        return distance[:, 0], at[:, 0]
    gap = np.linalg.norm(x[:, None] - points, axis=2)
    at = gap.argmin(axis=1)
    return gap[np.arange(len(x)), at], at


def _seen(data: TrainingData, replica: int) -> NDArray[np.int64]:
    """Positions of the points that a replica sees, by rising id, so that equals are settled alike in any order."""
    order = np.argsort(data.ids)
    return order[data.weights[replica][order] != 0]


def _lengths(x: NDArray[np.float64], neighbours: int, both_ways: bool) -> sparse.csr_array:
    """How long the step is from point i to point j, (n, n); no entry where no label can take it."""
    edges = graphs.knn_graph(graphs.tree(x), neighbours, both_ways).tocoo()
    parts = np.array_split(np.stack([edges.row, edges.col]), -(-edges.nnz * x.shape[1] // _FLOATS) or 1, axis=1)
    gap = np.concatenate([np.linalg.norm(x[a] - x[b], axis=1) for a, b in parts])
    least = np.finfo(float).tiny  # 0 would be no edge
    return sparse.csr_array((np.maximum(gap, least), (edges.col, edges.row)), shape=edges.shape)
