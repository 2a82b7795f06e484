"""The tab Points: the table of the points shown, selected and edited together with the plane."""

from __future__ import annotations

from functools import partial

import numpy as np
from PyQt6.QtCore import QObject

from boundaryviz.gui.document.document import Document
from boundaryviz.gui.plane.point_table import PointTable
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.controller import Do
from boundaryviz.gui.training.presenter import Presenter
from boundaryviz.learners.captions import captions
from boundaryviz.scene.edits import Move, Recolumn
from boundaryviz.scene.scene import Scene


class PointsControl(QObject):
    """Joins the table with the document, the planes and what is predicted. do: makes a change, as one undo step."""

    def __init__(
        self, window: MainWindow, planes: TwinPlanes, document: Document, presenter: Presenter, do: Do
    ) -> None:
        super().__init__(window)
        self._window, self._planes, self._document = window, planes, document
        self._presenter, self._do = presenter, do
        self._scene: Scene | None = None  # that the table shows
        self._told = 0, 0  # words of captions, and their seed
        self.table = PointTable()
        self.table.selection_changed.connect(self._selected)
        self.table.edited.connect(self._edited)
        planes.plane.selection_changed.connect(self.table.set_selection)
        document.changed.connect(self._follow)
        document.opened.connect(self._follow)
        window.result_changed.connect(self._fill)
        presenter.turned.connect(self._follow)
        presenter.shown.connect(self._fill)
        presenter.forgotten.connect(lambda: self.table.set_predicted(None))
        self._follow()

    def _follow(self) -> None:
        if self._presenter.scene is not self._scene:
            self._scene = self._presenter.scene
            self.table.set_scene(self._scene)
        spec, training = self._presenter.scenario.learner, self._presenter.scenario.training
        told = (spec.words if spec.name == "captions" else 0), training.seed
        if told != self._told:
            self._told = told
            self.table.set_captions(partial(captions, words=told[0], seed=told[1]) if told[0] else None)

    def _fill(self) -> None:
        """What is predicted; a table behind other tabs waits."""
        self._follow()
        frame, scene = self._presenter.frame, self._presenter.scene
        if (
            frame is not None
            and self._window.result_shown() is self.table
            and len(frame.predicted) == len(scene.points)
        ):
            self.table.set_predicted(frame.predicted)

    def _selected(self, ids: frozenset[int]) -> None:
        self._planes.plane.set_selection(sorted(ids))
        self._planes.set_selection(sorted(ids))

    def _edited(self, point: int, column: str, value: object) -> None:
        """A cell was typed over."""
        ids, points = np.array([point]), self._document.scene.points
        at = int(points.positions(ids)[0])
        if column in ("x", "y"):
            xy = points.xy[at].copy()
            xy["xy".index(column)] = value
            self._do(Move(ids, xy[None]), "Move point")
        else:
            self._do(Recolumn(ids, {column: np.array([value])}), f"Set {column}")
