"""What lies above the points: target pins, the outlines of tools, and a calm word over the plane."""

from __future__ import annotations

import pyqtgraph as pg
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from typing_extensions import override

from boundaryviz.figures.palette import class_colour
from boundaryviz.gui.tools import Circle, Path
from boundaryviz.gui.widgets.plain import PlainLabel
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scene.scene import Target

PIN = 24.0  # diameter of a target pin in pixels
_LEGEND = 304  # pixels of width that a legend in the other corner may take
_CORNER, _LEAST = (
    144,
    240,
)  # pixels that are left to a legend in an upper corner; how wide a sentence may be all the same


def widened(rect: QRectF, pixels: float, item: pg.GraphicsObject) -> QRectF:
    """A rectangle in an item's data coordinates, so many pixels larger on every side."""
    across, up = (pixels * (0.0 if v is None else v.length()) for v in item.pixelVectors())
    return rect.adjusted(-across, -up, across, up)


class OutlineItem(pg.GraphicsObject):
    """A tool's circle, rubber band or lasso: ink dashes, seen on every colour, around a tint of the accent."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._path = QPainterPath()
        self.shape_shown: Circle | Path | None = None

    @override
    def viewTransformChanged(self) -> None:
        self.prepareGeometryChange()  # its margins are pixels

    def show_shape(self, shape: Circle | Path | None) -> None:
        """shape: in data coordinates; None shows nothing."""
        self.prepareGeometryChange()
        self.shape_shown = shape
        self._path = QPainterPath()
        if isinstance(shape, Circle):
            self._path.addEllipse(QPointF(shape.x, shape.y), shape.radius, shape.stretch * shape.radius)
        elif shape is not None:
            self._path.addPolygon(QPolygonF([QPointF(float(x), float(y)) for x, y in shape.xy]))
            self._path.closeSubpath()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.update()

    @override
    def boundingRect(self) -> QRectF:
        return widened(self._path.boundingRect(), 3.0, self)

    @override
    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        if self._path.isEmpty():
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        soft, ground, ink = QColor(self._theme.accent), QColor(self._theme.plane), QColor(self._theme.ink)
        soft.setAlpha(18)
        ratio = 1.0 if widget is None else widget.devicePixelRatioF()  # cosmetic pens count the screen's own pixels
        under, over = QPen(ground, 3.0 * ratio), QPen(ink, 1.5 * ratio, Qt.PenStyle.DashLine)
        for pen in (under, over):
            pen.setCosmetic(True)
        painter.setPen(under)
        painter.setBrush(soft)
        painter.drawPath(self._path)
        painter.setPen(over)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._path)


class PinItem(pg.GraphicsObject):
    """Target pins: stars in the colour of the class that an attacker wants there."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._pins: tuple[Target, ...] = ()
        self._size = PIN

    @override
    def viewTransformChanged(self) -> None:
        self.prepareGeometryChange()  # its margins are pixels

    def set_size(self, share: float) -> None:
        """How large stars are, as a share of their usual size."""
        self.prepareGeometryChange()
        self._size = share * PIN
        self.update()

    def set_pins(self, targets: tuple[Target, ...]) -> None:
        """Draw these targets."""
        if targets != self._pins:
            self.prepareGeometryChange()
            self._pins = targets
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.update()

    @override
    def boundingRect(self) -> QRectF:
        if not self._pins:
            return QRectF()
        x, y = [target.x for target in self._pins], [target.y for target in self._pins]
        return widened(QRectF(min(x), min(y), max(x) - min(x), max(y) - min(y)), self._size, self)

    @override
    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem | None, _widget: QWidget | None = None
    ) -> None:
        transform = painter.transform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        star = QTransform.fromScale(self._size, self._size).map(Symbols["star"])
        for target in self._pins:
            painter.setTransform(QTransform.fromTranslate(*_device(transform, target)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor("white"), 5.0, join=Qt.PenJoinStyle.RoundJoin))
            painter.drawPath(star)
            painter.setBrush(QColor(class_colour(target.target_class)))
            painter.setPen(QPen(QColor("#1c2329"), 2.0, join=Qt.PenJoinStyle.RoundJoin))
            painter.drawPath(star)


def _device(transform: QTransform, target: Target) -> tuple[float, float]:
    at = transform.map(QPointF(target.x, target.y))
    return at.x(), at.y()


class Banner(PlainLabel):
    """A sentence in a quiet box, in the middle of the top or on the left of the foot of its parent, where it leaves
    legends their corners; the mouse goes through it."""

    def __init__(self, parent: QWidget, at_bottom: bool = False) -> None:
        super().__init__("", parent)
        self._at_bottom, self._scale = at_bottom, 1.0
        self._theme = LIGHT
        self._area = QRectF()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        size = self._scale * (10 if self._at_bottom else 11)
        self.setStyleSheet(
            f"background: {theme.panel}; color: {theme.text}; border: 1px solid {theme.line};"
            f"border-radius: 8px; padding: 5px 14px; font-size: {size:g}pt;"
        )

    def set_scale(self, scale: float) -> None:
        """Write so many times as large as usual."""
        self._scale = scale
        self.set_theme(self._theme)
        if not self.isHidden():
            self.say(self.text(), self._area)

    def say(self, text: str | None, area: QRectF) -> None:
        """text: what to say, None hides. area: the part of the parent to stand in, in its pixels."""
        self._area = area
        self.setText(text or "")
        self.setVisible(bool(text))
        text = self.text()
        if not text:
            return
        room = int(area.width())
        beside = room - _LEGEND if self._at_bottom else max(room - 2 * _CORNER, min(room - 32, _LEAST))
        widest = max(beside, 80)
        self.ensurePolished()  # the first time the style sheet's font and padding are not in force yet
        self.setFixedWidth(min(widest, self.fontMetrics().horizontalAdvance(text) + 48))
        self.setMinimumHeight(0)  # or it would never become less high
        self.setFixedHeight(self.heightForWidth(self.width()))
        if self._at_bottom:
            self.move(int(area.left()) + 12, int(area.bottom()) - 12 - self.height())
        else:
            self.move(int(area.center().x() - self.width() / 2), int(area.top()) + 16)
