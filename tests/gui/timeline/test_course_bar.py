"""The course of a fitted learner in the window: scrubbed through, drawn as curves, and made the setting."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from boundaryviz.engine.messages import CURVES
from boundaryviz.engine.session import Session
from boundaryviz.gui.widgets.controls import value_words
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Move
from helpers.there import there

TREE = Scenario().with_values({"data.n": 80, "data.label_noise": 0.2, "learner.name": "DecisionTreeClassifier"})


@pytest.fixture
def workbench(show: Callable[[Scenario], Workbench], qtbot: QtBot) -> Workbench:
    """A tree that is grown, and its course known."""
    workbench = show(TREE)
    workbench.controller.play(True)
    qtbot.waitUntil(lambda: workbench.timeline.course._course is not None)
    return workbench


def test_a_size_that_is_pointed_at_is_shown_on_the_plane_and_in_the_curves(workbench: Workbench, qtbot: QtBot):
    course, curves = workbench.timeline.course, workbench.curves.view
    session = Session(TREE, device="cpu")
    session.step()
    assert course.bar.isVisibleTo(workbench.timeline.bars)
    qtbot.waitUntil(lambda: np.array_equal(curves._step, there(course._course).stages))
    qtbot.waitUntil(lambda: curves._body.isVisibleTo(curves))
    assert not curves.bars.isVisibleTo(curves)
    course.bar.scrubbed.emit(3)  # as the mouse does
    presenter = workbench.controller.presenter
    qtbot.waitUntil(lambda: there(presenter.frame).view.stage == 4)
    assert np.array_equal(there(presenter.frame).predicted, session.predicted(0, 4))
    assert curves.where.text() == "leaves 4"
    assert course.bar.where.text() == f"leaves 4 of {session.stages[-1]}"
    assert there(presenter.snapshot()).scenario.learner.max_leaf_nodes == 4
    status, known = workbench.window.status, there(course._course).values[:, 0]
    validation = [CURVES.index(f"validation_{name}") for name in ("loss", "error")]
    qtbot.waitUntil(lambda: status.loss.text() == value_words(known[3, validation[0]]))
    assert status.error.text() == f"{known[3, validation[1]]:.1%}" != f"{known[-1, validation[1]]:.1%}"
    workbench.window.actions_["train.later"].trigger()
    assert course.stage == 5
    workbench.window.actions_["train.now"].trigger()
    assert course.stage is None
    qtbot.waitUntil(lambda: there(presenter.frame).view.stage is None)
    assert np.array_equal(there(presenter.frame).predicted, session.predicted(0))
    qtbot.waitUntil(lambda: status.error.text() == f"{known[-1, validation[1]]:.1%}")


def test_while_a_smaller_tree_is_shown_a_point_can_be_dragged_and_course_and_plane_follow(
    workbench: Workbench, qtbot: QtBot
):
    course, document = workbench.timeline.course, workbench.document
    course.show(1)
    before, scene = there(course._course), document.scene
    ids = scene.points.ids[scene.points.is_train][:20]
    document.do(Move(ids, scene.points.xy[scene.points.positions(ids)] + 0.7), "Move")
    qtbot.waitUntil(lambda: there(course._course) is not before)
    assert course.stage == 2
    session = Session(TREE, document.scene, device="cpu")
    session.step()
    frame = workbench.controller.presenter.frame
    assert np.array_equal(there(frame).predicted, session.predicted(0, 2))


def test_the_size_shown_becomes_the_setting_and_a_learner_without_a_course_has_bars(workbench: Workbench, qtbot: QtBot):
    course, curves = workbench.timeline.course, workbench.curves.view
    course.show(6)
    course.bar.buttons["resume"].click()
    assert workbench.document.scenario.learner.max_leaf_nodes == 7
    assert course.stage is None
    qtbot.waitUntil(lambda: course._course is not None and int(course._course.stages[-1]) == 7)
    workbench.controller.learner.choose("SVC")
    qtbot.waitUntil(lambda: curves.bars.isVisibleTo(curves))
    assert workbench.timeline.bar.isVisibleTo(workbench.timeline.bars)
    workbench.controller.learner.choose("KNeighborsClassifier")
    qtbot.waitUntil(lambda: course._course is not None)
    assert course.bar.words.title == "neighbours"
