"""What the figures of a run are put together from: legend, headline, scale, panel letters, and the height that fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D

from boundaryviz.figures.palette import UNDER_POINTS, field_image
from boundaryviz.figures.plane import ClassEntry
from boundaryviz.figures.style import Options, Style
from boundaryviz.figures.words import in_lines, letters_beside, room
from boundaryviz.record.snapshot import Snapshot

_ROWS = 12  # of a legend under a plane
_USUAL = 24  # letters beside the scale, such as "probability of class 1"


@dataclass(frozen=True, eq=False)
class Planes:
    """The planes whose shape decides how high a figure is: one of them, and how many stand above each other.

    least, most: what the height may be, in widths.
    """

    axes: Axes
    rows: int = 1
    least: float = 0.35
    most: float = 1.5


def halves(figure: Figure, left: float) -> tuple[SubFigure, SubFigure]:
    """Two parts side by side, the first with the share `left` of the width."""
    parts: Any = figure.subfigures(1, 2, width_ratios=(left, 1.0 - left))
    return parts[0], parts[1]


def fit(figure: Figure, planes: Planes) -> None:
    """Give the figure the height at which the planes fill their places at equal scales, within their limits."""
    plane, rows = planes.axes, planes.rows
    if plane.get_aspect() == "auto":
        return
    engine: Any = figure.get_layout_engine()
    width, height = figure.get_size_inches()
    plane.set_aspect("auto")  # filling its place, it shows how much room the things around it take
    for _ in range(2):  # that room changes a little with the size, as tick labels come and go
        engine.execute(figure)
        place, (across, up) = plane.get_position(), _part(plane)
        wanted = place.width * across * width * plane.get_data_ratio() - place.height * up * height
        height = float(np.clip(height + rows * wanted / up, planes.least * width, planes.most * width))
        figure.set_size_inches(width, height)
    plane.set_aspect("equal")


def _part(axes: Axes) -> tuple[float, float]:
    """The share of the whole figure's width and height that belongs to the axes' subfigure."""
    whole, part = axes.figure.get_figure(root=True).bbox, axes.figure.bbox
    return part.width / whole.width, part.height / whole.height


def legend(part: Figure | SubFigure, handles: Sequence[Artist], options: Options, style: Style) -> None:
    """A legend below, in as many columns as `part` is wide enough for."""
    if handles and options.legend:
        room = 72 * part.bbox.width / part.figure.dpi
        columns = max(1, int(room / (style.text * (0.6 * longest(handles) + 3.2))))
        shown = summed_up(handles, columns * _ROWS)
        part.legend(handles=shown, loc="outside lower center", ncols=min(columns, len(shown)))


def summed_up(handles: Sequence[Artist], most: int) -> list[Artist]:
    """At most so many entries of a legend: of more classes the last are left out, and their number is said. What is no
    class stands behind them and stays."""
    others = [handle for handle in handles if not isinstance(handle, ClassEntry)]
    classes = [handle for handle in handles if isinstance(handle, ClassEntry)]
    room = max(most - len(others), 2)
    if len(classes) <= room:
        return list(handles)
    rest = Line2D([], [], linestyle="none", label=f"and {len(classes) - room + 1} more classes")
    return [*classes[: room - 1], rest, *others]


def longest(handles: Sequence[Artist]) -> int:
    """Letters in the longest line of what a legend says."""
    return max(len(line) for handle in handles for line in str(handle.get_label()).split("\n"))


def headline(axes: Axes, words: str, right: str, style: Style) -> None:
    """A title in at most two lines, which end before the words at the right."""
    letters = int(room(axes, style) / (0.66 * style.text) - 0.9 * len(right))
    axes.set_title(in_lines(words, letters), fontweight="bold")
    axes.set_title(right, loc="right", color=style.faint, fontsize=0.9 * style.text)


def bar(
    part: Figure | SubFigure, axes: Axes, snapshot: Snapshot, options: Options, style: Style, columns: int = 1
) -> None:
    """A thin scale of the probability, or of the response, beside the axes. columns: how many planes stand beside each
    other."""
    shares = np.linspace(0.0, 1.0, 256, dtype=np.float32)[None]
    colours = field_image(shares, style.middle, options.levels, UNDER_POINTS)[0] / 255.0
    scale = ScalarMappable(Normalize(0, 1), ListedColormap(colours))
    thick = min(0.025 * columns, 0.07)
    drawn = part.colorbar(scale, cax=axes.inset_axes((1.0 + thick, 0.0, thick, 1.0)), ticks=[0, 0.5, 1])
    letters = letters_beside(axes, style)
    if snapshot.fits_responses:
        drawn.set_label("response")
        drawn.ax.set_yticklabels(["\u22121", "0", "1"])
    else:
        words = ("probability", in_lines(f"of {snapshot.scene.class_name(1)}", letters, least=9))
        fits = columns == 1 and "\n" not in words[1] and len(" ".join(words)) <= max(letters, _USUAL)
        drawn.set_label(" ".join(words) if fits else "\n".join(words))
        drawn.ax.set_yticklabels(["0", "\u00bd", "1"])
    drawn.outline.set_visible(False)
    drawn.ax.tick_params(length=0)


def letter_panels(figure: Figure, style: Style) -> None:
    """a, b, c, ... in bold, in the corner outside the upper left of every panel, on the first line of its title."""
    for at, axes in enumerate(figure.axes):
        up = 0.6 + 1.2 * axes.get_title(loc="left").count("\n")
        axes.annotate(
            chr(ord("a") + at), (0.0, 1.0), xycoords="axes fraction", xytext=(-0.7 * style.text, up * style.text),
            textcoords="offset points", ha="right", va="baseline", fontsize=1.2 * style.text, fontweight="bold",
            color=style.ink, annotation_clip=False, gid="letter",
        )  # fmt: skip
