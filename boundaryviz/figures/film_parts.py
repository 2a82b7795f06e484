"""The parts of a film that move: each knows its artists, and gives them the next moment."""

from __future__ import annotations

from collections.abc import Sequence
from operator import methodcaller
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.collections import LineCollection
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator
from numpy.typing import NDArray
from PIL import Image

from boundaryviz.figures.draw import seen
from boundaryviz.figures.palette import POISON, UNDER_POINTS, field_image
from boundaryviz.figures.plane import boundary_lines, draw_marks, literal
from boundaryviz.figures.progress import best_step, draw_curves
from boundaryviz.figures.style import Options, Style
from boundaryviz.record.curves import CurveStore
from boundaryviz.record.snapshot import Snapshot

_FAINT = 0.32  # of a curve that is still to come
_OVER_SPINES = 2.6  # in matplotlib's order


class _FieldImage(AxesImage):
    """A picture that fills whole pixels of its axes, enlarged by Pillow: several times faster than matplotlib does."""

    def make_image(self, renderer: Any, magnification: float = 1.0, unsampled: bool = False) -> Any:
        left, bottom, right, top = _pixels(self.axes)
        cells = np.ascontiguousarray(self.get_array()[::-1])  # type: ignore[index]
        image = Image.frombuffer("RGBX", cells.shape[1::-1], cells, "raw", "RGBX", 0, 1)
        smooth = Image.Resampling.BILINEAR if self.get_interpolation() == "bilinear" else Image.Resampling.NEAREST
        return np.array(image.resize((right - left, top - bottom), smooth))[::-1], left, bottom, None


def _pixels(axes: Axes) -> tuple[int, int, int, int]:
    """Left, bottom, right and top edge, counted from the figure's bottom."""
    left, bottom, right, top = (round(edge) for edge in axes.bbox.extents)
    return left, bottom, right, top


class MovingPlane:
    """Field, boundary and points of one moment after the other, on axes that stay.

    groups: those of poison whose points are drawn, default the ones switched on.
    """

    def __init__(
        self, axes: Axes, first: Snapshot, options: Options, style: Style, groups: frozenset[int] | None = None
    ) -> None:
        self.axes, self._options, self._style, self._groups = axes, options, style, groups
        rect = first.rect
        interpolation = "nearest" if options.levels else "bilinear"
        self._field = _FieldImage(axes, interpolation=interpolation, origin="lower", zorder=0)
        self._field.set_extent((rect.left, rect.right, rect.bottom, rect.top))
        axes.add_image(self._field)
        self._boundary = LineCollection([], colors=style.ink, linewidths=style.line, zorder=2)
        axes.add_collection(self._boundary)
        self._lost = axes.text(
            0.5, 0.5, "training diverged", transform=axes.transAxes, ha="center", va="center", zorder=7,
            bbox={"boxstyle": "round,pad=0.5", "facecolor": style.paper, "edgecolor": style.faint},
        )  # fmt: skip
        self._marks: list[Artist] = []
        self._layer: NDArray[np.uint8] | None = None
        self._shown: Snapshot | None = None
        self.show(first)

    @property
    def artists(self) -> list[Artist]:
        """What may differ between two moments, and the edges of the plane that lie over some of it."""
        return [self._field, self._boundary, self._lost, *self._marks, *self.axes.spines.values()]

    def draw(self, renderer: RendererAgg) -> None:
        """Draw the artists, points as a picture of their own that is made when they change."""
        if self._layer is None:
            self._layer = self._picture_of_points(renderer)
        self._field.draw(renderer)
        self._boundary.draw(renderer)
        for spine in self.axes.spines.values():
            spine.draw(renderer)
        left, bottom, _, _ = _pixels(self.axes)
        renderer.draw_image(renderer.new_gc(), left - 1, bottom - 1, self._layer)
        self._lost.draw(renderer)

    def _picture_of_points(self, renderer: RendererAgg) -> NDArray[np.uint8]:
        """One pixel larger than the plane on every side: as far as they are not cut off."""
        whole = self.axes.get_figure(root=True)
        assert whole is not None
        kept = renderer.copy_from_bbox(whole.bbox)
        renderer.clear()
        for mark in sorted(self._marks, key=methodcaller("get_zorder")):
            mark.draw(renderer)
        left, bottom, right, top = _pixels(self.axes)
        drawn = np.asarray(renderer.buffer_rgba())[::-1][bottom - 1 : top + 1, left - 1 : right + 1].copy()
        renderer.restore_region(kept)
        return drawn

    def show(self, moment: Snapshot) -> None:
        """Take over a moment; points are placed anew only where they differ."""
        image = field_image(moment.field, self._style.middle, self._options.levels, UNDER_POINTS)
        self._field.set_data(image)
        self._boundary.set_segments(boundary_lines(moment.field, moment.rect))
        at_once = getattr(moment.scenario.learner, "AT_ONCE", False)  # what such a learner leaves out is undecided
        self._lost.set_visible(not np.isfinite(moment.field).all() and not at_once)
        before = self._shown
        if before is None or before.scene is not moment.scene or self._options.errors:
            self._place_points(moment)
        self._shown = moment

    def _place_points(self, moment: Snapshot) -> None:
        for mark in self._marks:
            mark.remove()
        others, aspect = set(self.axes.get_children()), self.axes.get_aspect()
        with self._style.applied():
            draw_marks(self.axes, seen(moment, self._groups), self._options, self._style)
        if self._shown is not None:
            self.axes.set_aspect(aspect)
        self._marks = [artist for artist in self.axes.get_children() if artist not in others]
        for mark in self._marks:
            mark.set_zorder(max(mark.get_zorder(), _OVER_SPINES))
        self._layer = None


