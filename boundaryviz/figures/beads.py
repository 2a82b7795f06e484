"""How large beads of poison are, in window and figures: as their spacing lets them, so that a chain is seen as one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CLOSE = 0.1
"""The share of a group's beads that are closer together than its common size allows; these are smaller still."""
SMALLEST = 0.2
"""A bead is never smaller, as a share of its usual size, or nothing would be seen of it."""
SMALLEST_LABELLED = 0.6
"""The same where a bead has a label, which has to be read."""


def spacing(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far (M,) each of these places (M, 2) is from the nearest other; infinite for one alone."""
    if len(places) < 2:
        return np.full(len(places), np.inf)
    from scipy.spatial import cKDTree

    distance: NDArray[np.float64] = cKDTree(places).query(places, k=2)[0][:, 1]
    return distance


def bead_sizes(
    gaps: NDArray[np.float64], group: NDArray, labelled: NDArray[np.bool_], diameter: float
) -> NDArray[np.float64]:
    """The sizes (M,) of beads, as shares of the usual `diameter`: no bead reaches further than half its gap.

    gaps: (M,), of `spacing`, in the same units as the diameter. group: (M,), beads of one group have one size unless
    they are closer together than most. labelled: (M,), which have a label; see `SMALLEST_LABELLED`.
    """
    share = np.minimum(gaps / diameter, 1.0)
    for number in np.unique(group):
        own = group == number
        share[own] = np.minimum(share[own], np.quantile(share[own], CLOSE))
    return np.maximum(share, np.where(labelled, SMALLEST_LABELLED, SMALLEST))
