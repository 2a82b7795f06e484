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


def box_of_training(scene: Scene, beyond: float) -> NDArray[np.float64]:
    """The box (2, D) of what the clean twin trains on: it stays as it is where an earlier attack has planted poison.

    Raises AttackError where there is none.
    """
    clean = scene.points.take(scene.points.is_train & scene.seen(frozenset()))
    if not len(clean):
        raise AttackError("There are no clean training points, so that there is no box for poison to lie in.")
    return box_of(clean, beyond)


def box_on_plane(scene: Scene, beyond: float) -> NDArray[np.float64] | None:
    """The box of the clean training points of a scene, (2, 2); None where there is none, and of points with inputs of
    their own, whose box is no rectangle of the plane."""
    if scene.section is not None:
        return None
    try:
        return box_of_training(scene, beyond)
    except AttackError:
        return None
