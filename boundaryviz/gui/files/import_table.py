"""The rows of a table as they stand in it, each column under what it was taken for, left-out rows struck out."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PyQt6.QtGui import QColor, QFont
from PyQt6.QtWidgets import QTableView, QWidget
from typing_extensions import override

from boundaryviz.gui.files.table_reading import Reading
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scene.plain_text import one_line
from boundaryviz.tables.choice import ROLES

_CELL, _HEAD = 60, 18  # characters shown
_WIDTH = 136  # pixels of a column at first
_NOWHERE = QModelIndex()
_HEAD_FLAGS = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextWordWrap)
_Role = Qt.ItemDataRole


class _Rows(QAbstractTableModel):
    """The cells of a sheet, made into words only where they are looked at."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._reading: Reading | None = None
        self._heads: list[tuple[str, str]] = []
        self._gone: dict[int, str] = {}
        self.faint = QColor(LIGHT.faint)

    def set_reading(self, reading: Reading) -> None:
        """Show the rows of another reading."""
        self.beginResetModel()
        found = reading.understanding
        roles = {getattr(found.choice, role): role for role in reversed(ROLES)}
        roles |= {name: roles.get(name, "input") for name in found.choice.inputs}
        self._heads = [
            (f"{one_line(one.name, _HEAD)}\n{f'{roles[one.name]}: ' if one.name in roles else ''}{one.reading}",
             f"{one.name}: {one.reading}, {one.missing:,} missing")
            for one in found.columns
        ]  # fmt: skip
        self._gone = {one.line: one.reason for one in found.left_out}
        self._reading = reading
        self.endResetModel()

    @override
    def rowCount(self, parent: QModelIndex = _NOWHERE) -> int:
        return 0 if self._reading is None or parent.isValid() else len(self._reading.understanding.sheet.lines)

    @override
    def columnCount(self, parent: QModelIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._heads)

    @override
    def data(self, index: QModelIndex, role: int = _Role.DisplayRole) -> Any:
        if self._reading is None:
            return None
        sheet = self._reading.understanding.sheet
        why = self._gone.get(int(sheet.lines[index.row()]))
        if role == _Role.DisplayRole:
            return one_line(sheet.cells[index.column()][index.row()], _CELL)
        if role == _Role.ToolTipRole:
            return tip(f"Left out: {why}" if why else sheet.cells[index.column()][index.row()])
        if why and role == _Role.ForegroundRole:
            return self.faint
        if why and role == _Role.FontRole:
            font = QFont()
            font.setStrikeOut(True)
            return font
        return None

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        if self._reading is None or role not in (_Role.DisplayRole, _Role.ToolTipRole, _Role.TextAlignmentRole):
            return None
        if role == _Role.TextAlignmentRole:
            return _HEAD_FLAGS
        if orientation == Qt.Orientation.Horizontal:
            return self._heads[section][0] if role == _Role.DisplayRole else tip(self._heads[section][1])
        line = int(self._reading.understanding.sheet.lines[section])
        why = self._gone.get(line)
        return str(line) if role == _Role.DisplayRole else tip(f"Line {line:,}" + (f", left out: {why}" if why else ""))


class ImportTable(QTableView):
    """A reading's rows, to be looked at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = _Rows(self)
        self.setModel(self._rows)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setAccessibleName("Rows of the table")
        across, down = self.horizontalHeader(), self.verticalHeader()
        assert across is not None
        assert down is not None
        across.setDefaultSectionSize(_WIDTH)
        across.setTextElideMode(Qt.TextElideMode.ElideNone)
        across.setMinimumHeight(3 * self.fontMetrics().lineSpacing() + 8)
        across.setHighlightSections(False)
        down.setDefaultSectionSize(self.fontMetrics().lineSpacing() + 6)

    def set_reading(self, reading: Reading) -> None:
        """Show the rows of another reading."""
        self._rows.set_reading(reading)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._rows.faint = QColor(theme.faint)
