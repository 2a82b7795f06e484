"""The lines of what lies above and below the plane."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget
from pyqtgraph.functions import arrayToQPath
from typing_extensions import override

from boundaryviz.gui.plane.contours import class_lines, level_lines
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scene.scene import Domain

_DASHES = ([6.0, 3.0], [1.2, 1.6])  # of a line above the plane, and of one below it, in its widths
_WIDE = (1.6, 2.2)  # pixels


def sheet_lines(sheet: NDArray[np.float32], rect: Domain) -> NDArray[np.float64]:
    """Where a field is one half, or the largest class changes, (K, 2) with NaN between lines."""
    return level_lines(sheet, rect, (0.5,)) if sheet.ndim == 2 else class_lines(sheet, rect)


class SheetItem(pg.GraphicsObject):
    """Dashes above the plane, dots below it, each with a rim of the ground so that they can be seen on any."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self.lines: tuple[NDArray[np.float64], ...] = ()
        self._paths = [arrayToQPath(np.empty(0), np.empty(0))]

    def show_lines(self, lines: tuple[NDArray[np.float64], ...]) -> None:
        """Those above, then those below; none hides it."""
        self.prepareGeometryChange()
        self.lines = lines
        self._paths = [arrayToQPath(*one.T, connect="finite") for one in lines]
        self.setVisible(bool(lines))
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.update()

    @override
    def boundingRect(self) -> QRectF:
        whole = QRectF()
        for path in self._paths:
            whole = whole.united(path.boundingRect())
        return whole

    @override
    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ratio = 1.0 if widget is None else widget.devicePixelRatioF()
        for path, dashes, wide in zip(self._paths, _DASHES, _WIDE, strict=False):
            for colour, width in ((self._theme.plane, wide + 1.6), (self._theme.ink, wide)):
                pen = QPen(QColor(colour), width * ratio, cap=Qt.PenCapStyle.FlatCap)
                if colour == self._theme.ink:
                    pen.setDashPattern(dashes)
                pen.setCosmetic(True)
                painter.setPen(pen)
                painter.setOpacity(0.55 if colour == self._theme.plane else 1.0)
                painter.drawPath(path)
        painter.setOpacity(1.0)
