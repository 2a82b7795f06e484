"""The tab 'Why here?': the points that a decision rests on, what each method says of them, and how far to trust it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QEvent, QObject, QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QBrush
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from boundaryviz.gui.influence.items import colours
from boundaryviz.gui.widgets.controls import choices, label
from boundaryviz.gui.widgets.flow import FlowLayout
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import LIGHT, Theme

EMPTY = "Take the tool Why here? (W) and click a place of the plane: the points answerable for its decision are listed."
FIRST = 3
"""Points that are removed where none is selected."""
COLUMNS = ("Point", "Class", "Weight", "Left out", "Other seed")
_TIPS = (
    "The number of the point",
    "Its class, and whether it is poison",
    "By how much the lead falls without the point, as the method has it: above 0 it supports the decision",
    "By how much the lead falls where the model is trained again from the start without the point",
    "The same with another seed: what differs between the two is chance",
)
_SAMPLES = ("0000", "", "+0.0000", "+0.0000", "Other seed")  # what there is room for; classes have what is left
_ROUND = 11  # pixels around what a cell holds


@dataclass(frozen=True)
class Entry:
    """A point as the list shows it. value, truth, other: in words, empty where not known."""

    point: int
    kind: str
    value: str
    truth: str
    other: str
    supports: bool


class InfluenceView(QWidget):
    """Setters in. chosen: ids of the rows selected. hovered: the id under the pointer, or None. removal: of the points
    selected, or the first ones. leaving: leave every point out. cancelled: stop that. method_chosen: its name.
    forgotten: show no place any more. saving: the figure."""

    chosen = pyqtSignal(object)
    hovered = pyqtSignal(object)
    removal = pyqtSignal(object)
    leaving = pyqtSignal()
    cancelled = pyqtSignal()
    method_chosen = pyqtSignal(str)
    forgotten = pyqtSignal()
    saving = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._theme, self._running = LIGHT, False
        self._entries: tuple[Entry, ...] = ()
        self.heading = label(EMPTY, wraps=True)
        self.method = choices("Method", {}, 120)
        self.method.currentIndexChanged.connect(self._method)
        self.table = self._table()
        self.words = label("", "faint", wraps=True)
        self.remove = QPushButton(f"Remove {FIRST} and see")
        self.remove.setProperty("role", "primary")
        self.leave = QPushButton("Leave each out")
        self.save = QPushButton("Save figure\u2026")
        self.forget = QPushButton("Clear")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.hide()
        self.remove.setToolTip(tip("Delete the selected points, or the first three: the boundary follows. Ctrl+Z"))
        self.save.setToolTip(tip("Plane, arrows and bars, as PNG, SVG or PDF"))
        self.forget.setToolTip(tip("Show no place any more"))
        self.remove.clicked.connect(lambda: self.removal.emit(self.to_remove()))
        self.leave.clicked.connect(lambda: (self.cancelled if self._running else self.leaving).emit())
        self.save.clicked.connect(lambda: self.saving.emit())
        self.forget.clicked.connect(lambda: self.forgotten.emit())
        below = FlowLayout(spacing=6)
        for button in (self.remove, self.leave, self.save, self.forget):
            below.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.heading)
        layout.addWidget(self.method)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.words)
        layout.addWidget(self.progress)
        layout.addLayout(below)
        self.set_running(False)
        self.clear(EMPTY)

    def _table(self) -> QTableWidget:
        table = QTableWidget(0, len(COLUMNS))
        table.setHorizontalHeaderLabels(COLUMNS)
        for column, words in enumerate(_TIPS):
            item = table.horizontalHeaderItem(column)
            assert item is not None
            item.setToolTip(tip(words))
        table.setAccessibleName("Points answerable for the decision")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setAlternatingRowColors(True)
        table.setMouseTracking(True)
        across, down, under = table.horizontalHeader(), table.verticalHeader(), table.viewport()
        assert across is not None
        assert down is not None
        assert under is not None
        across.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        across.setMinimumSectionSize(30)
        across.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        for column, words in enumerate(_SAMPLES):
            if words:
                across.resizeSection(column, table.fontMetrics().horizontalAdvance(words) + _ROUND)
        down.hide()
        down.setDefaultSectionSize(24)
        table.itemSelectionChanged.connect(self._selected)
        table.cellEntered.connect(lambda row, _column: self.hovered.emit(self._entries[row].point))
        under.installEventFilter(self)
        return table

    # ---- what it shows ------------------------------------------------------------------------------

    def clear(self, words: str) -> None:
        """Show no points, and say why."""
        self.heading.setText(words)
        self.words.setText("")
        self._entries = ()
        self.table.setRowCount(0)
        self.table.hide()
        for part in (self.method, self.words, self.remove, self.leave, self.save):
            part.hide()
        self.forget.setVisible(words != EMPTY)

    def show_points(self, heading: str, entries: Sequence[Entry], words: str) -> None:
        """The list, and under it what is to be said. The rows selected stay so."""
        kept = self.selection()
        self.heading.setText(heading)
        self.words.setText(words)
        for part in (self.table, self.remove, self.leave, self.save, self.forget):
            part.show()
        self.words.setVisible(bool(words))
        with QSignalBlocker(self.table):
            self.table.setRowCount(len(entries))
            for row, entry in enumerate(entries):
                self._fill(row, entry)
            self._entries = tuple(entries)
            self._select(kept)
        self.table.setColumnHidden(len(COLUMNS) - 1, not any(entry.other for entry in entries))
        self._count()

    def set_methods(self, methods: Mapping[str, str], chosen: str) -> None:
        """Those that there are to choose from, in these words, and which is chosen."""
        with QSignalBlocker(self.method):
            known = {self.method.itemData(at): self.method.itemText(at) for at in range(self.method.count())}
            if known != dict(methods):
                self.method.clear()
                for name, words in methods.items():
                    self.method.addItem(words, name)
            self.method.setCurrentIndex(max(self.method.findData(chosen), 0))
        self.method.setVisible(len(methods) > 1)

    def set_running(self, on: bool) -> None:
        """Whether points are being left out; the button is then Cancel."""
        self._running = on
        self.leave.setText("Cancel" if on else "Leave each out")
        self.leave.setToolTip(
            tip("Stop; what was finished stays" if on else "Train again without each of the points, twice where chance "
                "matters, in a process of its own")
        )  # fmt: skip
        self.progress.setValue(0)
        self.progress.setVisible(on)

    def set_progress(self, done: int, total: int) -> None:
        """So many points are left out, of so many."""
        self.progress.setRange(0, max(total, 1))
        self.progress.setValue(done)

    def set_selection(self, ids: Iterable[int]) -> None:
        """Select these points; nothing is emitted."""
        with QSignalBlocker(self.table):
            self._select(set(ids))
        self._count()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        for row, entry in enumerate(self._entries):
            self._fill(row, entry)

    # ---- what it is asked ---------------------------------------------------------------------------

    def selection(self) -> set[int]:
        """The ids of the rows selected."""
        model = self.table.selectionModel()
        rows = [] if model is None else [index.row() for index in model.selectedRows()]
        return {self._entries[row].point for row in rows if row < len(self._entries)}

    def to_remove(self) -> tuple[int, ...]:
        """Those selected, or the first ones."""
        chosen = self.selection()
        return tuple(e.point for e in self._entries if e.point in chosen) or tuple(
            e.point for e in self._entries[:FIRST]
        )

    @override
    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        if a1 is not None and a1.type() == QEvent.Type.Leave:
            self.hovered.emit(None)
        return super().eventFilter(a0, a1)

    # ---- inside -------------------------------------------------------------------------------------

    def _fill(self, row: int, entry: Entry) -> None:
        supports, opposes = colours(self._theme)
        texts = (str(entry.point), entry.kind, entry.value, entry.truth, entry.other)
        for column, text in enumerate(texts):
            item = self.table.item(row, column)
            if item is None:
                item = QTableWidgetItem()
                side = Qt.AlignmentFlag.AlignLeft if column == 1 else Qt.AlignmentFlag.AlignRight
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(row, column, item)
            item.setText(text)
            if column == 1 and item.toolTip() != tip(text):
                item.setToolTip(tip(text))
            if column == 2:
                item.setForeground(QBrush(supports if entry.supports else opposes))

    def _select(self, ids: set[int]) -> None:
        self.table.clearSelection()
        model = self.table.selectionModel()
        assert model is not None
        flags = model.SelectionFlag.Select | model.SelectionFlag.Rows
        for row, entry in enumerate(self._entries):
            if entry.point in ids:
                model.select(self.table.model().index(row, 0), flags)  # type: ignore[union-attr]

    def _selected(self) -> None:
        self._count()
        self.chosen.emit(sorted(self.selection()))

    def _count(self) -> None:
        count = len(self.to_remove())
        self.remove.setText(f"Remove {count} and see" if count else "Remove and see")
        self.remove.setEnabled(count > 0)

    def _method(self) -> None:
        if (name := self.method.currentData()) is not None:
            self.method_chosen.emit(name)
