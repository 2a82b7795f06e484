"""The colours of an effect map, shared by the window and the figures: what rises, what falls, and what stays. Imports
nothing heavy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.figures.palette import POISON, rgb

RISES, FALLS = POISON, "#5b3fc4"
"""Where the measure grows, and where it shrinks; between them lies the colour of the bare plane."""


_PALE = 0.35  # of their colours, for changes below the floor


def effect_image(values: NDArray[np.float64], top: float, middle: str, floor: float | None = None) -> NDArray[np.uint8]:
    """Colours of changes, uint8 (rows, columns, 4), opaque.

    values: (rows, columns); NaN, which is not known, becomes `middle`, as 0 does. top: where the colours are full,
    up as well as down; above 0. middle: '#rrggbb'. floor: smaller changes, which may be chance, are paler.
    """
    share = np.clip(np.nan_to_num(values) / top, -1.0, 1.0)
    if floor is not None:
        share = np.where(np.abs(values) < floor, _PALE * share, share)
    ends = np.array([rgb(FALLS), rgb(middle), rgb(RISES)], dtype=float)
    colours = np.stack([np.interp(share, (-1.0, 0.0, 1.0), ends[:, c]) for c in range(3)], axis=-1)
    opaque = np.full((*values.shape, 1), 255.0)
    return np.rint(np.concatenate([colours, opaque], axis=-1)).astype(np.uint8)
