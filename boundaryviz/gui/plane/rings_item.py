"""Rings around some of the points of a plane."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget
from typing_extensions import override

from boundaryviz.gui.plane.marks_item import MarksItem

_RING = 10.0  # pixels, radius of a ring
_MARGIN = 14.0  # around what is seen, so that no ring ends at its rim


class RingsItem(MarksItem):
    """A ring around each of some points: full around some, thin around others."""

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
