"""Points to the clipboard and back: in the place of the scene, or into it."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtGui import QGuiApplication

from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.data import DataSpec
from boundaryviz.scene.scene import Domain, Points, Scene


@pytest.fixture
def begin_with() -> Scenario:
    scene = Scene(Points.of([[0, 0], [1, 1]], [0, 1]), Domain(-2, 2, -2, 2), 2, ("blue", "red"))
    return Scenario(data=DataSpec(name="points")).with_scene(scene)


def put(text: str) -> None:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    clipboard.setText(text)


def test_pasted_points_are_added_selected_and_taken_back_as_one(workbench: Workbench) -> None:
    before = workbench.document.scene
    put("array([[0.1, 0.2, 1.], [0.3, 9.0, 0.]])")
    workbench.window.actions_["edit.paste-points"].trigger()
    workbench.reader.wait()
    points = workbench.document.scene.points
    assert points.xy.tolist() == [[0, 0], [1, 1], [0.1, 0.2], [0.3, 9.0]]
    assert points.label.tolist() == [0, 1, 1, 0]
    assert points.is_train.all()
    assert workbench.plane.selection.tolist() == [2, 3]
    assert "1 point of 2 lie outside" in workbench.window.banner.text.text()
    workbench.document.undo.undo()
    assert workbench.document.scene is before


def test_a_spreadsheets_classes_are_known_by_name(workbench: Workbench) -> None:
    put("x\ty\tlabel\n0.5\t0.5\tred\n0.6\t0.5\tblue\n0.7\t0.5\t\n")
    workbench.pasting.paste_into()
    workbench.reader.wait()
    assert workbench.document.scene.points.label.tolist() == [0, 1, 1, 0, -1]
    assert workbench.document.scene.class_names == ("blue", "red")


def test_a_copy_pasted_into_the_plane_is_there_twice(workbench: Workbench) -> None:
    workbench.plane.set_selection([1])
    workbench.pasting.copy()
    workbench.pasting.paste_into()
    workbench.reader.wait()
    points = workbench.document.scene.points
    assert np.array_equal(points.xy[2], points.xy[1])
    assert (points.label.tolist(), points.ids.tolist()) == ([0, 1, 1], [0, 1, 2])
    workbench.plane.set_selection([])
    workbench.pasting.copy()
    workbench.pasting.paste()
    workbench.reader.wait()
    assert workbench.document.scenario.title == "Pasted points"
    assert len(workbench.document.scene.points) == 3


@pytest.mark.parametrize("text", ["", "hello", "[[1, 2], [3]]", "x,y\n1,oops\n"])
def test_what_is_no_table_changes_nothing_and_is_said(workbench: Workbench, text: str) -> None:
    before = workbench.document.state
    put(text)
    for act in (workbench.pasting.paste_into, workbench.pasting.paste):
        workbench.window.banner.hide()
        act()
        workbench.reader.wait()
        assert workbench.document.state is before
        assert not workbench.window.banner.isHidden()
