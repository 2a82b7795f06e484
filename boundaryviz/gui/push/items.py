"""Pushes on a plane: arrows from points to where an attack takes them, the ball that it may use, certified circles, and
a point that is pushed over."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF, QTransform
from PyQt6.QtWidgets import QApplication, QStyleOptionGraphicsItem, QWidget
from pyqtgraph.Qt.internals import PrimitiveArray
from typing_extensions import override

from boundaryviz.figures.palette import class_colour
from boundaryviz.figures.push_style import PUSHES
from boundaryviz.gui.plane.marks_item import MarksItem
from boundaryviz.gui.widgets.theme import Theme

Places = NDArray[np.float64]
_NONE: Places = np.empty((0, 2))
_HEAD, _SMALL_HEAD = 9.0, 5.0  # pixels, how long the head of an arrow is
_SHORT = 3.0  # pixels below which an arrow has no head
_GHOST = 7.0  # pixels, radius of a point that is pushed
_GAP = 8.0  # pixels between the head of an arrow and its words


@dataclass(frozen=True, eq=False)
class Arrows:
    """Pushes by one method. starts, ends: (N, 2) on the plane. crosses: bool (N,), which of them change the class."""

    method: str
    starts: Places
    ends: Places
    crosses: NDArray[np.bool_]


@dataclass(frozen=True)
class Ball:
    """All that a push of at most this length reaches from a place. norm: 'l2' or 'linf'."""

    place: tuple[float, float]
    radius: float
    norm: str


@dataclass(frozen=True, eq=False)
class Here:
    """What is shown of one place. words: at the end of the first arrow. certified: radius, None without."""

    arrows: tuple[Arrows, ...] = ()
    ball: Ball | None = None
    words: str = ""
    certified: float | None = None


@dataclass(frozen=True)
class Ghost:
    """A point on its way. place: on the plane. label: its class, the outline. taken: what it is taken for, the fill."""

    start: tuple[float, float]
    place: tuple[float, float]
    label: int
    taken: int


@dataclass(frozen=True, eq=False)
class Circles:
    """Certified radii (N,) around places (N, 2)."""

    places: Places = field(default_factory=lambda: _NONE)
    radii: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))


class PushesItem(MarksItem):
    """Arrows and circles of many points, thin; kept as one picture between two answers, for frames come more often."""

    def __init__(self, area: Callable[[], QRectF], scale: Callable[[], float]) -> None:
        """area: the data rectangle that is visible. scale: how many times as large as usual the plane is drawn."""
        super().__init__(area)
        self.setCacheMode(self.CacheMode.DeviceCoordinateCache)
        self._scale = scale
        self.arrows: Arrows | None = None
        self.circles = Circles()
        self._lines = PrimitiveArray(QLineF, 4)

    def show_pushes(self, arrows: Arrows | None, circles: Circles) -> None:
        """In the place of what was shown; None and no circles show nothing."""
        self.arrows, self.circles = arrows, circles
        self.update()

    @override
    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        arrows, circles = self.arrows, self.circles
        if arrows is None and not len(circles.radii):
            return
        transform, size = painter.transform(), self._scale()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_circles(painter, transform, circles, self.theme, size)
        if arrows is not None and len(arrows.starts):
            screen = transform.mapRect(self._area())
            starts, ends = _mapped(transform, arrows.starts), _mapped(transform, arrows.ends)
            seen = np.isfinite(starts).all(axis=1) & np.isfinite(ends).all(axis=1) & _within(starts, ends, screen)
            colour = QColor(PUSHES[arrows.method].colour(self.theme.name == "dark"))
            for crosses, opacity in ((False, 0.45), (True, 0.9)):
                some = seen & (arrows.crosses == crosses)
                lines = _strokes(starts[some], ends[some], _SMALL_HEAD * size)
                colour.setAlphaF(opacity)
                pen = QPen(colour, 1.3 * size)
                pen.setCapStyle(Qt.PenCapStyle.FlatCap)
                painter.setPen(pen)
                self._draw(painter, lines)
        painter.restore()

    def _draw(self, painter: QPainter, lines: NDArray[np.float64]) -> None:
        if len(lines):
            self._lines.resize(len(lines))
            self._lines.ndarray()[:] = lines
            # the stubs know lists only; an array spares one Python object per line
            painter.drawLines(*self._lines.drawargs())


class PushHereItem(MarksItem):
    """What an attack makes of one place: the ball, an arrow for each method, the length beside the first, and the
    certified circle."""

    def __init__(self, area: Callable[[], QRectF], scale: Callable[[], float]) -> None:
        """area: the data rectangle that is visible. scale: how many times as large as usual the plane is drawn."""
        super().__init__(area)
        self._scale = scale
        self.here = Here()
        self.ghosts: tuple[Ghost, ...] = ()
        self.ghost_words = ""

    def show_here(self, here: Here) -> None:
        """In the place of what was shown."""
        self.here = here
        self.update()

    def show_ghosts(self, ghosts: Sequence[Ghost], words: str = "") -> None:
        """Points that are pushed over; none shows none. words: beside the first."""
        self.ghosts, self.ghost_words = tuple(ghosts), words
        self.update()

    @override
    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        here, ghosts = self.here, self.ghosts
        if here.ball is None and not here.arrows and not ghosts and here.certified is None:
            return
        transform, size = painter.transform(), self._scale()
        screen = transform.mapRect(self._area())
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(screen)
        if here.ball is not None:
            self._paint_ball(painter, transform, here.ball, size)
            if here.certified is not None:
                at = np.array([here.ball.place])
                _paint_circles(painter, transform, Circles(at, np.array([here.certified])), self.theme, size)
        for arrows in reversed(here.arrows):  # the first one over the others
            self._paint_arrow(painter, transform, arrows, size)
        for ghost in ghosts:
            self._paint_ghost(painter, transform, ghost, size)
        if ghosts and self.ghost_words:
            start, end = (transform.map(QPointF(*place)) for place in (ghosts[0].start, ghosts[0].place))
            way = _unit(end - start)
            _write(painter, self.ghost_words, end + way * (_GHOST * size), way, screen, self.theme)
        told = bool(ghosts) and bool(self.ghost_words) and here.ball is not None and ghosts[0].start == here.ball.place
        if here.words and here.arrows and not told:
            start, end = (transform.map(QPointF(*places[0])) for places in (here.arrows[0].starts, here.arrows[0].ends))
            _write(painter, here.words, end, _unit(end - start), screen, self.theme)
        painter.restore()

    def _paint_ball(self, painter: QPainter, transform: QTransform, ball: Ball, size: float) -> None:
        at = transform.map(QPointF(*ball.place))
        across, up = ball.radius * abs(transform.m11()), ball.radius * abs(transform.m22())
        tint = QColor(self.theme.ink)
        tint.setAlphaF(0.06)
        painter.setBrush(tint)
        draw = painter.drawRect if ball.norm == "linf" else painter.drawEllipse
        rect = QRectF(at.x() - across, at.y() - up, 2 * across, 2 * up)
        for shade, wide in ((self.theme.plane, 3.2), (self.theme.ink, 1.4)):
            painter.setPen(QPen(QColor(shade), wide * size))
            draw(rect)
            painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_arrow(self, painter: QPainter, transform: QTransform, arrows: Arrows, size: float) -> None:
        style = PUSHES[arrows.method]
        start, end = (transform.map(QPointF(*places[0])) for places in (arrows.starts, arrows.ends))
        way = end - start
        length = math.hypot(way.x(), way.y())
        colour, ground, wide = (
            QColor(style.colour(self.theme.name == "dark")),
            QColor(self.theme.plane),
            style.wide * size,
        )
        head = min(_HEAD * size, 0.6 * length)
        along = _unit(way)
        neck = end - along * head
        for shade, more in ((ground, 2.4 * size), (colour, 0.0)):
            pen = QPen(shade, wide + more)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            if style.dashes and not more:
                pen.setDashPattern(style.dashes)
            painter.setPen(pen)
            painter.drawLine(start, neck)
        across = QPointF(-along.y(), along.x()) * (0.45 * head)
        painter.setPen(QPen(ground, 1.0 * size))
        # a hollow head: the push stays on its side of the boundary
        painter.setBrush(colour if arrows.crosses[0] else ground)
        if not arrows.crosses[0]:
            painter.setPen(QPen(colour, 1.4 * size))
        painter.drawPolygon(QPolygonF([end, neck + across, neck - across]))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_ghost(self, painter: QPainter, transform: QTransform, ghost: Ghost, size: float) -> None:
        start, at = (transform.map(QPointF(*place)) for place in (ghost.start, ghost.place))
        for shade, wide in ((self.theme.plane, 4.0), (self.theme.ink, 1.4)):
            painter.setPen(
                QPen(QColor(shade), wide * size, Qt.PenStyle.SolidLine if wide > 2 else Qt.PenStyle.DashLine)
            )
            painter.drawLine(start, at)
        radius = _GHOST * size
        painter.setPen(QPen(QColor(self.theme.plane), 6.0 * size))
        painter.drawEllipse(at, radius, radius)
        painter.setBrush(QColor(class_colour(ghost.taken)))
        painter.setPen(QPen(QColor(class_colour(ghost.label)), 3.2 * size))
        painter.drawEllipse(at, radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.theme.ink), 1.0 * size))
        painter.drawEllipse(at, radius + 2.2 * size, radius + 2.2 * size)


def _unit(way: QPointF) -> QPointF:
    """A way of length 1; up where there is none."""
    length = math.hypot(way.x(), way.y())
    return way / length if length > 0 else QPointF(0.0, -1.0)


def _mapped(transform: QTransform, places: Places) -> Places:
    """Pixels (N, 2) of places."""
    return places * (transform.m11(), transform.m22()) + (transform.dx(), transform.dy())


def _within(starts: Places, ends: Places, screen: QRectF) -> NDArray[np.bool_]:
    """Which arrows may be seen (N,): one whose box meets the screen."""
    low, high = np.minimum(starts, ends), np.maximum(starts, ends)
    far = _HEAD
    across = (high[:, 0] >= screen.left() - far) & (low[:, 0] <= screen.right() + far)
    return across & (high[:, 1] >= screen.top() - far) & (low[:, 1] <= screen.bottom() + far)


def _strokes(starts: Places, ends: Places, head: float) -> NDArray[np.float64]:
    """Lines (M, 4) of arrows in pixels: a shaft each, and two strokes of a head where there is room for one."""
    way = ends - starts
    length = np.hypot(way[:, 0], way[:, 1])
    some = length > _SHORT
    along = way[some] / length[some, None]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    back = np.minimum(head, 0.6 * length[some])[:, None]
    tips = ends[some]
    sides = [tips - along * back + side * 0.5 * across * back for side in (1.0, -1.0)]
    return np.concatenate([np.hstack([starts, ends]), *(np.hstack([side, tips]) for side in sides)])


def _paint_circles(painter: QPainter, transform: QTransform, circles: Circles, theme: Theme, size: float) -> None:
    """Around each place with a radius above 0, dotted; a single one on a ground of its own."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    at = _mapped(transform, circles.places) if len(circles.radii) else _NONE
    scale = abs(transform.m11()), abs(transform.m22())
    known = [(x, y, r) for (x, y), r in zip(at.tolist(), circles.radii.tolist(), strict=True) if r > 0]
    alone = len(known) == 1
    # many are drawn a pixel wide: wider ones take twenty times as long, which is more than a frame
    dots = QPen(QColor(theme.ink), 1.6 * size if alone else 1.0)
    dots.setDashPattern((1.5, 2.5))
    for pen in (QPen(QColor(theme.plane), 3.0 * size), dots) if alone else (dots,):
        painter.setPen(pen)
        for x, y, radius in known:
            painter.drawEllipse(QPointF(x, y), radius * scale[0], radius * scale[1])


def _write(painter: QPainter, words: str, at: QPointF, way: QPointF, within: QRectF, theme: Theme) -> None:
    """A label beyond the head of an arrow, of which it hides nothing, in the type of the window, kept in sight.

    way: where the arrow points, of length 1.
    """
    painter.setFont(QApplication.font())
    metrics = QFontMetricsF(painter.font())
    wide, high = metrics.horizontalAdvance(words) + 12.0, metrics.height() + 4.0
    # so far from the head that the box, whichever way the arrow points, begins beyond it
    middle = at + QPointF(way.x() * (0.5 * wide + _GAP), way.y() * (0.5 * high + _GAP))
    box = QRectF(middle.x() - 0.5 * wide, middle.y() - 0.5 * high, wide, high)
    box.moveLeft(min(max(box.left(), within.left() + 4.0), within.right() - wide - 4.0))
    box.moveTop(min(max(box.top(), within.top() + 4.0), within.bottom() - high - 4.0))
    painter.setPen(Qt.PenStyle.NoPen)
    ground = QColor(theme.panel)
    ground.setAlphaF(0.92)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 4.0, 4.0)
    painter.setPen(QColor(theme.text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
