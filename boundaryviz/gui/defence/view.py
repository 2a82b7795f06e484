"""The tab Defence: how well the verdict fits the truth, the scores as bars, and the points in their order."""

from __future__ import annotations

from PyQt6.QtCore import QModelIndex, QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QSplitter, QTableView, QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.defences.judged import Judged
from boundaryviz.gui.defence.histogram import ScoreBars
from boundaryviz.gui.defence.table import VerdictModel
from boundaryviz.gui.widgets.controls import label
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scene.scene import Scene

OFF = "There is no defence. Switch one on in the panel Defence: what it removes is listed here."
_ROW = 24  # pixels
_ROUND = 11  # pixels around what a cell holds


class DefenceView(QWidget):
    """A verdict in. chosen: the id of a point whose row was clicked, or reached by the arrow keys."""

    chosen = pyqtSignal(int)

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.headline = label("", wraps=True)
        self.bars, self.model = ScoreBars(theme), VerdictModel()
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        self.table.setIconSize(QSize(10, 10))
        self.table.setMinimumHeight(4 * _ROW)
        self.table.setAccessibleName("Points by how suspicious they are")
        across, down = self.table.horizontalHeader(), self.table.verticalHeader()
        if across is not None and down is not None:
            across.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
            across.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
            across.setMinimumSectionSize(30)
            across.setResizeContentsPrecision(0)  # by the rows that are in sight
            across.setSectionsClickable(False)
            across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            for column, words in ((0, "0000"), (2, "xx poison"), (3, "0.0000"), (4, "removed")):
                across.resizeSection(column, self.fontMetrics().horizontalAdvance(words) + _ROUND)
            down.hide()
            down.setDefaultSectionSize(_ROW)
        self.hint = label(OFF, "faint", wraps=True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._parts = QSplitter(Qt.Orientation.Vertical)
        self._parts.setChildrenCollapsible(False)
        for part in (self.bars, self.table):
            self._parts.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.headline)
        layout.addWidget(self._parts, 1)
        layout.addWidget(self.hint, 1)
        chosen = self.table.selectionModel()
        assert chosen is not None  # a view with a model has one
        chosen.currentRowChanged.connect(self._row)
        self.clear()

    def set_verdict(self, judged: Judged, scene: Scene, headline: str) -> None:
        """Show this verdict on points of the scene; a row that was chosen stays so, by its point."""
        row = self.table.currentIndex().row()
        ident = self.model.id_of(row) if 0 <= row < len(self.model.order) else None
        self.bars.set_judged(judged)
        self.model.show(judged, scene)
        self._make_room()
        if ident is not None and (now := self.model.row_of(ident)) is not None:
            self.show_row(now)
        self.headline.setText(headline)
        self._tell("")

    def _make_room(self) -> None:
        """Widen what does not hold its cells, and never narrow it, so that nothing jumps while a point is dragged."""
        for column in (0, 3):
            self.table.setColumnWidth(column, max(self.table.columnWidth(column), self.table.sizeHintForColumn(column)))

    def clear(self, words: str = OFF) -> None:
        """There is no verdict; `words` say why."""
        self._tell(words)

    def show_row(self, row: int) -> None:
        """Choose this row; nothing is emitted."""
        self.blockSignals(True)
        self.table.setCurrentIndex(self.model.index(row, 0))
        self.blockSignals(False)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self.bars.set_theme(theme)

    @override
    def sizeHint(self) -> QSize:
        return QSize(320, 320)

    def _row(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid():
            self.chosen.emit(self.model.id_of(now.row()))

    def _tell(self, words: str) -> None:
        self.hint.setText(words)
        self.hint.setVisible(bool(words))
        for part in (self.headline, self._parts):
            part.setVisible(not words)
