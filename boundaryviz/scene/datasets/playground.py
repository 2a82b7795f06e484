"""The data sets of TensorFlow Playground, four of classes and two of responses, with exactly its definitions.

Smilkov et al., "Direct-manipulation visualization of deep networks" (2017); the definitions are those of
its `dataset.ts`. Class 1 is its +1 (blue), class 0 its -1 (orange). Noise is its slider over 100: 0 to 0.5.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.datasets.kinds import Sample

RADIUS = 5.0
_EDGE = 6.0  # of the square of the data sets for regression
_HILLS = np.array([[-4.0, 2.5], [0.0, 2.5], [4.0, 2.5], [-4.0, -2.5], [0.0, -2.5], [4.0, -2.5]])
_SIGNS = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])


def circle(n: int, noise: float, rng: np.random.Generator) -> Sample:
    """A disc of radius up to 2.5 inside a ring from 3.5 to 5, half the points each.

    The label says whether the *jittered* place lies within 2.5: noise flips labels and moves nothing.
    """
    inside = (n + 1) // 2
    low, high = np.array([0.0, 0.7 * RADIUS]), np.array([0.5 * RADIUS, RADIUS])
    which = np.repeat([0, 1], [inside, n - inside])
    r = rng.uniform(low[which], high[which])
    angle = rng.uniform(0.0, 2.0 * np.pi, n)
    xy = np.stack([r * np.sin(angle), r * np.cos(angle)], axis=1)
    jittered = xy + noise * rng.uniform(-RADIUS, RADIUS, (n, 2))
    return xy, _class(np.hypot(*jittered.T) < 0.5 * RADIUS)


def xor(n: int, noise: float, rng: np.random.Generator) -> Sample:
    """A square whose opposite quadrants share a class, pushed 0.3 off the axes.

    The label is the sign of x y at the *jittered* place: noise flips labels and moves nothing.
    """
    xy = rng.uniform(-5.0, 5.0, (n, 2))
    xy += np.where(xy > 0, 0.3, -0.3)
    jittered = xy + noise * rng.uniform(-5.0, 5.0, (n, 2))
    return xy, _class(jittered.prod(axis=1) >= 0)


def gauss(n: int, noise: float, rng: np.random.Generator) -> Sample:
    """Two Gaussians, class 1 at (2, 2) and class 0 at (-2, -2); their variance grows from 0.5 to 4 with noise."""
    label = np.repeat([1, 0], [(n + 1) // 2, n // 2])
    variance = 0.5 + noise / 0.5 * 3.5
    centre = np.where(label == 1, 2.0, -2.0)[:, None]
    return centre + np.sqrt(variance) * rng.standard_normal((n, 2)), label


def spiral(n: int, noise: float, rng: np.random.Generator) -> Sample:
    """Two arms of 1.75 turns, half the points each, evenly spaced; noise pushes each axis by up to itself."""
    arms = (n + 1) // 2, n // 2
    label = np.repeat([1, 0], arms)
    along = np.concatenate([np.arange(size) / max(size, 1) for size in arms])
    r = 5.0 * along
    t = 1.75 * 2.0 * np.pi * along + np.where(label == 1, 0.0, np.pi)
    xy = np.stack([r * np.sin(t), r * np.cos(t)], axis=1)
    return xy + noise * rng.uniform(-1.0, 1.0, (n, 2)), label


def reg_plane(n: int, noise: float, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A slope from -1.2 in one corner of the square to 1.2 in the other: (x + y) / 10 at the jittered place."""
    xy, jittered = _square(n, noise, rng)
    return xy, jittered.sum(axis=1) / 10.0


def reg_gauss(n: int, noise: float, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Six cones of radius 2 and height +1 or -1 in turn, 0 elsewhere, at the jittered place.

    The Playground calls them Gaussians. They do not overlap.
    """
    xy, jittered = _square(n, noise, rng)
    far = np.linalg.norm(jittered[:, None] - _HILLS, axis=2)
    return xy, (_SIGNS * np.clip(1.0 - far / 2.0, 0.0, 1.0)).sum(axis=1)


def _square(n: int, noise: float, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places (n, 2) in the square, and the same jittered."""
    xy = rng.uniform(-_EDGE, _EDGE, (n, 2))
    return xy, xy + noise * rng.uniform(-_EDGE, _EDGE, (n, 2))


def _class(positive: NDArray[np.bool_]) -> NDArray[np.int64]:
    return positive.astype(np.int64)
