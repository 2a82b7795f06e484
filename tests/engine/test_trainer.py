"""The conversation with a trainer, message by message, under a clock of our own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import pytest

from boundaryviz.engine import messages as m
from boundaryviz.record.curves import CurveStore
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Add, Move, apply
from boundaryviz.scene.scene import Domain, Points, Scene
from helpers.talks import Conversation

RECT = Domain(-2.0, 3.0, -2.0, 2.0)
VIEW = m.View(RECT, 40, 30)
SCENARIO = Scenario().with_values({"data.n": 60, "learner.hidden": [4, 3], "training.evaluate_every": 5})
SCENE = SCENARIO.scene()

T = TypeVar("T")


def only(said: list[m.FromTrainer], kind: type[T]) -> T:
    (found,) = (message for message in said if isinstance(message, kind))
    return found


def loaded(*more: m.ToTrainer) -> Conversation:
    return Conversation(m.Load(SCENARIO, SCENE, 1, "cpu"), *more)


def parameters(talk: Conversation) -> Any:
    return talk.trainer._session.learner.P.detach().numpy().copy()  # type: ignore[union-attr]


# ---- load, step, play, pause ----------------------------------------------------------------------------


def test_loading_is_answered_by_ready_state_and_the_first_curves():
    said = loaded().said
    ready = only(said, m.Ready)
    assert ready.layers == (4, 3)
    assert ready.parameters == 2 * 4 + 4 + 4 * 3 + 3 + 3 * 2 + 2
    assert only(said, m.Engine).words.startswith("CPU")
    assert only(said, m.State) == m.State(False, 0, "loaded")
    assert only(said, m.Curves).step.tolist() == [0]


def test_before_anything_is_loaded_nothing_is_said():
    talk = Conversation(m.Play(), m.StepN(3), m.Reset(1), VIEW, m.Credit(), m.SetScene(SCENE, 1), m.Pause())
    talk.listen(1.0)
    assert talk.said == []
    assert talk.trainer.patience is None


def test_step_n_does_n_steps_and_pauses():
    talk = loaded(m.Play())
    talk.listen(0.2)
    before = talk.heard(m.State)[-1].step
    said = talk.tell(m.StepN(7))
    reached = only(said, m.State)
    assert not reached.playing
    assert reached.step >= before + 7
    talk.listen(0.5)
    assert talk.heard(m.State)[-1] == reached


def test_it_trains_while_it_plays_and_stops_when_asked():
    talk = loaded(m.Play())
    assert talk.heard(m.State)[-1] == m.State(True, 0)
    talk.listen(0.3)
    paused = only(talk.tell(m.Pause()), m.State)
    assert paused.why == "asked"
    assert not paused.playing
    assert paused.step > 50
    after = parameters(talk)
    talk.listen(0.5)
    assert np.array_equal(parameters(talk), after)


def test_it_stops_at_exactly_the_step_it_was_told():
    talk = loaded(m.Play(stop_at=123))
    talk.listen(2.0)
    assert talk.heard(m.State)[-1] == m.State(False, 123, "stop-step")
    assert only(talk.tell(m.Play(stop_at=123)), m.State) == m.State(False, 123, "stop-step")
    talk.tell(m.Play())
    talk.listen(0.2)
    assert only(talk.tell(m.Pause()), m.State).step > 123


@pytest.mark.parametrize("speed", [1.0, 25.0, 200.0])
def test_a_speed_limit_is_kept(speed: float):
    talk = loaded(m.Play(speed))
    start = talk.clock.now
    talk.listen(3.0)
    steps = only(talk.tell(m.Pause()), m.State).step
    assert steps == pytest.approx(speed * (talk.clock.now - start), abs=2, rel=0.02)


def test_between_two_slow_steps_the_process_may_sleep():
    talk = loaded(m.Play(2.0))
    assert talk.trainer.patience is not None
    assert 0 < talk.trainer.patience < 0.02
    talk.clock.now += 0.6
    assert talk.trainer.patience == 0
    assert loaded(m.Play()).trainer.patience == 0


def test_a_pause_does_not_save_up_steps():
    talk = loaded(m.Play(10.0))
    talk.listen(1.0)
    talk.tell(m.Pause())
    talk.clock.now += 1000
    talk.tell(m.Play(10.0))
    before = talk.heard(m.State)[-1].step
    talk.listen(1.0)
    assert only(talk.tell(m.Pause()), m.State).step - before <= 12


def test_a_trainer_that_cannot_keep_up_does_not_chase_the_lost_time():
    talk = loaded(m.Play(20.0))
    talk.clock.now += 500  # the machine slept
    talk.listen(0.1)
    before = talk.trainer._session.step_count  # type: ignore[union-attr]
    talk.listen(2.0)
    after = talk.trainer._session.step_count  # type: ignore[union-attr]
    assert after - before <= 45


# ---- frames ---------------------------------------------------------------------------------------------


def test_no_frame_without_a_view_and_none_without_a_credit():
    talk = loaded(m.Play())
    talk.listen(0.2)
    assert talk.heard(m.Frame) == []
    talk.tell(VIEW)
    talk.listen(0.5)
    assert len(talk.heard(m.Frame)) == 1
    talk.tell(VIEW, m.View(RECT, 20, 20))
    talk.listen(0.5)
    assert len(talk.heard(m.Frame)) == 1
    talk.tell(m.Credit(), m.Credit(), m.Credit())
    talk.listen(0.5)
    assert len(talk.heard(m.Frame)) == 2
    assert talk.heard(m.Frame)[-1].field.shape == (20, 20)


def test_frames_are_a_sixtieth_of_a_second_apart():
    talk = loaded(m.Play(), VIEW)
    end = talk.clock.now + 1.0
    while talk.clock.now < end:
        talk.tell(m.Credit())
    assert 30 < len(talk.heard(m.Frame)) <= 61


def test_after_a_pause_comes_one_exact_frame_and_then_silence():
    talk = loaded(VIEW, m.Play())
    talk.listen(0.2)
    talk.tell(m.Pause())
    for _ in range(6):
        talk.tell(m.Credit())
        talk.listen(0.1)
    frames = talk.heard(m.Frame)
    last = frames[-1]
    session = talk.trainer._session
    assert session is not None
    assert len(frames) <= 4
    assert last.step == session.step_count
    assert not last.playing
    np.testing.assert_array_equal(last.field, session.field(RECT, 40, 30))
    np.testing.assert_array_equal(last.predicted, session.predicted())
    np.testing.assert_array_equal(last.confusion, session.confusion(session.predicted()))
    assert talk.trainer.patience is None


def test_a_frame_carries_what_the_view_asks_for():
    talk = loaded(m.View(RECT, 40, 30, unit=(1, 2)), m.StepN(4))
    talk.listen(0.1)
    frame = talk.heard(m.Frame)[-1]
    assert frame.field.shape == (30, 40)
    assert frame.revision == 1
    assert frame.predicted.shape == (len(SCENE.points),)
    np.testing.assert_array_equal(
        frame.field, talk.trainer._session.field(RECT, 40, 30, unit=(1, 2))  # type: ignore[union-attr]
    )  # fmt: skip


@pytest.mark.parametrize("unit", [(2, 0), (1, 3), (0, 99)])
def test_a_unit_that_is_not_there_shows_probabilities_instead(unit: tuple[int, int]):
    talk = loaded(replace(VIEW, unit=unit))
    talk.listen(0.1)
    assert talk.heard(m.Failed) == []
    frame = talk.heard(m.Frame)[-1]
    assert frame.view.unit is None
    np.testing.assert_allclose(frame.field, talk.trainer._session.field(RECT, 40, 30), atol=0.05)  # type: ignore[union-attr]


# ---- edits ----------------------------------------------------------------------------------------------


def test_an_edit_lands_at_the_next_step_and_in_the_next_frame():
    talk = loaded(VIEW, m.StepN(3))
    talk.tell(m.Credit())
    talk.listen(0.2)
    before = parameters(talk)
    moved, _ = apply(Move(SCENE.points.ids[:20], SCENE.points.xy[:20] + 1.0), SCENE)
    grown, _ = apply(Add(Points.of([[5.0, 5.0]], 1, first_id=9999)), moved)
    talk.tell(m.SetScene(grown, 2), m.Credit())
    talk.listen(0.2)
    assert np.array_equal(parameters(talk), before)
    frame = talk.heard(m.Frame)[-1]
    assert (frame.revision, frame.step) == (2, 3)
    assert len(frame.predicted) == len(SCENE.points) + 1
    talk.tell(m.StepN(1))
    untouched = loaded(m.StepN(4))
    assert not np.array_equal(parameters(talk), parameters(untouched))


@pytest.mark.parametrize("steps", [0, 8])
def test_a_new_class_starts_afresh_and_says_so(steps: int):
    talk = loaded(m.StepN(steps)) if steps else loaded()
    said = talk.tell(m.SetScene(three_classes(), 2))
    assert only(said, m.Ready).parameters == 2 * 4 + 4 + 4 * 3 + 3 + 3 * 3 + 3
    assert only(said, m.State) == m.State(False, 0, "reset")
    store = CurveStore()
    for message in [*said, *talk.tell(m.StepN(20))]:
        if isinstance(message, m.Curves):
            store.append(message)
    assert store.step.tolist() == [0, 5, 10, 15, 20]


def three_classes() -> Scene:
    return SCENE.with_points(apply(Add(Points.of([[0.0, 0.0]], 2, first_id=9999)), replace(SCENE, classes=3))[0].points)


def test_settings_apply_while_it_plays():
    slow, fast = (loaded() for _ in range(2))
    fast.tell(m.SetScenario(SCENARIO.with_values({"training.learning_rate": 0.1}), 2))
    start = parameters(slow)
    for talk in (slow, fast):
        talk.tell(m.StepN(1))
    assert np.abs(parameters(fast) - start).max() > 5 * np.abs(parameters(slow) - start).max()


def test_reset_keeps_the_initial_weights_to_the_bit_and_a_new_seed_does_not():
    talk = loaded()
    start = parameters(talk)
    talk.tell(m.StepN(10))
    said = talk.tell(m.Reset(SCENARIO.training.seed))
    assert only(said, m.State) == m.State(False, 0, "reset")
    assert only(said, m.Curves).step.tolist() == [0]
    assert np.array_equal(parameters(talk), start)
    talk.tell(m.Reset(77))
    assert not np.array_equal(parameters(talk), start)


def test_reset_does_not_stop_it():
    talk = loaded(m.Play())
    talk.listen(0.2)
    assert only(talk.tell(m.Reset(0)), m.State).playing
    talk.listen(0.2)
    assert only(talk.tell(m.Pause()), m.State).step > 20


def test_curves_arrive_without_a_gap():
    talk = loaded(VIEW, m.Play(stop_at=400))
    talk.listen(3.0)
    store = CurveStore()
    for chunk in talk.heard(m.Curves):
        store.append(chunk)
    assert store.step.tolist() == list(range(0, 401, 5))
    loss = store.column("train_loss")[:, 0]
    assert loss[-1] < loss[0]


# ---- failures -------------------------------------------------------------------------------------------


def test_a_device_that_is_not_there_is_refused_and_the_trainer_goes_on():
    talk = loaded(m.StepN(5))
    failed = only(talk.tell(m.Load(SCENARIO, SCENE, 2, "abacus")), m.Failed)
    assert "abacus" in failed.message
    assert "Load" in failed.where
    assert "Traceback" in failed.details
    assert not failed.fatal
    assert only(talk.tell(m.StepN(1)), m.State).step == 6
    assert only(talk.tell(m.Load(SCENARIO, SCENE, 3, "cpu")), m.State).why == "loaded"


def test_an_error_while_training_stops_it_once_and_a_reload_helps(monkeypatch: pytest.MonkeyPatch):
    talk = loaded(VIEW)

    def broken(n: int = 1) -> None:
        raise RuntimeError("the sky fell")

    monkeypatch.setattr(talk.trainer._session, "step", broken)
    talk.tell(m.Play())
    talk.listen(0.5)
    failed = only(talk.said, m.Failed)
    assert (failed.where, failed.message) == ("while training", "the sky fell")
    assert not talk.trainer.playing
    talk.tell(m.Load(SCENARIO, SCENE, 2, "cpu"), m.Play(), m.Credit())
    talk.listen(0.2)
    assert only(talk.tell(m.Pause()), m.State).step > 20


def test_an_error_while_drawing_is_told_once(monkeypatch: pytest.MonkeyPatch):
    talk = loaded()

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("no paint")

    monkeypatch.setattr(talk.trainer._session, "field", broken)
    talk.tell(VIEW)
    talk.listen(0.5)
    assert [f.message for f in talk.heard(m.Failed)] == ["no paint"]


def test_a_run_that_diverges_pauses_and_says_why():
    wild = SCENARIO.with_values(
        {"training.optimiser": "sgd", "training.learning_rate": 100.0, "learner.activation": "linear"}
        | {"learner.loss": "squared", "training.batch_size": "full"}
    )
    talk = Conversation(m.Load(wild, SCENE, 1, "cpu"), VIEW, m.Play())
    talk.listen(2.0)
    assert talk.heard(m.State)[-1].why == "diverged"
    assert not talk.trainer.playing
    talk.tell(m.Credit())
    talk.listen(0.2)
    assert talk.heard(m.Frame)[-1].diverged.all()
    talk.tell(m.Reset(0))
    talk.tell(m.Credit())
    talk.listen(0.2)
    assert not talk.heard(m.Frame)[-1].diverged.any()


def test_a_closed_link_trains_no_more():
    talk = loaded(m.Play())
    talk.link.close()
    assert not talk.trainer.playing


def test_messages_do_not_share_memory_with_the_trainer():
    talk = loaded(VIEW, m.StepN(5))
    talk.listen(0.1)
    frame, chunk = talk.heard(m.Frame)[-1], talk.heard(m.Curves)[-1]
    arrays: list[Any] = [frame.field, frame.predicted, frame.confusion, frame.diverged, chunk.values]
    copies = [a.copy() for a in arrays]
    talk.tell(m.Credit(), m.StepN(20))
    talk.listen(0.1)
    for now, then in zip(arrays, copies, strict=True):
        assert np.array_equal(now, then, equal_nan=now.dtype == np.float64)


def test_while_a_settled_learner_plays_the_process_may_sleep_once_all_is_said():
    scenario = SCENARIO.with_values({"learner.name": "SVC"})
    talk = Conversation(m.Load(scenario, SCENE, 1), m.View(RECT, 40, 30), m.Play())
    talk.listen(1.0)
    talk.tell(m.Credit())
    talk.listen(1.0)
    assert talk.heard(m.State)[-1].playing
    assert talk.trainer.patience is None
    evaluated = [int(step) for chunk in talk.heard(m.Curves) for step in chunk.step]
    assert evaluated[-1] == talk.trainer._session.evaluated.step, "nothing is kept back"  # type: ignore[union-attr]
    talk.tell(m.SetScene(replace(SCENE, points=SCENE.points.take(np.arange(1, len(SCENE.points)))), 2))
    talk.listen(1.0)
    assert talk.heard(m.RevisionApplied)[-1].revision == 2, "it is wide awake again"
