"""A map on the plane that is no field of a model: its name in a corner, and a bare ground around it."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QPainter
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget
from typing_extensions import override

from boundaryviz.gui.plane.field_layer import FieldItem
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scene.scene import Domain

UNDER = -29  # where a map lies: between the field and its boundary
_FAR = 50.0  # how many times its size around the map the ground reaches


class MapItem(FieldItem):
    """A picture that hides the model's field all around it too, whose colours mean something else."""

    def __init__(self) -> None:
        super().__init__()
        self.smooth = False
        self._theme = LIGHT
        self.name = pg.TextItem(anchor=(0, 0))
        self.name.setParentItem(self)

    def show_map(self, pixels: NDArray[np.uint8], rect: Domain, name: str, theme: Theme) -> None:
        """pixels: see `show_pixels`. name: of what is shown, in plain words; empty for none."""
        self._theme = theme
        self.show_pixels(pixels, rect)
        self.name.setVisible(bool(name))
        self.name.setText(name, QColor(theme.text))
        self.name.fill = pg.mkBrush(theme.panel)
        self.name.setPos(rect.left, rect.top)

    @override
    def boundingRect(self) -> QRectF:
        rect = super().boundingRect()
        wide, high = _FAR * rect.width(), _FAR * rect.height()
        return rect.adjusted(-wide, -high, wide, high)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        painter.fillRect(self.boundingRect(), QColor(self._theme.panel))
        super().paint(painter, option, widget)
