"""Heights of the boundary over the plane: as a map with the lines of what lies off it, and as a surface."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from boundaryviz.engine.height_map import HeightMap
from boundaryviz.figures.effect_colours import effect_image
from boundaryviz.figures.height_colours import FAR, height_image
from boundaryviz.figures.palette import class_colour
from boundaryviz.figures.plane import boundary_lines
from boundaryviz.figures.style import Options, Style
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scene.axes import one_scale

ABOVE_DASHES, BELOW_DOTS = (0, (4, 2)), (0, (1, 1.6))
NO_HEIGHTS = "of this run no heights are known"
_JUMP = 0.3  # of the height that is shown, from one place to the next
_CELLS = 60  # of a surface, along the longer side: with more its edges are all that is seen


def draw_heights(part: Figure | SubFigure, axes: Axes, found: HeightMap, style: Style) -> None:
    """Draw the map on the axes, with a scale beside them."""
    d = found.domain
    drawn = axes.imshow(
        height_image(found, style.middle), extent=(d.left, d.right, d.bottom, d.top), origin="lower",
        interpolation="nearest", aspect="auto", zorder=0,
    )  # fmt: skip
    drawn.set_gid("height of the boundary")
    height_scale(part, axes, found, style)


def height_scale(part: Figure | SubFigure, axes: Axes, found: HeightMap, style: Style) -> None:
    """A scale of the colours beside the axes."""
    shades = ListedColormap(effect_image(np.linspace(-1.0, 0.0, 256)[None], 1.0, style.middle)[0] / 255.0)
    bar = part.colorbar(
        ScalarMappable(Normalize(0, FAR * found.z), shades), cax=axes.inset_axes((1.03, 0.0, 0.03, 1.0))
    )
    bar.set_label("way off the plane to the boundary")
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0)


def sheet_collections(style: Style) -> tuple[LineCollection, LineCollection]:
    """Where the boundary runs above and below the plane, yet without lines."""
    line: Any = {"colors": style.ink, "zorder": 2.05}
    above = LineCollection([], linewidths=0.8 * style.line, linestyles=[ABOVE_DASHES], **line)
    below = LineCollection([], linewidths=1.1 * style.line, linestyles=[BELOW_DOTS], **line)
    above.set_gid("boundary above")
    below.set_gid("boundary below")
    return above, below


def sheet_lines(found: HeightMap) -> list[list[NDArray[np.float64]]]:
    """The lines of both sheets, those above first."""
    return [boundary_lines(sheet, found.domain) for sheet in found.sheets]


def sheet_handles(found: HeightMap, style: Style) -> list[Artist]:
    """What a legend says of the lines."""
    line: Any = {"color": style.ink}
    return [
        Line2D([], [], **line, linewidth=style.line, label="boundary on the plane"),
        Line2D([], [], **line, linewidth=0.8 * style.line, linestyle=ABOVE_DASHES, label=f"{found.z:.3g} above it"),
        Line2D([], [], **line, linewidth=1.1 * style.line, linestyle=BELOW_DOTS, label=f"{found.z:.3g} below it"),
    ]


def heights_words(found: HeightMap) -> str:
    """What a map says in one line."""
    return f"{100 * found.within(found.z):.0f} % within {found.z:.3g}"


def draw_surface(
    part: Figure | SubFigure, snapshot: Snapshot, found: HeightMap, options: Options, style: Style
) -> None:
    """The boundary above and below the plane, in the colours of the class that lies between, and the points on it.

    It is cut off at `FAR` z, where the map is bare.
    """
    axes: Any = part.add_subplot(projection="3d")
    top, d = FAR * found.z, found.domain
    rows, columns = found.above.shape
    step = max(1, max(rows, columns) // _CELLS)
    x = d.left + (np.arange(columns) + 0.5) * d.width / columns
    y = d.bottom + (np.arange(rows) + 0.5) * d.height / rows
    classes = _classes(snapshot.leaning, found.above.shape)
    colours = np.array([class_colour(k) for k in range(snapshot.scene.classes)])
    across, up = np.meshgrid(x[::step], y[::step])
    for heights in (found.above, -found.below):
        z = _torn(heights[::step, ::step], top)
        if np.isfinite(z).any():
            axes.plot_surface(
                across, up, z, facecolors=colours[classes[::step, ::step]], rstride=1, cstride=1, linewidth=0,
                antialiased=False, shade=True,
            )  # fmt: skip
    points = snapshot.scene.points.take(snapshot.scene.points.is_train)
    for k in np.unique(points.label[points.is_labelled]).tolist():
        own = points.xy[points.label == k]
        axes.scatter(*own.T, 0.0, s=3.0, color=class_colour(k), edgecolor=style.ink, linewidth=0.2, depthshade=False)
    even = one_scale(options.axes, snapshot.scene.domain)
    axes.set_box_aspect((d.width, d.height, 2 * top) if even else (1, 1, 0.6), zoom=1.1)
    axes.set(xlim=(d.left, d.right), ylim=(d.bottom, d.top), zlim=(-top, top), zticks=[-top, 0, top])
    axes.set_zticklabels([f"\u2212{top:.3g}", "0", f"{top:.3g}"])
    axes.set(xticks=[], yticks=[], facecolor="none")
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.pane.set(facecolor="none", edgecolor=style.grid)
        axis.line.set_color(style.faint)
    axes.tick_params(colors=style.faint, pad=0)
    axes.view_init(elev=22, azim=-62)


def _torn(heights: NDArray[np.float64], top: float) -> NDArray[np.float64]:
    """Heights (rows, columns) without those beyond `top`, and torn where they jump: no wall stands there."""
    z = np.where(np.abs(heights) < top, heights, np.nan)
    torn = np.zeros(z.shape, dtype=bool)
    for axis in (0, 1):
        jumps = np.abs(np.diff(z, axis=axis)) > _JUMP * top
        torn |= np.pad(jumps, [(1, 0) if k == axis else (0, 0) for k in (0, 1)])
    z[torn] = np.nan
    return z


def _classes(field: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.int64]:
    """The class that is decided at each of these cells, of a field of others."""
    decided = (field > 0.5).astype(np.int64) if field.ndim == 2 else field.argmax(axis=0)
    rows, columns = (((np.arange(n) + 0.5) * m / n).astype(int) for n, m in zip(shape, decided.shape, strict=True))
    return np.asarray(decided[np.ix_(rows, columns)])
