"""Arrows from a place of the plane to the points that its decision rests on."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget
from typing_extensions import override

from boundaryviz.gui.plane.marks_item import MarksItem
from boundaryviz.gui.widgets.theme import Theme
from boundaryviz.record.influence import widths

_COLOURS = {"light": ("#1b7837", "#a6228a"), "dark": ("#6fd08c", "#f08ad8")}
"""Of points that support a decision, and that oppose it."""
_LEAST, _MOST = 1.4, 6.0  # pixels, how wide an arrow is
_SHORT = 8.0  # pixels by which an arrow ends before its point
_PLACE = 7.0  # pixels, half the size of the cross


def colours(theme: Theme) -> tuple[QColor, QColor]:
    """Of what supports a decision, and of what opposes it."""
    supports, opposes = _COLOURS["dark" if theme.name == "dark" else "light"]
    return QColor(supports), QColor(opposes)


class ArrowsItem(MarksItem):
    """A cross at the place, and an arrow to each point: as wide as the point weighs, dashed where it opposes."""

    def __init__(self, area: Callable[[], QRectF]) -> None:
        super().__init__(area)
        self.place: tuple[float, float] | None = None
        self.ends: NDArray[np.float64] = np.empty((0, 2))
        self.values: NDArray[np.float64] = np.empty(0)
        self.marked: NDArray[np.bool_] = np.empty(0, dtype=bool)

    def show_arrows(
        self,
        place: tuple[float, float] | None,
        ends: NDArray[np.float64],
        values: NDArray[np.float64],
        marked: NDArray[np.bool_],
    ) -> None:
        """place: None shows nothing. ends: (K, 2), the points. values: (K,), above 0 where one supports. marked: (K,),
        those that stand out; where there are any, the others are pale."""
        self.place, self.ends, self.values, self.marked = place, ends, values, marked
        self.update()

    @override
    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        if self.place is None:
            return
        transform = painter.transform()
        start = transform.map(QPointF(*self.place))
        ends = [transform.map(QPointF(x, y)) for x, y in self.ends.tolist()]
        painter.save()
        painter.resetTransform()  # to pixels of the window, on every screen
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        order = np.argsort(np.abs(self.values), kind="stable")
        for at in order.tolist():
            pale = bool(self.marked.any()) and not self.marked[at]
            self._arrow(painter, start, ends[at], float(self.values[at]), float(widths(self.values)[at]), pale)
        self._cross(painter, start)
        painter.restore()

    def _arrow(self, painter: QPainter, start: QPointF, end: QPointF, value: float, share: float, pale: bool) -> None:
        way = end - start
        length = math.hypot(way.x(), way.y())
        if length < 1.5 * _SHORT:
            return
        along = way / length
        wide = _LEAST + (_MOST - _LEAST) * share
        head = 5.0 + 1.6 * wide
        tip = end - along * _SHORT
        neck = tip - along * min(head, 0.6 * length)
        colour = QColor(colours(self.theme)[0 if value > 0 else 1])
        ground = QColor(self.theme.plane)
        for drawn in (colour, ground):
            drawn.setAlphaF(0.35 if pale else 0.95)
        across = QPointF(-along.y(), along.x()) * (0.5 * head)
        triangle = QPolygonF([tip, neck + across, neck - across])
        for shade, more in ((ground, 2.0), (colour, 0.0)):
            pen = QPen(shade, wide + more)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            if value <= 0 and more == 0.0:
                pen.setDashPattern([max(6.0 / wide, 1.6), max(4.0 / wide, 0.8)])
            painter.setPen(pen)
            painter.drawLine(start, neck)
        painter.setPen(QPen(ground, 1.0))
        painter.setBrush(colour)
        painter.drawPolygon(triangle)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _cross(self, painter: QPainter, at: QPointF) -> None:
        for shade, wide in ((self.theme.plane, 6.0), (self.theme.ink, 2.6)):
            pen = QPen(QColor(shade), wide)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawLine(at - QPointF(_PLACE, _PLACE), at + QPointF(_PLACE, _PLACE))
            painter.drawLine(at - QPointF(_PLACE, -_PLACE), at + QPointF(_PLACE, -_PLACE))
