"""What an attack shows on the plane: its trail, and the box that its points may lie in, which the hand can draw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

from boundaryviz.attacks.trained.box import box_on_plane
from boundaryviz.gui.adversary.grip import BoxGrip
from boundaryviz.gui.adversary.items import BoxItem, TrailItem
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.tools.geometry import nearest
from boundaryviz.gui.tools.picking import REACH
from boundaryviz.gui.widgets.theme import Theme
from boundaryviz.record.trail import Trail
from boundaryviz.scene.axes import as_seen
from boundaryviz.scene.scene import Domain, Scene

_LEAST, _MOST = 0.1, 100.0  # of the box, as its setting has it


class AdversaryOnPlane(QObject):
    """box_drawn: how large the hand draws the box, as `beyond` says it, and whether the hand has let go."""

    box_drawn = pyqtSignal(float, bool)

    def __init__(self, planes: TwinPlanes, document: Document) -> None:
        super().__init__(planes)
        self._plane, self._document = planes.plane, document
        plane = planes.plane
        scale = lambda: plane.scale  # noqa: E731
        self.trail, self.box = TrailItem(plane.area_shown, scale), BoxItem(plane.area_shown, scale)
        for item, height in ((self.box, -3), (self.trail, -2)):  # above the field, below the points
            plane.canvas.box.addItem(item, ignoreBounds=True)
            item.setZValue(height)
        self.box.show_box(None)
        plane.canvas.shown.connect(self.trail.area_changed)
        self._beyond = self._from = 1.0
        self.grip = BoxGrip(plane.canvas, lambda: self.box.rect, self._free)
        self.grip.grabbed.connect(self._grab)
        self.grip.pulled.connect(lambda by: self.box_drawn.emit(self._as_setting(by), False))
        self.grip.let_go.connect(lambda by: self.box_drawn.emit(self._as_setting(by), True))

    def show_trail(self, trail: Trail | None, scene: Scene | None = None, tried: Scene | None = None) -> None:
        """scene: what is attacked. tried: the same with the attack's points in it."""
        if trail is None or scene is None or tried is None:
            self.trail.show_ways([])
            return
        ways = [way if scene.section is None else scene.section.shadow(way) for way in trail.ways]
        group = int(tried.points.origin[-1]) if len(trail.last) else 1
        self.trail.show_ways(ways, -1 if trail.last.done else trail.last.moving, group)

    def show_box(self, beyond: float | None) -> None:
        """beyond: how far beyond the data it reaches; None shows no box, nor is there one of points at one place."""
        box = None if beyond is None else self._box(beyond)
        self._beyond = beyond or 1.0
        words = f"poison may lie in here: {beyond or 1.0:.3g} \u00d7 the extent of the data"
        self.box.show_box(box, words)

    def bring_into_sight(self, beyond: float | None) -> None:
        """Have the plane show the box with the domain, until None is given."""
        box = None if beyond is None else self._box(beyond)
        whole = None if box is None else Domain(*map(float, (box[0, 0], box[1, 0], box[0, 1], box[1, 1])))
        self._plane.canvas.include("attack", whole)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        for item in (self.trail, self.box):
            item.set_theme(theme)

    def _box(self, beyond: float) -> NDArray[np.float64] | None:
        return box_on_plane(self._document.committed.scene, beyond)

    def _grab(self) -> None:
        self._from = self._beyond

    def _as_setting(self, by: float) -> float:
        """The size as it is set, to a hundredth."""
        return float(np.clip(round(self._from * by, 2), _LEAST, _MOST))

    def _free(self, x: float, y: float) -> bool:
        """Whether no point lies under the pointer, which the hand would rather have."""
        canvas, scene = self._plane.canvas, self._plane.scene
        visible = self._plane.points.visible(scene.points)
        place = as_seen(np.array([x, y]), canvas.stretch)
        return nearest(as_seen(scene.points.xy, canvas.stretch), place, REACH * canvas.pixel, visible) is None
