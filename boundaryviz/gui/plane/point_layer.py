"""The points of a scene as one graphics item: symbols from an atlas, and a density picture where there are too many.

Drawn by hand rather than by ScatterPlotItem: positions stay one array that is mapped at the repaint, so that moving
a point, or all ten thousand, costs a repaint and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget
from pyqtgraph.Qt.internals import PrimitiveArray
from typing_extensions import override

from boundaryviz.figures.beads import bead_sizes, spacing
from boundaryviz.figures.palette import class_colour, crowded, group_colour, rgb
from boundaryviz.gui.plane.beads import paint_outlines
from boundaryviz.gui.plane.symbols import (
    CHOSEN,
    HELD_OUT,
    MUTED,
    SIZE,
    TRUTH_OUTLINE,
    WITHDRAWN,
    WRONG,
    Atlas,
    rings,
    shades,
    style_codes,
)
from boundaryviz.gui.widgets.theme import Theme
from boundaryviz.scene.responses import taught
from boundaryviz.scene.scene import MAX_CLASSES, UNLABELLED, Group, Points, Scene

GHOST = 0.3  # opacity of poison that the model shown does not see
MANY = 20_000  # more points of one kind than this (unlabelled, labelled, poison) become a picture of their density
_STYLED = ("ids", "label", "split", "origin", "muted", "response")  # the columns that a symbol shows
_PLANTED = 100  # a crowd's points of group k have the colour of this plus k
DOT = 3  # side of a density dot in pixels


class PointItem(pg.GraphicsObject):
    """Points (N, 2) in data coordinates, seen through `area`, the data rectangle that is visible."""

    def __init__(self, theme: Theme, area: Callable[[], QRectF]) -> None:
        super().__init__()
        # frames come sixty times a second, edits do not: between edits the points are one picture
        self.setCacheMode(self.CacheMode.DeviceCoordinateCache)
        self._area = area
        self._theme = theme
        self._atlas = Atlas(theme)
        self._points = Points.of(np.empty((0, 2)))
        self._shaded = False
        self._predicted: NDArray[np.int16] | None = None
        self._chosen = np.zeros(0, dtype=bool)
        self._acting: frozenset[int] = frozenset()
        self._switches: tuple[tuple[Group, ...], bool] = ((), True)
        self._show_held_out, self._show_prediction = True, False
        self._left_out: NDArray[np.bool_] | None = None
        self._ghost_poison = False
        self._size = 1.0
        self._fill = np.zeros(0, dtype=np.int16)
        self._codes = np.zeros(0, dtype=np.int64)
        self._order = np.zeros(0, dtype=np.int64)
        self._crowd = np.zeros(0, dtype=np.int64)
        self._pool = np.zeros(0, dtype=bool)
        self._ring = np.zeros(0, dtype=np.int64)
        self._is_bead = np.zeros(0, dtype=bool)
        self._gaps = (np.zeros(0, dtype=np.int64), np.zeros((0, 2)), np.zeros(0))
        """Which points are beads, where they lie, and how far each is from the next in pixels."""
        self.drawn = np.zeros((0, 10))
        """The symbols painted last, in their order: place and source in pixels, sizes, turn and opacity."""
        self._fragments = PrimitiveArray(QPainter.PixmapFragment, 10)

    # ---- what is shown

    def set_scene(self, scene: Scene, chosen: NDArray[np.bool_]) -> None:
        """Show the points of a scene. chosen: mask (N,) of those with a halo."""
        old, self._points = self._points, scene.points
        changed = {name for name in _STYLED if getattr(old, name) is not getattr(scene.points, name)}
        if scene.has_responses != self._shaded:
            self._shaded = scene.has_responses
            changed.add("shaded")
        switches = (scene.groups, scene.poison_on)
        if "origin" in changed or switches != self._switches:
            self._switches, self._acting = switches, scene.acting
            changed.add("acting")
        if changed or not np.array_equal(chosen, self._chosen):
            self._chosen = chosen
            self._restyle()
        self.update()

    def set_predicted(self, predicted: NDArray[np.int16] | None) -> None:
        """Predicted classes (N,) of the points; ignored while they are of another number of points."""
        self._predicted = predicted
        if self._show_prediction:
            self._restyle()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        if theme == self._theme:
            return
        self._theme = theme
        self._atlas = Atlas(theme, self._atlas.ratio)
        self._restyle()

    def set_show_held_out(self, on: bool) -> None:
        """Whether validation and test points are drawn."""
        self._show_held_out = on
        self._restyle()

    def set_show_prediction(self, on: bool) -> None:
        """Whether points show what they are taken for."""
        self._show_prediction = on
        self._restyle()

    def set_left_out(self, mask: NDArray[np.bool_] | None) -> None:
        """Points (N,) that somebody else draws; selected ones are drawn here all the same. Ignored while it is of
        another number of points."""
        old = self._left_out
        if mask is None or old is None or not np.array_equal(mask, old):
            self._left_out = mask
            self._restyle()

    def set_ghost_poison(self, on: bool) -> None:
        """Whether poison is drawn faint, for a model that does not see it."""
        self._ghost_poison = on
        self.update()

    def set_size(self, share: float) -> None:
        """How large symbols are, as a share of their usual size."""
        self._size = share
        self.update()

    def visible(self, points: Points) -> NDArray[np.bool_] | None:
        """Which of `points` (N,) are drawn at all; None is all of them."""
        return None if self._show_held_out else points.is_train

    @property
    def codes(self) -> NDArray[np.int64]:
        """The style of every point (N,); see `symbols.Style`."""
        return self._codes

    @property
    def order(self) -> NDArray[np.int64]:
        """Positions of the points drawn as symbols, the lowest first."""
        return self._order

    @property
    def crowd(self) -> NDArray[np.int64]:
        """Positions of the points drawn as a density instead of symbols."""
        return self._crowd

    def _restyle(self) -> None:
        points, label = self._points, self._points.label
        held_out = ~points.is_train
        flags = held_out * HELD_OUT + points.muted * MUTED + self._chosen * CHOSEN
        ring = rings(points, self._acting)
        fill = label
        if self._shaded:
            fill = np.where(label == UNLABELLED, label, shades(taught(label, points.responses)))
        if self._show_prediction and self._predicted is not None and len(self._predicted) == len(points):
            fill = self._predicted
            flags = flags + TRUTH_OUTLINE + ((label != UNLABELLED) & (fill != label)) * WRONG
        dots = np.where(fill < MAX_CLASSES, fill, label)  # too many dots for shades
        self._fill = np.where(points.is_poison, _PLANTED + points.origin.astype(np.int16), dots)
        self._codes = style_codes(label, fill, flags, ring)
        shown = np.ones(len(points), dtype=bool) if self._show_held_out else ~held_out
        if self._left_out is not None and len(self._left_out) == len(points):
            shown &= ~self._left_out | self._chosen
        labelled, apart = label != UNLABELLED, (ring > 0) | points.muted
        crowd = np.zeros(len(points), dtype=bool)
        plain = [~apart & (held_out == held) & (labelled == known) for held in (False, True) for known in (False, True)]
        for kind in (*plain, apart):
            if np.count_nonzero(kind & shown) > MANY:
                crowd |= kind & ~self._chosen
        self._ring, self._is_bead = ring, (ring > 0) & (ring < WITHDRAWN)
        self._crowd = np.flatnonzero(crowd & shown)
        self._pool = plain[0] & ~self._chosen
        singly = np.flatnonzero(shown & ~crowd)
        rank = (2 * labelled + 4 * apart + 8 * self._chosen - held_out)[singly]  # later is above
        self._order = singly[np.argsort(rank.astype(np.int8), kind="stable")]
        self.update()

    # ---- drawing

    @override
    def boundingRect(self) -> QRectF:
        return self._area()

    def area_changed(self) -> None:
        """To be called whenever another part of the plane is shown."""
        self.prepareGeometryChange()
        self.update()  # or Qt would only shift the picture it has

    @override
    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        if not len(self._points):
            return
        ratio = widget.devicePixelRatioF() if widget is not None else 1.0
        if (drawn := ratio * max(self._size, 1.0)) != self._atlas.ratio:  # large ones are drawn large, not stretched
            self._atlas = Atlas(self._theme, drawn)
        transform = painter.transform()
        scale = np.array([transform.m11(), transform.m22()])
        places = self._points.xy * scale + (transform.dx(), transform.dy())
        screen = transform.mapRect(self._area())
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)  # for symbols made smaller
        if len(self._crowd):
            self._paint_crowd(painter, places[self._crowd], screen)
        self._paint_symbols(painter, places, screen, ratio)
        painter.restore()

    def _paint_symbols(self, painter: QPainter, places: NDArray, screen: QRectF, ratio: float) -> None:
        at = places[self._order]
        margin = 20.0 * ratio * max(self._size, 1.0)
        seen = (at[:, 0] > screen.left() - margin) & (at[:, 0] < screen.right() + margin)
        seen &= (at[:, 1] > screen.top() - margin) & (at[:, 1] < screen.bottom() + margin)
        order = self._order[seen]
        if not len(order):
            return
        codes = self._codes[order]
        self._atlas.require(codes)
        size = self._size * self._shares(places / ratio)[seen]
        table = np.empty((len(order), 10))
        table[:, 0:2] = at[seen]
        table[:, 2:6] = self._atlas.sources[codes]
        table[:, 6] = table[:, 7] = size / self._atlas.ratio
        table[:, 8:10] = (0.0, 1.0)
        pool = self._pool[order]
        small, pale = crowded(int(np.count_nonzero(pool)))
        table[pool, 6:8] *= small
        table[pool, 9] = pale
        if self._ghost_poison:
            table[self._points.is_poison[order], 9] = GHOST
        self.drawn = table
        beads = np.flatnonzero(self._is_bead[order])
        first = int(beads[0]) if len(beads) else 0
        self._paint_fragments(painter, table[:first])  # what lies under the beads and their outlines
        if len(beads):
            painter.setOpacity(GHOST if self._ghost_poison else 1.0)
            ring = self._ring[order[beads]]
            paint_outlines(painter, at[seen][beads], ring, SIZE * size[beads], screen, ratio, self._theme)
            painter.setOpacity(1.0)
        self._paint_fragments(painter, table[first:])

    def _paint_fragments(self, painter: QPainter, table: NDArray[np.float64]) -> None:
        if len(table):
            self._fragments.resize(len(table))
            self._fragments.ndarray()[:] = table
            # the stubs know lists only; an array spares one Python object per point
            painter.drawPixmapFragments(*self._fragments.drawargs(), self._atlas.pixmap)  # type: ignore[call-arg]

    def _shares(self, places: NDArray) -> NDArray[np.float64]:
        """How large each point of the order is drawn, as a share of its usual size: beads as their spacing lets them.

        places: (N, 2), of all points in pixels of the screen.
        """
        beads = self._is_bead[self._order]
        shares = np.ones(len(self._order))
        if not beads.any():
            return shares
        order = self._order[beads]
        made = places[order]
        if not (np.array_equal(order, self._gaps[0]) and np.allclose(made - made[0], self._gaps[1], atol=0.01)):
            self._gaps = (order, made - made[0], spacing(made))  # kept while the plane is only shifted
        ring, labelled = self._ring[order], self._points.is_labelled[order]
        shares[beads] = bead_sizes(self._gaps[2], ring, labelled, self._size * SIZE)
        return shares

    def _paint_crowd(self, painter: QPainter, places: NDArray, screen: QRectF) -> None:
        columns, rows = int(screen.width() // DOT) + 1, int(screen.height() // DOT) + 1
        cells = np.floor((places - (screen.left(), screen.top())) / DOT).astype(np.int64)
        pixels = density_picture(cells, self._fill[self._crowd], columns, rows, self._theme.ink)
        image = QImage(pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_RGBA8888)
        painter.drawImage(QRectF(screen.left(), screen.top(), columns * DOT, rows * DOT), image)


def density_picture(
    cells: NDArray[np.int64], fill: NDArray, columns: int, rows: int, unlabelled: str
) -> NDArray[np.uint8]:
    """RGBA (rows, columns, 4) of points by cell: the mean of their classes' colours, the denser the more opaque.

    cells: (N, 2), column and row from the top left; those outside are left out. fill: class (N,), -1 takes the
    colour `unlabelled`, 100 + k that of group k of poison.
    """
    seen = ((cells >= 0) & (cells < (columns, rows))).all(axis=1)
    flat, fill = cells[seen, 1] * columns + cells[seen, 0], fill[seen]
    total = np.bincount(flat, minlength=rows * columns)
    used = np.flatnonzero(total)
    colour = np.zeros((len(used), 3))
    for k in np.unique(fill):
        count = np.bincount(flat[fill == k], minlength=rows * columns)[used]
        shade = group_colour(int(k) - _PLANTED) if k > _PLANTED else class_colour(int(k)) if k >= 0 else unlabelled
        colour += count[:, None] * np.array(rgb(shade))
    picture = np.zeros((rows * columns, 4), dtype=np.uint8)
    picture[used, :3] = colour / total[used, None]
    picture[used, 3] = 255.0 * (1.0 - np.exp(-0.6 * total[used]))
    return picture.reshape(rows, columns, 4)
