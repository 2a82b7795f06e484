"""A mouse on the plane."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QApplication

from boundaryviz.gui.plane.plane import PlaneView

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def mouse(
    plane: PlaneView, kind: str, place: tuple[float, float], button: Qt.MouseButton = LEFT,
    keys: Qt.KeyboardModifier = NONE,
) -> None:  # fmt: skip
    """kind: 'Press', 'Move' or 'Release'; the button is held during moves."""
    viewport = plane.canvas.viewport()
    assert viewport is not None
    at = plane.canvas.to_pixel(*place)
    event = QMouseEvent(
        getattr(QMouseEvent.Type, f"MouseButton{kind}" if kind != "Move" else "MouseMove"),
        at, QPointF(viewport.mapToGlobal(at.toPoint())), Qt.MouseButton.NoButton if kind == "Move" else button,
        button if kind != "Release" else Qt.MouseButton.NoButton, keys,
    )  # fmt: skip
    QApplication.sendEvent(viewport, event)
