"""What an attack that trains has reached, over the models it has trained. Setters in."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import Qt
from typing_extensions import override

from boundaryviz.figures.palette import POISON
from boundaryviz.gui.widgets.curve_data import thin
from boundaryviz.gui.widgets.curve_plot import CurvePlot
from boundaryviz.gui.widgets.scale import tidy_above
from boundaryviz.gui.widgets.theme import LIGHT, Theme, mix
from boundaryviz.record.trail import Trail


class TrailPlot(CurvePlot):
    """A number of each state over trainings: the attacker's objective, or the test error with that without poison."""

    def __init__(self, column: str, title: str, theme: Theme = LIGHT) -> None:
        super().__init__(title, ())
        self._column = column
        self.curve = pg.PlotCurveItem(connect="finite", antialias=True)
        self.clean = pg.InfiniteLine(angle=0)
        self.clean.hide()
        for item in (self.clean, self.curve):
            self.box.addItem(item, ignoreBounds=True)
        self.setAccessibleName(f"{title} over trainings of the attacker")
        self.dress(theme)
        self.show_trail(None)

    def show_trail(self, trail: Trail | None) -> None:
        """Draw what is known so far; None is nothing."""
        if trail is None:
            self.curve.setData([], [])
            self.clean.hide()
            self.show_range((0.0, 100.0), (0.0, 1.0))
            return
        x, y = trail.column("fits"), trail.column(self._column)
        clean = trail.last.clean_error if self._column == "error" else math.nan
        self.clean.setVisible(math.isfinite(clean))
        if math.isfinite(clean):
            self.clean.setValue(clean)
        self.curve.setData(*thin(x, y, most=2 * max(self.width(), 1)))
        self.show_range((0.0, tidy_above(max(float(x[-1]), 1.0))), _ends(np.append(y, clean)))

    @override
    def dress(self, theme: Theme) -> None:
        super().dress(theme)
        self.curve.setPen(pg.mkPen(mix(POISON, theme.text, 0.1), width=1.4))
        self.clean.setPen(pg.mkPen(theme.faint, width=1, style=Qt.PenStyle.DashLine))


def _ends(values: np.ndarray) -> tuple[float, float]:
    """Where the axis of these values runs, from 0 where they are not below it."""
    known = values[np.isfinite(values)]
    low, high = float(known.min(initial=0.0)), float(known.max(initial=0.0))
    return (-1.1 * tidy_above(-low) if low < 0 else 0.0), 1.1 * tidy_above(max(high, 0.01))
