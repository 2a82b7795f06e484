"""The pictures of a film: composed once, and then only what moves is drawn over the rest.

Nothing jumps: places, limits and legends are those of the whole film.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from operator import methodcaller
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure, SubFigure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator
from numpy.typing import NDArray
from PIL import Image

from boundaryviz.attacks.budget import Budget
from boundaryviz.attacks.specs import ATTACKS
from boundaryviz.figures.cascade import at_target, draw_chains, draw_scale
from boundaryviz.figures.draw import flip_rate, seen
from boundaryviz.figures.embedding import draw_placed, embedded
from boundaryviz.figures.film.options import FilmOptions
from boundaryviz.figures.film.sequence import FrameSequence
from boundaryviz.figures.flip import CLEAN_DASHES, draw_regions, flip_handles, regions
from boundaryviz.figures.height_colours import height_image
from boundaryviz.figures.heights import height_scale, heights_words, sheet_collections, sheet_handles, sheet_lines
from boundaryviz.figures.palette import FAINT, POISON, UNDER_POINTS, field_image, ramp
from boundaryviz.figures.parts import longest, summed_up
from boundaryviz.figures.plane import OVER_SPINES, boundary_lines, class_handles, draw_marks
from boundaryviz.figures.progress import BEST, best_step, draw_curves
from boundaryviz.figures.pushes import draw_arrows, words_of
from boundaryviz.figures.style import AGAINST_CLEAN, Options, Style, any_letters
from boundaryviz.figures.words import in_lines, literal
from boundaryviz.learners.cascade import same
from boundaryviz.record.cascade import Span
from boundaryviz.record.curves import CurveStore
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.plain_text import PARAGRAPH, one_line
from boundaryviz.scene.scene import Domain
from boundaryviz.scene.specs import Spec

Picture = NDArray[np.uint8]
"""One frame, (height, width, 4): red, green, blue, and a fourth value that is not looked at."""

_HEADER, _CAPTION = 0.1, 0.09  # of the film's height
_ROWS = 5  # of a legend
_FAINT = 0.32  # of a curve that is still to come
_MARGIN = 0.09  # of a title card's width
_LEADING = 1.25  # of a title card: from line to line, in times the size of the text
_SHAPE = ("hidden", "activation")  # named on a title card also at their defaults

_Words = Callable[[int, Snapshot, Snapshot | None], str]
"""From a snapshot's number, the snapshot and its clean twin to what is said of it."""


