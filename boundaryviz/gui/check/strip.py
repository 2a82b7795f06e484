"""The values of one measure over data seeds, as a strip of dots against what was promised."""

from __future__ import annotations

import math

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from boundaryviz.gui.widgets.theme import LIGHT, Theme, mix
from boundaryviz.record.expectations import Held

_DOT = 7.0  # pixels across
_SIDE = 8.0  # left and right of the scale
_HEIGHT, _WORDS = 30, 15  # of the dots, and of the numbers below
_NEAR = 6.0  # pixels from a dot at which the pointer means it


class DotStrip(QWidget):
    """A dot for each data seed, filled where it held and hollow where it did not, on the band that was promised.

    Dots that would hide each other are stacked. A tooltip says which data seed a dot is.
    """

    def __init__(self, held: Held, data_seeds: tuple[int, ...], theme: Theme = LIGHT) -> None:
        super().__init__()
        self._held, self._data_seeds, self._theme = held, data_seeds, theme
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(held.expectation.title)
        self.setAccessibleDescription("; ".join(self.words(at) for at in range(len(held.values))))

    @override
    def sizeHint(self) -> QSize:
        return QSize(160, _HEIGHT + _WORDS)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.update()

    def words(self, at: int) -> str:
        """What dot number `at` is: 'data seed 7: 9.3 %'."""
        value = self._held.expectation.value_words(self._held.values[at])
        whose = f"data seed {self._data_seeds[at]:,}" if self._data_seeds else "the kept points"
        return f"{whose}: {'not measured' if math.isnan(self._held.values[at]) else value}"

    def scale(self) -> tuple[float, float]:
        """The least and the largest value of the scale: those measured, and the promise's where it has any."""
        ends = [*self._held.values, *self._held.expectation.bounds]
        known = [end for end in ends if math.isfinite(end)]
        if self._held.expectation.is_share and not any(end < 0 for end in known):
            known.append(0.0)
        low, high = min(known, default=0.0), max(known, default=1.0)
        return (low, high) if high > low else (low, low + (abs(low) or 1.0))

    def places(self) -> list[QPointF | None]:
        """The middle of each dot, from left to right those of rising value; None where nothing was measured."""
        found: list[QPointF | None] = [None] * len(self._held.values)
        columns: dict[int, list[int]] = {}
        for at, value in enumerate(self._held.values):
            if not math.isnan(value):
                columns.setdefault(round(self._x(value) / _DOT), []).append(at)
        room = _HEIGHT - _DOT - 2
        for same in columns.values():
            step = min(_DOT, room / max(len(same) - 1, 1))
            for floor, at in enumerate(same):
                found[at] = QPointF(self._x(self._held.values[at]), _HEIGHT - _DOT / 2 - 1 - floor * step)
        return found

    def _x(self, value: float) -> float:
        low, high = self.scale()
        share = min(max((value - low) / (high - low), 0.0), 1.0)
        return _SIDE + share * (self.width() - 2 * _SIDE)

    @override
    def paintEvent(self, _event: QPaintEvent | None) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_promise(painter)
        painter.setPen(QColor(theme.line))
        painter.drawLine(QPointF(_SIDE, _HEIGHT), QPointF(self.width() - _SIDE, _HEIGHT))
        for place, kept in zip(self.places(), self._held.kept, strict=True):
            if place is not None:
                painter.setPen(QColor(theme.accent if kept else theme.danger))
                painter.setBrush(QColor(theme.accent if kept else theme.panel))
                painter.drawEllipse(place, _DOT / 2 - 0.5, _DOT / 2 - 0.5)
        painter.setPen(QColor(theme.faint))
        font = self.font()
        font.setPointSizeF(0.85 * font.pointSizeF())
        painter.setFont(font)
        line = QRectF(0.0, _HEIGHT + 1, self.width(), _WORDS)
        words = self._held.expectation.value_words
        low, high = self.scale()
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, words(low))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, words(high))
        painter.end()

    def _paint_promise(self, painter: QPainter) -> None:
        """The band of values that were promised; at least as wide as a dot, for a promise of one value."""
        if self._held.expectation.promised is None:
            return
        low, high = self.scale()
        least, most = self._held.expectation.bounds
        left, right = self._x(max(least, low)), self._x(min(most, high))
        if math.isinf(least):
            left -= _SIDE
        wide = max(right - left, _DOT + 2)
        band = QRectF((left + right - wide) / 2, 0.0, wide, float(_HEIGHT))
        painter.fillRect(band, QColor(mix(self._theme.panel, self._theme.accent, 0.16)))

    @override
    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            words = self.words_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def words_at(self, place: QPointF) -> str:
        """What the dots near a place are, one line each; empty where there is none."""
        near = [
            at
            for at, dot in enumerate(self.places())
            if dot is not None and math.hypot(dot.x() - place.x(), dot.y() - place.y()) <= _NEAR
        ]
        return "\n".join(self.words(at) for at in near)
