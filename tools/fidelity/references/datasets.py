"""The data sets point by point, from fractions of the ranges that their definitions draw uniform numbers from."""

from __future__ import annotations

from math import atan2, cos, erf, floor, hypot, pi, sin, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

Point = tuple[float, float, int]
"""x, y and the class."""


class Scripted(np.random.Generator):
    """Numbers from queues: what a definition asks for becomes visible.

    fractions: for each call of `uniform`, of its range. normals: for each call of `standard_normal`.
    """

    def __init__(self, *fractions: float | NDArray, normals: tuple[NDArray, ...] = ()) -> None:
        super().__init__(np.random.PCG64(0))
        self.fractions, self.normals = list(fractions), list(normals)

    @override
    def uniform(self, low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:
        """Between both, by the next fraction."""
        low, high = np.broadcast_arrays(low, high)
        return np.broadcast_to(low + self.fractions.pop(0) * (high - low), low.shape if size is None else size).copy()

    @override
    def standard_normal(self, size: Any = None, *_: Any, **__: Any) -> Any:
        """The next ones."""
        found = self.normals.pop(0)
        return np.broadcast_to(found, found.shape if size is None else size).copy()


def between(low: float, high: float, fraction: float) -> float:
    """The Playground's randUniform, with its random number given."""
    return fraction * (high - low) + low


# ---- TensorFlow Playground, dataset.ts -------------------------------------------------------------------


def circle(n: int, noise: float, r: NDArray, angle: NDArray, jitter: NDArray) -> list[Point]:
    """classifyCircleData: fractions r (n,), angle (n,), jitter (n, 2)."""
    points: list[Point] = []
    for i in range(n):
        radius = between(0, 2.5, r[i]) if i < n / 2 else between(5 * 0.7, 5, r[i])
        turn = between(0, 2 * pi, angle[i])
        x, y = radius * sin(turn), radius * cos(turn)
        noise_x, noise_y = (between(-5, 5, f) * noise for f in jitter[i])
        points.append((x, y, 1 if hypot(x + noise_x, y + noise_y) < 2.5 else 0))
    return points


def xor(n: int, noise: float, place: NDArray, jitter: NDArray) -> list[Point]:
    """classifyXORData: fractions place and jitter, (n, 2)."""
    points: list[Point] = []
    for i in range(n):
        x, y = (between(-5, 5, f) for f in place[i])
        x += 0.3 if x > 0 else -0.3
        y += 0.3 if y > 0 else -0.3
        noise_x, noise_y = (between(-5, 5, f) * noise for f in jitter[i])
        points.append((x, y, 1 if (x + noise_x) * (y + noise_y) >= 0 else 0))
    return points


def gauss(n: int, noise: float, normal: NDArray) -> list[Point]:
    """classifyTwoGaussData: normal (n, 2), of which normalRandom makes mean + sqrt(variance) times it."""
    variance = 0.5 + (4 - 0.5) * noise / 0.5
    points: list[Point] = []
    for i in range(n):
        centre, label = (2, 1) if i < n / 2 else (-2, 0)
        x, y = (centre + sqrt(variance) * z for z in normal[i])
        points.append((x, y, label))
    return points


def spiral(n: int, noise: float, push: NDArray) -> list[Point]:
    """classifySpiralData: fractions push (n, 2)."""
    points: list[Point] = []
    for delta, label in ((0.0, 1), (pi, 0)):
        for i in range(n // 2):
            r, t = i / (n // 2) * 5, 1.75 * i / (n // 2) * 2 * pi + delta
            x, y = (between(-1, 1, f) * noise for f in push[len(points)])
            points.append((r * sin(t) + x, r * cos(t) + y, label))
    return points


# ---- shapes ----------------------------------------------------------------------------------------------


def rings(n: int, noise: float, angle: NDArray, normal: NDArray) -> list[Point]:
    """Circles of radius 2 and 4, half the points each."""
    points: list[Point] = []
    for i in range(n):
        label = 0 if i < n / 2 else 1
        turn = 2 * pi * angle[i]
        r = 4.0 if label else 2.0
        points.append((r * cos(turn) + noise * normal[i, 0], r * sin(turn) + noise * normal[i, 1], label))
    return points


def mail(n: int, noise: float, normal: NDArray) -> list[Point]:
    """Letters about (-0.8, -0.8), spam about (0.8, 0.8): normals (n, 2)."""
    points: list[Point] = []
    for i in range(n):
        k = 0 if i < n / 2 else 1
        x, y = normal[i]
        middle = 0.8 if k else -0.8
        points.append((middle + noise * x, middle + noise * y, k))
    return points


def blobs(n: int, noise: float, normal: NDArray) -> list[Point]:
    """A quarter of the points about each corner of a square of side 3, counted from the lower left round."""
    corners = ((-1.5, -1.5), (1.5, -1.5), (1.5, 1.5), (-1.5, 1.5))
    points: list[Point] = []
    for i in range(n):
        label = floor(4 * i / n)
        x, y = corners[label]
        points.append((x + noise * normal[i, 0], y + noise * normal[i, 1], label))
    return points


def checkerboard(n: int, noise: float, place: NDArray, normal: NDArray) -> list[Point]:
    """Squares of side 2, of which neighbours differ and the lower left one is of class 0; pushed after labelling."""
    points: list[Point] = []
    for i in range(n):
        x, y = (between(-4, 4, f) for f in place[i])
        label = (floor((x + 4) / 2) + floor((y + 4) / 2)) % 2
        points.append((x + noise * normal[i, 0], y + noise * normal[i, 1], label))
    return points


def disc(n: int, noise: float, place: NDArray, normal: NDArray) -> list[Point]:
    """A square of area 100, of which a disc of area 50 about the middle is of class 1; pushed after labelling."""
    points: list[Point] = []
    for i in range(n):
        x, y = (between(-5, 5, f) for f in place[i])
        points.append((x + noise * normal[i, 0], y + noise * normal[i, 1], int(pi * (x * x + y * y) < 50)))
    return points


def off_the_roll(x: float, y: float, label: int) -> float:
    """How far a point without noise is off its arm, 2.5 pi s turned by a third for each class at radius 0.8 + 4.2 s."""
    angle = 2.5 * pi * (hypot(x, y) - 0.8) / 4.2 + 2 * pi / 3 * label
    return abs((atan2(y, x) - angle + pi) % (2 * pi) - pi)


def covariate_shift(centre: float, noise: float, x: NDArray, y: NDArray, push: NDArray) -> list[Point]:
    """Normal numbers (n,) each: the class is that of the place pushed up or down, above 1.5 sin 1.2 x or below."""
    points: list[Point] = []
    for i in range(len(x)):
        here, height = centre + 1.2 * x[i], 1.8 * y[i]
        points.append((here, height, 1 if height + noise * push[i] > 1.5 * sin(1.2 * here) else 0))
    return points


def above(height: float, noise: float) -> float:
    """The chance of class 1 at this height over the curve of the covariate-shift data."""
    return 0.5 * (1 + erf(height / noise / sqrt(2)))
