"""Local outlier factor: unlabelled points in sparser places than their neighbours.

Breunig, Kriegel, Ng and Sander 2000, "LOF: identifying density-based local outliers", definitions 5 to 7.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.defences.filters import Sight
from boundaryviz.defences.neighbours import neighbours
from boundaryviz.defences.pools import PoolFilter
from boundaryviz.scene.specs import setting

_LEAST = 1e-10  # mean reach distances count as so much more, so that copies have a finite density


class LofSpec(PoolFilter):
    """Leaves out the unlabelled points around which it is much sparser than around their neighbours."""

    TITLE: ClassVar[str] = "Local outlier factor"
    defence: Literal["lof"] = "lof"
    neighbours: int = setting(20, "Neighbours", "Of each point, labelled or not.", ge=1, le=1000)

    def score_all(self, sight: Sight) -> NDArray[np.float64]:
        """The mean density (N,) of the neighbours in densities of the point itself, about 1 in even places."""
        gap, near = neighbours(sight.x, self.neighbours)
        reach = np.maximum(gap, gap[near, -1])
        spread = np.linalg.norm(sight.x.std(axis=0))
        density = 1.0 / (reach.mean(axis=1) + _LEAST * (spread or 1.0))
        return np.asarray(density[near].mean(axis=1) / density)
