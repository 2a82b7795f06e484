"""The colours of classes and curves, shared by the window and the figures. Imports nothing heavy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ORANGE, GREY, BLUE = "#f59322", "#e8eaeb", "#0877bd"
# Okabe and Ito's colours, the first two as the Playground has them; black is left to the ink
OKABE_ITO = (ORANGE, BLUE, "#009e73", "#cc79a7", "#f0e442", "#56b4e9", "#d55e00", "#8c6bb1", "#7f7f7f", "#5b3a1e")
# one symbol per class, as matplotlib names them and as pyqtgraph does
MARKERS = ("o", "s", "^", "D", "P", "v", "X", "p", "h", "*")
SYMBOLS = ("o", "s", "t1", "d", "+", "t", "x", "p", "h", "star")
POISON = "#d5344a"
CURVE_TRAIN, CURVE_VALIDATION, CURVE_TEST = "#8a9299", "#1f2933", "#0877bd"


def rgb(colour: str) -> tuple[int, int, int]:
    """'#rrggbb' as three numbers in 0..255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def class_colour(label: int) -> str:
    """The colour of a class, '#rrggbb'; grey for unlabelled."""
    return "#6b737a" if label < 0 else OKABE_ITO[label % len(OKABE_ITO)]


def ramp(middle: str = GREY, steps: int = 256) -> NDArray[np.uint8]:
    """Class 0's colour through `middle` to class 1's, uint8 (steps, 4), opaque."""
    stops = np.array([rgb(ORANGE), rgb(middle), rgb(BLUE)], dtype=float)
    at = np.linspace(0.0, 2.0, steps)
    colours = np.stack([np.interp(at, [0, 1, 2], stops[:, c]) for c in range(3)], axis=1)
    return np.concatenate([np.rint(colours), np.full((steps, 1), 255)], axis=1).astype(np.uint8)


def field_image(field: NDArray[np.float32], middle: str = GREY, levels: int | None = None) -> NDArray[np.uint8]:
    """Colours of a probability field, uint8 (rows, columns, 4).

    field: (rows, columns), probability of class 1; or (classes, rows, columns). NaN becomes `middle`.
    levels: round to this many steps (2 shows the decided class); None is smooth.
    """
    safe = np.nan_to_num(field, nan=0.5 if field.ndim == 2 else 0.0)
    if field.ndim == 2:
        index = np.clip(safe * 255.0, 0, 255)
        if levels:
            index = np.minimum(np.floor(safe * levels), levels - 1) / max(levels - 1, 1) * 255.0
        return ramp(middle)[index.astype(np.uint8)]
    top, confidence = safe.argmax(axis=0), safe.max(axis=0)
    k = field.shape[0]
    strength = np.clip((confidence - 1.0 / k) / (1.0 - 1.0 / k), 0.0, 1.0)
    if levels:
        strength = np.ones_like(strength) if levels == 2 else np.ceil(strength * levels) / levels
    table = np.array([rgb(class_colour(c)) for c in range(k)], dtype=np.float32)
    base = np.array(rgb(middle), dtype=np.float32)
    image = base + (table[top] - base) * (0.15 + 0.85 * strength[..., None])
    return np.concatenate([image, np.full((*top.shape, 1), 255.0)], axis=-1).astype(np.uint8)
