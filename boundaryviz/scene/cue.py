"""One more input that tells the class, useful and fragile: small, and mostly right."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scene import Scene
from boundaryviz.scene.section import Section

_NOISE = 0.05  # its standard deviation on the cue, in times the way from one class to the next
_WIDE = 1.5  # sizes of the cue that the box of the inputs holds beside 0


def with_cue(scene: Scene, label: NDArray[np.int64], size: float, agrees: float, rng: np.random.Generator) -> Scene:
    """The scene with one input more (N, D + 1), whose mean is `size` away from 0: below for the first class, above for
    the last, evenly in between.

    agrees: of this share of the points, drawn at random, it is that of their class `label` (N,); of the others it is
    that of another class, drawn at random. The plane that is shown is where the cue is 0 and says nothing. This is the
    model of useful and fragile features of Tsipras and others (2019), section 2.1, with one such feature.
    """
    points, classes = scene.points, scene.classes
    other = (label + rng.integers(1, classes, len(label))) % classes
    says = np.where(rng.random(len(label)) < agrees, label, other)
    apart = 2.0 * size / (classes - 1)
    cue = apart * says - size + _NOISE * apart * rng.standard_normal(len(label))
    plane = scene.section or _places(scene)
    section = Section(
        np.append(plane.origin, 0.0), np.pad(plane.axes, ((0, 0), (0, 1))),
        np.append(plane.low, -_WIDE * size), np.append(plane.high, _WIDE * size),
        (*(plane.names or [f"input {k + 1}" for k in range(plane.width)]), "cue"),
    )  # fmt: skip
    inputs = np.concatenate([points.x, cue[:, None]], axis=1)
    return replace(scene, points=points.with_columns(inputs=inputs), section=section)


def _places(scene: Scene) -> Section:
    """The plane as a section of itself."""
    d = scene.domain
    corners = np.array(list(product((d.left, d.right), (d.bottom, d.top))))
    return Section(np.zeros(2), np.eye(2), corners.min(axis=0), corners.max(axis=0), scene.axis_names)
