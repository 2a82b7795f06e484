"""Robust error against how far a point may be pushed: a line for each attack, and the size in force as a handle."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent
from typing_extensions import override

from boundaryviz.figures.push_style import PUSHES
from boundaryviz.gui.widgets.plot_frame import framed
from boundaryviz.gui.widgets.theme import LIGHT, Theme

_GRAB = 9.0  # pixels from the handle's line that take hold of it
_FINE, _COARSE = 1.12, 1.12**5  # by which an arrow key changes the size, as a slider's steps do


class RobustnessPlot(pg.GraphicsView):  # type: ignore[misc, unused-ignore]
    """Axes move only when told. pulled: the size that the handle is dragged to. released: the drag is over. stepped: by
    which factor the arrow keys change it. hovered: the size under the pointer, None when it leaves."""

    pulled = pyqtSignal(float)
    released = pyqtSignal()
    stepped = pyqtSignal(float)
    hovered = pyqtSignal(object)

    def __init__(self, theme: Theme = LIGHT) -> None:
        super().__init__()
        self._held = False
        self._theme = theme
        self.epsilon: float | None = None
        self.most = 1.0
        self.box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0.0)
        self.box.disableAutoRange()
        self.axes = {side: pg.AxisItem(side, linkView=self.box) for side in ("left", "bottom")}
        self.axes["left"].setWidth(48)
        self.axes["bottom"].setHeight(42)
        for axis in self.axes.values():
            axis.enableAutoSIPrefix(False)
        self.axes["left"].setLabel("robust error")
        self.axes["bottom"].setLabel("length of the push")
        self.curves: dict[str, pg.PlotCurveItem] = {}
        self.dots = pg.ScatterPlotItem(symbol="o", size=7, pen=None)
        self.cursor, self.handle = pg.InfiniteLine(angle=90), pg.InfiniteLine(angle=90)
        for line in (self.cursor, self.handle):
            line.hide()
            line.setZValue(5)
            self.box.addItem(line, ignoreBounds=True)
        self.dots.setZValue(6)
        self.box.addItem(self.dots, ignoreBounds=True)
        self.setCentralItem(framed(self.box, self.axes, top=8, right=14))
        self.setMinimumHeight(110)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Robust error against the length of the push; arrow keys move the length in force")
        self._show_range()
        self.set_theme(theme)

    def show_lines(self, epsilons: NDArray[np.float64], lines: Mapping[str, NDArray[np.float64]]) -> None:
        """epsilons: (E,), rising. lines: name as in `PUSHES` -> robust error (E,) in 0..1, NaN where not known."""
        for name in [name for name in self.curves if name not in lines]:
            self.box.removeItem(self.curves.pop(name))
        for name, errors in lines.items():
            if name not in self.curves:
                self.curves[name] = pg.PlotCurveItem(connect="finite", antialias=True)
                self.box.addItem(self.curves[name], ignoreBounds=True)
                self._dress(name)
            self.curves[name].setData(epsilons, errors)
        if len(epsilons) and float(epsilons[-1]) != self.most:
            self.most = float(epsilons[-1])
            self._show_range()

    def show_epsilon(self, epsilon: float | None) -> None:
        """The size in force; None hides the handle."""
        self.epsilon = epsilon
        self.handle.setVisible(epsilon is not None)
        if epsilon is not None:
            self.handle.setValue(min(epsilon, self.most))

    def show_values(self, at: float | None, values: Mapping[str, float]) -> None:
        """Dots where the lines have these values, at a place of the axis; None takes them away."""
        self.cursor.setVisible(at is not None)
        if at is None:
            self.dots.setData([], [])
            return
        self.cursor.setValue(at)
        dark = self._theme.name == "dark"
        self.dots.setData(
            [at] * len(values), list(values.values()), brush=[pg.mkBrush(PUSHES[n].colour(dark)) for n in values]
        )

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.setBackground(theme.panel)
        for axis in self.axes.values():
            axis.setPen(pg.mkPen(theme.line))
            axis.setTextPen(pg.mkPen(theme.faint))
        for name in self.curves:
            self._dress(name)
        self.handle.setPen(pg.mkPen(theme.accent, width=2 * self.devicePixelRatioF()))
        self.cursor.setPen(pg.mkPen(theme.faint, width=1, style=Qt.PenStyle.DotLine))

    def _dress(self, name: str) -> None:
        style = PUSHES[name]
        pen = pg.mkPen(style.colour(self._theme.name == "dark"), width=0.8 * style.wide * self.devicePixelRatioF())
        if style.dashes:
            pen.setDashPattern(style.dashes)
        self.curves[name].setPen(pen)

    def _show_range(self) -> None:
        self.box.setRange(xRange=(0.0, self.most), yRange=(0.0, 1.02), padding=0.0)
        self.show_epsilon(self.epsilon)

    # ---- the hand -----------------------------------------------------------------------------------

    def place_of(self, x: float, y: float) -> QPointF:
        """Where a place of the chart lies, in pixels of this widget."""
        return QPointF(self.mapFromScene(self.box.mapViewToScene(QPointF(x, y))))

    def _at(self, place: QPointF) -> float:
        x = self.box.mapSceneToView(self.mapToScene(place.toPoint())).x()
        return float(min(max(x, 0.0), self.most))

    def _near(self, place: QPointF) -> bool:
        handle = min(self.epsilon or 0.0, self.most)
        return self.epsilon is not None and abs(self.place_of(handle, 0.0).x() - place.x()) <= _GRAB

    @override
    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton and self.epsilon is not None:
            self._held = True
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            if not self._near(event.position()):
                self.pulled.emit(self._at(event.position()))

    @override
    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        at = self._at(event.position())
        self.hovered.emit(at)
        if self._held:
            self.pulled.emit(at)
        else:
            near = self._near(event.position())
            self.setCursor(Qt.CursorShape.SizeHorCursor if near else Qt.CursorShape.ArrowCursor)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and self._held and event.button() == Qt.MouseButton.LeftButton:
            self._held = False
            self.released.emit()

    @override
    def leaveEvent(self, event: QEvent | None) -> None:
        self.hovered.emit(None)
        super().leaveEvent(event)

    @override
    def wheelEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        event.ignore()

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        ways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}
        way = ways.get(Qt.Key(event.key()))
        if way is None or self.epsilon is None:
            super().keyPressEvent(event)
            return
        far = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        self.stepped.emit((_COARSE if far else _FINE) ** way)
