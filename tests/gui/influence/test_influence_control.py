"""Why here: the tool, the list, the arrows, removing points, and what is said where there is nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from boundaryviz.gui.influence.control import DRAWN, PAST
from boundaryviz.gui.influence.items import ArrowsItem, colours
from boundaryviz.gui.influence.view import EMPTY, FIRST, Entry, InfluenceView
from boundaryviz.gui.tools import Ask, Context, Gesture, Say, WhyTool
from boundaryviz.gui.widgets.theme import DARK, LIGHT
from boundaryviz.gui.workbench import Workbench
from boundaryviz.influences.requests import InfluenceRequest
from boundaryviz.jobs.messages import Ended, Progress, Result
from boundaryviz.record.influence import TRUTH
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Points, Scene
from helpers.fake_jobs import FakeJobs
from helpers.mouse import mouse

PLACE = (0.5, 0.25)
LOGISTIC = {"data.n": 24, "data.noise": 0.25, "learner.name": "logistic", "training.l2": 0.01, "training.steps": 60}


def entries(count: int) -> list[Entry]:
    return [Entry(10 + k, "class 0", "+0.1", "", "", k % 2 == 0) for k in range(count)]


# ---- the tool


def test_a_click_asks_about_the_place_and_a_drag_about_all_on_the_way() -> None:
    tool, context = WhyTool(), Context(Scene(Points.of([[0.0, 0.0], [2.0, 2.0]], [0, 1]), Domain(-3.0, 3.0, -3.0, 3.0)))
    said = [*tool.press(Gesture(1.0, 1.0, 0.01), context), *tool.move(Gesture(1.2, 1.0, 0.01))]
    said += tool.release(Gesture(1.3, 1.1, 0.01))
    assert said == [Ask(1.0, 1.0), Ask(1.2, 1.0), Ask(1.3, 1.1)]
    assert not tool.active
    tool.press(Gesture(0.001, 0.0, 0.01), context)
    assert tool.release(Gesture(0.001, 0.0, 0.01)) == (Ask(0.0, 0.0),)
    assert any(isinstance(one, Say) and "answerable" in one.text for one in tool.hover(Gesture(1, 1, 0.01), context))


# ---- the list


def test_without_a_selection_the_first_are_removed_and_else_what_is_selected(qtbot: QtBot) -> None:
    view = InfluenceView()
    qtbot.addWidget(view)
    assert view.heading.text() == EMPTY
    assert view.table.isHidden()
    view.show_points("Why", entries(6), "words")
    assert view.to_remove() == (10, 11, 12)
    assert view.remove.text() == f"Remove {FIRST} and see"
    view.set_selection([13, 99])
    assert view.to_remove() == (13,)
    assert view.remove.text() == "Remove 1 and see"
    view.show_points("Why", entries(4)[::-1], "")
    assert view.selection() == {13}
    assert not view.words.isVisibleTo(view)
    view.clear("Nothing is decided there.")
    assert view.table.isHidden()
    assert view.to_remove() == ()


def test_numbers_are_shown_whole_and_a_column_without_any_makes_room(qtbot: QtBot) -> None:
    view = InfluenceView()
    qtbot.addWidget(view)
    view.resize(300, 400)
    view.show()
    long = Entry(4000, "class 1, poison", "+0.0987", "-0.0123", "", True)
    for told in ("", "+0.0888"):
        view.show_points("Why", [replace(long, other=told)] * 20, "")
        assert view.table.isColumnHidden(4) == (not told)
        for column in (0, 2, 3, *((4,) if told else ())):
            assert view.table.sizeHintForColumn(column) <= view.table.columnWidth(column)
    item = view.table.item(0, 1)
    assert item is not None
    assert "class 1, poison" in item.toolTip()


def test_what_is_chosen_is_said_and_a_method_when_it_is_chosen(qtbot: QtBot) -> None:
    view = InfluenceView()
    qtbot.addWidget(view)
    view.show_points("Why", entries(3), "")
    heard: list[object] = []
    view.chosen.connect(heard.append)
    view.method_chosen.connect(heard.append)
    view.hovered.connect(heard.append)
    view.table.selectRow(1)
    view.set_methods({"influence": "influence function", "tracin": "TracIn"}, "influence")
    view.method.setCurrentIndex(1)
    view.table.cellEntered.emit(2, 0)
    assert heard == [[11], "tracin", 12]
    view.set_theme(DARK)
    item = view.table.item(0, 2)
    assert item is not None
    assert item.foreground().color() == colours(DARK)[0]


# ---- in the window


jobs: dict[int, FakeJobs] = {}


@pytest.fixture
def asked_about(show: Callable[[Scenario], Workbench], qtbot: QtBot) -> Workbench:
    """A window that has explained a place, and starts no process."""
    workbench = show(Scenario().with_values(LOGISTIC))
    jobs[id(workbench.influence)] = FakeJobs(workbench.influence._job)
    workbench.controller.play(True)
    workbench.window.actions_["point.tool-why"].trigger()
    mouse(workbench.plane, "Press", PLACE)
    mouse(workbench.plane, "Release", PLACE)
    qtbot.waitUntil(lambda: workbench.influence.found is not None and workbench.influence.found.step >= 20)
    workbench.controller.play(False)
    return workbench


def test_a_click_lists_the_points_and_draws_arrows_to_them(asked_about: Workbench) -> None:
    control = asked_about.influence
    found = control.found
    assert found is not None
    assert np.allclose(found.place, PLACE, atol=0.05)
    assert asked_about.window.result_shown() is control.view
    assert control.view.table.rowCount() == 24
    first = control.view.table.item(0, 0)
    assert first is not None
    assert int(first.text()) == found.ids[found.ranked(top=1)][0]
    points = asked_about.document.scene.points
    ends = points.xy[points.positions(found.ids[found.ranked(top=12)])]
    np.testing.assert_array_equal(control.arrows.ends, ends)
    assert control.view.heading.text().startswith("Why class")
    asked_about.plane.grab()


def test_removed_points_are_gone_in_one_step_and_the_list_follows(asked_about: Workbench, qtbot: QtBot) -> None:
    control, document = asked_about.influence, asked_about.document
    before, gone = len(document.scene.points), control.view.to_remove()
    control.view.remove.click()
    assert len(document.scene.points) == before - FIRST
    assert not np.isin(gone, document.scene.points.ids).any()
    qtbot.waitUntil(lambda: control.found is not None and not np.isin(gone, control.found.ids).any())
    assert "it was" in control.view.heading.text()
    document.undo.undo()
    assert len(document.scene.points) == before
    assert "it was" not in control.view.heading.text()


def test_beside_a_past_moment_nothing_is_drawn_of_the_present(asked_about: Workbench, qtbot: QtBot) -> None:
    control = asked_about.influence
    assert len(control.arrows.ends)
    asked_about.timeline.show(0)
    qtbot.waitUntil(lambda: asked_about.controller.presenter.past is not None)
    assert control.view.heading.text() == PAST
    assert control.arrows.place is None


def test_what_was_before_a_removal_is_not_said_after_another_change(asked_about: Workbench) -> None:
    control = asked_about.influence
    control.view.remove.click()
    control._show()
    assert "Ctrl+Z brings them back" in control.view.heading.text()
    asked_about.controller.set_setting("training.l2", 0.02)
    assert "it was" not in control.view.heading.text()


def test_a_method_that_nothing_was_left_out_for_says_so(asked_about: Workbench) -> None:
    control, found = asked_about.influence, asked_about.influence.found
    assert found is not None
    assert not found.known
    assert "how far this is chance is not known" in control.view.words.text()


def test_where_no_single_point_changes_anything_that_is_said(asked_about: Workbench) -> None:
    control, found = asked_about.influence, asked_about.influence.found
    assert found is not None
    nothing = np.zeros(len(found.ids))
    control.found = replace(found, methods=(), scores=np.empty((0, len(nothing))), truth=nothing, seeded=False)
    control._show()
    assert control.view.table.rowCount() == 0
    assert "No single point changes anything here." in control.view.words.text()


def test_rows_and_points_are_selected_together_and_a_hovered_row_stands_out(asked_about: Workbench) -> None:
    control = asked_about.influence
    control.view.table.selectRow(1)
    (point,) = control.view.selection()
    assert asked_about.plane.selection.tolist() == [point]
    assert control.arrows.marked.tolist() == [at == 1 for at in range(12)]
    control.view.hovered.emit(control.view._entries[2].point)
    assert control.arrows.marked.tolist() == [at == 2 for at in range(12)]
    control.view.hovered.emit(None)
    asked_about.plane.select(np.empty(0, dtype=np.int64))
    assert control.view.selection() == set()


def test_the_first_points_are_left_out_by_themselves_and_all_when_that_is_asked_for(
    asked_about: Workbench, qtbot: QtBot
) -> None:
    control = asked_about.influence
    fake = jobs[id(control)]
    qtbot.waitUntil(lambda: len(fake.begun) == 1)
    request, found = fake.begun[0].request, control.found
    assert isinstance(request, InfluenceRequest)
    assert found is not None
    assert (request.most, request.asked.place, request.asked.methods) == (DRAWN, found.place, ("tracin",))
    assert list(request.first) == found.ids[found.ranked()].tolist()
    assert control.view.leave.text() == "Cancel"
    truth = np.linspace(-1.0, 1.0, len(found.ids))
    told = replace(found, truth=truth, other=truth[::-1].copy())
    fake.begun[0].said += [Progress(12, 24), Result(told), Ended()]
    qtbot.waitUntil(lambda: not control._job.running)
    assert "Another seed agrees only by -1.00: this is noise." in control.view.words.text()
    item = control.view.table.item(0, 3)
    assert item is not None
    assert item.text() == f"{truth[found.ranked(top=1)[0]]:+.3g}"
    control.view.leave.click()
    (_, whole) = (one.request for one in fake.begun)
    assert isinstance(whole, InfluenceRequest)
    assert whole.most is None
    control.view.leave.click()
    assert fake.begun[1].gone
    assert control.view.leave.text() == "Leave each out"


def test_a_job_that_fails_says_why_and_is_not_begun_again(asked_about: Workbench, qtbot: QtBot) -> None:
    control, fake = asked_about.influence, jobs[id(asked_about.influence)]
    qtbot.waitUntil(lambda: len(fake.begun) == 1)
    fake.begun[0].said.append(Ended("There is no memory for it."))
    qtbot.waitUntil(lambda: not control._job.running)
    assert control.view.words.text() == "There is no memory for it."
    assert control._tried
    assert len(fake.begun) == 1


def test_another_scenario_and_clear_let_the_place_go(asked_about: Workbench) -> None:
    control = asked_about.influence
    control.view.forget.click()
    assert control.asked is None
    assert control.arrows.place is None
    assert asked_about.window.result_shown() is not control.view
    control.ask(*PLACE)
    asked_about.document.open(Scenario(name="other"))
    assert control.asked is None


def test_a_learner_without_a_quick_method_has_points_left_out_as_it_goes(
    show: Callable[[Scenario], Workbench], qtbot: QtBot
) -> None:
    workbench = show(Scenario().with_values({"data.n": 20, "learner.name": "DecisionTreeClassifier"}))
    workbench.controller.play(True)
    control = workbench.influence
    control.ask(*PLACE)
    qtbot.waitUntil(lambda: control.found is not None and control.found.known == 20)
    assert control._shown_method(control.found) == TRUTH  # type: ignore[arg-type]
    assert "Nothing in this learner is random" in control.view.words.text()


def test_arrows_are_as_wide_as_points_weigh_and_none_without_a_place() -> None:
    from PyQt6.QtCore import QRectF

    item = ArrowsItem(lambda: QRectF(0, 0, 1, 1))
    item.set_theme(LIGHT)
    item.show_arrows(None, np.empty((0, 2)), np.empty(0), np.empty(0, dtype=bool))
    assert item.place is None
    supports, opposes = colours(LIGHT)
    assert supports != opposes
