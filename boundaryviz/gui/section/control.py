"""Joins the choice of the plane, the action 'view.plane' and the document."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QObject, Qt

from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.section.panel import COLUMNS, COMPONENTS, KINDS, OWN, POINTS, SectionPanel
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.controller import Controller
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Resection
from boundaryviz.scene.lift import lift_map
from boundaryviz.scene.planes import PlaneError, extent_words, flat, parsed
from boundaryviz.scene.scene import Scene


class SectionControl(QObject):
    """Shows which plane of the inputs is shown, and shows another. Where there is none to choose, nothing is shown."""

    def __init__(self, window: MainWindow, plane: PlaneView, controller: Controller) -> None:
        super().__init__(window)
        self._window, self._plane = window, plane
        self._document, self._do = controller.document, controller.do
        self.panel, self._data = SectionPanel(), controller.data
        self._scene: Scene | None = None
        self.panel.chosen.connect(self._choose)
        window.actions_["view.plane"].triggered.connect(lambda: self.open())
        for signal in (self._document.changed, self._document.opened):
            signal.connect(self._sync)
        self._sync()

    def open(self) -> None:
        """Go to the choice, or say why there is none."""
        if why := flat(self._document.scene):
            self._window.tell(why)
            return
        self._window.show_panel(self._data)
        self.panel.kind.setFocus(Qt.FocusReason.OtherFocusReason)

    def _sync(self) -> None:
        scene, before = self._document.scene, self._scene
        if scene is before or (self._document.previewing and before is not None and _same(before, scene)):
            return
        self._scene = scene
        self.panel.setVisible(not flat(scene))
        self.panel.set_problem("")
        if scene.section is None or flat(scene):
            return
        kind, shown = shown_plane(self._document.scenario, scene)
        names = [scene.input_name(k) for k in range(scene.points.width)]
        self.panel.set_plane(kind, shown, names, extent_words(scene))

    def _choose(self, text: str) -> None:
        state = self._document.committed
        scene, scenario = state.scene, state.scenario
        if text == COLUMNS:
            text = f"{COLUMNS}:1,2"
        if text == POINTS:
            text = f"{POINTS}:{','.join(map(str, self._plane.selection.tolist()))}"
            if len(self._plane.selection) != 3:
                self._refuse("Select three points on the plane, with Shift-click, and choose this again.")
                return
        try:
            edit = parsed(text, scene, self._own(text), scenario.one_unit)
        except PlaneError as error:
            self._refuse(str(error))
            return
        if edit.section != scene.section:
            self._do(edit, f"Show the plane {KINDS[text.partition(':')[0]]}")
        self._scene = None
        self._sync()

    def _own(self, text: str) -> Resection | None:
        return self._document.committed.scenario.own_plane if text == OWN else None

    def _refuse(self, words: str) -> None:
        """Say why it cannot be, and show again what is."""
        self._scene = None
        self._sync()
        self.panel.set_problem(words)


def _same(before: Scene, scene: Scene) -> bool:
    """Whether it is the same plane of as many inputs."""
    return before.section is scene.section and before.points.width == scene.points.width


def shown_plane(scenario: Scenario, scene: Scene) -> tuple[str, tuple[int, int]]:
    """What kind of plane is shown, empty for another, and the two inputs that lie along its axes or nearest to them."""
    section = scene.section
    assert section is not None
    lengths = np.linalg.norm(section.axes, axis=1)
    share = np.abs(section.axes) / np.where(lengths > 0, lengths, 1.0)[:, None]
    across = int(share[0].argmax())
    up = int(np.where(np.arange(section.width) == across, -1.0, share[1]).argmax())
    lift = lift_map(section.width) if scenario.data.lift == section.width else None
    own = scenario.own
    came = lift if own is None else None if (given := own.points.scene.section) is None else given.axes
    if came is not None and np.array_equal(section.axes, came):
        return OWN, (across, up)
    if np.array_equal(np.count_nonzero(section.axes, axis=1), [1, 1]):
        return COLUMNS, (across, up)
    name = scene.axis_names[0]
    kinds = {"PC 1 (": COMPONENTS, "from point ": POINTS}
    return next((kind for start, kind in kinds.items() if name.startswith(start)), ""), (across, up)
