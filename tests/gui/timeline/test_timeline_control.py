"""The timeline in the whole window, on a trainer in this process: the past, branches, and projects that go on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from boundaryviz.engine.messages import Failed
from boundaryviz.gui.workbench import Workbench
from boundaryviz.runs.run import train
from boundaryviz.scenario import files
from boundaryviz.scenario.history import RunHistory
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Move
from helpers.runs import equal, put_a_point, state_at, train_to
from helpers.there import there

NET = {"data.n": 60, "learner.hidden": [6], "training.evaluate_every": 5}


@pytest.fixture
def open_workbench(show: Callable[[Scenario], Workbench]) -> Callable[..., Workbench]:
    return lambda **values: show(Scenario().with_values({**NET, **values}))


def test_the_past_is_shown_as_it_was_and_nothing_there_can_be_changed(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench()
    train_to(workbench, qtbot, 40)
    put_a_point(workbench, 1.5)
    train_to(workbench, qtbot, 90)
    points = len(workbench.document.scene.points)
    workbench.timeline.show(3)
    step = int(workbench.timeline.timeline.step[3])
    assert step < 40
    assert len(workbench.plane.scene.points) == points - 1
    frame = workbench.controller.presenter.frame
    assert frame is not None
    assert frame.step == step
    qtbot.waitUntil(lambda: there(workbench.controller.presenter.frame).view.past is not None)
    workbench.controller.presenter.frame = None
    qtbot.waitUntil(lambda: workbench.controller.presenter.frame is not None)  # worked out anew
    assert there(workbench.controller.presenter.frame).step == step
    assert workbench.client.step_count == 90  # training stands where it stood
    history = workbench.document.history()
    assert history is not None
    assert history.steps == 90
    plane = workbench.plane
    at = plane.canvas.to_pixel(*plane.scene.points.xy[0])
    before = workbench.document.undo.count()
    qtbot.mousePress(plane.canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPointF(at).toPoint())
    qtbot.mouseRelease(plane.canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPointF(at).toPoint())
    assert workbench.document.undo.count() == before
    assert not len(plane.selection)
    workbench.timeline.now()
    assert workbench.plane.scene is workbench.document.scene
    assert there(workbench.controller.presenter.frame).step == 90


def test_a_branch_without_a_change_goes_on_as_the_course_did(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench()
    train_to(workbench, qtbot, 30)
    put_a_point(workbench, 1.5)
    train_to(workbench, qtbot, 80)
    end, curve = state_at(workbench, 80), workbench.client.curves.column("train_loss").copy()
    at = next(k for k, step in enumerate(workbench.timeline.timeline.step) if step > 35)
    step = int(workbench.timeline.timeline.step[at])
    workbench.timeline.show(at)
    workbench.timeline.resume()
    qtbot.waitUntil(lambda: workbench.timeline.ghost is not None)
    assert workbench.client.step_count == step
    assert workbench.timeline.timeline.step[-1] == step
    assert workbench.client.curves.step[-1] <= step
    train_to(workbench, qtbot, 80)
    assert equal(state_at(workbench, 80), end)
    np.testing.assert_array_equal(workbench.client.curves.column("train_loss"), curve)
    assert workbench.timeline.ghost is not None
    assert workbench.timeline.ghost.timeline.step[-1] == 80
    track = workbench.timeline.bar.track
    qtbot.waitUntil(lambda: {"branch", "edit"} <= {mark.kind for mark in track.marks})


def test_resuming_before_a_change_takes_it_back_as_one_undo_step(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench()
    train_to(workbench, qtbot, 30)
    old = workbench.document.scene
    put_a_point(workbench, 1.5)
    train_to(workbench, qtbot, 60)
    workbench.timeline.show(0)
    workbench.timeline.resume()
    qtbot.waitUntil(lambda: workbench.timeline.ghost is not None)
    assert workbench.document.scene.points == old.points
    assert workbench.document.undo.undoText().startswith("Resume at step")
    train_to(workbench, qtbot, 60)
    complete, engine = workbench.document.committed.complete(), workbench.client.engine
    straight = train(complete, steps=60, device=engine, progress=False)
    assert equal(state_at(workbench, 60), straight.session.state())
    workbench.document.undo.undo()
    assert len(workbench.document.scene.points) == len(old.points) + 1


def session(workbench: Workbench, qtbot: QtBot) -> None:
    """With changes of points and settings at their steps."""
    train_to(workbench, qtbot, 20)
    put_a_point(workbench, 1.5)
    train_to(workbench, qtbot, 33)
    workbench.controller.set_setting("training.learning_rate", 0.003)
    ids = workbench.document.scene.points.ids[:2]
    workbench.controller.do(Move(ids, np.zeros((2, 2))), "Move")
    train_to(workbench, qtbot, 61)


def save(workbench: Workbench, path: Path) -> None:
    workbench.saving.save_to(path)
    workbench.writer.wait()


def test_a_saved_session_runs_again_headless_to_the_same_bits(
    open_workbench: Callable[..., Workbench], qtbot: QtBot, tmp_path: Path
) -> None:
    workbench, path = open_workbench(), tmp_path / "live session ü.bviz"
    session(workbench, qtbot)
    save(workbench, path)
    history = RunHistory.read(files.read(path))
    assert history is not None
    assert [change.step for change in history.changes] == [20, 33]
    again = train(str(path), progress=False)
    assert again.session.engine.name == history.engine == workbench.client.engine
    assert again.step == 61
    assert equal(state_at(workbench, 61), again.session.state())
    np.testing.assert_array_equal(again.curves.values, workbench.client.curves.values)


def test_a_project_is_opened_where_it_was_saved_and_goes_on_from_there(
    open_workbench: Callable[..., Workbench], qtbot: QtBot, tmp_path: Path
) -> None:
    workbench, path = open_workbench(), tmp_path / "p.bviz"
    session(workbench, qtbot)
    save(workbench, path)
    steps, kept = workbench.timeline.timeline.step.tolist(), workbench.client.curves.values.copy()
    train_to(workbench, qtbot, 90)
    end = state_at(workbench, 90)
    other = open_workbench(**{"data.n": 20})
    other.filing.open(path)
    other.reader.wait()
    qtbot.waitUntil(lambda: other.client.step_count == 61)
    assert other.timeline.timeline.step.tolist() == steps
    np.testing.assert_array_equal(other.client.curves.values, kept)
    assert not other.document.unsaved
    assert not other.client.playing
    train_to(other, qtbot, 90)
    assert equal(state_at(other, 90), end)
    history = other.document.history()
    assert history is not None
    assert [change.step for change in history.changes] == [20, 33]
    assert history.steps == 90


def test_without_its_timeline_a_project_keeps_its_course_until_it_is_trained(
    open_workbench: Callable[..., Workbench], qtbot: QtBot, tmp_path: Path
) -> None:
    workbench = open_workbench()
    session(workbench, qtbot)
    path = tmp_path / "p.bviz"
    workbench.window.actions_["file.timeline"].setChecked(False)
    save(workbench, path)
    assert [one.name for one in tmp_path.iterdir() if one.suffix in (".bviz", ".npz")] == ["p.bviz"]
    other = open_workbench(**{"data.n": 20})
    other.filing.open(path)
    other.reader.wait()
    qtbot.waitUntil(lambda: len(other.timeline.timeline) == 1)
    again = tmp_path / "q.bviz"
    save(other, again)
    assert files.read(again).course == files.read(path).course
    train_to(other, qtbot, 5)
    history = other.document.history()
    assert history is not None
    assert history.changes == ()


def test_a_broken_timeline_is_said_and_the_project_is_opened(
    open_workbench: Callable[..., Workbench], qtbot: QtBot, tmp_path: Path
) -> None:
    workbench, path = open_workbench(), tmp_path / "p.bviz"
    session(workbench, qtbot)
    save(workbench, path)
    beside = path.with_suffix(".timeline.npz")
    beside.write_bytes(beside.read_bytes()[:-50])
    other = open_workbench(**{"data.n": 20})
    other.filing.open(path)
    other.reader.wait()
    assert len(other.document.scene.points) == len(workbench.document.scene.points)
    assert "p.timeline.npz" in other.window.banner.text.text()


def test_a_run_outlives_its_trainer(open_workbench: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = open_workbench()
    session(workbench, qtbot)
    train_to(workbench, qtbot, 80)
    end, steps = state_at(workbench, 80), workbench.timeline.timeline.step.tolist()
    workbench.client.failed.emit(Failed("in the trainer's process", "The trainer was ended by signal 9.", fatal=True))
    said: list[str] = []
    workbench.client.stated.connect(lambda state: said.append(state.why))
    workbench.window.banner.action_button.click()
    qtbot.waitUntil(lambda: said[-1:] == ["resumed"])
    assert workbench.client.step_count == 80
    assert workbench.timeline.timeline.step.tolist() == steps
    assert equal(state_at(workbench, 80), end)
    train_to(workbench, qtbot, 90)
    history = workbench.document.history()
    assert history is not None
    assert [change.step for change in history.changes] == [20, 33]


def test_a_reset_forgets_the_moments_and_the_course(open_workbench: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = open_workbench()
    session(workbench, qtbot)
    workbench.client.reset(0)
    qtbot.waitUntil(lambda: workbench.client.step_count == 0)
    qtbot.waitUntil(lambda: workbench.timeline.timeline.step.tolist() == [0])
    assert workbench.document.history() is None
