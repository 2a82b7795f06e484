"""Who gave whom a label: the shortest paths along which labels come over the nearest-neighbour graph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from boundaryviz.learners import graphs
from boundaryviz.learners.base import TrainingData


@dataclass(frozen=True, eq=False)
class Cascade:
    """For each of N points, where its label came from on the shortest path from any labelled point.

    seed: int64 (N,), position of the labelled point where the path begins. before: int64 (N,), position of the
    point next to last, -1 for a labelled point. distance: float64 (N,), length of the path.
    Points that no label reaches, or that are not seen, have -1, -1 and infinity.
    """

    seed: NDArray[np.int64]
    before: NDArray[np.int64]
    distance: NDArray[np.float64]

    def path(self, to: int) -> list[int]:
        """Positions from the seed to the point at position `to`; empty where no label reaches it."""
        if self.seed[to] < 0:
            return []
        steps = [to]
        while (step := int(self.before[steps[-1]])) >= 0:
            steps.append(step)
        return steps[::-1]


def cascade(data: TrainingData, neighbours: int, both_ways: bool = False, replica: int = 0) -> Cascade:
    """The cascade over the graph that spreading and propagation use (`graphs.knn_graph`), as one replica sees it.

    A step's length is the distance between its ends. Positions are those in `data`.
    """
    n = len(data.ids)
    result = Cascade(np.full(n, -1), np.full(n, -1), np.full(n, np.inf))
    order = np.argsort(data.ids)
    at = order[data.weights[replica][order] != 0]
    known = np.flatnonzero(data.label[at] >= 0)
    if not len(known):
        return result
    edges = graphs.knn_graph(graphs.tree(data.xy[at]), neighbours, both_ways).tocoo()
    gap = np.linalg.norm(data.xy[at[edges.row]] - data.xy[at[edges.col]], axis=1)
    gap = np.maximum(gap, np.finfo(float).tiny)  # 0 would be no edge
    flow = sparse.csr_array((gap, (edges.col, edges.row)), shape=edges.shape)
    distance, before, seed = dijkstra(flow, indices=known, min_only=True, return_predecessors=True)
    came = np.isfinite(distance)
    result.distance[at], result.seed[at[came]] = distance, at[seed[came]]
    inner = before >= 0
    result.before[at[inner]] = at[before[inner]]
    return result
