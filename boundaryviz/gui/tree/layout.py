"""Where the nodes of a drawn tree stand. No Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.trees import Tree


def places(tree: Tree) -> NDArray[np.float64]:
    """Column and row (K, 2) of each node: leaves side by side from the left, a node in the middle above its two."""
    place = np.zeros((len(tree), 2))
    for node in range(len(tree)):  # each after its parent
        if not tree.is_leaf(node):
            place[[tree.left[node], tree.right[node]], 1] = place[node, 1] + 1
    waiting, column = [0], 0
    while waiting:
        node = waiting.pop()
        if tree.is_leaf(node):
            place[node, 0] = column
            column += 1
        else:
            waiting += [int(tree.right[node]), int(tree.left[node])]
    for node in reversed(range(len(tree))):
        if not tree.is_leaf(node):
            place[node, 0] = place[[tree.left[node], tree.right[node]], 0].mean()
    return place
