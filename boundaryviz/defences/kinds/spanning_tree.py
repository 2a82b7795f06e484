"""Long edges of the spanning tree that part many points from many: the beads of a bridge hang at them.

Zahn 1971, "Graph-theoretical methods for detecting and describing gestalt clusters", takes long edges for the gaps
between clusters; that an edge counts the more, the more points lie on its smaller side, keeps lone outliers apart from
bridges.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.defences.filters import Sight
from boundaryviz.defences.neighbours import neighbours
from boundaryviz.defences.pools import PoolFilter
from boundaryviz.scene.specs import setting

Edges = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
"""Both ends of each of E edges, (E,) and (E,), and their lengths (E,)."""


class SpanningTreeSpec(PoolFilter):
    """Leaves out the unlabelled points at long edges of the spanning tree that have many points on either side."""

    TITLE: ClassVar[str] = "Spanning tree"
    defence: Literal["spanning-tree"] = "spanning-tree"
    neighbours: int = setting(
        15, "Neighbours", "The tree is looked for among edges from each point to so many others, and the shortest ones "
        "between parts that these leave apart.", ge=1, le=1000, advanced=True,
    )  # fmt: skip

    def score_all(self, sight: Sight) -> NDArray[np.float64]:
        """Of the edges at each point (N,), the largest length times the share of points on the smaller side."""
        n = len(sight.x)
        a, b, length = spanning_tree(sight.x, min(self.neighbours, n - 1))
        side = smaller_sides(n, a, b)
        scores = np.zeros(n)
        for end in (a, b):
            np.maximum.at(scores, end, length * side / n)
        return scores


def spanning_tree(x: NDArray[np.float64], k: int) -> Edges:
    """The N - 1 edges of a tree through points x (N, D): the minimum spanning tree of the graph of their k nearest
    neighbours, whose parts are joined by the shortest ways between them."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

    n = len(x)
    if n < 2:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    gap, near = neighbours(x, k)
    edges: Edges = np.repeat(np.arange(n), k), near.ravel(), gap.ravel()
    while True:
        a, b, _ = edges
        parts, of = connected_components(coo_array((np.ones(len(a)), (a, b)), shape=(n, n)), directed=False)
        if parts == 1:
            break
        edges = _joined(edges, _bridges(x, of, parts))
    a, b, length = edges
    order = np.lexsort((np.maximum(a, b), np.minimum(a, b)))  # an edge that is there both ways counts once
    a, b, length = np.minimum(a, b)[order], np.maximum(a, b)[order], length[order]
    once = np.append(True, (np.diff(a) != 0) | (np.diff(b) != 0))
    rank = np.empty(once.sum())  # of lengths, from 1: an edge of length 0 would be none
    rank[np.argsort(length[once], kind="stable")] = np.arange(1, len(rank) + 1)
    tree = minimum_spanning_tree(coo_array((rank, (a[once], b[once])), shape=(n, n)).tocsr()).tocoo()
    found = np.sort(length[once], kind="stable")[tree.data.astype(np.int64) - 1]
    return tree.row.astype(np.int64), tree.col.astype(np.int64), found


def _joined(one: Edges, other: Edges) -> Edges:
    a, b, length = (np.concatenate(pair) for pair in zip(one, other, strict=True))
    return a, b, length


def _bridges(x: NDArray[np.float64], of: NDArray[np.int32], parts: int) -> Edges:
    """The shortest edge from each part to the others."""
    from scipy.spatial import cKDTree

    a, b, length = np.empty(parts, np.int64), np.empty(parts, np.int64), np.empty(parts)
    for part in range(parts):
        mine, others = np.flatnonzero(of == part), np.flatnonzero(of != part)
        gap, at = cKDTree(x[others]).query(x[mine])
        best = int(np.argmin(gap))
        a[part], b[part], length[part] = mine[best], others[at[best]], gap[best]
    return a, b, length


def smaller_sides(n: int, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many of n points lie on the smaller side of each edge (E,) of a tree with ends a, b (E,)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import breadth_first_order

    if not len(a):
        return np.empty(0, np.int64)
    order, before = breadth_first_order(coo_array((np.ones(len(a)), (a, b)), shape=(n, n)).tocsr(), 0, False)
    size, parent = [1] * n, before.tolist()
    for v in order[:0:-1].tolist():
        size[parent[v]] += size[v]
    below = np.array(size)[np.where(before[a] == b, a, b)]
    return np.minimum(below, n - below)
