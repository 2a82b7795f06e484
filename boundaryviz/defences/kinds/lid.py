"""Local intrinsic dimension: unlabelled points whose neighbourhood is thinner than that of others, as on a line.

The maximum-likelihood estimate of Amsaleg et al. 2015, "Estimating local intrinsic dimensionality", equation 5.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.defences.filters import Sight
from boundaryviz.defences.neighbours import neighbours
from boundaryviz.defences.pools import PoolFilter
from boundaryviz.scene.specs import setting

_CLOSEST = 1e-9  # of the farthest neighbour's distance: nearer ones count as this far, so that copies have a logarithm


class LidSpec(PoolFilter):
    """Leaves out the unlabelled points around which the others lie in the fewest dimensions."""

    TITLE: ClassVar[str] = "Local dimension"
    defence: Literal["lid"] = "lid"
    neighbours: int = setting(20, "Neighbours", "Of each point, labelled or not.", ge=2, le=1000)

    def score_all(self, sight: Sight) -> NDArray[np.float64]:
        """Minus the dimension (N,); 0 for a point among copies of itself."""
        gap, _ = neighbours(sight.x, self.neighbours)
        far = gap[:, -1:]
        ratio = np.maximum(gap[:, :-1] / np.where(far > 0.0, far, 1.0), _CLOSEST)
        mean = np.log(np.minimum(ratio, 1.0)).mean(axis=1)
        with np.errstate(divide="ignore"):
            dimension = np.where(far[:, 0] > 0.0, -1.0 / np.where(mean == 0.0, -_CLOSEST, mean), 0.0)
        return -dimension
