"""Joins the action 'view.heights', the probe 'heights', and its map and lines on the plane."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from boundaryviz.engine import messages as m
from boundaryviz.engine.height_map import NEAR, HeightMap, flat
from boundaryviz.engine.probes.heights import HeightsSettings
from boundaryviz.figures.height_colours import height_image
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.heights.items import SheetItem, sheet_lines
from boundaryviz.gui.heights.strip import HeightsStrip
from boundaryviz.gui.plane.map_item import UNDER, MapItem
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.presenter import Presenter
from boundaryviz.gui.widgets.theme import LIGHT, Theme

_LINES = -3.5  # over the boundary, under the points
EMPTY = "Looking off the plane\u2026"


class HeightsControl(QObject):
    """Shows, where it is switched on, how far over and under each place the boundary lies, of the moment that the plane
    shows, and where it runs a little above and below. found: the map that is shown."""

    def __init__(
        self, window: MainWindow, planes: TwinPlanes, document: Document, client: TrainerClient, presenter: Presenter
    ) -> None:
        super().__init__(window)
        self._document, self._client, self._presenter = document, client, presenter
        self._switch = window.actions_["view.heights"]
        self._canvas = planes.plane.canvas
        self._theme = LIGHT
        self.z = NEAR
        self.found: HeightMap | None = None
        self._place: tuple[float, float] | None = None
        self.map, self.sheets = MapItem(), SheetItem()
        for item, height in ((self.map, UNDER), (self.sheets, _LINES)):
            item.setZValue(height)
            item.hide()
            self._canvas.box.addItem(item, ignoreBounds=True)
        self.strip = HeightsStrip(self._canvas)
        self._switch.toggled.connect(self._toggle)
        self.strip.moved.connect(self._move)
        self.strip.mapped.connect(lambda _on: self._show())
        self._canvas.shown.connect(self._stand)
        planes.hovered.connect(self._hovered)
        client.probed.connect(self._take)
        client.stated.connect(self._stated)
        presenter.turned.connect(self._forget)
        presenter.forgotten.connect(self._forget)
        window.themed.connect(self._dress)
        document.changed.connect(self._say)
        document.opened.connect(self._say)

    @property
    def asked(self) -> float | None:
        """How far off the plane a figure of what is shown looks; None where heights are not shown."""
        return self.z if self._switch.isChecked() and not flat(self._presenter.scene) else None

    def _toggle(self, on: bool) -> None:
        if on:
            self._client.subscribe("heights", HeightsSettings(z=self.z))
        else:
            self._client.unsubscribe("heights")
        self.strip.setVisible(on)
        self._stand()
        self._forget()

    def _move(self, z: float) -> None:
        self.z = z
        if self._switch.isChecked():
            self._client.subscribe("heights", HeightsSettings(z=z))

    def _stand(self) -> None:
        if self._switch.isChecked():
            self.strip.stand_in(self._canvas.area)
            self.strip.raise_()

    def _stated(self, state: m.State) -> None:
        if state.why in ("loaded", "reset"):
            self._forget()

    def _forget(self) -> None:
        self.found = None
        self._show()

    def _take(self, said: m.ProbeResult) -> None:
        if said.probe == "heights" and said.key.past == self._presenter.number and self._switch.isChecked():
            self.found = said.value
            self._show()

    def _dress(self, theme: Theme) -> None:
        self._theme = theme
        self.strip.set_theme(theme)
        self.sheets.set_theme(theme)
        self._show()

    def _hovered(self, place: tuple[float, float] | None) -> None:
        self._place = place
        if self.found is not None:
            self._say()

    def _show(self) -> None:
        found = self.found
        coloured = found is not None and self.strip.map.isChecked()
        self.map.setVisible(coloured)
        if found is not None and coloured:
            self.map.show_map(height_image(found, self._theme.plane), found.domain, "", self._theme)
        lines = () if found is None else tuple(sheet_lines(sheet, found.domain) for sheet in found.sheets)
        self.sheets.show_lines(lines)
        self._say()

    def _say(self) -> None:
        if not self._switch.isChecked():
            return
        why = flat(self._presenter.scene)
        if why and self.found is not None:
            self.found = None
            self._show()
            return
        self.strip.set_words(why or (EMPTY if self.found is None else words(self.found, self._place)))


def words(found: HeightMap, place: tuple[float, float] | None) -> str:
    """What a map says, and what it says at a place."""
    far = found.median
    median = f"beyond {found.reach:.3g}" if far > found.reach else _far(far)
    said = [f"{100 * found.within(found.z):.0f} % of it within {found.z:.3g}, median {median}"]
    if place is not None and (here := found.at(*place)) is not None:
        said.append(f"here {_far(here[0])} above, {_far(here[1])} below")
    return "\n".join(said)


def _far(height: float) -> str:
    return "none" if height == float("inf") else "undecided" if height != height else f"{height:.2g}"
