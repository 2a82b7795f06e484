"""The points that a defence judged, the most suspicious first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PyQt6.QtGui import QColor
from typing_extensions import override

from boundaryviz.defences.judged import Judged
from boundaryviz.figures.palette import class_colour, group_colour
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.record.verdict import ranked
from boundaryviz.scene.scene import Scene

COLUMNS = ("point", "class", "truth", "score", "verdict")
_NONE = QModelIndex()
_Role = Qt.ItemDataRole


class VerdictModel(QAbstractTableModel):
    """A row for each point that was judged and is still there; those that were given no score come last."""

    def __init__(self) -> None:
        super().__init__()
        self.judged: Judged | None = None
        self._scene: Scene | None = None
        self.order: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._label: NDArray[np.int64] = np.empty(0, dtype=np.int64)

    def show(self, judged: Judged | None, scene: Scene) -> None:
        """Take over a verdict on points of this scene; None for none."""
        self.beginResetModel()
        self.judged, self._scene = judged, scene
        self.order = np.empty(0, dtype=np.intp)
        if judged is not None:
            first = ranked(judged)
            rest = np.setdiff1d(np.arange(len(judged.ids)), first)
            order = np.concatenate([first, rest])
            self._label = np.full(len(judged.ids), -2, dtype=np.int64)
            points = scene.points
            _, mine, at = np.intersect1d(judged.ids, points.ids, assume_unique=True, return_indices=True)
            self._label[mine] = points.label[at]
            self.order = order[self._label[order] > -2]
        self.endResetModel()

    def id_of(self, row: int) -> int:
        """The id of the point in a row."""
        assert self.judged is not None
        return int(self.judged.ids[self.order[row]])

    def row_of(self, ident: int) -> int | None:
        """The row of a point; None where it has none."""
        if self.judged is None:
            return None
        rows = np.flatnonzero(self.judged.ids[self.order] == ident)
        return int(rows[0]) if len(rows) else None

    @override
    def rowCount(self, parent: QModelIndex = _NONE) -> int:
        return 0 if parent.isValid() else len(self.order)

    @override
    def columnCount(self, parent: QModelIndex = _NONE) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == _Role.DisplayRole:
            return COLUMNS[section]
        return None

    @override
    def data(self, index: QModelIndex, role: int = _Role.DisplayRole) -> object:
        if self.judged is None:
            return None
        at, column = int(self.order[index.row()]), index.column()
        if role == _Role.DisplayRole:
            return self._words(at, column)
        if role == _Role.ToolTipRole:
            return tip(self._words(at, column))
        if role == _Role.AccessibleTextRole:
            return f"point {int(self.judged.ids[at])}, {COLUMNS[column]}: {self._words(at, column)}"
        if role == _Role.DecorationRole and column == 1 and self._label[at] >= 0:
            return QColor(class_colour(int(self._label[at])))
        if role == _Role.DecorationRole and column == 2 and self.judged.poison[at]:
            return QColor(group_colour(1))
        return None

    def _words(self, at: int, column: int) -> str:
        judged, scene = self.judged, self._scene
        assert judged is not None
        assert scene is not None
        match column:
            case 0:
                return str(int(judged.ids[at]))
            case 1:
                label = int(self._label[at])
                return scene.class_name(label) if label >= 0 else "unlabelled"
            case 2:
                return "poison" if judged.poison[at] else "clean"
            case 3:
                score = float(judged.scores[at])
                return "\u2013" if np.isnan(score) else f"{score + 0.0:.3g}"  # no -0
        weight = float(judged.weights[at])
        return "removed" if weight == 0 else "kept" if weight == 1 else f"weight {weight:.2f}"
