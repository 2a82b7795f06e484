"""The validation curves of all pins in one plot. Setters in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPen
from PyQt6.QtWidgets import QButtonGroup, QCheckBox, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from boundaryviz.figures.palette import SERIES
from boundaryviz.gui.compare.tile import Swatch
from boundaryviz.gui.widgets.controls import Elided, label
from boundaryviz.gui.widgets.curve_data import thin
from boundaryviz.gui.widgets.curve_plot import CurvePlot
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.record.pins import PinnedSnapshot

_STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
_TITLES = {"loss": "Validation loss", "error": "Validation error"}


def pin_pen(at: int, theme: Theme) -> QPen:
    """How the curve of the pin at this place is drawn; no two of sixteen share both colour and dashes."""
    colours = SERIES[theme.name]
    style = _STYLES[(at + at // len(colours)) % len(_STYLES)]
    return pg.mkPen(colours[at % len(colours)], width=1.6, style=style)


class CompareCurves(QWidget):
    """Validation loss or error over the steps, with a legend of the labels."""

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pins: tuple[PinnedSnapshot, ...] = ()
        self._looks: tuple[int, ...] = ()
        self.quantity = "loss"
        self.plot = CurvePlot("validation", ())
        self.plot.box.setMouseEnabled(False, False)
        self.curves: list[pg.PlotCurveItem] = []
        self.buttons: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(4)
        self.title = label(_TITLES["loss"], "title")
        head.addWidget(self.title)
        head.addStretch(1)
        for name in _TITLES:
            button = QPushButton(name.capitalize())
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setToolTip(f"Show the {name} on the validation points")
            button.clicked.connect(lambda _=False, name=name: self.show_quantity(name))
            group.addButton(button)
            self.buttons[name] = button
            head.addWidget(button)
        self.buttons["loss"].setChecked(True)
        self.log = QCheckBox("log")
        self.log.setToolTip("Logarithmic scale")
        self.log.toggled.connect(lambda _on: self._draw())
        head.addSpacing(4)
        head.addWidget(self.log)
        self.none = label("No pin has validation points to show a curve of.", "faint")
        self._legend = QGridLayout()
        self._legend.setContentsMargins(0, 0, 0, 0)
        self._legend.setHorizontalSpacing(8)
        self._legend.setVerticalSpacing(0)
        self.entries: list[tuple[Swatch, Elided]] = []
        legend = QWidget()
        legend.setLayout(self._legend)
        legend.setFixedWidth(144)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.plot, 1)
        row.addWidget(legend, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.none)
        column.addLayout(row, 1)
        self.set_theme(theme)

    def set_pins(self, pins: Sequence[PinnedSnapshot], looks: Sequence[int]) -> None:
        """looks: which of the pens of `pin_pen` each of them has."""
        self._pins, self._looks = tuple(pins), tuple(looks)
        for parts in self.entries:
            for part in parts:
                self._legend.removeWidget(part)
                part.deleteLater()
        self.entries = []
        for i, pin in enumerate(self._pins):
            swatch, name = Swatch(), Elided()
            name.set_words(pin.label)
            self._legend.addWidget(swatch, i, 0)
            self._legend.addWidget(name, i, 1)
            self.entries.append((swatch, name))
        self._draw()

    def show_quantity(self, name: str) -> None:
        """'loss' or 'error'."""
        self.quantity = name
        self.buttons[name].setChecked(True)
        self.title.setText(_TITLES[name])
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.plot.dress(theme)
        self._draw()

    def _draw(self) -> None:
        for curve in self.curves:
            self.plot.box.removeItem(curve)
        self.curves = []
        log = self.log.isChecked()
        self.plot.axes["left"].setLogMode(log)
        shown: list[NDArray[np.float64]] = []
        last = 1.0
        for i, pin in enumerate(self._pins):
            pen, store = pin_pen(self._looks[i], self._theme), pin.snapshot.curves
            values = store.column(f"validation_{self.quantity}")[:, 0]
            x, y = thin(store.step.astype(np.float64), np.where(values > 0, values, np.nan) if log else values)
            y = np.log10(y) if log else y
            curve = pg.PlotCurveItem(x, y, pen=pen, connect="finite", antialias=True)
            self.plot.box.addItem(curve, ignoreBounds=True)
            self.curves.append(curve)
            self.entries[i][0].set_pen(pen)
            if np.isfinite(y).any():
                shown.append(y[np.isfinite(y)])
                last = max(last, float(x[-1]))
        self.none.setVisible(bool(self._pins) and not shown)
        if shown:
            every = np.concatenate(shown)
            low, high = float(every.min()), float(every.max())
            room = max(0.05 * (high - low), 1e-3)
            floor = low - room if log else max(0.0, low - room)
            self.plot.show_range((0.0, last), (floor, high + room))