class Film:
    """The frames of a sequence. Raises ValueError for a film that stands against the clean twin without one, and for
    'cascade' and 'pushes' where no snapshot has one."""

    def __init__(self, sequence: FrameSequence, options: FilmOptions) -> None:
        if (options.view in AGAINST_CLEAN) != (sequence.clean is not None):
            raise ValueError(f"the films {' and '.join(AGAINST_CLEAN)} need a clean twin, and the others take none")
        if options.view == "cascade" and all(snapshot.cascade is None for snapshot in sequence.shown):
            raise ValueError("no label cascade is known: a supervised learner has none")
        if options.view == "pushes" and all(snapshot.pushes is None for snapshot in sequence.shown):
            raise ValueError("nothing is pushed in any of these moments")
        if len({snapshot.cascade.measure for snapshot in sequence.shown if snapshot.cascade is not None}) > 1:
            raise ValueError("the label cascades of one film are measured alike")
        self.sequence, self.options = sequence, options
        self._style = options.look
        self._planes: list[MovingPlane] = []
        self._curves: list[MovingCurves] = []
        self._texts: list[tuple[Text, _Words]] = []
        self._last: tuple[int, Picture] | None = None
        with self._style.applied():
            self._compose()
            self._freeze()

    def __len__(self) -> int:
        """Frames without title card and without the last one's stand."""
        return len(self.sequence.shown) * self.sequence.each

    # ---- frames -------------------------------------------------------------------------------------

    def picture(self, frame: int) -> Picture:
        """Frame number `frame`, from 0; not to be written to."""
        at = frame // self.sequence.each
        if self._last is None or self._last[0] != at:
            self._show(at)
            self._canvas.restore_region(self._still)
            renderer = self._canvas.get_renderer()
            for part in self._parts():
                part.draw(renderer)
            with any_letters():
                for text, _ in self._texts:
                    text.draw(renderer)
            self._last = at, np.array(self._canvas.buffer_rgba())
        return self._last[1]

    def whole_picture(self, frame: int) -> Picture:
        """The same frame with everything drawn anew, which is slow; to be compared with."""
        with self._style.applied():
            self._show(frame // self.sequence.each)
            self._set_animated(False)
            self._canvas.draw()
            drawn = np.array(self._canvas.buffer_rgba())
            self._set_animated(True)
        self._last = None
        return drawn

    def card(self) -> Picture:
        """The title card."""
        return title_card(self.sequence, self.options)

    def _show(self, at: int) -> None:
        shown = self.sequence.shown[at]
        clean = None if self.sequence.clean is None else self.sequence.clean[at]
        for plane in self._planes:
            plane.show(shown, clean)
        for curves in self._curves:
            curves.show(self.sequence.place(at, shown))
        for text, words in self._texts:
            text.set_text(literal(words(at, shown, clean)))

    def _parts(self) -> list[MovingPlane | MovingCurves]:
        return [*self._planes, *self._curves]

    def _set_animated(self, on: bool) -> None:
        """matplotlib leaves out what is animated when it draws the whole."""
        for part in self._parts():
            for artist in part.artists:
                artist.set_animated(on)
        for text, _ in self._texts:
            text.set_animated(on)

    # ---- composition --------------------------------------------------------------------------------

    def _compose(self) -> None:
        options = self.options
        size = ((options.width + 0.01) / options.dpi, (options.height + 0.01) / options.dpi)  # cut off, not rounded
        figure = Figure(figsize=size, dpi=options.dpi, layout="constrained")
        self._canvas, self._figure = FigureCanvasAgg(figure), figure
        pad = 0.7 * self._style.text / 72
        figure.get_layout_engine().set(w_pad=pad, h_pad=0.6 * pad, wspace=0.02, hspace=0.02)  # type: ignore[union-attr, call-arg]
        parts: Any = figure.subfigures(2, 1, height_ratios=(_HEADER, 1.0 - _HEADER))
        self._compose_header(parts[0])
        compose: dict[str, Callable[[SubFigure], None]] = {
            "boundary": self._compose_plane, "summary": self._compose_summary, "twin": self._compose_twin,
            "curves": self._compose_curves, "flip": self._compose_flip, "cascade": self._compose_cascade,
            "embedding": self._compose_embedding,
            "pushes": self._compose_pushes, "heights": self._compose_heights,
        }  # fmt: skip
        compose[options.view](parts[1])

    def _compose_header(self, part: SubFigure) -> None:
        style, size = self._style, 1.15 * self._style.text
        edge = self._edge
        words = self.sequence.words(len(self.sequence.shown) - 1, self.sequence.shown[-1])
        where = part.text(1.0 - edge, 0.36, literal(words), ha="right", va="baseline", fontsize=size, color=style.ink)
        self._texts.append((where, lambda at, shown, _: self.sequence.words(at, shown)))
        letters = int((1.0 - 3 * edge) * 72 * self.options.width / self.options.dpi / (0.66 * size) - len(words))
        title = in_lines(self.sequence.shown[-1].scenario.title, letters, most=1, least=8)
        part.text(edge, 0.36, title, va="baseline", fontsize=size, fontweight="bold", color=style.ink)

    @property
    def _edge(self) -> float:
        """Of the width, left free beside words."""
        return 1.6 * self._style.text / 72 * self.options.dpi / self.options.width

    @property
    def _is_wide(self) -> bool:
        return self.options.width >= 1.3 * self.options.height

    def _compose_plane(self, part: SubFigure) -> None:
        self._add_field(part.subplots())
        self._legend(part, self._class_handles())

    def _compose_summary(self, part: SubFigure) -> None:
        plane, curves = self._two(part)
        self._compose_plane(plane)
        self._add_curves(curves, upright=self._is_wide)

    def _compose_twin(self, part: SubFigure) -> None:
        rows: Any = part.subfigures(2, 1, height_ratios=(0.74, 0.26))
        clean, poisoned = rows[0].subplots(1, 2)
        self._add_field(clean, "clean twin", clean=True)
        self._add_field(poisoned, "poisoned")
        self._legend(rows[0], self._class_handles())
        self._add_flips(rows[1].subplots())

    def _compose_curves(self, part: SubFigure) -> None:
        self._add_curves(part, upright=not self._is_wide)

    def _compose_flip(self, part: SubFigure) -> None:
        plane, curves = self._two(part)
        self._planes.append(FlipPlane(plane.subplots(), self.options.drawing, self._style))
        self._legend(plane, [*self._class_handles(), *self._flip_handles()])
        upper, lower = curves.subplots(2, 1, sharex=True) if self._is_wide else curves.subplots(1, 2)
        self._add_flips(upper)
        self._add_measures([("error", lower)])
        if self._is_wide:
            upper.set_xlabel("")
        self._legend(curves, self._curves[-1].handles)

    def _compose_cascade(self, part: SubFigure) -> None:
        rows: Any = part.subfigures(2, 1, height_ratios=(1.0 - _CAPTION, _CAPTION))
        plane, curves = self._two(rows[0]) if self._is_wide else (rows[0], None)
        axes, first = plane.subplots(), self.sequence.shown[0]
        chained = [one for snapshot in self.sequence.shown if (one := seen(snapshot)).cascade is not None]
        span = Span.of_all((one.cascade, one.scene.points) for one in chained if one.cascade is not None)
        self._planes.append(CascadePlane(axes, first, span, self.options.drawing, self._style))
        chains = chained[0].cascade
        if span is not None and chains is not None:
            draw_scale(plane, axes, chains.measure, span, self._style)
        self._legend(plane, self._class_handles())
        if curves is not None:  # else the plane would have too little room
            self._add_curves(curves, upright=True)
        told = rows[1].text(self._edge, 0.95, "", va="top", color=self._style.ink)
        self._texts.append((told, lambda _at, shown, _clean: self._wrapped(at_target(seen(shown)))))

    def _compose_heights(self, part: SubFigure) -> None:
        plane, curves = self._two(part)
        first = self.sequence.shown[0].heights
        assert first is not None
        axes = plane.subplots()
        self._planes.append(HeightsPlane(axes, self.options.drawing, self._style))
        height_scale(plane, axes, first, self._style)
        self._legend(plane, [*self._class_handles(), *sheet_handles(first, self._style)])
        told = axes.set_title("", loc="right", color=self._style.ink)
        words: _Words = lambda _at, shown, _clean: "" if shown.heights is None else heights_words(shown.heights)  # noqa: E731
        self._texts.append((told, words))
        self._add_curves(curves, upright=self._is_wide)

    def _compose_embedding(self, part: SubFigure) -> None:
        first = self.sequence.shown[0]
        rects = [snapshot.embedding.rect for snapshot in self.sequence.shown if snapshot.embedding is not None]
        rows: Any = part.subfigures(2, 1, height_ratios=(1.0 - _CAPTION, _CAPTION))
        plane, beside = rows[0].subplots(*((1, 2) if self._is_wide else (2, 1)))
        self._add_field(plane)
        beside.set_title("embedding", fontweight="bold")
        self._planes.append(EmbeddingPlane(beside, first, Domain.over(rects), self.options.drawing, self._style))
        self._legend(rows[0], self._class_handles())
        told = rows[1].text(self._edge, 0.95, "", va="top", color=self._style.ink)
        self._texts.append((told, lambda _at, shown, _clean: self._wrapped(_placed(shown))))

    def _compose_pushes(self, part: SubFigure) -> None:
        rows: Any = part.subfigures(2, 1, height_ratios=(1.0 - _CAPTION, _CAPTION))
        plane, curves = self._two(rows[0]) if self._is_wide else (rows[0], None)
        self._planes.append(PushPlane(plane.subplots(), self.sequence.shown[0], self.options.drawing, self._style))
        self._legend(plane, self._class_handles())
        if curves is not None:
            self._add_curves(curves, upright=True)
        told = rows[1].text(self._edge, 0.95, "", va="top", color=self._style.ink)
        words = lambda shown: "" if shown.pushes is None else words_of(shown.pushes)  # noqa: E731
        self._texts.append((told, lambda _at, shown, _clean: self._wrapped(words(shown))))

    def _two(self, part: SubFigure) -> tuple[SubFigure, SubFigure]:
        """A large part for a plane and a smaller one for curves."""
        sides: Any
        if self._is_wide:
            sides = part.subfigures(1, 2, width_ratios=(0.61, 0.39))
        else:
            sides = part.subfigures(2, 1, height_ratios=(0.64, 0.36))
        return sides[0], sides[1]

    def _add_field(self, axes: Axes, title: str = "", clean: bool = False) -> None:
        self._planes.append(FieldPlane(axes, self.sequence.shown[0], self.options.drawing, self._style, clean))
        if title:
            axes.set_title(title, fontweight="bold")

    def _add_flips(self, axes: Axes) -> None:
        """The share of test points that flipped, and above it the number."""
        self._add_measures([("flips", axes)])
        told = axes.set_title("0.0 % flipped", loc="right", color=self._style.ink)
        self._texts.append((told, _flipped))

    def _add_curves(self, part: SubFigure, upright: bool) -> None:
        loss, error = part.subplots(2, 1, sharex=True) if upright else part.subplots(1, 2)
        self._add_measures([("loss", loss), ("error", error)])
        if upright:
            loss.set_xlabel("")
        self._legend(part, self._curves[0].handles)

    def _add_measures(self, places: Sequence[tuple[str, Axes]]) -> None:
        sweep = self.sequence.sweep
        for at, (measure, axes) in enumerate(places):
            values = sweep.values if sweep else ()
            self._curves.append(MovingCurves(axes, self.sequence.curves, measure, self._style, values, named=at == 0))
            if sweep:
                axes.set_xlabel(literal(sweep.name))

    def _class_handles(self) -> list[Line2D]:
        """Of all snapshots together, each entry once."""
        found: dict[str, Line2D] = {}
        before: Snapshot | None = None
        for snapshot in self.sequence.shown:
            if before is None or snapshot.scene is not before.scene or snapshot.judged is not before.judged:
                for handle in class_handles(seen(snapshot), self.options.drawing, self._style):
                    found.setdefault(str(handle.get_label()), handle)
            before = snapshot
        return list(found.values())

    def _flip_handles(self) -> list[Artist]:
        """Of all regions that come in the film, and of both boundaries."""
        sequence, last = self.sequence, self.sequence.shown[-1]
        assert sequence.clean is not None
        became = {
            k
            for one, clean in zip(sequence.shown, sequence.clean, strict=True)
            for k in regions(one.leaning, clean.leaning)
        }
        return flip_handles(last.scene, sorted(became), self._style)

    def _wrapped(self, words: str) -> str:
        letters = int((1.0 - 2 * self._edge) * 72 * self.options.width / self.options.dpi / (0.56 * self._style.text))
        return "\n".join(textwrap.wrap(words, letters))

    def _legend(self, part: SubFigure, handles: Sequence[Artist]) -> None:
        if handles:
            letter = self._style.text * (0.55 * longest(handles) + 3.2)
            columns = max(1, int(72 * part.bbox.width / self.options.dpi / letter))
            shown = summed_up(handles, columns * _ROWS)
            part.legend(handles=shown, loc="outside lower center", ncols=min(columns, len(shown)))

    def _freeze(self) -> None:
        """Give everything its place for good, planes whole pixels, and keep what never moves as a picture."""
        self._show(len(self.sequence.shown) - 1)
        self._figure.get_layout_engine().execute(self._figure)  # type: ignore[union-attr]
        self._figure.set_layout_engine("none")
        for plane in self._planes:
            axes = plane.axes
            axes.apply_aspect()
            edges = np.round(axes.bbox.extents).reshape(2, 2)
            (left, bottom), (right, top) = axes.figure.transSubfigure.inverted().transform(edges)
            axes.set_aspect("auto")
            axes.set_position((left, bottom, right - left, top - bottom))
        self._set_animated(True)
        self._canvas.draw()
        self._still = self._canvas.copy_from_bbox(self._figure.bbox)


def _flipped(_at: int, shown: Snapshot, clean: Snapshot | None) -> str:
    assert clean is not None
    share = flip_rate(shown, clean)
    return "" if share is None else f"{100 * share:.1f} % flipped"


def _placed(snapshot: Snapshot) -> str:
    found = snapshot.embedding
    return "" if found is None else found.health.trouble() or f"{found.words()}; {found.health.words()}"


# ---- planes: each knows its artists, and gives them the next snapshot -----------------------------------


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
    """Points of one snapshot after the other over what subclasses lay under them, on axes that stay.

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
        """What may differ between two snapshots, and the edges of the plane that lie over some of it."""
        return [*self._ground, self._lost, *self._marks, *self.axes.spines.values()]

    def show(self, shown: Snapshot, clean: Snapshot | None) -> None:
        """Take over a snapshot, and its clean twin's; points are placed anew only where they differ."""
        snapshot = clean if self._clean else shown
        assert snapshot is not None
        self._lay(snapshot, clean)
        at_once = snapshot.scenario.learner.family.at_once  # what such a learner leaves out is undecided
        self._lost.set_visible(not np.isfinite(snapshot.field).all() and not at_once)
        if self._shown is None or self._differ(self._shown, snapshot):
            self._place_marks(snapshot)
        self._shown = snapshot

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

    def _lay(self, snapshot: Snapshot, clean: Snapshot | None) -> None:
        """Bring what lies under the points up to this snapshot."""
        raise NotImplementedError

    def _differ(self, before: Snapshot, snapshot: Snapshot) -> bool:
        """Whether what is drawn over the ground is not the same in both."""
        return before.scene is not snapshot.scene or before.judged is not snapshot.judged or self._options.errors

    def _draw_marks(self, snapshot: Snapshot) -> None:
        """Draw what lies over the ground, with matplotlib's settings in force."""
        groups = frozenset[int]() if self._clean else None
        draw_marks(self.axes, seen(snapshot, groups), self._options, self._style)

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

    def _place_marks(self, snapshot: Snapshot) -> None:
        for mark in self._marks:
            mark.remove()
        others, aspect = set(self.axes.get_children()), self.axes.get_aspect()
        with self._style.applied():
            self._draw_marks(snapshot)
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

    def _lay(self, snapshot: Snapshot, clean: Snapshot | None) -> None:
        self._field.set_data(field_image(snapshot.field, self._style.middle, self._options.levels, self._strength))
        self._boundary.set_segments(boundary_lines(snapshot.leaning, snapshot.rect))


class EmbeddingPlane(FieldPlane):
    """The points where the model puts them, over what is read off there. rect: of the whole film."""

    def __init__(self, axes: Axes, first: Snapshot, rect: Domain, options: Options, style: Style) -> None:
        super().__init__(axes, replace(first, rect=rect), options, style)
        self._rect = rect

    def show(self, shown: Snapshot, clean: Snapshot | None) -> None:
        """As `MovingPlane.show`; what diverged is an embedding without numbers."""
        super().show(shown, clean)
        self._lost.set_visible(shown.embedding is not None and not shown.embedding.health.finite)

    def _lay(self, snapshot: Snapshot, clean: Snapshot | None) -> None:
        super()._lay(embedded(snapshot, self._rect), None)

    def _differ(self, before: Snapshot, snapshot: Snapshot) -> bool:
        return before is not snapshot  # each point lies elsewhere

    def _draw_marks(self, snapshot: Snapshot) -> None:
        draw_placed(self.axes, embedded(seen(snapshot), self._rect), self._options, self._style)


class FlipPlane(MovingPlane):
    """What the poison turned over, by what it became, and both boundaries, the clean one dashed."""

    def __init__(self, axes: Axes, options: Options, style: Style) -> None:
        super().__init__(axes, options, style)
        self._lines = [self._line(CLEAN_DASHES), self._line()]
        self._regions: list[Artist] = []

    def _lay(self, snapshot: Snapshot, clean: Snapshot | None) -> None:
        assert clean is not None
        for region in self._regions:
            region.remove()
        with self._style.applied():
            self._regions = draw_regions(self.axes, snapshot, clean)
        for line, one in zip(self._lines, (clean, snapshot), strict=True):
            line.set_segments(boundary_lines(one.leaning, one.rect))
        self._ground = [*self._regions, *self._lines]


class HeightsPlane(MovingPlane):
    """How far off the plane the boundary lies, the boundary on it, and those above and below."""

    def __init__(self, axes: Axes, options: Options, style: Style) -> None:
        super().__init__(axes, options, style)
        self._image = _FieldImage(axes, interpolation="bilinear", origin="lower", zorder=0)
        axes.add_image(self._image)
        self._boundary, self._sheets = self._line(), sheet_collections(style)
        for sheet in self._sheets:
            axes.add_collection(sheet)
        self._ground = [self._image, *self._sheets, self._boundary]

    def _lay(self, snapshot: Snapshot, clean: Snapshot | None) -> None:
        found = snapshot.heights
        assert found is not None
        d = found.domain
        self._image.set_extent((d.left, d.right, d.bottom, d.top))
        self._image.set_data(height_image(found, self._style.middle))
        self._boundary.set_segments(boundary_lines(snapshot.leaning, snapshot.rect))
        for sheet, lines in zip(self._sheets, sheet_lines(found), strict=True):
            sheet.set_segments(lines)


class CascadePlane(FieldPlane):
    """Points by when they got their label, and the path to the first pin. span: of the whole film."""

    def __init__(self, axes: Axes, first: Snapshot, span: Span | None, options: Options, style: Style) -> None:
        super().__init__(axes, first, options, style, strength=FAINT)
        self._span = span

    def _differ(self, before: Snapshot, snapshot: Snapshot) -> bool:
        return super()._differ(before, snapshot) or not same(before.cascade, snapshot.cascade)

    def _draw_marks(self, snapshot: Snapshot) -> None:
        super()._draw_marks(snapshot)
        draw_chains(self.axes, seen(snapshot), self._span, self._style)


class PushPlane(FieldPlane):
    """Field and boundary, and an arrow from each point to where a method has pushed it."""

    def _differ(self, before: Snapshot, snapshot: Snapshot) -> bool:
        return super()._differ(before, snapshot) or before.pushes is not snapshot.pushes

    def _draw_marks(self, snapshot: Snapshot) -> None:
        super()._draw_marks(snapshot)
        if snapshot.pushes is not None:
            draw_arrows(self.axes, (snapshot.pushes,), self._style)


# ---- curves: faint as a whole, and in full as far as the snapshot that is shown -------------------------


class MovingCurves:
    """Curves that stand there faintly as a whole and in full up to the snapshot, where a cursor stands.

    measure: 'loss', 'error' or 'flips'. values: those of a sweep, in words. named: as for `draw_curves`.
    """

    def __init__(
        self,
        axes: Axes,
        curves: CurveStore,
        measure: str,
        style: Style,
        values: Sequence[str] = (),
        named: bool = True,
    ) -> None:
        self.axes = axes
        if measure == "flips":
            _draw_flips(axes, curves, style)
        else:
            draw_curves(axes, curves, measure, style, named)
        if values and len(curves):
            axes.xaxis.set_major_locator(_some_of(len(values)))
            axes.xaxis.set_major_formatter(FuncFormatter(lambda at, _: literal(values[round(at)])))
            if (best := best_step(curves)) is not None:
                for words in axes.texts:
                    if words.get_gid() == BEST:
                        words.set_text(f"best {literal(values[best])}")
        axes.set(xlim=axes.get_xlim(), ylim=axes.get_ylim(), autoscale_on=False)
        self._log = axes.get_yscale() == "log"
        self._whole = [line for line in axes.get_lines() if line.get_gid()]
        self._data = [_known(line) for line in self._whole]
        self._so_far = [_beside(line, style) for line in self._whole]
        self._cursor = axes.axvline(0.0, color=style.faint, linewidth=0.6 * style.line, zorder=OVER_SPINES)
        self._cursor.set_visible(bool(self._whole))
        for line, now in zip(self._whole, self._so_far, strict=True):
            line.set_alpha(_FAINT)
            axes.add_line(now)

    @property
    def artists(self) -> list[Artist]:
        """What changes from one snapshot to the next."""
        return [self._cursor, *self._so_far]

    def draw(self, renderer: RendererAgg) -> None:
        """Draw what changes."""
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
    made = Line2D([], [], marker="o", markersize=0.75 * style.marker, markevery=[-1], zorder=OVER_SPINES)
    made.set(color=line.get_color(), linewidth=1.3 * line.get_linewidth(), linestyle=line.get_linestyle())
    made.set_markeredgecolor(style.paper)
    made.set_markeredgewidth(0.4 * style.line)
    return made


def _some_of(count: int) -> FixedLocator:
    """At most six of the numbers from 0, the first and the last among them."""
    return FixedLocator(np.unique(np.linspace(0, count - 1, min(count, 6)).round()).tolist())


def _draw_flips(axes: Axes, curves: CurveStore, style: Style) -> None:
    """The share of test points that the poison flipped: its mean, and the range of the replicas."""
    axes.set(ylabel="flipped", xlabel="training step", axisbelow=True)
    axes.grid(axis="y")
    values = curves.column("flip_rate")
    known = np.isfinite(values).any(axis=1)
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.3g} %"))
    if not known.any():
        words = "no test points" if len(curves) else ""  # of a single frame, nothing is known before or after
        axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", color=style.faint)
        axes.set(xticks=[], yticks=[])
        return
    step, values = curves.step[known], values[known]
    axes.plot(step, np.nanmean(values, axis=1), color=POISON, linewidth=style.line, gid="flip_rate")
    if values.shape[1] > 1:
        low, high = np.nanmin(values, axis=1), np.nanmax(values, axis=1)
        axes.fill_between(step, low, high, color=POISON, alpha=0.14, linewidth=0)
    axes.set_xlim(int(step[0]), max(int(step[-1]), int(step[0]) + 1))
    axes.set_ylim(0.0, 1.1 * float(np.nanmax(values)) + 0.005)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))


