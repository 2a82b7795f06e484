"""A study's curves over its axis: lines, bands over seeds, marks of the report, a law, and its residuals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen, QTransform
from PyQt6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QGraphicsSimpleTextItem, QWidget
from typing_extensions import override

from boundaryviz.figures.palette import CURVES, shades
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.record.study_chart import StudyChart, StudyCurve, log_ticks

_NAMES = ("train", "validation", "test")
_MARKERS = {"train": "s", "validation": "t1", "test": "o", "series": "o"}
_SIZE = 6  # of a marker, in pixels
_MOST_MARKED = 40  # values up to which each has a marker
_BAND = 40  # opacity of a band, of 255
_BESIDE = 3.0  # pixels from an upright line to its words
_ROWS = 3  # of words of marks, one above the other


def curve_colours(curves: Sequence[StudyCurve], theme: Theme) -> list[str]:
    """Of each curve, '#rrggbb': those of a run's curves, and shades for the values of a second axis."""
    dark = theme.name == "dark"
    own = dict(zip(_NAMES, CURVES["dark" if dark else "light"], strict=True))
    others = iter(shades(sum(curve.name not in own for curve in curves), dark))
    return [own.get(curve.name) or next(others) for curve in curves]


class _Axis(pg.AxisItem):  # type: ignore[misc, unused-ignore]
    """Numbers in the words of the chart."""

    chart: StudyChart | None = None

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self.chart is None or self.orientation == "bottom":
            return [f"{value:,.10g}" for value in values]
        return [self.chart.tick_words(value) for value in values]


