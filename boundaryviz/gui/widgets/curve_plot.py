"""One plot of training: curves with the range of their seeds, the cursor, the best step, and what is cut off."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPen
from typing_extensions import override

from boundaryviz.figures.palette import CURVES, POISON
from boundaryviz.gui.widgets.controls import value_words
from boundaryviz.gui.widgets.curve_axis import CurveAxis
from boundaryviz.gui.widgets.curve_items import BandItem, CurveItem
from boundaryviz.gui.widgets.curve_limits import TidyRange
from boundaryviz.gui.widgets.plain import PlainLabel, tip
from boundaryviz.gui.widgets.plot_frame import framed
from boundaryviz.gui.widgets.theme import Theme, mix

SPLITS = ("train", "validation", "test")
_WIDTHS = {
    "train": 1.1,
    "validation": 1.7,
    "test": 1.1,
    "poison": 1.4,
    "flips": 1.7,
    "right": 1.7,
    "wrong": 1.7,
}  # pixels, as in the figures
_CUT = 9  # pixels: size of the mark where a curve leaves the plot


def pens(theme: Theme, scale: float = 1.0) -> dict[str, QPen]:
    """How each curve is drawn, as the figures do: train thin grey, validation solid, test thin and dashed, poison,
    flips and wrong labels red, right labels as validation.

    'clean train' and so on, of the clean twin, are paler and dotted. scale: times the usual widths.
    """
    red = mix(POISON, theme.text, 0.1)
    colours = dict(zip(SPLITS, CURVES[theme.name], strict=True)) | {"poison": red, "flips": red, "wrong": red}
    colours["right"] = colours["validation"]
    made = {name: pg.mkPen(colour, width=scale * _WIDTHS[name]) for name, colour in colours.items()}
    made["test"].setDashPattern([5.0, 3.0])
    for name in SPLITS:
        made[f"clean {name}"] = pg.mkPen(mix(colours[name], theme.panel, 0.4), width=1.0)
        made[f"clean {name}"].setDashPattern([1.5, 2.5])
    return made


class CurvePlot(pg.GraphicsView):  # type: ignore[misc, unused-ignore]
    """One quantity: its curves, the cursor and the best step. Axes move only when told.

    names: of the curves, those of `pens`, the first at the bottom.

    Put together from its parts: pyqtgraph's PlotWidget brings menus along that nobody could open.
    """

    hovered = pyqtSignal(object)  # x in view coordinates, None when the pointer leaves
    opened = pyqtSignal()  # by a double click

    def __init__(self, quantity: str, names: Sequence[str]) -> None:
        super().__init__()
        self.extent = TidyRange(None if quantity in ("loss", "labels") else 1.0)
        self.box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0.0)
        self.box.disableAutoRange()
        self.axes = {side: CurveAxis(side, linkView=self.box) for side in ("left", "bottom")}
        self._shown: tuple[tuple[float, float], tuple[float, float]] | None = None
        self._worn: Theme | None = None
        self._looks: tuple[Theme, float] | None = None  # with how many pixels a line is wide
        self._scale = 1.0
        self.curves = {name: CurveItem() for name in names}
        self.bands = {name: BandItem(self.box.viewRect) for name in names if not name.startswith("clean")}
        self.cursor = pg.InfiniteLine(angle=90)
        self.best = pg.InfiniteLine(angle=90)
        self.past = pg.InfiniteLine(angle=90)
        self.stop = pg.InfiniteLine(angle=90)
        self.ghosts = {name: pg.PlotCurveItem(connect="finite") for name in ("train", "validation") if name in names}
        self.cut = pg.ScatterPlotItem(symbol="t1", size=_CUT, pen=None)
        self.cut_words = PlainLabel("", self)
        self.cut_words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.cut_words.hide()
        lines = (self.best, self.stop, self.past, self.cursor)
        for item in (*self.bands.values(), *self.ghosts.values(), *lines, *self.curves.values(), self.cut):
            self.box.addItem(item, ignoreBounds=True)
        for line in lines:
            line.hide()
        self.setMinimumHeight(96)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.axes["left"].setWidth(44)
        self.axes["bottom"].setHeight(22)
        self.setCentralItem(framed(self.box, self.axes, top=8, right=12))
        self.setAccessibleName(f"{quantity} over training")
        self.setMouseTracking(True)

    def show_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Where both axes run; costs nothing while they stay."""
        if (x, y) != self._shown:
            self._shown = (x, y)
            self.box.setRange(xRange=x, yRange=y, padding=0.0)
            for band in self.bands.values():
                band.area_changed()

    @property
    def columns(self) -> int:
        """How many pixels wide the curves are drawn."""
        return max(int(self.box.width()), 1)

    def pixels(self) -> tuple[float, float]:
        """How many pixels a unit of either axis is long, as shown now."""
        (left, right), (bottom, top) = self._shown or ((0.0, 1.0), (0.0, 1.0))
        return self.columns / max(right - left, 1e-12), max(self.box.height(), 1.0) / max(top - bottom, 1e-12)

    def show_cut(self, places: NDArray[np.float64], values: NDArray[np.float64]) -> None:
        """Mark at the upper edge where curves are cut off: places (M,) along the x axis, and how high they go there."""
        (_, top), per_y = (self._shown or ((0.0, 1.0), (0.0, 1.0)))[1], self.pixels()[1]
        self.cut.setData(places, np.full(len(places), top - 0.6 * _CUT / per_y))
        self.cut_words.setVisible(bool(len(places)))
        self.setToolTip("")
        if len(places):
            highest = int(values.argmax())
            words = f"up to {value_words(float(values[highest]))}"
            self.cut_words.setText(words)
            left, right = (self._shown or ((0.0, 1.0),))[0]
            self.cut_words.adjustSize()
            at = self.mapFromScene(self.box.mapViewToScene(QPointF(float(places[highest]), top)))
            late = places[highest] > 0.5 * (left + right)
            aside = -_CUT - self.cut_words.width() if late else _CUT
            self.cut_words.move(at.x() + aside, at.y() - 2)
            self.setToolTip(tip(f"Red marks at the upper edge: a curve goes {words} there, more than the plot shows."))

    def set_scale(self, scale: float) -> None:
        """Lines, and the room of the numbers, which follow the window's type, so many times their usual size."""
        self._scale = scale
        self.axes["left"].setWidth(round(44 * scale))
        self.axes["bottom"].setHeight(round(22 * scale))
        if self._worn is not None:
            self.dress(self._worn)

    @override
    def mouseMoveEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        at: QPointF = self.box.mapSceneToView(self.mapToScene(event.position().toPoint()))
        self.hovered.emit(at.x())

    @override
    def mouseDoubleClickEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        self.opened.emit()

    @override
    def leaveEvent(self, event: QEvent | None) -> None:
        self.hovered.emit(None)
        super().leaveEvent(event)

    @override
    def wheelEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        event.ignore()

    def dress(self, theme: Theme) -> None:
        """Take over the colours of a theme; costs nothing while it is worn."""
        looks = theme, self._scale * self.devicePixelRatioF()
        if looks == self._looks:
            return
        self._worn, self._looks = theme, looks
        self.setBackground(theme.panel)
        drawn = pens(*looks)
        for name, curve in self.curves.items():
            curve.set_look(drawn[name])
        for name, band in self.bands.items():
            shade = QColor(drawn[name].color())
            shade.setAlphaF(0.14)
            band.set_look(shade)
        for name, ghost in self.ghosts.items():
            pale = mix(theme.accent, theme.panel, 0.3 if name == "validation" else 0.6)
            ghost.setPen(pg.mkPen(pale, width=1, style=Qt.PenStyle.DashLine))
        self.past.setPen(pg.mkPen(theme.accent, width=2))
        self.cursor.setPen(pg.mkPen(theme.text, width=1))
        self.best.setPen(pg.mkPen(theme.faint, width=1, style=Qt.PenStyle.DotLine))
        self.stop.setPen(pg.mkPen(theme.text, width=1, style=Qt.PenStyle.DashLine))
        self.cut.setBrush(QColor(theme.danger))
        self.cut_words.setStyleSheet(f"color: {theme.faint}; background: transparent;")
        for axis in self.axes.values():
            axis.setPen(pg.mkPen(theme.line))
            axis.setTextPen(pg.mkPen(theme.faint))
