"""The past in the whole window: what is shown of it, what leads there and back, and what is still to be saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from boundaryviz.gui.training.presenter import Word
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Remove
from helpers.runs import put_a_point, train_to, wait_for_load
from helpers.there import there

NET = {"data.n": 60, "learner.hidden": [6], "training.evaluate_every": 5}


@pytest.fixture
def open_workbench(show: Callable[[Scenario], Workbench]) -> Callable[..., Workbench]:
    return lambda **values: show(Scenario().with_values({**NET, **values}))


def test_the_keys_of_training_and_of_looks_work_on_the_bar_too(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench()
    train_to(workbench, qtbot, 40)
    workbench.timeline.show(1)
    track = workbench.timeline.bar.track
    shared = {action.objectName() for action in track.actions()}
    assert {"train.play", "train.step", "train.reset", "train.earlier", "view.discrete"} <= shared
    assert "view.fit" not in shared, "Home is the first moment there"
    track.setFocus()
    qtbot.keyClick(track, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: workbench.client.step_count == 0)
    assert workbench.timeline.presenter.past is None


def test_numbers_of_the_attack_and_the_cascade_are_those_of_the_moment(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    poisoned = {"data.labels_per_class": 3, "poison.target": [0.0, 0.5], "poison.count": 6}
    workbench = open_workbench(**{"learner.name": "pseudo-label", "learner.threshold": 0.55, **poisoned})
    window, presenter = workbench.window, workbench.timeline.presenter
    window.actions_["view.cascade"].setChecked(True)
    window.actions_["train.twin"].setChecked(True)
    window.show_result(workbench.twin.panel)
    train_to(workbench, qtbot, 60)
    qtbot.waitUntil(lambda: workbench.twin.comparison is not None and workbench.twin.comparison.twins.step == 60)
    qtbot.waitUntil(lambda: presenter.cascade is not None)
    now, chains = workbench.twin.comparison, presenter.cascade
    budget = workbench.twin._budget
    workbench.controller.do(Remove(presenter.scene.points.ids[presenter.scene.points.is_poison]), "Remove poison")
    assert workbench.twin._budget.poison == 0

    workbench.timeline.show(2)
    step = int(workbench.timeline.timeline.step[2])
    assert step < 60
    assert workbench.twin.comparison is None, "not compared yet"
    assert workbench.twin._budget == budget
    qtbot.waitUntil(lambda: workbench.twin.comparison is not None)
    assert there(workbench.twin.comparison).twins.step == step
    qtbot.waitUntil(lambda: presenter.cascade is not None)
    times = there(presenter.cascade).when
    times = times[np.isfinite(times)]
    assert chains is not None
    assert times.max() <= step < chains.when[np.isfinite(chains.when)].max()
    rendering = presenter.snapshot()
    assert rendering is not None
    assert rendering.cascade is presenter.cascade

    workbench.timeline.now()
    assert workbench.twin._budget.poison == 0
    qtbot.waitUntil(lambda: workbench.twin.comparison not in (None, now))


def test_switching_the_twin_in_the_past_leads_back_to_now(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench()
    train_to(workbench, qtbot, 40)
    workbench.timeline.show(1)
    wait_for_load(workbench, qtbot)
    workbench.window.actions_["train.twin"].setChecked(True)
    qtbot.waitUntil(lambda: workbench.client.step_count == 0 and workbench.timeline.presenter.past is None)
    qtbot.wait(50)
    assert workbench.window.banner.isHidden(), "nothing failed"
    assert not workbench.window.actions_["train.resume"].isEnabled()
    train_to(workbench, qtbot, 20)
    workbench.timeline.show(1)
    assert workbench.window.actions_["train.resume"].isEnabled()
    workbench.timeline.resume()
    qtbot.waitUntil(lambda: workbench.timeline.ghost is not None)
    assert workbench.window.banner.isHidden(), "nothing failed"


def test_the_status_bar_tells_of_the_moment_and_end_leads_back(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench(**{"training.learning_rate": 0.05})
    window = workbench.window
    presenter = workbench.timeline.presenter
    presenter.say(Word.HINT, "Drag a point.")
    train_to(workbench, qtbot, 60)
    last = f"{workbench.client.curves.column('validation_loss')[-1, 0]:.4f}"
    qtbot.waitUntil(lambda: window.status.loss.text() == last)
    workbench.timeline.show(0)
    first = f"{workbench.client.curves.column('validation_loss')[0, 0]:.4f}"
    assert first != last
    qtbot.waitUntil(lambda: window.status.loss.text() == first)
    assert workbench.plane._banner.isHidden(), "nothing can be dragged there"
    workbench.plane.setFocus()
    qtbot.keyClick(workbench.plane, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: presenter.past is None)
    qtbot.waitUntil(lambda: window.status.loss.text() == last)
    assert not workbench.plane._banner.isHidden()
    workbench.timeline.move(-1)
    assert there(presenter.past).checkpoint.step < 60, "the last moment is that of now"
    workbench.timeline.bar.scrubbed.emit(len(workbench.timeline.timeline) - 1)
    assert presenter.past is None


def test_the_earlier_course_is_not_drawn_beyond_its_end(open_workbench: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = open_workbench()
    train_to(workbench, qtbot, 40)
    workbench.timeline.show(2)
    workbench.timeline.resume()
    qtbot.waitUntil(lambda: workbench.timeline.ghost is not None)
    qtbot.waitUntil(lambda: workbench.timeline._ghost_shown is not None)
    train_to(workbench, qtbot, 80)
    qtbot.waitUntil(lambda: there(workbench.timeline.presenter.frame).step == 80)
    assert workbench.timeline._ghost_shown is None


def test_a_change_that_was_taken_back_while_it_trained_is_still_to_be_saved(
    open_workbench: Callable[..., Workbench], qtbot: QtBot, tmp_path: Path
) -> None:
    workbench = open_workbench()
    train_to(workbench, qtbot, 20)
    put_a_point(workbench, 1.5)
    train_to(workbench, qtbot, 40)
    workbench.document.undo.undo()
    assert workbench.document.unsaved, "the run was trained on it"
    assert workbench.window.isWindowModified()
    workbench.saving.save_to(tmp_path / "a.bviz")
    workbench.writer.wait()
    assert not workbench.document.unsaved
    assert not workbench.window.isWindowModified()
    train_to(workbench, qtbot, 60)
    assert not workbench.document.unsaved, "it was saved before it was trained on"
    workbench.filing.open(tmp_path / "a.bviz")
    workbench.reader.wait()
    qtbot.waitUntil(lambda: not workbench.timeline.taking_up)
    assert not workbench.document.unsaved


def test_the_panels_show_the_settings_of_the_moment(open_workbench: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = open_workbench(**{"training.learning_rate": 0.02})
    form = workbench.controller.training
    rate = lambda: form.editor("training.learning_rate").value()  # noqa: E731
    train_to(workbench, qtbot, 20)
    workbench.controller.do(Settings({"training.learning_rate": 0.5}), "Set learning rate")
    train_to(workbench, qtbot, 40)
    assert rate() == 0.5
    workbench.timeline.show(1)
    assert rate() == 0.02
    workbench.timeline.now()
    assert rate() == 0.5
    workbench.timeline.show(1)
    form.changed.emit("training.l2", 0.01)
    assert workbench.timeline.presenter.past is None, "a change is one of now"
    training = workbench.document.scenario.training
    assert (rate(), training.learning_rate, training.l2) == (0.5, 0.5, 0.01)


def test_another_run_with_as_many_changes_is_still_to_be_saved(
    open_workbench: Callable[..., Workbench], qtbot: QtBot, tmp_path: Path
) -> None:
    workbench = open_workbench()

    def there_and_back(first: int) -> None:
        train_to(workbench, qtbot, first)
        put_a_point(workbench, 1.5)
        train_to(workbench, qtbot, first + 10)
        workbench.document.undo.undo()
        train_to(workbench, qtbot, first + 20)

    there_and_back(20)
    workbench.saving.save_to(tmp_path / "a.bviz")
    workbench.writer.wait()
    assert not workbench.document.unsaved
    workbench.window.actions_["train.reset"].trigger()
    qtbot.waitUntil(lambda: workbench.client.step_count == 0)
    assert not workbench.document.unsaved, "nothing was changed in the run so far"
    there_and_back(30)
    assert workbench.document.unsaved, "at other steps"


def test_frames_of_the_present_never_pass_for_the_past(open_workbench: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = open_workbench()
    train_to(workbench, qtbot, 40)
    workbench.timeline.show(1)
    step = there(workbench.timeline.presenter.past).checkpoint.step
    wait_for_load(workbench, qtbot)
    seen: list[tuple[int | None, int]] = []
    workbench.client.framed.connect(lambda frame: seen.append((frame.view.past, frame.step)))
    renderings: list[object] = []
    workbench.exporting._picturing.strip(
        workbench.timeline.strip([0, 5, 20]), renderings.append, lambda: renderings.append("done")
    )
    qtbot.waitUntil(lambda: renderings[-1:] == ["done"])
    qtbot.wait(200)
    assert {at for past, at in seen if past is not None} <= {step}
