"""The measure of a scene: where its clean training points lie and how far they spread, and what is scaled by it.

It is taken once, when the points are drawn or opened, and stays where it is while points move, like the domain. So a
dragged point moves nothing but itself, twins share one scale, and poison changes none.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scaling import InputScale, Scaling
from boundaryviz.scene.scene import Points, Scene


def measure_of(points: Points) -> Scaling:
    """Mean and standard deviation of each input of the clean training points; where there are none, of all clean
    points."""
    return Scaling.standard(_clean(points))


def _clean(points: Points) -> NDArray[np.float64]:
    clean = ~points.is_poison
    train = clean & points.is_train
    return points.x[train if train.any() else clean]


def measured(scene: Scene) -> Scene:
    """The scene with its measure: the one it has, if it is of as many inputs, or else that of its points as they are
    now."""
    if scene.measure is not None and scene.measure.width == scene.points.width:
        return scene
    return replace(scene, measure=measure_of(scene.points))


def scaling_of(scene: Scene, how: InputScale) -> Scaling | None:
    """The units in which learners are given the inputs of points, None for those that they come in.

    standardised: each input has mean 0 and standard deviation 1 over the clean training points, when they were
    measured. domain: the domain, or of points with inputs the box of their section, becomes [-1, 1].
    """
    if how == "as-is":
        return None
    if how == "standardised":
        return measured(scene).measure
    if (section := scene.section) is not None:
        return Scaling.of_box(section.low, section.high)
    d = scene.domain
    return Scaling.of_box((d.left, d.bottom), (d.right, d.top))


def units_on_plane(scene: Scene, how: InputScale) -> tuple[float, float]:
    """How far along each axis of the plane that is shown a learner's unit of length reaches."""
    scaling = scaling_of(scene, how)
    axes = np.eye(2) if scene.section is None else scene.section.axes
    lengths = np.linalg.norm(axes if scaling is None else axes / scaling.unit, axis=1)
    across, up = (1.0 / length if length else 1.0 for length in lengths.tolist())  # a single input has one axis
    return across, up


def spreads(points: Points) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The standard deviation of each input of the clean training points, 0 where it is but rounding, and how far from
    0 their mean lies, both (D,)."""
    x = _clean(points)
    if not len(x):
        return np.zeros(points.width), np.zeros(points.width)
    return np.where(x.min(axis=0) < x.max(axis=0), x.std(axis=0), 0.0), np.abs(x.mean(axis=0))
