"""How a point looks: one style per combination of class, fill, split, origin and state, drawn once into an atlas.

A style is a small integer, so that the styles of all points are computed in a few vector operations and a repaint
copies ready-made pictures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPixmap, QTransform
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols

from boundaryviz.figures.palette import GROUPS, SYMBOLS, class_colour, response_colour
from boundaryviz.gui.widgets.theme import Theme
from boundaryviz.scene.scene import MAX_CLASSES, Points

HELD_OUT, MUTED, CHOSEN, WRONG, TRUTH_OUTLINE = 1, 2, 4, 8, 16
_FLAGS = 32
# rings: none, then one of each group's colour for poison that acts, for poison that does not, and for what a group
# withdraws
ACTS, RESTS, WITHDRAWN = 1, 1 + len(GROUPS), 1 + 2 * len(GROUPS)
_RINGS = 1 + 3 * len(GROUPS)
SHADES = 17  # of responses, from -1 to 1
_FILLS = MAX_CLASSES + SHADES
STYLES = (MAX_CLASSES + 1) * (_FILLS + 1) * _FLAGS * _RINGS

# diameters that make the shapes look equally large, times the base size
_EVEN = {"o": 1.0, "s": 0.9, "d": 1.25, "p": 1.1, "h": 1.08, "star": 1.5} | dict.fromkeys(("t", "t1", "t2", "t3"), 1.08)
SIZE, _SMALL = 12.0, 8.0
_GROUP_RING, _WRONG_RING = 7.0, 9.0  # how much larger in diameter than the symbol
_COLUMNS, _CELL = 16, 52  # the atlas: cells in a row, their side in pixels


@dataclass(frozen=True)
class Style:
    """label: the class that gives the symbol, -1 = unlabelled. fill: the class that gives the colour, or one of
    `shades`, -1 = hollow.

    flags: any of HELD_OUT, MUTED, CHOSEN, WRONG and TRUTH_OUTLINE added up. ring: 0 for none, else ACTS, RESTS or
    WITHDRAWN plus the place of the group's colour in `palette.GROUPS`.
    """

    label: int
    fill: int
    flags: int = 0
    ring: int = 0

    @property
    def code(self) -> int:
        """The style as one number."""
        return int(style_codes(*(np.array([v]) for v in (self.label, self.fill, self.flags, self.ring)))[0])

    @classmethod
    def decode(cls, code: int) -> Style:
        """The style of a number that `code` gave."""
        rest, flags = divmod(int(code), _FLAGS)
        rest, ring = divmod(rest, _RINGS)
        label, fill = divmod(rest, _FILLS + 1)
        return cls(label - 1, fill - 1, flags, ring)


def style_codes(label: NDArray, fill: NDArray, flags: NDArray, ring: NDArray) -> NDArray[np.int64]:
    """One number below `STYLES` for each point; all arrays (N,)."""
    return (((label.astype(np.int64) + 1) * (_FILLS + 1) + fill + 1) * _RINGS + ring) * _FLAGS + flags


def shades(response: NDArray[np.float64]) -> NDArray[np.int64]:
    """The fills (N,) of responses (N,), see `Style`."""
    return MAX_CLASSES + np.rint((np.clip(response, -1.0, 1.0) + 1.0) / 2.0 * (SHADES - 1)).astype(np.int64)


def fill_colour(fill: int, theme: Theme) -> str:
    """The colour of a fill of 0 or above, '#rrggbb'."""
    if fill < MAX_CLASSES:
        return class_colour(fill)
    return response_colour(2.0 * (fill - MAX_CLASSES) / (SHADES - 1) - 1.0, theme.plane)


def rings(points: Points, acting: frozenset[int]) -> NDArray[np.int64]:
    """The ring (N,) of each point, see `Style`, while these groups of poison act."""
    group = np.abs(points.origin.astype(np.int64))
    act = np.isin(group, list(acting))
    kind = np.where(points.origin > 0, np.where(act, ACTS, RESTS), WITHDRAWN)
    none = (group == 0) | ((points.origin < 0) & ~act)  # what is withdrawn by a group that rests is there as ever
    return np.where(none, 0, kind + (group - 1) % len(GROUPS))


def outline_of(label: int) -> QPainterPath:
    """The symbol of a class as a path of about unit diameter around the origin."""
    name = "o" if label < 0 else SYMBOLS[label % len(SYMBOLS)]
    return QTransform.fromScale(_EVEN[name], _EVEN[name]).map(Symbols[name])


def paint_symbol(
    painter: QPainter, style: Style, theme: Theme, size: float = SIZE, outlined: bool = True
) -> None:  # fmt: skip
    """Draw a style around the painter's origin; `size` is the diameter of the bare symbol in pixels.

    outlined: whether with the ring of poison, which beads on the plane have in common (see `beads.py`).
    """
    shape = outline_of(style.label)
    held_out = bool(style.flags & HELD_OUT)
    if style.flags & CHOSEN:
        _ring(painter, shape, size + _halo(style), QColor(theme.accent), 3.0, QColor(theme.plane))
    if style.ring >= WITHDRAWN or (style.ring and outlined):
        _group_ring(painter, shape, style.ring, size + _GROUP_RING)
    if style.flags & WRONG:
        _ring(painter, outline_of(-1), size + _WRONG_RING, QColor(theme.ink), 1.4, None)
    faint = bool(style.flags & MUTED) or style.ring >= WITHDRAWN
    rests = RESTS <= style.ring < WITHDRAWN
    painter.setOpacity(0.35 if faint else 0.5 if rests else 0.75 if held_out else 1.0)
    edge, width = QColor("white"), 1.4
    if style.fill < 0:
        edge, width = QColor(theme.ink), 1.8
    elif style.flags & TRUTH_OUTLINE:
        edge, width = (QColor(class_colour(style.label)), 2.8) if style.label >= 0 else (QColor(theme.ink), 1.8)
    if held_out:
        width *= 0.75
    body = QTransform.fromScale(size, size).map(shape)
    inside = QColor(fill_colour(style.fill, theme)) if style.fill >= 0 else QColor(theme.plane)
    if style.fill < 0:
        inside.setAlpha(110)
    elif not style.flags & TRUTH_OUTLINE:
        inside = _apart(inside, theme)
    if (
        style.flags & TRUTH_OUTLINE and style.label >= 0
    ):  # a hairline keeps outline and field apart where they have one colour
        painter.setPen(_pen(QColor("white"), width + 2.0))
        painter.drawPath(body)
    painter.setPen(_pen(edge, width))
    painter.setBrush(QBrush(inside))
    painter.drawPath(body)
    painter.setOpacity(1.0)
    if style.flags & MUTED:
        _cross(painter, size, theme)


def _halo(style: Style) -> float:
    """How much larger than the symbol the halo of a selected point is."""
    return 15.0 if style.ring else 9.0


def _extent(style: Style, size: float) -> float:
    """Side of the square that holds a style, in pixels."""
    box = outline_of(style.label).boundingRect()
    reach = 2.0 * max(-box.left(), box.right(), -box.top(), box.bottom())
    ring = _halo(style) if style.flags & CHOSEN else _GROUP_RING if style.ring else 0.0
    wrong = size + _WRONG_RING if style.flags & WRONG else 0.0
    return max(reach * (size + ring), wrong) + 7.0


def _apart(colour: QColor, theme: Theme) -> QColor:
    """A class colour moved a little away from the ground it stands on."""
    if QColor(theme.plane).lightnessF() > 0.5:
        return colour.darker(110)
    return colour.lighter(125) if colour.valueF() < 0.8 else colour


def _group_ring(painter: QPainter, shape: QPainterPath, ring: int, size: float) -> None:
    """Solid where the poison acts, thin and pale where it rests, dotted around what it withdraws."""
    colour = QColor(GROUPS[(ring - 1) % len(GROUPS)])
    if ring < RESTS:
        _ring(painter, shape, size, colour, 2.0, QColor("white"))
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = _pen(colour, 1.2)
    if ring >= WITHDRAWN:
        shape = outline_of(-1)  # under the ring of the point that stands in for it
        pen = _pen(colour, 1.6)
        pen.setDashPattern([0.1, 1.9])
    else:
        painter.setOpacity(0.6)
    painter.setPen(pen)
    painter.drawPath(QTransform.fromScale(size, size).map(shape))
    painter.setOpacity(1.0)


def _cross(painter: QPainter, size: float, theme: Theme) -> None:
    """Two strokes through a point that nobody sees."""
    arm = 0.45 * size + 1.0
    for colour, width in ((QColor(theme.plane), 3.4), (QColor(theme.ink), 1.6)):
        painter.setPen(_pen(colour, width))
        painter.drawLine(QPointF(-arm, -arm), QPointF(arm, arm))
        painter.drawLine(QPointF(-arm, arm), QPointF(arm, -arm))


def _pen(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def _ring(
    painter: QPainter, shape: QPainterPath, size: float, colour: QColor, width: float, halo: QColor | None
) -> None:
    path = QTransform.fromScale(size, size).map(shape)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if halo is not None:
        painter.setPen(_pen(halo, width + 2.0))
        painter.drawPath(path)
    painter.setPen(_pen(colour, width))
    painter.drawPath(path)


class Atlas:
    """Pictures of styles side by side in one pixmap, drawn when first asked for.

    sources: float64 (STYLES, 4), left, top, width and height of each drawn style in device pixels. Most of its rows
    are never written, and so take no memory.
    """

    def __init__(self, theme: Theme, ratio: float = 1.0) -> None:
        self.theme, self.ratio = theme, ratio
        self._cell = int(np.ceil(_CELL * ratio))
        self._count = 0
        self._drawn = np.zeros(STYLES, dtype=bool)
        self.sources = np.zeros((STYLES, 4))
        self.pixmap = self._blank(4)

    def require(self, codes: NDArray[np.int64]) -> None:
        """Make sure that every style in `codes` has its picture."""
        missing = np.unique(codes[~self._drawn[codes]])
        if len(missing):
            self._grow(self._count + len(missing))
            painter = QPainter(self.pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for code in missing:
                self._draw(painter, int(code))
            painter.end()

    def _draw(self, painter: QPainter, code: int) -> None:
        style = Style.decode(code)
        row, column = divmod(self._count, _COLUMNS)
        centre = QPointF((column + 0.5) * self._cell, (row + 0.5) * self._cell)
        size = _SMALL if style.flags & HELD_OUT else SIZE
        painter.save()
        painter.translate(centre)
        painter.scale(self.ratio, self.ratio)
        paint_symbol(painter, style, self.theme, size, outlined=False)
        painter.restore()
        side = min(self._cell, 2 * int(np.ceil(_extent(style, size) * self.ratio / 2.0)))
        self.sources[code] = (centre.x() - side / 2, centre.y() - side / 2, side, side)
        self._drawn[code] = True
        self._count += 1

    def _blank(self, rows: int) -> QPixmap:
        pixmap = QPixmap(_COLUMNS * self._cell, rows * self._cell)
        pixmap.fill(Qt.GlobalColor.transparent)
        return pixmap

    def _grow(self, count: int) -> None:
        rows = self.pixmap.height() // self._cell
        if count > rows * _COLUMNS:
            old, self.pixmap = self.pixmap, self._blank(max(2 * rows, -(-count // _COLUMNS)))
            painter = QPainter(self.pixmap)
            painter.drawPixmap(0, 0, old)
            painter.end()
