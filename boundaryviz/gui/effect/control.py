"""The effect map in the window: a job that begins anew with every change of the scene, its picture on the plane, and a
click that plants what it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PyQt6.QtCore import QObject, QTimer

from boundaryviz.adversary.map_request import EffectMapRequest, MapEstimate
from boundaryviz.attacks.trained.box import box_on_plane
from boundaryviz.attacks.trained.methods.by_map import HeapSpec
from boundaryviz.figures.effect_colours import effect_image
from boundaryviz.gui.document.document import Document, State
from boundaryviz.gui.effect.bar import ColourBar
from boundaryviz.gui.effect.panel import EffectPanel
from boundaryviz.gui.effect.words import change_here, change_words, floor_words, heap_words, place_words, unit_words
from boundaryviz.gui.plane.map_item import UNDER, MapItem
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.shell.job import JobRunner
from boundaryviz.gui.tools.planting import PlantTool
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.jobs.messages import Progress
from boundaryviz.jobs.process import JobError
from boundaryviz.record.effect_map import MEASURES, EffectMap, Measure
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scenario.words import duration_words
from boundaryviz.scene.scene import UNLABELLED, Domain, Scene

_SOON = 120  # milliseconds after a change, of which many come while a hand drags
_CELLS = 128  # along a side of the picture, into which the map is drawn bilinear
_OLD = "Of before the last change; it is worked out anew."


class EffectControl(QObject):
    """Shows the map while it is switched on, and works it out for the document as it is committed.

    found: the map that is shown, of now or of before the last change. While it is there the plane has a tool in hand
    that plants the points in question, unless another tool is taken.
    """

    def __init__(self, window: MainWindow, planes: TwinPlanes, document: Document) -> None:
        super().__init__(window)
        self._window, self._plane, self._document = window, planes.plane, document
        self.panel = EffectPanel()
        self.found: EffectMap | None = None
        self._theme = LIGHT
        self._of: State | None = None  # what was asked about last
        self.item = MapItem()
        self.item.smooth = True
        self.item.setZValue(UNDER)
        self.item.hide()
        self._plane.canvas.box.addItem(self.item, ignoreBounds=True)
        self.bar = ColourBar(self._plane.canvas)
        self._switch = window.actions_["view.effect"]
        self._job = JobRunner(self, stays=True)
        self._job.progress.connect(self._progressed)
        self._job.result.connect(self._take)
        self._job.ended.connect(self._ended)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON)
        self._soon.timeout.connect(self._start)
        self._switch.toggled.connect(self._turn)
        self.panel.turned.connect(self._switch.setChecked)
        self.panel.changed.connect(self._wants_another)
        self.panel.planting.connect(self._hand_over)
        self._plane.tool_changed.connect(self._tool_changed)
        self._plane.canvas.shown.connect(lambda: self.bar.stand_in(self._plane.canvas.area))
        planes.hovered.connect(self._hovered)
        window.themed.connect(self._dress)
        document.changed.connect(self._changed)
        document.opened.connect(self._opened)
        self._opened()

    def offer(self) -> None:
        """Have the tab there once it is asked for."""
        self._window.offer_result(self.panel, self._switch.isChecked())

    def ready(self, scenario: Scenario) -> tuple[str, Callable[[], None]] | None:
        """What is offered with a scenario that promises something of its map: a button's words, and what it does."""
        promises = any(key.startswith("map.") for key in scenario.expect)
        return ("Show the effect map", lambda: self._switch.setChecked(True)) if promises else None

    def close(self) -> None:
        """End the process without a word; the window may go now."""
        self._soon.stop()
        self._job.kill()

    # ---- on and off ---------------------------------------------------------------------------------

    def _turn(self, on: bool) -> None:
        self.panel.set_on(on)
        if on:
            self.offer()
            self._window.show_result(self.panel)
            self._start()
        else:
            self._soon.stop()
            self._job.interrupt()
            self.found = self._of = None
            self._plane.canvas.include("map", None)
            self.panel.set_running(False)
            self.panel.say("")
            self._show()
        self._hand_over(on and self.panel.plant.isChecked())

    def _opened(self) -> None:
        """Another scenario: its map has to be asked for."""
        self._switch.setChecked(False)
        attack = self._document.scenario.adversary
        weight = attack.count if isinstance(attack, HeapSpec) else 1  # what the attack places at once
        self.panel.set_wanted(replace(self.panel.wanted, weight=weight))
        self._offer_labels()
        self.offer()

    def _changed(self) -> None:
        document = self._document
        if not document.previewing:
            self._offer_labels()
        waits = document.trial is not None or (document.previewing and not document.scenario.learner.family.at_once)
        if self._switch.isChecked() and not waits and document.state is not self._of:
            self.panel.say(_OLD if self.found is not None else "")
            if not self._soon.isActive():
                self._soon.start()

    def _wants_another(self) -> None:
        """Another label, measure or number is asked for."""
        if self._switch.isChecked():
            self.found = None
            self._show()
            self._start()
            self._hand_over(self.panel.plant.isChecked())

    def _offer_labels(self) -> None:
        """What can be planted and measured in this scene with this learner."""
        scene, family = self._document.scene, self._document.scenario.learner.family
        names = {k: scene.class_name(k) for k in range(scene.classes)}
        if not family.supervised:
            names[UNLABELLED] = "unlabelled"
        measures: dict[Measure, str] = {name: words for name, words in MEASURES.items() if name != "pin"}
        if scene.targets:
            measures["pin"] = MEASURES["pin"]
        self.panel.set_labels(names, measures)

    # ---- the job ------------------------------------------------------------------------------------

    def _start(self) -> None:
        self._of = self._document.state
        wanted, whole = self.panel.wanted, ground(self._of.scenario, self._of.scene)
        self._plane.canvas.include("map", whole)
        request = EffectMapRequest(
            self._of.complete(), wanted.measure, (wanted.label,), wanted.weight, wanted.seeds, whole
        )
        try:
            self._job.start(request)
        except JobError as error:
            self.panel.say(str(error), problem=True)
            return
        self.panel.set_running(True)
        if self.found is None:
            self.panel.say("Starting\u2026")

    def _progressed(self, now: Progress) -> None:
        self.panel.set_progress(now.done, now.of)

    def _take(self, found: EffectMap | MapEstimate) -> None:
        if not self._switch.isChecked():
            return  # of what was asked to end
        if isinstance(found, MapEstimate):
            self.panel.say(f"About {found.fits:,} trainings: {duration_words(found.seconds)} until the map is whole.")
            return
        self.found = found
        self._show()

    def _ended(self, problem: str) -> None:
        if not self._switch.isChecked():
            return
        self.panel.set_running(False)
        if problem:
            self.panel.say(problem, problem=True)

    # ---- what is shown ------------------------------------------------------------------------------

    def _dress(self, theme: Theme) -> None:
        self._theme = theme
        self.bar.set_theme(theme)
        self._show()

    def _show(self) -> None:
        found = self.found
        self.item.setVisible(found is not None)
        self.bar.setVisible(found is not None and not found.flat)
        self.panel.here.set_words("")
        if found is None:
            self.panel.set_floor("")
            return
        label = found.labels[0]
        top, rect = found.largest if not found.flat else 1.0, found.domain
        heap = heap_words(found.label_words(label), found.weight)
        pixels = effect_image(pictured(found), top, self._theme.plane, found.floor)
        self.item.show_map(pixels, rect, "", self._theme)
        self.bar.set_scale(heap, unit_words(found.measure), *(_end(found.measure, end) for end in (-top, top)))
        self.bar.stand_in(self._plane.canvas.area)
        self.panel.say(self._words(found))
        seeded = self._document.scenario.learner.seeded
        self.panel.set_floor("" if found.flat else floor_words(found, seeded))

    def _words(self, found: EffectMap) -> str:
        best = found.best()
        said = [found.words] if found.words else []
        if found.flat:
            said.insert(0, "Nothing changes anywhere.")
        elif best is not None:
            at = ", ".join(f"{value:.3g}" for value in best[0]).replace("-", "\u2212")
            said.insert(
                0, f"Largest at ({at}): {change_words(found.measure, best[2])}, after {found.fits:,} trainings."
            )
        return " ".join(said)

    def _hovered(self, place: tuple[float, float] | None) -> None:
        found = self.found  # of which point, the fields above say
        self.panel.here.set_words("" if place is None or found is None else change_here(found, found.labels[0], *place))

    def _says(self, x: float, y: float) -> str:
        """What the map says of a place."""
        return "" if self.found is None else place_words(self.found, self.found.labels[0], x, y)

    # ---- the hand -----------------------------------------------------------------------------------

    def _hand_over(self, plants: bool) -> None:
        """Take the tool in hand that plants, or the one before again."""
        wanted = self.panel.wanted
        if plants and self._switch.isChecked():
            self._plane.set_tool(PlantTool(wanted.label, wanted.weight, self._says))
        elif isinstance(self._plane.tool, PlantTool):
            before = self._window.actions_.tools.checkedAction()
            assert before is not None
            before.trigger()

    def _tool_changed(self) -> None:
        if self._switch.isChecked():
            self.panel.set_planting(isinstance(self._plane.tool, PlantTool))


def _end(measure: Measure, value: float) -> str:
    return change_words(measure, value).removesuffix(" points")


def ground(scenario: Scenario, scene: Scene) -> Domain:
    """What is mapped: the plane, and the box of the attack that the scenario offers, where that reaches beyond it."""
    attack, domain = scenario.adversary, scene.domain
    box = None if attack is None or "beyond" in attack.FOREIGN else box_on_plane(scene, attack.beyond)
    if box is None:
        return domain
    (left, bottom), (right, top) = box.tolist()
    return Domain(
        min(domain.left, left), max(domain.right, right), min(domain.bottom, bottom), max(domain.top, top)
    )  # fmt: skip


def pictured(found: EffectMap) -> np.ndarray:
    """The first label's map in the cells of a picture, (rows, columns), row 0 at the bottom."""
    d, middles = found.domain, (np.arange(_CELLS) + 0.5) / _CELLS
    x, y = np.meshgrid(d.left + d.width * middles, d.bottom + d.height * middles)
    return found.at(np.stack([x.ravel(), y.ravel()], axis=1))[0].reshape(_CELLS, _CELLS)
