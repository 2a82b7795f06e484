"""Small pictures of data: the points of a scene in their classes' colours."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPixmap

from boundaryviz.figures.palette import class_colour
from boundaryviz.gui.theme import THEMES, Theme
from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.scene import Scene

_MOST = 240  # points of a thumbnail; more would only cover one another


def scene_pixmap(scene: Scene, size: QSize, theme: Theme, ratio: float = 1.0) -> QPixmap:
    """The scene's points on the theme's plane, `size` in logical pixels, whole domain, aspect kept."""
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(QColor(Qt.GlobalColor.transparent))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.plane))
    painter.drawRoundedRect(QRectF(0, 0, size.width(), size.height()), 4, 4)
    domain, points = scene.domain, scene.points
    scale = min(size.width() / domain.width, size.height() / domain.height)
    left = (size.width() - scale * domain.width) / 2
    top = (size.height() - scale * domain.height) / 2
    radius = max(1.0, min(size.width(), size.height()) / 45)
    for i in np.linspace(0, len(points) - 1, min(len(points), _MOST)).astype(int):
        x, y = points.xy[i]
        painter.setBrush(QColor(class_colour(int(points.label[i]))))
        painter.drawEllipse(QPointF(left + (x - domain.left) * scale, top + (domain.top - y) * scale), radius, radius)
    painter.end()
    return picture


def data_pixmap(name: str, size: QSize, theme: Theme, ratio: float = 1.0) -> QPixmap:
    """A data set by name, a few of its points at their default noise."""
    return _data_pixmap(name, size.width(), size.height(), theme.name, ratio)


@lru_cache(maxsize=128)
def _data_pixmap(name: str, width: int, height: int, theme: str, ratio: float) -> QPixmap:
    scene = build(DataSpec(name=name, n=200, validation=0.0, test=0.0))
    return scene_pixmap(scene, QSize(width, height), THEMES[theme], ratio)
