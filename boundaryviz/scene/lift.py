"""A plane lifted into more dimensions: its points are given inputs, and the plane stays what is shown of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scene import Domain, Scene
from boundaryviz.scene.section import Section, box

_STREAM = 20  # key of the random stream of the map
_WIDE = 4.0  # standard deviations of the noise that the box of the inputs holds beside the plane


def lift_map(width: int) -> NDArray[np.float64]:
    """The images (2, width) of the plane's two directions: orthonormal, drawn at random, the same for each width.

    It does not depend on the seed of the data: another draw of the data lies on the same plane, or what is learnt from
    one could not be asked about the other.
    """
    drawn = np.random.default_rng([width, _STREAM]).standard_normal((width, 2))
    found: NDArray[np.float64] = np.linalg.qr(drawn)[0].T
    return found


def lifted(scene: Scene, width: int, noise: float, rng: np.random.Generator) -> Scene:
    """The scene with inputs (N, width): u axes[0] + v axes[1] at place (u, v), and Gaussian noise off the plane.

    noise: its standard deviation along each direction that is orthogonal to the plane; along the plane there is none,
    so that each point is shown exactly where it lies.
    """
    axes, xy = lift_map(width), scene.points.xy
    off = noise * rng.standard_normal((len(xy), width))
    inputs = xy @ axes + off - (off @ axes.T) @ axes
    low, high = box(_corners(scene.domain) @ axes)
    section = Section(np.zeros(width), axes, low - _WIDE * noise, high + _WIDE * noise)
    return replace(scene, points=scene.points.with_columns(inputs=inputs), section=section)


def _corners(domain: Domain) -> NDArray[np.float64]:
    """Of the rectangle that is shown, (4, 2)."""
    return np.array(list(product((domain.left, domain.right), (domain.bottom, domain.top))))
