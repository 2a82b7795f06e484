"""A table of each class's margins: quantiles by split, as figures over a small bar."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)  # fmt: skip
from typing_extensions import override

from boundaryviz.figures.palette import class_colour
from boundaryviz.gui.widgets.controls import label
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import LIGHT, Theme, mix

AT = (0.05, 0.25, 0.5, 0.75, 0.95)
"""The quantiles shown, a column each."""
SPLITS = ("train", "validation", "test")
EMPTY = "The margins appear here as it trains."
PAST = "The margins of then come where you rest."
NOBODY = "There are no labelled points that are decided."
CAPTION = "margin: probability of the true class less the largest other one; below 0 it is taken for another"
_BAR = 9  # pixels, the height of a bar
_CLASS, _ROW = 26, 38  # pixels, the heights of rows
_NONE = QModelIndex()
_Role = Qt.ItemDataRole


class _Quantiles(QAbstractTableModel):
    """A row for each class, and below it one for each split that has points of it. Columns: the name, the quantiles.

    rows: (class, split), of which -1 stands for the row of the class itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[int, int]] = []
        self.names: tuple[str, ...] = ()
        self.quantiles: NDArray[np.float64] = np.empty((3, 0, len(AT)))
        self.count: NDArray[np.int64] = np.empty((3, 0), dtype=np.int64)

    def show(self, quantiles: NDArray[np.float64], count: NDArray[np.int64], names: tuple[str, ...]) -> bool:
        """Returns whether there are other rows than before."""
        rows = [
            (k, split) for k in range(len(names)) if count[:, k].any() for split in (-1, 0, 1, 2)
            if split < 0 or count[split, k]
        ]  # fmt: skip
        others = rows != self.rows or names != self.names
        if others:
            self.beginResetModel()
        self.rows, self.names, self.quantiles, self.count = rows, names, quantiles, count
        if others:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(AT)))
        return others

    def rowCount(self, _parent: QModelIndex = _NONE) -> int:
        return len(self.rows)

    def columnCount(self, _parent: QModelIndex = _NONE) -> int:
        return 1 + len(AT)

    def data(self, index: QModelIndex, role: int = _Role.DisplayRole) -> object:
        k, split = self.rows[index.row()]
        if role == _Role.DisplayRole:
            if split < 0:
                return self.names[k] if index.column() == 0 else None
            return SPLITS[split] if index.column() == 0 else figure(self.quantiles[split, k, index.column() - 1])
        if role == _Role.ToolTipRole:
            return tip(self.words(index.row(), index.column()))
        if role == _Role.AccessibleTextRole:
            return self.words(index.row(), index.column())
        return None

    def words(self, row: int, column: int) -> str:
        """What a cell says, in a sentence."""
        k, split = self.rows[row]
        if split < 0:
            return f"{int(self.count[:, k].sum()):,} labelled points of {self.names[k]}"
        whose = f"{int(self.count[split, k]):,} {SPLITS[split]} points of {self.names[k]}"
        if column == 0:
            low, middle, high = (figure(self.quantiles[split, k, at]) for at in (0, 2, -1))
            return f"{whose}: median margin {middle}, nine in ten from {low} to {high}"
        return (
            f"{AT[column - 1]:.0%} of {whose} have a margin of at most {figure(self.quantiles[split, k, column - 1])}"
        )

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == _Role.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section == 0 else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == _Role.DisplayRole:
            return "" if section == 0 else f"{AT[section - 1]:.0%}"
        if role == _Role.ToolTipRole and section:
            return tip(f"The margin that {AT[section - 1]:.0%} of the points do not exceed")
        return None


