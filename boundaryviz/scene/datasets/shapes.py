"""Shapes on the plane beyond the Playground's: pure functions of (n, noise, rng)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.datasets.kinds import Draw, Sample


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


def blobs(n: int, noise: float, rng: np.random.Generator) -> Sample:
    """Four Gaussians on the corners of a square of side 3; noise is their standard deviation."""
    label = _even(n, 4)
    centres = np.array([[-1.5, -1.5], [1.5, -1.5], [1.5, 1.5], [-1.5, 1.5]])
    return centres[label] + noise * rng.standard_normal((n, 2)), label


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
    angle = 2.5 * np.pi * along + 2.0 * np.pi / 3.0 * label
    return _polar(0.8 + 4.2 * along, angle) + noise * rng.standard_normal((n, 2)), label


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


def _even(n: int, classes: int) -> NDArray[np.int64]:
    """n labels, as evenly shared out as n allows, in runs."""
    return np.arange(n) * classes // max(n, 1)


def _polar(r: NDArray, angle: NDArray) -> NDArray[np.float64]:
    return np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1)
