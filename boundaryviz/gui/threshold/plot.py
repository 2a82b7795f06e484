"""One curve over rates, with a handle on it that can be dragged along. Setters in, signals out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent
from typing_extensions import override

from boundaryviz.gui.widgets.plot_frame import framed
from boundaryviz.gui.widgets.theme import LIGHT, Theme, mix

Line = NDArray[np.float64]
"""Points (K, 2) of a line within the unit square."""
_MARGIN = 0.035
_HANDLE, _MARK = 15, 13  # pixels
NONE: Line = np.empty((0, 2))


@dataclass(frozen=True, eq=False)
class Drawn:
    """What the plot shows.

    line: the run's curve; clean: of its clean twin. path: (P, 2), the places that the handle can take, None where it
    stands for a line across. handle, clean_handle, best: a place (2,) each, None for none. x, y: words at the axes.
    chance: whether the diagonal is drawn. dots: whether the points of the line are.
    """

    line: Line = field(default_factory=lambda: NONE)
    clean: Line = field(default_factory=lambda: NONE)
    path: Line | None = None
    handle: NDArray[np.float64] | None = None
    clean_handle: NDArray[np.float64] | None = None
    best: NDArray[np.float64] | None = None
    x: str = ""
    y: str = ""
    chance: bool = False
    dots: bool = False


class ThresholdPlot(pg.GraphicsView):  # type: ignore[misc, unused-ignore]
    """The curve, the clean twin's dashed, a round handle for the threshold and a star where the cost is least.

    pulled: which place of the path is nearest to the pointer, and how far on to the next one, 0..1; without a path the
    x of the pointer and 0. released: the drag is over. stepped: by how much the arrow keys change the threshold.
    """

    pulled = pyqtSignal(float, float)
    released = pyqtSignal()
    stepped = pyqtSignal(float)

    def __init__(self, theme: Theme = LIGHT) -> None:
        super().__init__()
        self.drawn = Drawn()
        self._held = False
        self.box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0.0)
        self.box.disableAutoRange()
        self.box.setRange(xRange=(-_MARGIN, 1 + _MARGIN), yRange=(-_MARGIN, 1 + _MARGIN), padding=0.0)
        self.axes = {side: pg.AxisItem(side, linkView=self.box) for side in ("left", "bottom")}
        self.axes["left"].setWidth(52)
        self.axes["bottom"].setHeight(36)
        for axis in self.axes.values():
            axis.enableAutoSIPrefix(False)
        self.diagonal = pg.PlotCurveItem([0.0, 1.0], [0.0, 1.0])
        self.clean = pg.PlotCurveItem(connect="finite", antialias=True)
        self.curve = pg.PlotCurveItem(connect="finite", antialias=True)
        self.dots = pg.ScatterPlotItem(size=6, pen=None)
        self.across = pg.InfiniteLine(angle=90)
        self.best = pg.ScatterPlotItem(symbol="star", size=_MARK)
        self.clean_handle = pg.ScatterPlotItem(symbol="o", size=_HANDLE - 5)
        self.handle = pg.ScatterPlotItem(symbol="o", size=_HANDLE)
        for item in (
            self.diagonal, self.clean, self.curve, self.dots, self.across, self.best, self.clean_handle, self.handle
        ):  # fmt: skip
            self.box.addItem(item, ignoreBounds=True)
        self.setCentralItem(framed(self.box, self.axes, top=6, right=10))
        self.setMinimumHeight(140)  # the longest word of an axis
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Curve with the threshold as a handle; arrow keys move it")
        self.set_theme(theme)
        self.show_drawn(Drawn())

    def show_drawn(self, drawn: Drawn) -> None:
        """Show this in the place of what was shown."""
        self.drawn = drawn
        self.curve.setData(*drawn.line.T)
        self.clean.setData(*drawn.clean.T)
        self.dots.setData(*(drawn.line.T if drawn.dots else NONE.T))
        self.diagonal.setVisible(drawn.chance)
        for item, place in (
            (self.handle, drawn.handle),
            (self.clean_handle, drawn.clean_handle),
            (self.best, drawn.best),
        ):
            item.setData(*(NONE.T if place is None else place[None].T))
        along = drawn.path is None and drawn.handle is not None
        self.across.setVisible(along)
        if along and drawn.handle is not None:
            self.across.setValue(float(drawn.handle[0]))
        for side, words in (("left", drawn.y), ("bottom", drawn.x)):
            if self.axes[side].labelText != words:
                self.axes[side].setLabel(words)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self.setBackground(theme.panel)
        for axis in self.axes.values():
            axis.setPen(pg.mkPen(theme.line))
            axis.setTextPen(pg.mkPen(theme.faint))
        self.diagonal.setPen(pg.mkPen(theme.faint, width=1, style=Qt.PenStyle.DotLine))
        self.curve.setPen(pg.mkPen(theme.accent, width=2))
        self.dots.setBrush(pg.mkBrush(theme.accent))
        pale = mix(theme.accent, theme.text, 0.5)
        self.clean.setPen(pg.mkPen(pale, width=1, style=Qt.PenStyle.DashLine))
        self.clean_handle.setPen(pg.mkPen(pale, width=1.5))
        self.clean_handle.setBrush(pg.mkBrush(theme.panel))
        self.across.setPen(pg.mkPen(theme.ink, width=1.5))
        self.handle.setPen(pg.mkPen(theme.panel, width=2))
        self.handle.setBrush(pg.mkBrush(theme.ink))
        self.best.setPen(pg.mkPen(theme.panel, width=0.5))
        self.best.setBrush(pg.mkBrush(theme.danger))

    def place_of(self, x: float, y: float) -> QPointF:
        """Where a place of the unit square lies, in pixels of this widget."""
        return QPointF(self.mapFromScene(self.box.mapViewToScene(QPointF(x, y))))

    @override
    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton and self.drawn.handle is not None:
            self._held = True
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._pull(event.position())

    @override
    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and self._held:
            self._pull(event.position())

    @override
    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and self._held and event.button() == Qt.MouseButton.LeftButton:
            self._held = False
            self.released.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        ways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}
        way = ways.get(Qt.Key(event.key()))
        if way is None or self.drawn.handle is None:
            super().keyPressEvent(event)
            return
        far = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        self.stepped.emit(way * (0.1 if far else 0.01))

    def _pull(self, at: QPointF) -> None:
        place = self.box.mapSceneToView(self.mapToScene(at.toPoint()))
        if self.drawn.path is None:
            self.pulled.emit(min(max(place.x(), 0.0), 1.0), 0.0)
            return
        here = np.array([place.x() * self.box.width(), place.y() * self.box.height()])
        nearest, share = nearest_on(self.drawn.path * (self.box.width(), self.box.height()), here)
        self.pulled.emit(float(nearest), share)


def nearest_on(path: Line, here: NDArray[np.float64]) -> tuple[int, float]:
    """The place of a path (P, 2), at least one, nearest to `here` (2,): which segment, by its first point, and how far
    along it, 0 to below 1."""
    step = np.diff(path, axis=0)
    length = (step * step).sum(axis=1)
    along = np.clip(((here - path[:-1]) * step).sum(axis=1) / np.where(length > 0, length, 1.0), 0.0, 1.0)
    distance = ((path[:-1] + along[:, None] * step - here) ** 2).sum(axis=1)
    if not len(distance):
        return 0, 0.0
    at = int(distance.argmin())
    if along[at] >= 1.0:
        return at + 1, 0.0
    return at, float(along[at])
