"""Joins the action 'view.heights', the probes of heights, and their maps and lines on the plane and its twin's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PyQt6.QtCore import QObject

from boundaryviz.engine import messages as m
from boundaryviz.engine.height_map import NEAR, HeightMap, flat
from boundaryviz.engine.probes.heights import HeightsSettings
from boundaryviz.figures.height_colours import height_image
from boundaryviz.figures.palette import UNDER_POINTS, field_image
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.heights.items import SheetItem, sheet_lines
from boundaryviz.gui.heights.strip import HeightsStrip
from boundaryviz.gui.plane.map_item import UNDER, MapItem
from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.presenter import Presenter
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.plain_text import NAME, one_line
from boundaryviz.scene.scene import Scene

_PROBES = ("heights", "heights-clean")
_PROMISES = ("heights.", "trigger.")
_SIDES = ("above", "below")
_LINES = -3.5  # over the boundary, under the points
EMPTY = "Looking off the plane\u2026"


class _Layer:
    """What is shown of one map on one plane. found: the map, None while there is none."""

    def __init__(self, plane: PlaneView, theme: Theme) -> None:
        self.found: HeightMap | None = None
        self.map, self.sheets = MapItem(), SheetItem()
        self.sheets.set_theme(theme)
        for item, height in ((self.map, UNDER), (self.sheets, _LINES)):
            item.setZValue(height)
            item.hide()
            plane.canvas.box.addItem(item, ignoreBounds=True)

    def show(self, colours: str, theme: Theme) -> None:
        """colours: one of `COLOURS`."""
        found = self.found
        coloured = found is not None and colours != "none"
        self.map.setVisible(coloured)
        if found is not None and coloured:
            if colours == "near":
                pixels = height_image(found, theme.plane)
            else:
                pixels = field_image(found.sheets[_SIDES.index(colours)], theme.plane, strength=UNDER_POINTS)
            self.map.smooth = colours != "near"
            self.map.show_map(pixels, found.domain, "", theme)
        lines = () if found is None else tuple(sheet_lines(sheet, found.domain) for sheet in found.sheets)
        self.sheets.show_lines(lines)


class HeightsControl(QObject):
    """Shows, where it is switched on, how far over and under each place the boundary lies, of the moment that the plane
    shows, and where it runs a little above and below; with a clean twin on both planes."""

    def __init__(
        self, window: MainWindow, planes: TwinPlanes, document: Document, client: TrainerClient, presenter: Presenter
    ) -> None:
        super().__init__(window)
        self._document, self._client, self._presenter = document, client, presenter
        self._switch = window.actions_["view.heights"]
        self._planes, self._canvas = planes, planes.plane.canvas
        self._theme = LIGHT
        self.z = NEAR
        self._place: tuple[float, float] | None = None
        self.lead = _Layer(planes.plane, LIGHT)
        self.clean: _Layer | None = None
        self.strip = HeightsStrip(self._canvas)
        self._switch.toggled.connect(self._toggle)
        self.strip.moved.connect(self._move)
        self.strip.coloured.connect(lambda _what: self._show())
        self._canvas.shown.connect(self._stand)
        planes.hovered.connect(self._hovered)
        planes.set_look("heights", self._join)
        client.probed.connect(self._take)
        client.stated.connect(self._stated)
        presenter.turned.connect(self._forget)
        presenter.forgotten.connect(self._forget)
        window.themed.connect(self._dress)
        document.changed.connect(self._say)
        document.opened.connect(self._say)

    @property
    def found(self) -> HeightMap | None:
        """The map that is shown, with twins of the poisoned model."""
        return self.lead.found

    @property
    def asked(self) -> float | None:
        """How far off the plane a figure of what is shown looks; None where heights are not shown."""
        return self.z if self._switch.isChecked() and not flat(self._presenter.scene) else None

    def ready(self, scenario: Scenario) -> tuple[str, Callable[[], None]] | None:
        """What is offered with a scenario that promises something off its plane: a button's words, and what it does."""
        promises = any(key.startswith(_PROMISES) for key in scenario.expect)
        return ("Look off the plane", lambda: self._switch.setChecked(True)) if promises else None

    @property
    def _layers(self) -> list[_Layer]:
        return [self.lead] if self.clean is None else [self.lead, self.clean]

    def _join(self, plane: PlaneView) -> None:
        """The second plane is there."""
        if self.clean is None:
            self.clean = _Layer(plane, self._theme)
            if self._switch.isChecked():
                self._ask()

    def _ask(self) -> None:
        self._client.subscribe("heights", HeightsSettings(z=self.z))
        if self.clean is not None:
            self._client.subscribe("heights-clean", HeightsSettings(z=self.z, clean=True))

    def _toggle(self, on: bool) -> None:
        if on:
            self._ask()
        else:
            for probe in _PROBES:
                self._client.unsubscribe(probe)
        self.strip.setVisible(on)
        self._stand()
        self._forget()

    def _move(self, z: float) -> None:
        self.z = z
        if self._switch.isChecked():
            self._ask()

    def _stand(self) -> None:
        if self._switch.isChecked():
            self.strip.stand_in(self._canvas.area)
            self.strip.raise_()

    def _stated(self, state: m.State) -> None:
        if state.why in ("loaded", "reset"):
            self._forget()

    def _forget(self) -> None:
        for layer in self._layers:
            layer.found = None
        self._show()

    def _take(self, said: m.ProbeResult) -> None:
        if said.probe in _PROBES and said.key.past == self._presenter.number and self._switch.isChecked():
            layer = self.lead if said.probe == _PROBES[0] else self.clean
            if layer is not None:
                layer.found = said.value
                self._show()

    def _dress(self, theme: Theme) -> None:
        self._theme = theme
        self.strip.set_theme(theme)
        for layer in self._layers:
            layer.sheets.set_theme(theme)
        self._show()

    def _hovered(self, place: tuple[float, float] | None) -> None:
        self._place = place
        if self.found is not None:
            self._say()

    def _show(self) -> None:
        for layer in self._layers:
            layer.show(self.strip.shown, self._theme)
        self._say()

    def _say(self) -> None:
        if not self._switch.isChecked():
            return
        scene = self._presenter.scene
        why = flat(scene)
        if why and self.found is not None:
            self._forget()
            return
        if why or self.found is None:
            self.strip.set_words(why or EMPTY)
        elif self.strip.shown in _SIDES:
            clean = self.clean.found if self.clean is not None and self._planes.view is not None else None
            self.strip.set_words(side_words(self.found, clean, _SIDES.index(self.strip.shown), scene))
        else:
            self.strip.set_words(words(self.found, self._place))


def side_words(found: HeightMap, clean: HeightMap | None, side: int, scene: Scene) -> str:
    """What is answered above (0) or below (1) the plane, mostly, and how often the clean twin says so."""
    decided = found.decided(side)
    known, count = np.unique(decided[decided >= 0], return_counts=True)
    where = f"{found.z:.3g} {_SIDES[side]}"
    if not len(known):
        return f"{where}: nothing is decided"
    label = int(known[count.argmax()])
    name = one_line(scene.class_name(label), NAME)
    share = 100.0 * float((decided == label).mean())
    said = f"{where}: {name} on {share:.0f} % of the plane"
    if clean is None:
        return said
    return f"{said}\nclean twin: {name} on {100.0 * float((clean.decided(side) == label).mean()):.0f} %"


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
