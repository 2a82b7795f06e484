"""What the symbols on the plane are: the classes by name, and whatever else lies there. It can be moved and folded."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QTransform
from PyQt6.QtWidgets import QWidget
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from typing_extensions import override

from boundaryviz.figures.palette import GROUPS
from boundaryviz.gui.plane.symbols import ACTS, RESTS, Style, paint_symbol
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scene.scene import UNLABELLED, Scene

_LINE, _SYMBOL, _PAD, _TEXT = 20.0, 11.0, 8.0, 10.0  # pixels: a row, a symbol, room around; points: words
_WIDEST = 180.0  # pixels of a name
_MUCH = 0.15  # of the plane; a legend that would hide more begins folded
_FOLDED = 8  # symbols in a row when it is folded
_AWAY = 12.0  # pixels from the edges of the plane
_PIN = "pin"


class Cross(StrEnum):
    """What a defence removed, and what that is called."""

    POISON = "removed, poison"
    CLEAN = "removed, clean"


def paint_cross(painter: QPainter, cross: Cross, theme: Theme, size: float) -> None:
    """A cross around the origin, `size` pixels across: broad over poison, thin over a clean point."""
    reach, broad = size / 2.0, cross is Cross.POISON
    wide = size * (0.30 if broad else 0.13)
    for colour, width in ((theme.plane, wide + max(size * 0.17, 1.5)), (theme.ink, wide)):
        painter.setPen(QPen(QColor(colour), width, cap=Qt.PenCapStyle.FlatCap if broad else Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(-reach, -reach), QPointF(reach, reach))
        painter.drawLine(QPointF(-reach, reach), QPointF(reach, -reach))


@dataclass(frozen=True)
class Row:
    """A symbol and its words. what: a style, the pin, or nothing where it only sums up others."""

    what: Style | Cross | str | None
    words: str


def rows_of(scene: Scene, most: int, crosses: Collection[Cross] = ()) -> tuple[Row, ...]:
    """A row for every class, then what else is there, with these crosses; of more than `most` the last classes are
    summed up."""
    points = scene.points
    others = []
    if (points.label == UNLABELLED).any():
        others.append(Row(Style(-1, -1), "unlabelled"))
    if groups := _groups(scene):
        acts = bool(scene.acting)
        ring = (ACTS if acts else RESTS) + (groups[0] - 1) % len(GROUPS)
        others.append(Row(Style(-1, -1, 0, ring), "poison" if acts else "poison, switched off"))
    others += [Row(cross, cross.value) for cross in Cross if cross in crosses]
    if scene.targets:
        others.append(Row(_PIN, "target"))
    classes = [Row(Style(k, k), scene.class_name(k)) for k in range(scene.classes)]
    room = max(most - len(others), 2)
    if len(classes) > room:
        left = len(classes) - (room - 1)
        classes = [*classes[: room - 1], Row(None, f"and {left} more")]
    return (*classes, *others)


def _groups(scene: Scene) -> list[int]:
    """The groups of poison on the plane, those that act where any does; the first has the ring of the legend."""
    return sorted(scene.acting) or [k for k in np.unique(scene.points.origin).tolist() if k > 0]


def emptiest(places: NDArray[np.float64], area: QRectF, size: QSize, taken: tuple[QRectF, ...] = ()) -> int:
    """The corner of `area` where the fewest points would lie under a legend of this size, counted clockwise from the
    upper left; the first of equals.

    places: (N, 2), of the points in pixels. taken: what stands there already, which counts more than any points.
    """
    best, fewest = 0, np.inf
    for corner in (1, 0, 2, 3):
        place = QRectF(corner_place(corner, area, size), size.toSizeF())
        inside = (places[:, 0] > place.left()) & (places[:, 0] < place.right())
        inside &= (places[:, 1] > place.top()) & (places[:, 1] < place.bottom())
        under = float(np.count_nonzero(inside)) + 1e9 * sum(place.intersects(other) for other in taken)
        if under < fewest:
            best, fewest = corner, under
    return best


def corner_place(corner: int, area: QRectF, size: QSize) -> QPointF:
    """The upper left of something of this size in a corner, counted clockwise from the upper left."""
    right, down = corner in (1, 2), corner in (2, 3)
    x = area.right() - _AWAY - size.width() if right else area.left() + _AWAY
    y = area.bottom() - _AWAY - size.height() if down else area.top() + _AWAY
    return QPointF(x, y)


class ClassLegend(QWidget):
    """Stands in a corner of its parent, or where it was dragged; a click folds it to a row of symbols and back."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._scale = LIGHT, 1.0
        self._scene: Scene | None = None
        self._key: tuple[object, ...] = ()
        self._area = QRectF()
        self._shown = True
        self._crosses: frozenset[Cross] = frozenset()
        self._grip: QPointF | None = None
        self._dragged = False
        self.rows: tuple[Row, ...] = ()
        self.corner = 1
        self.moved: QPointF | None = None
        """Where a person put its upper left, as shares of the room that there is; None in a corner."""
        self._chosen: bool | None = None  # whether a person folded it
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setToolTip(tip("Drag to move, click to fold"))

    @property
    def folded(self) -> bool:
        """Whether it shows symbols alone: as a person has it, or else where all of it would hide much of the plane."""
        if self._chosen is not None:
            return self._chosen
        whole = self._whole()
        return whole.width() * whole.height() > _MUCH * self._area.width() * self._area.height() > 0.0

    # ---- setters

    def set_scene(self, scene: Scene) -> None:
        """Whose classes are named."""
        points = scene.points
        key = (
            scene.classes, scene.class_names, (points.label == UNLABELLED).any(), tuple(_groups(scene)),
            bool(scene.acting), bool(scene.targets),
        )  # fmt: skip
        self._scene = scene
        if key != self._key:
            self._key = key
            self._fill()

    def set_crosses(self, crosses: Collection[Cross]) -> None:
        """Which crosses there are on the planes."""
        if self._crosses != frozenset(crosses):
            self._crosses = frozenset(crosses)
            self._fill()

    def set_shown(self, on: bool) -> None:
        """Whether it is wanted at all."""
        self._shown = on
        self._fill()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.update()

    def set_scale(self, scale: float) -> None:
        """So many times the usual size."""
        self._scale = scale
        self._fill()

    def stand_in(self, area: QRectF) -> None:
        """Where it may stand: this part of the parent, in its pixels."""
        if area.size() != self._area.size():
            self._area = QRectF(area)
            self._fill()
        self._area = QRectF(area)
        self._place()

    def choose_corner(self, places: NDArray[np.float64], taken: tuple[QRectF, ...] = ()) -> None:
        """Go to the emptiest corner, unless a person has moved it; see `emptiest`."""
        if self.moved is None:
            self.corner = emptiest(places, self._area, self.size(), taken)
            self._place()

    # ---- inside

    def _fill(self) -> None:
        if self._scene is not None:
            most = max(int(0.6 * self._area.height() / (self._scale * _LINE)), 4)
            self.rows = rows_of(self._scene, most, self._crosses)
        self.setAccessibleName("Legend: " + ", ".join(row.words for row in self.rows))
        self.resize(self.sizeHint())
        fits = self._area.isEmpty() or self.width() < 0.6 * self._area.width()
        self.setVisible(self._shown and bool(self.rows) and fits)
        self._place()
        self.update()

    def _place(self) -> None:
        room = QPointF(self._area.width() - self.width(), self._area.height() - self.height())
        if self.moved is None:
            self.move(corner_place(self.corner, self._area, self.size()).toPoint())
        else:
            x, y = self.moved.x() * max(room.x(), 0.0), self.moved.y() * max(room.y(), 0.0)
            self.move(QPoint(int(self._area.left() + x), int(self._area.top() + y)))

    @property
    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(self._scale * _TEXT)
        return font

    @override
    def sizeHint(self) -> QSize:
        line, pad = self._scale * _LINE, self._scale * _PAD
        if self.folded:
            return QSize(round(2 * pad + line * len(self._symbols())), round(line + pad))
        return self._whole()

    def _whole(self) -> QSize:
        """With all names."""
        line, pad = self._scale * _LINE, self._scale * _PAD
        wide = max((QFontMetricsF(self._font).horizontalAdvance(row.words) for row in self.rows), default=0.0)
        return QSize(round(min(wide, self._scale * _WIDEST) + line + 2.5 * pad), round(line * len(self.rows) + pad))

    def _symbols(self) -> list[Row]:
        return [row for row in self.rows if row.what is not None][:_FOLDED]

    @override
    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(self._theme.panel)
        ground.setAlpha(225)
        painter.setPen(QPen(QColor(self._theme.line), 1.0))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6.0, 6.0)
        line, pad = self._scale * _LINE, self._scale * _PAD
        if self.folded:
            for at, row in enumerate(self._symbols()):
                self._symbol(painter, row, QPointF(pad + (at + 0.5) * line, self.height() / 2.0))
            painter.end()
            return
        painter.setFont(self._font)
        wide = QFontMetricsF(self._font)
        for at, row in enumerate(self.rows):
            middle = pad / 2.0 + (at + 0.5) * line
            self._symbol(painter, row, QPointF(pad + 0.5 * line, middle))
            place = QRectF(1.5 * pad + line, middle - line / 2.0, self.width() - line - 2.0 * pad, line)
            words = wide.elidedText(row.words, Qt.TextElideMode.ElideRight, place.width())
            painter.setPen(QColor(self._theme.text if row.what is not None else self._theme.faint))
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()

    def _symbol(self, painter: QPainter, row: Row, at: QPointF) -> None:
        painter.save()
        painter.translate(at)
        if isinstance(row.what, Style):
            ringed = row.what.ring > 0
            paint_symbol(painter, row.what, self._theme, self._scale * (0.45 if ringed else 1.0) * _SYMBOL)
        elif isinstance(row.what, Cross):
            paint_cross(painter, row.what, self._theme, self._scale * _SYMBOL)
        elif row.what == _PIN:
            size = self._scale * 1.5 * _SYMBOL
            painter.setPen(QPen(QColor(self._theme.ink), 1.4, join=Qt.PenJoinStyle.RoundJoin))
            painter.setBrush(QColor(self._theme.panel))
            painter.drawPath(QTransform.fromScale(size, size).map(Symbols["star"]))
        painter.restore()

    # ---- the mouse

    @override
    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._grip, self._dragged = event.position(), False

    @override
    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None or self._grip is None:
            return
        step = event.position() - self._grip
        if not self._dragged and step.manhattanLength() < 4:
            return
        self._dragged = True
        corner = QPointF(self.pos()) + step - self._area.topLeft()
        room = (self._area.width() - self.width(), self._area.height() - self.height())
        shares = (
            min(max(at / max(free, 1.0), 0.0), 1.0) for at, free in zip((corner.x(), corner.y()), room, strict=True)
        )
        self.moved = QPointF(*shares)
        self._place()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if self._grip is not None and not self._dragged:
            self._chosen = not self.folded
            self._fill()
        self._grip = None

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        self.mousePressEvent(event)  # two quick clicks are two clicks
