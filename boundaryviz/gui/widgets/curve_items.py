"""Curves and bands that look like those of the figures and cost little: lines are thick where a line can be seen.

Qt strokes a line of width 1 at a tenth to a hundredth of the cost of a wider one, and a wider one in pieces for a tenth
of the whole. What is noisy is dense ink whatever the width, and so stays at width 1.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QPoint, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPen, qPremultiply
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget
from typing_extensions import override

NOISY = 6.0
"""From so many pixels of line for each pixel of width on, a curve is drawn thin."""
_FEW = 64  # points of a curve that is drawn as one path, whose corners are joined
_NOTHING = np.empty(0)


class CurveItem(pg.PlotCurveItem):  # type: ignore[misc, unused-ignore]
    """A curve whose pen is as wide as asked where it is smooth, and one pixel where it is noisy."""

    def __init__(self) -> None:
        super().__init__(connect="finite", antialias=True)
        self._wanted = pg.mkPen("k")
        self._noisy = False
        self.shown: tuple[NDArray[np.float64], NDArray[np.float64]] = (_NOTHING, _NOTHING)
        """What is drawn, x and y (K,)."""

    def set_look(self, pen: QPen) -> None:
        """How it is drawn where it is smooth."""
        self._wanted = pen
        self._dress()

    def show_curve(self, x: NDArray[np.float64], y: NDArray[np.float64], per_x: float, per_y: float) -> None:
        """Draw x and y (K,), not finite breaks the line. per_x, per_y: pixels for each unit of either axis."""
        y = np.where(np.isfinite(y), y, np.nan)
        self.shown = x, y
        self.setData(x, y)
        noisy = len(x) > _FEW and ink(x, y, per_x, per_y) > NOISY
        self.setSegmentedLineMode("on" if len(x) > _FEW and self._solid and not noisy else "off")
        if noisy != self._noisy:
            self._noisy = noisy
            self._dress()

    @property
    def _solid(self) -> bool:
        return self._wanted.style() == Qt.PenStyle.SolidLine

    def _dress(self) -> None:
        pen = QPen(self._wanted)
        if self._noisy or not self._solid:  # dashes come at the price of a wide line, too
            pen.setWidthF(1.0)
        self.setPen(pen)


def ink(x: NDArray[np.float64], y: NDArray[np.float64], per_x: float, per_y: float) -> float:
    """How many pixels of line there are for each pixel from the first x to the last; x rising."""
    up = np.abs(np.diff(y)) * abs(per_y)
    across = max(float(x[-1] - x[0]) * abs(per_x), 1.0) if len(x) else 1.0
    return float(np.nansum(up)) / across


class BandItem(pg.GraphicsObject):  # type: ignore[misc, unused-ignore]
    """What lies between two curves, as a picture: a polygon of a thousand corners takes fifty times as long."""

    def __init__(self, area: Callable[[], QRectF]) -> None:
        """area: the part of the plot that is visible, in its units."""
        super().__init__()
        self._area = area
        self._colour = QColor("transparent")
        self.shown: tuple[NDArray[np.float64], ...] = (_NOTHING, _NOTHING, _NOTHING)
        """What is drawn: x, lower and upper edge, (K,) each."""

    def set_look(self, colour: QColor) -> None:
        """Its colour, translucent."""
        self._colour = colour
        self.update()

    def show_band(self, x: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]) -> None:
        """Draw what lies between low and high (K,) over rising x (K,)."""
        if not len(x) and not len(self.shown[0]):
            return
        self.shown = x, low, high
        self.update()

    def area_changed(self) -> None:
        """To be called when another part of the plot is shown."""
        self.prepareGeometryChange()

    @override
    def boundingRect(self) -> QRectF:
        return self._area()

    @override
    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem | None, _widget: QWidget | None = None
    ) -> None:
        x, low, high = self.shown
        if len(x) < 2:
            return
        transform = painter.transform()
        place = transform.mapRect(self._area()).toAlignedRect()
        across = transform.m11() * x + transform.dx() - place.left()
        begin, end = max(int(across[0]), 0), min(int(across[-1]) + 1, place.width())
        if end <= begin or place.height() < 1:
            return
        columns = np.arange(begin, end) + 0.5
        edges = (transform.m22() * edge + transform.dy() - place.top() for edge in (high, low))
        top, bottom = (np.interp(columns, across, edge).round().clip(-1, 32_000).astype(np.int16) for edge in edges)
        rows = np.arange(place.height(), dtype=np.int16)[:, None]
        inside = ((rows >= top) & (rows < np.maximum(bottom, top + 1))).astype(np.uint32)
        picture = inside * np.uint32(qPremultiply(self._colour.rgba()))
        image = QImage(picture.tobytes(), end - begin, len(rows), QImage.Format.Format_ARGB32_Premultiplied)
        painter.save()
        painter.resetTransform()
        painter.drawImage(QPoint(place.left() + begin, place.top()), image)
        painter.restore()
