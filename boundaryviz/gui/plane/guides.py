"""What helps the hand above the points: a bridge's path and handles, a note at the pointer, circles around it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF, QTransform
from PyQt6.QtWidgets import QApplication, QStyleOptionGraphicsItem, QWidget
from typing_extensions import override

from boundaryviz.figures.palette import class_colour, group_colour
from boundaryviz.gui.tools import Guide, Handle
from boundaryviz.gui.widgets.theme import Theme

_SIZE = 11.0  # side of a handle in pixels
_WIDEST = 320.0  # pixels of a note


class _ScreenItem(pg.GraphicsObject):
    """An item that draws in pixels over the whole of `area`, the data rectangle that is visible."""

    def __init__(self, theme: Theme, area: Callable[[], QRectF]) -> None:
        super().__init__()
        self._theme, self._area = theme, area

    def viewTransformChanged(self) -> None:
        self.prepareGeometryChange()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def boundingRect(self) -> QRectF:
        return self._area()


class GuideItem(_ScreenItem):
    """A bridge that is being placed or shaped."""

    def __init__(self, theme: Theme, area: Callable[[], QRectF]) -> None:
        super().__init__(theme, area)
        self.shown: Guide | None = None

    def show_guide(self, guide: Guide | None) -> None:
        """Draw the guide of a tool; None takes it away."""
        if guide is not self.shown:
            self.shown = guide
            self.update()

    @override
    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        guide = self.shown
        if guide is None:
            return
        transform = painter.transform()
        screen = transform.mapRect(self._area())
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if len(guide.line) > 1:
            self._draw_line(painter, guide, transform)
        for handle in guide.handles:
            painter.setTransform(_at(transform, handle.x, handle.y))
            self._draw_handle(painter, handle, QColor(group_colour(guide.group)))
        if guide.note:
            painter.resetTransform()
            draw_note(painter, guide.note, transform.map(QPointF(*guide.at)), screen, self._theme)
        painter.restore()

    def _draw_line(self, painter: QPainter, guide: Guide, transform: QTransform) -> None:
        line = QPolygonF([transform.map(QPointF(float(x), float(y))) for x, y in guide.line])
        ground = QColor(self._theme.plane)
        ground.setAlpha(200)
        for colour, width, style in (
            (ground, 4.0, Qt.PenStyle.SolidLine), (QColor(group_colour(guide.group)), 1.6, Qt.PenStyle.DashLine)
        ):  # fmt: skip
            painter.setPen(QPen(colour, width, style, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin))
            painter.drawPolyline(line)

    def _draw_handle(self, painter: QPainter, handle: Handle, colour: QColor) -> None:
        """Rings around the ends, which are points with looks of their own; solid shapes for the others."""
        theme, size = self._theme, _SIZE + 3.0 * handle.hot
        if handle.kind in ("source", "target"):
            radius = size + 2.0
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ring = QColor(class_colour(handle.label)) if handle.label >= 0 else QColor(theme.ink)
            for shade, width in ((QColor(theme.plane), 5.5), (QColor(theme.ink), 3.5), (ring, 2.0)):
                painter.setPen(QPen(shade, width))
                painter.drawEllipse(QPointF(0.0, 0.0), radius, radius)
            return
        painter.setPen(QPen(colour, 2.0))
        painter.setBrush(QColor(theme.accent if handle.hot else "white"))
        if handle.kind == "bend":
            painter.rotate(45.0)
        painter.drawRect(QRectF(-size / 2, -size / 2, size, size))


class JitterItem(_ScreenItem):
    """Thin ellipses around the pointer as large as a learner's jitter, with their names.

    unit: how far along each axis the unit of the radii reaches.
    """

    def __init__(self, theme: Theme, area: Callable[[], QRectF]) -> None:
        super().__init__(theme, area)
        self.radii: tuple[tuple[str, float], ...] = ()
        self.unit = 1.0, 1.0
        self.place: tuple[float, float] | None = None

    def set_radii(self, radii: tuple[tuple[str, float], ...], unit: tuple[float, float] = (1.0, 1.0)) -> None:
        """radii: name and radius in the units in which the learner is given points; none shows nothing."""
        if (radii, unit) != (self.radii, self.unit):
            self.radii, self.unit = radii, unit
            self.update()

    def move_to(self, place: tuple[float, float] | None) -> None:
        """The pointer is there; None: elsewhere."""
        if place != self.place:
            self.place = place
            if self.radii:
                self.update()

    @override
    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        if self.place is None or not self.radii:
            return
        transform = painter.transform()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QApplication.font()
        font.setPointSizeF(0.8 * font.pointSizeF())
        for name, radius in self.radii:
            painter.setTransform(_at(transform, *self.place))
            along = zip(self.unit, (transform.m11(), transform.m22()), strict=True)
            across, up = (radius * unit * abs(scale) for unit, scale in along)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for colour, width in ((QColor(self._theme.plane), 2.6), (QColor(self._theme.ink), 1.0)):
                painter.setPen(QPen(colour, width))
                painter.drawEllipse(QPointF(0.0, 0.0), across, up)
            if max(across, up) > 8.0:
                _outlined(painter, QPointF(0.72 * across + 4.0, 0.72 * up + 10.0), name, font, self._theme)
        painter.restore()


def _at(transform: QTransform, x: float, y: float) -> QTransform:
    """Pixels of the window around a place of the plane, on every screen."""
    at = transform.map(QPointF(x, y))
    return QTransform.fromTranslate(at.x(), at.y())


def _outlined(painter: QPainter, at: QPointF, words: str, font: object, theme: Theme) -> None:
    """Small words that stand out from every ground."""
    from PyQt6.QtGui import QFont, QPainterPath

    assert isinstance(font, QFont)
    path = QPainterPath()
    path.addText(at, font, words)
    painter.strokePath(path, QPen(QColor(theme.plane), 3.0, join=Qt.PenJoinStyle.RoundJoin))
    painter.fillPath(path, QColor(theme.ink))


def draw_note(painter: QPainter, words: str, at: QPointF, within: QRectF, theme: Theme) -> QRectF:
    """A label beside the pointer, kept within a rectangle; everything in pixels. Returns where it stands."""
    metrics = QFontMetricsF(painter.font())
    wraps = int(Qt.TextFlag.TextWordWrap)
    text = metrics.boundingRect(QRectF(0.0, 0.0, min(_WIDEST, within.width() - 24.0), 400.0), wraps, words)
    box = QRectF(0.0, 0.0, np.ceil(text.width()) + 18.0, np.ceil(text.height()) + 8.0)
    left = at.x() + 18.0
    if left + box.width() > within.right() - 4.0:
        left = at.x() - 18.0 - box.width()
    top = at.y() - 14.0 - box.height()
    box.moveTo(max(left, within.left() + 4.0), top if top > within.top() + 4.0 else at.y() + 18.0)
    painter.setPen(QPen(QColor(theme.line), 1.0))
    painter.setBrush(QColor(theme.panel))
    painter.drawRoundedRect(box, 5.0, 5.0)
    painter.setPen(QColor(theme.text))
    painter.drawText(box.adjusted(9.0, 4.0, -9.0, -4.0), wraps, words)
    return box
