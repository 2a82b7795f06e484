"""Current between opposite labels: unlabelled points through which one class would reach the other.

The graph of nearest neighbours is a net of equal resistors; labelled points of one class are held at 1 volt, the others
at 0. What runs through a point is how much of the way between the classes leads over it: current-flow betweenness
(Newman 2005, "A measure of betweenness centrality based on random walks", section 3) between the labels. Classes that
are well apart have no current between them; beads of a bridge carry all there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.defences.filters import Filter, Found, Sight, highest
from boundaryviz.defences.neighbours import graph
from boundaryviz.scene.specs import setting

if TYPE_CHECKING:
    from scipy.sparse import csr_array


class CurrentSpec(Filter):
    """Leaves out the unlabelled points that carry the most current between labelled points of different classes."""

    TITLE: ClassVar[str] = "Current between labels"
    LOOKS_AT: ClassVar[Literal["labelled", "unlabelled"]] = "unlabelled"
    defence: Literal["current"] = "current"
    neighbours: int = setting(
        7, "Neighbours", "Points are joined where one is among so many nearest of the other.", ge=1, le=1000
    )
    iterated: bool = setting(
        True, "Again and again", "Few points at a time, and the current is worked out anew without them, until nearly "
        "none is left; off leaves out the share at once.",
    )  # fmt: skip
    share: float = setting(
        0.08, "Share", "Of the unlabelled points: how many go; again and again, how many at most.", ge=0.0, le=0.5
    )
    at_once: float = setting(
        0.002, "At a time", "Of all points, how many go before the current is worked out anew.", ge=0.0, le=0.5,
        log=True, advanced=True,
    )  # fmt: skip
    until: float = setting(
        0.02, "Until", "No more points go once less current than this flows in all, where one volt across one "
        "connection is one.", ge=0.0, le=1e6, advanced=True,
    )  # fmt: skip

    def unused(self) -> Mapping[str, str]:
        """What says how it goes on, where it does not."""
        return {} if self.iterated else dict.fromkeys(("at_once", "until"), "only again and again has rounds")

    def sift(self, sight: Sight, rng: np.random.Generator) -> Found:
        """By the most current that runs through each point in any round. Raises ValueError for too few points."""
        if not self.iterated:
            scores = through(graph(sight.x, self.neighbours), sight.label)[0][sight.judged]
            return scores, highest(scores, self.share) & (scores > 0.0)
        here = np.ones(len(sight.x), dtype=bool)
        most = np.zeros(len(sight.x))
        left = int(self.share * len(sight.judged) + 1e-9)
        each = max(int(self.at_once * len(sight.x)), 1)
        while True:
            at = np.flatnonzero(here)
            flow, total = through(graph(sight.x[at], self.neighbours), sight.label[at])
            most[at] = np.maximum(most[at], flow)
            free = at[(sight.label[at] < 0) & (flow > 0.0)]
            if total < self.until or not left or not len(free):
                return most[sight.judged], ~here[sight.judged]
            gone = free[np.argsort(-flow[np.searchsorted(at, free)], kind="stable")[: min(each, left)]]
            here[gone] = False
            left -= len(gone)


def through(joined: csr_array, label: NDArray[np.int64]) -> tuple[NDArray[np.float64], float]:
    """The current through each of N points of a graph (N, N) of conductances, with labels (N,), -1 where there is none,
    and the current in all.

    Of more than two classes each in turn is held at 1 and the others at 0, and half of the sum is taken, which is the
    same for two.
    """
    from scipy.sparse import diags_array
    from scipy.sparse.csgraph import connected_components
    from scipy.sparse.linalg import splu

    parts, of = connected_components(joined, directed=False)
    pairs = np.unique(np.stack([of, label])[:, label >= 0], axis=1)  # part and class
    live = np.flatnonzero((np.bincount(pairs[0].astype(np.int64), minlength=parts) > 1)[of])
    found = np.zeros(len(label))
    if not len(live):
        return found, 0.0
    joined, label = joined[live][:, live], label[live]
    fixed, classes = label >= 0, np.unique(label[label >= 0])
    volts = (label[:, None] == classes).astype(np.float64)
    if not fixed.all():
        laplacian = (diags_array(joined.sum(axis=1)) - joined).tocsr()[~fixed]
        volts[~fixed] = splu(laplacian[:, ~fixed].tocsc()).solve(-(laplacian[:, fixed] @ volts[fixed]))
    edges = joined.tocoo()
    drop = edges.data[:, None] * (volts[edges.row] - volts[edges.col])
    found[live] = np.bincount(edges.row, np.abs(drop).sum(axis=1), len(live)) / 4.0
    total = float((volts[edges.row] * fixed[edges.row, None] * drop).sum()) / 2.0
    return found, total
