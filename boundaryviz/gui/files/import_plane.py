"""What a table will look like on the plane: its points in the colours of their classes, and how many each has."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QColor, QIcon, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QWidget
from typing_extensions import override

from boundaryviz.figures.palette import class_colour
from boundaryviz.gui.widgets.named_axis import NamedAxis
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.plot_frame import framed
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scene.plain_text import one_line
from boundaryviz.scene.scene import UNLABELLED, Scene

_MOST = 3000  # points that are drawn; more would only cover one another
_DOT = 5.0  # pixels
_NAME = 40  # characters of a class
_FRAME = 90  # pixels of a side that the other axis and the margins take


class ImportPlane(QWidget):
    """Points of a scene with free axes, and a list of its classes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = pg.GraphicsView()
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setMinimumSize(200, 120)
        self.view.setAccessibleName("Plane")
        self.box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0.04)
        self.axes = {side: NamedAxis(side, self.box) for side in ("left", "bottom")}
        self.dots = pg.ScatterPlotItem(size=_DOT, pen=None, pxMode=True)
        self.box.addItem(self.dots)
        self.view.setCentralItem(framed(self.box, self.axes, top=8, right=12))
        self.classes = QListWidget()
        self.classes.setAccessibleName("Classes")
        self.classes.setFixedWidth(168)
        self.classes.setIconSize(QSize(10, 10))
        self.classes.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.classes.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.classes)
        self._theme: Theme = LIGHT
        self._scene: Scene | None = None
        self.set_theme(LIGHT)

    def set_scene(self, scene: Scene | None) -> None:
        """Show these points; None shows nothing."""
        self._scene = scene
        self.classes.clear()
        if scene is None:
            self.dots.clear()
            return
        points = scene.points
        some = np.unique(np.linspace(0, len(points) - 1, min(len(points), _MOST)).astype(np.int64))
        brushes = {k: pg.mkBrush(self._colour(k)) for k in range(UNLABELLED, scene.classes)}
        self.dots.setData(pos=points.xy[some], brush=[brushes[k] for k in points.label[some].tolist()])
        for side, name in zip(("bottom", "left"), scene.axis_names, strict=True):
            self.axes[side].set_name(name)
        self.box.autoRange()
        self._make_room()
        counts = np.bincount(points.label.astype(np.int64) + 1, minlength=scene.classes + 1).tolist()
        for label in range(scene.classes):
            if counts[label + 1] or scene.class_names:
                self._list(scene.class_name(label), label, counts[label + 1])
        if counts[0]:
            self._list("without a label", UNLABELLED, counts[0])

    @override
    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Have names and numbers of the axes take the room that they need."""
        if self._scene is None:
            return
        (left, right), (bottom, top) = self.box.viewRange()
        size = self.view.size()
        for side, along, low, high in (("left", size.height(), bottom, top), ("bottom", size.width(), left, right)):
            self.axes[side].make_room(max(along - _FRAME, 1.0), low, high)

    def _list(self, name: str, label: int, count: int) -> None:
        dot = QPixmap(10, 10)
        dot.fill(QColor(self._colour(label)))
        item = QListWidgetItem(QIcon(dot), f"{count:,}  {one_line(name, _NAME)}")
        item.setToolTip(tip(f"{name}: {count:,}"))
        self.classes.addItem(item)

    def _colour(self, label: int) -> str:
        return self._theme.faint if label == UNLABELLED else class_colour(label)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.view.setBackground(theme.plane)
        for axis in self.axes.values():
            axis.setPen(theme.line)
            axis.setTextPen(theme.text)
        self.set_scene(self._scene)
