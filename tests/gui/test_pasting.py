"""Points to the clipboard and back: in the place of the scene, or into it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PyQt6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from boundaryviz.gui.assembly import Desk
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.data import DataSpec
from boundaryviz.scene.scene import Domain, Points, Scene
from helpers.desks import afresh, at_rest, lasting_desk


@pytest.fixture(scope="module")
def only_desk(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with lasting_desk(tmp_path_factory.mktemp("settings")) as desk:
        yield desk


@pytest.fixture
def desk(only_desk: Desk, qtbot: QtBot) -> Iterator[Desk]:
    scene = Scene(Points.of([[0, 0], [1, 1]], [0, 1]), Domain(-2, 2, -2, 2), 2, ("blue", "red"))
    yield afresh(only_desk, Scenario(data=DataSpec(name="points")).with_scene(scene))
    qtbot.waitUntil(lambda: at_rest(only_desk))


def put(text: str) -> None:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    clipboard.setText(text)


def test_pasted_points_are_added_selected_and_taken_back_as_one(desk: Desk) -> None:
    before = desk.document.scene
    put("array([[0.1, 0.2, 1.], [0.3, 9.0, 0.]])")
    desk.window.actions_["edit.paste-points"].trigger()
    desk.reader.wait()
    points = desk.document.scene.points
    assert points.xy.tolist() == [[0, 0], [1, 1], [0.1, 0.2], [0.3, 9.0]]
    assert points.label.tolist() == [0, 1, 1, 0]
    assert points.is_train.all()
    assert desk.window.plane.selection.tolist() == [2, 3]
    assert "1 point of 2 lie outside" in desk.window.banner.text.text()
    desk.document.undo.undo()
    assert desk.document.scene is before


def test_a_spreadsheets_classes_are_known_by_name(desk: Desk) -> None:
    put("x\ty\tlabel\n0.5\t0.5\tred\n0.6\t0.5\tblue\n0.7\t0.5\t\n")
    desk.pasting.paste_into()
    desk.reader.wait()
    assert desk.document.scene.points.label.tolist() == [0, 1, 1, 0, -1]
    assert desk.document.scene.class_names == ("blue", "red")


def test_a_copy_pasted_into_the_plane_is_there_twice(desk: Desk) -> None:
    desk.window.plane.set_selection([1])
    desk.pasting.copy()
    desk.pasting.paste_into()
    desk.reader.wait()
    points = desk.document.scene.points
    assert np.array_equal(points.xy[2], points.xy[1])
    assert (points.label.tolist(), points.ids.tolist()) == ([0, 1, 1], [0, 1, 2])
    desk.window.plane.set_selection([])
    desk.pasting.copy()
    desk.pasting.paste()
    desk.reader.wait()
    assert desk.document.scenario.title == "Pasted points"
    assert len(desk.document.scene.points) == 3


@pytest.mark.parametrize("text", ["", "hello", "[[1, 2], [3]]", "x,y\n1,oops\n"])
def test_what_is_no_table_changes_nothing_and_is_said(desk: Desk, text: str) -> None:
    before = desk.document.state
    put(text)
    for act in (desk.pasting.paste_into, desk.pasting.paste):
        desk.window.banner.hide()
        act()
        desk.reader.wait()
        assert desk.document.state is before
        assert not desk.window.banner.isHidden()
