"""What a trainer records of a run, and going back to it, message by message."""

from __future__ import annotations

import numpy as np
import pytest

from boundaryviz.engine import messages as m
from boundaryviz.engine.recorder import AGAIN, BURST, Recorder
from boundaryviz.engine.session import Session
from boundaryviz.learners.cascade import same as same_cascade
from boundaryviz.scenario.gallery import load
from boundaryviz.scene.edits import Move, apply
from boundaryviz.scene.scene import Domain, Scene, Target
from helpers.talks import Conversation, answers

VIEW = m.View(Domain(-2.0, 3.0, -2.0, 2.0), 40, 30)
SCENARIO = load("moons").with_values({"data.n": 60, "learner.hidden": [4, 3], "training.evaluate_every": 5})
SCENE = SCENARIO.scene()


def moved(x: float, scene: Scene = SCENE) -> Scene:
    return apply(Move(scene.points.ids[:1], np.array([[x, 0.0]])), scene)[0]


def same(a: m.Checkpoint, b: m.Checkpoint) -> bool:
    return all(np.array_equal(a.state[name], b.state[name]) for name in a.state)


def test_a_run_is_recorded_from_its_beginning_to_its_halt() -> None:
    talk = Conversation(m.Load(SCENARIO, SCENE, 1, "cpu"))
    talk.train_to(300)
    checkpoints = talk.heard(m.Checkpoint)
    steps = [one.step for one in checkpoints]
    assert checkpoints[0].why == {"first"}
    assert steps[0] == 0
    assert max(steps) == 300
    assert len(set(steps)) == len(steps) > 10
    direct = Session(SCENARIO, SCENE, device="cpu")
    for one in sorted(checkpoints, key=lambda one: one.step):
        direct.step(one.step - direct.step_count)
        assert all(np.array_equal(one.state[name], array) for name, array in direct.state().items())
        assert one.field.shape[1] == 256 or one.field.shape[0] == 256
        rows, columns = one.field.shape
        exact = direct.field(one.rect, columns, rows)
        np.testing.assert_allclose(one.field.astype(np.float32), exact, atol=0.02)  # quick, and half precision


D = SCENE.domain
JUST = Domain(
    np.nextafter(D.left, 9.0), D.right, D.bottom, np.nextafter(D.top, -9.0)
)  # as a view comes out of rounding


@pytest.mark.parametrize(
    ("shown", "kept"), [(VIEW.rect, VIEW.rect), (JUST, JUST), (Domain(-9.0, 9.0, -9.0, 9.0), SCENE.domain)]
)
def test_moments_fill_the_plane_as_it_is_shown_unless_that_is_far_out(shown: Domain, kept: Domain) -> None:
    talk = Conversation(m.Load(SCENARIO, SCENE, 1, "cpu"), m.View(shown, 40, 30), m.Credit())
    talk.train_to(200)
    later = [one for one in talk.heard(m.Checkpoint) if one.step > 0]
    assert len(later) > 5
    assert {one.rect for one in later} == {kept}


def test_the_lowest_validation_loss_is_recorded_as_soon_as_it_can_be() -> None:
    talk = Conversation(m.Load(SCENARIO, SCENE, 1, "cpu"))
    talk.train_to(400)
    loss = {int(s): v for c in talk.heard(m.Curves) for s, v in zip(c.step, c.values[:, 0, 1], strict=True)}
    lowest = min(loss, key=lambda step: loss[step])
    best = [one.step for one in talk.heard(m.Checkpoint) if "best" in one.why]
    assert max(best) == lowest


