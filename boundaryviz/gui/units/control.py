"""The tab of hidden units: asks for their maps while it is at the front, and shows a unit on the plane."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from boundaryviz.engine import messages as m
from boundaryviz.engine.probes.units import UnitsSettings
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.in_front import WhileInFront
from boundaryviz.gui.training.presenter import Presenter


class UnitsControl(QObject):
    """Joins the window's `UnitMaps`, the probe 'units' and the presenter, which shows one unit on the plane."""

    def __init__(self, window: MainWindow, client: TrainerClient, presenter: Presenter) -> None:
        super().__init__(window)
        self._window, self._presenter = window, presenter
        self._unit: tuple[int, int] | None = None
        WhileInFront(window, client, window.units, "units", UnitsSettings(side=36))
        window.units.unit_clicked.connect(lambda layer, index: presenter.show_unit((layer, index)))
        window.units.unit_cleared.connect(lambda: presenter.show_unit(None))
        presenter.unit_shown.connect(self._select)
        client.probed.connect(self._take)
        client.ready.connect(self._ready)

    def _select(self, unit: tuple[int, int] | None) -> None:
        self._unit = unit
        self._window.units.set_selected(unit)

    def _take(self, said: m.ProbeResult) -> None:
        if said.probe == "units" and said.key.past == self._presenter.number:
            self._window.units.set_units(said.value)
            self._window.units.set_selected(self._unit)

    def _ready(self, ready: m.Ready) -> None:
        if not ready.layers:
            self._window.units.set_units(())
