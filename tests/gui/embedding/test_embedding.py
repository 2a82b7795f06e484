"""The second plane: the points where the model puts them, and what is linked between both planes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from boundaryviz.engine import messages as m
from boundaryviz.engine.embeddings import Embedding, Health, Projection, Similarity
from boundaryviz.gui.embedding.control import similarity_image
from boundaryviz.gui.tools import LassoTool
from boundaryviz.gui.widgets.theme import LIGHT
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Move
from boundaryviz.scene.scene import Domain
from helpers.there import there


@pytest.fixture
def begin_with() -> Scenario:
    return Scenario(name="mine", title="Mine").with_values({"data.n": 40, "learner.hidden": [6, 2]})


class Told:
    """What a trainer would say of a window's embedding: each point turned by a right angle, and so each pin."""

    def __init__(self, workbench: Workbench) -> None:
        self.workbench, self.control = workbench, workbench.embedding
        workbench.window.actions_["view.embedding"].setChecked(True)

    def say(self, clean: bool = False, **changes: Any) -> Embedding:
        scene = self.workbench.document.scene
        xy = np.column_stack([-scene.points.xy[:, 1], scene.points.xy[:, 0]])
        pins = np.array([(-pin.y, pin.x) for pin in scene.targets]).reshape(-1, 2)
        rect = Domain(-3.0, 3.0, -3.0, 3.0)
        found = Embedding(
            7, scene.points.ids, len(scene.points), xy, pins, Projection(np.zeros(2), np.eye(2)),
            Health(0.9, 1.8, 0.1, 2), rect, rect, np.full((4, 4), 0.25, dtype=np.float32),
        )  # fmt: skip
        if clean:
            flipped = np.arange(len(scene.points)) < 3
            found = replace(found, clean=replace(found, xy=-xy), flipped=flipped)
        found = replace(found, **changes)
        self.workbench.client.probed.emit(m.ProbeResult("embedding", m.Key(None, 0), found))
        return found


@pytest.fixture
def told(workbench: Workbench) -> Told:
    return Told(workbench)


def test_the_points_stand_at_their_places_and_look_as_on_the_first_plane(told: Told, qtbot: QtBot) -> None:
    found, view = told.say(), told.control.view
    points = told.workbench.document.scene.points
    np.testing.assert_array_equal(view.plane.scene.points.xy, found.xy)
    np.testing.assert_array_equal(view.plane.scene.points.ids, points.ids)
    np.testing.assert_array_equal(view.plane.points.codes, told.workbench.plane.points.codes)
    assert there(view.plane.value_at(0.0, 0.0)) == 0.25
    assert view.words.words == "the embedding's own dimensions"
    assert view.health.words == "effective rank 1.8 of 2, mean cosine 0.100"
    assert not view.flips.isVisibleTo(view)
    told.say(clean=True)
    qtbot.waitUntil(lambda: view.flips.isVisibleTo(view) and view.flips.words == "3 points flipped (ringed)")
    one = np.arange(len(points)) == 5
    told.say(clean=True, flipped=one)
    qtbot.waitUntil(lambda: view.flips.words == "1 point flipped (ringed)")
    held_out = told.workbench.window.actions_["view.held-out"]
    held_out.toggle()
    assert len(view.plane.points.order) == len(points)
    held_out.toggle()
    assert len(view.plane.points.order) == points.is_train.sum() < len(points)


def test_points_that_only_one_of_both_has_are_left_out(told: Told) -> None:
    found = told.say()
    ids = found.ids[[9, 3, 5]]
    told.say(ids=ids, xy=found.xy[[9, 3, 5]])
    shown = told.control.view.plane.scene.points
    assert shown.ids.tolist() == sorted(ids.tolist())
    np.testing.assert_array_equal(shown.xy, found.xy[np.searchsorted(found.ids, shown.ids)])
    assert told.control.view.found is not None
    assert told.control.view.found.words().startswith("3 of ")