# ---- the title card: what the film is about, and with which settings it was made ------------------------


@dataclass(frozen=True)
class _Block:
    """Words in one size, in times the style's, and the room below them, in lines of that text."""

    words: str
    size: float
    colour: str
    weight: str = "normal"
    below: float = 0.5
    most: int = 3  # lines

    @property
    def lines(self) -> float:
        """Of the style's text that it takes."""
        return self.size * _LEADING * (1 + self.words.count("\n")) + self.below


def title_card(sequence: FrameSequence, options: FilmOptions) -> Picture:
    """A still picture, uint8 (height, width, 4): title, one sentence, learner and settings."""
    style, last = options.look, sequence.shown[-1]
    texts = [
        _Block(last.scenario.title, 2.1, style.ink, "bold", 1.4),
        _Block(first_sentence(last.scenario.summary), 1.25, style.ink, below=1.3, most=5),
        *(_Block(words, 0.95, style.faint) for words in settings(last, sequence)),
    ]
    blocks = [replace(text, words=_block_in_lines(text, options)) for text in texts if text.words]
    with style.applied():
        size = ((options.width + 0.01) / options.dpi, (options.height + 0.01) / options.dpi)
        figure = Figure(figsize=size, dpi=options.dpi, layout="none")  # type: ignore[arg-type]
        canvas = FigureCanvasAgg(figure)
        line = style.text * options.dpi / 72 / options.height  # as a share of the height
        top = 0.5 + 0.5 * line * sum(block.lines for block in blocks)
        for block in blocks:
            figure.text(
                _MARGIN, top, block.words, va="top", fontsize=block.size * style.text, color=block.colour,
                fontweight=block.weight, linespacing=1.25,
            )  # fmt: skip
            top -= line * block.lines
            if block is blocks[0]:
                rule = figure.add_axes((_MARGIN, top + 0.8 * line, 0.16, 0.16 * line))
                rule.imshow(ramp(style.middle)[None], aspect="auto")
                rule.set_axis_off()
        canvas.draw()
        return np.array(canvas.buffer_rgba())


