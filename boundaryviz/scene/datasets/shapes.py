"""Shapes on the plane beyond the Playground's: pure functions of (n, noise, rng)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.datasets.kinds import Draw, Sample
from boundaryviz.scene.elephant import Elephant, around


def moons(n: int, noise: float, rng: np.random.Generator) -> Sample:
    """Two interleaved half circles; noise is the standard deviation of a Gaussian push (scikit-learn's make_moons)."""
    outer = n // 2
    t = np.concatenate([np.linspace(0, np.pi, outer), np.linspace(0, np.pi, n - outer)])
    label = np.repeat([0, 1], [outer, n - outer])
    x = np.where(label == 0, np.cos(t), 1 - np.cos(t))
    y = np.where(label == 0, np.sin(t), 0.5 - np.sin(t))
    return np.stack([x, y], axis=1) + noise * rng.standard_normal((n, 2)), label


def rings(n: int, noise: float, rng: np.random.Generator) -> Sample:
    """Two circles of radius 2 and 4 about one centre; noise is the standard deviation of a Gaussian push."""
    label = _even(n, 2)
    r, angle = 2.0 + 2.0 * label, rng.uniform(0.0, 2.0 * np.pi, n)
    return _polar(r, angle) + noise * rng.standard_normal((n, 2)), label


CENTRES = np.array([[-1.5, -1.5], [1.5, -1.5], [1.5, 1.5], [-1.5, 1.5]])
"""Of the four blobs."""


def blobs(n: int, noise: float, rng: np.random.Generator) -> Sample:
    """Four Gaussians on the corners of a square of side 3; noise is their standard deviation."""
    label = _even(n, 4)
    return CENTRES[label] + noise * rng.standard_normal((n, 2)), label


def mail(n: int, noise: float, rng: np.random.Generator) -> Sample:
    """Two Gaussians about (-0.8, -0.8) and (0.8, 0.8), letters and spam; noise is their standard deviation."""
    label = _even(n, 2)
    return 0.8 * (2.0 * label - 1.0)[:, None] + noise * rng.standard_normal((n, 2)), label


def checkerboard(n: int, noise: float, rng: np.random.Generator) -> Sample:
    """Four by four squares of side 2; noise is the standard deviation of a Gaussian push after labelling."""
    xy = rng.uniform(-4.0, 4.0, (n, 2))
    label = np.floor(xy / 2.0).astype(np.int64).sum(axis=1) % 2
    return xy + noise * rng.standard_normal((n, 2)), label


def disc(n: int, noise: float, rng: np.random.Generator) -> Sample:
    """A square of side 10 and the disc in its middle that takes half of it, up to a common edge; noise is the standard
    deviation of a Gaussian push after labelling."""
    xy = rng.uniform(-5.0, 5.0, (n, 2))
    label = (np.hypot(*xy.T) < 10.0 / np.sqrt(2.0 * np.pi)).astype(np.int64)
    return xy + noise * rng.standard_normal((n, 2)), label


def swiss_roll(n: int, noise: float, rng: np.random.Generator) -> Sample:
    """Three arms rolled up by one turn and a quarter; noise is the standard deviation of a Gaussian push."""
    label = _even(n, 3)
    along = np.sqrt(rng.uniform(0.0, 1.0, n))  # an arm's outer turn is longer: the root spreads points evenly
    return arm(along, label) + noise * rng.standard_normal((n, 2)), label


def arm(along: NDArray[np.float64], label: NDArray[np.int64]) -> NDArray[np.float64]:
    """Places on the arms of the roll, from 0 at the inner end to 1 at the outer one."""
    return _polar(0.8 + 4.2 * along, 2.5 * np.pi * along + 2.0 * np.pi / 3.0 * label)


def concept(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The curve that parts the classes of the covariate-shift data, the same in training and in test."""
    return 1.5 * np.sin(1.2 * x)


def covariate_shift(centre: float) -> Draw:
    """Points about x = `centre`, class 1 above the curve `concept`.

    p(y | x) does not depend on `centre`: the label is taken at a place pushed vertically by a Gaussian of
    standard deviation noise, so noise flips labels near the curve and moves nothing.
    """

    def draw(n: int, noise: float, rng: np.random.Generator) -> Sample:
        x = centre + 1.2 * rng.standard_normal(n)
        y = 1.8 * rng.standard_normal(n)
        label = (y + noise * rng.standard_normal(n) > concept(x)).astype(np.int64)
        return np.stack([x, y], axis=1), label

    return draw


ELEPHANT = Elephant().outline(around(361)) / 20.0
"""The outline of the elephant, a closed polygon: a twentieth of the paper's size."""


def elephant(n: int, noise: float, rng: np.random.Generator) -> Sample:
    """Places anywhere on the plane, class 1 inside the elephant; noise is the standard deviation of a Gaussian push
    after labelling."""
    xy = rng.uniform((-4.5, -4.0), (5.0, 5.0), (n, 2))
    return xy + noise * rng.standard_normal((n, 2)), inside(ELEPHANT, xy).astype(np.int64)


GRID, _SPACING = 6, 0.5
"""Cells along each side of the random grid, and how far apart they lie."""


def random_grid(n: int, noise: float, rng: np.random.Generator) -> Sample:
    """Points at the centres of the cells of a grid, each cell of a class drawn at random, as many cells of one as of
    the other; noise is the standard deviation of a Gaussian push. Shamir, Melamed and BenShmuel, "The dimpled manifold
    model of adversarial examples in machine learning" (2021), train on such labels to have a boundary dimple.

    Another data seed draws other labels: what is learnt from one draw says nothing of another.
    """
    label = rng.permutation(GRID * GRID) % 2
    cell = np.arange(n) % (GRID * GRID)
    centre = _SPACING * (np.stack([cell % GRID, cell // GRID], axis=1) - 0.5 * (GRID - 1))
    return centre + noise * rng.standard_normal((n, 2)), label[cell]


def inside(polygon: NDArray[np.float64], xy: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which places (N, 2) lie in a closed polygon (K, 2): a ray to the right crosses its border an odd number of
    times."""
    x, y = xy.T
    odd = np.zeros(len(xy), dtype=bool)
    for (left, low), (right, high) in pairwise(polygon.tolist()):
        between = (low > y) != (high > y)
        if between.any():
            odd ^= between & (x < left + (y - low) * (right - left) / (high - low))
    return odd


def _even(n: int, classes: int) -> NDArray[np.int64]:
    """n labels, as evenly shared out as n allows, in runs."""
    return np.arange(n) * classes // max(n, 1)


def _polar(r: NDArray, angle: NDArray) -> NDArray[np.float64]:
    return np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1)
