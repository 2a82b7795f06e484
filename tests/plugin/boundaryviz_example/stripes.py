"""A data set: stripes of two classes, side by side."""

from __future__ import annotations

import numpy as np

from boundaryviz.scene.datasets import Dataset, Noise, Sample
from boundaryviz.scene.scene import Domain


def stripes(n: int, noise: float, rng: np.random.Generator) -> Sample:
    """n points; noise: standard deviation of a push sideways, after the label is given."""
    xy = rng.uniform(-4.0, 4.0, (n, 2))
    label = np.floor(xy[:, 0] / 2.0).astype(np.int64) % 2
    return xy + noise * rng.standard_normal((n, 1)) * [1.0, 0.0], label


STRIPES = Dataset(
    "stripes",
    "Stripes",
    "Four upright stripes in alternating classes.",
    stripes,
    Noise(0.1, 1.0, "standard deviation of a push sideways"),
    domain=Domain(-5.0, 5.0, -5.0, 5.0),
)
