"""How fast a run goes and where it stops, under a clock of the test's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.engine import messages as m
from boundaryviz.engine.tempo import Tempo
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Scene
from helpers.talks import Conversation

REST = m.Play(1000.0, 60, 60)
MADE = Scenario().with_values({"data.n": 40, "learner.hidden": [4], "training.batch_size": "full"})


def begun(*messages: m.ToTrainer, made: Scenario = MADE) -> Conversation:
    return Conversation(m.Load(made, made.scene(), 1, "cpu"), *messages)


def moved(scene: Scene, by: float = 0.01) -> Scene:
    points = scene.points
    return replace(scene, points=replace(points, xy=points.xy + by))


def last(talk: Conversation) -> m.State:
    return talk.heard(m.State)[-1]


def rested(talk: Conversation) -> int:
    """The step at which it comes to rest."""
    for _ in range(40):
        talk.listen(0.1)
        if not last(talk).playing:
            break
    assert last(talk).why == "stop-step"
    assert not last(talk).playing
    return last(talk).step


@given(st.floats(1.0, 1000.0), st.lists(st.floats(0.0001, 0.3), min_size=1, max_size=60))
def test_steps_come_evenly_and_lost_time_is_never_caught_up_with_in_a_leap(speed: float, waits: list[float]) -> None:
    tempo, now, step = Tempo(), 5.0, 7
    tempo.ask(m.Play(speed), step, playing=False)
    tempo.start(now, step)
    for wait in waits:
        now += wait
        allowed = tempo.allowance(now, step)
        assert 0 <= allowed <= max(0.1 * speed, 1.0)
        assert allowed <= speed * wait + 1.0001, "at most one step beyond the time that has passed"
        step += allowed
    assert step - 7 <= speed * (now - 5.0) + 1


@pytest.mark.parametrize("speed", [3.0, 40.0, 250.0])
def test_at_a_slow_pace_every_frames_time_brings_as_many_steps_as_the_one_before(speed: float) -> None:
    tempo, step, counts = Tempo(), 0, list[int]()
    tempo.ask(m.Play(speed), 0, playing=False)
    tempo.start(0.0, 0)
    for frame in range(1, 601):
        counts.append(tempo.allowance(frame / 60, step))
        step += counts[-1]
    assert max(counts) - min(counts) <= 1
    assert step == pytest.approx(10 * speed, abs=1)


@pytest.mark.parametrize("speed", [None, 200.0, 35.0])
@pytest.mark.parametrize("stop", [1, 37])
def test_the_step_at_which_it_rests_is_exact_at_every_speed(speed: float | None, stop: int) -> None:
    talk = begun(m.Play(speed, stop, stop))
    assert rested(talk) == stop
    frozen = len(talk.heard(m.State))
    talk.listen(1.0)
    assert len(talk.heard(m.State)) == frozen, "and there it stays"


def test_told_to_play_where_it_rests_it_goes_on_without_another_stop() -> None:
    talk = begun(REST)
    assert rested(talk) == 60
    talk.tell(REST)
    talk.listen(0.1)
    assert last(talk) == m.State(True, 60)
    talk.tell(replace(REST, speed=500.0))  # another speed is no reason to stop
    talk.listen(0.2)
    talk.tell(m.Pause())
    assert (paused := last(talk)).step > 130
    talk.tell(REST)
    talk.listen(0.1)
    assert last(talk) == m.State(True, paused.step)


def test_without_again_it_stays_where_it_has_stopped() -> None:
    talk = begun(m.Play(stop_at=60))
    assert rested(talk) == 60
    talk.tell(m.SetScene(moved(MADE.scene()), 2), m.Play(stop_at=60))
    assert rested(talk) == 60


@pytest.mark.parametrize("what", ["scene", "rate"])
def test_a_change_where_it_rests_has_as_many_steps_follow(what: str) -> None:
    talk = begun(REST)
    assert rested(talk) == 60
    other = MADE.with_values({"training.learning_rate": 0.5})
    talk.tell(m.SetScene(moved(MADE.scene()), 2) if what == "scene" else m.SetScenario(other, 2))
    assert rested(talk) == 120
    assert talk.heard(m.RevisionApplied)[-1] == m.RevisionApplied(2, 60)


def test_a_change_on_the_way_has_as_many_steps_follow() -> None:
    talk = begun(replace(REST, speed=50.0))
    talk.listen(0.5)
    talk.tell(m.SetScene(moved(MADE.scene()), 2))
    assert rested(talk) == 60 + talk.heard(m.RevisionApplied)[-1].step


def test_words_and_the_length_of_the_run_are_nothing_to_learn_from() -> None:
    talk = begun(REST)
    assert rested(talk) == 60
    for number, (path, value) in enumerate(
        (("title", "Other"), ("training.steps", 90), ("training.evaluate_every", 7))
    ):
        talk.tell(m.SetScenario(MADE.with_values({path: value}), 2 + number))
        assert rested(talk) == 60


def test_a_stop_named_anew_is_that_step_whatever_was_changed_before() -> None:
    talk = begun(replace(REST, speed=50.0))
    talk.listen(0.5)
    talk.tell(m.SetScene(moved(MADE.scene()), 2), m.Play(None, 70, 70))
    assert rested(talk) == 70


def test_who_pauses_is_not_woken_by_a_change() -> None:
    talk = begun(replace(REST, speed=50.0))
    talk.listen(0.5)
    talk.tell(m.Pause())
    talk.tell(m.SetScene(moved(MADE.scene()), 2))
    talk.listen(1.0)
    assert last(talk).why == "asked"
    talk.tell(m.Play(None, 60, 60))
    assert rested(talk) == 60 + last_change(talk)


def last_change(talk: Conversation) -> int:
    return talk.heard(m.RevisionApplied)[-1].step


@pytest.mark.parametrize("gone_on", [False, True])
def test_reset_where_it_rests_trains_to_the_stop_again(gone_on: bool) -> None:
    talk = begun(REST)
    assert rested(talk) == 60
    if gone_on:
        talk.tell(REST)
        talk.listen(0.2)
    talk.tell(m.Reset(0))
    assert m.State(True, 0, "reset") in talk.said
    assert rested(talk) == 60


def test_a_step_beyond_the_rest_is_one_step_and_play_goes_on_from_there() -> None:
    talk = begun(REST)
    assert rested(talk) == 60
    talk.tell(m.StepN(1))
    talk.tell(m.SetScene(moved(MADE.scene()), 2))  # it was told to pause
    talk.listen(0.5)
    assert last(talk) == m.State(False, 61)


def test_a_branch_from_before_the_stop_ends_there_with_the_same_weights() -> None:
    talk = begun(replace(REST, speed=50.0))
    talk.listen(0.5)
    talk.tell(m.Pause())
    middle = talk.heard(m.Checkpoint)[-1]
    talk.tell(REST)
    assert rested(talk) == 60
    ends = [talk.heard(m.Checkpoint)[-1]]
    talk.tell(m.Resume(MADE, MADE.scene(), 1, middle.state, "cpu"), REST)
    assert rested(talk) == 60
    ends.append(talk.heard(m.Checkpoint)[-1])
    assert [end.step for end in ends] == [60, 60]
    a, b = (end.state for end in ends)
    assert all(np.array_equal(a[name], b[name]) for name in a if not name.startswith("cascade."))


def test_pace_and_rests_change_nothing_that_is_learnt() -> None:
    ends = []
    for play in (m.Play(stop_at=60), m.Play(400.0, 60, 60)):
        talk = begun(play)
        assert rested(talk) == 60
        ends.append(talk.heard(m.Checkpoint)[-1].state)
    assert all(np.array_equal(ends[0][name], ends[1][name]) for name in ends[0] if not name.startswith("cascade."))
