"""What every legend in a corner of the plane is: swatches with words, one below the other, on a quiet ground."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from PyQt6.QtCore import QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget
from typing_extensions import override

from boundaryviz.gui.widgets.theme import LIGHT, Theme

_LINE, _MARGIN = 18, 10  # pixels: least height of a line, room around all
AWAY = 12
"""Pixels that a legend keeps from the rim."""


def draw_panel(painter: QPainter, rect: QRect, theme: Theme) -> None:
    """What stands behind words over the plane."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.line), 1.0))
    painter.setBrush(QColor(theme.panel))
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 6.0, 6.0)


class CornerLegend(QWidget):
    """Lines that the mouse goes through. SWATCH: the width of what is drawn beside the words, in pixels.

    Whoever subclasses it says the words of each line, and draws what stands beside.
    """

    SWATCH: ClassVar[int]

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._theme = LIGHT
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.update()

    def _words(self) -> Sequence[str]:
        """Of each line."""
        raise NotImplementedError

    def _swatch(self, painter: QPainter, line: int, place: QRectF) -> None:
        """Draw what stands beside the words of a line."""
        raise NotImplementedError

    def _renewed(self) -> None:
        """There are other lines; none hides the legend."""
        words = self._words()
        self.setAccessibleName("; ".join(words))
        self.setVisible(bool(words))
        self.resize(self.sizeHint())
        self.update()

    @property
    def _line(self) -> int:
        """The height of a line in pixels."""
        return max(_LINE, self.fontMetrics().height() + 2)

    @override
    def sizeHint(self) -> QSize:
        words = self._words()
        widest = max(map(self.fontMetrics().horizontalAdvance, words), default=0)
        return QSize(self.SWATCH + widest + 3 * _MARGIN, self._line * len(words) + 2 * _MARGIN - 4)

    @override
    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        draw_panel(painter, self.rect(), self._theme)
        for line, words in enumerate(self._words()):
            top = _MARGIN - 2 + line * self._line
            self._swatch(painter, line, QRectF(_MARGIN, top + 3, self.SWATCH, self._line - 6))
            painter.setPen(QColor(self._theme.text))
            room = QRectF(self.SWATCH + 2 * _MARGIN, top, self.width(), self._line)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()
