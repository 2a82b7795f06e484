"""Pictures of what the poison changed: the flip region by direction, and flips against what a new seed changes.

Neither relies on colour alone: each class has a hatch of its own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.figures.palette import POISON, class_colour, field_image, rgb, winner

_FADED, _STRONG = 0.16, 0.85  # shares of the classes' colours outside and inside the flip region
_HATCH = 6  # cells from one stripe to the next
_FINE = 3  # cells of the floor's picture along one cell of the comparison


def decided(field: NDArray[np.float32]) -> NDArray[np.int8]:
    """The class decided in each cell, (rows, columns), -1 where undecided.

    field: (rows, columns), probability of class 1, or (classes, rows, columns); NaN is undecided.
    """
    if field.ndim == 2:
        return np.where(np.isnan(field), -1, field > 0.5).astype(np.int8)
    undecided = np.isnan(field).any(axis=0)
    return np.where(undecided, -1, winner(np.nan_to_num(field))[0]).astype(np.int8)


def hatch(label: int, rows: int, columns: int) -> NDArray[np.bool_]:
    """Where the stripes of a class lie, (rows, columns): rising, falling, lying or standing; dots for undecided."""
    up, across = np.arange(rows)[:, None], np.arange(columns)[None]
    if label < 0:
        return np.asarray((up % 4 < 2) & (across % 4 < 2))
    place = (across - up, across + up, up + 0 * across, across + 0 * up)[label % 4]
    return np.asarray(place % _HATCH < 2)


def flip_picture(poisoned: NDArray[np.float32], clean: NDArray[np.float32], plane: str, ink: str) -> NDArray[np.uint8]:
    """RGBA (rows, columns, 4): cells that the poison gave to another class, hatched in the colour of that class; the
    rest faded. plane, ink: colours of the theme, '#rrggbb'."""
    picture = field_image(poisoned, plane, None, _FADED)
    became = decided(poisoned)
    flipped = became != decided(clean)
    for k in np.unique(became[flipped]):
        here = flipped & (became == k)
        striped = here & hatch(int(k), *here.shape)
        colour = _mixed(plane, class_colour(int(k)), _STRONG)
        picture[here, :3] = colour
        picture[striped, :3] = 0.45 * np.array(rgb(ink)) + 0.55 * colour
    return picture


def floor_picture(flipped: NDArray[np.float32], floor: NDArray[np.float32], plane: str, ink: str) -> NDArray[np.uint8]:
    """RGBA (3 rows, 3 columns, 4) of two shares 0..1, each (rows, columns): the first as red, the second as stripes."""
    red, stripes = (np.repeat(np.repeat(share, _FINE, axis=0), _FINE, axis=1)[..., None] for share in (flipped, floor))
    base = np.array(rgb(plane), dtype=np.float32)
    colours = base + (np.array(rgb(POISON)) - base) * (_STRONG * red)
    dark = hatch(0, *red.shape[:2])[..., None] * (0.9 * stripes)
    colours += (np.array(rgb(ink)) - colours) * dark
    return np.concatenate([np.rint(colours), np.full_like(red, 255)], axis=-1).astype(np.uint8)


def _mixed(ground: str, colour: str, share: float) -> NDArray[np.float64]:
    base = np.array(rgb(ground), dtype=np.float64)
    return base + (np.array(rgb(colour)) - base) * share
