"""The confusion matrix: which class is taken for which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QRect, QSize, Qt
from PyQt6.QtGui import QColor, QPainter
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QHBoxLayout,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)  # fmt: skip
from typing_extensions import override

from boundaryviz.gui.widgets.controls import label
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import LIGHT, Theme, contrast, mix

SPLITS = ("train", "validation", "test")
_CELL = 44  # logical pixels a cell must be wide and high to show count and share
_LEAST = 24  # pixels; of more classes than fit, the rest is a scroll away
_NONE = QModelIndex()
_FEW, _WORST = 10, 3  # classes that one takes in at a glance; of more, so many confusions are named
_CAPTION = "rows: true class, columns: predicted"


class _Matrix(QAbstractTableModel):
    """Rows are true classes, columns predicted ones."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: NDArray[np.int64] = np.zeros((0, 0), dtype=np.int64)
        self.names: tuple[str, ...] = ()

    def show(self, counts: NDArray[np.int64], names: tuple[str, ...]) -> None:
        if counts.shape != self.counts.shape or names != self.names:
            self.beginResetModel()
            self.counts, self.names = counts, names
            self.endResetModel()
        elif not np.array_equal(counts, self.counts):
            self.counts = counts
            self.dataChanged.emit(self.index(0, 0), self.index(len(counts) - 1, len(counts) - 1))

    def rowCount(self, _parent: QModelIndex = _NONE) -> int:
        return len(self.counts)

    def columnCount(self, _parent: QModelIndex = _NONE) -> int:
        return len(self.counts)

    def share(self, row: int, column: int) -> float:
        """Of the points of this true class, how many are predicted so; 0 for no points."""
        total = int(self.counts[row].sum())
        return int(self.counts[row, column]) / total if total else 0.0

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{int(self.counts[row, column]):,}"
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            words = (
                f"{int(self.counts[row, column]):,} points of {self.names[row]} predicted as {self.names[column]}: "
                f"{self.share(row, column):.1%} of its row"
            )
            return tip(words) if role == Qt.ItemDataRole.ToolTipRole else words
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if section >= len(self.names):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            crowded = orientation == Qt.Orientation.Horizontal and len(self.names) > 4
            return str(section) if crowded else self.names[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            kind = "predicted" if orientation == Qt.Orientation.Horizontal else "true"
            return tip(f"{kind}: {self.names[section]}")
        return None


class _Cell(QStyledItemDelegate):
    """Colour by share, the count, and under it the share where there is room."""

    theme: Theme = LIGHT

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        model = index.model()
        if painter is None or not isinstance(model, _Matrix):
            return
        share = model.share(index.row(), index.column())
        hue = self.theme.accent if index.row() == index.column() else self.theme.danger
        ground = mix(self.theme.raised, hue, 0.95 * share)
        ink = max(("#000000", "#ffffff"), key=lambda colour: contrast(colour, ground))
        painter.save()
        painter.fillRect(option.rect, QColor(ground))
        painter.setPen(QColor(ink))
        count = int(model.counts[index.row(), index.column()])
        middle = Qt.AlignmentFlag.AlignCenter
        if min(option.rect.width(), option.rect.height()) >= _CELL - 8 and option.rect.width() >= _CELL:
            upper = QRect(option.rect.left(), option.rect.top(), option.rect.width(), option.rect.height() // 2)
            painter.drawText(upper, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, f"{count:,}")
            lower = option.rect.adjusted(0, option.rect.height() // 2, 0, 0)
            painter.drawText(lower, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, f"{share:.0%}")
        else:
            painter.drawText(option.rect, middle, short_count(count))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(ink))
            painter.drawRect(option.rect.adjusted(1, 1, -2, -2))
        painter.restore()


class ConfusionView(QWidget):
    """Choose a split, see who is taken for whom; arrow keys walk over the cells."""

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._matrix: NDArray[np.int64] | None = None
        self._names: tuple[str, ...] = ()
        self._split = 1
        self.model = _Matrix()
        self.table = QTableView()
        self.table.setModel(self.model)
        self._cell = _Cell(self.table)
        self.table.setItemDelegate(self._cell)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setAccessibleName("Confusion matrix, rows true, columns predicted")
        for header in (self.table.horizontalHeader(), self.table.verticalHeader()):
            if header is not None:
                header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
                header.setMinimumSectionSize(_LEAST)
                header.setSectionsClickable(False)
        across, down = self.table.horizontalHeader(), self.table.verticalHeader()
        if across is not None and down is not None:
            across.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
            down.setMaximumWidth(88)
        self.accuracy = label("", "title")
        self._group = QButtonGroup(self)
        head = QHBoxLayout()
        head.setSpacing(4)
        for i, name in enumerate(SPLITS):
            button = QToolButton()
            button.setText(name)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setToolTip(f"Points of the {name} split")
            self._group.addButton(button, i)
            head.addWidget(button)
        head.addStretch(1)
        head.addWidget(self.accuracy)
        self._hint = label("The matrix appears here as it trains.", "faint")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._caption = label(_CAPTION, "faint")
        self.worst = label("", wraps=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._hint, 1)
        layout.addWidget(self.worst)
        layout.addWidget(self._caption)
        self._group.idToggled.connect(self._chosen)
        self._group.button(self._split).setChecked(True)  # type: ignore[union-attr]
        self.set_theme(theme)
        self._draw()

    def set_matrix(self, matrix: NDArray[np.int64], names: Sequence[str], of: str = "") -> None:
        """matrix: int (3, C, C), split, true class, predicted class. names: C of them. of: which seed it is of.

        Raises ValueError when shapes do not fit.
        """
        names = tuple(names)
        if matrix.shape != (3, len(names), len(names)):
            raise ValueError(f"a matrix of shape (3, {len(names)}, {len(names)}) is needed, not {matrix.shape}")
        self._caption.setText(f"{_CAPTION}; {of}" if of else _CAPTION)
        self._matrix, self._names = matrix, names
        self._draw()

    def clear(self) -> None:
        """No model yet."""
        self._matrix = None
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._cell.theme = theme
        viewport = self.table.viewport()
        if viewport is not None:
            viewport.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(320, 280)

    def _chosen(self, split: int, chosen: bool) -> None:
        if chosen:
            self._split = split
            self._draw()

    def _draw(self) -> None:
        counts = None if self._matrix is None else self._matrix[self._split]
        total = 0 if counts is None else int(counts.sum())
        for part in (self.table, self._caption):
            part.setVisible(total > 0)
        self._hint.setVisible(total == 0)
        self._hint.setText(
            "The matrix appears here as it trains."
            if counts is None
            else f"There are no labelled {SPLITS[self._split]} points that are decided."
        )
        self.accuracy.setText("" if counts is None or not total else f"accuracy {np.trace(counts) / total:.1%}")
        self.worst.setText("" if counts is None else worst_words(counts, self._names))
        self.worst.setVisible(total > 0 and len(self._names) > _FEW and bool(self.worst.text()))
        if counts is not None:
            self.model.show(counts, self._names)


def worst_words(counts: NDArray[np.int64], names: Sequence[str]) -> str:
    """The confusions (true, predicted) that occur most often, in a sentence; empty for none."""
    wrong = np.where(np.eye(len(counts), dtype=bool), 0, counts)
    order = np.argsort(-wrong, axis=None, kind="stable")[:_WORST]
    pairs = [divmod(int(at), len(counts)) for at in order if wrong.flat[at]]
    each = [f"{names[true]} for {names[guess]} ({int(wrong[true, guess]):,})" for true, guess in pairs]
    return f"Most often taken: {', '.join(each)}." if each else ""


def short_count(count: int) -> str:
    """A count in at most four characters: 987, 1.2k, 35k, 1.0M."""
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if count >= 0.9995 * size:  # what would be rounded up to it too
            scaled = count / size
            return f"{scaled:.1f}{unit}" if scaled < 9.95 else f"{scaled:.0f}{unit}"
    return str(count)
