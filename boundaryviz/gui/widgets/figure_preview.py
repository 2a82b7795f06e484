"""A figure before it is saved: at its true size or fitted, on a chequered ground, as other eyes see it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QScrollArea
from typing_extensions import override

from boundaryviz.gui.widgets.plain import PlainLabel

_SQUARE = 8  # side of the squares that stand for no background, in pixels
_LIGHT, _DARK = ("#ffffff", "#f1f3f4"), ("#14171a", "#23282d")

Check = Callable[[NDArray[np.uint8], str], NDArray[np.uint8]]
"""RGBA pixels and a kind of eyes -> what such eyes see of them."""


class FigurePreview(QScrollArea):
    """check: see `Check`; None where nobody can say."""

    def __init__(self, check: Check | None) -> None:
        super().__init__()
        self._check = check
        self._picture = QPixmap()
        self._width_cm, self._dark, self._kind, self._true_size = 8.5, False, "", False
        self.shown = PlainLabel()
        self.shown.setWordWrap(True)
        self.shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.shown.setAccessibleName("Preview")
        self.setWidget(self.shown)
        self.setWidgetResizable(True)
        self.setMinimumSize(480, 400)

    def show_words(self, words: str) -> None:
        """Show words in the place of a figure."""
        self._picture = QPixmap()
        self.shown.setText(words)

    def show_figure(self, content: bytes, width_cm: float, dark: bool) -> bool:
        """Show a PNG, which is so wide on paper; whether it is a picture. dark: of a style for dark paper."""
        picture = QPixmap()
        if not picture.loadFromData(content):
            return False
        self._picture, self._width_cm, self._dark = picture, width_cm, dark
        self._fit()
        return True

    def set_true_size(self, on: bool) -> None:
        """As large as it will be on paper, by what the screen says of its size; otherwise as there is room."""
        self._true_size = on
        self._fit()

    def set_check(self, kind: str) -> None:
        """As these eyes see it; empty is as it is."""
        self._kind = kind
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._picture.isNull():
            return
        ratio, shown, room = self.devicePixelRatioF(), self._seen(), self.maximumViewportSize()
        if self._true_size:
            across = round(self._width_cm / 2.54 * self.logicalDpiX())
        else:
            fits = room.width(), room.height() * shown.width() / max(shown.height(), 1), shown.width() / ratio
            across = max(int(min(fits)) - 2, 1)
        shown = shown.scaledToWidth(round(across * ratio), Qt.TransformationMode.SmoothTransformation)
        if shown.hasAlphaChannel():
            shown = _on_squares(shown, _DARK if self._dark else _LIGHT, round(_SQUARE * ratio))
        shown.setDevicePixelRatio(ratio)
        self.shown.setPixmap(shown)

    def _seen(self) -> QPixmap:
        """The picture as the eyes asked for see it."""
        if not self._kind or self._check is None:
            return self._picture
        image = self._picture.toImage().convertToFormat(QImage.Format.Format_RGBA8888)
        bits = image.constBits()
        assert bits is not None
        pixels = np.frombuffer(bits.asstring(image.sizeInBytes()), np.uint8).reshape(image.height(), -1, 4)
        changed = np.ascontiguousarray(self._check(pixels, self._kind))
        rows, columns = changed.shape[:2]
        return QPixmap.fromImage(QImage(changed.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_RGBA8888))


def _on_squares(picture: QPixmap, colours: tuple[str, str], side: int) -> QPixmap:
    """The picture over squares of two colours, which show where it has no background."""
    tile = QPixmap(2 * side, 2 * side)
    tile.fill(QColor(colours[0]))
    ground = QPixmap(picture.size())
    with QPainter(tile) as painter:
        painter.fillRect(0, 0, side, side, QColor(colours[1]))
        painter.fillRect(side, side, side, side, QColor(colours[1]))
    with QPainter(ground) as painter:
        painter.drawTiledPixmap(ground.rect(), tile)
        painter.drawPixmap(0, 0, picture)
    return ground
