"""The twin in the whole window, on a trainer in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from boundaryviz.engine.messages import Frame, Key, Load, Play, ProbeResult, State, ToTrainer
from boundaryviz.figures.draw import draw
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.twin.control import ONE_SEED, SAME
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Move
from helpers.there import there

SPREADING = {
    "data.n": 300, "data.noise": 0.06, "data.labels_per_class": 3, "data.labels_at": "centres",
    "learner.name": "label-spreading", "poison.target": [0, 0.5], "poison.count": 6,
}  # fmt: skip
NET = {"data.n": 60, "learner.hidden": [8], "training.evaluate_every": 5}
POISONED_NET = {**NET, "poison.target": [0, 0.5], "poison.count": 6}


@pytest.fixture
def open_workbench(show: Callable[[Scenario], Workbench]) -> Callable[..., Workbench]:
    return lambda values: show(Scenario().with_values(values))


def frame(workbench: Workbench) -> Frame:
    shown = workbench.controller.presenter.frame
    assert shown is not None
    return shown


def switched_on(workbench: Workbench, qtbot: QtBot, seeds: int = 1) -> None:
    workbench.window.actions_["train.twin"].setChecked(True)
    if seeds > 1:
        workbench.controller.transport.seeds_changed.emit(seeds)
    qtbot.waitUntil(lambda: workbench.twin.comparison is not None)
    qtbot.waitUntil(lambda: frame(workbench).clean is not None)


def words(workbench: Workbench) -> str:
    return str(workbench.planes.words.words)


def test_the_toggle_trains_both_from_the_start_and_goes_on_training(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench(POISONED_NET)
    workbench.controller.play(True)
    qtbot.waitUntil(lambda: workbench.client.step_count > 20)
    switched_on(workbench, qtbot)
    assert workbench.controller.transport.twin_button.isChecked()
    assert workbench.client.playing
    assert int(workbench.client.curves.step[0]) == 0
    assert workbench.client.curves.replicas == 2
    qtbot.waitUntil(lambda: workbench.client.step_count > 5)
    workbench.controller.transport.twin_button.click()
    assert not workbench.window.actions_["train.twin"].isChecked()
    qtbot.waitUntil(lambda: frame(workbench).clean is None and workbench.client.curves.replicas == 1)
    assert workbench.client.playing
    assert workbench.document.undo.count() == 0, "the twin is no change of the document"


def test_switching_twice_in_a_row_leaves_it_playing(open_workbench: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = open_workbench(NET)
    workbench.controller.play(True)
    qtbot.waitUntil(lambda: workbench.client.step_count > 5)
    for on in (True, False, True):
        workbench.window.actions_["train.twin"].setChecked(on)
    qtbot.waitUntil(lambda: workbench.client.curves.replicas == 2 and workbench.client.step_count > 5)
    assert workbench.client.playing


def test_a_load_that_goes_on_playing_never_says_that_it_rests(qtbot: QtBot) -> None:
    class Silent:
        def __init__(self) -> None:
            self.sent: list[ToTrainer] = []
            self.says: list[State] = []

        def send(self, message: ToTrainer) -> None:
            self.sent.append(message)

        def poll(self) -> list[State]:
            said, self.says = self.says, []
            return said

        def silence(self) -> None: ...

        def close(self) -> None: ...

        def abandon(self) -> None: ...

        def fileno(self) -> None: ...

    link, scenario = Silent(), Scenario()
    client = TrainerClient(lambda: link, link)
    told: list[bool] = []
    client.stated.connect(lambda state: told.append(state.playing))
    client.play(True)
    client.load(scenario, scenario.scene(), 1)
    client.load(scenario, scenario.scene(), 2)
    assert [type(message) for message in link.sent] == [Play, Load, Play, Load, Play]
    link.says = [State(False, 0, "loaded"), State(False, 0, "loaded"), State(True, 0)]
    qtbot.waitUntil(lambda: len(told) == 3)
    assert told == [True, True, True]
    client.load(scenario, scenario.scene(), 3)
    client.play(False)
    link.says = [State(False, 0, "loaded"), State(True, 0), State(False, 3)]
    qtbot.waitUntil(lambda: len(told) == 6)
    assert told[3:] == [False, True, False]
    client.close()


def test_numbers_and_pins_tell_what_the_poison_changed(open_workbench: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = open_workbench(SPREADING)
    window = workbench.window
    window.result_tabs.setCurrentIndex(4)
    assert window.result_shown() is workbench.twin.panel
    assert not workbench.twin.panel.nothing.isHidden()
    workbench.controller.play(True)
    switched_on(workbench, qtbot)
    qtbot.waitUntil(lambda: workbench.twin.comparison is not None and workbench.twin.comparison.twins.step > 0)
    comparison = workbench.twin.comparison
    assert comparison is not None
    found = comparison.metrics()
    assert found["flip_rate"].mean > 0
    assert found["attack_success_rate"].mean == 1.0
    attack = workbench.twin.panel
    assert attack.values["flip_rate"].text() == f"{100 * found['flip_rate'].mean:.1f} %"
    assert attack.values["attack_success_rate"].text() == "100.0 %"
    assert attack.spreads["attack_success_rate"].text() == "20.7 to 100.0 %"
    assert attack.values["already_so"].text() == "0.0 %"
    assert "already so without poison: 0.0 %" in window.status.flips.toolTip()
    assert attack.spreads["flip_rate"].text() == "", "one seed has no spread"
    assert "6 poison points of 306" in attack.count.text()
    assert window.status.flips.text() == f"{found['flip_rate'].mean:.1%}"
    assert window.status.leverage.text() == f"{found['leverage'].mean:,.1f}"
    qtbot.waitUntil(lambda: attack.targets.rowCount() == 1 and there(attack.targets.item(0, 1)).text().startswith("+"))
    assert there(attack.targets.item(0, 2)).text() == "yes", "nothing is random"
    assert there(attack.targets.item(0, 3)).text() == "1"
    window.actions_["train.twin"].setChecked(False)
    assert not workbench.twin.panel.nothing.isHidden()
    assert window.status.flips.isHidden() or not window.status.flips.isVisible()


def test_one_quantity_has_one_value_and_the_same_words_wherever_it_stands(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench(POISONED_NET)
    switched_on(workbench, qtbot, seeds=4)
    window, attack, curves = workbench.window, workbench.twin.panel, workbench.curves.view
    assert window.result_shown() is attack, "the twin brings its numbers to the front"
    window.show_result(curves)
    workbench.client.set_stop_at(60)
    workbench.controller.play(True)
    qtbot.waitUntil(lambda: not workbench.client.playing and workbench.client.step_count == 60)
    comparison = lambda: workbench.twin.comparison  # noqa: E731
    qtbot.waitUntil(lambda: (found := comparison()) is not None and found.twins.step == 60)
    qtbot.waitUntil(lambda: curves.where.text() == "step 60")
    status = window.status
    values = {
        quantity: workbench.client.curves.column(f"validation_{quantity}")[-1, -4:] for quantity in ("loss", "error")
    }
    assert len(set(values["loss"].tolist())) == 4, "the seeds differ"
    assert status.split.text() == "validation"
    for field, quantity in ((status.loss, "loss"), (status.error, "error")):
        shown = float(curves.readouts[quantity, "validation"].text())
        assert shown == pytest.approx(values[quantity].mean(), abs=6e-5)
        text = field.text()
        assert float(text.rstrip("%")) / (100 if text.endswith("%") else 1) == pytest.approx(shown, abs=6e-4)
    assert status.of.text() == curves.of.text() == "mean of 4 seeds"
    assert attack.seeds.text().startswith("Mean of 4 seeds")
    assert attack.values["flip_rate"].text().replace(" ", "") == status.flips.text()
    assert attack.values["leverage"].text() == status.leverage.text()
    flips = float(curves.readouts["flips", "flips"].text())
    assert f"{flips:.1%}" == status.flips.text()
    workbench.controller.transport.seeds_changed.emit(1)
    qtbot.waitUntil(lambda: status.of.text() == curves.of.text() == "seed 0")


def test_where_nothing_is_random_the_window_says_one_fit(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench(SPREADING)
    switched_on(workbench, qtbot, seeds=4)
    window, attack = workbench.window, workbench.twin.panel
    window.result_tabs.setCurrentIndex(4)
    workbench.controller.play(True)
    qtbot.waitUntil(lambda: (found := workbench.twin.comparison) is not None and found.twins.step > 0)
    qtbot.waitUntil(lambda: attack.targets.rowCount() == 1 and there(attack.targets.item(0, 2)).text() == "yes")
    assert attack.seeds.text() == "Nothing is random: one fit for all seeds."
    assert attack.spreads["flip_rate"].text() == ""
    assert attack.spreads["attack_success_rate"].text() == "20.7 to 100.0 %"
    qtbot.waitUntil(lambda: window.status.of.text() == "one fit for all seeds")


def test_a_pin_that_is_the_attacker_s_without_poison_is_said_to_be(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench({**SPREADING, "poison.target": [0.0, 1.0]})  # in the middle of the attacker's own moon
    switched_on(workbench, qtbot)
    window, attack = workbench.window, workbench.twin.panel
    window.result_tabs.setCurrentIndex(4)
    workbench.controller.play(True)
    qtbot.waitUntil(lambda: (found := workbench.twin.comparison) is not None and found.twins.step > 0)
    assert attack.values["attack_success_rate"].text() == "\u2013"
    assert attack.spreads["attack_success_rate"].text() == "none is left"
    assert attack.values["already_so"].text() == "100.0 %"
    assert "none is left to win" in window.status.leverage.toolTip()
    qtbot.waitUntil(lambda: attack.targets.rowCount() == 1 and there(attack.targets.item(0, 2)).text() == "already so")
    assert there(attack.targets.item(0, 3)).text() == "already so"


def test_seeds_and_twin_asked_for_together_are_what_the_bar_shows(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench(POISONED_NET)
    workbench.twin.train(4, True)
    assert workbench.client.seeds == workbench.controller.transport.seeds.currentData() == 4


def test_without_poison_both_are_the_same_and_it_says_so(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench(NET)
    switched_on(workbench, qtbot)
    assert words(workbench) == SAME
    shown = frame(workbench)
    assert shown.clean is not None
    assert np.array_equal(shown.field, shown.clean)
    assert workbench.window.status.flips.text() == "0.0%"
    assert workbench.window.status.leverage.text() == "\u2013"
    workbench.controller.data.changed.emit("data.seed", 3)
    assert words(workbench) == SAME


def test_the_seed_floor_offers_the_seeds_that_it_needs(open_workbench: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = open_workbench({**POISONED_NET, "data.n": 40})
    switched_on(workbench, qtbot)
    offer = workbench.planes.offer_button
    assert not offer.isVisible()
    workbench.planes.buttons["floor"].click()
    assert offer.isVisible()
    assert offer.text() == "Train 8 seeds"
    offer.click()
    assert not offer.isVisible()
    assert workbench.client.seeds == workbench.controller.transport.seeds.currentData() == 8
    qtbot.waitUntil(lambda: workbench.planes.floor_at(0.0, 0.0) is not None)


def test_the_seed_floor_asks_for_two_seeds(open_workbench: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = open_workbench(POISONED_NET)
    switched_on(workbench, qtbot)
    workbench.planes.buttons["floor"].click()
    assert workbench.window.actions_["view.twin-floor"].isChecked()
    assert words(workbench) == ONE_SEED
    workbench.controller.transport.seeds_changed.emit(2)
    assert words(workbench) == ""
    qtbot.waitUntil(lambda: workbench.planes.floor_at(0.0, 0.0) is not None)
    assert workbench.client.curves.replicas == 4
    workbench.planes.hovered.emit((0.0, 0.0))
    assert "new seed" in workbench.window.status.answer.text()


def test_seeds_train_without_a_twin_and_each_can_be_shown(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench(NET)
    bar = workbench.controller.transport
    bar.seeds_changed.emit(4)
    qtbot.waitUntil(lambda: workbench.client.curves.replicas == 4 and len(workbench.client.curves) > 0)
    qtbot.waitUntil(lambda: len(frame(workbench).diverged) == 4)
    assert [bar.shown.itemText(k) for k in range(bar.shown.count())] == [f"seed {k}" for k in range(4)]
    first = frame(workbench).field.copy()
    bar.shown_changed.emit(3)
    qtbot.waitUntil(lambda: frame(workbench).view.seed == 3)
    assert not np.array_equal(frame(workbench).field, first)
    snapshot = workbench.controller.presenter.snapshot()
    assert snapshot is not None
    assert snapshot.scenario.training.seed == 3
    assert snapshot.curves.replicas == 1
    bar.seeds_changed.emit(2)
    assert bar.shown.currentIndex() == 1
    qtbot.waitUntil(lambda: len(frame(workbench).diverged) == 2 and frame(workbench).view.seed == 1)


def test_a_view_by_key_switches_the_twin_on(open_workbench: Callable[..., Workbench]) -> None:
    workbench = open_workbench(POISONED_NET)
    for name in ("flips", "side", "overlay", "floor"):
        workbench.window.actions_[f"view.twin-{name}"].trigger()
        assert workbench.client.twin
        assert workbench.planes.view == name
        checked = [n for n in ("side", "overlay", "flips", "floor")
                   if workbench.window.actions_[f"view.twin-{n}"].isChecked()]  # fmt: skip
        assert checked == [name]


def test_a_drag_reaches_both_planes_and_undo_takes_it_back(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench(POISONED_NET)
    switched_on(workbench, qtbot)
    planes, document = workbench.planes, workbench.document
    assert planes.clean is not None
    ids, before = document.scene.points.ids[:1], document.scene.points.xy[0].copy()
    planes.clean.previewed.emit(Move(ids, np.array([[1.5, 1.5]])))
    for plane in (planes.plane, planes.clean):
        assert plane.scene.points.xy[0].tolist() == [1.5, 1.5]
    planes.clean.committed.emit(Move(ids, np.array([[1.5, 1.0]])), "Move point")
    assert document.undo.count() == 1
    document.undo.undo()
    for plane in (planes.plane, planes.clean):
        assert np.array_equal(plane.scene.points.xy[0], before)


def test_a_figure_of_both_can_be_drawn(open_workbench: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = open_workbench(POISONED_NET)
    presenter = workbench.controller.presenter
    qtbot.waitUntil(lambda: presenter.frame is not None)
    assert presenter.snapshot(clean=True) is None
    switched_on(workbench, qtbot, seeds=2)
    poisoned, clean = presenter.snapshot(), presenter.snapshot(clean=True)
    assert poisoned is not None
    assert clean is not None
    assert poisoned.curves.replicas == clean.curves.replicas == 1
    figure = draw("twin", poisoned, None, clean)
    assert "poisoned" in [axes.get_title(loc="left") for axes in figure.axes]


def test_curves_of_both_run_together(open_workbench: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = open_workbench(POISONED_NET)
    workbench.controller.play(True)
    switched_on(workbench, qtbot, seeds=2)
    curves = workbench.curves.view
    qtbot.waitUntil(lambda: curves.readouts["loss", "clean train"].text() not in ("", "\u2013"))
    assert not curves.flips.isHidden()
    workbench.window.actions_["train.twin"].setChecked(False)
    workbench.controller.transport.seeds_changed.emit(1)
    qtbot.waitUntil(curves.flips.isHidden)


def test_a_seed_that_diverged_is_named_and_left_out(open_workbench: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = open_workbench(POISONED_NET)
    switched_on(workbench, qtbot, seeds=2)
    found = lambda: there(workbench.twin.comparison).twins  # noqa: E731
    qtbot.waitUntil(lambda: len(found().diverged) == 2)
    other = replace(found(), diverged=np.array([False, True]))
    workbench.client.probed.emit(ProbeResult("twins", Key(None, workbench.document.revision, other.step), other))
    assert "diverged: seed 1" in workbench.twin.panel.seeds.text()
    assert "Mean of 1 of 2 seeds." in workbench.twin.panel.seeds.text()
