"""The label cascade on the plane: points coloured by when they got their label, and one path from label to point."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPen, QPixmap, QPolygonF, QTransform
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget
from PyQt6.sip import voidptr
from pyqtgraph.Qt.internals import PrimitiveArray
from typing_extensions import override

from boundaryviz.figures.palette import class_colour, group_colour, rgb, sequence
from boundaryviz.gui.plane.overlay import widened
from boundaryviz.gui.plane.symbols import outline_of
from boundaryviz.gui.widgets.theme import Theme

TONES = 32  # colours of the scale
_CELL = 28  # pixels, the side of a picture of one symbol
_SIZES = ((1500, 12.0), (6000, 9.0))  # up to so many points in sight, so large a symbol in pixels
_LEAST = 5  # beyond, each is a square dot of so many pixels: symbols would take longer than a frame
_RING = 6.0  # how much larger in diameter the ring of poison is
_WIDTH = 3.0  # of the path, in pixels


def symbol_size(count: int) -> float | None:
    """Diameter in pixels of each of so many symbols; None where they are too many and become dots."""
    return next((size for most, size in _SIZES if count <= most), None)


class CascadeItem(pg.GraphicsObject):
    """Symbols of the points that have a label: the filling says when they got it, outline and shape which one."""

    def __init__(self, theme: Theme, area: Callable[[], QRectF]) -> None:
        super().__init__()
        self.setCacheMode(self.CacheMode.DeviceCoordinateCache)  # as `PointItem`
        self.setZValue(-10)  # between the field and the points
        self._theme, self._area = theme, area
        self._xy = np.empty((0, 2))
        self._label, self._origin, self._tone = (np.empty(0, dtype=np.int64) for _ in range(3))
        self._sheets: dict[tuple[int, int, float, float], QPixmap] = {}
        self._fragments = PrimitiveArray(QPainter.PixmapFragment, 10)

    def show_points(self, xy: NDArray[np.float64], share: NDArray[np.float64], label: NDArray, origin: NDArray) -> None:
        """xy: (n, 2). share: 0 to 1 (n,), the place on the scale of time. label: the class (n,) each has got. origin:
        (n,), as in `Points`."""
        self._xy = xy
        self._label, self._origin = label.astype(np.int64), np.maximum(origin, 0).astype(np.int64)
        self._tone = np.rint(share * (TONES - 1)).astype(np.int64)
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self._sheets.clear()
        self.update()

    @override
    def boundingRect(self) -> QRectF:
        return self._area()

    def area_changed(self) -> None:
        """To be called whenever another part of the plane is shown."""
        self.prepareGeometryChange()
        self.update()

    @override
    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        if not len(self._xy):
            return
        ratio = widget.devicePixelRatioF() if widget is not None else 1.0
        transform = painter.transform()
        at = self._xy * (transform.m11(), transform.m22()) + (transform.dx(), transform.dy())
        screen, margin = transform.mapRect(self._area()), _CELL * ratio
        seen = (at[:, 0] > screen.left() - margin) & (at[:, 0] < screen.right() + margin)
        seen &= (at[:, 1] > screen.top() - margin) & (at[:, 1] < screen.bottom() + margin)
        size = symbol_size(int(np.count_nonzero(seen)))
        painter.save()
        painter.resetTransform()
        if size is None:
            self._paint_dots(painter, at, np.flatnonzero(seen & (self._origin == 0)), screen, round(_LEAST * ratio))
            seen &= self._origin > 0
        for origin in np.unique(self._origin[seen]).tolist():  # poison above the others
            for label in np.unique(self._label[seen & (self._origin == origin)]).tolist():
                some = np.flatnonzero(seen & (self._origin == origin) & (self._label == label))
                sheet = self._sheet(label, origin, size or _SIZES[-1][1], ratio)
                self._paint_symbols(painter, at[some], self._tone[some], sheet, ratio)
        painter.restore()

    def _paint_dots(self, painter: QPainter, at: NDArray, some: NDArray, screen: QRectF, side: int) -> None:
        columns, rows = int(screen.width()) + 1, int(screen.height()) + 1
        label, tones = self._label[some], sequence(np.linspace(0.0, 1.0, TONES))
        rings = np.array([rgb(class_colour(k)) for k in range(int(label.max(initial=0)) + 1)], dtype=np.uint8)
        corner = (screen.left(), screen.top())
        cells = np.floor(at[some] - corner).astype(np.int64)
        pixels = dots(cells, rings[label], tones[self._tone[some]], columns, rows, side)
        height, width = pixels.shape
        # a picture over the array itself; opaque or empty, its colours count as multiplied already: both save a copy
        data: Any = voidptr(pixels.data)  # which the stubs do not list
        image = QImage(data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
        painter.drawImage(QPointF(corner[0] - side, corner[1] - side), image)

    def _paint_symbols(self, painter: QPainter, at: NDArray, tone: NDArray, sheet: QPixmap, ratio: float) -> None:
        cell = sheet.height()
        self._fragments.resize(len(at))
        table = self._fragments.ndarray()
        table[:, 0:2] = at
        table[:, 2], table[:, 3] = tone * cell, 0.0
        table[:, 4:6] = cell
        table[:, 6:10] = (1.0 / ratio, 1.0 / ratio, 0.0, 1.0)
        # the stubs know lists only; an array spares one Python object per point
        painter.drawPixmapFragments(*self._fragments.drawargs(), sheet)  # type: ignore[call-arg]

    def _sheet(self, label: int, origin: int, size: float, ratio: float) -> QPixmap:
        """The symbol of a class, and of a group of poison, in every tone side by side."""
        key = (label, origin, size, ratio)
        if key not in self._sheets:
            cell = int(np.ceil(_CELL * ratio))
            sheet = self._sheets[key] = QPixmap(TONES * cell, cell)
            sheet.fill(Qt.GlobalColor.transparent)
            painter = QPainter(sheet)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for tone, colour in enumerate(sequence(np.linspace(0.0, 1.0, TONES)).tolist()):
                painter.save()
                painter.translate((tone + 0.5) * cell, 0.5 * cell)
                painter.scale(ratio, ratio)
                self._draw(painter, label, origin, QColor(*colour), size)
                painter.restore()
            painter.end()
        return self._sheets[key]

    def _draw(self, painter: QPainter, label: int, origin: int, tone: QColor, size: float) -> None:
        if origin:
            size = max(size, 9.0)
            ring = QTransform.fromScale(size + _RING, size + _RING).map(outline_of(-1))
            for colour, wide in (("white", 4.0), (group_colour(origin), 2.0)):
                painter.setPen(QPen(QColor(colour), wide))
                painter.drawPath(ring)
        shape, width = outline_of(label), 0.17 * size
        body = QTransform.fromScale(size - width, size - width).map(shape)
        painter.setPen(QPen(QColor(self._theme.plane), width + 1.6))
        painter.drawPath(body)
        painter.setPen(QPen(QColor(class_colour(label)), width))
        painter.setBrush(tone)
        painter.drawPath(body)


def dots(
    cells: NDArray[np.int64], ring: NDArray[np.uint8], fill: NDArray[np.uint8], columns: int, rows: int, side: int
) -> NDArray[np.uint32]:
    """Square dots of `side` pixels, each filled within a ring one pixel wide, as 0xAARRGGBB, transparent between.

    cells: (N, 2), column and row of each middle from the top left; those outside are left out. ring, fill: uint8
    (N, 3). The picture is larger than columns x rows by `side` on every side, for the dots at the rim.
    """
    inside = ((cells >= 0) & (cells < (columns, rows))).all(axis=1)
    width = columns + 2 * side
    at = (cells[inside, 1] + side) * width + cells[inside, 0] + side
    picture = np.zeros((rows + 2 * side) * width, dtype=np.uint32)
    half = side // 2
    for colours, reach in ((ring, half), (fill, max(half - 1, 0))):  # no ring hides a filling
        red, green, blue = colours[inside].astype(np.uint32).T
        number = np.uint32(0xFF000000) | red << 16 | green << 8 | blue
        for down in range(-reach, reach + 1):
            for right in range(-reach, reach + 1):
                picture[at + (down * width + right)] = number
    return picture.reshape(-1, width)


class PathItem(pg.GraphicsObject):
    """One path over the points: a thick line with a white casing, arrow heads where there is room, and its beads."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setZValue(1)
        self._theme = theme
        self._xy = np.empty((0, 2))
        self._origin = np.empty(0, dtype=np.int8)
        self._colour = QColor(theme.ink)

    @property
    def places(self) -> NDArray[np.float64]:
        """The beads shown (K, 2), the first where the label was given."""
        return self._xy

    def show_path(self, xy: NDArray[np.float64], origin: NDArray, label: int) -> None:
        """xy: (K, 2), from the labelled point on; none hides it. origin: (K,), as in `Points`. label: the class handed
        on."""
        self.prepareGeometryChange()
        self._xy, self._origin, self._colour = xy, origin, QColor(class_colour(label))
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.update()

    @override
    def viewTransformChanged(self) -> None:
        self.prepareGeometryChange()  # its margins are pixels

    @override
    def boundingRect(self) -> QRectF:
        if not len(self._xy):
            return QRectF()
        (left, bottom), (right, top) = self._xy.min(axis=0), self._xy.max(axis=0)
        return widened(QRectF(left, bottom, right - left, top - bottom), 16.0, self)

    @override
    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        if not len(self._xy):
            return
        transform = painter.transform()
        at = self._xy * (transform.m11(), transform.m22()) + (transform.dx(), transform.dy())
        painter.save()
        painter.resetTransform()  # to pixels of the window, on every screen
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint(painter, at)
        painter.restore()

    def _paint(self, painter: QPainter, at: NDArray[np.float64]) -> None:
        line = [QPointF(x, y) for x, y in at.tolist()]
        ink, white = QColor(self._theme.ink), QColor("white" if self._theme.name == "light" else self._theme.plane)
        joined = (Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        for colour, width in ((white, _WIDTH + 4.0), (ink, _WIDTH)):
            painter.setPen(QPen(colour, width, *joined))
            painter.drawPolyline(QPolygonF(line))
        painter.setPen(QPen(white, 1.2, *joined))
        painter.setBrush(ink)
        for middle, angle in arrows(at):
            painter.drawPolygon(QTransform.fromTranslate(*middle).rotate(angle).map(_HEAD))
        for place, origin in zip(line[1:], self._origin[1:].tolist(), strict=True):
            painter.setPen(QPen(white, 1.5))
            painter.setBrush(QColor(group_colour(origin)) if origin > 0 else self._colour)
            painter.drawEllipse(place, *((6.5, 6.5) if origin > 0 else (3.6, 3.6)))
        for place, size in ((line[0], 8.0), (line[-1], 6.0)):
            painter.setPen(QPen(white, 5.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(place, size, size)
            painter.setPen(QPen(ink, 2.2))
            painter.drawEllipse(place, size, size)


_HEAD = QPolygonF([QPointF(6.0, 0.0), QPointF(-5.0, 5.5), QPointF(-2.5, 0.0), QPointF(-5.0, -5.5)])


def arrows(at: NDArray[np.float64], apart: float = 55.0, room: float = 20.0) -> list[tuple[tuple[float, float], float]]:
    """Middles and angles in degrees of arrow heads along a line (K, 2) in pixels, on steps longer than `room` and at
    least `apart` along the line."""
    found: list[tuple[tuple[float, float], float]] = []
    since = apart
    for here, there in pairwise(at):
        dx, dy = (there - here).tolist()
        length = float(np.hypot(dx, dy))
        if length > room and since + length / 2 >= apart:
            x, y = ((here + there) / 2).tolist()
            found.append(((x, y), float(np.degrees(np.arctan2(dy, dx)))))
            since = length / 2
        else:
            since += length
    return found
