"""Bias, variance and main prediction as pictures, for window and figures alike. Imports nothing heavy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.figures.palette import field_image, rgb, sequence
from boundaryviz.record.bias_variance import BiasVariance

MAPS = {
    "main": "main prediction",
    "bias": "bias",
    "variance": "variance",
    "noise": "noise",
    "error": "error",
    "squared_bias": "squared bias",
    "squared_variance": "squared variance",
}
"""What can be seen on the plane: the class that most models predict, and measures of `record.decomposition`."""


def top(found: BiasVariance, name: str) -> float:
    """The value that the scale of a map ends at: bias is 0 or 1, and what C classes share no larger than 1 - 1 / C."""
    most = 1.0 - 1.0 / len(found.class_names)
    return {"bias": 1.0, "error": 1.0, "squared_bias": most / 2, "squared_variance": most / 2}.get(name, most)


def map_values(found: BiasVariance, name: str) -> NDArray[np.float64]:
    """The map called so in `MAPS`, (rows, columns), row 0 at the bottom: a measure, or the class as a number."""
    values = found.plane.main.astype(np.float64) if name == "main" else found.plane[name]
    return values.reshape(found.shape)


def map_image(found: BiasVariance, name: str, middle: str) -> NDArray[np.uint8]:
    """Its colours, uint8 (rows, columns, 4), row 0 at the bottom. middle: '#rrggbb' of what is not known."""
    if name == "main":
        return _classes(found, middle)
    values = map_values(found, name)
    known = np.isfinite(values)
    colours = sequence(np.where(known, values, 0.0) / top(found, name))
    image = np.concatenate([colours, np.full((*found.shape, 1), 255, np.uint8)], axis=2)
    image[~known, :3] = rgb(middle)
    return image


def _classes(found: BiasVariance, middle: str) -> NDArray[np.uint8]:
    main, classes = found.plane.main.reshape(found.shape), len(found.class_names)
    certain = np.where(main < 0, np.nan, np.arange(classes)[:, None, None] == main).astype(np.float32)
    return field_image(certain[1] if classes == 2 else certain, middle, levels=2, strength=0.75)
