"""Moons in a space of D inputs: lifted from the plane by a random map, with some noise off it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.scene import Scene
from boundaryviz.scene.section import Section, box


def lifted(width: int, noise: float = 0.0, seed: int = 0, n: int = 60, **data: object) -> Scene:
    """Moons whose plane lies somewhere in D = `width` inputs; noise: standard deviation off the plane."""
    return lift(build(DataSpec(n=n, **data)), width, noise, seed)  # type: ignore[arg-type]


def lift(flat: Scene, width: int, noise: float = 0.0, seed: int = 0) -> Scene:
    """A scene of places, lifted. The section is the plane of the data itself, so that it is shown as it is."""
    rng = np.random.default_rng(seed)
    origin, axes = rng.standard_normal(width), np.linalg.qr(rng.standard_normal((width, 2)))[0].T
    off = noise * rng.standard_normal((len(flat.points), width))
    inputs = origin + flat.points.xy @ axes + (off - off @ axes.T @ axes)
    section = Section(origin, axes, *box(inputs))
    return replace(flat, points=flat.points.with_columns(inputs=inputs), section=section)
