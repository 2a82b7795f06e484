"""Unsaved work of sessions that ended unexpectedly: what to restore, and what to throw away."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from boundaryviz.gui.document.recovery import Origin
from boundaryviz.gui.widgets.controls import label
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.scene.plain_text import NAME, one_line


class RecoveryDialog(QDialog):
    """A row for each piece of work. restore, discard: the number of the row asked for; Later closes the dialog."""

    restore = pyqtSignal(int)
    discard = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Unsaved work")
        self.words = label("", wraps=True)
        self.table = QTableWidget(0, 4)
        self.table.setHorizontalHeaderLabels(["Title", "Last edit", "Points", "File"])
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setAccessibleName("Unsaved work")
        heads, rows = self.table.horizontalHeader(), self.table.verticalHeader()
        assert heads is not None
        assert rows is not None
        rows.hide()
        heads.setHighlightSections(False)
        heads.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, mode in enumerate((QHeaderView.ResizeMode.Stretch, *[QHeaderView.ResizeMode.ResizeToContents] * 3)):
            heads.setSectionResizeMode(column, mode)
        self.table.doubleClicked.connect(lambda: self._ask(self.restore))
        self.table.itemSelectionChanged.connect(self._chosen)
        buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        self.restore_button = buttons.addButton("Restore", role.ActionRole)
        self.discard_button = buttons.addButton("Discard", role.ActionRole)
        self.later_button = buttons.addButton("Later", role.RejectRole)
        assert self.restore_button is not None
        assert self.discard_button is not None
        assert self.later_button is not None
        self.restore_button.setProperty("role", "primary")
        self.discard_button.setToolTip("Delete what was kept of it")
        self.later_button.setToolTip("Keep it, and ask again at the next start")
        self.restore_button.clicked.connect(lambda: self._ask(self.restore))
        self.discard_button.clicked.connect(lambda: self._ask(self.discard))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addWidget(self.words)
        layout.addWidget(self.table, 1)
        layout.addWidget(buttons)
        self.resize(640, 320)

    def set_rows(self, rows: Sequence[Origin], newer: Collection[int] = ()) -> None:
        """What there is; the first row is selected. newer: the rows whose file was saved after that."""
        self.words.setText(
            "These were open when boundaryviz ended unexpectedly, with changes that were not saved."
            if rows else "There is no unsaved work of earlier sessions. Edits are kept within a second, and "
            "offered here after a crash."
        )  # fmt: skip
        self.table.setVisible(bool(rows))
        self.table.setRowCount(len(rows))
        for number, origin in enumerate(rows):
            when = time.strftime("%Y-%m-%d %H:%M", time.localtime(origin.when))
            cells = (
                one_line(origin.title),
                when,
                f"{origin.points:,}",
                (one_line(origin.path.rpartition("/")[2], NAME) or "not saved") + ", saved since" * (number in newer),
            )
            for column, words in enumerate(cells):
                item = QTableWidgetItem(words)
                item.setToolTip(tip(origin.path if column == 3 else words))
                if column == 2:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(number, column, item)
        if rows:
            self.table.selectRow(0)
        self._chosen()

    def _ask(self, signal: object) -> None:
        row = self.table.currentRow()
        if row >= 0:
            signal.emit(row)  # type: ignore[attr-defined]

    def _chosen(self) -> None:
        any_row = bool(self.table.selectedItems())
        for button in (self.restore_button, self.discard_button):
            if button is not None:
                button.setEnabled(any_row)
