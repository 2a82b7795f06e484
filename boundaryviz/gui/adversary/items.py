"""The trail of an attack on the plane, and the box that its points may lie in."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen
from PyQt6.QtWidgets import QApplication, QStyleOptionGraphicsItem, QWidget
from typing_extensions import override

from boundaryviz.figures.palette import group_colour
from boundaryviz.gui.plane.marks_item import MarksItem
from boundaryviz.gui.plane.overlay import widened
from boundaryviz.gui.widgets.theme import LIGHT, Theme

_RING, _START = 13.0, 2.5  # pixels: radius around the point that wanders, and of the dot where a way begins
_OLD = 0.45  # opacity of the ways of points that have come to rest
_HANDLE = 9.0  # pixels: side of a handle of the box
_MARGIN = 420.0  # pixels around a box, which its words may take where it is narrow

Ways = list[NDArray[np.float64]]


class TrailItem(MarksItem):
    """Where each point of an attack has been, and a ring around the one that wanders."""

    def __init__(self, area: Callable[[], QRectF], scale: Callable[[], float]) -> None:
        """area: the data rectangle that is visible. scale: how many times as large as usual the plane is drawn."""
        super().__init__(area)
        self._scale = scale
        self.ways: Ways = []
        self.moving = -1
        self._colour = group_colour(1)

    def show_ways(self, ways: Ways, moving: int = -1, group: int = 1) -> None:
        """ways: places (S, 2) of each point, in their order. moving: the one that wanders, -1 for none. group: the
        group of poison whose colour they have."""
        self.ways, self.moving, self._colour = ways, moving, group_colour(group)
        self.update()

    @override
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        if not self.ways:
            return
        size = self._scale()
        transform = painter.transform()
        scale, shift = np.array([transform.m11(), transform.m22()]), np.array([transform.dx(), transform.dy()])
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for k, way in enumerate(self.ways):
            self._draw_way(painter, way * scale + shift, k == self.moving, size)
        painter.restore()

    def _draw_way(self, painter: QPainter, way: NDArray[np.float64], moves: bool, size: float) -> None:
        ground, colour = QColor(self.theme.plane), QColor(self._colour)
        painter.setOpacity(1.0 if moves or self.moving < 0 else _OLD)
        path = QPainterPath(QPointF(*way[0]))
        for x, y in way[1:]:
            path.lineTo(float(x), float(y))
        for pen in (QPen(ground, 4.0 * size), QPen(colour, 1.8 * size)):
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPath(path)
        if len(way) > 1:
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(*way[0]), _START * size, _START * size)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        if moves:
            for shade, width in ((ground, 5.0), (QColor(self.theme.ink), 2.0)):
                painter.setPen(QPen(shade, width * size))
                painter.drawEllipse(QPointF(*way[-1]), _RING * size, _RING * size)


class BoxItem(pg.GraphicsObject):
    """The rectangle that poison may lie in: dashes, with a handle in the middle of each side, and its name."""

    def __init__(self, area: Callable[[], QRectF], scale: Callable[[], float]) -> None:
        """area: the data rectangle that is visible. scale: how many times as large as usual the plane is drawn."""
        super().__init__()
        self._area, self._theme, self._scale = area, LIGHT, scale
        self._rect, self.words = QRectF(), ""

    @property
    def rect(self) -> QRectF:
        """The box in data coordinates."""
        return self._rect

    def show_box(self, box: NDArray[np.float64] | None, words: str = "") -> None:
        """box: (2, 2), its lower left and its upper right corner; None shows nothing. words: written above it."""
        self.prepareGeometryChange()
        self._rect = QRectF() if box is None else QRectF(QPointF(*box[0]), QPointF(*box[1]))
        self.words = words
        self.setVisible(box is not None)
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
        return widened(self._rect, _MARGIN * self._scale(), self)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        if self._rect.isEmpty():
            return
        size = self._scale()
        transform = painter.transform()
        box, sight = transform.mapRect(self._rect), transform.mapRect(self._area())
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ground, ink = QColor(self._theme.plane), QColor(group_colour(1))
        for pen in (QPen(ground, 3.5 * size), QPen(ink, 1.6 * size, Qt.PenStyle.DashLine)):
            painter.setPen(pen)
            painter.drawRect(box)
        side, middle = _HANDLE * size, box.center()
        painter.setPen(QPen(ink, 1.6 * size))
        painter.setBrush(QColor("white"))
        for x, y in (
            (box.left(), middle.y()), (box.right(), middle.y()), (middle.x(), box.top()), (middle.x(), box.bottom())
        ):  # fmt: skip
            painter.drawRect(QRectF(x - side / 2, y - side / 2, side, side))
        self._write(painter, box, sight)
        painter.restore()

    def _write(self, painter: QPainter, box: QRectF, sight: QRectF) -> None:
        """The words above the box, or in it where they would be out of sight, in the type of the window, which grows
        with the plane."""
        painter.setFont(QApplication.font())
        metrics = QFontMetricsF(painter.font())
        wide, high = metrics.horizontalAdvance(self.words) + 10.0, metrics.height() + 2.0
        left = max(min(box.left(), sight.right() - wide), sight.left())
        handle = _HANDLE * self._scale()
        above, below = box.top() - high - handle, max(box.top(), sight.top()) + handle
        ground = QRectF(left, above if above > sight.top() else below, wide, high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.panel))
        painter.drawRoundedRect(ground, 3.0, 3.0)
        painter.setPen(QColor(self._theme.text))
        painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, self.words)
