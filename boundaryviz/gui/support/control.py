"""Joins the action 'view.support', the probe 'support' and what it draws on the plane."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QObject

from boundaryviz.engine import messages as m
from boundaryviz.engine.probes.support import Support
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.plane.contours import NONE, level_lines
from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.plane.rings_item import RingsItem
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.support.items import MarginItem
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.presenter import Presenter

_EDGE = 1 / (1 + np.exp(-1.0))
"""What is shown where the score is 1: a machine is shown by the logistic function of its score."""
_WITH_MARGINS = ("SVC", "LinearSVC")


class SupportControl(QObject):
    """Rings the support vectors, thinly where they lie within the margin, and draws where the score is -1 and 1.

    The margins are those of two classes. Of a machine fitted by liblinear, which names no support vectors, there are
    the margins alone.
    """

    def __init__(
        self, window: MainWindow, plane: PlaneView, document: Document, client: TrainerClient, presenter: Presenter
    ) -> None:
        super().__init__(window)
        self._client, self._presenter = client, presenter
        self._switch = window.actions_["view.support"]
        self.rings, self.margin = RingsItem(plane.area_shown), MarginItem()
        for item, height in ((self.margin, -4), (self.rings, 1)):
            plane.canvas.box.addItem(item, ignoreBounds=True)
            item.setZValue(height)
            item.hide()
            window.themed.connect(item.set_theme)
        plane.canvas.shown.connect(self.rings.area_changed)
        self._support: Support | None = None
        self._switch.toggled.connect(self._toggle)
        client.probed.connect(self._take)
        client.stated.connect(self._stated)
        presenter.shown.connect(lambda _frame: self._draw_margin())
        presenter.turned.connect(self._forget)
        presenter.forgotten.connect(self._forget)
        document.changed.connect(self._draw_rings)
        document.opened.connect(self._draw_rings)

    def _toggle(self, on: bool) -> None:
        if on:
            self._client.subscribe("support")
        else:
            self._client.unsubscribe("support")
        for item in (self.margin, self.rings):
            item.setVisible(on)
        self._forget()
        self._draw_margin()

    def _stated(self, state: m.State) -> None:
        if state.why in ("loaded", "reset"):
            self._forget()

    def _forget(self) -> None:
        self._support = None
        self._draw_rings()
        self.margin.show_lines(NONE)

    def _take(self, said: m.ProbeResult) -> None:
        if said.probe == "support" and said.key.past == self._presenter.number and self._switch.isChecked():
            self._support = said.value
            self._draw_rings()

    def _draw_rings(self) -> None:
        """By ids, so that a ring follows its point while that is dragged."""
        if not self._switch.isChecked():
            return
        points, support = self._presenter.scene.points, self._support
        if support is None:
            self.rings.show_rings(np.empty((0, 2)), np.empty(0, dtype=bool))
            return
        order = np.argsort(points.ids)
        at = np.searchsorted(points.ids, support.ids, sorter=order)
        there = order[np.minimum(at, len(order) - 1)] if len(order) else order
        known = points.ids[there] == support.ids if len(order) else np.empty(0, dtype=bool)
        self.rings.show_rings(points.xy[there[known]], support.bound[known] if len(order) else known)

    def _draw_margin(self) -> None:
        frame = self._presenter.frame
        if not self._switch.isChecked():
            return
        has = self._presenter.scenario.learner.name in _WITH_MARGINS
        if frame is None or not has or frame.field.ndim != 2 or frame.view.unit is not None:
            self.margin.show_lines(NONE)
        else:
            self.margin.show_lines(level_lines(frame.field, frame.view.rect, (1 - _EDGE, _EDGE)))
