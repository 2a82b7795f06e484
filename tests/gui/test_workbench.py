"""The whole window on a trainer in this process: what a person does reaches the model, its answer the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from boundaryviz.engine.link import InlineLink
from boundaryviz.engine.messages import Failed, Frame, RevisionApplied
from boundaryviz.engine.trainer import Trainer
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Add, relabel
from boundaryviz.scene.scene import Points
from helpers.mouse import mouse
from helpers.runs import train_to, wait_for_exact
from helpers.there import there
from helpers.workbenches import workbenches


class Broken(InlineLink):
    """A trainer that dies when it is told to."""

    def __init__(self) -> None:
        super().__init__(Trainer())
        self.dead = False

    def poll(self):
        if self.dead:
            self.dead = False
            return [Failed("in the trainer's process", "The trainer was ended by signal 9.", fatal=True)]
        return super().poll()


@pytest.fixture
def open_workbench(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., Workbench]]:
    with workbenches(qtbot, tmp_path, Broken) as show:
        yield lambda **values: show(Scenario().with_values({"data.n": 60, "learner.hidden": [8], **values}))


def shown(workbench: Workbench) -> Frame | None:
    return workbench.controller.presenter.frame


def test_it_trains_and_shows_what_it_learns(open_workbench: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = open_workbench()
    workbench.controller.play(True)
    qtbot.waitUntil(lambda: workbench.client.step_count > 50)
    workbench.controller.play(False)
    qtbot.waitUntil(lambda: not workbench.client.playing and len(workbench.client.curves) >= 3)
    frame = shown(workbench)
    assert frame is not None
    assert len(frame.predicted) == len(workbench.document.scene.points)
    loss = workbench.client.curves.column("train_loss")[:, 0]
    assert loss[-1] < loss[0]


def test_a_drag_trains_on_the_moved_point_before_the_button_is_up(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench()
    document, plane, applied = workbench.document, workbench.plane, list[RevisionApplied]()
    workbench.client.applied.connect(applied.append)
    workbench.controller.play(True)
    before = document.scene
    x, y = before.points.xy[0].tolist()
    mouse(plane, "Press", (x, y))
    mouse(plane, "Move", (x + 0.5, y + 0.25))
    assert document.scene.points.xy[0] == pytest.approx([x + 0.5, y + 0.25], abs=0.02)
    revision = document.revision
    qtbot.waitUntil(lambda: applied[-1:] != [] and applied[-1].revision == revision)
    qtbot.waitUntil(lambda: (at := there(shown(workbench))).revision == revision and at.step > applied[-1].step)
    assert document.undo.count() == 0
    assert document.committed.scene is before
    mouse(plane, "Release", (x + 0.5, y + 0.25))
    assert document.undo.count() == 1
    document.undo.undo()
    assert document.scene == before


def test_a_drag_that_is_given_up_leaves_nothing_behind(open_workbench: Callable[..., Workbench]) -> None:
    workbench = open_workbench()
    before = workbench.document.scene
    x, y = before.points.xy[0].tolist()
    mouse(workbench.plane, "Press", (x, y))
    mouse(workbench.plane, "Move", (x + 0.5, y))
    assert workbench.document.scene is not before
    workbench.plane.cancel_stroke()
    assert workbench.document.scene is workbench.document.committed.scene is before
    assert workbench.document.undo.count() == 0
    mouse(workbench.plane, "Release", (x + 0.5, y))
    assert workbench.document.scene is before


def test_reset_gives_the_same_weights_and_a_new_seed_others(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench()
    actions = workbench.window.actions_

    def field_at_start() -> np.ndarray:
        qtbot.waitUntil(lambda: there(shown(workbench)).step == 0)
        wait_for_exact(workbench, qtbot)
        return there(shown(workbench)).field.copy()

    first = field_at_start()
    actions["train.step"].trigger()
    qtbot.waitUntil(lambda: workbench.client.step_count == 1)
    actions["train.reset"].trigger()
    assert np.array_equal(field_at_start(), first)
    seed = workbench.document.scenario.training.seed
    while workbench.document.scenario.training.seed == seed:
        actions["train.seed"].trigger()
    assert not np.array_equal(field_at_start(), first)
    assert workbench.document.undo.count() >= 1


def test_live_settings_keep_the_weights_and_others_start_afresh(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench()
    workbench.controller.play(True)
    qtbot.waitUntil(lambda: workbench.client.step_count > 30)
    workbench.controller.training.changed.emit("training.learning_rate", 0.5)
    before = workbench.client.step_count
    qtbot.waitUntil(lambda: workbench.client.step_count > before + 20)
    workbench.controller.play(False)
    qtbot.wait(50)
    workbench.controller.learner.changed.emit("learner.hidden", (3, 3))
    qtbot.waitUntil(lambda: workbench.client.step_count == 0)
    assert workbench.document.scenario.learner.hidden == (3, 3)


def test_divergence_is_said_in_words_and_reset_takes_it_away(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench(
        **{
            "training.optimiser": "sgd",
            "training.learning_rate": 100.0,
            "learner.loss": "squared",
            "learner.activation": "linear",
        }
    )
    workbench.controller.play(True)
    said = lambda: workbench.plane._banner_text or ""  # noqa: E731
    qtbot.waitUntil(lambda: "diverged" in said())
    assert not workbench.client.playing
    assert "learning rate" in said()
    workbench.window.actions_["train.reset"].trigger()
    qtbot.waitUntil(lambda: not said())


def test_a_dead_trainer_leaves_everything_and_can_be_restarted(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench()
    workbench.document.do(Add(Points.of([[0.0, 0.0]], 1, first_id=10_000)), "Add point")
    workbench.client._link.dead = True  # type: ignore[attr-defined]
    banner = workbench.window.banner
    qtbot.waitUntil(lambda: "signal 9" in banner.text.text())
    assert "safe" in banner.text.text()
    assert 10_000 in workbench.document.scene.points.ids
    workbench.document.undo.undo()
    assert 10_000 not in workbench.document.scene.points.ids
    banner.action_button.click()
    workbench.controller.play(True)
    qtbot.waitUntil(lambda: workbench.client.step_count > 5)


def test_play_pressed_before_the_new_trainer_is_up_is_not_forgotten(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench()
    train_to(workbench, qtbot, 20)
    workbench.client.set_stop_at(None)
    workbench.client._link.dead = True  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: not workbench.window.banner.isHidden())
    workbench.window.banner.action_button.click()
    workbench.controller.play(True)
    qtbot.waitUntil(lambda: workbench.client.step_count > 40)
    assert workbench.client.playing
    assert len(workbench.timeline.timeline) > 1, "what was recorded before is there"


@pytest.mark.parametrize("where", ["paste", "file"])
@pytest.mark.parametrize(
    "text", ["", "a,b\nc,2\n", "x,y\n1,hello\n", "x,y\nnan,1\n", "x,y\ninf,1\n", "x,y\n"], ids=repr
)
def test_a_bad_table_is_refused_in_words_and_what_was_open_stays(
    workbench: Workbench, tmp_path: Path, where: str, text: str
) -> None:
    assert workbench.window.banner.isHidden()
    before = workbench.document.state
    if where == "paste":
        clipboard = QGuiApplication.clipboard()
        assert clipboard is not None
        clipboard.setText(text)
        workbench.pasting.paste()
        workbench.reader.wait()
    else:
        path = tmp_path / "bad.csv"
        path.write_text(text)
        workbench.filing.open(path)
        workbench.reader.wait()
    assert workbench.document.state is before
    assert not workbench.window.banner.isHidden()
    assert workbench.window.banner.text.text()


def test_new_points_open_a_third_class(open_workbench: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = open_workbench()
    workbench.document.do(Add(Points.of([[0.0, 0.0]], 2, first_id=10_000)), "Add point")
    qtbot.waitUntil(
        lambda: there(shown(workbench)).field.ndim == 3,
    )
    assert there(shown(workbench)).field.shape[0] == 3
    workbench.document.undo.undo()
    qtbot.waitUntil(
        lambda: there(shown(workbench)).field.ndim == 2,
    )


def test_an_empty_plane_is_no_error(open_workbench: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = open_workbench()
    workbench.filing.new()
    workbench.controller.play(True)
    qtbot.wait(200)
    assert workbench.window.banner.isHidden()
    assert len(workbench.document.scene.points) == 0
    workbench.document.do(Add(Points.of([[0.0, 0.0], [1.0, 1.0]], [0, 1])), "Add points")
    qtbot.waitUntil(lambda: len(workbench.client.curves) > 3)


def test_every_action_explains_itself_and_no_shortcut_is_taken_twice(open_workbench: Callable[..., Workbench]) -> None:
    actions = open_workbench().window.actions_.all()
    assert all(action.statusTip() and action.toolTip() and action.text() for action in actions)
    keys = [key.toString() for action in actions for key in action.shortcuts()]
    assert len(keys) == len(set(keys))


def test_examples_fill_a_page_and_open(open_workbench: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = open_workbench()
    workbench.window.actions_["file.examples"].trigger()
    assert workbench.window.page_shown() is workbench.filing.welcome
    card = workbench.filing.welcome.cards[0]
    card.click()
    assert workbench.window.page_shown() is not workbench.filing.welcome
    qtbot.waitUntil(lambda: workbench.client.playing)


def test_a_hidden_unit_can_be_shown_and_left(open_workbench: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = open_workbench()
    workbench.window.result_tabs.setCurrentIndex(1)
    workbench.units.view.unit_clicked.emit(0, 3)
    showing = lambda: there(shown(workbench)).view.unit  # noqa: E731
    qtbot.waitUntil(lambda: showing() == (0, 3))
    assert workbench.controller.presenter.snapshot() is None
    workbench.window.actions_["view.output"].trigger()
    qtbot.waitUntil(lambda: shown(workbench) is not None and showing() is None)
    assert workbench.controller.presenter.snapshot() is not None


def banner_over_plane(workbench: Workbench) -> str:
    return workbench.plane._banner_text or ""


def test_choosing_rows_of_the_table_selects_on_the_plane(open_workbench: Callable[..., Workbench]) -> None:
    workbench = open_workbench()
    ids = frozenset(workbench.document.scene.points.ids[:3].tolist())
    workbench.points.table.selection_changed.emit(ids)
    assert frozenset(workbench.plane.selection.tolist()) == ids


def test_a_class_relabels_the_selection_only_with_a_tool_that_selects(open_workbench: Callable[..., Workbench]) -> None:
    workbench = open_workbench()
    actions, scene = workbench.window.actions_, workbench.document.scene
    workbench.plane.set_selection(scene.points.ids[scene.points.label == 0][:2])
    actions["point.tool-add"].trigger()
    actions["point.class-1"].trigger()
    assert workbench.document.scene is scene
    actions["point.tool-lasso"].trigger()
    actions["point.class-1"].trigger()
    assert (workbench.document.scene.points.label == 1).sum() == (scene.points.label == 1).sum() + 2


def test_a_scene_that_teaches_nothing_is_told(open_workbench: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = open_workbench()
    ids = workbench.document.scene.points.ids
    workbench.document.do(relabel(ids, -1), "Unlabel")
    assert "nothing to learn" in banner_over_plane(workbench)
    workbench.controller.play(True)
    qtbot.wait(300)
    assert workbench.client.step_count == 0
    workbench.document.do(relabel(ids, 1), "Relabel")
    assert "one class" in banner_over_plane(workbench)
    workbench.document.undo.undo()
    workbench.document.undo.undo()
    assert not banner_over_plane(workbench)
    qtbot.waitUntil(lambda: workbench.client.step_count > 0)


def test_a_unit_on_the_plane_is_named_there(open_workbench: Callable[..., Workbench]) -> None:
    workbench = open_workbench()
    workbench.units.view.unit_clicked.emit(0, 3)
    assert "Layer 1, unit 4" in banner_over_plane(workbench)
    workbench.window.actions_["view.output"].trigger()
    assert not banner_over_plane(workbench)


def test_hiding_the_panels_leaves_the_keyboard_to_the_plane(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench()
    workbench.controller.transport.reset_button.setFocus()
    workbench.window.actions_["view.panels"].trigger()
    qtbot.waitUntil(workbench.plane.hasFocus)


def test_another_data_set_brings_its_own_name_and_begins_the_curves_anew(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench()
    workbench.controller.play(True)
    qtbot.waitUntil(lambda: len(workbench.client.curves) > 2)
    workbench.controller.data.changed.emit("data.name", "circle")
    assert "Circle" in workbench.window.windowTitle()
    assert workbench.document.undo.undoText() == "Set data set"
    qtbot.waitUntil(lambda: len(workbench.client.curves) > 0 and int(workbench.client.curves.step[0]) > 0)
    workbench.document.undo.undo()
    assert "Untitled" in workbench.window.windowTitle()
