"""A row for each attack at the place under the pointer: its line, a switch, how long its push is and where it leads."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QRectF, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QCheckBox, QGridLayout, QWidget
from typing_extensions import override

from boundaryviz.figures.push_style import PUSHES
from boundaryviz.gui.push.swatch import WIDE, swatch
from boundaryviz.gui.widgets.controls import Elided, figures, label
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import LIGHT, Theme

BESIDE = ("fgsm", "pgd", "deepfool", "adaptive")
"""The attacks that may be drawn beside the smallest push."""
_USUAL = ("fgsm", "pgd", "deepfool")


class Swatch(QWidget):
    """A line as a method's is drawn."""

    def __init__(self, name: str, theme: Theme = LIGHT) -> None:
        super().__init__()
        self._name, self._theme = name, theme
        self.setFixedSize(WIDE, 12)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.update()

    @override
    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        swatch(painter, QRectF(self.rect()), self._name, self._theme)
        painter.end()


class PushRows(QWidget):
    """changed: other attacks are to be drawn."""

    changed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Pushes at the pointer")
        self._swatches: list[Swatch] = []
        self.boxes: dict[str, QCheckBox] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(3, 1)
        self.lengths = {name: figures("\u2264 0.00000") for name in ("nearest", *BESIDE)}
        self.ends = {name: Elided() for name in ("nearest", *BESIDE)}
        for row, name in enumerate(self.lengths):
            mark = Swatch(name)
            self._swatches.append(mark)
            words = PUSHES[name].words
            named: QWidget = label(words)
            if name in BESIDE:
                box = QCheckBox(words)
                box.setChecked(name in _USUAL)
                box.setToolTip(tip(f"Draw what {words} does at the pointer, too"))
                box.toggled.connect(lambda _on: self.changed.emit())
                self.boxes[name] = named = box
            self.lengths[name].setAccessibleName(f"Length of {words}")
            self.ends[name].setAccessibleName(f"Where {words} leads")
            for column, part in enumerate((mark, named, self.lengths[name], self.ends[name])):
                grid.addWidget(part, row, column)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The attacks that are drawn beside the smallest push."""
        return tuple(name for name, box in self.boxes.items() if box.isChecked())

    def show_rows(self, rows: Mapping[str, tuple[str, str]]) -> None:
        """By method: how long its push is, and where it leads, in words; those that are missing say nothing."""
        for name, number in self.lengths.items():
            length, end = rows.get(name, ("", ""))
            number.setText(length)
            self.ends[name].set_words(end)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        for mark in self._swatches:
            mark.set_theme(theme)
