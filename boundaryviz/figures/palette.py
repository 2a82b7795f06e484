"""The colours of classes and curves, shared by the window and the figures. Imports nothing heavy."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

ORANGE, GREY, BLUE = "#f59322", "#e8eaeb", "#0877bd"
# Okabe and Ito's colours, the first two as the Playground has them; black is left to the ink
OKABE_ITO = (ORANGE, BLUE, "#009e73", "#cc79a7", "#f0e442", "#56b4e9", "#d55e00", "#8c6bb1", "#7f7f7f", "#5b3a1e")
# those of further classes, each as far as can be from all before it: made by tools/class_colours.py
MORE = (
    "#5400b4", "#18d800", "#b400fc", "#60fcd8", "#ae0054", "#006600", "#fcbafc", "#9cc67e", "#003cfc", "#fc00c6",
    "#f078fc", "#8a5a00", "#0c4884", "#6c2a6c", "#725afc", "#9c00a8", "#90fc18", "#f00048", "#f0b4a2", "#8a8a00",
    "#186c6c", "#baa2f6", "#901200", "#18ae00", "#b49c84", "#fc726c", "#5a4eae", "#6600f6", "#3090fc", "#4edefc",
    "#c02400", "#062ac0", "#a8c0c6", "#de3cfc", "#d24eae", "#00f690", "#ae72fc", "#f096d8", "#90ae0c", "#a25472",
)  # fmt: skip
CLASS_COLOURS = OKABE_ITO + MORE
# symbols of classes, as matplotlib names them and as pyqtgraph does; all solid: thin arms drown in a crowd. They come
# again after ten, with other colours
MARKERS = ("o", "s", "^", "D", ">", "v", "<", "p", "h", "*")
SYMBOLS = ("o", "s", "t1", "d", "t2", "t", "t3", "p", "h", "star")
POISON = "#d5344a"
# rings of groups of poison, red first; Tol's muted colours, told apart by the colour-blind, and no class's colour
GROUPS = (POISON, "#44aa99", "#332288", "#999933", "#88ccee", "#882255", "#117733", "#aa4499")
# learners side by side, on light and on dark, and the markers that tell them apart without colour
SERIES = {"light": ("#5b3fc4", "#0f8f77", "#b5482a", "#8a6d00"), "dark": ("#a28cf7", "#3fc1a0", "#f08a6b", "#e6c34a")}
# curves of one run, in figures and window alike: training points, validation, test
CURVES = {"light": ("#8a9299", "#1f2933", "#5b3fc4"), "dark": ("#7f8a94", "#f2f4f6", "#9d86f5")}

# early to late: viridis by N. Smith and S. van der Walt (CC0), even in lightness and safe for the colour-blind
SEQUENCE = (
    "#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151", "#bddf26",
    "#fde725",
)  # fmt: skip


def rgb(colour: str) -> tuple[int, int, int]:
    """'#rrggbb' as three numbers in 0..255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def class_colour(label: int) -> str:
    """The colour of a class, '#rrggbb'; grey for unlabelled."""
    return "#6b737a" if label < 0 else CLASS_COLOURS[label % len(CLASS_COLOURS)]


def response_colour(response: float, middle: str) -> str:
    """The colour of a response, '#rrggbb': from that of class 0 at -1 or below over `middle` at 0 to that of class 1
    at 1 or above, as the field has it. Raises ValueError for no number."""
    share = min(abs(response), 1.0)
    ends = zip(rgb(middle), rgb(class_colour(int(response >= 0))), strict=True)
    return "#" + "".join(f"{round(base + (full - base) * share):02x}" for base, full in ends)


def class_marker(label: int) -> str:
    """The symbol of a class, 0 or above, as matplotlib names it."""
    return MARKERS[label % len(MARKERS)]


def group_colour(number: int) -> str:
    """The colour of a group of poison, counted from 1, '#rrggbb'; the ninth has the first one's again."""
    return GROUPS[(number - 1) % len(GROUPS)]


def ramp(middle: str = GREY, steps: int = 256) -> NDArray[np.uint8]:
    """Class 0's colour through `middle` to class 1's, uint8 (steps, 4), opaque."""
    stops = np.array([rgb(ORANGE), rgb(middle), rgb(BLUE)], dtype=float)
    at = np.linspace(0.0, 2.0, steps)
    colours = np.stack([np.interp(at, [0, 1, 2], stops[:, c]) for c in range(3)], axis=1)
    return np.concatenate([np.rint(colours), np.full((steps, 1), 255)], axis=1).astype(np.uint8)


