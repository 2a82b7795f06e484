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
from boundaryviz.gui.display import Word
from boundaryviz.scenario import files
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.course import Course
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Add, Move, Remove
from boundaryviz.scene.scene import Points
from helpers.desks import desks

NET = {"data.n": 60, "learner.hidden": [6], "training.evaluate_every": 5}


@pytest.fixture
def open_desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    with desks(qtbot, tmp_path, lambda: InlineLink(Trainer())) as show:
        yield lambda **values: show(Scenario().with_values({**NET, **values}))


def train_to(desk: Desk, qtbot: QtBot, step: int) -> None:
    desk.client.set_stop_at(step)
    desk.controller.play(True)
    qtbot.waitUntil(lambda: not desk.client.playing and desk.client.step_count == step, timeout=20_000)
    qtbot.waitUntil(lambda: len(desk.timeline.timeline) > 0 and desk.timeline.timeline.step[-1] == step, timeout=5000)


def state_at(desk: Desk, step: int) -> dict[str, np.ndarray]:
    timeline = desk.timeline.timeline
    return dict(timeline[timeline.step.tolist().index(step)].state)


def wait_for_recall(desk: Desk, qtbot: QtBot) -> None:
    """Until the moment that is shown has been worked out anew."""
    display = desk.timeline.display
    display.frame = None
    qtbot.waitUntil(lambda: display.frame is not None and display.frame.view.past == display.number, timeout=5000)


