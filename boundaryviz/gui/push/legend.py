"""Which line is which attack, in a corner of the plane; the mouse goes through it."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import QWidget
from typing_extensions import override

from boundaryviz.figures.push_style import PUSHES
from boundaryviz.gui.plane.corner_legend import AWAY, CornerLegend
from boundaryviz.gui.push.swatch import WIDE, swatch

CERTIFIED = "certified"
_WORDS = {CERTIFIED: "certain of the smoothed model"}


class PushLegend(CornerLegend):
    """Lines of attacks, and a dotted ring for what is certified."""

    SWATCH = WIDE

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names: tuple[str, ...] = ()

    def set_names(self, names: Sequence[str]) -> None:
        """Of methods as in `PUSHES`, or 'certified'; none hides the legend."""
        if tuple(names) != self.names:
            self.names = tuple(names)
            self._renewed()
        self.setVisible(bool(names))

    def stand_in(self, area: QRectF, others: Sequence[QRectF]) -> None:
        """Go to a corner of this part of the parent, in its pixels, where none of the others stands: left before right,
        the lower ones first."""
        self.resize(self.sizeHint())
        size = self.sizeHint()
        left, right = area.left() + AWAY, area.right() - size.width() - AWAY
        top, bottom = area.top() + AWAY, area.bottom() - size.height() - AWAY
        corners = [QRectF(x, y, size.width(), size.height()) for y in (bottom, top) for x in (left, right)]
        free = (corner for corner in corners if not any(corner.intersects(other) for other in others))
        at = next(free, corners[0])
        self.move(at.topLeft().toPoint())

    @override
    def _words(self) -> Sequence[str]:
        return [_WORDS[name] if name in _WORDS else PUSHES[name].words for name in self.names]

    @override
    def _swatch(self, painter: QPainter, line: int, place: QRectF) -> None:
        if self.names[line] != CERTIFIED:
            swatch(painter, place, self.names[line], self._theme)
            return
        pen = QPen(QColor(self._theme.ink), 1.4)
        pen.setDashPattern([1.5, 2.5])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(place.center(), place.height() / 2, place.height() / 2)