class StudyPlot(pg.GraphicsView):  # type: ignore[misc, unused-ignore]
    """One chart, fitted to what is known.

    hovered: the number of the value nearest to the pointer, None when it leaves. chosen: of the one that was clicked.
    """

    hovered = pyqtSignal(object)
    chosen = pyqtSignal(int)

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._chart: StudyChart | None = None
        self._at: int | None = None
        self.box, self.below = _box(), _box()
        self.axes = {"left": _Axis("left", linkView=self.box), "bottom": _Axis("bottom", linkView=self.box)}
        self.residual_axis = _Axis("left", linkView=self.below)
        self.cursor = pg.InfiniteLine(angle=90)
        self._parts = pg.GraphicsLayout()
        self._parts.layout.setContentsMargins(0, 4, 14, 0)
        self._parts.setSpacing(0)
        self.axes["bottom"].setHeight(36)
        for axis in (self.axes["left"], self.residual_axis):
            axis.setWidth(50)
        self._parts.addItem(self.axes["left"], 0, 0)
        self._parts.addItem(self.box, 0, 1)
        self._parts.addItem(self.axes["bottom"], 2, 1)
        self.setCentralItem(self._parts)
        self.setMinimumHeight(84)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Chart of the study")
        self.dress(LIGHT)

    # ---- what it shows ------------------------------------------------------------------------------

    def show_chart(self, chart: StudyChart | None) -> None:
        """Draw this; None is nothing."""
        self._chart = chart
        self.box.clear()
        self.below.clear()
        if chart is None or not len(chart.axis.places):
            return
        self._scale(chart)
        for curve, colour in reversed(list(zip(chart.curves, curve_colours(chart.curves, self._theme), strict=True))):
            self._draw(chart, curve, QColor(colour))
        if chart.law is not None:
            self._draw_law(chart)
        self._draw_marks(chart)
        self.box.addItem(self.cursor, ignoreBounds=True)
        self.point_at(self._at)

    def _scale(self, chart: StudyChart) -> None:
        """Limits and ticks of both axes, and the place of the residuals where there are any."""
        low, high = chart.limits
        over = self._row(high - low) * min(len(chart.marks), _ROWS)  # where the words of the marks stand
        self.box.setRange(xRange=chart.axis.limits, yRange=(low, high + over), padding=0.0)
        for axis in (*self.axes.values(), self.residual_axis):
            axis.chart = chart
        self.axes["bottom"].setTicks(_levels(chart.axis.ticks()))
        self.axes["left"].setTicks(_levels(_in_words(chart, log_ticks(low, high + over)) if chart.log else None))
        self.axes["bottom"].setLabel(_plain(chart.axis.title))
        self._place_residuals(chart)

    def _row(self, span: float) -> float:
        """How much of an axis of this span a row of words takes."""
        return span * self.fontMetrics().height() / max(self.box.height(), 4.0 * self.fontMetrics().height())

    def _place_residuals(self, chart: StudyChart) -> None:
        """Below the curves, over the same axis."""
        law = chart.law
        shown = law is not None and bool(len(law.residual))
        if shown != (self.below.scene() is not None):
            for column, item in enumerate((self.residual_axis, self.below)):
                if shown:
                    self._parts.addItem(item, 1, column)
                else:
                    self._parts.removeItem(item)
                    if item.scene() is not None:
                        item.scene().removeItem(item)
            self._parts.layout.setRowStretchFactor(0, 3)
            self._parts.layout.setRowStretchFactor(1, 1 if shown else 0)
        if law is not None and shown:
            most = max(float(np.nanmax(np.abs(law.residual))), 1e-3)
            self.below.setRange(xRange=chart.axis.limits, yRange=(-1.25 * most, 1.25 * most), padding=0.0)
            ticks = [(end, f"{100 * (10.0**end - 1):+.0f} %") for end in (-most, most)]
            self.residual_axis.setTicks([[*ticks, (0.0, "0")]])
            self.below.addItem(pg.InfiniteLine(0.0, 0, pg.mkPen(self._theme.line, width=1)), ignoreBounds=True)
            at = np.array([chart.axis.place(value) for value in law.at])
            dots = pg.ScatterPlotItem(at, law.residual, symbol="o", size=5, brush=self._theme.accent, pen=None)
            self.below.addItem(dots, ignoreBounds=True)

    def _draw(self, chart: StudyChart, curve: StudyCurve, colour: QColor) -> None:
        places, mean = chart.axis.places, chart.up(curve.mean)
        order = np.argsort(places, kind="stable")
        pale = QColor(colour)
        pale.setAlpha(_BAND)
        low, high = (np.where(np.isfinite(edge), edge, mean) for edge in (chart.up(curve.low), chart.up(curve.high)))
        for run in _runs(np.isfinite(mean[order])):
            some = order[run]
            if len(some) > 1 and (low[some] != high[some]).any():
                edges = [pg.PlotCurveItem(places[some], edge[some], pen=None) for edge in (low, high)]
                self.box.addItem(pg.FillBetweenItem(*edges, brush=pale), ignoreBounds=True)
        pen = pg.mkPen(colour, width=1)
        line = pg.PlotCurveItem(places[order], mean[order], pen=pen, connect="finite", antialias=True)
        self.box.addItem(line, ignoreBounds=True)
        if len(places) <= _MOST_MARKED:
            known = np.isfinite(mean)
            paper = pg.mkPen(self._theme.panel, width=1)
            marks = pg.ScatterPlotItem(
                places[known], mean[known], symbol=_MARKERS[curve.name], size=_SIZE, brush=colour, pen=paper
            )
            self.box.addItem(marks, ignoreBounds=True)

    def _draw_law(self, chart: StudyChart) -> None:
        assert chart.law is not None
        x = np.array([chart.axis.place(value) for value in chart.law.x])
        pen = pg.mkPen(self._theme.danger, width=1, style=Qt.PenStyle.DashLine)
        self.box.addItem(pg.PlotCurveItem(x, chart.up(chart.law.y), pen=pen, antialias=True), ignoreBounds=True)

    def _draw_marks(self, chart: StudyChart) -> None:
        """An upright line for each, with its few letters above; those that would hide each other stand in rows."""
        low, high = chart.axis.limits
        top = self.box.viewRange()[1]
        for row, mark in enumerate(sorted(chart.marks, key=lambda mark: mark.value)):
            place = chart.axis.place(mark.value)
            style = Qt.PenStyle.DotLine if mark.kind in ("threshold", "valley", "peak") else Qt.PenStyle.DashLine
            pen = pg.mkPen(self._theme.accent if mark.kind == "chosen" else self._theme.faint, width=1, style=style)
            self.box.addItem(pg.InfiniteLine(place, 90, pen), ignoreBounds=True)
            words = self._words(mark.words, leftwards=2 * place > low + high)
            words.setZValue(1)  # no line of another mark runs through them
            words.setPos(place, top[1] - (row % _ROWS) * self._row(top[1] - top[0]))
            self.box.addItem(words, ignoreBounds=True)

    def _words(self, words: str, leftwards: bool) -> QGraphicsSimpleTextItem:
        """Plain words on a ground beside an upright line, in the size of type."""
        item = QGraphicsSimpleTextItem(words)
        item.setFont(self.font())
        ground = QGraphicsRectItem(item.boundingRect(), item)
        ground.setFlag(QGraphicsItem.GraphicsItemFlag.ItemStacksBehindParent)
        ground.setBrush(QColor(self._theme.panel))
        ground.setPen(QPen(Qt.PenStyle.NoPen))
        item.setBrush(QColor(self._theme.text))
        item.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        beside = -item.boundingRect().width() - _BESIDE if leftwards else _BESIDE
        item.setTransform(QTransform.fromTranslate(beside, 0.0))
        return item

    def point_at(self, at: int | None) -> None:
        """An upright line at a value, by its number."""
        self._at = at
        chart = self._chart
        shown = chart is not None and at is not None and at < len(chart.axis.places)
        self.cursor.setVisible(shown)
        if chart is not None and at is not None and shown:
            self.cursor.setValue(float(chart.axis.places[at]))

    def dress(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.setBackground(theme.panel)
        self.cursor.setPen(pg.mkPen(theme.text, width=1))
        for axis in (*self.axes.values(), self.residual_axis):
            axis.setPen(pg.mkPen(theme.line))
            axis.setTextPen(pg.mkPen(theme.faint))
        self.show_chart(self._chart)

    @override
    def resizeEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().resizeEvent(event)
        if event is not None and hasattr(self, "_chart") and self._chart is not None and self._chart.marks:
            self.show_chart(self._chart)  # the words of the marks keep their size

    # ---- the mouse ----------------------------------------------------------------------------------

    def place_of(self, at: int) -> QPointF:
        """Where a value stands in the widget, halfway up the plot."""
        assert self._chart is not None
        low, high = self.box.viewRange()[1]
        scene: QPointF = self.box.mapViewToScene(QPointF(float(self._chart.axis.places[at]), (low + high) / 2))
        return QPointF(self.mapFromScene(scene))

    def _under(self, event) -> int | None:  # type: ignore[no-untyped-def]
        if self._chart is None or not len(self._chart.axis.places):
            return None
        at: QPointF = self.box.mapSceneToView(self.mapToScene(event.position().toPoint()))
        return self._chart.axis.nearest(at.x())

    @override
    def mouseMoveEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        self.hovered.emit(self._under(event))

    @override
    def mousePressEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        at = self._under(event)
        if at is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(at)
        event.ignore()  # whoever holds the plot takes the focus

    @override
    def mouseReleaseEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        event.ignore()

    @override
    def leaveEvent(self, event: QEvent | None) -> None:
        self.hovered.emit(None)
        super().leaveEvent(event)

    @override
    def wheelEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        event.ignore()


class CurveSwatch(QWidget):
    """A piece of a curve with its marker, for the legend."""

    def __init__(self, name: str, colour: str, theme: Theme) -> None:
        super().__init__()
        self._name, self._colour, self._theme = name, colour, theme
        self.setFixedSize(22, 12)

    @override
    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pg.mkPen(self._colour, width=1))
        painter.drawLine(0, 6, 22, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._colour))
        place = QRectF(11 - _SIZE / 2, 6 - _SIZE / 2, _SIZE, _SIZE)
        painter.translate(place.center())
        painter.scale(_SIZE, _SIZE)
        painter.drawPath(pg.graphicsItems.ScatterPlotItem.Symbols[_MARKERS[self._name]])
        painter.end()


def _box() -> pg.ViewBox:
    made = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0.0)
    made.disableAutoRange()
    return made


def _levels(ticks: tuple[list[tuple[float, str]], list[float]] | None) -> list[list[tuple[float, str]]] | None:
    """As pyqtgraph takes them."""
    return None if ticks is None else [ticks[0], [(place, "") for place in ticks[1]]]


def _in_words(
    chart: StudyChart, ticks: tuple[list[tuple[float, str]], list[float]]
) -> tuple[list[tuple[float, str]], list[float]]:
    """Ticks of decades in the words of the measure."""
    return [(place, chart.tick_words(10.0**place)) for place, _ in ticks[0]], ticks[1]


def _runs(known: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
    """The numbers of what is known, in pieces without a gap."""
    at = np.flatnonzero(known)
    return np.split(at, np.flatnonzero(np.diff(at) != 1) + 1) if len(at) else []


def _plain(words: str) -> str:
    """pyqtgraph takes labels for HTML."""
    from html import escape

    return escape(words)
