"""What both planes show of the point under the pointer: a ring around it, and lines to its neighbours."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget
from typing_extensions import override

from boundaryviz.gui.plane.marks_item import MarksItem

_RADIUS = 9.0  # pixels
_DOT = 3.2  # pixels, half the size of the dot at the end of a line


class LinksItem(MarksItem):
    """Thin lines from a place to each of its neighbours, and a ring around the place in the accent colour."""

    def __init__(self, area: Callable[[], QRectF]) -> None:
        super().__init__(area)
        self.place: tuple[float, float] | None = None
        self.ends: NDArray[np.float64] = np.empty((0, 2))
        self._scale = 1.0

    def set_scale(self, scale: float) -> None:
        """Draw so many times as large as usual."""
        self._scale = scale
        self.update()

    def show_links(self, place: tuple[float, float] | None, ends: NDArray[np.float64]) -> None:
        """place: None shows nothing. ends: (K, 2)."""
        if place is None and self.place is None:
            return
        self.place, self.ends = place, ends
        self.update()

    @override
    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        if self.place is None:
            return
        transform, scale = painter.transform(), self._scale
        centre = transform.map(QPointF(*self.place))
        lines = [QLineF(centre, transform.map(QPointF(x, y))) for x, y in self.ends.tolist()]
        painter.save()
        painter.resetTransform()  # to pixels of the window, on every screen
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, accent = QColor(self.theme.plane), QColor(self.theme.accent)
        for colour, width in ((ground, 3.4 * scale), (accent, 1.4 * scale)):
            painter.setPen(QPen(colour, width, cap=Qt.PenCapStyle.RoundCap))
            for line in lines:
                painter.drawLine(line)
        painter.setPen(QPen(ground, 1.2 * scale))
        painter.setBrush(accent)
        for line in lines:
            painter.drawEllipse(line.p2(), _DOT * scale, _DOT * scale)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((ground, 5.0 * scale), (accent, 2.4 * scale)):
            painter.setPen(QPen(colour, width))
            painter.drawEllipse(centre, _RADIUS * scale, _RADIUS * scale)
        painter.restore()
