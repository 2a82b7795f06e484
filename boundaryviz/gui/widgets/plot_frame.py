"""A plot with an axis at its left and one below."""

from __future__ import annotations

from collections.abc import Mapping

import pyqtgraph as pg


def framed(box: pg.ViewBox, axes: Mapping[str, pg.AxisItem], top: int, right: int) -> pg.GraphicsLayout:
    """The box with its axes 'left' and 'bottom'; top and right: pixels of room for half a tick's words at the ends."""
    parts = pg.GraphicsLayout()
    parts.layout.setContentsMargins(0, top, right, 0)
    parts.setSpacing(0)
    parts.addItem(axes["left"], 0, 0)
    parts.addItem(box, 0, 1)
    parts.addItem(axes["bottom"], 1, 1)
    return parts
