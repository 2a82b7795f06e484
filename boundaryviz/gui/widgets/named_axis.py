"""An axis under a name that somebody wrote: plain, on one line, and ended by dots where the axis is too short."""

from __future__ import annotations

from html import escape

import pyqtgraph as pg
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFontMetricsF
from typing_extensions import override

from boundaryviz.gui.widgets.plain import tip
from boundaryviz.scene.plain_text import LINE, one_line

_LIFT = 3  # pixels: pyqtgraph puts the foot of a letter that has one below the edge


class NamedAxis(pg.AxisItem):  # type: ignore[misc, unused-ignore]
    """pyqtgraph writes labels as HTML; nothing in a name is markup here. The whole name stands under the pointer."""

    def __init__(self, side: str, box: pg.ViewBox) -> None:
        self.name = ""
        self._scale = 1.0
        super().__init__(side, linkView=box)
        self.enableAutoSIPrefix(False)  # ticks say what they are, and not how many thousandths

    def set_name(self, name: str) -> None:
        """Write a name at the axis; an empty one takes no room."""
        self.name = one_line(name, LINE)
        self.setToolTip(tip(self.name))
        self.setLabel(self.name)

    def set_scale(self, scale: float) -> None:
        """Take so many times as much room as usual, for larger type."""
        before, self._scale = self._scale, scale
        for fixed, take in ((self.fixedWidth, self.setWidth), (self.fixedHeight, self.setHeight)):
            if fixed is not None:
                take(fixed / before)

    @override
    def setWidth(self, w: float | None = None) -> None:
        super().setWidth(None if w is None else w * self._scale)

    @override
    def setHeight(self, h: float | None = None) -> None:
        super().setHeight(None if h is None else h * self._scale)

    def labelString(self) -> str:
        """The name as far as there is room, in HTML that says just that."""
        along = self.size().height() if self.orientation in ("left", "right") else self.size().width()
        shown = QFontMetricsF(self.label.font()).elidedText(self.name, Qt.TextElideMode.ElideRight, along)
        style = ";".join(f"{key}: {value}" for key, value in self.labelStyle.items())
        return f"<span style='{style}'>{escape(shown)}</span>"

    @override
    def resizeEvent(self, ev: object = None) -> None:
        if self.label is not None and self.name:
            self.label.setHtml(self.labelString())
        super().resizeEvent(ev)
        if self.label is not None and self.orientation == "bottom":
            self.label.setY(self.label.y() - _LIFT)
