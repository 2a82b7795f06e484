"""Pushes in the window: what is asked while the pointer moves, what is shown, and a point pushed over and added."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from boundaryviz.engine.messages import Key, ProbeResult, Subscribe, Unsubscribe
from boundaryviz.engine.probes.push_views import PushView, PushViewSettings, RobustnessFound, RobustnessViewSettings
from boundaryviz.evasion.pushes import Robustness
from boundaryviz.evasion.settings import EvasionSpec
from boundaryviz.gui.push.control import asked_of
from boundaryviz.gui.push.panel import MOST
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Split
from helpers.hand_pushed import pushes
from helpers.mouse import mouse
from helpers.qtest import QTest
from helpers.workbenches import SilentLink, workbenches

NOBODY = (2.4, 1.6)
"""A place of the plane without a point."""


class Asked:
    """What the window asks of the trainer about pushes, and answers to it."""

    def __init__(self, workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
        self.workbench = workbench
        self.of: dict[str, object] = {}
        self.count = 0
        send = workbench.client._send

        def hear(message: object) -> None:
            if isinstance(message, Subscribe):
                self.of[message.probe] = message.settings
                self.count += 1
            elif isinstance(message, Unsubscribe):
                self.of.pop(message.probe, None)
            send(message)  # type: ignore[arg-type]

        monkeypatch.setattr(workbench.client, "_send", hear)

    @property
    def here(self) -> PushViewSettings:
        settings = self.of["push-here"]
        assert isinstance(settings, PushViewSettings)
        return settings

    @property
    def many(self) -> PushViewSettings:
        settings = self.of["push-points"]
        assert isinstance(settings, PushViewSettings)
        return settings

    def answer(self, probe: str, value: object, past: int | None = None) -> None:
        self.workbench.client.probed.emit(ProbeResult(probe, Key(past, 1), value))

    def answer_here(self, step: tuple[float, float] = (0.2, 0.0), twin: bool = False, **changes: object) -> None:
        """A push by this step of what is asked about one place or of points, by each method."""
        asked, points = self.here, self.workbench.document.scene.points
        places = np.array(asked.places) if asked.places else points.xy[points.positions(asked.ids)]
        ids = list(asked.ids) or [-1]
        label = [0] * len(ids) if asked.places else points.label[points.positions(asked.ids)]
        runs = tuple(
            pushes(method, ids, places, places + step, from_class=label, epsilon=asked.spec.epsilon, **changes)  # type: ignore[arg-type]
            for method in asked.methods
        )
        self.answer("push-here", PushView(asked, runs, runs if twin else ()))


@pytest.fixture
def asked(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    workbench.window.actions_["view.pushes"].setChecked(False)
    workbench.plane.fit()
    hover(workbench, None)
    workbench.push.asking.rests = 0.0
    yield Asked(workbench, monkeypatch)
    workbench.window.actions_["view.pushes"].setChecked(False)
    workbench.push.panel.whom.setCurrentIndex(0)


def on(asked: Asked) -> Workbench:
    asked.workbench.window.actions_["view.pushes"].setChecked(True)
    return asked.workbench


def a_point(workbench: Workbench) -> int:
    """The id of a training point."""
    points = workbench.document.scene.points
    return int(points.ids[np.flatnonzero(points.is_train & points.is_labelled)[0]])


def place_of(workbench: Workbench, point: int) -> tuple[float, float]:
    points = workbench.document.scene.points
    x, y = points.xy[points.positions([point])[0]].tolist()
    return x, y


def hover(workbench: Workbench, place: tuple[float, float] | None) -> None:
    workbench.planes.hovered.emit(place)


def test_until_it_is_asked_for_nothing_is_there_and_nothing_is_asked(asked: Asked):
    window = asked.workbench.window
    hover(asked.workbench, NOBODY)
    assert not asked.of
    assert "Push" not in window.panels()
    QTest.keyClick(asked.workbench.plane, Qt.Key.Key_Y)
    assert window.panel_shown() is asked.workbench.push.panel
    assert asked.here.places == (NOBODY,)
    asked.workbench.push.panel.hide_button.click()
    assert not window.actions_["view.pushes"].isChecked()
    assert not asked.of
    assert "Push" not in window.panels()


def test_the_pointer_is_followed_one_question_at_a_time_and_the_last_place_is_answered(asked: Asked):
    workbench = on(asked)
    for k in range(5):
        hover(workbench, (2.0 + 0.1 * k, 1.6))
    assert (asked.count, asked.here.places) == (1, ((2.0, 1.6),))
    asked.answer_here()
    assert (asked.count, asked.here.places) == (2, ((2.4, 1.6),))
    asked.answer_here()
    assert asked.count == 2
    here = workbench.push.on_plane.lead.here.here
    assert [arrows.method for arrows in here.arrows] == ["nearest", "fgsm", "pgd", "deepfool"]
    assert here.arrows[0].ends[0].tolist() == pytest.approx([2.6, 1.6])
    assert here.ball is not None
    assert here.words == "\u2264 0.2"
    assert workbench.push.on_plane.legend.names == ("nearest", "fgsm", "pgd", "deepfool")
    assert workbench.push.panel.rows.lengths["pgd"].text() == "0.2"
    hover(workbench, None)
    assert "push-here" not in asked.of
    assert not workbench.push.on_plane.lead.here.here.arrows


def test_a_question_that_takes_long_is_not_asked_again_and_gives_way_to_another_place(asked: Asked):
    workbench = on(asked)
    hover(workbench, NOBODY)
    for _ in range(3):
        workbench.push.asking.give_way()
    assert asked.count == 1
    hover(workbench, (2.0, 1.6))
    assert asked.count == 1
    workbench.push.asking.give_way()
    assert (asked.count, asked.here.places) == (2, ((2.0, 1.6),))


def test_what_an_answer_took_is_left_to_training_before_the_next_place_is_asked_about(asked: Asked, qtbot: QtBot):
    workbench = on(asked)
    workbench.push.asking.rests = 1.0
    hover(workbench, NOBODY)
    qtbot.wait(30)
    hover(workbench, (2.0, 1.6))
    asked.answer_here()
    assert asked.here.places == (NOBODY,)
    qtbot.waitUntil(lambda: asked.here.places == ((2.0, 1.6),))


def test_over_a_point_that_point_is_asked_about_and_away_from_the_plane_the_selected_one(asked: Asked):
    workbench = on(asked)
    point = a_point(workbench)
    hover(workbench, place_of(workbench, point))
    assert (asked.here.ids, asked.here.places) == ((point,), ())
    asked.answer_here()
    hover(workbench, None)
    assert "push-here" not in asked.of
    workbench.plane.select(np.array([point]))
    assert asked.here.ids == (point,)


def test_answers_of_another_moment_are_not_shown(asked: Asked):
    workbench = on(asked)
    hover(workbench, NOBODY)
    run = pushes("nearest", [-1], [NOBODY], [(0, 0)])
    asked.answer("push-here", PushView(asked.here, (run,)), past=4)
    assert not workbench.push.on_plane.lead.here.here.arrows


def test_many_points_get_arrows_and_circles_of_the_attack_in_force(asked: Asked):
    workbench = on(asked)
    assert "push-points" not in asked.of
    panel, points = workbench.push.panel, workbench.document.scene.points
    panel.whom.setCurrentIndex(panel.whom.findData("train"))
    panel.whom.activated.emit(2)
    assert (asked.many.most, asked.many.split) == (MOST, Split.TRAIN)
    ids = points.ids[points.is_train]
    places = points.xy[points.is_train]
    run = pushes("nearest", ids.tolist(), places, places + np.array([0.01, 0.0]), sure=0.05, exact=True)
    asked.answer("push-points", PushView(asked.many, (run,)))
    shown = workbench.push.on_plane.lead.many
    assert shown.arrows is not None
    assert np.array_equal(shown.arrows.starts, places)
    assert shown.arrows.crosses.all()
    assert (shown.circles.radii == 0.05).all()
    assert panel.words.text().startswith(f"Of {len(ids)} points {len(ids)} (100.0%) cross within")
    panel.whom.setCurrentIndex(panel.whom.findData("selection"))
    panel.whom.activated.emit(1)
    workbench.plane.select(ids[:2])
    assert asked.many.ids == tuple(ids[:2].tolist())
    panel.whom.setCurrentIndex(0)
    panel.whom.activated.emit(0)
    assert "push-points" not in asked.of
    assert shown.arrows is None


def test_arrows_of_test_points_bring_these_points_along(asked: Asked):
    workbench = on(asked)
    shown = workbench.window.actions_["view.held-out"]
    shown.setChecked(False)
    panel = workbench.push.panel
    for whom, brings in (("train", False), ("test", True)):
        panel.whom.setCurrentIndex(panel.whom.findData(whom))
        panel.whom.activated.emit(0)
        assert shown.isChecked() == brings
    assert asked.many.split == Split.TEST
    shown.setChecked(False)


def test_what_cannot_be_answered_is_said_in_the_panel(asked: Asked):
    workbench = on(asked)
    hover(workbench, NOBODY)
    asked.answer("push-here", PushView(asked.here, why="This attack follows gradients, and the learner has none."))
    assert workbench.push.panel.here.text() == "This attack follows gradients, and the learner has none."
    assert workbench.push.panel.here.property("role") == "problem"
    workbench.push.panel.form.editor("epsilon").edit.committed.emit("1e5")
    workbench.push.panel.form.editor("method").combo.activated.emit(1)
    assert "more than the whole plane is wide" in workbench.push.panel.words.text()
    assert workbench.push.panel.words.property("role") == "problem"


def test_settings_are_the_scenario_s_and_the_first_takes_the_usual_length_along(asked: Asked):
    workbench = on(asked)
    document, form = workbench.document, workbench.push.panel.form
    usual = workbench.push.spec.epsilon
    assert document.scenario.evasion is None
    form.editor("norm").combo.activated.emit(1)
    assert document.scenario.evasion == EvasionSpec(norm="linf", epsilon=usual)
    assert document.undo.undoText() == "Set norm of the push"
    document.undo.undo()
    assert document.scenario.evasion is None
    assert workbench.push.spec.norm == "l2"
    workbench.push.robustness.view.dragged.emit(0.5)
    assert document.scenario.evasion is not None
    assert document.committed.scenario.evasion is None
    workbench.push.robustness.view.chosen.emit(0.5)
    assert document.committed.scenario.evasion == EvasionSpec(epsilon=0.5)
    assert document.undo.count() == 1


def test_a_scenario_that_asks_something_of_its_model_opens_with_it_shown(asked: Asked, begin_with: Scenario):
    workbench = asked.workbench
    workbench.document.open(begin_with.with_values({"evasion.method": "pgd", "evasion.epsilon": 0.4}))
    assert workbench.window.actions_["view.pushes"].isChecked()
    assert workbench.push.panel.form.values() == EvasionSpec(method="pgd", epsilon=0.4)
    hover(workbench, NOBODY)
    assert asked.here.spec.epsilon == 0.4
    workbench.document.open(begin_with)
    assert not workbench.window.actions_["view.pushes"].isChecked()


def test_a_point_is_pushed_over_and_added_with_its_true_label_as_one_step(asked: Asked):
    workbench = on(asked)
    point = a_point(workbench)
    start, label = place_of(workbench, point), int(workbench.document.scene.points.label[0])
    hover(workbench, start)
    asked.answer_here()
    QTest.keyClick(workbench.plane, Qt.Key.Key_Z)
    assert (asked.here.ids, asked.here.methods) == ((point,), ("nearest",))
    asked.answer_here(exact=True)
    over, count = workbench.push.hand.over, len(workbench.document.scene.points)
    assert over.under_way
    assert workbench.push.on_plane.lead.here.ghosts[0].place == start
    over.finish()
    (ghost,) = workbench.push.on_plane.lead.here.ghosts
    assert ghost.place[0] > start[0] + 0.2
    assert ghost.label == label
    assert "is now taken for" in workbench.push.panel.words.text()
    assert workbench.push.on_plane.lead.here.ghost_words.startswith(f"class {label}, taken for class")
    assert len(workbench.document.scene.points) == count
    QTest.keyClick(workbench.plane, Qt.Key.Key_Z, Qt.KeyboardModifier.ShiftModifier)
    points = workbench.document.scene.points
    assert len(points) == count + 1
    assert (points.label[-1], tuple(points.xy[-1])) == (label, ghost.place)
    assert points.is_train[-1]
    assert not points.is_poison[-1]
    assert workbench.document.undo.undoText() == "Add 1 adversarial example with true label"
    assert not workbench.push.on_plane.lead.here.ghosts
    workbench.document.undo.undo()
    assert len(workbench.document.scene.points) == count


def test_esc_forgets_what_was_pushed_over_and_the_scene_is_as_it_was(asked: Asked):
    workbench = on(asked)
    workbench.plane.select(np.array([a_point(workbench)]))
    workbench.push.panel.push.click()
    asked.answer_here()
    workbench.push.hand.over.finish()
    assert workbench.push.panel.keep.isEnabled()
    before = workbench.document.state
    QTest.keyClick(workbench.plane, Qt.Key.Key_Escape)
    assert workbench.push.hand.over.taken is None
    assert len(workbench.plane.selection) == 1
    assert not workbench.push.panel.keep.isEnabled()
    assert workbench.document.state is before
    assert workbench.document.undo.count() == 0


def test_why_nothing_is_pushed_over_is_said_where_the_hand_is(asked: Asked):
    workbench = on(asked)
    workbench.plane.select(np.array([a_point(workbench)]))
    workbench.push.hand.push_over()
    asked.answer_here(flipped=False)
    assert workbench.push.hand.over.taken is None
    assert workbench.push.panel.words.text().startswith("There is no boundary to reach")


def test_the_menu_of_points_offers_both(asked: Asked):
    workbench = on(asked)
    ids = workbench.document.scene.points.ids[:2]
    assert [words for words, _ in workbench.push.hand.offers(ids[:1])] == ["Push it over"]
    assert [words for words, _ in workbench.push.hand.offers(ids)] == ["Push 2 over"]
    next(iter(workbench.push.hand.offers(ids)))[1]()
    asked.answer_here()
    workbench.push.hand.over.finish()
    offered = dict(workbench.push.hand.offers(ids[:1]))
    offered["Add with true label"]()
    assert workbench.document.undo.undoText() == "Add 2 adversarial examples with true labels"


def test_each_plane_shows_the_push_of_its_own_model(
    qtbot: QtBot, tmp_path: Path, begin_with: Scenario, monkeypatch: pytest.MonkeyPatch
):
    with workbenches(qtbot, tmp_path, SilentLink, shown=False) as make:
        asked = Asked(make(begin_with), monkeypatch)
        asked.workbench.push.asking.rests = 0.0
        workbench = on(asked)
        workbench.planes.set_twin(True)
        hover(workbench, NOBODY)
        asked.answer_here(twin=True)
        clean = workbench.push.on_plane.clean
        assert clean is not None
        assert len(clean.here.here.arrows) == 4
        asked.answer_here()
        assert not clean.here.here.arrows


def test_robust_error_is_asked_for_while_its_tab_is_at_the_front(asked: Asked):
    workbench = asked.workbench
    view, window = workbench.push.robustness.view, workbench.window
    window.show_result(view)
    assert window.result_shown() is not view
    on(asked)
    window.show_result(view)
    settings = asked.of["push-robustness"]
    assert isinstance(settings, RobustnessViewSettings)
    size = np.array(settings.epsilons)
    assert size[0] == 0.0
    assert size[-1] > workbench.push.spec.epsilon
    asked.answer("push-robustness", RobustnessFound(settings, Robustness(size, {"exact": size / size[-1]}, "l2", 12)))
    assert "exact" in view.values
    asked.answer("push-robustness", RobustnessFound(settings, why="The data have one class only."))
    assert view.hint.text() == "The data have one class only."
    window.actions_["view.pushes"].setChecked(False)
    assert "push-robustness" not in asked.of
    assert window.result_shown() is not view


def test_a_length_that_nobody_chose_suits_the_plane():
    assert asked_of(EvasionSpec(epsilon=3.0), Domain(0, 1, 0, 1)).epsilon == 3.0
    for side in (0.01, 1.0, 12.0, 4000.0):
        assert 0.04 * side < asked_of(None, Domain(0, side, -side, side)).epsilon < 0.09 * side


def test_the_mouse_on_the_plane_is_followed(asked: Asked):
    workbench = on(asked)
    mouse(workbench.plane, "Move", NOBODY, Qt.MouseButton.NoButton)
    assert asked.here.places[0] == pytest.approx(NOBODY, abs=0.01)