def _block_in_lines(block: _Block, options: FilmOptions) -> str:
    room = (1.0 - 2 * _MARGIN) * options.width * 72 / options.dpi
    letter = (0.7 if block.weight == "bold" else 0.56) * block.size * options.look.text
    return in_lines(block.words, int(room / letter), block.most)


def first_sentence(text: str) -> str:
    """Up to the first full stop, question or exclamation mark that ends a sentence."""
    plain = one_line(text, PARAGRAPH)
    found = re.match(r".*?[.!?](?=\s|$)", plain)
    return found[0] if found else plain


def settings(snapshot: Snapshot, sequence: FrameSequence) -> list[str]:
    """Learner, training and points, a line each."""
    scenario = snapshot.scenario
    learner: Any = scenario.learner
    lines = [", ".join([learner.TITLE, *_chosen(learner)])]
    if not learner.family.at_once:
        training = scenario.training
        optimiser = _words(training, "optimiser")
        lines.append(
            f"{optimiser}, learning rate {training.learning_rate:g}, batch size {training.batch_size}, "
            f"seed {training.seed}"
        )
    lines.append(_points(scenario, snapshot))
    if sequence.sweep is not None:
        lines.append(f"{sequence.sweep.name}: {sequence.sweep.values[0]} to {sequence.sweep.values[-1]}")
    return lines