class _Cell(QStyledItemDelegate):
    """Figures, and under those of a row one bar over all of its columns, from a margin of -1 to 1: a line from the
    first quantile to the last, a box between the second and the last but one, a mark at the middle one, and 0."""

    theme: Theme = LIGHT

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        model, table = index.model(), self.parent()
        if painter is None or not isinstance(model, _Quantiles) or not isinstance(table, QTableView):
            return
        k, split = model.rows[index.row()]
        painter.save()
        painter.setClipRect(option.rect)
        if split < 0:
            painter.fillRect(option.rect, QColor(self.theme.panel))
            self._name(painter, option.rect, k, model.names[k])
        elif index.column() == 0:
            painter.setPen(QColor(self.theme.faint))
            painter.drawText(_upper(option.rect), Qt.AlignmentFlag.AlignVCenter, SPLITS[split])
        else:
            value = model.quantiles[split, k, index.column() - 1]
            painter.setPen(QColor(self.theme.danger if value < 0 else self.theme.text))
            painter.drawText(
                _upper(option.rect), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, figure(value)
            )
            left = table.columnViewportPosition(1)
            right = table.columnViewportPosition(len(AT)) + table.columnWidth(len(AT))
            under = option.rect.bottom() - _BAR - 5
            self._bar(painter, QRectF(left + 8, under, right - left - 16, _BAR), model.quantiles[split, k], k)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(self.theme.accent), 2))
            painter.drawRect(option.rect.adjusted(1, 1, -2, -2))
        painter.restore()

    def _name(self, painter: QPainter, rect: QRect, k: int, name: str) -> None:
        swatch = QRectF(rect.left() + 8, rect.center().y() - 4, 9, 9)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(class_colour(k)))
        painter.drawRoundedRect(swatch, 2, 2)
        place = rect.adjusted(24, 0, -6, 0)
        painter.setPen(QColor(self.theme.text))
        words = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)

    def _bar(self, painter: QPainter, rect: QRectF, quantiles: NDArray[np.float64], k: int) -> None:
        at = [rect.left() + (value + 1) / 2 * rect.width() for value in quantiles]
        middle, colour = rect.center().y(), class_colour(k)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(rect.left(), middle - 0.5, rect.width(), 1), QColor(self.theme.line))
        painter.fillRect(
            QRectF(at[0], middle - 1, max(at[-1] - at[0], 1), 2), QColor(mix(colour, self.theme.text, 0.2))
        )
        painter.fillRect(QRectF(at[1], rect.top(), max(at[-2] - at[1], 2), rect.height()), QColor(colour))
        zero = rect.center().x()
        painter.setPen(QPen(QColor(self.theme.faint), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(zero, rect.top() - 2), QPointF(zero, rect.bottom() + 2))
        painter.fillRect(QRectF(at[2] - 1.25, rect.top() - 1.5, 2.5, rect.height() + 3), QColor(self.theme.ink))


class MarginsView(QWidget):
    """Quantiles of margins in, nothing out; arrow keys walk over the cells."""

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = _Quantiles()
        self.table = QTableView()
        self.table.setModel(self.model)
        self._cell = _Cell(self.table)
        self.table.setItemDelegate(self._cell)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setAccessibleName("Quantiles of the margin by class and split")
        across, down = self.table.horizontalHeader(), self.table.verticalHeader()
        if across is not None and down is not None:
            across.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
            across.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
            across.setMinimumSectionSize(20)
            across.resizeSection(0, self.fontMetrics().horizontalAdvance(SPLITS[1]) + 20)
            across.setSectionsClickable(False)
            across.setHighlightSections(False)
            down.hide()
            down.setDefaultSectionSize(_ROW)
            down.setMinimumSectionSize(_CLASS)
        self.hint = label(EMPTY, "faint", wraps=True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.caption = label(CAPTION, "faint", wraps=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.hint, 1)
        layout.addWidget(self.caption)
        self.set_theme(theme)
        self.clear()

    def set_margins(
        self, quantiles: NDArray[np.float64], count: NDArray[np.int64], names: Sequence[str], of: str = ""
    ) -> None:  # fmt: skip
        """quantiles: (3, C, 5), by split and class, at `AT`; count: (3, C), of how many points. names: C of them.
        of: which seed they are of.

        Raises ValueError when shapes do not fit.
        """
        names = tuple(names)
        self.caption.setText(f"{of}; {CAPTION}" if of else CAPTION)
        if quantiles.shape != (3, len(names), len(AT)) or count.shape != (3, len(names)):
            raise ValueError(f"quantiles of {len(names)} classes are needed, not {quantiles.shape} and {count.shape}")
        if self.model.show(quantiles, count, names):
            self.table.clearSpans()
            for row, (_, split) in enumerate(self.model.rows):
                if split < 0:
                    self.table.setSpan(row, 0, 1, self.model.columnCount())
                self.table.setRowHeight(row, _CLASS if split < 0 else _ROW)
        self._tell("" if self.model.rows else NOBODY)

    def clear(self, words: str = EMPTY) -> None:
        """Nothing is known; `words` say why."""
        self._tell(words)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._cell.theme = theme
        viewport = self.table.viewport()
        if viewport is not None:
            viewport.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(320, 280)

    def _tell(self, words: str) -> None:
        self.hint.setText(words)
        self.hint.setVisible(bool(words))
        self.table.setVisible(not words)
        self.caption.setVisible(not words)


def figure(margin: float) -> str:
    """A margin with its sign where it is below 0, in two decimals."""
    return f"{margin:.2f}".replace("-0.00", "0.00").replace("-", "\u2212")


def _upper(rect: QRect) -> QRect:
    """Where the figures of a cell stand."""
    return rect.adjusted(8, 2, -8, -_BAR - 8)
