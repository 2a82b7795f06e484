"""Joins the action 'view.certificate', the probe 'certificate' and its map on the plane."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QObject

from boundaryviz.engine import messages as m
from boundaryviz.engine.certificates import CertificateMap
from boundaryviz.figures.effect_colours import effect_image
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.plane.map_item import UNDER, MapItem
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.presenter import Presenter
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scenario.unproven import unproven


class CertificateControl(QObject):
    """Shows, where it is switched on, how many poison points of any kind each decision survives, and how many under the
    pointer. found: the map that is shown."""

    def __init__(
        self, window: MainWindow, planes: TwinPlanes, document: Document, client: TrainerClient, presenter: Presenter
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._client, self._presenter = window, document, client, presenter
        self._switch = window.actions_["view.certificate"]
        self._theme = LIGHT
        self.found: CertificateMap | None = None
        self._place: tuple[float, float] | None = None
        self.item = MapItem()
        self.item.setZValue(UNDER)
        self.item.hide()
        planes.plane.canvas.box.addItem(self.item, ignoreBounds=True)
        self._switch.toggled.connect(self._toggle)
        planes.hovered.connect(self._hovered)
        client.probed.connect(self._take)
        client.stated.connect(self._stated)
        presenter.turned.connect(self._forget)
        presenter.forgotten.connect(self._forget)
        window.themed.connect(self._dress)
        document.changed.connect(self._warn)

    def _toggle(self, on: bool) -> None:
        if on:
            self._client.subscribe("certificate")
        else:
            self._client.unsubscribe("certificate")
        self._forget()
        self._warn()

    def _warn(self) -> None:
        """Say why there is nothing to see, where a learner or its decisions are such."""
        if not self._switch.isChecked():
            return
        if why := unproven(self._document.scenario, self._document.scene.classes):
            self._forget()
            self._window.tell(why)

    def _stated(self, state: m.State) -> None:
        if state.why in ("loaded", "reset"):
            self._forget()

    def _forget(self) -> None:
        self.found = None
        self._show()

    def _take(self, said: m.ProbeResult) -> None:
        if said.probe == "certificate" and said.key.past == self._presenter.number and self._switch.isChecked():
            self.found = said.value
            self._show()

    def _dress(self, theme: Theme) -> None:
        self._theme = theme
        self._show()

    def _hovered(self, place: tuple[float, float] | None) -> None:
        self._place = place
        if self.found is not None:
            self._show()

    def _show(self) -> None:
        found = self.found
        self.item.setVisible(found is not None)
        if found is None:
            return
        pixels = effect_image(
            -found.survived.astype(np.float64), max(1.0, float(found.survived.max())), self._theme.plane
        )
        self.item.show_map(pixels, found.domain, words(found, self._place), self._theme)


def words(found: CertificateMap, place: tuple[float, float] | None) -> str:
    """What the map says, and what it says at a place."""
    said = [f"poison points survived: {int(found.survived.min())} to {int(found.survived.max())}"]
    if found.half is not None:
        enough = found.half >= 0
        said.append(f"by half of the tests: {found.half}" if enough else "half of the tests are wrong without any")
    if place is not None and (here := found.at(*place)) is not None:
        said.append(f"here: {here}")
    return "\n".join(said)
