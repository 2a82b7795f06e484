"""The planes of a film: each knows its artists, and gives them the next moment."""

from __future__ import annotations

from operator import methodcaller
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.collections import LineCollection
from matplotlib.image import AxesImage
from numpy.typing import NDArray
from PIL import Image

from boundaryviz.figures.draw import seen
from boundaryviz.figures.palette import UNDER_POINTS, field_image
from boundaryviz.figures.plane import OVER_SPINES, boundary_lines, draw_marks
from boundaryviz.figures.style import Options, Style
from boundaryviz.record.snapshot import Snapshot


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
            mark.set_zorder(max(mark.get_zorder(), OVER_SPINES))
        self._layer = None
