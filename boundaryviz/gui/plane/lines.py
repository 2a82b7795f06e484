"""Drawing lines on the plane with a pen that is as wide on every screen, and not slower than a frame."""

from __future__ import annotations

import pyqtgraph as pg
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor

from boundaryviz.gui.plane.contours import Lines

BUSY = 12_000  # vertices from which on lines are drawn thin: wide ones would take longer than a frame


def line_item() -> pg.PlotCurveItem:
    """What a run of vertices with NaN between its lines is drawn by."""
    item = pg.PlotCurveItem(connect="finite", antialias=True)
    item.setSegmentedLineMode("on")  # as one path, a wide smooth line takes ten times as long
    return item


def trace(item: pg.PlotCurveItem, lines: Lines, colour: QColor, width: float) -> None:
    """Show these lines. width: pixels of a usual screen."""
    screen = item.getViewWidget()
    ratio = 1.0 if screen is None else screen.devicePixelRatioF()  # such a pen counts the screen's own pixels
    pen = pg.mkPen(colour, width=1.0 if len(lines) > BUSY else width * ratio)
    pen.setCapStyle(Qt.PenCapStyle.SquareCap)  # closes the joints between segments
    item.setData(lines[:, 0], lines[:, 1], pen=pen, connect="finite")
