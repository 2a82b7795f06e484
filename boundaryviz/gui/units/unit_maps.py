"""Small maps of what each hidden unit answers over the plane."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QToolTip, QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.figures.palette import ramp
from boundaryviz.gui.widgets.controls import label
from boundaryviz.gui.widgets.theme import LIGHT, Theme

_GAP = 4


def side_for(units: int) -> int:
    """Logical pixels of one map: the fewer units, the larger."""
    return 56 if units <= 8 else 40 if units <= 32 else 28 if units <= 128 else 22


class LayerMaps(QWidget):
    """The units of one layer in rows; arrow keys move, Enter or Space chooses."""

    unit_clicked = pyqtSignal(int)

    def __init__(self, layer: int) -> None:
        super().__init__()
        self._layer = layer
        self._maps: NDArray[np.uint8] = np.zeros((0, 1, 1), dtype=np.uint8)
        self._colours: list[int] = []
        self._theme = LIGHT
        self.current = 0
        self.selected: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self._colours = [QColor(*map(int, c)).rgb() for c in ramp(theme.plane)]
        self.update()

    def set_maps(self, maps: NDArray[np.uint8]) -> None:
        """maps: uint8 (U, S, S), row 0 at the bottom."""
        grows = len(maps) != len(self._maps)
        self._maps = maps
        self.current = min(self.current, max(len(maps) - 1, 0))
        if grows:
            self.updateGeometry()
            self._fit()
        self.update()

    def columns(self, width: int | None = None) -> int:
        """How many maps stand side by side."""
        cell = side_for(len(self._maps)) + _GAP
        return max(1, ((self.width() if width is None else width) + _GAP) // cell)

    @override
    def heightForWidth(self, width: int) -> int:
        if not len(self._maps):
            return 0
        return math.ceil(len(self._maps) / self.columns(width)) * (side_for(len(self._maps)) + _GAP) + 2

    @override
    def sizeHint(self) -> QSize:
        return QSize(280, self.heightForWidth(280))

    def rect_of(self, unit: int) -> QRect:
        """Where a unit's map lies, in this widget's pixels."""
        side, row, column = side_for(len(self._maps)), *divmod(unit, self.columns())
        return QRect(column * (side + _GAP) + 2, row * (side + _GAP) + 2, side - 2, side - 2)

    def unit_at(self, x: float, y: float) -> int | None:
        """The unit under a place of the widget; None for none."""
        cell = side_for(len(self._maps)) + _GAP
        column, row = int(x // cell), int(y // cell)
        unit = row * self.columns() + column
        return unit if 0 <= column < self.columns() and row >= 0 and 0 <= unit < len(self._maps) else None

    def words(self, unit: int) -> str:
        """What is said of a unit."""
        return f"layer {self._layer + 1}, unit {unit + 1}"

    @override
    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(self.heightForWidth(self.width()))

    @override
    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        shown = event.rect() if event is not None else self.rect()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self._maps.shape[-1]
        for unit in range(len(self._maps)):
            rect = self.rect_of(unit)
            if not rect.intersects(shown):
                continue
            upright = np.ascontiguousarray(self._maps[unit][::-1])
            image = QImage(upright.data, size, size, size, QImage.Format.Format_Indexed8)  # type: ignore[call-overload]
            image.setColorTable(self._colours)
            painter.drawImage(rect, image)
            if unit == self.selected or (unit == self.current and self.hasFocus()):
                chosen = unit == self.selected
                colour = self._theme.accent if chosen else self._theme.text
                painter.setPen(QPen(QColor(colour), 3 if chosen else 1))
                painter.drawRect(QRectF(rect).adjusted(-0.5, -0.5, 0.5, 0.5))
        painter.end()

    @override
    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            unit = self.unit_at(event.position().x(), event.position().y())
            if unit is not None:
                self._set_current(unit)
                self.unit_clicked.emit(unit)

    @override
    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            unit = self.unit_at(event.pos().x(), event.pos().y())
            QToolTip.showText(event.globalPos(), "" if unit is None else self.words(unit), self)
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        moves = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -self.columns(), Qt.Key.Key_Down: self.columns()
        }  # fmt: skip
        key = Qt.Key(event.key())
        if key in moves and 0 <= self.current + moves[key] < len(self._maps):
            self._set_current(self.current + moves[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and len(self._maps):
            self.unit_clicked.emit(self.current)
        else:
            super().keyPressEvent(event)

    def _set_current(self, unit: int) -> None:
        self.current = unit
        self.setAccessibleDescription(self.words(unit))
        self.update()


class UnitMaps(QWidget):
    """All hidden layers, one under the other, in a scroll area.

    unit_clicked: layer and index, both from 0: show this unit on the plane. unit_cleared: show the output again.
    """

    unit_clicked = pyqtSignal(int, int)
    unit_cleared = pyqtSignal()

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._selected: tuple[int, int] | None = None
        self.layers: list[LayerMaps] = []
        self._heads: list[QWidget] = []
        self.words = label("", "faint", wraps=True)
        self.button = QPushButton("Show output")
        self.button.setToolTip("Show the model's output on the plane again (Esc)")
        head = QHBoxLayout()
        head.addWidget(self.words, 1)
        head.addWidget(self.button)
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidget(self._inside)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.area, 1)
        self.button.clicked.connect(self._clear)
        self._tell()

    def set_units(self, units: tuple[NDArray[np.uint8], ...]) -> None:
        """units: for each hidden layer uint8 (U, S, S), 0..255 for -1..1 times the unit's own range, row 0 below."""
        while len(self.layers) > len(units):
            for gone in (self.layers.pop(), self._heads.pop()):
                self._column.removeWidget(gone)
                gone.hide()
                gone.deleteLater()
        while len(self.layers) < len(units):
            self._add_layer()
        for layer, head, maps in zip(self.layers, self._heads, units, strict=True):
            layer.set_maps(maps)
            words = f"Layer {self.layers.index(layer) + 1}: {len(maps)} unit{'s' * (len(maps) != 1)}"
            layer.setAccessibleName(words)
            head.setText(words)  # type: ignore[attr-defined]
        chosen = self._selected
        if chosen is not None and (chosen[0] >= len(units) or chosen[1] >= len(units[chosen[0]])):
            self._clear()
        self._tell()

    def set_selected(self, unit: tuple[int, int] | None) -> None:
        """Mark the unit shown on the plane, (layer, index); None for the output. Nothing is emitted."""
        self._selected = unit
        for i, layer in enumerate(self.layers):
            layer.selected = unit[1] if unit is not None and unit[0] == i else None
            layer.update()
        self._tell()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        for layer in self.layers:
            layer.set_theme(theme)

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Escape and self._selected is not None:
            self._clear()
        else:
            super().keyPressEvent(event)

    def _add_layer(self) -> None:
        number = len(self.layers)
        layer = LayerMaps(number)
        layer.set_theme(self._theme)
        layer.unit_clicked.connect(lambda unit: self._clicked(number, unit))
        head = label("", "faint")
        self.layers.append(layer)
        self._heads.append(head)
        at = self._column.count() - 1
        self._column.insertWidget(at, head)
        self._column.insertWidget(at + 1, layer)

    def _clicked(self, layer: int, unit: int) -> None:
        if self._selected == (layer, unit):
            self._clear()
            return
        self.set_selected((layer, unit))
        self.unit_clicked.emit(layer, unit)

    def _clear(self) -> None:
        if self._selected is not None:
            self.set_selected(None)
            self.unit_cleared.emit()

    def _tell(self) -> None:
        self.button.setEnabled(self._selected is not None)
        if self._selected is not None:
            self.words.setText(f"On the plane: layer {self._selected[0] + 1}, unit {self._selected[1] + 1}")
        elif self.layers:
            self.words.setText("Choose a unit to see it on the plane.")
        else:
            self.words.setText("No hidden units yet.")
