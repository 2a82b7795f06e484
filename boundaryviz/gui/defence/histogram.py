"""How many points have which score, kept and removed, clean and poison, as bars."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QBrush, QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from boundaryviz.defences.judged import Judged
from boundaryviz.figures.palette import group_colour
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.record.verdict import score_bins

_PAD, _WORDS, _LEGEND = 8.0, 18.0, 32.0  # pixels
_ALONG = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight)
_ABOUT = ("score, more for more suspicious", "score, more suspicious \u2192", "score")
_KINDS = ((False, False), (False, True), (True, False), (True, True))
NAMES = ("clean, kept", "clean, removed", "poison, kept", "poison, removed")


class ScoreBars(QWidget):
    """A verdict in, nothing out. What is removed is filled, what is kept an outline; a tooltip counts a bar."""

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._edges: NDArray[np.float64] = np.linspace(0.0, 1.0, 2)
        self._counts: NDArray[np.int64] = np.zeros((2, 2, 1), dtype=np.int64)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(124)
        self.setAccessibleName("Scores")

    def set_judged(self, judged: Judged) -> None:
        """Show these scores."""
        self._edges, self._counts = score_bins(judged)
        self.setAccessibleDescription("; ".join(self.words(k) for k in range(self._counts.shape[2])))
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(320, 150)

    def words(self, k: int) -> str:
        """What bar k is: 'score 0.4 to 0.5: 12 clean, kept; 3 poison, removed'."""
        counts = [int(self._counts[int(p), int(r), k]) for p, r in _KINDS]
        said = "; ".join(f"{count:,} {name}" for count, name in zip(counts, NAMES, strict=True) if count)
        return f"score {self._edges[k]:.3g} to {self._edges[k + 1]:.3g}: {said or 'no point'}"

    def under(self) -> tuple[str, str, str]:
        """What stands under the bars, left, in the middle and right: of what scores are, what there is room for."""
        metrics, ends = self.fontMetrics(), [f"{self._edges[at]:.3g}" for at in (0, -1)]
        most = max(metrics.horizontalAdvance(words) for words in ends) + _PAD
        free = self._room().width() - 2 * most
        about = next((words for words in _ABOUT if metrics.horizontalAdvance(words) <= free), "")
        return ends[0], about, ends[1]

    def _room(self) -> QRectF:
        return QRectF(_PAD, _PAD + _LEGEND, self.width() - 2 * _PAD, self.height() - 2 * _PAD - _LEGEND - _WORDS)

    def bars(self) -> list[list[QRectF]]:
        """Of each bin the parts of its bar, in the order of `NAMES`, from below."""
        room, totals = self._room(), self._counts.sum(axis=(0, 1))
        wide, most = room.width() / len(totals), max(int(totals.max(initial=0)), 1)
        found = []
        for k in range(len(totals)):
            parts, below = [], room.bottom()
            for p, r in _KINDS:
                high = room.height() * int(self._counts[int(p), int(r), k]) / most
                parts.append(QRectF(room.left() + k * wide + 1.0, below - high, max(wide - 2.0, 1.0), high))
                below -= high
            found.append(parts)
        return found

    @override
    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter, theme, room = QPainter(self), self._theme, self._room()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for parts in self.bars():
            for kind, part in enumerate(parts):
                if part.height() > 0:
                    self._paint(painter, part, kind)
        painter.setPen(QColor(theme.line))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        painter.setPen(QColor(theme.faint))
        under = QRectF(room.left(), room.bottom() + 2, room.width(), _WORDS)
        for align, words in zip(_ALONG, self.under(), strict=True):
            painter.drawText(under, align | Qt.AlignmentFlag.AlignTop, words)
        self._paint_legend(painter)
        painter.end()

    def _paint(self, painter: QPainter, part: QRectF, kind: int) -> None:
        poison, removed = _KINDS[kind]
        colour = QColor(group_colour(1) if poison else self._theme.accent)
        painter.setPen(QPen(colour, 1.2))
        fill = QBrush(colour) if removed else QBrush(colour, Qt.BrushStyle.BDiagPattern) if poison else QBrush()
        painter.setBrush(fill)
        painter.drawRect(part.adjusted(0.6, 0.6, -0.6, -0.6) if part.height() > 2 else part)

    def _paint_legend(self, painter: QPainter) -> None:
        column = max(painter.fontMetrics().horizontalAdvance(name) for name in NAMES) + 30
        for kind, name in enumerate(NAMES):
            corner = QPointF(_PAD + (kind // 2) * column, _PAD + (kind % 2) * _LEGEND / 2)
            self._paint(painter, QRectF(corner.x(), corner.y(), 10, 10), kind)
            painter.setPen(QColor(self._theme.text))
            painter.drawText(QPointF(corner.x() + 15, corner.y() + 9), name)

    @override
    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.words_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def words_at(self, place: QPointF) -> str:
        """What the bar at a place is; empty beside them."""
        room = self._room()
        if not room.contains(place):
            return ""
        count = self._counts.shape[2]
        return self.words(min(int((place.x() - room.left()) / room.width() * count), count - 1))
