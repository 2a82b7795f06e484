"""How long the boundary between the classes is, as a measure of how much it wiggles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scene import Domain


def boundary_length(scores: NDArray[np.floating], rect: Domain) -> float:
    """The length of the boundary within a rectangle, in sides of a square of the rectangle's area.

    So it is free of units, a straight line across a square has length 1, and a circle of radius r has 2 pi r over the
    root of the area. Where the plane is drawn with free axes, it is measured as it is seen.
    scores: (1, rows, columns) at the cell centres, of two classes the lead of the second; or (C, rows, columns), the
    largest of which decides. Beyond the outer centres the boundary is not followed; where there are no numbers, there
    is none.
    """
    leads = scores if len(scores) == 1 else [_lead(scores, k) for k in range(len(scores))]
    rows, columns = scores.shape[1:]
    wide, high = rect.width, rect.height / rect.stretch
    x, y = (np.arange(columns) + 0.5) * wide / columns, (np.arange(rows) + 0.5) * high / rows
    total = sum(_contour(x, y, np.asarray(lead, dtype=np.float64)) for lead in leads)
    # of several classes each piece lies on the rims of two
    return float(total / (1 if len(scores) == 1 else 2) / np.sqrt(wide * high))


def _lead(scores: NDArray[np.floating], k: int) -> NDArray[np.floating]:
    """By how much class k leads the best of the others, (rows, columns)."""
    lead: NDArray[np.floating] = scores[k] - np.delete(scores, k, axis=0).max(axis=0)
    return lead


def _contour(x: NDArray[np.float64], y: NDArray[np.float64], z: NDArray[np.float64]) -> float:
    """The length of the line on which z (rows, columns) is 0."""
    if min(z.shape) < 2:
        return 0.0
    import contourpy  # what trains without a window does without it

    lines = contourpy.contour_generator(x, y, np.ma.masked_invalid(z)).lines(0.0)
    return sum(float(np.linalg.norm(np.diff(np.asarray(line), axis=0), axis=1).sum()) for line in lines)
