"""The keys of the plane. What is not listed here goes on to the window's actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import Qt

if TYPE_CHECKING:
    from boundaryviz.gui.plane.plane import PlaneView

_NUDGES = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
_ZOOM = 1.2


def act(plane: PlaneView, key: Qt.Key, held: Qt.KeyboardModifier) -> bool:
    """Do what a key asks the plane for; whether it asked for anything."""
    ctrl = bool(held & Qt.KeyboardModifier.ControlModifier)
    far = 10 if held & Qt.KeyboardModifier.ShiftModifier else 1
    match key:
        case Qt.Key.Key_Escape if plane.tool.active:
            plane.cancel_stroke()
        case Qt.Key.Key_Escape if len(plane.selection):
            plane.select(np.empty(0, dtype=np.int64))
        case Qt.Key.Key_Home:
            plane.fit()
        case Qt.Key.Key_A if ctrl:
            plane.select_all()
        case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
            plane.delete_selection()
        case Qt.Key.Key_Left | Qt.Key.Key_Right | Qt.Key.Key_Up | Qt.Key.Key_Down if not ctrl:
            right, up = _NUDGES[key]
            plane.nudge(right * far, up * far)
        case Qt.Key.Key_BracketLeft:
            plane.change_brush(0.8)
        case Qt.Key.Key_BracketRight:
            plane.change_brush(1.25)
        case Qt.Key.Key_Plus | Qt.Key.Key_Equal if ctrl:
            plane.zoom(_ZOOM)
        case Qt.Key.Key_Minus if ctrl:
            plane.zoom(1.0 / _ZOOM)
        case _:
            return False
    return True
