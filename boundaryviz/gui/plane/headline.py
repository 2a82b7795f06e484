"""The numbers of the twin over the planes, large enough for the last row of a lecture hall."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from boundaryviz.figures.palette import POISON
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import LIGHT, Theme, mix, tabular

_NUMBER, _WORDS, _ASIDE = 24.0, 16.0, 12.0  # points
_WIDEST = "100.0 %"
_MARGIN, _BETWEEN = 12.0, 10.0  # pixels
_SMALLEST = 0.7  # of its sizes, where it is narrow
_LEAST = 60.0  # pixels that an aside needs to be worth showing


class Headline(QWidget):
    """One line of one height: a number in a place of its own, what it is, and, where there is room, what else.

    Where there is no number the words say why, smaller. The mouse goes through it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._scale, self._fit = LIGHT, 1.0, 1.0
        self.number, self.words, self.aside = "", "", ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def say(self, number: str, words: str, aside: str = "") -> None:
        """Show these; without a number the words alone."""
        if (number, words, aside) != (self.number, self.words, self.aside):
            self.number, self.words, self.aside = number, words, aside
            told = f"{number} {words}".strip()
            self.setToolTip(tip("\n".join(filter(None, (told, aside)))))
            self.setAccessibleName(", ".join(filter(None, (told, aside))))
            self.update()

    def set_scale(self, scale: float) -> None:
        """So many times the usual size."""
        self._scale = scale
        self.resizeEvent(None)
        self.updateGeometry()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.update()

    @override
    def sizeHint(self) -> QSize:
        font = QFont(self.font())
        font.setPointSizeF(self._scale * _NUMBER)  # as high in a narrow place as in a wide one
        return QSize(0, round(QFontMetricsF(font).height() * 1.05))

    def _font(self, points: float, bold: bool = False) -> QFont:
        font = tabular(self.font())
        font.setPointSizeF(self._scale * self._fit * points)
        font.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
        return font

    @override
    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Smaller where it is narrow, by what it says at most: what it says now changes nothing."""
        super().resizeEvent(event)
        self._fit = 1.0
        parts = ((_WIDEST, _NUMBER, True), ("flipped by 0.02 % of the data", _WORDS, False),
                 ("attack success 100 %", _ASIDE, False))  # fmt: skip
        needed = sum(QFontMetricsF(self._font(points, bold)).horizontalAdvance(text) for text, points, bold in parts)
        self._fit = min(max((self.width() - 2.0 * _MARGIN - 2.5 * _BETWEEN) / needed, _SMALLEST), 1.0)

    @override
    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        red = mix(POISON, self._theme.text, 0.1)
        end = self.width() - _MARGIN
        at = _MARGIN
        parts = [(self.words, self._font(_WORDS if self.number else _ASIDE), self._theme.text, 0.0)]
        parts += [(self.aside, self._font(_ASIDE), self._theme.faint, _LEAST)]
        if self.number:
            font = self._font(_NUMBER, bold=True)
            place = QRectF(at, 0, QFontMetricsF(font).horizontalAdvance(_WIDEST), self._line)
            self._write(painter, self.number, font, red, place, Qt.AlignmentFlag.AlignRight)
            at = place.right() + _BETWEEN
        for text, font, colour, least in parts:
            wide = QFontMetricsF(font)
            if end - at > least and text:
                shown = wide.elidedText(text, Qt.TextElideMode.ElideRight, end - at)
                place = QRectF(at, 0, wide.horizontalAdvance(shown) + 1, self._line)
                self._write(painter, shown, font, colour, place, Qt.AlignmentFlag.AlignLeft)
                at = place.right() + 1.5 * _BETWEEN
        painter.end()

    @property
    def _line(self) -> float:
        """Where the foot of the letters is."""
        return 0.5 * (self.height() + 0.72 * QFontMetricsF(self._font(_NUMBER)).ascent())

    def _write(
        self, painter: QPainter, text: str, font: QFont, colour: str, place: QRectF, side: Qt.AlignmentFlag
    ) -> None:  # fmt: skip
        """All on one line, whatever their sizes."""
        painter.setFont(font)
        painter.setPen(QColor(colour))
        across = QFontMetricsF(font).horizontalAdvance(text)
        left = place.right() - across if side == Qt.AlignmentFlag.AlignRight else place.left()
        painter.drawText(QPointF(left, place.bottom()), text)
