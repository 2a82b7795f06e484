"""The scale of the effect map's colours, in a corner of the plane; the mouse goes through it."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget
from typing_extensions import override

from boundaryviz.figures.effect_colours import effect_image
from boundaryviz.gui.widgets.theme import LIGHT, Theme

_WIDE, _BAR, _MARGIN, _GAP = 190, 12, 10, 4  # pixels: of the bar, its height, the room around, between lines


class ColourBar(QWidget):
    """What is measured over a band of colours, with its ends and zero."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._theme = LIGHT
        self.heading = self.title = ""
        self.ends = "", ""
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.update()

    def set_scale(self, heading: str, title: str, least: str, most: str) -> None:
        """heading: of what. title: what is measured, and its unit. least, most: the ends in words."""
        self.heading, self.title, self.ends = heading, title, (least, most)
        self.setAccessibleName(f"{heading}, {title}: {least} to {most}")
        self.resize(self.sizeHint())
        self.update()

    def stand_in(self, area: QRectF) -> None:
        """Go to the lower right corner of this part of the parent, in its pixels."""
        self.resize(self.sizeHint())
        self.move(int(area.right()) - self.width() - 12, int(area.bottom()) - self.height() - 12)

    @override
    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        wide = max(_WIDE, *(metrics.horizontalAdvance(words) for words in (self.heading, self.title)))
        return QSize(wide + 2 * _MARGIN, 3 * metrics.height() + _BAR + 2 * _GAP + 2 * _MARGIN)

    @override
    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter, theme, line = QPainter(self), self._theme, self.fontMetrics().height()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.line), 1.0))
        painter.setBrush(QColor(theme.panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6.0, 6.0)
        painter.setPen(QColor(theme.text))
        inside = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        top = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter
        painter.drawText(inside, top, self.heading)
        painter.drawText(inside.translated(0.0, line), top, self.title)
        band = QRectF(inside.left(), inside.top() + 2 * line + _GAP, inside.width(), _BAR)
        pixels = effect_image(np.linspace(-1.0, 1.0, 128)[None], 1.0, theme.plane)
        image = QImage(pixels.tobytes(), 128, 1, 4 * 128, QImage.Format.Format_RGBX8888)
        painter.drawImage(band, image)
        painter.setPen(QColor(theme.faint))
        below = QRectF(band.left(), band.bottom() + _GAP, band.width(), line)
        sides = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight)
        for side, words in zip(sides, (self.ends[0], "0", self.ends[1]), strict=True):
            painter.drawText(below, side | Qt.AlignmentFlag.AlignVCenter, words)