def test_changes_are_told_with_the_step_from_which_they_are_trained_on() -> None:
    talk = Conversation(m.Load(SCENARIO, SCENE, 1, "cpu"))
    assert talk.heard(m.RevisionApplied) == []
    talk.train_to(20)
    assert talk.heard(m.RevisionApplied) == [m.RevisionApplied(1, 0)]
    talk.tell(m.SetScene(moved(0.1), 2), m.SetScene(moved(0.2), 3))
    talk.tell(m.StepN(1))
    talk.tell(m.StepN(1))
    assert talk.heard(m.RevisionApplied) == [
        m.RevisionApplied(1, 0),
        m.RevisionApplied(3, 20),
    ]  # nothing was trained on 2
    slower = SCENARIO.with_values({"training.learning_rate": 0.0001})
    talk.tell(m.SetScene(moved(0.3), 4, slower))
    talk.train_to(30)
    assert talk.heard(m.RevisionApplied)[-1] == m.RevisionApplied(4, 22)
    assert {20, 22} <= {one.step for one in talk.heard(m.Checkpoint)}
    direct = Session(SCENARIO, SCENE, device="cpu")
    direct.step(20)
    direct.set_scene(moved(0.2))
    direct.step(2)
    direct.set_scenario(slower)
    direct.set_scene(moved(0.3))
    direct.step(8)
    assert all(np.array_equal(talk.heard(m.Checkpoint)[-1].state[k], v) for k, v in direct.state().items())


def test_a_reset_begins_anew() -> None:
    talk = Conversation(m.Load(SCENARIO, SCENE, 1, "cpu"))
    talk.train_to(10)
    said = talk.tell(m.Reset(0))
    (first,) = [one for one in said if isinstance(one, m.Checkpoint)]
    assert first.step == 0
    assert first.why == {"first"}
    talk.train_to(10)
    assert talk.heard(m.RevisionApplied) == [m.RevisionApplied(1, 0), m.RevisionApplied(1, 0)]


@pytest.mark.parametrize("twin", [False, True])
def test_resumed_at_a_moment_it_goes_on_as_it_did(twin: bool) -> None:
    scenario = load("two-moons-bridge-neural").with_values({"data.n": 60, "poison.count": 5})
    scene = scenario.scene()
    talk = Conversation(m.Load(scenario, scene, 1, "cpu", 2, twin))
    talk.train_to(60)
    checkpoints = {one.step: one for one in talk.heard(m.Checkpoint)}
    middle = next(step for step in sorted(checkpoints) if step >= 20)
    other = Conversation(m.Resume(scenario, scene, 5, checkpoints[middle].state, "cpu", 2, twin))
    assert other.heard(m.State) == [m.State(False, middle, "resumed")]
    other.train_to(60)
    assert same(other.heard(m.Checkpoint)[-1], checkpoints[60])
    assert other.heard(m.RevisionApplied) == []  # what it resumes with is what was trained on


def test_a_pin_that_flips_is_recorded_at_that_step() -> None:
    scene = SCENE.__class__(**{**vars(SCENE), "targets": (Target(1.5, 0.0, 0), Target(0.0, 0.5, 0))})
    talk = Conversation(m.Load(SCENARIO, scene, 1, "cpu"))
    talk.train_to(500)
    won: dict[int, int] = {}
    for chunk in talk.heard(m.Curves):
        for step, margins in zip(chunk.step, chunk.margins[:, 0], strict=True):
            for pin in np.flatnonzero(margins > 0):
                won.setdefault(int(pin), int(step))
    flips = {step for step in won.values() if step > 0}
    assert flips
    assert flips == {one.step for one in talk.heard(m.Checkpoint) if "flip" in one.why}


