"""The slab filter: points that lie far from the mean of their class on the line between the classes.

Steinhardt, Koh and Liang 2017, "Certified defenses for data poisoning attacks", equation 3, for two classes. For more,
the line leads from the mean of the class to the mean of the means of the others, which is the same for two.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.defences.filters import ClassShareFilter, Sight
from boundaryviz.defences.kinds.sphere import means


class SlabSpec(ClassShareFilter):
    """Leaves out the labelled points that lie farthest along the line from class to class."""

    TITLE: ClassVar[str] = "Slab"
    LOOKS_AT: ClassVar[Literal["labelled", "unlabelled"]] = "labelled"
    defence: Literal["slab"] = "slab"

    def scores(self, sight: Sight) -> NDArray[np.float64]:
        """Distances (M,) from the mean of the own class, along the line. Raises ValueError for a single class."""
        x, label = sight.x[sight.judged], sight.label[sight.judged]
        there = np.unique(label)
        if len(there) < 2:
            raise ValueError(
                "The slab lies between classes, and all labelled points are of one. The sphere needs no other class."
            )
        centre = means(x, label)
        scores = np.empty(len(x))
        for k in there:
            way = centre[k] - centre[there[there != k]].mean(axis=0)
            length = np.linalg.norm(way)
            along = (x[label == k] - centre[k]) @ (way / length if length else way)
            scores[label == k] = np.abs(along)
        return scores
