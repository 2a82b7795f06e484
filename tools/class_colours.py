"""The colours of classes beyond the first ten, `figures.palette.MORE`: each as far as can be from all before it.

    python -m tools.class_colours

A class never changes its colour, however many come after it. Distances are those of Oklab (B. Ottosson, 2020), in which
equal steps look equal. Classes with the same symbol, every tenth, lie further apart, also to eyes without red or green
cones; the others have their symbols to be told by.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.figures.palette import GROUPS, OKABE_ITO, rgb
from boundaryviz.figures.vision import Vision, simulate

CLASSES, SYMBOLS = 50, 10
GROUNDS = ("#ffffff", "#e8eaeb", "#2b3035", "#14171a")  # of figures and window, light and dark
_STEP = 6  # of a candidate's red, green and blue
_LIGHTNESS = (0.40, 0.90)
_ALIKE, _BLIND = 0.55, 0.8  # how much a distance counts among classes of one symbol: for most eyes, and for the others
_GROUND, _RING = 0.13, 0.05  # the least distance to a ground, and to a ring of poison
_EYES: tuple[Vision, ...] = ("protan", "deutan")

# linear sRGB to cone responses, and those to lightness and two opponent axes
_TO_CONES = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip


def oklab(colours: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Lightness 0..1 and two opponent axes of sRGB colours, (..., 3)."""
    shown = colours / 255.0
    linear = np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T


def seen(colours: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
    """In Oklab (N, 3) as most people see them, and as those without one kind of cone do."""
    return [oklab(colours), *(oklab(simulate(colours, eye)) for eye in _EYES)]


def chosen() -> list[str]:
    """The colours of classes 10 to 49, '#rrggbb'."""
    side = np.arange(0, 256, _STEP, dtype=np.uint8)
    candidates = np.stack(np.meshgrid(side, side, side), axis=-1).reshape(-1, 3)
    lightness = oklab(candidates)[:, 0]
    candidates = candidates[(lightness >= _LIGHTNESS[0]) & (lightness <= _LIGHTNESS[1])]
    for others, least in ((GROUNDS, _GROUND), (GROUPS, _RING)):
        away = np.array([_gap(oklab(candidates), oklab(_bytes(one))) for one in others]).min(axis=0)
        candidates = candidates[away >= least]
    found, views = list(OKABE_ITO), seen(candidates)
    while len(found) < CLASSES:
        score = np.full(len(candidates), np.inf)
        for k, colour in enumerate(found):
            gaps = [_gap(view, own) for view, own in zip(views, seen(_bytes(colour)), strict=True)]
            np.minimum(score, gaps[0], out=score)
            if k % SYMBOLS == len(found) % SYMBOLS:
                np.minimum(score, _ALIKE * gaps[0], out=score)
                np.minimum(score, _BLIND * np.minimum(*gaps[1:]), out=score)
        best = candidates[int(score.argmax())]
        found.append("#" + bytes(best.tolist()).hex())
    return found[len(OKABE_ITO) :]


def _bytes(colour: str) -> NDArray[np.uint8]:
    return np.array(rgb(colour), dtype=np.uint8)


def _gap(view: NDArray[np.float64], own: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.linalg.norm(view - own, axis=-1)


if __name__ == "__main__":
    for start in range(0, CLASSES - SYMBOLS, SYMBOLS):
        print(*(f'"{colour}",' for colour in chosen()[start : start + SYMBOLS]))
