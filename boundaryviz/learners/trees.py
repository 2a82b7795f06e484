"""A fitted tree as it can be read: its cuts in the units of the inputs, and what lies in each node. No scikit-learn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Cut = tuple[int, float, bool]
"""An input, a threshold, and whether the input is at most that."""


@dataclass(frozen=True, eq=False)
class Tree:
    """K nodes, the root first, each after its parent.

    left, right: int64 (K,), the nodes where the input is at most the threshold, and more; -1 of a leaf.
    feature: int64 (K,), the input that is cut. threshold: float64 (K,). count: int64 (K,), training points in a node,
    as often as they weigh. share: float64 (K, C), of each class among them.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    feature: NDArray[np.int64]
    threshold: NDArray[np.float64]
    count: NDArray[np.int64]
    share: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.left)

    @property
    def leaves(self) -> int:
        """How many there are."""
        return int((self.left < 0).sum())

    def is_leaf(self, node: int) -> bool:
        """Whether nothing is cut there."""
        return bool(self.left[node] < 0)

    def decides(self, node: int) -> int:
        """The class that most points of a node have, the first of equals."""
        return int(self.share[node].argmax())

    def first(self, nodes: int) -> Tree:
        """The tree of the first so many nodes, which hold both children of a node or none."""
        cut = self.left[:nodes] >= nodes
        columns = {name: getattr(self, name)[:nodes] for name in ("feature", "threshold", "count", "share")}
        left, right = (np.where(cut, -1, side[:nodes]) for side in (self.left, self.right))
        return replace(self, left=left, right=right, **columns)

    def in_units(self, centre: NDArray[np.float64], unit: NDArray[np.float64] | float = 1.0) -> Tree:
        """The same of inputs centre + unit times those it was grown on."""
        inner = np.maximum(self.feature, 0)
        unit = np.broadcast_to(np.asarray(unit, dtype=np.float64), centre.shape)
        return replace(self, threshold=self.threshold * unit[inner] + centre[inner])

    def way_to(self, node: int) -> list[Cut]:
        """The cuts from the root to a node."""
        parent = {int(child): at for side in (self.left, self.right) for at, child in enumerate(side) if child >= 0}
        cuts: list[Cut] = []
        while node in parent:
            above = parent[node]
            cuts.append((int(self.feature[above]), float(self.threshold[above]), bool(self.left[above] == node)))
            node = above
        return cuts[::-1]

    def lines(self, inputs: Sequence[str], classes: Sequence[str]) -> list[tuple[int, str]]:
        """The tree as text, a line at a time, each with the node that it is of: 'if x <= 1.2:' and, below, indented,
        what holds there; of a leaf its class and how many of its points have it."""
        found: list[tuple[int, str]] = []
        waiting = [(0, 0, "")]
        while waiting:
            node, depth, head = waiting.pop()
            if head:
                found.append((node, "    " * (depth - 1) + head))
            if self.is_leaf(node):
                found.append((node, "    " * depth + self.leaf_words(node, classes)))
                continue
            cut = f"{inputs[self.feature[node]]} <= {number(self.threshold[node])}"
            waiting.append((int(self.right[node]), depth + 1, "else:"))
            waiting.append((int(self.left[node]), depth + 1, f"if {cut}:"))
        return found

    def leaf_words(self, node: int, classes: Sequence[str]) -> str:
        """'class 0  (31 of 36 points)'."""
        decides, count = self.decides(node), int(self.count[node])
        have = round(float(self.share[node, decides]) * count)
        return f"{classes[decides]}  ({have:,} of {count:,} point{'s' * (count != 1)})"


def number(value: float) -> str:
    """A threshold to four figures."""
    return f"{value:.4g}"


def within(cuts: Sequence[Cut], x: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of the inputs (N, D) fulfil all cuts; compared in single precision, as trees do."""
    single = np.float32
    inside = np.ones(len(x), dtype=bool)
    for feature, threshold, at_most in cuts:
        inside &= (x[:, feature].astype(single) <= single(threshold)) == at_most
    return inside


def region(
    cuts: Sequence[Cut],
    embed: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    corners: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The part (K, 2) of a convex polygon (M, 2) of the plane where all cuts hold; empty where there is none.

    embed: from places (G, 2) to inputs (G, D), affine (Sutherland and Hodgman, 1974, one edge of the window a cut).
    """
    polygon = corners
    for feature, threshold, at_most in cuts:
        if not len(polygon):
            break
        beyond = (embed(polygon)[:, feature] - threshold) * (1 if at_most else -1)
        kept: list[NDArray[np.float64]] = []
        for at in range(len(polygon)):
            here, there = beyond[at - 1], beyond[at]
            if (here <= 0) != (there <= 0):
                kept.append(polygon[at - 1] + (polygon[at] - polygon[at - 1]) * (here / (here - there)))
            if there <= 0:
                kept.append(polygon[at])
        polygon = np.array(kept).reshape(-1, 2)
    return polygon
