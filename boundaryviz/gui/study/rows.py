"""The runs of a study as a table: what was varied, its seeds and fold, and what was measured."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QAbstractTableModel, QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableView
from typing_extensions import override

from boundaryviz.gui.widgets.plain import tip
from boundaryviz.record.metrics import is_share
from boundaryviz.record.study_table import NONE, PLACES, StudyTable
from boundaryviz.scenario.sweep import value_words

_Role = Qt.ItemDataRole
_WORDS = {"data_seed": "data seed", "seed": "seed", "fold": "fold"}
_FIRST = ("train_error", "validation_error", "test_error", "train_loss", "validation_loss", "test_loss")
_NONE = QModelIndex()
_WIDTH = 76  # of a column, in pixels


class RowModel(QAbstractTableModel):
    """Rows of a `StudyTable`, sorted by any column. titles: what the axes are called."""

    def __init__(self) -> None:
        super().__init__()
        self._table: StudyTable | None = None
        self._names: list[str] = []
        self._titles: dict[str, str] = {}
        self._order: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._sorted = (-1, Qt.SortOrder.AscendingOrder)

    def set_table(self, table: StudyTable | None, titles: dict[str, str]) -> None:
        """Show these runs."""
        self.beginResetModel()
        self._table, self._titles = table, titles
        self._names = [] if table is None else _shown(table)
        self._arrange()
        self.endResetModel()

    def row_at(self, index: QModelIndex) -> int | None:
        """The number of the run in the table that stands there."""
        return int(self._order[index.row()]) if index.isValid() else None

    def _arrange(self) -> None:
        column, order = self._sorted
        count = 0 if self._table is None else len(self._table)
        self._order = np.arange(count)
        if self._table is not None and 0 <= column < len(self._names):
            values = self._table.columns[self._names[column]]
            keys = np.array([str(value) for value in values]) if values.dtype == object else values
            self._order = np.argsort(keys, kind="stable")
            if order == Qt.SortOrder.DescendingOrder:
                self._order = self._order[::-1]

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        self._sorted = column, order
        self._arrange()
        self.layoutChanged.emit()

    @override
    def rowCount(self, parent: QModelIndex = _NONE) -> int:
        return 0 if parent.isValid() else len(self._order)

    @override
    def columnCount(self, parent: QModelIndex = _NONE) -> int:
        return 0 if parent.isValid() else len(self._names)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and section < len(self._names):
            name = self._names[section]
            words = self._titles.get(name, _WORDS.get(name, name.replace("_", " ")))
            if role in (_Role.DisplayRole, _Role.ToolTipRole):
                return words if role == _Role.DisplayRole else tip(words)
        return None

    @override
    def data(self, index: QModelIndex, role: int = _Role.DisplayRole) -> Any:
        if self._table is None or not index.isValid():
            return None
        if role == _Role.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role != _Role.DisplayRole:
            return None
        name = self._names[index.column()]
        return _cell(name, self._table.columns[name][self._order[index.row()]])


class RowView(QTableView):
    """Enter or a double click opens a run.

    opened: the number of a run in the table.
    """

    opened = pyqtSignal(int)

    def __init__(self) -> None:
        super().__init__()
        self.rows = RowModel()
        self.setModel(self.rows)
        self.setAccessibleName("Runs of the study")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAlternatingRowColors(True)
        self.setSortingEnabled(True)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setToolTip(tip("Enter or a double click puts a run on the plane, as one step that undo takes back"))
        across, down = self.horizontalHeader(), self.verticalHeader()
        if across is not None and down is not None:
            across.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
            across.setDefaultSectionSize(_WIDTH)
            across.setMinimumSectionSize(40)
            across.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            down.hide()
            down.setDefaultSectionSize(24)
        self.doubleClicked.connect(self._open)

    def set_table(self, table: StudyTable | None, titles: dict[str, str]) -> None:
        """Show these runs; the one that is selected stays so by its place."""
        at = self.currentIndex().row(), self.currentIndex().column()
        bar = self.verticalScrollBar()
        stood = 0 if bar is None else bar.value()
        self.rows.set_table(table, titles)
        if 0 <= at[0] < self.rows.rowCount():
            self.setCurrentIndex(self.rows.index(*at))
        if bar is not None:
            bar.setValue(stood)

    def _open(self, index: QModelIndex) -> None:
        row = self.rows.row_at(index)
        if row is not None:
            self.opened.emit(row)

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)


def _shown(table: StudyTable) -> list[str]:
    """The columns that say anything: what was varied, places that differ or are given, and what was measured."""
    places = [name for name in PLACES if (table.columns[name] != NONE).any()]
    measured = [name for name in table.metrics if np.isfinite(table.columns[name]).any()]
    first = [name for name in _FIRST if name in measured]
    return [*table.axes, *places, *first, *(name for name in measured if name not in first)]


def _cell(name: str, value: Any) -> str:
    if name in PLACES:
        return "" if value == NONE else str(value)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return "\u2013"
    if "." not in name and isinstance(value, float):
        return f"{100 * value:.3g} %" if is_share(name) else f"{value:.4g}"
    return value_words(list(value) if isinstance(value, tuple) else value)