def _points(scenario: Scenario, snapshot: Snapshot) -> str:
    points, budget = snapshot.scene.points, Budget.of(snapshot.scene)
    labelled = int(np.count_nonzero(points.is_train & points.is_labelled & ~points.is_poison & ~points.muted))
    words = f"{budget.total:,} training points, {labelled:,} of them labelled"
    attack = ATTACKS[scenario.poison.attack].TITLE.lower()
    return words + (f", {budget.poison:,} poison ({attack})" if budget.poison else "")


def _chosen(spec: Spec) -> list[str]:
    """The shape of a net, and what else is not at its default: 'hidden layers 16-16', 'dropout 0.2'."""
    found = []
    for name, info in type(spec).model_fields.items():
        value: Any = getattr(spec, name)
        if info.title and ((name in _SHAPE and value) or (name != "name" and value != info.default)):
            found.append(f"{info.title.lower()} {_words(spec, name)}")
    return found


def _words(spec: Spec, name: str) -> str:
    """A setting's value as a form shows it."""
    value: Any = getattr(spec, name)
    extra: Any = type(spec).model_fields[name].json_schema_extra
    choices = dict(extra["form"].get("choices", ()))
    if isinstance(value, tuple):
        return "-".join(map(str, value))
    if isinstance(value, float):
        return f"{value:g}"
    return str(choices.get(value, value))
