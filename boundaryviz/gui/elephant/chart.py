"""How far fitted curves lie from the points and from the elephant, over their harmonics. Setters in, signals out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import Qt, pyqtSignal
from typing_extensions import override

from boundaryviz.figures.palette import CURVES
from boundaryviz.gui.widgets.curve_axis import CurveAxis
from boundaryviz.gui.widgets.plot_frame import framed
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scene.elephant import Fit

_LEAST, _MOST = 0.1, 1e4  # of the axis; what is farther off is drawn at its end


class FitChart(pg.GraphicsView):  # type: ignore[misc, unused-ignore]
    """Two curves on a logarithmic axis: the distance from the points, thin, and from the elephant. picked: harmonics,
    by a click."""

    picked = pyqtSignal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedHeight(170)
        self.setAccessibleName("Distance from the points and from the elephant over harmonics")
        self.box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0.0)
        self.box.disableAutoRange()
        self.axes = {side: CurveAxis(side, linkView=self.box) for side in ("left", "bottom")}
        self.axes["left"].setLogMode(True)
        self.axes["left"].setWidth(36)
        self.axes["bottom"].setHeight(20)
        self.train, self.outline = pg.PlotCurveItem(antialias=True), pg.PlotCurveItem(antialias=True)
        self.mark = pg.InfiniteLine(angle=90)
        for item in (self.mark, self.train, self.outline):
            self.box.addItem(item, ignoreBounds=True)
        self.setCentralItem(framed(self.box, self.axes, top=6, right=10))
        self._last = 1
        self.set_theme(LIGHT)

    def show_fits(self, fits: Sequence[Fit]) -> None:
        """Fits of 1, 2, ... harmonics."""
        harmonics = [fit.harmonics for fit in fits]
        for curve, errors in (
            (self.train, [fit.train_error for fit in fits]),
            (self.outline, [fit.outline_error for fit in fits]),
        ):
            curve.setData(harmonics, np.log10(np.clip(errors, _LEAST, _MOST)))
        self._last = max(harmonics, default=1)
        self.box.setRange(
            xRange=(0.5, self._last + 0.5), yRange=(np.log10(_LEAST) - 0.1, np.log10(_MOST) + 0.1), padding=0.0
        )

    def point_at(self, harmonics: int) -> None:
        """An upright line at so many harmonics."""
        self.mark.setValue(harmonics)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self.setBackground(theme.panel)
        train, _, test = CURVES[theme.name]
        self.train.setPen(pg.mkPen(train, width=1.2))
        self.outline.setPen(pg.mkPen(test, width=2))
        self.mark.setPen(pg.mkPen(theme.line, width=1))
        for axis in self.axes.values():
            axis.setPen(pg.mkPen(theme.line))
            axis.setTextPen(pg.mkPen(theme.faint))

    @override
    def mousePressEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        at = self.box.mapSceneToView(self.mapToScene(event.position().toPoint()))
        self.picked.emit(min(max(round(at.x()), 1), self._last))

    @override
    def wheelEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        event.ignore()
