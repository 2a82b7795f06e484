"""Moons in a space of D inputs: lifted from the plane by a random map, with some noise off it."""

from __future__ import annotations

import numpy as np

from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.scene import Scene
from boundaryviz.scene.section import Section, box


def lifted(width: int, noise: float = 0.0, seed: int = 0, n: int = 60, **data: object) -> Scene:
    """Moons whose plane lies somewhere in D = `width` inputs; noise: standard deviation off the plane.

    The section is the plane of the data itself, so that the canvas shows the moons as they are.
    """
    flat = build(DataSpec(n=n, **data))  # type: ignore[arg-type]
    rng = np.random.default_rng(seed)
    origin, axes = rng.standard_normal(width), np.linalg.qr(rng.standard_normal((width, 2)))[0].T
    off = noise * rng.standard_normal((len(flat.points), width))
    inputs = origin + flat.points.xy @ axes + (off - off @ axes.T @ axes)
    section = Section(origin, axes, *box(inputs))
    points = flat.points.with_columns(inputs=inputs)
    return Scene(points, flat.domain, flat.classes, flat.class_names, section=section)