class MovingCurves:
    """Curves that stand there faintly as a whole and in full up to the moment, where a cursor stands.

    measure: 'loss', 'error' or 'flips'. values: those of a sweep, in words.
    """

    def __init__(self, axes: Axes, course: CurveStore, measure: str, style: Style, values: Sequence[str] = ()) -> None:
        self.axes = axes
        if measure == "flips":
            _draw_flips(axes, course, style)
        else:
            draw_curves(axes, course, measure, style)
        if values and len(course):
            axes.xaxis.set_major_locator(_some_of(len(values)))
            axes.xaxis.set_major_formatter(FuncFormatter(lambda at, _: literal(values[round(at)])))
            if (best := best_step(course)) is not None:
                for words in axes.texts:
                    words.set_text(f"best {literal(values[best])}")
        axes.set(xlim=axes.get_xlim(), ylim=axes.get_ylim(), autoscale_on=False)
        self._log = axes.get_yscale() == "log"
        self._whole = [line for line in axes.get_lines() if line.get_gid()]
        self._data = [_known(line) for line in self._whole]
        self._so_far = [_beside(line, style) for line in self._whole]
        self._cursor = axes.axvline(0.0, color=style.faint, linewidth=0.6 * style.line, zorder=_OVER_SPINES)
        self._cursor.set_visible(bool(self._whole))
        for line, now in zip(self._whole, self._so_far, strict=True):
            line.set_alpha(_FAINT)
            axes.add_line(now)

    @property
    def artists(self) -> list[Artist]:
        return [self._cursor, *self._so_far]

    def draw(self, renderer: RendererAgg) -> None:
        for artist in self.artists:
            artist.draw(renderer)

    @property
    def handles(self) -> list[Line2D]:
        """Entries for a legend."""
        return [
            Line2D(
                [], [], color=line.get_color(), linewidth=line.get_linewidth(), linestyle=line.get_linestyle(),
                label=line.get_label(),
            )
            for line in self._whole
        ]  # fmt: skip

    def show(self, place: int) -> None:
        """Let the curves end here, on the straight line between two evaluations where there is none just here."""
        self._cursor.set_xdata([place, place])
        for (x, y), now in zip(self._data, self._so_far, strict=True):
            end = int(np.searchsorted(x, place, side="right"))
            now.set_visible(end > 0)
            if end and end < len(x) and x[end - 1] < place:
                between = self._between(place, x[end - 1 : end + 1], y[end - 1 : end + 1])
                now.set_data(np.append(x[:end], place), np.append(y[:end], between))
            elif end:
                now.set_data(x[:end], y[:end])

    def _between(self, place: int, x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
        if self._log:
            return float(np.exp(np.interp(place, x, np.log(y))))
        return float(np.interp(place, x, y))


def _known(line: Line2D) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, y = line.get_data()
    return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)


def _beside(line: Line2D, style: Style) -> Line2D:
    """A line of the same looks with a dot at its end, above it."""
    made = Line2D([], [], marker="o", markersize=0.75 * style.marker, markevery=[-1], zorder=_OVER_SPINES)
    made.set(color=line.get_color(), linewidth=1.3 * line.get_linewidth(), linestyle=line.get_linestyle())
    made.set_markeredgecolor(style.paper)
    made.set_markeredgewidth(0.4 * style.line)
    return made


def _some_of(count: int) -> FixedLocator:
    """At most six of the numbers from 0, the first and the last among them."""
    return FixedLocator(np.unique(np.linspace(0, count - 1, min(count, 6)).round()).tolist())


def _draw_flips(axes: Axes, course: CurveStore, style: Style) -> None:
    """The share of test points that the poison flipped: its mean, and the range of the replicas."""
    axes.set(ylabel="flipped", xlabel="training step", axisbelow=True)
    axes.grid(axis="y")
    values = course.column("flip_rate")
    known = np.isfinite(values).any(axis=1)
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.3g} %"))
    if not known.any():
        axes.text(0.5, 0.5, "no test points", transform=axes.transAxes, ha="center", va="center", color=style.faint)
        axes.set(xticks=[], yticks=[])
        return
    step, values = course.step[known], values[known]
    axes.plot(step, np.nanmean(values, axis=1), color=POISON, linewidth=style.line, gid="flip_rate")
    if values.shape[1] > 1:
        low, high = np.nanmin(values, axis=1), np.nanmax(values, axis=1)
        axes.fill_between(step, low, high, color=POISON, alpha=0.14, linewidth=0)
    axes.set_xlim(int(step[0]), max(int(step[-1]), int(step[0]) + 1))
    axes.set_ylim(0.0, 1.1 * float(np.nanmax(values)) + 0.005)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
