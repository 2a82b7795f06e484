"""A plane to look at beside others: field, boundary, points and the pointer of the others. Setters in, signals out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.gui.plane.canvas import SLACK, PlaneCanvas
from boundaryviz.gui.plane.field_layer import FieldLayer
from boundaryviz.gui.plane.overlay import PinItem
from boundaryviz.gui.plane.point_layer import PointItem
from boundaryviz.gui.plane.twin_planes import LinkedCursor
from boundaryviz.gui.tools import Gesture
from boundaryviz.gui.widgets.controls import label
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scene.scene import Domain, Scene

_CORNER = 6  # pixels from the corner to the words in it
_FULL, _LEAST = 640.0, 0.4  # pixels of width from which on symbols have their usual size; the smallest share of it


class ComparePlane(QWidget):
    """Dragging moves it, the wheel zooms, and a click that moves nothing chooses.

    clicked: whether Ctrl or Shift was held. hovered: place or None. moved: it shows another part of the plane.
    """

    clicked = pyqtSignal(bool)
    hovered = pyqtSignal(object)
    moved = pyqtSignal()

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = PlaneCanvas(theme)
        for axis in self.canvas.axes.values():
            axis.hide()
        self.field = FieldLayer(self.canvas.box, theme)
        self.points = PointItem(theme, self._area_shown)
        self.pins, self.cursor_ = PinItem(theme), LinkedCursor(theme)
        self.cursor_.setZValue(50)
        for item in (self.points, self.pins, self.cursor_):
            self.canvas.box.addItem(item, ignoreBounds=True)
        self.corner = label("", "figures", parent=self.canvas)
        self.corner.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.corner.setAutoFillBackground(True)
        self.corner.setContentsMargins(4, 1, 4, 1)
        self.corner.move(_CORNER, _CORNER)
        self.corner.hide()
        self._names: tuple[str, ...] = ()
        self._from: Gesture | None = None
        self._dragging = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        self.canvas.setMinimumSize(96, 72)
        self.canvas.pressed.connect(self._press)
        self.canvas.moved.connect(self._drag)
        self.canvas.released.connect(self._release)
        self.canvas.hovered.connect(lambda g: self.hovered.emit(None if g is None else (g.x, g.y)))
        self.canvas.shown.connect(self._shown)

    def set_scene(self, scene: Scene) -> None:
        """Its points and target pins, and the names of its classes."""
        self._names = tuple(scene.class_name(k) for k in range(scene.classes))
        self.points.set_scene(scene, np.zeros(len(scene.points), dtype=bool))
        self.pins.set_pins(scene.targets)

    def set_field(self, field: NDArray[np.float32], rect: Domain, before: NDArray[np.float32] | None = None) -> None:
        """Probabilities as in a `Snapshot`. before: a field over the same cells, from which on it shows what turned."""
        self.field.compare("nothing" if before is None else "flips", before)
        self.field.show_field(field, rect, unit=False)

    def set_points_shown(self, on: bool) -> None:
        """Whether points are drawn over the field."""
        self.points.setVisible(on)

    def set_pointer(self, place: tuple[float, float] | None, mine: bool = False) -> None:
        """Show the value at a place in the corner, and a ring at the place unless the pointer itself is `mine`."""
        self.cursor_.set_place(None if mine else place)
        words = "" if place is None else self.words_at(*place)
        if words != self.corner.text():
            self.corner.setText(words)
            self.corner.adjustSize()
        self.corner.setVisible(bool(words))

    def words_at(self, x: float, y: float) -> str:
        """The class decided at a place and its probability, 'class 1, 0.87'; empty outside the field."""
        value = self.field.value_at(x, y)
        if value is None:
            return ""
        if np.isnan(value).any():
            return "undecided"
        chances = np.array([1.0 - value, value]) if value.ndim == 0 else value
        top = int(chances.argmax())
        return f"{self._names[top] if top < len(self._names) else f'class {top}'}, {chances[top]:.2f}"

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        for part in (self.canvas, self.field, self.points, self.pins, self.cursor_):
            part.set_theme(theme)

    # ---- inside

    @override
    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        share = min(max(self.width() / _FULL, _LEAST), 1.0)
        for item in (self.points, self.pins):
            item.set_size(share)

    def _area_shown(self) -> QRectF:
        shown = self.canvas.rect_shown()
        return QRectF(shown.left, shown.bottom, shown.width, shown.height)

    def _shown(self) -> None:
        self.points.area_changed()
        self.moved.emit()

    def _press(self, gesture: Gesture) -> None:
        self._from, self._dragging = gesture, False

    def _drag(self, gesture: Gesture) -> None:
        """The place that was pressed stays under the pointer."""
        if self._from is None:
            return
        right, up = gesture.pixels(self._from.x, self._from.y)
        if self._dragging or max(abs(right), abs(up)) >= SLACK:
            self._dragging = True
            self.canvas.pan_by(right, -up)

    def _release(self, gesture: Gesture) -> None:
        if self._from is not None and not self._dragging:
            self.clicked.emit(gesture.ctrl or gesture.shift)
        self._from = None
