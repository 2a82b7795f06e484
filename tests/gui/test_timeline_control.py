"""The timeline in the whole window, on a trainer in this process: the past, branches, and projects that go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from boundaryviz.engine.link import InlineLink
from boundaryviz.engine.messages import Failed
from boundaryviz.engine.trainer import Trainer
from boundaryviz.experiments.run import train
from boundaryviz.gui.assembly import Desk
from boundaryviz.scenario import files
from boundaryviz.scenario.course import Course
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Move
from helpers.desks import desks
from helpers.runs import equal, put_a_point, state_at, train_to
from helpers.there import there

NET = {"data.n": 60, "learner.hidden": [6], "training.evaluate_every": 5}


@pytest.fixture
def open_desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    with desks(qtbot, tmp_path, lambda: InlineLink(Trainer())) as show:
        yield lambda **values: show(Scenario().with_values({**NET, **values}))


def test_the_past_is_shown_as_it_was_and_nothing_there_can_be_changed(
    open_desk: Callable[..., Desk], qtbot: QtBot
) -> None:
    desk = open_desk()
    train_to(desk, qtbot, 40)
    put_a_point(desk, 1.5)
    train_to(desk, qtbot, 90)
    window, points = desk.window, len(desk.document.scene.points)
    desk.timeline.show(3)
    step = int(desk.timeline.timeline.step[3])
    assert step < 40
    assert len(window.plane.scene.points) == points - 1
    frame = desk.controller.display.frame
    assert frame is not None
    assert frame.step == step
    qtbot.waitUntil(lambda: there(desk.controller.display.frame).view.past is not None, timeout=5000)
    desk.controller.display.frame = None
    qtbot.waitUntil(lambda: desk.controller.display.frame is not None, timeout=5000)  # worked out anew
    assert there(desk.controller.display.frame).step == step
    assert desk.client.step_count == 90  # training stands where it stood
    course = desk.document.course()
    assert course is not None
    assert course.steps == 90
    plane = window.plane
    at = plane.canvas.to_pixel(*plane.scene.points.xy[0])
    before = desk.document.undo.count()
    qtbot.mousePress(plane.canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPointF(at).toPoint())
    qtbot.mouseRelease(plane.canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPointF(at).toPoint())
    assert desk.document.undo.count() == before
    assert not len(plane.selection)
    desk.timeline.now()
    assert window.plane.scene is desk.document.scene
    assert there(desk.controller.display.frame).step == 90


def test_a_branch_without_a_change_goes_on_as_the_course_did(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk()
    train_to(desk, qtbot, 30)
    put_a_point(desk, 1.5)
    train_to(desk, qtbot, 80)
    end, curve = state_at(desk, 80), desk.client.curves.column("train_loss").copy()
    at = next(k for k, step in enumerate(desk.timeline.timeline.step) if step > 35)
    step = int(desk.timeline.timeline.step[at])
    desk.timeline.show(at)
    desk.timeline.resume()
    qtbot.waitUntil(lambda: desk.timeline.ghost is not None, timeout=5000)
    assert desk.client.step_count == step
    assert desk.timeline.timeline.step[-1] == step
    assert desk.client.curves.step[-1] <= step
    train_to(desk, qtbot, 80)
    assert equal(state_at(desk, 80), end)
    np.testing.assert_array_equal(desk.client.curves.column("train_loss"), curve)
    assert desk.timeline.ghost is not None
    assert desk.timeline.ghost.timeline.step[-1] == 80
    track = desk.window.timeline.track
    qtbot.waitUntil(lambda: {"branch", "edit"} <= {mark.kind for mark in track.marks}, timeout=5000)


def test_resuming_before_a_change_takes_it_back_as_one_undo_step(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk()
    train_to(desk, qtbot, 30)
    old = desk.document.scene
    put_a_point(desk, 1.5)
    train_to(desk, qtbot, 60)
    desk.timeline.show(0)
    desk.timeline.resume()
    qtbot.waitUntil(lambda: desk.timeline.ghost is not None, timeout=5000)
    assert desk.document.scene.points == old.points
    assert desk.document.undo.undoText().startswith("Resume at step")
    train_to(desk, qtbot, 60)
    straight = train(desk.document.committed.complete(), steps=60, device="cpu", progress=False)
    assert equal(state_at(desk, 60), straight.session.state())  # type: ignore[attr-defined]
    desk.document.undo.undo()
    assert len(desk.document.scene.points) == len(old.points) + 1


def session(desk: Desk, qtbot: QtBot) -> None:
    """With changes of points and settings at their steps."""
    train_to(desk, qtbot, 20)
    put_a_point(desk, 1.5)
    train_to(desk, qtbot, 33)
    desk.controller._set("training.learning_rate", 0.003)
    ids = desk.document.scene.points.ids[:2]
    desk.controller.do(Move(ids, np.zeros((2, 2))), "Move")
    train_to(desk, qtbot, 61)


def save(desk: Desk, path: Path) -> None:
    desk.saving.save_to(path)
    desk.writer.wait()


def test_a_saved_session_runs_again_headless_to_the_same_bits(
    open_desk: Callable[..., Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    desk, path = open_desk(), tmp_path / "live session ü.bviz"
    session(desk, qtbot)
    save(desk, path)
    course = Course.read(files.read(path))
    assert course is not None
    assert [turn.step for turn in course.turns] == [20, 33]
    again = train(str(path), device="cpu", progress=False)
    assert again.step == 61
    assert equal(state_at(desk, 61), again.session.state())  # type: ignore[attr-defined]
    np.testing.assert_array_equal(again.curves.values, desk.client.curves.values)


def test_a_project_is_opened_where_it_was_saved_and_goes_on_from_there(
    open_desk: Callable[..., Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    desk, path = open_desk(), tmp_path / "p.bviz"
    session(desk, qtbot)
    save(desk, path)
    steps, kept = desk.timeline.timeline.step.tolist(), desk.client.curves.values.copy()
    train_to(desk, qtbot, 90)
    end = state_at(desk, 90)
    other = open_desk(**{"data.n": 20})
    other.filing.open(path)
    other.reader.wait()
    qtbot.waitUntil(lambda: other.client.step_count == 61, timeout=5000)
    assert other.timeline.timeline.step.tolist() == steps
    np.testing.assert_array_equal(other.client.curves.values, kept)
    assert not other.document.unsaved
    assert not other.client.playing
    train_to(other, qtbot, 90)
    assert equal(state_at(other, 90), end)
    course = other.document.course()
    assert course is not None
    assert [turn.step for turn in course.turns] == [20, 33]
    assert course.steps == 90


def test_without_its_timeline_a_project_keeps_its_course_until_it_is_trained(
    open_desk: Callable[..., Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    desk = open_desk()
    session(desk, qtbot)
    path = tmp_path / "p.bviz"
    desk.window.actions_["file.timeline"].setChecked(False)
    save(desk, path)
    assert [one.name for one in tmp_path.iterdir() if one.suffix in (".bviz", ".npz")] == ["p.bviz"]
    other = open_desk(**{"data.n": 20})
    other.filing.open(path)
    other.reader.wait()
    qtbot.waitUntil(lambda: len(other.timeline.timeline) == 1, timeout=5000)
    again = tmp_path / "q.bviz"
    save(other, again)
    assert files.read(again).course == files.read(path).course
    train_to(other, qtbot, 5)
    course = other.document.course()
    assert course is not None
    assert course.turns == ()


def test_a_broken_timeline_is_said_and_the_project_is_opened(
    open_desk: Callable[..., Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    desk, path = open_desk(), tmp_path / "p.bviz"
    session(desk, qtbot)
    save(desk, path)
    beside = path.with_suffix(".timeline.npz")
    beside.write_bytes(beside.read_bytes()[:-50])
    other = open_desk(**{"data.n": 20})
    other.filing.open(path)
    other.reader.wait()
    assert len(other.document.scene.points) == len(desk.document.scene.points)
    assert "p.timeline.npz" in other.window.banner.text.text()


def test_a_run_outlives_its_trainer(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk()
    session(desk, qtbot)
    train_to(desk, qtbot, 80)
    end, steps = state_at(desk, 80), desk.timeline.timeline.step.tolist()
    desk.client.failed.emit(Failed("in the trainer's process", "The trainer was ended by signal 9.", fatal=True))
    said: list[str] = []
    desk.client.stated.connect(lambda state: said.append(state.why))
    desk.window.banner.action_button.click()
    qtbot.waitUntil(lambda: said[-1:] == ["resumed"], timeout=5000)
    assert desk.client.step_count == 80
    assert desk.timeline.timeline.step.tolist() == steps
    assert equal(state_at(desk, 80), end)
    train_to(desk, qtbot, 90)
    course = desk.document.course()
    assert course is not None
    assert [turn.step for turn in course.turns] == [20, 33]


def test_a_reset_forgets_the_moments_and_the_course(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk()
    session(desk, qtbot)
    desk.client.reset(0)
    qtbot.waitUntil(lambda: desk.client.step_count == 0, timeout=5000)
    qtbot.waitUntil(lambda: desk.timeline.timeline.step.tolist() == [0], timeout=5000)
    assert desk.document.course() is None
