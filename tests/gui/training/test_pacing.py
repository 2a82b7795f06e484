"""The pace of the window and where it rests, on a trainer in this process that does what it is told under no clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from boundaryviz.engine import messages as m
from boundaryviz.engine.link import InlineLink
from boundaryviz.engine.trainer import Trainer
from boundaryviz.gui.widgets.controls import value_words
from boundaryviz.gui.workbench import Workbench
from boundaryviz.runs.run import start
from boundaryviz.scenario import files, gallery
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.pace import LEAST, LEAST_HELD, SECONDS, SECONDS_HELD, held_speed, speed
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from helpers.mouse import mouse
from helpers.runs import put_a_point, wait_for_load
from helpers.workbenches import afresh, at_rest, lasting_workbench

STEPS = 40
SMALL = {"data.n": 30, "learner.hidden": [4], "training.steps": STEPS, "pace": 1000}


class Listening(InlineLink):
    """Notes what is asked of the trainer."""

    def __init__(self) -> None:
        super().__init__(Trainer())
        self.asked: list[m.ToTrainer] = []

    def send(self, message: m.ToTrainer) -> None:
        self.asked.append(message)
        super().send(message)


@pytest.fixture(scope="module")
def window(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    with lasting_workbench(tmp_path_factory.mktemp("settings"), Listening) as workbench:
        workbench.window.ask_nothing()
        for on in (True, False):  # the second plane is made when it is first shown, and then stays
            workbench.twin.train(1, on)
        yield workbench


@pytest.fixture
def paced(window: Workbench, qtbot: QtBot) -> Iterator[Callable[..., Workbench]]:
    yield lambda **values: afresh(window, Scenario().with_values({**SMALL, **values}))
    window.controller.play(False)
    window.twin.train(1, False)
    window.document.undo.clear()
    qtbot.waitUntil(lambda: at_rest(window))


def asked(workbench: Workbench) -> m.Play:
    """What the trainer was asked for last."""
    link = workbench.client._link
    assert isinstance(link, Listening)
    return [message for message in link.asked if isinstance(message, m.Play)][-1]


def rests_at(workbench: Workbench, qtbot: QtBot, step: int) -> None:
    client = workbench.client
    qtbot.waitUntil(lambda: client.resting and client.step_count == step)
    assert not client.playing
    assert workbench.controller.transport.play_button.text() == "Go on"


def said(workbench: Workbench) -> str:
    return workbench.window.status.said.words


# ---- the pace ------------------------------------------------------------------------------------------


def test_by_itself_a_run_takes_seconds_that_one_has_and_what_is_fitted_at_once_takes_none() -> None:
    for scenario in gallery.scenarios():
        at_once = scenario.learner.family.at_once
        found = speed(scenario.pace, scenario.training.steps, at_once)
        if at_once:
            assert found is None
        else:
            assert found is not None
            assert 10 <= scenario.training.steps / found <= 30, scenario.name
    assert speed("auto", 100, False) == LEAST
    assert 100 / LEAST < SECONDS, "it takes less where steps are few"
    assert (speed("full", 100, False), speed(7.0, 100, False)) == (None, 7.0)
    assert held_speed("auto", 40_000, False) == 40_000 / SECONDS_HELD
    assert held_speed(7.0, 100, False) == LEAST_HELD
    assert held_speed("full", 100, False) is held_speed("auto", 100, True) is None


def test_a_pace_is_written_where_there_is_one_under_a_version_that_knows_it(tmp_path: Path) -> None:
    for pace, version in (("auto", 2), ("full", 4), (12.5, 4)):
        made = Scenario().with_values({"pace": pace})
        values = json.loads(files.dumps(made))
        assert values["version"] == version
        assert values.get("pace", "auto") == pace
        for name in ("a.bviz", "a.toml"):
            files.write(tmp_path / name, made)
            assert files.read(tmp_path / name).pace == pace
    old = {"version": 3, "title": "Old"}
    assert Scenario.parse(old).pace == "auto"
    for wrong in (0.5, 2000, "slow"):
        with pytest.raises(ScenarioError, match="pace"):
            Scenario().with_values({"pace": wrong})


def test_a_run_without_a_window_pays_no_heed_to_the_pace() -> None:
    from boundaryviz.studies.tasks import content_key

    one, other = (Scenario().with_values({"pace": pace}) for pace in ("auto", 3))
    assert content_key("any", one) == content_key("any", other)


def test_it_begins_at_the_pace_of_the_scenario_and_another_one_at_its_own(paced: Callable[..., Workbench]) -> None:
    workbench = paced()
    workbench.controller.play(True)
    assert asked(workbench) == m.Play(1000.0, STEPS, STEPS)
    workbench.controller.transport.pace_changed.emit(25.0)
    assert asked(workbench).speed == 25.0
    workbench.document.open(Scenario().with_values({"training.steps": 4000}))
    assert asked(workbench) == m.Play(200.0, 4000, 4000)
    assert workbench.controller.transport.speed_edit.text() == "auto"
    workbench.document.open(gallery.load("two-moons-bridge"))
    assert asked(workbench) == m.Play()


def test_full_speed_is_one_key_and_leads_back(paced: Callable[..., Workbench]) -> None:
    workbench = paced(pace=30)
    workbench.controller.play(True)
    key = workbench.window.actions_["train.full-speed"]
    key.trigger()
    assert asked(workbench).speed is None
    assert workbench.controller.transport.fast_button.isChecked()
    workbench.controller.transport.fast_button.click()
    assert asked(workbench).speed == 30.0
    assert not key.isChecked()
    assert not workbench.document.unsaved, "how fast one looks is no change of the scenario"


def test_the_pace_is_saved_with_the_file(paced: Callable[..., Workbench], tmp_path: Path) -> None:
    workbench = paced()
    workbench.controller.transport.pace_changed.emit(12.0)
    workbench.saving.save_to(tmp_path / "lecture.bviz")
    workbench.writer.wait()
    assert files.read(tmp_path / "lecture.bviz").pace == 12.0


def test_while_a_hand_holds_a_point_it_trains_many_times_as_fast(
    paced: Callable[..., Workbench],
) -> None:
    workbench = paced(pace=20)
    workbench.controller.play(True)
    x, y = workbench.document.scene.points.xy[0].tolist()
    mouse(workbench.plane, "Press", (x, y))
    mouse(workbench.plane, "Move", (x + 0.5, y))
    assert asked(workbench).speed == LEAST_HELD
    mouse(workbench.plane, "Release", (x + 0.5, y))
    assert asked(workbench).speed == 20.0
    workbench.controller.play(False)
    mouse(workbench.plane, "Press", (x + 0.5, y))
    mouse(workbench.plane, "Move", (x, y))
    workbench.plane.cancel_stroke()
    mouse(workbench.plane, "Release", (x, y))
    assert not workbench.client.playing, "who has paused stays so"


# ---- where it rests ------------------------------------------------------------------------------------


def test_it_rests_at_exactly_the_steps_of_the_scenario_and_goes_on_when_asked(
    paced: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = paced()
    workbench.controller.play(True)
    rests_at(workbench, qtbot, STEPS)
    qtbot.waitUntil(lambda: "Space goes on" in said(workbench))
    assert f"Step {STEPS}" in said(workbench)
    assert workbench.timeline.timeline.step[-1] == STEPS
    assert workbench.client.curves.step[-1] == STEPS
    workbench.controller.transport.play_button.click()
    qtbot.waitUntil(lambda: workbench.client.step_count > 3 * STEPS)
    assert workbench.client.playing
    qtbot.waitUntil(lambda: not said(workbench))
    workbench.controller.play(False)
    qtbot.waitUntil(lambda: not workbench.client.playing)
    workbench.controller.play(True)
    before = workbench.client.step_count
    qtbot.waitUntil(lambda: workbench.client.step_count > before)


def test_an_edit_where_it_rests_trains_as_many_steps_again_and_so_does_its_undo(
    paced: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = paced()
    workbench.controller.play(True)
    rests_at(workbench, qtbot, STEPS)
    put_a_point(workbench, 0.0)
    assert workbench.client.playing
    rests_at(workbench, qtbot, 2 * STEPS)
    workbench.document.undo.undo()
    rests_at(workbench, qtbot, 3 * STEPS)
    changes = workbench.history.now()
    assert changes is not None
    assert [change.step for change in changes.changes] == [STEPS, 2 * STEPS]


def test_a_drag_where_it_rests_is_followed_at_once(paced: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = paced()
    workbench.controller.play(True)
    rests_at(workbench, qtbot, STEPS)
    x, y = workbench.document.scene.points.xy[0].tolist()
    mouse(workbench.plane, "Press", (x, y))
    mouse(workbench.plane, "Move", (x + 0.5, y))
    assert asked(workbench).speed == LEAST_HELD
    qtbot.waitUntil(lambda: workbench.client.step_count > STEPS)
    mouse(workbench.plane, "Release", (x + 0.5, y))
    assert asked(workbench).speed == 1000.0
    qtbot.waitUntil(lambda: workbench.client.resting)


@pytest.mark.parametrize("what", ["reset", "seed", "layers", "twin"])
def test_whatever_begins_afresh_where_it_rests_trains_to_the_rest_again(
    paced: Callable[..., Workbench], qtbot: QtBot, what: str
) -> None:
    workbench = paced()
    workbench.controller.play(True)
    rests_at(workbench, qtbot, STEPS)
    starts = list[m.State]()
    workbench.client.stated.connect(starts.append)
    match what:
        case "reset":
            workbench.window.actions_["train.reset"].trigger()
        case "seed":
            workbench.controller.set_setting("training.seed", 5)
        case "layers":
            workbench.controller.set_setting("learner.hidden", (3,))
        case "twin":
            workbench.window.actions_["train.twin"].trigger()
    qtbot.waitUntil(lambda: any(state.step == 0 and state.playing for state in starts))
    rests_at(workbench, qtbot, STEPS)


def test_one_step_where_it_rests_is_one_step(paced: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = paced()
    workbench.controller.play(True)
    rests_at(workbench, qtbot, STEPS)
    workbench.window.actions_["train.step"].trigger()
    qtbot.waitUntil(lambda: workbench.client.step_count == STEPS + 1)
    assert not workbench.client.playing
    assert not workbench.client.resting
    assert workbench.controller.transport.play_button.text() == "Play"


def test_the_stop_is_typed_and_undone_and_left_out(paced: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = paced()
    bar, document = workbench.controller.transport, workbench.document
    assert bar.stop_edit.text() == str(STEPS)
    bar.stop_at_changed.emit(60)
    assert document.scenario.training.steps == 60
    workbench.controller.play(True)
    rests_at(workbench, qtbot, 60)
    document.undo.undo()
    assert bar.stop_edit.text() == str(STEPS)
    bar.stop_at_changed.emit(None)
    assert document.scenario.training.steps == STEPS, "the scenario is as long as it was"
    assert bar.stop_edit.text() == ""
    workbench.controller.play(True)
    assert asked(workbench).stop_at is None


def test_a_branch_from_a_moment_of_the_past_comes_to_the_same_rest(
    paced: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = paced()
    workbench.controller.play(True)
    rests_at(workbench, qtbot, STEPS)
    end = dict(workbench.timeline.timeline[-1].state)
    workbench.timeline.show(1)
    assert workbench.client.resting, "looking back changes nothing"
    wait_for_load(workbench, qtbot)
    workbench.timeline.resume()
    qtbot.waitUntil(lambda: workbench.client.step_count < STEPS and not workbench.client.resting)
    workbench.controller.play(True)
    rests_at(workbench, qtbot, STEPS)
    again = workbench.timeline.timeline[-1].state
    assert all(np.array_equal(end[name], again[name]) for name in end if not name.startswith("cascade."))


def test_a_run_that_is_asked_for_is_trained_from_its_first_step_to_its_end_at_once(
    paced: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = paced(pace=1)
    before = workbench.document.scenario
    run = before.with_values({"training.l2": 0.01, "data.seed": 3, "training.steps": 25})
    workbench.controller.show_run(run, "Show L2 0.01")
    assert asked(workbench).speed is None
    qtbot.waitUntil(lambda: workbench.client.resting and workbench.client.step_count == 25)
    assert workbench.document.scenario.training.l2 == 0.01
    shown, alone = workbench.controller.presenter.frame, start(run)
    assert shown is not None
    alone.advance(25)
    assert workbench.client.curves.values[-1, 0] == pytest.approx(alone.curves.values[-1, 0], nan_ok=True, abs=0)
    workbench.controller.play(True)
    assert asked(workbench).speed == 1  # from now on the pace is the viewer's again
    workbench.document.undo.undo()
    assert workbench.document.scenario == before
    assert not workbench.document.undo.canUndo()


def test_it_rests_where_early_stopping_ends_it_and_play_goes_on_without(
    paced: Callable[..., Workbench], qtbot: QtBot
) -> None:
    stopping = {"training.early_stopping": "patience", "training.patience": 2, "training.evaluate_every": 1}
    workbench = paced(**stopping, **{"training.learning_rate": 10.0, "training.steps": 900, "pace": "full"})
    client, window = workbench.client, workbench.window
    window.show_result(workbench.curves.view)  # hidden it says what it said last
    workbench.controller.play(True)
    qtbot.waitUntil(lambda: client.resting)
    stop, kept = client.step_count, client.kept
    assert kept is not None
    assert stop < 900
    strip = window.statusBar()
    assert strip is not None
    words = f"Stopped early at {stop}: the weights of step {kept}"
    qtbot.waitUntil(lambda: words in strip.currentMessage())
    assert workbench.controller.transport.play_button.text() == "Go on"
    view, curves = workbench.curves.view, client.curves
    measured = curves.column("validation_loss")[int(np.flatnonzero(curves.step == kept)[0]), 0]
    assert measured < curves.column("validation_loss")[-1, 0], "else nothing is tried"
    status = workbench.window.status
    qtbot.waitUntil(lambda: status.loss.text() == value_words(measured))
    qtbot.waitUntil(lambda: view.readouts["loss", "validation"].text() == value_words(measured))
    qtbot.waitUntil(lambda: f"stopped {stop}" in view.best_words.text())
    qtbot.waitUntil(lambda: ("stop", stop) in [(mark.kind, mark.step) for mark in workbench.timeline.bar.track.marks])
    workbench.controller.transport.play_toggled.emit(True)
    assert workbench.document.scenario.training.early_stopping == "off"
    qtbot.waitUntil(lambda: strip.currentMessage() == "Early stopping is now off; Ctrl+Z brings it back.")
    qtbot.waitUntil(lambda: client.playing and client.step_count > stop + 5)
    assert "stopped" not in view.best_words.text()
    history = workbench.history.now()
    assert history is not None
    assert [(one.step, dict(one.values)) for one in history.changes] == [(stop, {"training.early_stopping": "off"})]


def test_early_stopping_that_cannot_act_is_said_until_it_can(workbench: Workbench) -> None:
    do, banner = workbench.controller.do, workbench.plane._banner
    do(Settings({"data.validation": 0.0, "training.early_stopping": "GL"}), "Stop early")
    assert "it never stops" in banner.text()
    do(Settings({"data.validation": 0.2}), "Validation")
    assert "stops" not in banner.text()
    do(Settings({"learner.name": "naive-bayes"}), "Learner")
    assert "Early stopping has nothing to end" in banner.text()
