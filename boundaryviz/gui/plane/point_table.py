"""The points as a table: the keyboard's and the screen reader's way in."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import (
    QAbstractItemModel,
    QItemSelection,
    QItemSelectionModel,
    QLocale,
    QModelIndex,
    QSize,
    Qt,
    pyqtSignal,
)  # fmt: skip
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from boundaryviz.gui.plane.point_model import Captions, PointModel
from boundaryviz.gui.widgets.controls import label
from boundaryviz.scene.scene import UNLABELLED, Scene

_Role = Qt.ItemDataRole
_IN_CELL = "min-height: 0; border-radius: 0; padding: 0 4px;"  # a cell is lower than a field of a form
_WIDTHS = (36, 62, 62, 78, 66, 72, 80, 70)  # up to the split they fit the panel; the rest is a scroll away


class _Delegate(QStyledItemDelegate):
    """Coordinates as text, labels from a list."""

    def createEditor(self, parent: QWidget | None, option: QStyleOptionViewItem, index: QModelIndex) -> QWidget | None:
        model = index.model()
        if index.column() == 3 and isinstance(model, PointModel) and model.scene is not None:
            combo = QComboBox(parent)
            combo.setStyleSheet(_IN_CELL)
            combo.setView(QListView(combo))
            for k in range(UNLABELLED, model.scene.classes):
                combo.addItem(model.class_name(k), k)
            return combo
        edit = QLineEdit(parent)
        edit.setStyleSheet(_IN_CELL)
        edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        return edit

    def updateEditorGeometry(
        self, editor: QWidget | None, option: QStyleOptionViewItem, _index: QModelIndex
    ) -> None:  # fmt: skip
        """Over the cell, and as much wider as the editor's words need, but within the table."""
        table = editor.parentWidget() if editor is not None else None
        if editor is None or table is None:
            return
        place = option.rect
        width = min(max(place.width(), editor.minimumSizeHint().width()), table.width())
        if isinstance(editor, QComboBox):
            width = min(max(width, editor.sizeHint().width()), table.width())
        editor.setGeometry(max(0, min(place.left(), table.width() - width)), place.top(), width, place.height())

    def setEditorData(self, editor: QWidget | None, index: QModelIndex) -> None:
        value = index.data(_Role.EditRole)
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(value))
        elif isinstance(editor, QLineEdit):
            editor.setText(QLocale.c().toString(value, "g", 10))

    def setModelData(self, editor: QWidget | None, model: QAbstractItemModel | None, index: QModelIndex) -> None:
        if model is not None and isinstance(editor, QComboBox):
            model.setData(index, editor.currentData(), _Role.EditRole)
        elif model is not None and isinstance(editor, QLineEdit):
            model.setData(index, editor.text(), _Role.EditRole)


class PointTable(QWidget):
    """The table and a line under it that counts and explains.

    edited: id, column ('x', 'y', 'label', 'muted') and value. selection_changed: frozenset of ids chosen by a person.
    """

    edited = pyqtSignal(int, str, object)
    selection_changed = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = PointModel()
        self.view = QTableView()
        self.view.setModel(self.model)
        self.view.setItemDelegate(_Delegate(self.view))
        self.view.setAccessibleName("Points")
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.view.setAlternatingRowColors(True)
        self.view.setSortingEnabled(True)
        self.view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.view.setTabKeyNavigation(False)
        self.view.setWordWrap(False)
        self.view.setIconSize(QSize(10, 10))
        across, down = self.view.horizontalHeader(), self.view.verticalHeader()
        if across is not None and down is not None:
            across.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
            across.setStretchLastSection(True)
            across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            across.setMinimumSectionSize(40)
            down.hide()
            down.setDefaultSectionSize(26)
            for column, width in enumerate(_WIDTHS):
                across.resizeSection(column, width)
        self.words = label("No points yet.", "faint", wraps=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.words)
        self.words.setContentsMargins(8, 0, 8, 4)
        self._selected: frozenset[int] = frozenset()
        self._telling = True
        self.model.edited.connect(self.edited)
        self.model.refused.connect(self.words.setText)
        self._chosen().selectionChanged.connect(self._selection)

    def set_scene(self, scene: Scene) -> None:
        """Show these points; the selection stays on those that are still there."""
        if self.model.set_scene(scene):
            self.set_selection(self._selected)
        self._count()

    def set_predicted(self, predicted: NDArray[np.int16] | None) -> None:
        """(N,) in the order of the scene's points."""
        self.model.set_predicted(predicted)

    def set_captions(self, captions: Captions | None) -> None:
        """Show the word that stands under each point beside its label; None for no captions."""
        self.model.set_captions(captions)

    def set_selection(self, ids: Iterable[int]) -> None:
        """Select these points; ids that are not there are left out. Nothing is emitted."""
        rows = sorted(row for row in map(self.model.row_of, ids) if row is not None)
        self._telling = False
        try:
            flags = QItemSelectionModel.SelectionFlag
            self._chosen().select(self._runs(rows), flags.ClearAndSelect | flags.Rows)
            if rows:
                self.view.scrollTo(self.model.index(rows[0], 1))
        finally:
            self._telling = True
        self._selected = self._ids(rows)
        self._count()

    def selection(self) -> frozenset[int]:
        """The ids selected."""
        return self._selected

    def _chosen(self) -> QItemSelectionModel:
        found = self.view.selectionModel()
        assert found is not None  # a view with a model has one
        return found

    def _runs(self, rows: list[int]) -> QItemSelection:
        """Rows in a line make one range, so that a hundred thousand rows stay quick."""
        chosen = QItemSelection()
        last = self.model.columnCount() - 1
        for run in np.split(np.asarray(rows), np.flatnonzero(np.diff(rows) != 1) + 1) if rows else ():
            chosen.select(self.model.index(int(run[0]), 0), self.model.index(int(run[-1]), last))
        return chosen

    def _ids(self, rows: list[int]) -> frozenset[int]:
        return frozenset(self.model.points.ids[self.model.order[rows]].tolist()) if rows else frozenset()

    def _selection(self) -> None:
        if not self._telling:
            return
        chosen = self._chosen().selection()  # ranges: asking for rows would make an object for each
        rows = sorted({row for i in range(len(chosen)) for row in range(chosen[i].top(), chosen[i].bottom() + 1)})
        ids = self._ids(rows)
        if ids != self._selected:
            self._selected = ids
            self._count()
            self.selection_changed.emit(ids)

    def _count(self) -> None:
        count = len(self.model.points)
        chosen = f", {len(self._selected):,} selected" if self._selected else ""
        points = f"{count:,} point{'s' * (count != 1)}{chosen}. F2 edits x, y and label, Space mutes."
        self.words.setText(points if count else "No points yet: draw some on the plane or open a table.")
