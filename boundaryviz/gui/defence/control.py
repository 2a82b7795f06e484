"""Joins the document's defence and the probe 'defence' with the panel, the planes, the legend and the tab."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QObject

from boundaryviz.defences.judged import Judged
from boundaryviz.engine import messages as m
from boundaryviz.engine.probes.defence import Guarded
from boundaryviz.gui.defence.crosses import CrossesItem
from boundaryviz.gui.defence.panel import DefencePanel
from boundaryviz.gui.defence.view import OFF, DefenceView
from boundaryviz.gui.plane.class_legend import Cross
from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.controller import Controller
from boundaryviz.record.verdict import Marks, Rates, told
from boundaryviz.scenario.changes import Settings

JUDGING = "The points are being judged; training goes on with the last verdict meanwhile."
FIRST = "The points are being judged; training waits for the first verdict."


class DefenceControl(QObject):
    """What is chosen in the panel is an edit like any other; what the trainer's verdict is, is shown."""

    def __init__(self, window: MainWindow, planes: TwinPlanes, controller: Controller) -> None:
        super().__init__(window)
        self._window, self._planes, self._controller = window, planes, controller
        self._document, self._presenter, self._client = controller.document, controller.presenter, controller.client
        self.panel, self.view = DefencePanel(), DefenceView()
        self._guarded: Guarded | None = None
        self._why = ""  # the points of now cannot be judged
        self._told = ""  # in the banner
        self.crosses = self._crosses_in(planes.plane)
        self.clean_crosses: CrossesItem | None = None
        planes.set_look("defence", self._dress_clean)
        window.themed.connect(self.view.set_theme)
        window.themed.connect(self._set_theme)
        self.panel.changed.connect(self._change)
        self.view.chosen.connect(self._choose)
        self._switch = window.actions_["train.defence"]
        self._switch.triggered.connect(self.panel.switch_to)
        window.result_changed.connect(self._fill)
        self._client.probed.connect(self._take)
        self._client.stated.connect(self._stated)
        self._client.failed.connect(self._failed)
        for signal in (self._document.changed, self._document.opened):
            signal.connect(self._follow)
        for signal in (self._presenter.turned, self._presenter.forgotten):
            signal.connect(self._forget)
        self._client.subscribe("defence")
        self._follow()

    # ---- document -> panel and planes

    def _follow(self) -> None:
        """The settings of now, or of the moment that is looked back at; and crosses where the points are now."""
        settings, self._why = self._presenter.scenario.defence, ""
        self.panel.set_defence(settings)
        self._switch.setChecked(settings is not None)
        if settings is None:
            self._guarded = None
            self._withdraw()
        self._show()

    def _withdraw(self) -> None:
        """Take back that points cannot be judged: they are, or nobody asks for it any more."""
        if self._told and self._window.banner.words == self._told:
            self._window.banner.hide()
        self._told = ""

    def _stated(self, state: m.State) -> None:
        if state.why in ("loaded", "reset"):
            self._forget()

    def _forget(self) -> None:
        self._guarded = None
        self._follow()

    def _take(self, said: m.ProbeResult) -> None:
        if said.probe == "defence" and said.key.past == self._presenter.number:
            self._guarded = said.value
            if said.value.judged is not None and not said.value.pending:  # and what is told late of a refused one stays
                self._why = ""
                self._withdraw()
            self._show()

    def _failed(self, failed: m.Failed) -> None:
        if failed.where == m.IN_THE_DEFENCE:
            self._why, self._told = failed.message, self._window.banner.words  # as the presenter told it just now
            self._show()

    def _show(self) -> None:
        found = None if self._why else self._guarded
        judged, clean = (None, None) if found is None else (found.judged, found.clean)
        self._presenter.show_judged(judged, clean)
        points = self._presenter.scene.points
        marks = None if judged is None else Marks.of(judged, points.ids, points.xy)
        self.crosses.show_marks(marks)
        if self.clean_crosses is not None:
            self.clean_crosses.show_marks(None if clean is None else Marks.of(clean, points.ids, points.xy))
        crosses = {} if marks is None else {Cross.POISON: marks.poison, Cross.CLEAN: marks.clean}
        self._planes.classes.set_crosses([cross for cross, xy in crosses.items() if len(xy)])
        self.panel.set_words(self._headline(judged, clean), self._waits())
        self._fill()

    def _waits(self) -> str:
        found = self._guarded
        if self._why or found is None or not found.pending:
            return self._why
        return JUDGING if found.judged is not None else FIRST

    def _headline(self, judged: Judged | None, clean: Judged | None) -> str:
        """How well the verdict fits the truth, with the clean twin's beside it."""
        if judged is None:
            return ""
        rates = Rates.of(judged)
        words = f"It {told([rates])}."
        if rates.poison and rates.removed:
            words += f" Of what is removed, {100 * rates.precision:.0f}% is poison."
        if clean is not None:
            words += f" Of the clean twin's points it removes {Rates.of(clean).removed:,}."
        return words

    def _fill(self) -> None:
        """The tab; behind other tabs it waits."""
        if self._window.result_shown() is not self.view:
            return
        found = self._guarded
        if self._presenter.scenario.defence is None:
            self.view.clear(OFF)
        elif self._why or found is None or found.judged is None:
            self.view.clear(self._why or FIRST)
        else:
            self.view.set_verdict(found.judged, self._presenter.scene, self._headline(found.judged, found.clean))

    # ---- panel and tab -> document and plane

    def _change(self, path: str, value: Any) -> None:
        if path == "defence":
            words = "Switch the defence off" if value is None else "Choose a defence"
            self._controller.do(Settings({path: value}, merges=False), words)
        else:
            self._controller.set_setting(path, value)

    def _choose(self, ident: int) -> None:
        self._planes.plane.select(self._ids(ident))
        self._planes.set_selection([ident])

    def _ids(self, ident: int) -> Any:
        points = self._presenter.scene.points
        return points.ids[points.ids == ident]

    # ---- items on the planes

    def _crosses_in(self, plane: PlaneView) -> CrossesItem:
        item = CrossesItem(plane.area_shown)
        plane.canvas.box.addItem(item, ignoreBounds=True)
        item.setZValue(2)
        plane.canvas.shown.connect(item.area_changed)
        return item

    def _dress_clean(self, plane: PlaneView) -> None:
        self.clean_crosses = self._crosses_in(plane)
        self.clean_crosses.set_theme(self.crosses.theme)
        self._show()

    def _set_theme(self, theme: Any) -> None:
        for item in filter(None, (self.crosses, self.clean_crosses)):
            item.set_theme(theme)