def test_a_loaded_checkpoint_is_shown_and_rendered_while_the_present_stays() -> None:
    talk = Conversation(m.Load(SCENARIO, SCENE, 1, "cpu"), VIEW)
    talk.train_to(100)
    talk.listen(0.2)
    past = next(one for one in talk.heard(m.Checkpoint) if one.step >= 30)
    direct = Session(SCENARIO, SCENE, device="cpu")
    direct.step(past.step)
    other = moved(0.4)
    direct.set_scene(other)
    shown = m.View(VIEW.rect, 40, 30, past=7)
    talk.tell(m.Credit(), m.LoadCheckpoint(7, SCENARIO, other, 3, past.state), shown)
    talk.listen(0.3)
    frame = talk.heard(m.Frame)[-1]
    assert (frame.step, frame.revision, frame.view.past) == (past.step, 3, 7)
    np.testing.assert_array_equal(frame.field, direct.field(VIEW.rect, 40, 30))
    np.testing.assert_array_equal(frame.predicted, direct.predicted())
    (rendering,) = [one for one in talk.tell(m.Render(11, None, 64)) if isinstance(one, m.Rendering)]
    assert (rendering.number, rendering.step, rendering.revision, rendering.clean) == (11, past.step, 3, None)
    np.testing.assert_array_equal(rendering.field, direct.field(SCENE.domain, 64, len(rendering.field)))
    talk.tell(m.Credit(), VIEW)
    talk.listen(0.3)
    assert talk.heard(m.Frame)[-1].step == 100
    (rendering,) = [one for one in talk.tell(m.Render(12, VIEW.rect, 32)) if isinstance(one, m.Rendering)]
    assert (rendering.step, rendering.revision, rendering.rect) == (100, 1, VIEW.rect)


def test_the_beginning_after_a_reset_is_dense_again() -> None:
    talk = Conversation(m.Load(SCENARIO, SCENE, 1, "cpu"))
    talk.train_to(200)
    talk.trainer._recorder._credit = -0.02
    talk.listen(3.0)
    before = len(talk.said)
    talk.tell(m.Reset(0))
    talk.train_to(60)
    assert sum(isinstance(one, m.Checkpoint) and one.step < 60 for one in talk.said[before:]) > 40


def test_one_beginning_soon_after_the_other_gets_no_burst() -> None:
    now = [0.0]
    recorder = Recorder(lambda: now[0])
    recorder._credit, now[0] = -0.02, 0.2
    recorder.begin()
    assert recorder._credit == pytest.approx(AGAIN * 0.2)
    recorder._credit, now[0] = -0.02, 9.0
    recorder.begin()
    assert recorder._credit == BURST


def test_twins_and_cascade_of_a_loaded_checkpoint_are_told_as_they_were() -> None:
    values = {"learner.name": "pseudo-label", "data.labels_per_class": 3, "poison.target": [0.0, 0.5]}
    poisoned = SCENARIO.with_values({**values, "poison.count": 6, "learner.threshold": 0.55})
    scene = poisoned.scene()
    view = m.View(VIEW.rect, 40, 30, clean=True)
    talk = Conversation(
        view, m.Subscribe("twins"), m.Subscribe("cascade"), m.Load(poisoned, scene, 1, "cpu", twin=True)
    )
    talk.train_to(100)
    talk.listen(1.0)
    past = next(one for one in talk.heard(m.Checkpoint) if one.step >= 30)
    direct = Session(poisoned, scene, twin=True, device="cpu")
    direct.watch(0)
    direct.step(past.step)
    before = len(talk.said)
    talk.tell(m.LoadCheckpoint(7, poisoned, scene, 3, past.state), m.View(VIEW.rect, 40, 30, clean=True, past=7))
    talk.listen(1.0)
    (said,) = answers(talk.said[before:], "twins")
    twins = said.value
    assert (said.key.past, said.key.revision, twins.step) == (7, 3, past.step)
    np.testing.assert_array_equal(twins.poisoned_area, direct.twins(len(twins.poisoned_area[0, 0])).poisoned_area)
    (said,) = answers(talk.said[before:], "cascade")
    assert (said.key.past, said.value.step, said.key.revision) == (7, past.step, 3)
    there = direct.cascade(direct.shown(0))
    assert there is not None
    assert np.isfinite(there.when[scene.points.label < 0]).any()
    assert same_cascade(said.value.chains, there)
    talk.tell(view)
    talk.listen(1.0)
    for probe in ("twins", "cascade"):
        assert [one.key.past for one in answers(talk.said, probe)][-2:] == [7, None]
    for wanted in (m.Unsubscribe("cascade"), m.Subscribe("cascade")):  # hidden and shown again, while nothing changes
        before = len(answers(talk.said, "cascade"))
        talk.tell(wanted)
        talk.listen(1.0)
    assert len(answers(talk.said, "cascade")) == before + 1


