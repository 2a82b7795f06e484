"""Everything that stands above the points of a plane: pins, outlines, guides, circles and the words of a tool."""

from __future__ import annotations

from collections.abc import Callable

import pyqtgraph as pg
from PyQt6.QtCore import QRectF
from PyQt6.QtWidgets import QWidget

from boundaryviz.gui.plane.guides import GuideItem, JitterItem
from boundaryviz.gui.plane.overlay import Banner, OutlineItem, PinItem
from boundaryviz.gui.tools import Guide, Shape
from boundaryviz.gui.widgets.theme import Theme


class Marks:
    """The items of one plane. area: the data rectangle that is visible; room: the same in the canvas's pixels."""

    def __init__(
        self, box: pg.ViewBox, canvas: QWidget, theme: Theme, area: Callable[[], QRectF], room: Callable[[], QRectF]
    ) -> None:
        self._room = room
        self.pins, self.outline = PinItem(theme), OutlineItem(theme)
        self.guide, self.jitter = GuideItem(theme, area), JitterItem(theme, area)
        for item in (self.jitter, self.guide, self.pins, self.outline):
            box.addItem(item, ignoreBounds=True)
        self.words = Banner(canvas, at_bottom=True)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        for part in (self.pins, self.outline, self.guide, self.jitter, self.words):
            part.set_theme(theme)

    def set_scale(self, scale: float) -> None:
        """Draw pins and words so many times as large as usual."""
        self.pins.set_size(scale)
        self.words.set_scale(scale)

    def show_shape(self, shape: Shape | None) -> None:
        """What a tool draws, in place of what it drew before."""
        guide = shape if isinstance(shape, Guide) else None
        self.guide.show_guide(guide)
        self.outline.show_shape(None if isinstance(shape, Guide) else shape)

    def say(self, text: str) -> None:
        """What the next click does, at the foot of the plane; an empty text says nothing."""
        self.words.say(text or None, self._room())

    def area_changed(self) -> None:
        """Another part of the plane is visible, or it has another size."""
        self.say(self.words.text())
