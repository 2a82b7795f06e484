"""Joins the tab Threshold to the document and to the probe 'scores', while it is at the front."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QObject

from boundaryviz.engine import messages as m
from boundaryviz.engine.probes.scores import Scores, ScoresSettings
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.threshold.view import EMPTY, PAST, ThresholdView
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.controller import Controller
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.decision import DecisionSpec

_TITLES = {f"decision.{name}": field.title or name for name, field in DecisionSpec.model_fields.items()}


class ThresholdControl(QObject):
    """Shows how the moment that the plane shows ranks its points; a threshold that is dragged moves the boundary."""

    def __init__(self, window: MainWindow, document: Document, client: TrainerClient, controller: Controller) -> None:
        super().__init__(window)
        self._window, self._document, self._client, self._controller = window, document, client, controller
        self._presenter = controller.presenter
        self._positive, self._asks = 1, False
        self.view = ThresholdView()
        window.themed.connect(self.view.set_theme)
        window.result_changed.connect(self._look)
        client.probed.connect(self._take)
        client.stated.connect(self._stated)
        self._presenter.turned.connect(self._turned)
        document.changed.connect(self._show_decision)
        document.opened.connect(self._opened)
        self.view.dragged.connect(lambda t: document.preview(Settings({"decision.threshold": t})))
        self.view.chosen.connect(self._choose)
        self.view.class_chosen.connect(self._rank)
        self._show_decision()
        self._look()

    def _choose(self, path: str, value: Any) -> None:
        self._document.drop_preview()
        if value != getattr(self._document.scenario.decision, path.partition(".")[2]):
            self._controller.do(Settings({path: value}), f"Set {_TITLES[path].lower()}")

    def _rank(self, positive: int) -> None:
        """Have this class ranked against the rest."""
        self._positive = positive
        self._look(again=True)

    def _look(self, *, again: bool = False) -> None:
        """Ask while the tab is at the front."""
        asks = self._window.result_shown() is self.view
        if asks and (again or not self._asks):
            self._client.subscribe("scores", ScoresSettings(self._positive))
        elif self._asks and not asks:
            self._client.unsubscribe("scores")
        self._asks = asks

    def _show_decision(self) -> None:
        scene, scenario = self._presenter.scene, self._presenter.scenario
        self.view.set_decision(scenario.decision, scene.classes, scenario.learner.fits(scene))

    def _opened(self) -> None:
        self._positive = 1
        self._show_decision()
        self._clear(EMPTY)
        self._look(again=True)

    def _turned(self) -> None:
        self._show_decision()
        self._clear(EMPTY if self._presenter.past is None else PAST)

    def _stated(self, state: m.State) -> None:
        if state.why in ("loaded", "reset"):
            self._clear(EMPTY)

    def _clear(self, words: str) -> None:
        self.view.set_scores(None, self._names(), hint=words)

    def _names(self) -> list[str]:
        scene = self._presenter.scene
        return [scene.class_name(k) for k in range(scene.classes)]

    def _take(self, said: m.ProbeResult) -> None:
        if said.probe != "scores" or said.key.past != self._presenter.number:
            return
        found: Scores = said.value
        if found.positive == self._positive and found.positive < self._presenter.scene.classes:
            self.view.set_scores(found, self._names(), self._presenter.seed_words)
