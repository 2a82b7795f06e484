"""One plot over doses: a line, a band and a marker for each learner, faint lines at the talk's rates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget
from typing_extensions import override

from boundaryviz.attacks.budget import TALK
from boundaryviz.figures.palette import SERIES
from boundaryviz.gui.widgets.scale import tidy_above
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.record.dose import Band
from boundaryviz.record.dose_axis import DoseAxis, percent

_MARKERS = ("o", "s", "t1", "d")
_SIZE = 7  # of a marker, in pixels
_BAND = 40  # opacity of a band, of 255


class _Shares(pg.AxisItem):  # type: ignore[misc, unused-ignore]
    """An axis of shares, written as percentages."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [f"{100 * value:.3g} %" for value in values]


class DosePlot(pg.GraphicsView):  # type: ignore[misc, unused-ignore]
    """What one measure does over doses; `rates` writes their rates above.

    hovered: the number of the dose nearest to the pointer, None when it leaves.
    """

    hovered = pyqtSignal(object)

    def __init__(self, words: str, rates: bool) -> None:
        super().__init__()
        self._theme = LIGHT
        self._axis: DoseAxis | None = None
        self.box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0.0)
        self.box.disableAutoRange()
        self.axes = {"left": _Shares("left", linkView=self.box)}
        self.axes |= {
            side: pg.AxisItem(side, linkView=self.box) for side in ("bottom", "top") if side != "top" or rates
        }
        self.cursor = pg.InfiniteLine(angle=90)
        self.axes["left"].setWidth(44)
        parts = pg.GraphicsLayout()
        parts.layout.setContentsMargins(0, 4, 14, 0)
        parts.setSpacing(0)
        for side, axis in self.axes.items():
            if side != "left":
                axis.setHeight(20)
            parts.addItem(axis, {"top": 0, "left": 1, "bottom": 2}[side], 0 if side == "left" else 1)
        parts.addItem(self.box, 1, 1)
        self.setCentralItem(parts)
        self.setMinimumHeight(84)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(words)
        self.setMouseTracking(True)

    def show_bands(self, axis: DoseAxis, bands: Sequence[tuple[Band, bool]], top: float | None = None) -> None:
        """bands: of each learner, with whether it is supervised; at least one. top: the axis' end, None fits it."""
        self._axis = axis
        self.box.clear()
        for one in axis.quoted:
            dashes = Qt.PenStyle.DotLine if one.source == TALK else Qt.PenStyle.DashDotLine
            pen = pg.mkPen(self._theme.faint, width=1, style=dashes)
            self.box.addItem(pg.InfiniteLine(axis.place_of_rate(one.rate), 90, pen), ignoreBounds=True)
        for at in reversed(range(len(bands))):  # the first one lies on top
            self._draw(axis, *bands[at], at)
        self.cursor.hide()
        self.box.addItem(self.cursor, ignoreBounds=True)
        edges = np.concatenate([edge for band, _ in bands for edge in (band.mean, band.high)])
        highest = float(np.nanmax(edges, initial=0.0))
        end = top if top is not None else min(tidy_above(max(highest, 0.01)), 1.0)
        self.box.setRange(xRange=axis.limits, yRange=(-0.04 * end, 1.04 * end), padding=0.0)
        named, silent = axis.ticks()
        ticks = [[(axis.place(d), f"{d:,}") for d in named], [(axis.place(d), "") for d in silent]]
        self.axes["bottom"].setTicks(ticks)
        if "top" in self.axes:
            self.axes["top"].setTicks([[(axis.place_of_rate(r), percent(r)) for r in axis.rate_ticks()]])

    def _draw(self, axis: DoseAxis, band: Band, supervised: bool, at: int) -> None:
        colour = QColor(series(self._theme, at))
        pale = QColor(colour)
        pale.setAlpha(_BAND)
        low, high = (np.where(np.isfinite(edge), edge, band.mean) for edge in (band.low, band.high))
        if len(axis.places) > 1:
            edges = [pg.PlotCurveItem(axis.places[1:], edge[1:], pen=None) for edge in (low, high)]
            self.box.addItem(pg.FillBetweenItem(*edges, brush=pale), ignoreBounds=True)
        pale.setAlpha(3 * _BAND)
        bar = pg.PlotCurveItem(axis.places[[0, 0]], np.array([low[0], high[0]]), pen=pg.mkPen(pale, width=4))
        style = Qt.PenStyle.DashLine if supervised else Qt.PenStyle.SolidLine
        line = pg.PlotCurveItem(
            axis.places[1:], band.mean[1:], pen=pg.mkPen(colour, width=1, style=style), connect="finite"
        )
        shown = np.isfinite(band.mean)
        marks = pg.ScatterPlotItem(
            axis.places[shown], band.mean[shown], symbol=_MARKERS[at % len(_MARKERS)], size=_SIZE, brush=colour,
            pen=pg.mkPen(self._theme.panel, width=1),
        )  # fmt: skip
        for item in (bar, line, marks):
            self.box.addItem(item, ignoreBounds=True)

    def point_at(self, dose: int | None) -> None:
        """An upright line at a dose, by its number."""
        self.cursor.setVisible(dose is not None and self._axis is not None)
        if dose is not None and self._axis is not None:
            self.cursor.setValue(float(self._axis.places[dose]))

    @override
    def mouseMoveEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        if self._axis is not None:
            at: QPointF = self.box.mapSceneToView(self.mapToScene(event.position().toPoint()))
            self.hovered.emit(int(np.argmin(np.abs(self._axis.places - at.x()))))

    @override
    def leaveEvent(self, event: QEvent | None) -> None:
        self.hovered.emit(None)
        super().leaveEvent(event)

    @override
    def wheelEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        event.ignore()

    def dress(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.setBackground(theme.panel)
        self.cursor.setPen(pg.mkPen(theme.text, width=1))
        for axis in self.axes.values():
            axis.setPen(pg.mkPen(theme.line))
            axis.setTextPen(pg.mkPen(theme.faint))


class SeriesSwatch(QWidget):
    """A piece of a learner's line with its marker, for the legend."""

    def __init__(self, at: int, supervised: bool, theme: Theme) -> None:
        super().__init__()
        self._at, self._supervised, self._theme = at, supervised, theme
        self.setFixedSize(26, 14)

    @override
    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(series(self._theme, self._at))
        style = Qt.PenStyle.DashLine if self._supervised else Qt.PenStyle.SolidLine
        painter.setPen(pg.mkPen(colour, width=1, style=style))
        painter.drawLine(0, 7, 26, 7)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        symbol = pg.graphicsItems.ScatterPlotItem.Symbols[_MARKERS[self._at % len(_MARKERS)]]
        place = QRectF(13 - _SIZE / 2, 7 - _SIZE / 2, _SIZE, _SIZE)
        painter.translate(place.center())
        painter.scale(_SIZE, _SIZE)
        painter.drawPath(symbol)
        painter.end()


def series(theme: Theme, at: int) -> str:
    """The colour of learner number `at`."""
    colours = SERIES["dark" if theme.name == "dark" else "light"]
    return colours[at % len(colours)]
