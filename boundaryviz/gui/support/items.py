"""Rings around points, and the lines of a margin."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget
from pyqtgraph.functions import arrayToQPath
from typing_extensions import override

from boundaryviz.gui.plane.marks_item import MarksItem
from boundaryviz.gui.widgets.theme import LIGHT, Theme

_RING = 10.0  # pixels, radius of a ring
_MARGIN = 14.0  # around what is seen, so that no ring ends at its rim


class RingsItem(MarksItem):
    """A ring around each of some points: full around those on the margin, thin around those beyond it."""

    def __init__(self, area: Callable[[], QRectF]) -> None:
        super().__init__(area)
        self.xy: NDArray[np.float64] = np.empty((0, 2))
        self._thin: NDArray[np.bool_] = np.empty(0, dtype=bool)

    def show_rings(self, xy: NDArray[np.float64], thin: NDArray[np.bool_]) -> None:
        """xy: (V, 2). thin: (V,)."""
        self.xy, self._thin = xy, thin
        self.update()

    @override
    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        if not len(self.xy):
            return
        transform = painter.transform()
        at = self.xy * (transform.m11(), transform.m22()) + (transform.dx(), transform.dy())
        screen, far = transform.mapRect(self._area()), _MARGIN
        seen = (at[:, 0] > screen.left() - far) & (at[:, 0] < screen.right() + far)
        seen &= (at[:, 1] > screen.top() - far) & (at[:, 1] < screen.bottom() + far)
        painter.save()
        painter.resetTransform()  # to pixels of the window, on every screen
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ground, ink = QColor(self.theme.plane), QColor(self.theme.ink)
        for thin in (True, False):
            wide = 1.2 if thin else 2.4
            places = [QPointF(x, y) for x, y in at[seen & (self._thin == thin)].tolist()]
            for pen in (QPen(ground, wide + 1.8), QPen(ink, wide)):
                painter.setPen(pen)
                for place in places:
                    painter.drawEllipse(place, _RING, _RING)
        painter.restore()


class MarginItem(pg.GraphicsObject):
    """The two lines where the score is -1 and 1, dashed."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self.lines: NDArray[np.float64] = np.empty((0, 2))
        self._path = arrayToQPath(np.empty(0), np.empty(0))

    def show_lines(self, lines: NDArray[np.float64]) -> None:
        """lines: (K, 2), NaN between one and the next."""
        self.prepareGeometryChange()
        self.lines = lines
        self._path = arrayToQPath(lines[:, 0], lines[:, 1], connect="finite")
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.update()

    @override
    def boundingRect(self) -> QRectF:
        return self._path.boundingRect()

    @override
    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ratio = 1.0 if widget is None else widget.devicePixelRatioF()
        ground, ink = QColor(self._theme.plane), QColor(self._theme.ink)
        for pen in (QPen(ground, 3.4 * ratio), QPen(ink, 1.8 * ratio, Qt.PenStyle.DashLine)):
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawPath(self._path)
