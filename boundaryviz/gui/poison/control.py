"""Poison by hand: joins the document with the poison panel, the pins, the groups, muting and the jitter circle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from PyQt6.QtCore import QObject, QPoint, QTimer
from PyQt6.QtWidgets import QMenu

from boundaryviz.attacks import placement
from boundaryviz.attacks.budget import Budget
from boundaryviz.attacks.placement import free_group
from boundaryviz.attacks.specs import ATTACKS, AttackSpec
from boundaryviz.gui.document.document import State, Swap
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.poison.group_list import GroupEntry
from boundaryviz.gui.poison.panel import PoisonPanel
from boundaryviz.gui.shell.actions import LISTED
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.controller import Controller
from boundaryviz.gui.widgets.plain import add_action, add_submenu
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.poison_advice import INSTEAD, poison_advice
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Recolumn, Remove, SetGroups, SetTargets, Several, apply, mute
from boundaryviz.scene.measure import units_on_plane
from boundaryviz.scene.scene import Group, Scene

_LATER = 40  # milliseconds after a change until the panel's sentences follow: a drag need not wait for them
_NOWHERE: dict[str, Any] = {"target": None, "source": None, "via": (), "centres": ()}


class PoisonControl(QObject):
    """Brings the poison of the document to the views and what they ask for to the document."""

    def __init__(self, window: MainWindow, planes: TwinPlanes, controller: Controller) -> None:
        super().__init__(window)
        self._window, self._planes, self._plane = window, planes, planes.plane
        self._document, self._do, self._data = controller.document, controller.do, controller.data
        self.panel = PoisonPanel()
        window.themed.connect(self.panel.set_theme)
        self._jitter: object = None  # what the radii of jitter that are shown hang on
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_LATER)
        self._later.timeout.connect(self._tell)
        self._document.changed.connect(self._sync)
        self._document.opened.connect(self._sync)
        presenter = controller.presenter
        presenter.turned.connect(lambda: self.panel.set_values(presenter.scenario.poison))
        panel, plane, actions = self.panel, self._plane, window.actions_
        panel.changed.connect(self._set)
        panel.new_group.connect(self._new_group)
        panel.learner_wanted.connect(lambda: controller.learner.choose(INSTEAD))
        panel.groups.renamed.connect(lambda k, name: self._change_group(k, "Rename group", name=name))
        panel.groups.switched.connect(
            lambda k, on: self._change_group(k, "Switch group on" if on else "Switch group off", on=on)
        )
        panel.groups.selected.connect(self._select_group)
        panel.groups.deleted.connect(self._delete_group)
        plane.pin_context_requested.connect(self._pin_menu)
        actions["point.poison-on"].triggered.connect(lambda on: self._set("poison.on", on))
        actions["point.mute"].triggered.connect(lambda: self._mute())
        actions["view.jitter"].toggled.connect(lambda _on: self._show_jitter())
        actions["view.jitter"].setChecked(True)
        self._sync()

    # ---- document -> views

    def _sync(self) -> None:
        state = self._document.state
        spec = state.scenario.poison
        self.panel.set_values(spec)
        self._window.actions_["point.poison-on"].setChecked(spec.on)
        scene, how = state.scene, state.scenario.data.input_scale
        jitter = state.scenario.learner, how, scene.domain, scene.section, scene.measure
        if jitter != self._jitter:
            self._jitter = jitter
            self._show_jitter()
        self._later.start()

    def _tell(self) -> None:
        """What takes a look at every point."""
        state = self._document.state
        scene, spec, panel = state.scene, state.scenario.poison, self.panel
        panel.set_budget(Budget.of(scene))
        panel.set_unused(poison_advice(state.scenario.learner.family.supervised, scene))
        panel.set_why(placement.check(scene, spec))
        entries = group_entries(scene, spec)
        fresh = free_group(scene)
        why = "all groups are in use; delete one" if fresh is None else None
        if not any(entry.shaped and entry.count for entry in entries):
            why = "the group that the settings lay is still empty"
        panel.set_groups(entries, why)
        points = scene.points
        known = points.label[points.is_train & points.is_labelled & (points.origin <= 0)]
        counts = np.bincount(known, minlength=scene.classes)
        names = [scene.class_name(k) for k in range(scene.classes)]
        bare = int(np.count_nonzero(points.is_train & ~points.is_labelled & (points.origin <= 0)))
        self._data.set_labels(names, counts.tolist(), bare)

    def _show_jitter(self) -> None:
        state = self._document.state
        learner = state.scenario.learner
        unit = units_on_plane(state.scene, state.scenario.data.input_scale)
        radii = tuple(
            (f"{type(learner).model_fields[name].title} {getattr(learner, name):.3g}".lower(), getattr(learner, name))
            for name in learner.JITTERS
        )
        on = self._window.actions_["view.jitter"].isChecked()
        shown = radii if on else ()
        self._plane.marks.jitter.set_radii(shown, unit)
        self._planes.set_look("jitter", lambda clean: clean.marks.jitter.set_radii(shown, unit))

    # ---- panel -> document

    def _set(self, path: str, value: object) -> None:
        state = self._document.committed
        spec, scene = state.scenario.poison, state.scene
        name = path.removeprefix("poison.")
        values: dict[str, Any] = {path: value}
        if name == "count":  # what was planted by hand in the group is not the attack's to lift
            by_hand = spec.count == 0 and bool((np.abs(scene.points.origin) == spec.group).any())
            fresh = free_group(scene) if by_hand else None
            values["poison.group"] = spec.group if fresh is None else fresh
        if name == "attack":
            text = f"Attack by {ATTACKS[str(value)].TITLE.lower()}"
        elif name == "on":
            text = "Switch poison on" if value else "Switch poison off"
        else:
            text = f"Set {(type(spec).model_fields[name].title or name).lower()}"
        self._do(Settings(values), text)

    def _new_group(self) -> None:
        spec = self._document.committed.scenario.poison
        fresh = free_group(self._document.committed.scene)
        if fresh is not None:
            values = {"group": fresh, "count": 0, **_blank(spec)}
            self._do(Settings({f"poison.{k}": v for k, v in values.items()}, merges=False), "New group")

    def _change_group(self, number: int, text: str, **changes: Any) -> None:
        scene = self._document.committed.scene
        self._do(SetGroups(_with_group(scene, number, replace(_entry(scene, number), **changes))), text)

    def _select_group(self, number: int) -> None:
        points = self._document.scene.points
        self._plane.select(points.ids[points.origin == number])

    def _delete_group(self, number: int) -> None:
        """Its points, pins and entry go, what it withdrew is back; its attack, if it is the one set, lays nothing."""
        state = self._document.committed
        scene, name = state.scene, state.scene.group(number).name
        spec = state.scenario.poison
        withdrawn = scene.points.ids[scene.points.origin == -number]
        gone = Several((
            Recolumn(withdrawn, {"origin": np.zeros(len(withdrawn), dtype=np.int8)}),
            Remove(scene.points.ids[scene.points.origin == number]),
            SetTargets(tuple(target for target in scene.targets if target.group != number)),
            SetGroups(_with_group(scene, number, Group())),
        ))  # fmt: skip
        scenario: Scenario = state.scenario
        if spec.group == number:
            scenario = scenario.model_copy(update={"poison": spec.model_copy(update={"count": 0, **_blank(spec)})})
        self._do(Swap(State(scenario, apply(gone, scene)[0], edited=True)), f"Delete {name}")

    # ---- plane -> document

    def _mute(self) -> None:
        ids = self._plane.selection
        if len(ids):
            points = self._document.scene.points
            on = not points.muted[points.positions(ids)].all()
            self._do(mute(ids, on), "Mute" if on else "Unmute")

    def _pin_menu(self, at: QPoint, number: int) -> None:
        scene, spec = self._document.scene, self._document.scenario.poison
        target = scene.targets[number]
        own = target.group == spec.group
        menu = QMenu(self._window)
        many = add_submenu(menu, "Wanted") if scene.classes > LISTED else None
        for k in range(scene.classes):
            named = scene.class_name(k)
            action = add_action(menu, f"Wanted: {named}") if many is None else add_action(many, named)
            action.setCheckable(True)
            action.setChecked(k == target.target_class)
            change = (
                Settings({"poison.wanted": k}, merges=False) if own
                else SetTargets(_swapped(scene, number, replace(target, target_class=k)))
            )  # fmt: skip
            action.triggered.connect(lambda _on, change=change: self._do(change, "Set wanted class"))
        menu.addSeparator()
        act: Callable[[], None]
        if target.group:
            words, act = f"Delete {scene.group(target.group).name}", lambda: self._delete_group(target.group)
        else:
            gone = SetTargets((*scene.targets[:number], *scene.targets[number + 1 :]))
            words, act = "Delete target", lambda: self._do(gone, "Delete target")
        add_action(menu, words).triggered.connect(lambda: act())
        menu.exec(at)
        menu.deleteLater()


def group_entries(scene: Scene, spec: AttackSpec) -> list[GroupEntry]:
    """The groups that have points, pins or the attack, as the list shows them."""
    origin = scene.points.origin.astype(np.int64)
    counts = np.bincount(origin[origin > 0], minlength=1)
    numbers = {*np.unique(np.abs(origin)).tolist(), *(target.group for target in scene.targets), spec.group} - {0}
    return [
        GroupEntry(
            k, scene.group(k).name[:1].upper() + scene.group(k).name[1:], int(counts[k]) if k < len(counts) else 0,
            scene.group(k).on, k == spec.group,
        )
        for k in sorted(numbers)
    ]  # fmt: skip


def _blank(spec: AttackSpec) -> dict[str, Any]:
    """The places of an attack as they are before it aims anywhere."""
    return {name: value for name, value in _NOWHERE.items() if name in type(spec).model_fields}


def _entry(scene: Scene, number: int) -> Group:
    return scene.groups[number - 1] if number <= len(scene.groups) else Group()


def _with_group(scene: Scene, number: int, group: Group) -> tuple[Group, ...]:
    filled = [*scene.groups, *(Group() for _ in range(number - len(scene.groups)))]
    filled[number - 1] = group
    return tuple(filled)


def _swapped(scene: Scene, number: int, target: Any) -> tuple[Any, ...]:
    return (*scene.targets[:number], target, *scene.targets[number + 1 :])
