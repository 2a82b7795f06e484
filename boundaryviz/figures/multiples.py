"""Small planes side by side: moments of one run, or several runs with their losses in one plot beneath."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import MaxNLocator

from boundaryviz.figures.parts import Planes, bar, legend
from boundaryviz.figures.plane import class_handles, draw_plane
from boundaryviz.figures.progress import draw_overlay
from boundaryviz.figures.style import Options, Style
from boundaryviz.figures.words import in_lines
from boundaryviz.record.pins import MOST
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scene.axes import one_scale
from boundaryviz.scene.scene import Domain

MOST_FRAMES, MOST_COMPARED = 24, MOST
_STEP, _NAME = 10.0, 15.0  # the least width of a plane under its step, or its name, in sizes of the text
_FULL = 26.0  # the width from which on points are as large as on a plane of its own
_LINE = 1.5  # the height of a line of a legend, in sizes of the text
_LOSSES = 0.22  # the height of the plot of losses, in widths of the figure


def draw_frames(figure: Figure, snapshots: Sequence[Snapshot], options: Options, style: Style) -> Planes:
    """All of a strip, or of a grid where the figure is too narrow for one. Raises ValueError for too many moments."""
    if len(snapshots) > MOST_FRAMES:
        raise ValueError(f"a figure holds up to {MOST_FRAMES} moments, not {len(snapshots)}")
    width = _points(figure)
    columns = columns_for(len(snapshots), width, _STEP * style.text)
    rows = math.ceil(len(snapshots) / columns)
    figure.set_size_inches(width / 72, (rows * width / columns + 10 * style.text) / 72)
    figure.suptitle(
        in_lines(snapshots[-1].scenario.title, int(width / (0.66 * style.text))), x=0.01, ha="left",
        fontsize=style.text, fontweight="bold",
    )  # fmt: skip
    titles = [f"step {snapshot.step:,}" for snapshot in snapshots]
    plane = _grid(figure, snapshots, titles, columns, options, style)
    legend(figure, _handles(snapshots, options, style), options, style)
    return Planes(plane, rows, 0.1, 4.0)


def draw_compare(figure: Figure, pinned: Sequence[Snapshot], options: Options, style: Style) -> Planes:
    """All of it: the planes under their names, and the validation losses. Raises ValueError for too many of them."""
    if len(pinned) > MOST_COMPARED:
        raise ValueError(f"a figure compares up to {MOST_COMPARED}, not {len(pinned)}")
    width = _points(figure)
    columns = columns_for(len(pinned), width, _NAME * style.text)
    rows, rect = math.ceil(len(pinned) / columns), Domain.over(one.rect for one in pinned)
    shape = rect.height / rect.width if _one_scale(pinned, options) else 1.0
    # the planes' own height is fitted later; what matters here is how the two parts share it
    above = rows * (shape * (width / columns - 3 * style.text) + 2.4 * style.text) + 5 * style.text
    names = sum(1 + name.count("\n") for name in _names(pinned, width, style))
    below = max(_LOSSES * width, _LINE * names * style.text if options.legend else 0.0) + 4 * style.text
    figure.set_size_inches(width / 72, (above + below) / 72)
    parts: Any = figure.subfigures(2, 1, height_ratios=(above, below))
    letters = int(width / columns / (0.62 * style.text)) - 3
    titles = [in_lines(one.name, letters) for one in pinned]
    plane = _grid(parts[0], pinned, titles, columns, options, style)
    legend(parts[0], _handles(pinned, options, style), options, style)
    axes = parts[1].subplots()
    draw_overlay(axes, [(one.name, one.curves) for one in pinned], style)
    if options.legend and axes.get_lines():
        axes.legend(
            *_wrapped(axes, _letters(width, style)), loc="upper left", bbox_to_anchor=(1.01, 1.0),
            handlelength=3.4,
        )  # fmt: skip
    return Planes(plane, rows, 0.2, 4.0)


def columns_for(count: int, width: float, least: float) -> int:
    """In how many columns so many planes stand, none narrower than `least` unless it is alone, rows evenly filled."""
    rows = math.ceil(count / max(1, int(width / least)))
    return math.ceil(count / rows)


def _grid(
    part: Figure | SubFigure, several: Sequence[Snapshot], titles: Sequence[str], columns: int, options: Options,
    style: Style,
) -> Axes:  # fmt: skip
    """Draw them on one scale, numbers at the outer edges alone; the first of the axes."""
    rect, rows = Domain.over(one.rect for one in several), math.ceil(len(several) / columns)
    share = _points(part) / columns / (_FULL * style.text)
    small = replace(style, marker=style.marker * min(1.0, max(share, 0.3) ** 0.5))
    made = []
    for at, (snapshot, title) in enumerate(zip(several, titles, strict=True)):
        axes = part.add_subplot(rows, columns, at + 1)
        draw_plane(axes, snapshot, options, small)
        axes.set(xlim=(rect.left, rect.right), ylim=(rect.bottom, rect.top))
        axes.set_aspect("equal" if _one_scale(several, options) else "auto")
        axes.xaxis.set_major_locator(MaxNLocator(3))
        axes.yaxis.set_major_locator(MaxNLocator(3))
        if at + columns < len(several):
            axes.set_xlabel("")
            axes.tick_params(labelbottom=False)
        if at % columns:
            axes.set_ylabel("")
            axes.tick_params(labelleft=False)
        axes.set_title(title)
        made.append(axes)
    if all(snapshot.field.ndim == 2 for snapshot in several):
        bar(part, made[columns - 1], several[0], options, style, columns)
    return made[0]


def _one_scale(several: Sequence[Snapshot], options: Options) -> bool:
    """Whether one unit is as long on both axes, of all of them alike."""
    return one_scale(options.axes, Domain.over(one.scene.domain for one in several))


def _handles(several: Sequence[Snapshot], options: Options, style: Style) -> list[Artist]:
    """The legend entries of all of them, each once."""
    found: dict[tuple[str, str, str], Artist] = {}
    for snapshot in several:
        for handle in class_handles(snapshot, options, style):
            key = (str(handle.get_label()), str(handle.get_marker()), str(handle.get_markerfacecolor()))
            found.setdefault(key, handle)
    return list(found.values())


def _letters(width: float, style: Style) -> int:
    """So many stand in a line of the legend of losses."""
    return int(0.28 * width / (0.55 * style.text))


def _names(several: Sequence[Snapshot], width: float, style: Style) -> list[str]:
    return [in_lines(one.name, _letters(width, style)) for one in several]


def _wrapped(axes: Axes, letters: int) -> tuple[list[Artist], list[str]]:
    handles, words = axes.get_legend_handles_labels()
    return handles, [in_lines(one, letters) for one in words]


def _points(part: Figure | SubFigure) -> float:
    """The width in points."""
    return float(72 * part.bbox.width / part.figure.dpi)
