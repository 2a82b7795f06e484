"""Crosses over points that the defence removed: filled over poison, thin over clean points."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter, QTransform
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget
from typing_extensions import override

from boundaryviz.gui.plane.class_legend import Cross, paint_cross
from boundaryviz.gui.plane.marks_item import MarksItem
from boundaryviz.record.verdict import Marks

SIZE = 13.0  # pixels across
_NOWHERE = Marks(np.empty((0, 2)), np.empty((0, 2)))


class CrossesItem(MarksItem):
    """Marks in, nothing out; each as large whatever part of the plane is shown."""

    def __init__(self, area: Callable[[], QRectF]) -> None:
        """area: the part of the plane that is shown."""
        super().__init__(area)
        self.marks = _NOWHERE

    def show_marks(self, marks: Marks | None) -> None:
        """None shows none."""
        self.marks = marks or _NOWHERE
        self.update()

    @override
    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        transform = painter.transform()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for xy, cross in ((self.marks.clean, Cross.CLEAN), (self.marks.poison, Cross.POISON)):
            for x, y in self._on_screen(xy, transform).tolist():
                painter.setTransform(QTransform.fromTranslate(x, y))
                paint_cross(painter, cross, self.theme, SIZE)
        painter.restore()

    def _on_screen(self, xy: NDArray[np.float64], transform: QTransform) -> NDArray[np.float64]:
        """The places (N, 2) that are to be seen, in pixels of the window."""
        at = xy * (transform.m11(), transform.m22()) + (transform.dx(), transform.dy())
        screen = transform.mapRect(self._area()).adjusted(-SIZE, -SIZE, SIZE, SIZE)
        seen = (at[:, 0] > screen.left()) & (at[:, 0] < screen.right())
        seen &= (at[:, 1] > screen.top()) & (at[:, 1] < screen.bottom())
        return at[seen]
