"""The whole window on a trainer in this process: what a person does reaches the model, its answer the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from boundaryviz.engine.link import InlineLink
from boundaryviz.engine.messages import Failed, Frame
from boundaryviz.engine.trainer import Trainer
from boundaryviz.gui.assembly import Desk
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Add, Move, relabel
from boundaryviz.scene.scene import Points
from helpers.desks import desks
from helpers.runs import train_to
from helpers.there import there


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
def open_desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    with desks(qtbot, tmp_path, Broken) as show:
        yield lambda **values: show(Scenario().with_values({"data.n": 60, "learner.hidden": [8], **values}))


def shown(desk: Desk) -> Frame | None:
    return desk.controller.display.frame


def test_it_trains_and_shows_what_it_learns(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk()
    desk.controller.play(True)
    qtbot.waitUntil(lambda: desk.client.step_count > 50, timeout=20_000)
    desk.controller.play(False)
    qtbot.waitUntil(lambda: not desk.client.playing and len(desk.client.curves) >= 3, timeout=5_000)
    frame = shown(desk)
    assert frame is not None
    assert len(frame.predicted) == len(desk.document.scene.points)
    loss = desk.client.curves.column("train_loss")[:, 0]
    assert loss[-1] < loss[0]


def test_a_drag_trains_on_the_moved_point_before_the_button_is_up(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk()
    ids = desk.document.scene.points.ids[:1]
    desk.window.plane.previewed.emit(Move(ids, np.array([[1.5, 1.5]])))
    revision = desk.document.revision
    qtbot.waitUntil(lambda: there(shown(desk)).revision == revision)
    desk.window.plane.cancelled.emit()
    assert desk.document.scene is desk.document.committed.scene
    assert desk.document.undo.count() == 0


def test_reset_gives_the_same_weights_and_a_new_seed_others(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk()
    actions = desk.window.actions_

    def field_at_start() -> np.ndarray:
        qtbot.waitUntil(lambda: there(shown(desk)).step == 0, timeout=5_000)
        qtbot.wait(150)
        return there(shown(desk)).field.copy()

    first = field_at_start()
    actions["train.step"].trigger()
    qtbot.waitUntil(lambda: desk.client.step_count == 1)
    actions["train.reset"].trigger()
    assert np.array_equal(field_at_start(), first)
    seed = desk.document.scenario.training.seed
    while desk.document.scenario.training.seed == seed:
        actions["train.seed"].trigger()
    qtbot.wait(150)
    assert not np.array_equal(field_at_start(), first)
    assert desk.document.undo.count() >= 1


def test_live_settings_keep_the_weights_and_others_start_afresh(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk()
    desk.controller.play(True)
    qtbot.waitUntil(lambda: desk.client.step_count > 30, timeout=20_000)
    desk.window.training.changed.emit("training.learning_rate", 0.5)
    before = desk.client.step_count
    qtbot.waitUntil(lambda: desk.client.step_count > before + 20, timeout=20_000)
    desk.controller.play(False)
    qtbot.wait(50)
    desk.window.learner.changed.emit("learner.hidden", (3, 3))
    qtbot.waitUntil(lambda: desk.client.step_count == 0, timeout=5_000)
    assert desk.document.scenario.learner.hidden == (3, 3)  # type: ignore[union-attr]


def test_divergence_is_said_in_words_and_reset_takes_it_away(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk(**{"training.optimiser": "sgd", "training.learning_rate": 100.0, "learner.loss": "squared",
                        "learner.activation": "linear"})  # fmt: skip
    desk.controller.play(True)
    said = lambda: desk.window.plane._banner_text or ""  # noqa: E731
    qtbot.waitUntil(lambda: "diverged" in said(), timeout=20_000)
    assert not desk.client.playing
    assert "learning rate" in said()
    desk.window.actions_["train.reset"].trigger()
    qtbot.waitUntil(lambda: not said(), timeout=5_000)


def test_a_dead_trainer_leaves_everything_and_can_be_restarted(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk()
    desk.document.do(Add(Points.of([[0.0, 0.0]], 1, first_id=10_000)), "Add point")
    desk.client._link.dead = True  # type: ignore[attr-defined]
    banner = desk.window.banner
    qtbot.waitUntil(lambda: "signal 9" in banner.text.text(), timeout=5_000)
    assert "safe" in banner.text.text()
    assert 10_000 in desk.document.scene.points.ids
    desk.document.undo.undo()
    assert 10_000 not in desk.document.scene.points.ids
    banner.action_button.click()
    desk.controller.play(True)
    qtbot.waitUntil(lambda: desk.client.step_count > 5, timeout=20_000)


def test_play_pressed_before_the_new_trainer_is_up_is_not_forgotten(
    open_desk: Callable[..., Desk], qtbot: QtBot
) -> None:
    desk = open_desk()
    train_to(desk, qtbot, 20)
    desk.client.set_stop_at(None)
    desk.client._link.dead = True  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: not desk.window.banner.isHidden(), timeout=5_000)
    desk.window.banner.action_button.click()
    desk.controller.play(True)
    qtbot.waitUntil(lambda: desk.client.step_count > 40, timeout=20_000)
    assert desk.client.playing
    assert len(desk.timeline.timeline) > 1, "what was recorded before is there"


@pytest.mark.parametrize("where", ["paste", "file"])
@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2\n", "x,y\n1,hello\n", "x,y\nnan,1\n", "x,y\ninf,1\n", "x,y\n"], ids=repr
)
def test_a_bad_table_is_refused_in_words_and_what_was_open_stays(
    open_desk: Callable[..., Desk], tmp_path: Path, where: str, text: str
) -> None:
    desk = open_desk()
    before = desk.document.state
    if where == "paste":
        clipboard = QGuiApplication.clipboard()
        assert clipboard is not None
        clipboard.setText(text)
        desk.pasting.paste()
        desk.reader.wait()
    else:
        path = tmp_path / "bad.csv"
        path.write_text(text)
        desk.filing.open(path)
        desk.reader.wait()
    if text == "a,b\n1,2\n":  # two columns of numbers are points, whatever they are called; a note says so
        assert len(desk.document.scene.points) == 1
    else:
        assert desk.document.state is before
    assert not desk.window.banner.isHidden()
    assert desk.window.banner.text.text()


def test_new_points_open_a_third_class(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk()
    desk.document.do(Add(Points.of([[0.0, 0.0]], 2, first_id=10_000)), "Add point")
    qtbot.waitUntil(
        lambda: there(shown(desk)).field.ndim == 3,
        timeout=5_000,
    )
    assert there(shown(desk)).field.shape[0] == 3
    desk.document.undo.undo()
    qtbot.waitUntil(
        lambda: there(shown(desk)).field.ndim == 2,
        timeout=5_000,
    )


def test_an_empty_plane_is_no_error(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk()
    desk.filing.new()
    desk.controller.play(True)
    qtbot.wait(200)
    assert desk.window.banner.isHidden()
    assert len(desk.document.scene.points) == 0
    desk.document.do(Add(Points.of([[0.0, 0.0], [1.0, 1.0]], [0, 1])), "Add points")
    qtbot.waitUntil(lambda: len(desk.client.curves) > 3, timeout=10_000)


def test_every_action_explains_itself_and_no_shortcut_is_taken_twice(open_desk: Callable[..., Desk]) -> None:
    actions = open_desk().window.actions_.all()
    assert all(action.statusTip() and action.toolTip() and action.text() for action in actions)
    keys = [key.toString() for action in actions for key in action.shortcuts()]
    assert len(keys) == len(set(keys))


def test_examples_fill_a_page_and_open(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk()
    desk.window.actions_["file.examples"].trigger()
    assert desk.window.pages.currentWidget() is desk.window.welcome
    card = desk.window.welcome.cards[0]
    card.click()
    assert desk.window.pages.currentWidget() is not desk.window.welcome
    qtbot.waitUntil(lambda: desk.client.playing, timeout=5_000)


def test_a_hidden_unit_can_be_shown_and_left(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk()
    desk.window.result_tabs.setCurrentIndex(1)
    desk.window.units.unit_clicked.emit(0, 3)
    showing = lambda: there(shown(desk)).view.unit  # noqa: E731
    qtbot.waitUntil(lambda: showing() == (0, 3), timeout=5_000)
    assert desk.controller.display.snapshot() is None
    desk.window.actions_["view.output"].trigger()
    qtbot.waitUntil(lambda: shown(desk) is not None and showing() is None, timeout=5_000)
    assert desk.controller.display.snapshot() is not None


def banner_over_plane(desk: Desk) -> str:
    return desk.window.plane._banner_text or ""


def test_choosing_rows_of_the_table_selects_on_the_plane(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    ids = frozenset(desk.document.scene.points.ids[:3].tolist())
    desk.window.points.selection_changed.emit(ids)
    assert frozenset(desk.window.plane.selection.tolist()) == ids


def test_a_class_relabels_the_selection_only_with_a_tool_that_selects(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    actions, scene = desk.window.actions_, desk.document.scene
    desk.window.plane.set_selection(scene.points.ids[scene.points.label == 0][:2])
    actions["point.tool-add"].trigger()
    actions["point.class-1"].trigger()
    assert desk.document.scene is scene
    actions["point.tool-lasso"].trigger()
    actions["point.class-1"].trigger()
    assert (desk.document.scene.points.label == 1).sum() == (scene.points.label == 1).sum() + 2


def test_a_scene_that_teaches_nothing_is_told(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk()
    ids = desk.document.scene.points.ids
    desk.document.do(relabel(ids, -1), "Unlabel")
    assert "nothing to learn" in banner_over_plane(desk)
    desk.controller.play(True)
    qtbot.wait(300)
    assert desk.client.step_count == 0
    desk.document.do(relabel(ids, 1), "Relabel")
    assert "one class" in banner_over_plane(desk)
    desk.document.undo.undo()
    desk.document.undo.undo()
    assert not banner_over_plane(desk)
    qtbot.waitUntil(lambda: desk.client.step_count > 0, timeout=10_000)


def test_play_at_its_stop_says_why_it_does_not(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk()
    desk.client.set_stop_at(30)
    desk.controller.play(True)
    qtbot.waitUntil(lambda: desk.client.step_count == 30 and not desk.client.playing, timeout=10_000)
    desk.controller.play(True)
    assert "stop at" in desk.window.banner.text.text()
    assert not desk.client.playing


def test_a_unit_on_the_plane_is_named_there(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    desk.window.units.unit_clicked.emit(0, 3)
    assert "Layer 1, unit 4" in banner_over_plane(desk)
    desk.window.actions_["view.output"].trigger()
    assert not banner_over_plane(desk)


def test_hiding_the_panels_leaves_the_keyboard_to_the_plane(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = open_desk()
    desk.window.transport.reset_button.setFocus()
    desk.window.actions_["view.panels"].trigger()
    qtbot.waitUntil(desk.window.plane.hasFocus)


def test_another_data_set_brings_its_own_name_and_begins_the_curves_anew(
    open_desk: Callable[..., Desk], qtbot: QtBot
) -> None:
    desk = open_desk()
    desk.controller.play(True)
    qtbot.waitUntil(lambda: len(desk.client.curves) > 2, timeout=10_000)
    desk.window.data.changed.emit("data.name", "circle")
    assert "Circle" in desk.window.windowTitle()
    assert desk.document.undo.undoText() == "Set data set"
    qtbot.waitUntil(lambda: len(desk.client.curves) > 0 and int(desk.client.curves.step[0]) > 0, timeout=10_000)
    desk.document.undo.undo()
    assert "Untitled" in desk.window.windowTitle()
