"""The groups of poison: colour, name, size, switch, and what can be done with each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPen, QPixmap
from PyQt6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from boundaryviz.figures.palette import group_colour
from boundaryviz.gui.widgets.controls import figures, label
from boundaryviz.gui.widgets.icons import icon
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import LIGHT, Theme

_SWATCH = 14


@dataclass(frozen=True)
class GroupEntry:
    """A group as the list shows it. count: its points. shaped: the attack's settings place this one."""

    number: int
    name: str
    count: int
    on: bool
    shaped: bool


class _Line(QWidget):
    """One group."""

    renamed = pyqtSignal(str)
    switched = pyqtSignal(bool)
    selected = pyqtSignal()
    deleted = pyqtSignal()

    def __init__(self, number: int, theme: Theme) -> None:
        super().__init__()
        self.number = number
        self.swatch = QLabel()
        self.swatch.setFixedSize(_SWATCH, _SWATCH)
        self.box = QCheckBox()
        self.name = QLineEdit()
        self.name.setMaxLength(40)
        self.count = figures("100,000")
        self.select, self.delete = QToolButton(), QToolButton()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(self.box)
        line.addWidget(self.swatch)
        line.addWidget(self.name, 1)
        line.addWidget(self.count)
        line.addWidget(self.select)
        line.addWidget(self.delete)
        self.box.setToolTip(tip("Whether the model trains on this group; off leaves its points in place."))
        self.select.setToolTip("Select the points of this group")
        self.delete.setToolTip("Delete this group: its points and pins go, flipped labels are as they were")
        self.name.setToolTip("The name of this group; type another")
        for button in (self.select, self.delete):
            button.setProperty("role", "flat")
        self.box.clicked.connect(self.switched)
        self.name.editingFinished.connect(self._typed)
        self.select.clicked.connect(lambda: self.selected.emit())
        self.delete.clicked.connect(lambda: self.deleted.emit())
        self._entry: GroupEntry | None = None
        self.set_theme(theme)

    def show_entry(self, entry: GroupEntry) -> None:
        if entry == self._entry:
            return
        self._entry = entry
        self.box.setChecked(entry.on)
        if not (self.name.hasFocus() and self.name.isModified()):
            self.name.setText(entry.name)
            self.name.setCursorPosition(0)
        self.count.setText(f"{entry.count:,}")
        for part, what in (
            (self.box, "acts"), (self.name, "name"), (self.select, "select"), (self.delete, "delete")
        ):  # fmt: skip
            part.setAccessibleName(f"{entry.name}: {what}")
        words = f"{entry.count:,} points of {entry.name}"
        self.count.setToolTip(tip(words))
        self.swatch.setToolTip(tip(f"{words}; the settings above {'lay' if entry.shaped else 'leave'} this group"))
        self._paint()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.select.setIcon(icon("select", theme.text))
        self.delete.setIcon(icon("delete", theme.text))
        self._paint()

    def _paint(self) -> None:
        """A ring as around the points; filled where the attack's settings place this group."""
        ratio = self.devicePixelRatioF()
        picture = QPixmap(round(_SWATCH * ratio), round(_SWATCH * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(group_colour(self.number))
        painter.setPen(QPen(colour, 2.5))
        painter.setBrush(colour if self._entry is not None and self._entry.shaped else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(_SWATCH / 2, _SWATCH / 2), 5.0, 5.0)
        painter.end()
        self.swatch.setPixmap(picture)

    def _typed(self) -> None:
        text = self.name.text().strip()
        self.name.setModified(False)
        if self._entry is not None and text and text != self._entry.name:
            self.renamed.emit(text)
        elif self._entry is not None:
            self.name.setText(self._entry.name)


class GroupList(QWidget):
    """renamed: number and name. switched: number and whether it acts. selected, deleted: number."""

    renamed = pyqtSignal(int, str)
    switched = pyqtSignal(int, bool)
    selected = pyqtSignal(int)
    deleted = pyqtSignal(int)

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.lines: dict[int, _Line] = {}
        self.empty = label("No poison yet.", "faint")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(self.empty)

    def set_entries(self, entries: Sequence[GroupEntry]) -> None:
        """Show these groups, by number; nothing is emitted."""
        wanted = [entry.number for entry in entries]
        if wanted != list(self.lines):
            for line in self.lines.values():
                self._column.removeWidget(line)
                line.hide()
                line.deleteLater()
            self.lines = {number: self._line(number) for number in wanted}
        for entry in entries:
            self.lines[entry.number].show_entry(entry)
        self.empty.setVisible(not entries)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        for line in self.lines.values():
            line.set_theme(theme)

    def _line(self, number: int) -> _Line:
        line = _Line(number, self._theme)
        line.renamed.connect(lambda name: self.renamed.emit(number, name))
        line.switched.connect(lambda on: self.switched.emit(number, on))
        line.selected.connect(lambda: self.selected.emit(number))
        line.deleted.connect(lambda: self.deleted.emit(number))
        self._column.addWidget(line)
        return line
