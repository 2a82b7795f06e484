"""Which line is which attack, in a corner of the plane; the mouse goes through it."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget
from typing_extensions import override

from boundaryviz.figures.push_style import PUSHES
from boundaryviz.gui.push.swatch import WIDE, swatch
from boundaryviz.gui.widgets.theme import LIGHT, Theme

_LINE, _MARGIN, _AWAY = 18, 10, 12  # pixels: least height of a line, room around, from the rim
CERTIFIED = "certified"
_WORDS = {CERTIFIED: "certain of the smoothed model"}


class PushLegend(QWidget):
    """Lines of attacks, and a dotted ring for what is certified."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._theme = LIGHT
        self.names: tuple[str, ...] = ()
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.update()

    def set_names(self, names: Sequence[str]) -> None:
        """Of methods as in `PUSHES`, or 'certified'; none hides the legend."""
        if tuple(names) != self.names:
            self.names = tuple(names)
            self.setAccessibleName("; ".join(map(_words, names)))
            self.resize(self.sizeHint())
            self.update()
        self.setVisible(bool(names))

    def stand_in(self, area: QRectF, others: Sequence[QRectF]) -> None:
        """Go to a corner of this part of the parent, in its pixels, where none of the others stands: left before right,
        the lower ones first."""
        self.resize(self.sizeHint())
        size = self.sizeHint()
        left, right = area.left() + _AWAY, area.right() - size.width() - _AWAY
        top, bottom = area.top() + _AWAY, area.bottom() - size.height() - _AWAY
        corners = [QRectF(x, y, size.width(), size.height()) for y in (bottom, top) for x in (left, right)]
        free = (corner for corner in corners if not any(corner.intersects(other) for other in others))
        at = next(free, corners[0])
        self.move(at.topLeft().toPoint())

    @property
    def _line(self) -> int:
        return max(_LINE, self.fontMetrics().height() + 2)

    @override
    def sizeHint(self) -> QSize:
        widest = max((self.fontMetrics().horizontalAdvance(_words(name)) for name in self.names), default=0)
        return QSize(WIDE + widest + 3 * _MARGIN, self._line * len(self.names) + 2 * _MARGIN - 4)

    @override
    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.line), 1.0))
        painter.setBrush(QColor(self._theme.panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6.0, 6.0)
        for i, name in enumerate(self.names):
            top = _MARGIN - 2 + i * self._line
            place = QRectF(_MARGIN, top + 3, WIDE, self._line - 6)
            if name == CERTIFIED:
                pen = QPen(QColor(self._theme.ink), 1.4)
                pen.setDashPattern([1.5, 2.5])
                painter.setPen(pen)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(place.center(), place.height() / 2, place.height() / 2)
            else:
                swatch(painter, place, name, self._theme)
            painter.setPen(QColor(self._theme.text))
            words = QRectF(WIDE + 2 * _MARGIN, top, self.width(), self._line)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, _words(name))
        painter.end()


def _words(name: str) -> str:
    return _WORDS[name] if name in _WORDS else PUSHES[name].words