def sequence(share: NDArray) -> NDArray[np.uint8]:
    """Colours from early, 0, to late, 1, uint8 (..., 3); shares beyond count as these."""
    stops = np.array([rgb(stop) for stop in SEQUENCE], dtype=float)
    at = np.linspace(0.0, 1.0, len(stops))
    return np.rint(np.stack([np.interp(share, at, stops[:, c]) for c in range(3)], axis=-1)).astype(np.uint8)


def shades(count: int, dark: bool) -> list[str]:
    """Colours of `count` curves of rising values, '#rrggbb': those of `sequence` that show on the ground."""
    low, high = (0.25, 1.0) if dark else (0.0, 0.82)
    return ["#{:02x}{:02x}{:02x}".format(*colour) for colour in sequence(np.linspace(low, high, max(count, 1)))]


# how much of the classes' colours a field shows under points, which keep all of theirs and so stand out
UNDER_POINTS = 0.6
FAINT = 0.2  # the same where the points are what matters


def field_image(
    field: NDArray[np.float32], middle: str = GREY, levels: int | None = None, strength: float = 1.0
) -> NDArray[np.uint8]:
    """Colours of a probability field, uint8 (rows, columns, 4).

    field: (rows, columns), probability of class 1; or (classes, rows, columns). NaN, undecided, becomes `middle`.
    levels: round to this many steps (2 shows the decided class); None is smooth.
    strength: share of the classes' colours where the model is certain; the rest is `middle`.
    """
    if not np.isfinite(field.sum()):
        image = field_image(np.nan_to_num(field), middle, levels, strength)
        undecided = np.isnan(field) if field.ndim == 2 else np.isnan(field).any(axis=0)
        image[undecided, :3] = rgb(middle)
        return image
    if field.ndim == 2:
        return _two_classes(middle, levels, strength).take(_bytes(field)).view(np.uint8).reshape(*field.shape, 4)
    top, confidence = winner(field)
    index = top.astype(np.intp) * 256 + _bytes(confidence)
    return _many_classes(len(field), middle, levels, strength).take(index).view(np.uint8).reshape(*top.shape, 4)


def winner(field: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """The likeliest class and its probability, both (rows, columns), of finite (classes, rows, columns).

    The first of equals, as argmax has it, but many times faster over the first axis.
    """
    best, k = field.max(axis=0), len(field)
    rank = np.zeros(best.shape, dtype=np.uint8)
    for c in range(k):
        np.maximum(rank, (field[c] == best).view(np.uint8) * np.uint8(k - c), out=rank)
    return k - rank, best


def _bytes(share: NDArray[np.float32]) -> NDArray[np.uint8]:
    return (share * np.float32(255.0) + np.float32(0.5)).clip(0.0, 255.0).astype(np.uint8)


@lru_cache(maxsize=16)
def _two_classes(middle: str, levels: int | None, strength: float) -> NDArray[np.uint32]:
    """Colour (256,), RGBA in one number, by 255 times the probability of class 1."""
    at = np.arange(256)
    if levels:
        at = np.minimum(at * levels // 255, levels - 1) * 255 // max(levels - 1, 1)
    return _blend(ramp(middle)[at], middle, strength)


@lru_cache(maxsize=16)
def _many_classes(classes: int, middle: str, levels: int | None, strength: float) -> NDArray[np.uint32]:
    """Colour (classes * 256,), RGBA in one number, by the largest class and 255 times its probability."""
    share = np.clip((np.arange(256) / 255.0 - 1.0 / classes) / (1.0 - 1.0 / classes), 0.0, 1.0)
    if levels:
        share = np.ones_like(share) if levels == 2 else np.ceil(share * levels) / levels
    weight = np.where(np.arange(256) > 0, 0.15 + 0.85 * share, 0.0)[:, None]
    base, table = np.array(rgb(middle)), np.array([rgb(class_colour(c)) for c in range(classes)])
    colours = base + (table[:, None] - base) * weight
    opaque = np.concatenate([colours, np.full((classes, 256, 1), 255.0)], axis=-1)
    return _blend(np.rint(opaque), middle, strength)


def _blend(colours: NDArray[np.uint8], middle: str, strength: float) -> NDArray[np.uint32]:
    base = np.array([*rgb(middle), 255.0])
    blended: NDArray[np.uint8] = np.rint(base + (colours - base) * strength).astype(np.uint8)
    return blended.reshape(-1, 4).view(np.uint32)[:, 0]


def crowded(count: int) -> tuple[float, float]:
    """Size, as a share of the usual one, and opacity of `count` unlabelled points that are drawn together: from 400
    on they shrink and pale, so that the field is seen between and through them.
    """
    share = min(1.0, (400 / max(count, 1)) ** 0.5)
    return max(share, 0.35), 0.5 + 0.5 * share
