"""Brings what the probe 'margin-quantiles' finds out to its tab, while that is at the front."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from boundaryviz.engine import messages as m
from boundaryviz.engine.probes.margins import Margins, MarginSettings
from boundaryviz.gui.margins.view import AT, EMPTY, PAST, MarginsView
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.in_front import WhileInFront
from boundaryviz.gui.training.presenter import Presenter


class MarginsControl(QObject):
    """Shows the margins of the moment that the plane shows."""

    def __init__(self, window: MainWindow, client: TrainerClient, presenter: Presenter) -> None:
        super().__init__(window)
        self._presenter = presenter
        self.view = MarginsView()
        window.themed.connect(self.view.set_theme)
        WhileInFront(window, client, self.view, "margin-quantiles", MarginSettings(AT))
        client.probed.connect(self._take)
        client.stated.connect(self._stated)
        presenter.turned.connect(lambda: self.view.clear(EMPTY if presenter.past is None else PAST))

    def _stated(self, state: m.State) -> None:
        if state.why in ("loaded", "reset"):
            self.view.clear()

    def _take(self, said: m.ProbeResult) -> None:
        if said.probe != "margin-quantiles" or said.key.past != self._presenter.number:
            return
        found: Margins = said.value
        scene = self._presenter.scene
        if found.count.shape[1] == scene.classes:  # else a class has just come or gone
            names = [scene.class_name(k) for k in range(scene.classes)]
            self.view.set_margins(found.quantiles, found.count, names, self._presenter.seed_words)
