"""The hand on the box of an attack: its sides can be drawn apart and together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from PyQt6.QtCore import QEvent, QObject, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QCursor, QMouseEvent
from typing_extensions import override

from boundaryviz.gui.plane.canvas import PlaneCanvas

_NEAR = 5.0  # pixels from a side that is grabbed
Side = Literal["across", "up"]
_CURSORS = {"across": Qt.CursorShape.SizeHorCursor, "up": Qt.CursorShape.SizeVerCursor}


class BoxGrip(QObject):
    """Takes the mouse from the plane where it is on a side of the box.

    box: the rectangle in data coordinates; an empty one cannot be grabbed. free: whether a place is nobody else's, such
    as a point's. grabbed: a side is in hand. pulled: how many times as large as then the box is, while it is drawn.
    let_go: the same, at the end.
    """

    grabbed = pyqtSignal()
    pulled = pyqtSignal(float)
    let_go = pyqtSignal(float)

    def __init__(self, canvas: PlaneCanvas, box: Callable[[], QRectF], free: Callable[[float, float], bool]) -> None:
        super().__init__(canvas)
        self._canvas, self._box, self._free = canvas, box, free
        self._held: Side | None = None
        self._start = QRectF()
        self._over = False
        viewport = canvas.viewport()
        assert viewport is not None
        self._viewport = viewport
        viewport.installEventFilter(self)

    def side_at(self, x: float, y: float) -> Side | None:
        """Which sides lie at a place, in data coordinates: those left and right, 'across', or those below and above."""
        box, canvas = self._box(), self._canvas
        if box.isEmpty() or not canvas.acts:
            return None
        near = _NEAR * canvas.pixel, _NEAR * canvas.pixel * canvas.stretch
        within = box.left() - near[0] <= x <= box.right() + near[0], box.top() - near[1] <= y <= box.bottom() + near[1]
        if not all(within) or not self._free(x, y):
            return None
        if min(abs(x - box.left()), abs(x - box.right())) <= near[0]:
            return "across"
        return "up" if min(abs(y - box.top()), abs(y - box.bottom())) <= near[1] else None

    @override
    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if not isinstance(event, QMouseEvent):
            return False
        x, y = self._canvas.to_data(event.position()).tolist()
        kind, left = event.type(), event.button() == Qt.MouseButton.LeftButton
        if kind == QEvent.Type.MouseButtonPress and left:
            self._held, self._start = self.side_at(x, y), QRectF(self._box())
            if self._held is not None:
                self.grabbed.emit()
            return self._held is not None
        if kind == QEvent.Type.MouseMove and self._held is not None:
            self.pulled.emit(self._factor(x, y))
            return True
        if kind == QEvent.Type.MouseMove and event.buttons() == Qt.MouseButton.NoButton:
            return self._hover(self.side_at(x, y))
        if kind == QEvent.Type.MouseButtonRelease and left and self._held is not None:
            factor, self._held = self._factor(x, y), None
            self.let_go.emit(factor)
            return True
        return False

    def _factor(self, x: float, y: float) -> float:
        """How many times as large the box is with the grabbed side at this place."""
        box, middle = self._start, self._start.center()
        if self._held == "across":
            return abs(x - middle.x()) / max(box.width() / 2, np.finfo(float).tiny)
        return abs(y - middle.y()) / max(box.height() / 2, np.finfo(float).tiny)

    def _hover(self, side: Side | None) -> bool:
        """Show by the pointer that a side can be grabbed; the plane's own pointer comes back with its next hover."""
        if side is not None:
            self._viewport.setCursor(QCursor(_CURSORS[side]))
        elif self._over:
            self._viewport.unsetCursor()
        self._over = side is not None
        return side is not None
