"""What poison turned over: the region where clean and poisoned twin differ, by what it became."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from boundaryviz.figures.palette import class_colour, rgb
from boundaryviz.figures.plane import class_words, draw_boundary, draw_marks
from boundaryviz.figures.style import Options, Style
from boundaryviz.learners.base import UNDECIDED
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scene.scene import Scene

CLEAN_DASHES = (0, (4, 2.5))
"""How the clean boundary is drawn."""
_HATCHES = ("\\\\\\\\", "////", "xxxx", "----", "||||", "++++", "....", "oooo", "**", "OO")
_STRENGTH = 0.4


def draw_flips(axes: Axes, poisoned: Snapshot, clean: Snapshot, options: Options, style: Style) -> None:
    """The flip region, the clean boundary dashed, the poisoned one solid, and the points. Both fields cover the same
    cells."""
    draw_regions(axes, poisoned, clean)
    draw_boundary(axes, clean, style, CLEAN_DASHES)
    draw_boundary(axes, poisoned, style)
    draw_marks(axes, poisoned, options, style)


def draw_regions(axes: Axes, poisoned: Snapshot, clean: Snapshot) -> list[Artist]:
    """The flip region in the colour of the class it became, hatched by class so that grey print tells too."""
    rect = poisoned.rect
    rows, columns = poisoned.field.shape[-2:]
    x = rect.left + (np.arange(columns) + 0.5) * (rect.width / columns)
    y = rect.bottom + (np.arange(rows) + 0.5) * (rect.height / rows)
    drawn: list[Artist] = []
    for became, depth in regions(poisoned.leaning, clean.leaning).items():
        drawn.append(
            axes.contourf(
                x, y, depth, levels=[0.0, 2.0], colors=[class_colour(became)], hatches=[_hatch(became)],
                alpha=_STRENGTH, zorder=1,
            )
        )  # fmt: skip
        drawn[-1].set_gid(f"became {became}")
    return drawn


def regions(poisoned: NDArray[np.float32], clean: NDArray[np.float32]) -> dict[int, NDArray[np.float32]]:
    """Class, or -1 for undecided, to how far a cell has become it, float32 (rows, columns), above 0 where it has.

    Both fields as in `Snapshot`. Classes that no cell became are left out.
    """
    found = {}
    for k in (UNDECIDED, *range(2 if poisoned.ndim == 2 else len(poisoned))):
        depth = np.minimum(_lead(poisoned, k), -_lead(clean, k))
        if (depth > 0).any():
            found[k] = depth
    return found


def flip_handles(scene: Scene, became: Iterable[int], style: Style) -> list[Artist]:
    """Legend entries of the regions that became these classes, and of both boundaries."""
    entries: list[Artist] = [
        Patch(
            facecolor=(*_rgb(class_colour(k)), _STRENGTH), hatch=_hatch(k), edgecolor=style.ink, linewidth=0.0,
            label="became undecided" if k < 0 else f"became {class_words(scene, k)}",
        )
        for k in became
    ]  # fmt: skip
    line: Any = {"color": style.ink, "linewidth": style.line}
    entries.append(Line2D([], [], **line, linestyle=CLEAN_DASHES, label="clean boundary"))
    entries.append(Line2D([], [], **line, label="poisoned boundary"))
    return entries


def _lead(field: NDArray[np.float32], k: int) -> NDArray[np.float32]:
    """How far the probability of class k is ahead of the others', -1..1; where undecided -1, and 1 for that itself."""
    p = np.stack([1.0 - field, field]) if field.ndim == 2 else field
    lost = np.isnan(p).any(axis=0)
    if k == UNDECIDED:
        return np.where(lost, np.float32(1), np.float32(-1))
    others = np.delete(p, k, axis=0).max(axis=0)
    return np.where(lost, np.float32(-1), p[k] - others).astype(np.float32)


def _hatch(k: int) -> str:
    return "" if k < 0 else _HATCHES[k % len(_HATCHES)]


def _rgb(colour: str) -> tuple[float, float, float]:
    r, g, b = rgb(colour)
    return r / 255, g / 255, b / 255
