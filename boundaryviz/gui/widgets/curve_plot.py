"""One plot of training: curves with the range of their seeds, the cursor and the best step."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PyQt6.QtCore import QEvent, QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPen
from typing_extensions import override

from boundaryviz.figures.palette import POISON
from boundaryviz.gui.widgets.curve_data import TidyRange
from boundaryviz.gui.widgets.theme import Theme, mix

SPLITS = ("train", "validation", "test")
_RAISED = str.maketrans("-0123456789", "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")
_BETWEEN = 0.5  # marks the decades that stay without words


def pens(theme: Theme) -> dict[str, QPen]:
    """How each curve is drawn: train thin grey, validation solid ink, test accent and dashed, poison and flips red.

    'clean train' and so on, of the clean twin, are paler. Width 1 for speed.
    """
    solid, dashes, dots = Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine
    red = mix(POISON, theme.text, 0.1)
    styles = {
        "train": (theme.faint, solid), "validation": (theme.ink, solid), "test": (theme.accent, dashes),
        "poison": (red, solid), "flips": (red, solid),
    }  # fmt: skip
    styles |= {f"clean {name}": (mix(styles[name][0], theme.panel, 0.5), dots) for name in SPLITS}
    return {name: pg.mkPen(colour, width=1, style=style) for name, (colour, style) in styles.items()}


class _Axis(pg.AxisItem):  # type: ignore[misc, unused-ignore]
    """An axis whose logarithmic ticks are whole decades, evenly apart and all written as powers of ten."""

    _ROOM = {"left": 20, "bottom": 36}  # pixels that the words of a tick need

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        if not self.logMode:
            return super().tickValues(minVal, maxVal, size)  # type: ignore[no-any-return, unused-ignore]
        low, high = math.ceil(minVal - 1e-9), math.floor(maxVal + 1e-9)
        step = max(1, math.ceil((high - low) * self._ROOM[self.orientation] / max(size, 1.0)))
        named = [d for d in range(low, high + 1) if d % step == 0]
        return [(step, [float(d) for d in named]), (_BETWEEN, [float(d) for d in range(low, high + 1) if d % step])]

    def logTickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return ["" if spacing == _BETWEEN else f"10{str(round(d)).translate(_RAISED)}" for d in values]


class CurvePlot(pg.GraphicsView):  # type: ignore[misc, unused-ignore]
    """One quantity: its curves, the cursor and the best step. Axes move only when told.

    names: of the curves, those of `pens`, the first at the bottom.

    Put together from its parts: pyqtgraph's PlotWidget brings menus along that nobody could open.
    """

    hovered = pyqtSignal(object)  # x in view coordinates, None when the pointer leaves

    def __init__(self, quantity: str, names: Sequence[str]) -> None:
        super().__init__()
        self.extent = TidyRange(None if quantity == "loss" else 1.0)
        self.box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0.0)
        self.box.disableAutoRange()
        self.axes = {side: _Axis(side, linkView=self.box) for side in ("left", "bottom")}
        self._shown: tuple[tuple[float, float], tuple[float, float]] | None = None
        self.curves = {name: pg.PlotCurveItem(connect="finite") for name in names}
        self.bands = {name: pg.PlotCurveItem(pen=None, fillLevel="enclosed") for name in names}
        self.cursor = pg.InfiniteLine(angle=90)
        self.best = pg.InfiniteLine(angle=90)
        self.past = pg.InfiniteLine(angle=90)
        self.ghosts = {name: pg.PlotCurveItem(connect="finite") for name in ("train", "validation") if name in names}
        lines = (self.best, self.past, self.cursor)
        for item in (*self.bands.values(), *self.ghosts.values(), *lines, *self.curves.values()):
            self.box.addItem(item, ignoreBounds=True)
        for line in lines:
            line.hide()
        self.setMinimumHeight(96)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.axes["left"].setWidth(44)
        self.axes["bottom"].setHeight(22)
        parts = pg.GraphicsLayout()
        parts.layout.setContentsMargins(0, 8, 12, 0)  # room for half a tick's words at the ends
        parts.setSpacing(0)
        parts.addItem(self.axes["left"], 0, 0)
        parts.addItem(self.box, 0, 1)
        parts.addItem(self.axes["bottom"], 1, 1)
        self.setCentralItem(parts)
        self.setAccessibleName(f"{quantity} over training")
        self.setMouseTracking(True)

    def show_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Where both axes run; costs nothing while they stay."""
        if (x, y) != self._shown:
            self._shown = (x, y)
            self.box.setRange(xRange=x, yRange=y, padding=0.0)

    @override
    def mouseMoveEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        at: QPointF = self.box.mapSceneToView(self.mapToScene(event.position().toPoint()))
        self.hovered.emit(at.x())

    @override
    def leaveEvent(self, event: QEvent | None) -> None:
        self.hovered.emit(None)
        super().leaveEvent(event)

    @override
    def wheelEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        event.ignore()

    def dress(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self.setBackground(theme.panel)
        drawn = pens(theme)
        for name, curve in self.curves.items():
            curve.setPen(drawn[name])
            shade = QColor(drawn[name].color())
            shade.setAlphaF(0.14)
            self.bands[name].setBrush(shade)
        for name, ghost in self.ghosts.items():
            pale = mix(theme.accent, theme.panel, 0.3 if name == "validation" else 0.6)
            ghost.setPen(pg.mkPen(pale, width=1, style=Qt.PenStyle.DashLine))
        self.past.setPen(pg.mkPen(theme.accent, width=2))
        self.cursor.setPen(pg.mkPen(theme.text, width=1))
        self.best.setPen(pg.mkPen(theme.faint, width=1, style=Qt.PenStyle.DotLine))
        for axis in self.axes.values():
            axis.setPen(pg.mkPen(theme.line))
            axis.setTextPen(pg.mkPen(theme.faint))
