"""What a learner that is fitted at once has in the place of curves: its numbers as bars, and its clean twin's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from boundaryviz.gui.widgets.controls import value_words
from boundaryviz.gui.widgets.curve_limits import FINE
from boundaryviz.gui.widgets.curve_plot import pens
from boundaryviz.gui.widgets.scale import tidy_above
from boundaryviz.gui.widgets.theme import LIGHT, Theme, mix

_LINE, _BAR, _HEAD = 24, 10, 30  # pixels: height of a row, of its bar, of a heading
_EDGE = 2  # pixels around all


@dataclass(frozen=True)
class Bar:
    """One number: whose it is, its mean, lowest and highest over the seeds. share: of 1, written in per cent.

    name: of `pens`, whose colour it has; 'clean ...' is of the twin, and drawn pale.
    """

    name: str
    words: str
    mean: float
    low: float
    high: float
    share: bool

    @property
    def text(self) -> str:
        """The number as it is written."""
        if math.isnan(self.mean):
            return "\u2013"
        return f"{100 * self.mean:.1f} %" if self.share else value_words(self.mean)


class AtOnceBars(QWidget):
    """Setters in. Groups of bars under headings, with room for every number whether it is known or not."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._scale = 1.0
        self.groups: tuple[tuple[str, tuple[Bar, ...]], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def set_groups(self, groups: Sequence[tuple[str, Sequence[Bar]]]) -> None:
        """Each a heading and its bars."""
        made = tuple((title, tuple(bars)) for title, bars in groups)
        if made != self.groups:
            self.groups = made
            told = (f"{title}: " + ", ".join(f"{b.words} {b.text}" for b in bars) for title, bars in made)
            self.setAccessibleName("; ".join(told))
            self.updateGeometry()
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.update()

    def set_scale(self, scale: float) -> None:
        """Everything so many times its usual size."""
        self._scale = scale
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        height = sum(_HEAD + _LINE * len(bars) for _, bars in self.groups) + 2 * _EDGE
        return QSize(280, round(self._scale * height))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(160, 0)

    @override
    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wanted = self.sizeHint().height()
        squeeze = min(1.0, self.height() / max(wanted, 1))
        font = QFont(self.font())
        font.setPointSizeF(max(squeeze, 0.75) * font.pointSizeF())
        bold = QFont(font)
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        unit = self._scale * squeeze
        names = [bar.words for _, bars in self.groups for bar in bars]
        room = painter.fontMetrics().horizontalAdvance
        left = max((room(words) for words in names), default=0) + 12.0
        right = self.width() - room("0.00000 %") - 10.0
        top = _EDGE * unit
        for title, bars in self.groups:
            painter.setFont(bold)
            painter.setPen(QColor(self._theme.text))
            painter.drawText(QRectF(0, top, self.width(), _HEAD * unit), Qt.AlignmentFlag.AlignVCenter, title)
            painter.setFont(font)
            top += _HEAD * unit
            highest = max((bar.high for bar in bars if math.isfinite(bar.high)), default=0.0)
            end = tidy_above(highest, FINE) if highest > 0 else 1.0
            for bar in bars:
                self._paint_bar(painter, bar, QRectF(left, top, max(right - left, 1.0), _LINE * unit), end)
                top += _LINE * unit
        painter.end()

    def _paint_bar(self, painter: QPainter, bar: Bar, place: QRectF, end: float) -> None:
        theme, height = self._theme, _BAR * place.height() / _LINE
        colour = QColor(pens(theme)[bar.name.removeprefix("clean ")].color())
        if bar.name.startswith("clean"):
            colour = QColor(mix(colour.name(), theme.panel, 0.55))
        painter.setPen(QColor(theme.faint))
        words = QRectF(0, place.top(), place.left() - 10, place.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, bar.words)
        painter.setPen(QColor(theme.text))
        number = QRectF(place.right() + 8, place.top(), self.width() - place.right() - 8, place.height())
        painter.drawText(number, Qt.AlignmentFlag.AlignVCenter, bar.text)
        middle = place.center().y()
        ground = QRectF(place.left(), middle - height / 2, place.width(), height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(mix(theme.panel, theme.line, 0.5)))
        painter.drawRoundedRect(ground, height / 4, height / 4)
        if not math.isfinite(bar.mean):
            return
        reach = [min(max(value, 0.0) / end, 1.0) * place.width() for value in (bar.mean, bar.low, bar.high)]
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(ground.left(), ground.top(), max(reach[0], 1.5), height), height / 4, height / 4)
        if reach[2] - reach[1] > 1.0:
            painter.setPen(QPen(QColor(theme.text), 1.2))
            painter.drawLine(
                QPointF(ground.left() + reach[1], middle), QPointF(ground.left() + reach[2], middle)
            )  # fmt: skip
