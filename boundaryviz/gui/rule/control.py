"""Brings the rule of the document to the tab Rule and to the planes, and what is written there to the document."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from boundaryviz.engine import messages as m
from boundaryviz.gui.plane.twin_pictures import decided
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.rule.panel import RulePanel
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.controller import Controller
from boundaryviz.record.rule import compared, disagreement
from boundaryviz.scenario.changes import Settings
from boundaryviz.scene.rules import Rule
from boundaryviz.scene.scene import UNLABELLED, Domain, Points


class RuleControl(QObject):
    """Shows and takes the rule; its line is on the planes wherever a scenario has one."""

    def __init__(self, window: MainWindow, planes: TwinPlanes, controller: Controller) -> None:
        super().__init__(window)
        self._window, self._planes = window, planes
        self._document, self._do, self._presenter = controller.document, controller.do, controller.presenter
        self.panel = RulePanel()
        self._shown: tuple[str | None, bool, int] | None = None  # the rule on the planes, whether with the
        # difference, and of how many points it says nothing
        self._classes: tuple[Points, Rule, NDArray[np.int16]] | None = None  # that the rule says of points
        self._over: tuple[Domain, Rule, NDArray[np.int16]] | None = None  # and of cells of the plane
        panel, actions = self.panel, window.actions_
        window.themed.connect(panel.set_theme)
        panel.written.connect(self._write)
        panel.labels.connect(self._label)
        panel.difference.connect(actions["view.rule-difference"].setChecked)
        actions["view.rule-difference"].toggled.connect(self._sync)
        actions["edit.rule-labels"].triggered.connect(self._label)
        actions["edit.rule"].triggered.connect(lambda: self.open())
        self._document.changed.connect(self._sync)
        self._document.opened.connect(self._begin)
        self._presenter.shown.connect(self._count)
        self._begin()

    def open(self) -> None:
        """Show the tab, with the cursor in the rule."""
        self._window.show_panel(self.panel)
        self.panel.edit.setFocus()

    # ---- document -> views

    def _begin(self) -> None:
        self.panel.set_rule(self._document.scenario.rule or "")
        self.panel.show_rule()
        self._sync()

    def _sync(self) -> None:
        scenario, actions = self._document.scenario, self._window.actions_
        difference = actions["view.rule-difference"].isChecked()
        by_rule = scenario.data.labels == "rule"
        self.panel.set_rule(scenario.rule or "")
        self.panel.set_switches(by_rule, difference)
        for name in ("view.rule-difference", "edit.rule-labels"):
            actions[name].setEnabled(scenario.rule is not None)
        actions["edit.rule-labels"].setChecked(by_rule)
        silent = self._tell_silent(by_rule)
        if (scenario.rule, difference, silent) != self._shown:
            self._shown = scenario.rule, difference, silent
            self._planes.set_rule(scenario.parsed_rule, difference, silent)
            if self._presenter.frame is not None:
                self._count(self._presenter.frame)

    def _tell_silent(self, by_rule: bool) -> int:
        """Say at how many points the rule says no class; the same while points are dragged."""
        rule, points = self._document.scenario.parsed_rule, self._document.scene.points
        if self._document.previewing and self._shown is not None:
            return self._shown[2]
        silent = 0 if rule is None else int(np.count_nonzero(self._of_points(rule, points) == UNLABELLED))
        self.panel.set_silent(silent, len(points), by_rule)
        return silent

    def _count(self, frame: m.Frame) -> None:
        """On what share of test points and of the plane model and rule differ, while the tab is to be seen."""
        rule, scene = self._document.scenario.parsed_rule, self._presenter.scene
        if not self.panel.isVisible():
            return
        of_test = of_plane = None
        if rule is not None and len(frame.predicted) == len(scene.points):
            test = compared(scene)
            of_test = disagreement(frame.predicted[test], self._of_points(rule, scene.points)[test])
        if rule is not None and frame.view.unit is None:
            became = decided(frame.field)
            of_plane = disagreement(became.reshape(-1), self._of_cells(rule, frame.view.rect, became.shape).reshape(-1))
        self.panel.set_numbers(_number(of_test), _number(of_plane))

    def _of_points(self, rule: Rule, points: Points) -> NDArray[np.int16]:
        if self._classes is None or self._classes[0] is not points or self._classes[1] is not rule:
            self._classes = points, rule, rule.classes_at(points.xy)
        return self._classes[2]

    def _of_cells(self, rule: Rule, rect: Domain, shape: tuple[int, ...]) -> NDArray[np.int16]:
        over = self._over
        if over is None or over[0] != rect or over[1] is not rule or over[2].shape != shape:
            over = self._over = rect, rule, rule.over(rect, shape[1], shape[0])
        return over[2]

    # ---- views -> document

    def _write(self, text: str) -> None:
        values: dict[str, Any] = {"rule": text or None}
        if not text and self._document.committed.scenario.data.labels == "rule":
            values["data.labels"] = "given"
        self._do(Settings(values), "Write the rule" if text else "Take the rule away")

    def _label(self, on: bool) -> None:
        self.panel.take()
        words = "Label the data by the rule" if on else "Give the data their own labels"
        self._do(Settings({"data.labels": "rule" if on else "given"}, merges=False), words)
        self._sync()  # where it could not be done


def _number(share: NDArray[np.float64] | None) -> float | None:
    return None if share is None else float(share)
