"""The plane of the elephant: its outline and eye, noisy points of it, and the curve fitted to them. Setters in."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import Qt

from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scene.elephant import Elephant, Fit, NoisyPoints, around

_PLACES = around(800)  # along a curve that is drawn
_LEAST, _ROOM = 95.0, 1.08  # how far the plane reaches at least, in the paper's units, and beyond the elephant
_EYE, _DOT = 10, 8  # pixels


class ElephantPlane(pg.GraphicsView):  # type: ignore[misc, unused-ignore]
    """One unit is as long on both axes; the plane shows all of the elephant, and of a fit what lies near it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumSize(240, 200)
        self.setAccessibleName("The elephant")
        self.box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0.0, lockAspect=1.0)
        self.box.disableAutoRange()
        self.fitted = pg.PlotCurveItem(antialias=True)
        self.outline = pg.PlotCurveItem(antialias=True)
        self.outline.setSegmentedLineMode("on")
        self.eye = pg.ScatterPlotItem(size=_EYE, pen=None, pxMode=True)
        self.dots = pg.ScatterPlotItem(size=_DOT, pxMode=True)
        for item in (self.outline, self.fitted, self.dots, self.eye):
            self.box.addItem(item, ignoreBounds=True)
        self.setCentralItem(self.box)
        self._elephant, self._reach = Elephant(), 0.0
        self.set_theme(LIGHT)
        self.show_elephant(Elephant(), 0.0)

    def show_elephant(self, elephant: Elephant, phase: float) -> None:
        """phase: of the wiggle of its trunk."""
        self._elephant = elephant
        xy = elephant.drawn(_PLACES, phase)
        self.outline.setData(*xy.T)
        self.eye.setData(*([value] for value in elephant.eye))
        reach = max(_LEAST, _ROOM * float(np.abs(elephant.outline(_PLACES)).max()))
        if not math.isclose(reach, self._reach):
            self._reach = reach
            self.box.setRange(xRange=(-reach, reach), yRange=(-reach, reach), padding=0.0)

    def show_fit(self, points: NoisyPoints | None, fit: Fit | None) -> None:
        """None for neither."""
        self.dots.setData(*(points.xy.T if points is not None else np.empty((2, 0))))
        curve = np.empty((2, 0)) if fit is None else self._near(fit)
        self.fitted.setData(*curve, connect="finite")

    def _near(self, fit: Fit) -> NDArray[np.float64]:
        """The curve (2, T) as far as it can be seen: what goes far away is cut off there, and no line is drawn wide."""
        far = 4.0 * self._reach
        return np.clip(fit.curve(_PLACES), -far, far).T

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self.setBackground(theme.plane)
        self.outline.setPen(pg.mkPen(theme.ink, width=2))
        self.fitted.setPen(pg.mkPen(theme.danger, width=1.5))
        self.eye.setBrush(pg.mkBrush(theme.ink))
        self.dots.setBrush(pg.mkBrush(theme.faint))
        self.dots.setPen(pg.mkPen(theme.plane, width=1))