def test_what_is_chosen_in_one_is_chosen_in_both(told: Told) -> None:
    told.say()
    first, second = told.workbench.plane, told.control.view.plane
    first.select(first.scene.points.ids[:3])
    np.testing.assert_array_equal(second.selection, first.selection)
    second.select(second.scene.points.ids[4:6])
    np.testing.assert_array_equal(first.selection, second.selection)
    assert len(first.selection) == 2
    first.set_selection([])  # as whoever locks the plane does
    told.say()
    assert len(second.selection) == 0


def drag(qtbot: QtBot, canvas: Any, places: np.ndarray) -> None:
    """With the left button along places of the plane."""
    at = [canvas.to_pixel(x, y).toPoint() for x, y in places.tolist()]
    qtbot.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=at[0])
    for one in at[1:]:
        qtbot.mouseMove(canvas.viewport(), one)
    qtbot.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=at[-1])


def test_a_lasso_selects_and_a_drag_of_a_point_moves_none(told: Told, qtbot: QtBot) -> None:
    told.say()
    first, second = told.workbench.plane, told.control.view.plane
    qtbot.waitUntil(lambda: second.canvas.area.width() > 50)
    before, points = told.workbench.document.scene, second.scene.points
    visible = there(second.points.visible(points))
    drag(qtbot, second.canvas, np.array([points.xy[visible][0], (2.9, 2.9)]))
    assert told.workbench.document.scene is before
    first.set_tool(LassoTool())
    low, high = points.xy[visible].min(axis=0) - 0.2, points.xy[visible].max(axis=0) + 0.2
    drag(qtbot, second.canvas, np.array([low, (low[0], high[1]), high, (high[0], low[1]), low]))
    assert len(first.selection) == visible.sum()


def test_the_pointer_at_a_point_is_shown_in_both_with_its_neighbours(told: Told) -> None:
    found, control = told.say(), told.control
    scene, view = told.workbench.document.scene, told.control.view
    at = int(np.flatnonzero(scene.points.is_train)[2])
    place = tuple(scene.points.xy[at].tolist())
    told.workbench.planes.hovered.emit(place)
    near = scene.points.ids[[1, 7]]
    said = Similarity(
        place, int(scene.points.ids[at]), found.xy[at], None, scene.domain, near, np.array([0.9, 0.8], dtype=np.float32)
    )
    told.workbench.client.probed.emit(m.ProbeResult("similarity", m.Key(None, 0), said))
    assert control.links.place == place
    assert view.links.place == tuple(found.xy[at].tolist())
    np.testing.assert_array_equal(control.links.ends, scene.points.xy[[1, 7]])
    np.testing.assert_array_equal(view.links.ends, found.xy[[1, 7]])
    view.plane.hovered.emit(tuple(found.xy[at].tolist()))  # and the other way round
    assert control.links.place == place
    told.workbench.planes.hovered.emit(None)
    assert control.links.place is view.links.place is None


def test_a_bare_place_is_shown_where_the_model_puts_it(told: Told) -> None:
    told.say()
    told.workbench.planes.hovered.emit((40.0, 40.0))
    none = np.empty(0, dtype=np.int64)
    vector = np.array([1.5, -0.5])
    said = Similarity((40.0, 40.0), None, vector, None, Domain(0, 1, 0, 1), none, np.empty(0, dtype=np.float32))
    told.workbench.client.probed.emit(m.ProbeResult("similarity", m.Key(None, 0), said))
    assert told.control.view.links.place == (1.5, -0.5)
    assert told.control.links.place is None


