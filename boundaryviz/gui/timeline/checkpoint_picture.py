"""Small pictures of recorded moments: the field with the points on it."""

from __future__ import annotations

from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QPainter, QPixmap

from boundaryviz.gui.plane.thumbnails import draw_points, field_picture, fitted
from boundaryviz.gui.widgets.theme import Theme
from boundaryviz.scene.scene import Domain, Scene


def checkpoint_pixmap(
    field: NDArray, rect: Domain, scene: Scene, size: QSize, theme: Theme, ratio: float = 1.0
) -> QPixmap:
    """A field (rows, columns) or (classes, rows, columns) over `rect`, row 0 at the bottom, as large as its shape
    allows within `size` logical pixels."""
    exact = fitted(rect, scene.domain.stretch, size)
    whole = QSize(max(round(exact.width()), 1), max(round(exact.height()), 1))
    picture = QPixmap(whole * ratio)
    picture.setDevicePixelRatio(ratio)
    place = QRectF(0, 0, whole.width(), whole.height())
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(place, field_picture(field, theme))
    painter.setClipRect(place)
    draw_points(painter, scene, rect, place)
    painter.end()
    return picture
