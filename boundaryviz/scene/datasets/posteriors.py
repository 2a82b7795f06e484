"""How probable each class is at a place of the plane, of data sets of which that is known: what no learner can beat.

Functions (xy (M, 2), noise) -> (M, C), rows summing to 1, for the draws in `playground` and `shapes`. Where nothing is
ever drawn they say what the rule of the labels, or the nearest class, says there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.datasets import playground, shapes
from boundaryviz.scene.datasets.kinds import Posterior

_NODES = 400  # along a curve, or across a square of jitter
_ERF = np.vectorize(math.erf, otypes=[np.float64])


def circle(xy: NDArray[np.float64], noise: float) -> NDArray[np.float64]:
    """Of `playground.circle`: the share of the square of jitter about a place that lies within the disc."""
    half, radius = noise * playground.RADIUS, 0.5 * playground.RADIUS
    if half == 0.0:
        return _of_second((np.hypot(*xy.T) < radius).astype(np.float64))
    across = xy[:, :1] + half * (2.0 * (np.arange(_NODES) + 0.5) / _NODES - 1.0)
    chord = np.sqrt(np.maximum(radius**2 - across**2, 0.0))
    low, high = (xy[:, 1:] + side * half for side in (-1.0, 1.0))
    inside = np.maximum(np.minimum(high, chord) - np.maximum(low, -chord), 0.0)
    return _of_second(inside.mean(axis=1) / (2.0 * half))


def xor(xy: NDArray[np.float64], noise: float) -> NDArray[np.float64]:
    """Of `playground.xor`: both jittered coordinates are positive, or neither."""
    half = noise * playground.RADIUS
    positive = np.clip((xy + half) / (2.0 * half), 0.0, 1.0) if half else (xy >= 0.0).astype(np.float64)
    x, y = positive.T
    return _of_second(x * y + (1.0 - x) * (1.0 - y))


def gauss(xy: NDArray[np.float64], noise: float) -> NDArray[np.float64]:
    """Of `playground.gauss`: two Gaussians of one variance."""
    return _mixture(xy, [np.full((1, 2), -2.0), np.full((1, 2), 2.0)], math.sqrt(0.5 + noise / 0.5 * 3.5))


def moons(xy: NDArray[np.float64], noise: float) -> NDArray[np.float64]:
    """Of `shapes.moons`: two half circles blurred by a Gaussian."""
    t = np.pi * _middles()
    upper = np.stack([np.cos(t), np.sin(t)], axis=1)
    return _mixture(xy, [upper, np.array([1.0, 0.5]) - upper], noise)


def rings(xy: NDArray[np.float64], noise: float) -> NDArray[np.float64]:
    """Of `shapes.rings`: two circles blurred by a Gaussian."""
    t = 2.0 * np.pi * _middles()
    circle = np.stack([np.cos(t), np.sin(t)], axis=1)
    return _mixture(xy, [2.0 * circle, 4.0 * circle], noise)


def mail(xy: NDArray[np.float64], noise: float) -> NDArray[np.float64]:
    """Of `shapes.mail`: two Gaussians of one variance."""
    return _mixture(xy, [np.full((1, 2), -0.8), np.full((1, 2), 0.8)], noise)


def blobs(xy: NDArray[np.float64], noise: float) -> NDArray[np.float64]:
    """Of `shapes.blobs`: four Gaussians."""
    return _mixture(xy, list(shapes.CENTRES[:, None]), noise)


def checkerboard(xy: NDArray[np.float64], noise: float) -> NDArray[np.float64]:
    """Of `shapes.checkerboard`: squares blurred by a Gaussian."""
    edges = np.linspace(-4.0, 4.0, 5)
    if noise:
        upto = _ERF((edges - xy[..., None]) / (math.sqrt(2.0) * noise))
        mass = np.diff(upto, axis=2)  # (M, 2, 4), of each strip along each axis
        (even_x, even_y), (odd_x, odd_y) = mass[..., ::2].sum(axis=2).T, mass[..., 1::2].sum(axis=2).T
        same, other = even_x * even_y + odd_x * odd_y, even_x * odd_y + odd_x * even_y
        known = same + other > 0.0
        share = other / np.where(known, same + other, 1.0)
    else:
        known, share = np.zeros(len(xy), dtype=bool), np.zeros(len(xy))
    within = np.clip(xy, edges[0], np.nextafter(edges[-1], 0.0))
    return _of_second(np.where(known, share, np.floor(within / 2.0).sum(axis=1) % 2))


def swiss_roll(xy: NDArray[np.float64], noise: float) -> NDArray[np.float64]:
    """Of `shapes.swiss_roll`: three arms blurred by a Gaussian."""
    along = np.sqrt(_middles())
    return _mixture(xy, [shapes.arm(along, np.full(_NODES, k)) for k in range(3)], noise)


def covariate_shift(xy: NDArray[np.float64], noise: float) -> NDArray[np.float64]:
    """Of `shapes.covariate_shift`: a place pushed upwards by a Gaussian lies above the curve."""
    above = xy[:, 1] - shapes.concept(xy[:, 0])
    return _of_second(0.5 + 0.5 * _ERF(above / (math.sqrt(2.0) * noise)) if noise else (above > 0.0).astype(np.float64))


KNOWN: dict[str, Posterior] = {
    "circle": circle, "xor": xor, "gauss": gauss, "moons": moons, "rings": rings, "mail": mail, "blobs": blobs,
    "checkerboard": checkerboard, "swiss-roll": swiss_roll, "covariate-shift": covariate_shift,
}  # fmt: skip
"""By the name of the data set."""


def _middles() -> NDArray[np.float64]:
    return (np.arange(_NODES) + 0.5) / _NODES


def _of_second(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of two classes, from the probability of the second."""
    return np.stack([1.0 - p, p], axis=1)


def _mixture(xy: NDArray[np.float64], centres: Sequence[NDArray[np.float64]], sigma: float) -> NDArray[np.float64]:
    """Of equally frequent classes, each an even mixture of Gaussians of one deviation about its centres (n, 2). Without
    deviation the class of the nearest centre is certain."""
    square = (xy**2).sum(axis=1, keepdims=True)
    far = [square - 2.0 * xy @ some.T + (some**2).sum(axis=1) for some in centres]
    nearest = np.stack([some.min(axis=1) for some in far], axis=1)
    if sigma == 0.0:
        return np.eye(len(centres))[nearest.argmin(axis=1)]
    least = nearest.min(axis=1, keepdims=True)
    mass = np.stack([np.exp((least - some) / (2.0 * sigma**2)).mean(axis=1) for some in far], axis=1)
    return mass / mass.sum(axis=1, keepdims=True)
