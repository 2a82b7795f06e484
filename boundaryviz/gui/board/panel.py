"""A table of attacks: which one is asked for, its cells as they come, and the one that is to be opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QBrush, QColor
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QTableWidget, QTableWidgetItem, QVBoxLayout
from typing_extensions import override

from boundaryviz.gui.board.rows import Row, rows_of
from boundaryviz.gui.widgets.controls import choices, label
from boundaryviz.gui.widgets.number import NumberEdit
from boundaryviz.gui.widgets.pause_panel import PausePanel
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import LIGHT, Theme, mix
from boundaryviz.record.scoreboard import Scoreboard
from boundaryviz.record.transfer import Transfer

Kind = Literal["scoreboard", "transfer"]
KINDS: Final[dict[Kind, str]] = {"scoreboard": "Attack by defence", "transfer": "Attack by learner"}
MOST, DRAWS = 64, 4
_NAMES = 104  # pixels
_TINT = 0.45  # of the colour of danger, where an attack keeps all of its harm
_HINT = (
    "Run lets attacks loose on each defence, over draws of the data, in a process of its own: without it, "
    "with it, and by an attacker that knows it. Or it makes poison for one learner and tries it on the others."
)


class BoardPanel(PausePanel):
    """asked: with the names that were listed, None for all, and how many draws. opened: a cell, by row and column."""

    opened = pyqtSignal(int, int)

    def __init__(self, theme: Theme = LIGHT) -> None:
        self.names = QLineEdit()
        self.names.setPlaceholderText("all")
        self.names.setAccessibleName("Only")
        self.names.setToolTip(tip("Names of defences, or of learners, such as knn, sphere; empty takes all."))
        draws = NumberEdit.called("Draws", f"How many draws of the data, 1 to {MOST}", 44)
        super().__init__(("Only", self.names), ("Draws", draws), DRAWS, _HINT, MOST)
        self.setAccessibleName("Scoreboard")
        self._theme = theme
        self._rows: list[Row] = []
        self.kind = choices("What is tabled", KINDS, 150)
        self._fields.insertWidget(0, self.kind)
        self.table = QTableWidget()
        self.table.setAccessibleName("Attacks")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        down = self.table.verticalHeader()
        assert down is not None
        down.hide()
        self.about = label("", "faint", wraps=True)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.about)
        self.table.cellClicked.connect(self.opened)
        self.table.cellActivated.connect(self.opened)
        self.show_found(None)

    @property
    def kind_chosen(self) -> Kind:
        """Which table is asked for."""
        chosen: Kind = self.kind.currentData()
        return chosen

    def show_found(self, found: Scoreboard | Transfer | None) -> None:
        """Show what is known so far; None is nothing."""
        known = found is not None
        self.save.setEnabled(known)
        self._hint.setVisible(not known)
        self.table.setVisible(known)
        self.about.setVisible(known)
        if found is None:
            self._rows = []
            self.table.setRowCount(0)
            return
        headings, self._rows, words = rows_of(found)
        self.about.setText(words)
        self.table.setColumnCount(len(headings))
        self.table.setHorizontalHeaderLabels(list(headings))
        across = self.table.horizontalHeader()
        assert across is not None
        across.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        across.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)  # or there would be no room for the harms
        across.resizeSection(0, _NAMES)
        self.table.setRowCount(len(self._rows))
        for at, row in enumerate(self._rows):
            self._show_row(at, row)

    def _show_row(self, at: int, row: Row) -> None:
        for column, words in enumerate(row.words):
            item = QTableWidgetItem(words)
            item.setToolTip(tip(row.tips[column]))
            if column in row.tints:
                item.setBackground(
                    QBrush(QColor(mix(self._theme.raised, self._theme.danger, _TINT * row.tints[column])))
                )
            if not row.opens:
                item.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self.table.setItem(at, column, item)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        for at, row in enumerate(self._rows):
            self._show_row(at, row)

    @override
    def set_running(self, on: bool) -> None:
        super().set_running(on)
        if hasattr(self, "kind"):
            self.kind.setEnabled(not on)

    @override
    def _ask(self) -> None:
        names: Sequence[str] = [name.strip() for name in self.names.text().replace(",", " ").split()]
        self.asked.emit(tuple(names) or None, self._seeds)
