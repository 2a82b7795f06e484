"""Small pictures of data: the points of a scene in their classes' colours."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPixmap

from boundaryviz.figures.palette import UNDER_POINTS, class_colour, field_image
from boundaryviz.gui.widgets.theme import THEMES, Theme
from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.scene import Domain, Scene

_MOST = 240  # points of a thumbnail; more would only cover one another
_FINEST = 160  # cells across, of which a small picture needs no more


def field_picture(field: NDArray, theme: Theme) -> QImage:
    """A field (rows, columns) or (classes, rows, columns), row 0 at the bottom, as it lies under points.

    A pixel is a cell, or of many cells every second or third.
    """
    every = max(1, field.shape[-1] // _FINEST)
    colours = field_image(field[..., ::every, ::every].astype(np.float32), theme.plane, None, UNDER_POINTS)
    pixels = np.ascontiguousarray(colours[::-1])
    rows, columns = pixels.shape[:2]
    return QImage(pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_RGBX8888).copy()


def scene_pixmap(scene: Scene, size: QSize, theme: Theme, ratio: float = 1.0, field: NDArray | None = None) -> QPixmap:
    """The scene's points on the theme's plane, `size` in logical pixels, whole domain, aspect kept.

    field: what a model thinks over the domain, as in `field_picture`, to lie under them.
    """
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(QColor(Qt.GlobalColor.transparent))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.plane))
    painter.drawRoundedRect(QRectF(0, 0, size.width(), size.height()), 4, 4)
    domain = scene.domain
    place = QRectF(QPointF(0, 0), fitted(domain, domain.stretch, size))
    place.moveCenter(QRectF(0, 0, size.width(), size.height()).center())
    if field is not None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, field_picture(field, theme))
    draw_points(painter, scene, domain, place)
    painter.end()
    return picture


def fitted(rect: Domain, stretch: float, size: QSize) -> QSizeF:
    """How large a part of the plane is drawn within `size`. stretch: of the plane, see `Domain.stretch`."""
    height = rect.height / stretch
    scale = min(size.width() / rect.width, size.height() / height)
    return QSizeF(scale * rect.width, scale * height)


def draw_points(painter: QPainter, scene: Scene, rect: Domain, place: QRectF) -> None:
    """Some of the scene's points as dots; the part `rect` of the plane fills `place`."""
    points, across, up = scene.points, place.width() / rect.width, place.height() / rect.height
    radius = max(1.0, min(place.width(), place.height()) / 45)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for i in np.linspace(0, len(points) - 1, min(len(points), _MOST)).astype(int):
        x, y = points.xy[i]
        painter.setBrush(QColor(class_colour(int(points.label[i]))))
        at = QPointF(place.left() + (x - rect.left) * across, place.top() + (rect.top - y) * up)
        painter.drawEllipse(at, radius, radius)


def data_pixmap(name: str, size: QSize, theme: Theme, ratio: float = 1.0) -> QPixmap:
    """A data set by name, a few of its points at their default noise."""
    return _data_pixmap(name, size.width(), size.height(), theme.name, ratio)


@lru_cache(maxsize=128)
def _data_pixmap(name: str, width: int, height: int, theme: str, ratio: float) -> QPixmap:
    scene = build(DataSpec(name=name, n=200, validation=0.0, test=0.0))
    return scene_pixmap(scene, QSize(width, height), THEMES[theme], ratio)
