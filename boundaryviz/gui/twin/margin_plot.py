"""How far each target pin is on the attacker's side, over training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import Qt
from typing_extensions import override

from boundaryviz.figures.palette import class_colour
from boundaryviz.gui.widgets.curve_data import thin
from boundaryviz.gui.widgets.curve_plot import CurvePlot
from boundaryviz.gui.widgets.scale import tidy_above
from boundaryviz.gui.widgets.theme import LIGHT, Theme, mix

_DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DashDotLine, Qt.PenStyle.DotLine)


class MarginPlot(CurvePlot):
    """One line a pin, in the colour of the class wanted there, above zero where the attacker has won."""

    def __init__(self, theme: Theme = LIGHT) -> None:
        super().__init__("margin", ())
        self._target_classes: tuple[int, ...] = ()
        self._end = 100.0
        self.lines: list[pg.PlotCurveItem] = []
        self.zero = pg.InfiniteLine(angle=0, pos=0.0)
        self.box.addItem(self.zero, ignoreBounds=True)
        self.setAccessibleName("Margin at each target pin over training, from -1 to 1")
        self.setFixedHeight(132)
        self.dress(theme)
        self.clear()

    def clear(self) -> None:
        """No run yet."""
        self._end = 100.0
        for line in self.lines:
            line.setData([], [])
        self.show_range((0.0, self._end), (-1.05, 1.05))

    def set_margins(self, step: NDArray[np.int64], margins: NDArray[np.float64], target_classes: Sequence[int]) -> None:
        """margins: (K, P), -1..1, NaN where undecided. target_classes: the class that the attacker wants at each
        pin."""
        if tuple(target_classes) != self._target_classes:
            self._set_lines(tuple(target_classes))
        if not len(step):
            self.clear()
            return
        if step[-1] < 0.5 * self._end:
            self._end = 100.0  # a new run
        self._end = max(self._end, tidy_above(max(float(step[-1]), 1.0)))
        for line, values in zip(self.lines, margins.T, strict=True):
            line.setData(*thin(step.astype(np.float64), values, most=2 * self.width()))
        self.show_range((0.0, self._end), (-1.05, 1.05))

    @override
    def dress(self, theme: Theme) -> None:
        super().dress(theme)
        self._theme = theme
        self.zero.setPen(pg.mkPen(theme.ink, width=1, style=Qt.PenStyle.DashLine))
        self._colour()

    def _set_lines(self, target_classes: tuple[int, ...]) -> None:
        for line in self.lines:
            self.box.removeItem(line)
        self._target_classes = target_classes
        self.lines = [pg.PlotCurveItem(connect="finite") for _ in target_classes]
        for line in self.lines:
            self.box.addItem(line, ignoreBounds=True)
        self._colour()

    def _colour(self) -> None:
        for i, (line, k) in enumerate(zip(self.lines, self._target_classes, strict=True)):
            colour = mix(class_colour(k), self._theme.ink, 0.15)
            line.setPen(pg.mkPen(colour, width=1, style=_DASHES[self._target_classes[:i].count(k) % len(_DASHES)]))