def test_what_is_fitted_at_once_is_recorded_when_it_rests() -> None:
    scenario = load("two-moons-bridge").with_values({"data.n": 100})
    scene = scenario.scene()
    talk = Conversation(m.Load(scenario, scene, 1, "cpu"))
    talk.tell(m.Play())
    talk.listen(0.2)
    talk.tell(m.SetScene(moved(0.3, scene), 2))
    talk.listen(0.2)
    talk.tell(m.Pause())
    assert [one.step for one in talk.heard(m.Checkpoint)] == [0, 1, 2]
    assert talk.heard(m.RevisionApplied) == [m.RevisionApplied(1, 0), m.RevisionApplied(2, 1)]
    again = Conversation(m.Resume(scenario, moved(0.3, scene), 2, talk.heard(m.Checkpoint)[-1].state, "cpu"))
    (rendering,) = [one for one in again.tell(m.Render(1)) if isinstance(one, m.Rendering)]
    (was,) = [one for one in talk.tell(m.Render(1)) if isinstance(one, m.Rendering)]
    np.testing.assert_array_equal(rendering.field, was.field)


def test_a_state_that_does_not_fit_is_told_and_changes_nothing() -> None:
    talk = Conversation(m.Load(SCENARIO, SCENE, 1, "cpu"))
    talk.train_to(10)
    wider = SCENARIO.with_values({"learner.hidden": [9]})
    said = talk.tell(m.Resume(wider, SCENE, 2, talk.heard(m.Checkpoint)[-1].state, "cpu"))
    assert [one.where for one in said if isinstance(one, m.Failed)] == ["while handling Resume"]
    (rendering,) = [one for one in talk.tell(m.Render(1)) if isinstance(one, m.Rendering)]
    assert rendering.step == 10


def test_resuming_with_fewer_runs_than_the_view_shows_watches_the_last_of_them() -> None:
    made = SCENARIO.with_values({"learner.name": "fixmatch", "data.labels_per_class": 3, "learner.threshold": 0.55})
    scene = made.scene()
    alone = Conversation(m.Load(made, scene, 1, "cpu"))
    alone.train_to(40)
    talk = Conversation(m.View(VIEW.rect, 40, 30, seed=3), m.Load(made, scene, 1, "cpu", seeds=4))
    said = talk.tell(m.Resume(made, scene, 2, alone.heard(m.Checkpoint)[-1].state, "cpu", seeds=1))
    assert [one.message for one in said if isinstance(one, m.Failed)] == []
    assert [one for one in said if isinstance(one, m.State)] == [m.State(False, 40, "resumed")]
    session = talk.trainer._session
    assert session is not None
    assert session.cascades.watched == 0


def test_all_that_recording_takes_is_paid_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also taking the state, and going to the moment of the lowest loss and back."""
    now = 0.0
    run, recorder = Session(SCENARIO, SCENE, device="cpu"), Recorder(lambda: now)

    def slow(name: str) -> None:
        real = getattr(run, name)

        def slowly(*given: object, **named: object) -> object:
            nonlocal now
            now += 1.0
            return real(*given, **named)

        monkeypatch.setattr(run, name, slowly)

    for name in ("state", "as_of"):
        slow(name)
    recorder.record(run, 0)
    assert recorder._credit == pytest.approx(BURST - 1.0)
    run.step(5)
    recorder._credit = BURST
    recorder._best = run.state()
    recorder.settle(run, 0)
    assert recorder._credit == pytest.approx(BURST - 1.0)
    assert [one.step for one in recorder.take()] == [0, 5]
