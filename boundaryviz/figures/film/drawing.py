"""A film drawn frame by frame: composed once, and then only what moves is drawn over the rest.

Nothing jumps: places, limits and legends are those of the whole film.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from boundaryviz.figures.cascade import at_target, draw_scale
from boundaryviz.figures.draw import flip_rate, seen
from boundaryviz.figures.film.card import title_card
from boundaryviz.figures.film.curves import MovingCurves
from boundaryviz.figures.film.files import Picture
from boundaryviz.figures.film.options import FilmOptions
from boundaryviz.figures.film.planes import CascadePlane, FieldPlane, FlipPlane, MovingPlane
from boundaryviz.figures.film.sequence import FrameSequence
from boundaryviz.figures.flip import flip_handles, regions
from boundaryviz.figures.plane import class_handles
from boundaryviz.figures.style import AGAINST_CLEAN, any_letters
from boundaryviz.figures.words import in_lines, literal
from boundaryviz.record.cascade import Span
from boundaryviz.record.snapshot import Snapshot

_HEADER, _CAPTION = 0.1, 0.09  # of the height

_Words = Callable[[int, Snapshot, Snapshot | None], str]
"""From a checkpoint's number, the checkpoint and its clean twin to what is said of it."""


class Film:
    """The frames of a reel. Raises ValueError for a film that stands against the clean twin without one, and for
    'cascade' where no checkpoint has one."""

    def __init__(self, sequence: FrameSequence, options: FilmOptions) -> None:
        if (options.view in AGAINST_CLEAN) != (sequence.clean is not None):
            raise ValueError(f"the films {' and '.join(AGAINST_CLEAN)} need a clean twin, and the others take none")
        if options.view == "cascade" and all(checkpoint.cascade is None for checkpoint in sequence.shown):
            raise ValueError("no label cascade is known: a supervised learner has none")
        if len({checkpoint.cascade.measure for checkpoint in sequence.shown if checkpoint.cascade is not None}) > 1:
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
        chained = [one for checkpoint in self.sequence.shown if (one := seen(checkpoint)).cascade is not None]
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
            self._curves.append(MovingCurves(axes, self.sequence.history, measure, self._style, values, named=at == 0))
            if sweep:
                axes.set_xlabel(literal(sweep.name))

    def _class_handles(self) -> list[Line2D]:
        """Of all checkpoints together, each entry once."""
        found: dict[str, Line2D] = {}
        before = None
        for checkpoint in self.sequence.shown:
            if checkpoint.scene is not before:
                for handle in class_handles(seen(checkpoint), self.options.drawing, self._style):
                    found.setdefault(str(handle.get_label()), handle)
            before = checkpoint.scene
        return list(found.values())

    def _flip_handles(self) -> list[Artist]:
        """Of all regions that come in the film, and of both boundaries."""
        sequence, last = self.sequence, self.sequence.shown[-1]
        assert sequence.clean is not None
        became = {
            k
            for one, clean in zip(sequence.shown, sequence.clean, strict=True)
            for k in regions(one.field, clean.field)
        }
        return flip_handles(last.scene, sorted(became), self._style)

    def _wrapped(self, words: str) -> str:
        letters = int((1.0 - 2 * self._edge) * 72 * self.options.width / self.options.dpi / (0.56 * self._style.text))
        return "\n".join(textwrap.wrap(words, letters))

    def _legend(self, part: SubFigure, handles: Sequence[Artist]) -> None:
        if handles:
            longest = max(len(str(handle.get_label())) for handle in handles)
            columns = int(72 * part.bbox.width / self.options.dpi / (self._style.text * (0.55 * longest + 2.6)))
            part.legend(handles=handles, loc="outside lower center", ncols=max(1, min(columns, len(handles))))

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
