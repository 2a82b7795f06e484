"""One plot of training: curves of the three splits, the cursor and the best step."""

from __future__ import annotations

import pyqtgraph as pg
from PyQt6.QtCore import QEvent, QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QPen

from boundaryviz.gui.theme import Theme
from boundaryviz.gui.views.curve_data import TidyRange

SPLITS = ("train", "validation", "test")


def pens(theme: Theme) -> dict[str, QPen]:
    """How each curve is drawn: train thin grey, validation solid ink, test accent and dashed. Width 1 for speed."""
    styles = {
        "train": (theme.faint, Qt.PenStyle.SolidLine),
        "validation": (theme.ink, Qt.PenStyle.SolidLine),
        "test": (theme.accent, Qt.PenStyle.DashLine),
    }
    return {name: pg.mkPen(colour, width=1, style=style) for name, (colour, style) in styles.items()}


class CurvePlot(pg.PlotWidget):  # type: ignore[misc, unused-ignore]
    """One quantity: three curves, the cursor and the best step. Axes move only when told."""

    hovered = pyqtSignal(object)  # x in view coordinates, None when the pointer leaves

    def __init__(self, quantity: str) -> None:
        super().__init__(enableMenu=False)
        self.extent = TidyRange(1.0 if quantity == "error" else None)
        self.curves = {name: pg.PlotCurveItem(connect="finite") for name in SPLITS}
        self.cursor = pg.InfiniteLine(angle=90)
        self.best = pg.InfiniteLine(angle=90)
        for item in (self.best, self.cursor, *self.curves.values()):
            self.addItem(item, ignoreBounds=True)
        self.cursor.hide()
        self.best.hide()
        self.setMouseEnabled(False, False)
        self.hideButtons()
        self.disableAutoRange()
        self.setMinimumHeight(96)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.getAxis("left").setWidth(44)
        self.getAxis("bottom").setHeight(22)
        self.getPlotItem().getViewBox().setDefaultPadding(0.0)
        self.getPlotItem().layout.setContentsMargins(0, 8, 12, 0)  # room for half a tick's words at the ends
        self.setAccessibleName(f"{quantity} over training")
        self.setMouseTracking(True)

    def mouseMoveEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        at: QPointF = self.getPlotItem().getViewBox().mapSceneToView(self.mapToScene(event.position().toPoint()))
        self.hovered.emit(at.x())

    def leaveEvent(self, event: QEvent | None) -> None:
        self.hovered.emit(None)
        super().leaveEvent(event)

    def wheelEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        event.ignore()

    def dress(self, theme: Theme) -> None:
        self.setBackground(theme.panel)
        for name, pen in pens(theme).items():
            self.curves[name].setPen(pen)
        self.cursor.setPen(pg.mkPen(theme.text, width=1))
        self.best.setPen(pg.mkPen(theme.faint, width=1, style=Qt.PenStyle.DotLine))
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(pg.mkPen(theme.line))
            axis.setTextPen(pg.mkPen(theme.faint))