def equal(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> bool:
    names = {name for name in a if not name.startswith("cascade.")}
    return all(np.array_equal(a[name], b[name]) for name in names)


def put_a_point(desk: Desk, x: float) -> None:
    scene = desk.document.scene
    desk.controller.do(Add(Points.of([[x, 0.0]], 1, first_id=scene.points.next_id)), "Add")


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
    qtbot.waitUntil(lambda: desk.controller.display.frame.view.past is not None, timeout=5000)
    desk.controller.display.frame = None
    qtbot.waitUntil(lambda: desk.controller.display.frame is not None, timeout=5000)  # worked out anew
    assert desk.controller.display.frame.step == step
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
    assert desk.controller.display.frame.step == 90


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


def test_the_keys_of_training_and_of_looks_work_on_the_bar_too(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk()
    train_to(desk, qtbot, 40)
    desk.timeline.show(1)
    track = desk.window.timeline.track
    shared = {action.objectName() for action in track.actions()}
    assert {"train.play", "train.step", "train.reset", "train.earlier", "view.discrete"} <= shared
    assert "view.fit" not in shared, "Home is the first moment there"
    track.setFocus()
    qtbot.keyClick(track, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: desk.client.step_count == 0, timeout=5000)
    assert desk.timeline.display.past is None


def test_numbers_of_the_attack_and_the_cascade_are_those_of_the_moment(
    open_desk: Callable[..., Desk], qtbot: QtBot
) -> None:
    poisoned = {"data.labels_per_class": 3, "poison.target": [0.0, 0.5], "poison.count": 6}
    desk = open_desk(**{"learner.name": "pseudo-label", "learner.threshold": 0.55, **poisoned})
    window, display = desk.window, desk.timeline.display
    window.actions_["view.cascade"].setChecked(True)
    window.actions_["train.twin"].setChecked(True)
    window.show_result(window.attack)
    train_to(desk, qtbot, 60)
    qtbot.waitUntil(lambda: desk.twin.comparison is not None and desk.twin.comparison.twins.step == 60, timeout=5000)
    qtbot.waitUntil(lambda: display.cascade is not None, timeout=5000)
    now, chains = desk.twin.comparison, display.cascade
    budget = desk.twin._budget
    desk.controller.do(Remove(display.scene.points.ids[display.scene.points.is_poison]), "Remove poison")
    assert desk.twin._budget.poison == 0

    desk.timeline.show(2)
    step = int(desk.timeline.timeline.step[2])
    assert step < 60
    assert desk.twin.comparison is None, "not compared yet"
    assert desk.twin._budget == budget
    qtbot.waitUntil(lambda: desk.twin.comparison is not None, timeout=5000)
    assert desk.twin.comparison.twins.step == step
    qtbot.waitUntil(lambda: display.cascade is not None, timeout=5000)
    times = display.cascade.when[np.isfinite(display.cascade.when)]
    assert times.max() <= step < chains.when[np.isfinite(chains.when)].max()
    shot = display.snapshot()
    assert shot is not None
    assert shot.cascade is display.cascade

    desk.timeline.now()
    assert desk.twin._budget.poison == 0
    qtbot.waitUntil(lambda: desk.twin.comparison not in (None, now), timeout=5000)


def test_switching_the_twin_in_the_past_leads_back_to_now(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk()
    train_to(desk, qtbot, 40)
    desk.timeline.show(1)
    wait_for_recall(desk, qtbot)
    desk.window.actions_["train.twin"].setChecked(True)
    qtbot.waitUntil(lambda: desk.client.step_count == 0 and desk.timeline.display.past is None, timeout=5000)
    qtbot.wait(50)
    assert desk.window.banner.isHidden(), "nothing failed"
    assert not desk.window.actions_["train.resume"].isEnabled()
    train_to(desk, qtbot, 20)
    desk.timeline.show(1)
    assert desk.window.actions_["train.resume"].isEnabled()
    desk.timeline.resume()
    qtbot.waitUntil(lambda: desk.timeline.ghost is not None, timeout=5000)
    assert desk.window.banner.isHidden(), "nothing failed"


def test_the_status_bar_tells_of_the_moment_and_end_leads_back(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk(**{"training.learning_rate": 0.05})
    window = desk.window
    display = desk.timeline.display
    display.say(Word.HINT, "Drag a point.")
    train_to(desk, qtbot, 60)
    last = f"{desk.client.curves.column('validation_loss')[-1, 0]:.4f}"
    qtbot.waitUntil(lambda: window.status.loss.text() == last, timeout=5000)
    desk.timeline.show(0)
    first = f"{desk.client.curves.column('validation_loss')[0, 0]:.4f}"
    assert first != last
    qtbot.waitUntil(lambda: window.status.loss.text() == first, timeout=5000)
    assert window.plane._banner.isHidden(), "nothing can be dragged there"
    window.plane.setFocus()
    qtbot.keyClick(window.plane, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: display.past is None, timeout=5000)
    qtbot.waitUntil(lambda: window.status.loss.text() == last, timeout=5000)
    assert not window.plane._banner.isHidden()
    desk.timeline.move(-1)
    assert display.past.moment.step < 60, "the last moment is that of now"
    window.timeline.scrubbed.emit(len(desk.timeline.timeline) - 1)
    assert display.past is None


def test_the_earlier_course_is_not_drawn_beyond_its_end(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk()
    train_to(desk, qtbot, 40)
    desk.timeline.show(2)
    desk.timeline.resume()
    qtbot.waitUntil(lambda: desk.timeline.ghost is not None, timeout=5000)
    qtbot.waitUntil(lambda: desk.timeline._ghost_shown is not None, timeout=5000)
    train_to(desk, qtbot, 80)
    qtbot.waitUntil(lambda: desk.timeline.display.frame.step == 80, timeout=5000)
    assert desk.timeline._ghost_shown is None


def test_a_change_that_was_taken_back_while_it_trained_is_still_to_be_saved(
    open_desk: Callable[..., Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    desk = open_desk()
    train_to(desk, qtbot, 20)
    put_a_point(desk, 1.5)
    train_to(desk, qtbot, 40)
    desk.document.undo.undo()
    assert desk.document.unsaved, "the run was trained on it"
    assert desk.window.isWindowModified()
    desk.saving.save_to(tmp_path / "a.bviz")
    desk.writer.wait()
    assert not desk.document.unsaved
    assert not desk.window.isWindowModified()
    train_to(desk, qtbot, 60)
    assert not desk.document.unsaved, "it was saved before it was trained on"
    desk.filing.open(tmp_path / "a.bviz")
    qtbot.waitUntil(lambda: not desk.timeline.taking_up, timeout=5000)
    assert not desk.document.unsaved


def test_the_panels_show_the_settings_of_the_moment(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk(**{"training.learning_rate": 0.02})
    form = desk.window.training
    rate = lambda: form.editor("training.learning_rate").value()  # noqa: E731
    train_to(desk, qtbot, 20)
    desk.controller.do(Settings({"training.learning_rate": 0.5}), "Set learning rate")
    train_to(desk, qtbot, 40)
    assert rate() == 0.5
    desk.timeline.show(1)
    assert rate() == 0.02
    desk.timeline.now()
    assert rate() == 0.5
    desk.timeline.show(1)
    form.changed.emit("training.l2", 0.01)
    assert desk.timeline.display.past is None, "a change is one of now"
    training = desk.document.scenario.training
    assert (rate(), training.learning_rate, training.l2) == (0.5, 0.5, 0.01)


def test_another_run_with_as_many_changes_is_still_to_be_saved(
    open_desk: Callable[..., Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    desk = open_desk()

    def there_and_back(first: int) -> None:
        train_to(desk, qtbot, first)
        put_a_point(desk, 1.5)
        train_to(desk, qtbot, first + 10)
        desk.document.undo.undo()
        train_to(desk, qtbot, first + 20)

    there_and_back(20)
    desk.saving.save_to(tmp_path / "a.bviz")
    desk.writer.wait()
    assert not desk.document.unsaved
    desk.window.actions_["train.reset"].trigger()
    qtbot.waitUntil(lambda: desk.client.step_count == 0, timeout=5000)
    assert not desk.document.unsaved, "nothing was changed in the run so far"
    there_and_back(30)
    assert desk.document.unsaved, "at other steps"


def test_frames_of_the_present_never_pass_for_the_past(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk()
    train_to(desk, qtbot, 40)
    desk.timeline.show(1)
    step = desk.timeline.display.past.moment.step
    wait_for_recall(desk, qtbot)
    seen: list[tuple[int | None, int]] = []
    desk.client.framed.connect(lambda frame: seen.append((frame.view.past, frame.step)))
    shots: list[object] = []
    desk.exporting._picturing.strip(desk.timeline.strip([0, 5, 20]), shots.append, lambda: shots.append("done"))
    qtbot.waitUntil(lambda: shots[-1:] == ["done"], timeout=5000)
    qtbot.wait(200)
    assert {at for past, at in seen if past is not None} <= {step}
