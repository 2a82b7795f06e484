"""The legend of one plot of training, with the values at the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QGridLayout, QLabel, QWidget

from boundaryviz.gui.widgets.controls import figures, label
from boundaryviz.gui.widgets.curve_plot import pens
from boundaryviz.gui.widgets.theme import Theme


class _Swatch(QWidget):
    """A short piece of a curve."""

    def __init__(self) -> None:
        super().__init__()
        self.pen = QPen()
        self.setFixedSize(16, 12)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setPen(self.pen)
        painter.drawLine(0, 6, 16, 6)
        painter.end()


class CurveLegend(QWidget):
    """The title, and for each curve its look, its name and, below, its value; a row of the clean twin's on demand.

    readouts: the labels of the values by name, 'clean train' and so on among them. twins_only: names that stand there
    only with the twin. twinless: of none of the names is there a clean twin's value.
    """

    def __init__(
        self, quantity: str, names: Sequence[str], twins_only: Sequence[str] = (), twinless: bool = False
    ) -> None:
        super().__init__()
        self.readouts: dict[str, QLabel] = {}
        self._swatches: dict[str, _Swatch] = {}
        self._twins: list[QWidget] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 2, 0, 0)
        grid.setHorizontalSpacing(3)
        grid.setVerticalSpacing(0)
        title, clean = figures("error", "title", Qt.AlignmentFlag.AlignLeft), label("clean", "faint")
        title.setText(quantity)
        grid.addWidget(title, 0, 0)
        grid.addWidget(clean, 2, 0)
        self._twins.append(clean)
        for i, name in enumerate(names):
            head = label(name, "faint")
            self._add(grid, 1, 1 + 2 * i, quantity, name)
            grid.addWidget(self._swatch(name), 0, 1 + 2 * i)
            grid.addWidget(head, 0, 2 + 2 * i)
            if name in twins_only:
                self._twins += [head, self.readouts[name], self._swatches[name]]
            elif not twinless:
                self._add(grid, 2, 1 + 2 * i, quantity, f"clean {name}")
                self._twins.append(self.readouts[f"clean {name}"])
        grid.setColumnStretch(1 + 2 * len(names), 1)
        if twinless:
            self._twins.clear()
            clean.hide()
        self.show_twins(False)

    def show_twins(self, on: bool) -> None:
        """Whether the clean twin's values stand below, and what belongs to poison beside."""
        for part in self._twins:
            part.setVisible(on)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        drawn = pens(theme)
        for name, swatch in self._swatches.items():
            swatch.pen = drawn[name]
            swatch.update()

    def _swatch(self, name: str) -> _Swatch:
        self._swatches[name] = _Swatch()
        return self._swatches[name]

    def _add(self, grid: QGridLayout, row: int, column: int, quantity: str, name: str) -> None:
        role = "figures-faint" if name.startswith("clean") else ""
        value = figures("0.00000", role, Qt.AlignmentFlag.AlignLeft)
        value.setAccessibleName(f"{name} {quantity}")
        self.readouts[name] = value
        grid.addWidget(value, row, column, 1, 2)
