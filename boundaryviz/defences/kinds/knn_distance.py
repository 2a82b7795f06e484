"""Distance to the nearest neighbours: unlabelled points that lie by themselves.

Ramaswamy, Rastogi and Shim 2000, "Efficient algorithms for mining outliers from large data sets"; the mean of the k
distances, as Angiulli and Pizzuti 2002 have it.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.defences.filters import Sight
from boundaryviz.defences.neighbours import neighbours
from boundaryviz.defences.pools import PoolFilter
from boundaryviz.scene.specs import setting


class KnnDistanceSpec(PoolFilter):
    """Leaves out the unlabelled points that are farthest from their nearest neighbours."""

    TITLE: ClassVar[str] = "Neighbours are far"
    defence: Literal["knn-distance"] = "knn-distance"
    neighbours: int = setting(5, "Neighbours", "Of each point, labelled or not.", ge=1, le=1000)

    def score_all(self, sight: Sight) -> NDArray[np.float64]:
        """The mean distance (N,) of the nearest neighbours."""
        return neighbours(sight.x, self.neighbours)[0].mean(axis=1)
