"""Poison in the whole window: the panel, groups, pins, muting and the jitter circle, each change one undo step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt, QTimer
from PyQt6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from boundaryviz.attacks.budget import Budget
from boundaryviz.engine.link import InlineLink
from boundaryviz.engine.trainer import Trainer
from boundaryviz.gui.poison.panel import budget_words, scaled_words
from boundaryviz.gui.workbench import Workbench
from boundaryviz.learners.families.semi_supervised import FixMatchSpec
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Add, Remove, Replace, SetTargets, relabel
from boundaryviz.scene.scene import Points, Target
from helpers.workbenches import workbenches


@pytest.fixture
def open_workbench(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Workbench]]:
    monkeypatch.setattr(Workbench, "_dress", lambda workbench: None)  # to dress a window takes longer than these tests
    with workbenches(qtbot, tmp_path, lambda: InlineLink(Trainer()), shown=False) as make:
        yield lambda **values: make(Scenario().with_values({"data.n": 60, "learner.hidden": [4], **values}))


def told(workbench: Workbench) -> None:
    """What the panel says about every point, at once."""
    workbench.poison._later.stop()
    workbench.poison._tell()


def origin(workbench: Workbench) -> list[int]:
    return np.unique(workbench.document.scene.points.origin).tolist()


def choose(words: str) -> None:
    """Take an entry of the menu that opens next."""

    def act() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        (action,) = (a for a in menu.actions() if a.text() == words)
        action.trigger()
        menu.close()

    QTimer.singleShot(50, act)


def test_the_panel_lays_an_attack_and_undo_takes_it_back(open_workbench: Callable[..., Workbench]) -> None:
    workbench = open_workbench()
    before = workbench.document.scene
    workbench.poison.panel.changed.emit("poison.count", 10)
    told(workbench)
    assert np.count_nonzero(workbench.document.scene.points.origin == 1) == 10
    assert workbench.poison.panel.budget.text() == "10 of 70 training points are poison: 14.3 %."
    assert [(e.name.text(), e.count.text()) for e in workbench.poison.panel.groups.lines.values()] == [("Bridge", "10")]
    assert workbench.document.undo.undoText() == "Set points"
    workbench.document.undo.undo()
    assert workbench.document.scene is before


def test_every_attack_has_a_form_and_each_change_of_a_slider_is_one_step(
    open_workbench: Callable[..., Workbench],
) -> None:
    workbench = open_workbench()
    for name in ("copies", "flip", "junk", "bridge"):
        workbench.poison.panel.changed.emit("poison.attack", name)
        assert workbench.poison.panel.form.isVisibleTo(workbench.poison.panel)
        assert workbench.poison.panel.form.values() == workbench.document.scenario.poison
        for count in (3, 4, 5):
            workbench.poison.panel.changed.emit("poison.count", count)
        workbench.document.undo.undo()
        workbench.document.undo.redo()
    assert workbench.document.undo.count() == 8
    told(workbench)
    assert workbench.poison.panel.why.isHidden()


def test_the_switch_silences_poison_and_the_key_does_the_same(open_workbench: Callable[..., Workbench]) -> None:
    workbench = open_workbench(**{"poison.count": 5})
    action, panel = workbench.window.actions_["point.poison-on"], workbench.poison.panel
    assert action.isChecked()
    assert panel.switch.text() == "Poison is on"
    action.trigger()
    assert not workbench.document.scene.poison_on
    assert panel.switch.text() == "Poison is off"
    assert np.count_nonzero(workbench.document.scene.points.origin == 1) == 5
    told(workbench)
    assert panel.budget.text() == "No poison points among 60 training points."
    panel.switch.click()
    assert workbench.document.scene.poison_on
    assert action.isChecked()


def test_a_learner_that_sees_nothing_of_the_poison_is_exchanged_by_a_button(
    open_workbench: Callable[..., Workbench],
) -> None:
    workbench = open_workbench(**{"data.labels_per_class": 3})
    panel = workbench.poison.panel
    told(workbench)
    assert panel.spread.isHidden()
    workbench.controller.do(Settings({"poison.count": 5}), "Lay")
    told(workbench)
    assert "does not use unlabelled points, and all poison is unlabelled" in panel.unused.text()
    assert not panel.spread.isHidden()
    panel.spread.click()
    told(workbench)
    assert workbench.document.scenario.learner.name == "label-spreading"
    assert panel.spread.isHidden()
    assert panel.unused.isHidden()


def test_the_headline_says_that_the_learner_sees_nothing_of_the_poison(
    open_workbench: Callable[..., Workbench],
) -> None:
    workbench = open_workbench(**{"data.labels_per_class": 3, "poison.count": 5})
    workbench.window.actions_["train.twin"].setChecked(True)
    said = workbench.planes.headline
    assert "this learner does not use unlabelled points" in said.aside
    points = workbench.document.scene.points
    workbench.controller.do(relabel(points.ids[points.is_poison], 0), "Relabel")
    assert "unlabelled" not in said.aside


def test_two_attacks_stand_side_by_side_in_two_groups(open_workbench: Callable[..., Workbench]) -> None:
    workbench = open_workbench(**{"poison.count": 5})
    panel, document = workbench.poison.panel, workbench.document
    told(workbench)
    panel.button.click()
    assert document.scenario.poison.group == 2
    assert origin(workbench) == [0, 1]
    told(workbench)
    assert not panel.button.isEnabled()  # the new one is still empty
    panel.changed.emit("poison.count", 7)
    told(workbench)
    assert {k: line.count.text() for k, line in panel.groups.lines.items()} == {1: "5", 2: "7"}
    panel.groups.lines[2].box.click()
    assert document.scene.acting == {1}
    panel.groups.lines[1].name.setText("First")
    panel.groups.lines[1].name.editingFinished.emit()
    assert document.scene.group(1).name == "First"
    panel.groups.lines[2].select.click()
    chosen = document.scene.points.positions(workbench.plane.selection)
    assert set(document.scene.points.origin[chosen].tolist()) == {2}
    steps, before = document.undo.count(), document.scene
    panel.groups.lines[1].delete.click()
    assert origin(workbench) == [0, 2]
    assert document.scene.group(1).name == "poison 1"
    assert document.undo.count() == steps + 1
    document.undo.undo()
    assert document.scene is before


def test_deleting_the_attack_s_group_restores_labels_and_lays_nothing_again(
    open_workbench: Callable[..., Workbench],
) -> None:
    workbench = open_workbench()
    clean = workbench.document.scene.points
    workbench.poison.panel.changed.emit("poison.attack", "flip")
    workbench.poison.panel.changed.emit("poison.count", 6)
    assert -1 in origin(workbench)
    told(workbench)
    workbench.poison.panel.groups.deleted.emit(1)
    assert workbench.document.scene.points == clean
    assert workbench.document.scenario.poison.count == 0
    assert workbench.document.scenario.with_scene(workbench.document.scene).scene() == workbench.document.scene
    assert workbench.document.undo.undoText().startswith("Delete")


def test_points_planted_by_hand_survive_the_first_attack(open_workbench: Callable[..., Workbench]) -> None:
    workbench = open_workbench()
    next_id = workbench.document.scene.points.next_id
    workbench.controller.do(Add(Points.of([[0.0, 0.0]], origin=1, first_id=next_id)), "Add")
    for count in (4, 8):
        workbench.poison.panel.changed.emit("poison.count", count)
    counts = np.bincount(np.maximum(workbench.document.scene.points.origin, 0))
    assert counts[1:].tolist() == [1, 8]
    assert workbench.document.undo.count() == 2


def test_what_is_missing_is_said_and_the_window_goes_on(open_workbench: Callable[..., Workbench]) -> None:
    workbench = open_workbench(**{"poison.count": 5})
    document, panel = workbench.document, workbench.poison.panel
    clean = document.scene.points.ids[document.scene.points.origin == 0]

    def why() -> str:
        told(workbench)
        return "" if panel.why.isHidden() else panel.why.text()

    assert not why()
    workbench.controller.do(relabel(clean, -1), "Unlabel")
    assert "no labelled training point" in why()
    document.undo.undo()
    workbench.controller.do(relabel(clean, 1), "Relabel")
    panel.changed.emit("poison.wanted", 0)
    assert "No training point is labelled class 0" in why()
    panel.changed.emit("poison.wanted", 1)
    assert "nothing to turn over" in why()
    for _ in range(3):
        document.undo.undo()
    panel.changed.emit("poison.target", (99.0, 0.0))
    assert "lies outside the plane" in why()
    source = document.scene.points.xy[0]
    panel.changed.emit("poison.snap", False)
    panel.changed.emit("poison.target", tuple(source.tolist()))
    panel.changed.emit("poison.source", tuple(source.tolist()))
    assert "one and the same place" in why()
    while document.undo.canUndo():
        document.undo.undo()
    workbench.controller.do(Remove(clean), "Delete")  # poison alone is left
    assert "no labelled training point" in why()
    panel.changed.emit("poison.count", 100_000)
    assert "no labelled training point" in why()
    panel.changed.emit("poison.count", 100_001)
    assert "poison.count" in workbench.window.banner.text.text()
    assert document.scenario.poison.count == 100_000


def test_a_bridge_of_a_hundred_thousand_points_is_a_picture_of_their_density(
    open_workbench: Callable[..., Workbench],
) -> None:
    workbench = open_workbench()
    workbench.poison.panel.changed.emit("poison.count", 100_000)
    plane = workbench.plane
    assert len(plane.points.crowd) == 100_000
    assert len(plane.points.order) == 60
    workbench.poison.panel.changed.emit("poison.count", 0)
    assert not len(plane.points.crowd)


def test_the_context_menu_of_a_pin_sets_its_class_and_deletes_it(open_workbench: Callable[..., Workbench]) -> None:
    workbench = open_workbench(**{"poison.count": 5})
    own = workbench.document.scene.targets
    workbench.controller.do(SetTargets((*own, Target(0.0, 0.0, 0))), "Set target")
    pins = workbench.plane.pin_context_requested
    choose("Wanted: class 1")
    pins.emit(QPoint(200, 200), 1)
    assert workbench.document.scene.targets[1] == Target(0.0, 0.0, 1)
    choose("Delete target")
    pins.emit(QPoint(200, 200), 1)
    assert workbench.document.scene.targets == own
    choose("Wanted: class 1")
    pins.emit(QPoint(200, 200), 0)
    assert workbench.document.scenario.poison.wanted == 1
    assert workbench.document.scene.targets[0].target_class == 1
    choose("Delete Bridge")
    pins.emit(QPoint(200, 200), 0)
    assert workbench.document.scene.targets == ()
    assert origin(workbench) == [0]


def test_points_are_muted_by_key_and_in_the_table(open_workbench: Callable[..., Workbench]) -> None:
    workbench = open_workbench()
    plane, table = workbench.plane, workbench.points.table
    train = workbench.document.scene.points.ids[:3]
    plane.select(train)
    workbench.window.actions_["point.mute"].trigger()
    assert np.count_nonzero(workbench.document.scene.points.muted) == 3
    workbench.window.actions_["point.mute"].trigger()
    assert not workbench.document.scene.points.muted.any()
    cell = table.model.index(4, 7)
    assert table.model.data(cell, Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked
    table.model.setData(cell, Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
    assert np.flatnonzero(workbench.document.scene.points.muted).tolist() == [int(table.model.order[4])]
    assert table.model.data(cell) == "muted"
    workbench.controller.do(
        Replace(replace(workbench.document.scene, points=workbench.document.scene.points)), "Nothing"
    )


def test_muting_every_label_is_said_over_the_plane(open_workbench: Callable[..., Workbench]) -> None:
    workbench = open_workbench()
    plane = workbench.plane
    plane.select_all()
    workbench.window.actions_["point.mute"].trigger()
    assert "muted" in plane._banner.text()


def test_the_jitter_circle_shows_the_learner_s_own_sizes(open_workbench: Callable[..., Workbench]) -> None:
    workbench = open_workbench()
    jitter = workbench.plane.marks.jitter
    assert not jitter.radii
    workbench.controller.do(Settings({"learner.name": "fixmatch", "learner.strong_noise": 0.3}), "Learner")
    learner, radii = workbench.document.scenario.learner, list(jitter.radii)
    assert isinstance(learner, FixMatchSpec)
    assert [radius for _, radius in radii] == [learner.weak_noise, 0.3]
    assert radii[1][0].endswith(" 0.3")
    workbench.window.actions_["view.jitter"].trigger()
    assert not jitter.radii


def test_the_data_panel_counts_the_labels_there_are_now(open_workbench: Callable[..., Workbench]) -> None:
    workbench = open_workbench(**{"data.labels_per_class": 3})
    told(workbench)
    assert workbench.controller.data.labels.text().startswith("Labels now: 3 class 0, 3 class 1; 54 without. By hand")
    points = workbench.document.scene.points
    workbench.controller.do(relabel(points.ids[points.is_train & ~points.is_labelled][:2], 0), "Relabel")
    told(workbench)
    assert workbench.controller.data.labels.text().startswith("Labels now: 5 class 0, 3 class 1; 52")


@pytest.mark.parametrize(
    ("poison", "total", "words", "scaled"),
    [
        (0, 0, "No poison points among 0 training points.", ""),
        (1, 1000, "1 of 1,000 training points is poison: 0.1 %.",
         "That is 0.1\u00a0% of 1,000 points and 0.00001\u00a0% of 10 million (the talk), "
         "0.0001\u00a0% of 1 million (Carlini and Terzis)."),
        (10, 5010, "10 of 5,010 training points are poison: 0.2 %.",
         "That is 0.1\u00a0% of 10,000 points and 0.00001\u00a0% of 100 million (the talk), "
         "0.0001\u00a0% of 10 million (Carlini and Terzis)."),
        (100_000, 100_500, "100,000 of 100,500 training points are poison: 99.5 %.",
         "That is 0.1\u00a0% of 100 million points and 0.00001\u00a0% of 1 trillion (the talk), "
         "0.0001\u00a0% of 100 billion (Carlini and Terzis)."),
    ],
)  # fmt: skip
def test_a_budget_is_said_in_plain_words(poison: int, total: int, words: str, scaled: str) -> None:
    assert budget_words(Budget(poison, total)) == words
    assert scaled_words(Budget(poison, total)) == scaled
