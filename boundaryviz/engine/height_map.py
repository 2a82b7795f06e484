"""What is known of the height of a boundary over the plane that is shown, as a value; `heights` works it out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scene import Domain, Scene

NEAR = 0.2
"""A boundary that lies no farther off the plane is said to cling to it, in the units of the inputs."""


@dataclass(frozen=True, eq=False)
class HeightMap:
    """Heights over the cells of `domain`, from the lower left on, along the unit vector that is orthogonal to the plane
    (`Section.off_plane`), in the units of the inputs.

    above, below: float64 (rows, columns), how far off the plane on that side another class is decided than on it;
    infinite where there is none within `reach`, NaN where the model decides nothing. z: how far off the plane on both
    sides `sheets` are: float32 (2, rows, columns), above and then below, or (2, classes, rows, columns), fields that
    are one half, or largest, where the boundary runs.
    """

    domain: Domain
    above: NDArray[np.float64]
    below: NDArray[np.float64]
    reach: float
    z: float
    sheets: NDArray[np.float32]

    @property
    def nearest(self) -> NDArray[np.float64]:
        """The lesser of both heights, (rows, columns)."""
        return np.minimum(self.above, self.below)

    @property
    def signed(self) -> NDArray[np.float64]:
        """The same, below 0 where the boundary is nearer below the plane."""
        return np.where(self.below < self.above, -self.below, self.above)

    def within(self, far: float) -> float:
        """The share of the cells over or under which the boundary lies no farther than this."""
        return float((self.nearest <= far).mean())

    @property
    def median(self) -> float:
        """Of the nearest heights; infinite where more than half of the cells have none within reach."""
        known = self.nearest[~np.isnan(self.nearest)]
        return float(np.median(known)) if known.size else np.nan

    def decided(self, side: int) -> NDArray[np.int64]:
        """The class decided z off the plane, above (0) or below (1), -1 for none: (rows, columns) of the sheets."""
        sheet = self.sheets[side]
        classes = (sheet > 0.5).astype(np.int64) if sheet.ndim == 2 else sheet.argmax(axis=0)
        return np.where(np.isnan(sheet if sheet.ndim == 2 else sheet.sum(axis=0)), -1, classes)

    def at(self, x: float, y: float) -> tuple[float, float] | None:
        """Above and below, at one place; None beyond the domain."""
        rows, columns = self.above.shape
        row, column, inside = self.domain.cells(np.array([[x, y]]), columns, rows)
        here = row[0], column[0]
        return (float(self.above[here]), float(self.below[here])) if inside[0] else None


def flat(scene: Scene) -> str:
    """Why there is nothing off the plane of a scene, in a sentence; empty where there is."""
    if scene.section is not None and scene.section.off_plane is not None:
        return ""
    width = scene.points.width
    words = "one input" if width == 1 else f"{width} inputs"
    return (
        f"These points have {words}: nothing lies off the plane that is shown, and no boundary over it. Lift the data "
        "into 3 dimensions or more, or open a table of more columns."
    )
