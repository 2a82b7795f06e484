"""The tab Units: small maps of the hidden units, of which one can be shown on the plane."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from boundaryviz.engine import messages as m
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.presenter import Presenter
from boundaryviz.gui.units.unit_maps import UnitMaps

_MAPS = 36  # pixels, the side of a small map


class UnitsControl(QObject):
    """Has the maps sent while their tab is at the front, and the unit that is clicked shown on the plane."""

    def __init__(self, window: MainWindow, client: TrainerClient, presenter: Presenter) -> None:
        super().__init__(window)
        self._window, self._presenter = window, presenter
        self.view = UnitMaps()
        self.view.unit_clicked.connect(lambda layer, index: presenter.show_unit((layer, index)))
        self.view.unit_cleared.connect(lambda: presenter.show_unit(None))
        window.themed.connect(self.view.set_theme)
        window.result_changed.connect(self._front_changed)
        presenter.shown.connect(self._show)
        presenter.unit_shown.connect(self.view.set_selected)
        client.ready.connect(self._ready)

    def _front_changed(self) -> None:
        self._presenter.want_maps(_MAPS if self._window.result_shown() is self.view else 0)

    def _show(self, frame: m.Frame) -> None:
        if frame.units:
            self.view.set_units(frame.units)
            self.view.set_selected(frame.view.unit)

    def _ready(self, ready: m.Ready) -> None:
        if not ready.layers:
            self.view.set_units(())
