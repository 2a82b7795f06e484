"""The label cascade over the plane: coloured points, a path with its account, and the scale. Setters in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPoint, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from boundaryviz.figures.palette import FAINT, UNDER_POINTS, sequence
from boundaryviz.gui.cascade.item import CascadeItem, PathItem
from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.widgets.controls import label
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scene.scene import Points

_MARGIN = 10  # pixels between the rim of the plane and the scale
_OFF = 14  # pixels between a point and its account


class _Bar(QWidget):
    """Colours from early to late, with numbers below."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.ticks: tuple[str, ...] = ()
        self.ink = "#000000"
        self.setFixedHeight(30)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        colours = sequence(np.linspace(0.0, 1.0, 256))
        image = QImage(colours.tobytes(), 256, 1, 768, QImage.Format.Format_RGB888)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(0, 0, self.width(), 10), image)
        painter.setPen(QColor(self.ink))
        sides = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight)
        for tick, side in zip(self.ticks, sides, strict=False):
            painter.drawText(QRectF(0, 12, self.width(), 18), side | Qt.AlignmentFlag.AlignTop, tick)


class CascadeScale(QWidget):
    """What the colours mean, in a corner of the plane; the mouse goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("cascade-scale")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(268)
        self.title, self.note = label(wraps=True), label(role="faint", wraps=True)
        self.bar = _Bar(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(6)
        for part in (self.title, self.bar, self.note):
            layout.addWidget(part)
        self.hide()

    def say(self, title: str, ticks: Sequence[str], note: str) -> None:
        """ticks: numbers below the colours, none leaves them out."""
        self.title.setText(title)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.bar.ticks = tuple(ticks)
        self.bar.setVisible(bool(ticks))
        self.bar.update()
        self.setAccessibleName("Label cascade")
        self.setAccessibleDescription(". ".join(part for part in (title, " to ".join(ticks), note) if part))

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self.bar.ink = theme.faint
        self.setStyleSheet(
            f"#cascade-scale {{ background: {theme.panel}; border: 1px solid {theme.line}; border-radius: 8px; }}"
        )

    def stand_in(self, area: QRectF) -> None:
        """area: the plane in the parent's pixels; the scale stands in its lower right corner."""
        self.setFixedHeight(max(self.layout().heightForWidth(self.width()), 0))  # type: ignore[union-attr]
        self.move(int(area.right()) - _MARGIN - self.width(), int(area.bottom()) - _MARGIN - self.height())


class CascadeView:
    """Draws over a plane. Colours replace the symbols of the points that they are of, and the field turns pale."""

    def __init__(self, plane: PlaneView) -> None:
        self._plane = plane
        self._end: NDArray[np.float64] | None = None
        self.points = CascadeItem(LIGHT, plane.area_shown)
        self.path = PathItem(LIGHT)
        self.scale = CascadeScale(plane.canvas)
        self.account = label(parent=plane.canvas)
        self.account.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.account.hide()
        for item in (self.points, self.path):
            plane.canvas.box.addItem(item, ignoreBounds=True)
            item.hide()
        plane.marks.pins.setZValue(2)  # a pin is not to be hidden by the path to it
        plane.marks.outline.setZValue(3)
        plane.canvas.shown.connect(self._moved)

    def set_shown(self, on: bool) -> None:
        """Whether any of it is shown."""
        self.points.setVisible(on)
        self.path.setVisible(on)
        self.scale.setVisible(on)
        self.account.setVisible(on and bool(self.account.text()))
        self._plane.field_layer.set_strength(FAINT if on else UNDER_POINTS)
        if not on:
            self._plane.points.set_left_out(None)
        self._moved()

    def set_points(
        self, points: Points, at: NDArray[np.int64], share: NDArray[np.float64], got: NDArray[np.int64]
    ) -> None:
        """at: positions (n,) of the points to be coloured. share: their places on the scale, 0 to 1. got: classes."""
        mask = np.zeros(len(points), dtype=bool)
        mask[at] = True
        self._plane.points.set_left_out(mask)
        self.points.show_points(points.xy[at], share, got, points.origin[at])

    def set_path(self, points: Points, path: Sequence[int], got: int, words: str, end: int | None) -> None:
        """path: positions from the labelled point on, may be empty. got: the class handed on. words: the account of the
        point at position `end`, beside it; None shows none."""
        steps = np.asarray(path, dtype=np.int64)
        self.path.show_path(points.xy[steps], points.origin[steps], got)
        self.account.setText(words)
        self._end = None if end is None else points.xy[end]
        self.account.setVisible(self.path.isVisible() and end is not None and bool(words))
        self._place_account()

    def set_scale(self, title: str, ticks: Sequence[str], note: str) -> None:
        """What the colours mean; see `CascadeScale.say`."""
        self.scale.say(title, ticks, note)
        self.scale.stand_in(self._plane.canvas.area)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        for part in (self.points, self.path, self.scale):
            part.set_theme(theme)
        self.account.setStyleSheet(
            f"background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.line};"
            "border-radius: 4px; padding: 3px 7px;"
        )

    def _moved(self) -> None:
        self.points.area_changed()
        self.scale.stand_in(self._plane.canvas.area)
        self._place_account()

    def _place_account(self) -> None:
        """Beside the end of the path and away from its beginning, within the plane."""
        if self._end is None:
            return
        self.account.adjustSize()
        canvas, width, height = self._plane.canvas, self.account.width(), self.account.height()
        area, pixel = canvas.area, canvas.to_pixel(*self._end.tolist())
        comes_from_above = len(self.path.places) > 1 and self.path.places[0, 1] > self._end[1]
        left, top = pixel.x() + _OFF, pixel.y() + (_OFF if comes_from_above else -_OFF - height)
        if left + width > area.right():
            left = pixel.x() - _OFF - width
        left = min(max(left, area.left() + 4), area.right() - 4 - width)
        top = min(max(top, area.top() + 4), area.bottom() - 4 - height)
        self.account.move(QPoint(int(left), int(top)))
