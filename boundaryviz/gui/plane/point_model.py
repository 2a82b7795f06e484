"""The points as rows and columns, read from the scene's arrays when a cell is asked for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QAbstractTableModel, QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QColor
from typing_extensions import override

from boundaryviz.figures.palette import class_colour
from boundaryviz.gui.widgets.number import parse_number
from boundaryviz.scene.responses import taught
from boundaryviz.scene.scene import Points, Scene, Split, origin_word

COLUMNS = ("id", "x", "y", "label", "split", "origin", "predicted", "muted")
Captions = Callable[[NDArray[np.integer], NDArray[np.integer]], NDArray[np.integer]]
"""Of points with these ids and labels (N,) the words (N,) that stand under them."""

_EDITABLE = {1, 2, 3}
_PREDICTED, _MUTED = 6, 7
_NONE = QModelIndex()
_EMPTY = Points.of(np.empty((0, 2)))
_Role = Qt.ItemDataRole


class PointModel(QAbstractTableModel):
    """Reads the scene's arrays when a cell is asked for; rows may stand in sorted order.

    edited: id, column ('x', 'y', 'label' or 'muted') and value. The model itself changes nothing: the next scene does.
    refused: why a typed value is none.
    """

    edited = pyqtSignal(int, str, object)
    refused = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.scene: Scene | None = None
        self.points = _EMPTY
        self.predicted: NDArray[np.int16] | None = None
        self.captions: Captions | None = None
        self.order: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._row_of: dict[int, int] | None = None
        self._sort: tuple[int, bool] = (0, False)

    def set_scene(self, scene: Scene) -> bool:
        """Show another scene; true when rows came, went or moved (the model was reset)."""
        same = np.array_equal(scene.points.ids, self.points.ids)
        if not same:
            self.beginResetModel()
        self.scene, self.points = scene, scene.points
        if same:
            self._tell(1, _MUTED)
            return False
        self.predicted = None
        self._arrange()
        self.endResetModel()
        return True

    def set_captions(self, captions: Captions | None) -> None:
        """What says which word stands under a point, beside its label; None for no captions."""
        if captions != self.captions:
            self.captions = captions
            self._tell(3, 3)

    def set_predicted(self, predicted: NDArray[np.int16] | None) -> None:
        """predicted: (N,) in the scene's order; None or another length shows none."""
        self.predicted = predicted if predicted is not None and len(predicted) == len(self.points) else None
        self._tell(_PREDICTED, _PREDICTED)

    def _tell(self, first: int, last: int) -> None:
        if len(self.order):
            self.dataChanged.emit(self.index(0, first), self.index(len(self.order) - 1, last))

    def row_of(self, ident: int) -> int | None:
        """The row of a point by its id."""
        if self._row_of is None:
            self._row_of = {int(i): row for row, i in enumerate(self.points.ids[self.order].tolist())}
        return self._row_of.get(ident)

    @override
    def rowCount(self, parent: QModelIndex = _NONE) -> int:
        return 0 if parent.isValid() else len(self.order)

    @override
    def columnCount(self, parent: QModelIndex = _NONE) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    @override
    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.column() == _MUTED:
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in _EDITABLE else flags

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == _Role.DisplayRole:
            return COLUMNS[section]
        return None

    @override
    def data(self, index: QModelIndex, role: int = _Role.DisplayRole) -> object:
        at, column = int(self.order[index.row()]), index.column()
        if role == _Role.CheckStateRole and column == _MUTED:
            return Qt.CheckState.Checked if self.points.muted[at] else Qt.CheckState.Unchecked
        if role == _Role.DisplayRole:
            return self._words(at, column)
        if role == _Role.EditRole:
            return self._raw(at, column)
        if role == _Role.AccessibleTextRole:
            return f"point {int(self.points.ids[at])}, {COLUMNS[column]}: {self._words(at, column)}"
        if role == _Role.DecorationRole and column == 3:
            return QColor(class_colour(int(self.points.label[at])))
        if role == _Role.TextAlignmentRole and column < 3:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    @override
    def setData(self, index: QModelIndex, value: object, role: int = _Role.EditRole) -> bool:
        column = index.column()
        if role == _Role.CheckStateRole and column == _MUTED:
            on = Qt.CheckState(value) == Qt.CheckState.Checked
            self.edited.emit(int(self.points.ids[self.order[index.row()]]), "muted", on)
            return True
        if role != _Role.EditRole or column not in _EDITABLE:
            return False
        at = int(self.order[index.row()])
        new: float | int | None
        if column == 3:
            new = value if isinstance(value, int) else None
        else:
            new = parse_number(str(value))
        if new is None:
            self.refused.emit(f"{COLUMNS[column]} is a number such as 1.5; '{value}' is none, so the point stays put.")
            return False
        if new != self._raw(at, column):
            self.edited.emit(int(self.points.ids[at]), COLUMNS[column], new)
        return True

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; rows keep this order until the next call or until points come or go."""
        self._sort = (column, order == Qt.SortOrder.DescendingOrder)
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        idents = [int(self.points.ids[self.order[i.row()]]) for i in old]
        self._arrange()
        new = [self.index(self.row_of(ident) or 0, i.column()) for ident, i in zip(idents, old, strict=True)]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        column, backwards = self._sort
        p = self.points
        predicted = p.ids if self.predicted is None else self.predicted
        keys = (p.ids, p.xy[:, 0], p.xy[:, 1], p.label, p.split, p.origin, predicted, p.muted)
        key = np.asarray(keys[column], dtype=np.float64)
        order = np.argsort(-key if backwards else key, kind="stable")
        self.order = order.astype(np.int64)
        self._row_of = None

    def _raw(self, at: int, column: int) -> float | int:
        if column in (1, 2):
            return float(self.points.xy[at, column - 1])
        p = self.points
        return int((p.ids, None, None, p.label, p.split, p.origin, None, p.muted)[column][at])  # type: ignore[index]

    def class_name(self, k: int) -> str:
        """The name of a class."""
        return self.scene.class_name(k) if self.scene is not None else str(k)

    def _response(self, at: int) -> str:
        """What it teaches beside its class, of points with responses."""
        points = self.points
        if self.scene is None or not self.scene.has_responses or points.label[at] < 0:
            return ""
        return f" {taught(points.label[at : at + 1], points.responses[at : at + 1])[0]:+.2f}"

    def _caption(self, at: int) -> str:
        """The caption of a point that has one, of learners that are told captions."""
        if self.captions is None or self.points.label[at] < 0:
            return ""
        return f", word {int(self.captions(self.points.ids[at : at + 1], self.points.label[at : at + 1])[0])}"

    def _words(self, at: int, column: int) -> str:
        if column == _MUTED:
            return "muted" if self.points.muted[at] else ""
        if column == _PREDICTED:
            if self.predicted is None:
                return ""
            k = int(self.predicted[at])
            return self.class_name(k) if k >= 0 else "undecided"
        value = self._raw(at, column)
        if column in (1, 2):
            return f"{value:.3g}"
        if column == 3:
            return self.class_name(int(value)) + self._response(at) + self._caption(at)
        if column == 4:
            return Split(int(value)).name.lower()
        return origin_word(int(value)) if column == 5 else str(value)
