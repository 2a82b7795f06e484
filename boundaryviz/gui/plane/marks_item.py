"""What marks on the plane share whose size is in pixels: they are seen wherever the plane is, in a theme's colours."""

from __future__ import annotations

from collections.abc import Callable

import pyqtgraph as pg
from PyQt6.QtCore import QRectF
from typing_extensions import override

from boundaryviz.gui.widgets.theme import LIGHT, Theme


class MarksItem(pg.GraphicsObject):
    """Takes up all of the plane that is shown, since marks reach further there than their places do."""

    def __init__(self, area: Callable[[], QRectF]) -> None:
        """area: the data rectangle that is visible."""
        super().__init__()
        self._area, self.theme = area, LIGHT

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self.theme = theme
        self.update()

    def area_changed(self) -> None:
        """To be called whenever another part of the plane is shown."""
        self.prepareGeometryChange()
        self.update()

    @override
    def boundingRect(self) -> QRectF:
        return self._area()