def test_both_twins_can_be_seen_and_flips_are_ringed_on_both_planes(told: Told) -> None:
    view = told.control.view
    told.say()
    assert not view.buttons[True].isVisibleTo(view)
    found = told.say(clean=True)
    told.workbench.window.actions_["view.held-out"].setChecked(True)
    points = told.workbench.document.scene.points
    np.testing.assert_array_equal(told.control.rings.xy, points.xy[:3])
    np.testing.assert_array_equal(view.rings.xy, found.xy[:3])
    view.buttons[True].click()
    np.testing.assert_array_equal(view.plane.scene.points.xy, -found.xy)
    np.testing.assert_array_equal(view.rings.xy, -found.xy[:3])
    told.say()
    assert not view.clean
    assert len(told.control.rings.xy) == len(view.rings.xy) == 0


def test_a_dragged_point_keeps_its_place_until_the_model_has_moved_it(told: Told) -> None:
    found, document = told.say(), told.workbench.document
    moved = document.scene.points.ids[:1]
    document.preview(Move(moved, np.array([[0.1, 0.1]])))
    np.testing.assert_array_equal(told.control.view.plane.scene.points.xy, found.xy)
    document.drop_preview()


def test_an_embedding_that_collapsed_or_diverged_is_said_and_never_an_empty_field(told: Told) -> None:
    view = told.control.view
    told.say(health=Health(0.01, 1.1, 0.999, 2))
    assert "collapsed" in view.plane._banner.text()
    assert "0.999" in view.plane._banner.text()
    told.say(health=Health(np.nan, np.nan, np.nan, 2, finite=False), field=None)
    assert "diverged" in view.plane._banner.text()
    told.say()
    assert view.plane._banner.isHidden()


def test_learners_without_one_say_why(told: Told) -> None:
    told.say()
    view = told.control.view
    told.workbench.document.do(Settings({"learner.hidden": ()}), "No layers")
    assert "hidden layer" in view.hint.text()
    assert not view.plane.isVisibleTo(view)
    told.workbench.window.actions_["view.embedding"].setChecked(False)
    assert told.workbench.window.result_shown() is not view


def test_likeness_is_a_map_with_one_range_and_goes_with_its_switch(told: Told) -> None:
    control, switch = told.control, told.workbench.window.actions_["view.similarity"]
    switch.setChecked(True)
    told.workbench.planes.hovered.emit((0.2, 0.2))
    field = np.array([[-1.0, 0.0], [0.5, 1.0]], dtype=np.float32)
    none = np.empty(0, dtype=np.int64)
    said = Similarity((0.2, 0.2), None, np.ones(2), field, Domain(0, 1, 0, 1), none, np.empty(0, dtype=np.float32))
    told.workbench.client.probed.emit(m.ProbeResult("similarity", m.Key(None, 0), said))
    assert control.map.isVisible()
    assert "\u22121.00 to 1.00" in control.map.name.toPlainText()
    np.testing.assert_array_equal(there(control.map.pixels), similarity_image(field, LIGHT))
    told.workbench.planes.hovered.emit(None)
    assert control.map.isVisible()  # one may look at it in peace
    switch.setChecked(False)
    assert not control.map.isVisible()


def test_it_follows_a_model_while_that_trains_and_into_the_past(
    show: Callable[[Scenario], Workbench], begin_with: Scenario, qtbot: QtBot
) -> None:
    workbench = show(begin_with)
    workbench.window.actions_["view.embedding"].setChecked(True)
    workbench.controller.play(True)
    control = workbench.embedding
    qtbot.waitUntil(lambda: control.found is not None and control.found.step > 60)
    workbench.controller.play(False)
    workbench.timeline.show(0)
    qtbot.waitUntil(lambda: there(control.found).step == 0)
    assert not control.view.plane.canvas.acts
    workbench.timeline.now()
    qtbot.waitUntil(lambda: there(control.found).step > 60)
    assert control.view.plane.canvas.acts
    place = workbench.document.scene.points.xy[0]
    workbench.planes.hovered.emit(tuple(place.tolist()))
    qtbot.waitUntil(lambda: control.similarity is not None and len(control.similarity.ids) == 6)
    at = workbench.plane.canvas.to_pixel(*place)
    assert isinstance(at, QPointF)
