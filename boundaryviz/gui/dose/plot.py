"""One plot over doses: a line and markers for each learner, a band or its seeds, faint lines at quoted rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget
from typing_extensions import override

from boundaryviz.attacks.budget import TALK
from boundaryviz.figures.palette import SERIES
from boundaryviz.gui.widgets.scale import tidy_above
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.record.dose import Band
from boundaryviz.record.dose_axis import DoseAxis, percent

_MARKERS = ("o", "s", "t1", "d")
_SIZE, _SEED = 7, 4  # of a marker, and of a seed's, in pixels
_BAND = 40  # opacity of a band, of 255


@dataclass(frozen=True, eq=False)
class DoseLine:
    """One learner's. band: its means, with their intervals unless there are seeds. seeds: (D, S), drawn as points.
    already: one number with its interval, drawn hollow at 0."""

    band: Band
    supervised: bool
    seeds: NDArray[np.float64] | None = None
    already: Band | None = None


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

    def show_lines(self, axis: DoseAxis, lines: Sequence[DoseLine], top: float | None = None) -> None:
        """lines: one for each learner, at least one. top: the axis' end, None fits it."""
        self._axis = axis
        self.box.clear()
        for one in axis.quoted:
            dashes = Qt.PenStyle.DotLine if one.source == TALK else Qt.PenStyle.DashDotLine
            pen = pg.mkPen(self._theme.faint, width=1, style=dashes)
            self.box.addItem(pg.InfiniteLine(axis.place_of_rate(one.rate), 90, pen), ignoreBounds=True)
        for at in reversed(range(len(lines))):  # the first one lies on top
            self._draw(axis, lines[at], at)
        self.cursor.hide()
        self.box.addItem(self.cursor, ignoreBounds=True)
        edges = np.concatenate([edge for line in lines for edge in (line.band.mean, line.band.high)])
        highest = float(np.nanmax(edges, initial=0.0))
        end = top if top is not None else min(tidy_above(max(highest, 0.01)), 1.0)
        self.box.setRange(xRange=axis.limits, yRange=(-0.06 * end, 1.08 * end), padding=0.0)
        named, silent = axis.ticks()
        ticks = [[(axis.place(d), f"{d:,}") for d in named], [(axis.place(d), "") for d in silent]]
        self.axes["bottom"].setTicks(ticks)
        if "top" in self.axes:
            self.axes["top"].setTicks([[(axis.place_of_rate(r), percent(r)) for r in axis.rate_ticks()]])

    def _draw(self, axis: DoseAxis, drawn: DoseLine, at: int) -> None:
        colour, band = QColor(series(self._theme, at)), drawn.band
        pale = QColor(colour)
        if drawn.seeds is None:
            pale.setAlpha(_BAND)
            low, high = (np.where(np.isfinite(edge), edge, band.mean) for edge in (band.low, band.high))
            if len(axis.places) > 1:
                edges = [pg.PlotCurveItem(axis.places[1:], edge[1:], pen=None) for edge in (low, high)]
                self.box.addItem(pg.FillBetweenItem(*edges, brush=pale), ignoreBounds=True)
        elif drawn.seeds.shape[1] > 1:
            pale.setAlpha(3 * _BAND)
            across = axis.places[1:, None] + axis.beside(drawn.seeds.shape[1])
            self.box.addItem(_marks(across.ravel(), drawn.seeds[1:].ravel(), at, _SEED, pale, None), ignoreBounds=True)
        style = Qt.PenStyle.DashLine if drawn.supervised else Qt.PenStyle.SolidLine
        line = pg.PlotCurveItem(
            axis.places[1:], band.mean[1:], pen=pg.mkPen(colour, width=1, style=style), connect="finite"
        )
        paper = pg.mkPen(self._theme.panel, width=1)
        for item in (line, _marks(axis.places, band.mean, at, _SIZE, colour, paper)):
            self.box.addItem(item, ignoreBounds=True)
        if drawn.already is not None:
            self._draw_already(float(axis.places[0]), drawn.already, at, colour)

    def _draw_already(self, place: float, band: Band, at: int, colour: QColor) -> None:
        """Hollow, in its interval."""
        pale = QColor(colour)
        pale.setAlpha(3 * _BAND)
        ends = np.array([band.low[0], band.high[0]])
        if np.isfinite(ends).all():
            self.box.addItem(pg.PlotCurveItem(np.full(2, place), ends, pen=pg.mkPen(pale, width=4)), ignoreBounds=True)
        hollow = _marks(np.array([place]), band.mean, at, _SIZE, QColor(self._theme.panel), pg.mkPen(colour, width=1))
        self.box.addItem(hollow, ignoreBounds=True)

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


def _marks(
    x: NDArray[np.float64], y: NDArray[np.float64], at: int, size: int, brush: QColor, pen: QPen | None
) -> pg.ScatterPlotItem:
    """The marks of learner number `at` where there are values."""
    shown = np.isfinite(y)
    symbol = _MARKERS[at % len(_MARKERS)]
    return pg.ScatterPlotItem(x[shown], y[shown], symbol=symbol, size=size, brush=brush, pen=pen)


def series(theme: Theme, at: int) -> str:
    """The colour of learner number `at`."""
    colours = SERIES["dark" if theme.name == "dark" else "light"]
    return colours[at % len(colours)]
