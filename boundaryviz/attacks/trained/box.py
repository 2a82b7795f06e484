"""The box that poison may lie in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.attacks.targets import AttackError
from boundaryviz.scene.scene import Points, Scene


def box_of(points: Points, beyond: float) -> NDArray[np.float64]:
    """The lowest and highest inputs (2, D) of points, whose half extents about their centre are taken `beyond` times.

    Raises AttackError where that is no box, as all points lie at one place.
    """
    low, high = points.x.min(axis=0), points.x.max(axis=0)
    if (low == high).all():
        raise AttackError("All training points lie at one place, so that there is no box for poison to lie in.")
    centre, half = (low + high) / 2, (high - low) / 2 * beyond
    return np.stack([centre - half, centre + half])


def box_on_plane(scene: Scene, beyond: float) -> NDArray[np.float64] | None:
    """The box of the points of a scene that act in training, (2, 2); None where there is none, and of points with
    inputs of their own, whose box is no rectangle of the plane."""
    acting = scene.points.take(scene.points.is_train & scene.seen())
    if scene.section is not None or not len(acting):
        return None
    try:
        return box_of(acting, beyond)
    except AttackError:
        return None
