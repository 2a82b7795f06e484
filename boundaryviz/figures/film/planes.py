"""The planes of a film: each knows its artists, and gives them the next checkpoint."""

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

from boundaryviz.figures.cascade import draw_chains
from boundaryviz.figures.draw import seen
from boundaryviz.figures.flip import CLEAN_DASHES, draw_regions
from boundaryviz.figures.palette import FAINT, UNDER_POINTS, field_image
from boundaryviz.figures.plane import OVER_SPINES, boundary_lines, draw_marks
from boundaryviz.figures.style import Options, Style
from boundaryviz.learners.cascade import same
from boundaryviz.record.cascade import Span
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
    """Points of one checkpoint after the other over what subclasses lay under them, on axes that stay.

    clean: of the clean twin, from whose points all poison is left out.
    """

    def __init__(self, axes: Axes, options: Options, style: Style, clean: bool = False) -> None:
        self.axes, self._options, self._style, self._clean = axes, options, style, clean
        self._ground: list[Artist] = []
        self._marks: list[Artist] = []
        self._layer: NDArray[np.uint8] | None = None
        self._shown: Snapshot | None = None
        self._lost = axes.text(
            0.5, 0.5, "training diverged", transform=axes.transAxes, ha="center", va="center", zorder=7,
            bbox={"boxstyle": "round,pad=0.5", "facecolor": style.paper, "edgecolor": style.faint},
        )  # fmt: skip

    @property
    def artists(self) -> list[Artist]:
        """What may differ between two checkpoints, and the edges of the plane that lie over some of it."""
        return [*self._ground, self._lost, *self._marks, *self.axes.spines.values()]

    def show(self, shown: Snapshot, clean: Snapshot | None) -> None:
        """Take over a checkpoint, and its clean twin's; points are placed anew only where they differ."""
        checkpoint = clean if self._clean else shown
        assert checkpoint is not None
        self._lay(checkpoint, clean)
        at_once = checkpoint.scenario.learner.family.at_once  # what such a learner leaves out is undecided
        self._lost.set_visible(not np.isfinite(checkpoint.field).all() and not at_once)
        if self._shown is None or self._differ(self._shown, checkpoint):
            self._place_marks(checkpoint)
        self._shown = checkpoint

    def draw(self, renderer: RendererAgg) -> None:
        """Draw the artists, points as a picture of their own that is made when they change."""
        if self._layer is None:
            self._layer = self._picture_of_marks(renderer)
        for artist in (*self._ground, *self.axes.spines.values()):
            artist.draw(renderer)
        left, bottom, _, _ = _pixels(self.axes)
        renderer.draw_image(renderer.new_gc(), left - 1, bottom - 1, self._layer)
        self._lost.draw(renderer)

    # ---- for subclasses -----------------------------------------------------------------------------

    def _lay(self, checkpoint: Snapshot, clean: Snapshot | None) -> None:
        """Bring what lies under the points up to this checkpoint."""
        raise NotImplementedError

    def _differ(self, before: Snapshot, checkpoint: Snapshot) -> bool:
        """Whether what is drawn over the ground is not the same in both."""
        return before.scene is not checkpoint.scene or self._options.errors

    def _draw_marks(self, checkpoint: Snapshot) -> None:
        """Draw what lies over the ground, with matplotlib's settings in force."""
        groups = frozenset[int]() if self._clean else None
        draw_marks(self.axes, seen(checkpoint, groups), self._options, self._style)

    def _line(self, dashes: Any = "-") -> LineCollection:
        """A boundary that has yet to be given its place."""
        style = self._style
        made = LineCollection([], colors=style.ink, linewidths=style.line, linestyles=[dashes], zorder=2)
        self.axes.add_collection(made)
        return made

    # ---- inside -------------------------------------------------------------------------------------

    def _picture_of_marks(self, renderer: RendererAgg) -> NDArray[np.uint8]:
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

    def _place_marks(self, checkpoint: Snapshot) -> None:
        for mark in self._marks:
            mark.remove()
        others, aspect = set(self.axes.get_children()), self.axes.get_aspect()
        with self._style.applied():
            self._draw_marks(checkpoint)
        if self._shown is not None:
            self.axes.set_aspect(aspect)
        self._marks = [artist for artist in self.axes.get_children() if artist not in others]
        for mark in self._marks:
            mark.set_zorder(max(mark.get_zorder(), OVER_SPINES))
        self._layer = None


class FieldPlane(MovingPlane):
    """Field and boundary. strength: how much of the classes' colours the field shows, 0 to 1."""

    def __init__(
        self, axes: Axes, first: Snapshot, options: Options, style: Style, clean: bool = False,
        strength: float = UNDER_POINTS,
    ) -> None:  # fmt: skip
        super().__init__(axes, options, style, clean)
        rect, self._strength = first.rect, strength
        self._field = _FieldImage(
            axes, interpolation="nearest" if options.levels else "bilinear", origin="lower", zorder=0
        )
        self._field.set_extent((rect.left, rect.right, rect.bottom, rect.top))
        axes.add_image(self._field)
        self._boundary = self._line()
        self._ground = [self._field, self._boundary]

    def _lay(self, checkpoint: Snapshot, clean: Snapshot | None) -> None:
        self._field.set_data(field_image(checkpoint.field, self._style.middle, self._options.levels, self._strength))
        self._boundary.set_segments(boundary_lines(checkpoint.field, checkpoint.rect))


class FlipPlane(MovingPlane):
    """What the poison turned over, by what it became, and both boundaries, the clean one dashed."""

    def __init__(self, axes: Axes, options: Options, style: Style) -> None:
        super().__init__(axes, options, style)
        self._lines = [self._line(CLEAN_DASHES), self._line()]
        self._regions: list[Artist] = []

    def _lay(self, checkpoint: Snapshot, clean: Snapshot | None) -> None:
        assert clean is not None
        for region in self._regions:
            region.remove()
        with self._style.applied():
            self._regions = draw_regions(self.axes, checkpoint, clean)
        for line, one in zip(self._lines, (clean, checkpoint), strict=True):
            line.set_segments(boundary_lines(one.field, one.rect))
        self._ground = [*self._regions, *self._lines]


class CascadePlane(FieldPlane):
    """Points by when they got their label, and the path to the first pin. span: of the whole film."""

    def __init__(self, axes: Axes, first: Snapshot, span: Span | None, options: Options, style: Style) -> None:
        super().__init__(axes, first, options, style, strength=FAINT)
        self._span = span

    def _differ(self, before: Snapshot, checkpoint: Snapshot) -> bool:
        return super()._differ(before, checkpoint) or not same(before.cascade, checkpoint.cascade)

    def _draw_marks(self, checkpoint: Snapshot) -> None:
        super()._draw_marks(checkpoint)
        draw_chains(self.axes, seen(checkpoint), self._span, self._style)
