"""The past in the whole window: what is shown of it, what leads there and back, and what is still to be saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from boundaryviz.engine.link import InlineLink
from boundaryviz.engine.trainer import Trainer
from boundaryviz.gui.assembly import Desk
from boundaryviz.gui.display import Word
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Remove
from helpers.desks import desks
from helpers.runs import put_a_point, train_to, wait_for_recall
from helpers.there import there

NET = {"data.n": 60, "learner.hidden": [6], "training.evaluate_every": 5}


@pytest.fixture
def open_desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    with desks(qtbot, tmp_path, lambda: InlineLink(Trainer())) as show:
        yield lambda **values: show(Scenario().with_values({**NET, **values}))


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
    assert there(desk.twin.comparison).twins.step == step
    qtbot.waitUntil(lambda: display.cascade is not None, timeout=5000)
    times = there(display.cascade).when
    times = times[np.isfinite(times)]
    assert chains is not None
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
    assert there(display.past).moment.step < 60, "the last moment is that of now"
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
    qtbot.waitUntil(lambda: there(desk.timeline.display.frame).step == 80, timeout=5000)
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
    desk.reader.wait()
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
    step = there(desk.timeline.display.past).moment.step
    wait_for_recall(desk, qtbot)
    seen: list[tuple[int | None, int]] = []
    desk.client.framed.connect(lambda frame: seen.append((frame.view.past, frame.step)))
    shots: list[object] = []
    desk.exporting._picturing.strip(desk.timeline.strip([0, 5, 20]), shots.append, lambda: shots.append("done"))
    qtbot.waitUntil(lambda: shots[-1:] == ["done"], timeout=5000)
    qtbot.wait(200)
    assert {at for past, at in seen if past is not None} <= {step}
