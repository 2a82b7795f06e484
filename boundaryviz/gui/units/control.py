"""The tab Units: small maps of the hidden units, of which one can be shown on the plane."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from boundaryviz.engine import messages as m
from boundaryviz.engine.probes.units import UnitsSettings
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.in_front import WhileInFront
from boundaryviz.gui.training.presenter import Presenter
from boundaryviz.gui.units.unit_maps import UnitMaps


class UnitsControl(QObject):
    """Has the maps sent while their tab is at the front, and the unit that is clicked shown on the plane."""

    def __init__(self, window: MainWindow, client: TrainerClient, presenter: Presenter) -> None:
        super().__init__(window)
        self._window, self._presenter = window, presenter
        self._unit: tuple[int, int] | None = None
        self.view = UnitMaps()
        self.view.unit_clicked.connect(lambda layer, index: presenter.show_unit((layer, index)))
        self.view.unit_cleared.connect(lambda: presenter.show_unit(None))
        window.themed.connect(self.view.set_theme)
        WhileInFront(window, client, self.view, "units", UnitsSettings(side=36))
        presenter.unit_shown.connect(self._select)
        client.probed.connect(self._take)
        client.ready.connect(self._ready)

    def _select(self, unit: tuple[int, int] | None) -> None:
        self._unit = unit
        self.view.set_selected(unit)

    def _take(self, said: m.ProbeResult) -> None:
        if said.probe == "units" and said.key.past == self._presenter.number:
            self.view.set_units(said.value)
            self.view.set_selected(self._unit)

    def _ready(self, ready: m.Ready) -> None:
        self._window.offer_result(self.view, bool(ready.layers))
        if not ready.layers:
            self.view.set_units(())
