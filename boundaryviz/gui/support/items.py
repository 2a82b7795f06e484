"""The lines of a margin."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget
from pyqtgraph.functions import arrayToQPath
from typing_extensions import override

from boundaryviz.gui.widgets.theme import LIGHT, Theme


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
