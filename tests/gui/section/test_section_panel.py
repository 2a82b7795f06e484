"""Choosing the plane that is shown: an undo step, inputs as they were, names on the axes, and words if it cannot be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from boundaryviz.gui.section.control import shown_plane
from boundaryviz.gui.section.panel import COLUMNS, COMPONENTS, OTHER, OWN, POINTS, SectionPanel
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.tables.tables import read_table
from helpers.lifted import lifted
from helpers.runs import train_to
from helpers.scenes import bits
from helpers.there import there

SMALL = {"data.n": 40, "data.lift": 7, "learner.hidden": [4]}
PENGUINS = Path(__file__).parents[2] / "data" / "tables" / "penguins.csv"


@pytest.fixture
def shown(show: Callable[[Scenario], Workbench]) -> Workbench:
    return show(Scenario().with_values(SMALL))


def choose(workbench: Workbench, kind: str) -> None:
    """As a person does it: open the list and take an entry."""
    combo = workbench.section.panel.kind
    at = combo.findData(kind)
    combo.setCurrentIndex(at)
    combo.activated.emit(at)


def test_each_kind_is_one_undo_step_that_leaves_inputs_and_weights(shown: Workbench, qtbot: QtBot):
    train_to(shown, qtbot, 5)
    before = shown.document.scene
    shown.plane.set_selection(before.points.ids[[3, 9, 14]])
    for kind, name in ((COMPONENTS, "PC 1 ("), (COLUMNS, "input "), (POINTS, "from point ")):
        choose(shown, kind)
        scene = shown.document.scene
        assert scene.axis_names[0].startswith(name)
        assert np.array_equal(scene.points.x, before.points.x)
        assert shown.plane.scene is scene
        assert shown.section.panel.kind.currentData() == kind
        assert "A plane of 7 inputs" in shown.section.panel.words.text()
        shown.document.undo.undo()
        assert bits(shown.document.scene) == bits(before)
        assert shown.section.panel.kind.currentData() == OWN


def test_two_inputs_are_chosen_by_name(shown: Workbench):
    panel = shown.section.panel
    choose(shown, COLUMNS)  # those that lie nearest to the axes there were
    assert panel.across.count() == 7
    for combo, at in ((panel.across, 0), (panel.up, 5)):
        combo.setCurrentIndex(at)
        combo.activated.emit(at)
    assert shown.document.scene.axis_names == ("input 1", "input 6")
    panel.across.setCurrentIndex(5)
    panel.across.activated.emit(5)
    assert "two different inputs" in panel.problem.text()
    assert shown.document.scene.axis_names == ("input 1", "input 6")
    assert panel.across.currentIndex() == 0
    choose(shown, OWN)
    assert shown.document.scene.axis_names == ("x", "y")
    assert not panel.problem.text()


def test_three_points_are_wanted_and_no_line(shown: Workbench):
    panel, points = shown.section.panel, shown.document.scene.points
    choose(shown, POINTS)
    assert "Select three points" in panel.problem.text()
    assert panel.kind.currentData() == OWN
    inputs = points.x.copy()
    inputs[2] = 0.5 * (inputs[0] + inputs[1])
    shown.document.open(shown.document.scenario.with_scene(
        shown.document.scene.with_points(points.with_columns(inputs=inputs))
    ))  # fmt: skip
    shown.plane.set_selection(points.ids[:3])
    choose(shown, POINTS)
    assert "lie on one line" in panel.problem.text()


def test_on_a_plane_there_is_nothing_to_choose_and_that_is_said(shown: Workbench, qtbot: QtBot):
    shown.window.actions_["view.plane"].trigger()
    assert shown.window.panel_shown() is shown.controller.data
    assert shown.section.panel.isVisibleTo(shown.controller.data)
    shown.controller.do(Settings({"data.lift": None}), "Lift")
    assert not shown.section.panel.isVisibleTo(shown.controller.data)
    shown.window.actions_["view.plane"].trigger()
    bar = there(shown.window.statusBar())
    qtbot.waitUntil(lambda: "all there is" in bar.currentMessage())


@pytest.mark.parametrize(("how", "kind"), [("columns", COLUMNS), ("principal", COMPONENTS)])
def test_a_table_trains_on_all_its_columns_whichever_are_shown(
    how: str, kind: str, show: Callable[[Scenario], Workbench], qtbot: QtBot
):
    columns = "bill_length_mm+bill_depth_mm+flipper_length_mm+body_mass_g"
    table = read_table(PENGUINS, columns={"inputs": columns, "shown": how, "label": "species"})
    workbench = show(Scenario.from_table(table))
    scene = workbench.document.scene
    assert scene.points.width == 4
    assert workbench.section.panel.kind.currentData() == OWN  # with which it came
    assert shown_plane(Scenario().with_scene(scene), scene)[0] == kind
    train_to(workbench, qtbot, 3)
    choose(workbench, COLUMNS)
    assert workbench.section.panel.across.itemText(3) == "body_mass_g"


def test_a_plane_of_no_kind_is_called_as_it_was_opened(qtbot: QtBot):
    panel = SectionPanel()
    qtbot.addWidget(panel)
    panel.set_plane("", (0, 1), ["a", "b", "c"], "")
    assert panel.kind.currentText() == OTHER
    panel.set_plane(COLUMNS, (2, 1), ["a", "b", "c"], "")
    assert panel.kind.findText(OTHER) < 0
    assert (panel.across.currentText(), panel.up.currentText()) == ("c", "b")
    scene = lifted(5)
    assert shown_plane(Scenario().with_scene(scene), scene)[0] == ""
