"""A piece of an attack's line, as legends and lists show it."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from boundaryviz.figures.push_style import PUSHES
from boundaryviz.gui.widgets.theme import Theme

WIDE = 34
"""Pixels."""


def swatch(painter: QPainter, place: QRectF, name: str, theme: Theme) -> None:
    """Draw a piece of a method's line across the middle of a place."""
    style = PUSHES[name]
    pen = QPen(QColor(style.colour(theme.name == "dark")), style.wide, cap=Qt.PenCapStyle.FlatCap)
    if style.dashes:
        pen.setDashPattern(style.dashes)
    painter.setPen(pen)
    painter.drawLine(QPointF(place.left(), place.center().y()), QPointF(place.right(), place.center().y()))
