"""Data sets of the plane: pure functions of (n, noise, rng), and the table that names them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scene import Domain

Draw = Callable[[int, float, np.random.Generator], tuple[NDArray[np.float64], NDArray[np.int64]]]


@dataclass(frozen=True)
class Noise:
    """What a data set's own noise does, its default and its largest useful value."""

    default: float
    largest: float
    meaning: str


@dataclass(frozen=True)
class Dataset:
    """One entry of the table.

    draw: (n, noise, rng) -> xy float64 (n, 2), label int64 (n,) in 0..classes-1.
    draw_test: drawn from instead for test points where their distribution differs.
    finite: the points are a table; fewer than n may come back.
    domain: the part of the plane shown; None for the bounding box of what was drawn.
    """

    name: str
    title: str
    summary: str
    draw: Draw
    noise: Noise
    classes: int = 2
    domain: Domain | None = None
    class_names: tuple[str, ...] = ()
    axis_names: tuple[str, str] = ("x", "y")
    draw_test: Draw | None = None
    finite: bool = False


def moons(n: int, noise: float, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Two interleaved half circles; noise is the standard deviation of a Gaussian push (scikit-learn's make_moons)."""
    outer = n // 2
    t = np.concatenate([np.linspace(0, np.pi, outer), np.linspace(0, np.pi, n - outer)])
    label = np.repeat([0, 1], [outer, n - outer])
    x = np.where(label == 0, np.cos(t), 1 - np.cos(t))
    y = np.where(label == 0, np.sin(t), 0.5 - np.sin(t))
    return np.stack([x, y], axis=1) + noise * rng.standard_normal((n, 2)), label


_TABLE = (
    Dataset(
        "moons", "Two moons", "Two interleaved half circles.", moons,
        Noise(0.1, 0.5, "standard deviation of a Gaussian push"), domain=Domain(-1.75, 2.75, -1.5, 2.0),
    ),
)  # fmt: skip

DATASETS: dict[str, Dataset] = {source.name: source for source in _TABLE}
