"""The colours of heights of the boundary, shared by the window and the figures. Imports nothing heavy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.height_map import HeightMap
from boundaryviz.figures.effect_colours import effect_image

FAR = 5.0
"""From so many times the height of the sheets on, a map is bare."""


def height_image(found: HeightMap, middle: str) -> NDArray[np.uint8]:
    """Colours of the nearer height, uint8 (rows, columns, 4): the stronger the nearer, bare from `FAR` z on."""
    nearness = 1.0 - np.clip(found.nearest / (FAR * found.z), 0.0, 1.0)
    return effect_image(-nearness, 1.0, middle)
