"""Small pictures of recorded moments: the field with the points on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QImage, QPainter, QPixmap

from boundaryviz.figures.palette import UNDER_POINTS, field_image
from boundaryviz.gui.plane.thumbnails import draw_points
from boundaryviz.gui.widgets.theme import Theme
from boundaryviz.scene.scene import Domain, Scene

_FINEST = 160  # cells across, of which a small picture needs no more


def checkpoint_pixmap(
    field: NDArray, rect: Domain, scene: Scene, size: QSize, theme: Theme, ratio: float = 1.0
) -> QPixmap:
    """A field (rows, columns) or (classes, rows, columns) over `rect`, row 0 at the bottom, as large as its shape
    allows within `size` logical pixels."""
    every = max(1, field.shape[-1] // _FINEST)
    pixels = np.ascontiguousarray(field_image(field[..., ::every, ::every].astype(np.float32), theme.plane, None,
                                              UNDER_POINTS)[::-1])  # fmt: skip
    rows, columns = pixels.shape[:2]
    image = QImage(pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_RGBX8888)
    scale = min(size.width() / rect.width, size.height() / rect.height)
    fitted = QSize(max(round(rect.width * scale), 1), max(round(rect.height * scale), 1))
    picture = QPixmap(fitted * ratio)
    picture.setDevicePixelRatio(ratio)
    place = QRectF(0, 0, fitted.width(), fitted.height())
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(place, image)
    painter.setClipRect(place)
    draw_points(painter, scene, rect, place)
    painter.end()
    return picture
