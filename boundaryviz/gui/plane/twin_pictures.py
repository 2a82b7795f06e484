"""Pictures of what the poison changed: the flip region by direction, and flips against what a new seed changes.

Neither relies on colour alone: each class has a hatch of its own. Colours are handled as RGBA in one number.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from boundaryviz.figures.palette import POISON, class_colour, field_image, rgb, winner

_FADED, _STRONG = 0.16, 0.85  # shares of the classes' colours outside and inside the flip region
_STRIPE, _BETWEEN = 4, 12  # pixels of the picture: width of a stripe, from one to the next
_CRISP, _FINE = 2, 6  # pixels of a picture along one cell, of a field and of the floor, so that stripes are sharp


def decided(field: NDArray[np.float32]) -> NDArray[np.int8]:
    """The class decided in each cell, (rows, columns), -1 where undecided.

    field: (rows, columns), probability of class 1, or (classes, rows, columns); NaN is undecided.
    """
    if field.ndim == 2:
        return np.where(np.isnan(field), np.int8(-1), (field > 0.5).view(np.int8))
    undecided = np.isnan(field).any(axis=0)
    return np.where(undecided, np.int8(-1), winner(np.nan_to_num(field))[0].astype(np.int8))


@lru_cache(maxsize=32)
def hatch(label: int, rows: int, columns: int) -> NDArray[np.bool_]:
    """Where the stripes of a class lie in a picture: rising, falling, lying or standing; dots for undecided."""
    up, across = np.arange(rows)[:, None], np.arange(columns)[None]
    if label < 0:
        return np.asarray((up % 8 < _STRIPE) & (across % 8 < _STRIPE))
    place = (across - up, across + up, up + 0 * across, across + 0 * up)[label % 4]
    return np.asarray(place % _BETWEEN < _STRIPE)


@lru_cache(maxsize=32)
def hatched(label: int, rows: int, columns: int, plane: str, ink: str) -> NDArray[np.uint32]:
    """A picture full of the colour and the stripes of a class."""
    colour = mixed(plane, np.array(rgb(class_colour(label))), _STRONG)
    return np.where(hatch(label, rows, columns), packed(mixed(ink, colour, 0.55)), packed(colour))


def flip_picture(poisoned: NDArray[np.float32], clean: NDArray[np.float32], plane: str, ink: str) -> NDArray[np.uint8]:
    """RGBA (2 rows, 2 columns, 4): what the poison gave to another class, in the colour and hatch of that class.

    The rest is faded. plane, ink: colours of the theme, '#rrggbb'.
    """
    became = decided(poisoned)
    return changed_picture(poisoned, became, became != decided(clean), plane, ink)


def changed_picture(
    field: NDArray[np.float32], became: NDArray[np.int8], changed: NDArray[np.bool_], plane: str, ink: str
) -> NDArray[np.uint8]:
    """RGBA (2 rows, 2 columns, 4): a faded field, but for what `changed` (rows, columns), in the colour and hatch of
    the class that it `became` (rows, columns). plane, ink: as in `flip_picture`."""
    faded = field_image(field, plane, None, _FADED)
    picture = _finer(faded.view(np.uint32)[..., 0], _CRISP)
    for k in np.unique(became[changed]):
        here = _finer(changed & (became == k), _CRISP)
        np.copyto(picture, hatched(int(k), *picture.shape, plane, ink), where=here)
    return picture.view(np.uint8).reshape(*picture.shape, 4)


def floor_picture(flipped: NDArray[np.float32], floor: NDArray[np.float32], plane: str, ink: str) -> NDArray[np.uint8]:
    """RGBA (6 rows, 6 columns, 4) of two shares 0..1, each (rows, columns): the first as red, the second as stripes."""
    red = mixed(plane, np.array(rgb(POISON)), _STRONG * flipped[..., None])
    dark = mixed(ink, red, 1.0 - 0.9 * floor[..., None])
    plain, striped = _finer(packed(red), _FINE), _finer(packed(dark), _FINE)
    picture = np.where(hatch(0, *plain.shape), striped, plain)
    return picture.view(np.uint8).reshape(*picture.shape, 4)


def mixed(ground: str, colour: NDArray, share: float | NDArray) -> NDArray[np.float64]:
    """`share` of `colour` (..., 3) in `ground`."""
    base = np.array(rgb(ground), dtype=np.float64)
    result: NDArray[np.float64] = base + (colour - base) * share
    return result


def packed(colours: NDArray) -> NDArray[np.uint32]:
    """Opaque colours (..., 3), each as the bytes of one number."""
    opaque = np.full((*colours.shape[:-1], 4), 255, dtype=np.uint8)
    opaque[..., :3] = np.rint(colours)
    return opaque.view(np.uint32)[..., 0]


def _finer(cells: NDArray, times: int) -> NDArray:
    """(rows, columns) with every cell so many times in both directions."""
    return np.repeat(np.repeat(cells, times, axis=1), times, axis=0)
