"""While points are dragged: what is quick is judged at once, what takes longer once they rest, beside training."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from typing import Literal

import numpy as np
import pytest

from boundaryviz.defences import DefenceSettings, Fit, Verdict
from boundaryviz.engine import defending
from boundaryviz.engine import messages as m
from boundaryviz.engine.judging import DefenceError
from boundaryviz.engine.probes.defence import Guarded
from boundaryviz.engine.session import Session
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Move, apply
from boundaryviz.scene.scene import Domain, Points, Scene
from helpers.filters import broken, defended, everything, tops
from helpers.talks import Conversation, answers

BASE = Scenario().with_values(
    {"data.n": 60, "learner.hidden": [4], "training.evaluate_every": 5, "poison.attack": "copies", "poison.count": 6}
)
SCENE = BASE.scene()
MAY = Event()
"""What the slow filter waits for."""


class Slow(DefenceSettings):
    """Removes the highest points, when it is allowed to."""

    TITLE = "Slow filter"
    defence: Literal["slow"] = "slow"
    fails: bool = False

    def judge(self, points: Points, fit: Fit, rng: np.random.Generator) -> Verdict:
        assert MAY.wait(10)
        if self.fails:
            raise ValueError("it finds nothing to go by")
        scores = tops(points, fit, rng)
        return Verdict((1 - scores).astype(np.float32), scores)


SLOW, FAILING = (BASE.model_copy(update={"defence": Slow(fails=fails)}) for fails in (False, True))
LOAD = m.Load(SLOW, SCENE, 1, "cpu", twin=True)
QUICK = m.Load(defended(BASE), SCENE, 1, "cpu", twin=True)


@pytest.fixture(autouse=True)
def times(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody waits long; and no thread stays behind."""
    monkeypatch.setattr(defending, "WAIT", 0.01)
    monkeypatch.setattr(defending, "REST", 0.0)
    MAY.clear()
    yield
    MAY.set()


def session(talk: Conversation) -> Session:
    found = talk.trainer._session
    assert found is not None
    return found


def moved(scene: Scene, k: int, by: float = 0.5) -> Scene:
    ids = scene.points.ids[scene.points.is_train][k : k + 1]
    return apply(Move(ids, np.array([[0.0, 1.0 + by]])), scene)[0]


def until(talk: Conversation, what: str) -> None:
    """Listen until the thread has come to its end and was heard."""
    for _ in range(1000):
        if not session(talk).defending.pending:
            return
        thread = session(talk).defending._thread
        if thread is not None and thread.begun:
            thread._thread.join(0.01)
        talk.listen(0.01)
    raise AssertionError(what)


def headless(scenario: Scenario, scene: Scene) -> set[int]:
    judged = Session(scenario, scene, device="cpu", twin=True).defending.judged
    assert judged is not None
    return set(judged[1].ids[judged[1].removed].tolist())


def removed(talk: Conversation) -> set[int]:
    judged = session(talk).defending.judged
    assert judged is not None
    return set(judged[1].ids[judged[1].removed].tolist())


def test_what_is_quick_is_judged_with_every_move() -> None:
    talk = Conversation(QUICK, m.Play())
    scene = SCENE
    for revision in range(2, 5):
        scene = moved(scene, revision)
        talk.tell(m.SetScene(scene, revision))
        until(talk, "it was not judged")
        assert removed(talk) == headless(defended(BASE), scene)


def test_before_the_first_verdict_nothing_is_trained_and_then_it_goes_on() -> None:
    talk = Conversation(LOAD, m.Play())
    talk.listen(0.5)
    assert session(talk).step_count == 0
    assert session(talk).defending.holds
    assert talk.trainer.patience is not None
    MAY.set()
    until(talk, "the verdict never came")
    talk.listen(0.5)
    assert session(talk).step_count > 0
    assert removed(talk) == headless(SLOW, SCENE)


def test_what_takes_long_is_judged_beside_training_which_goes_on_with_the_last_verdict() -> None:
    MAY.set()
    talk = Conversation(LOAD, m.Play())
    until(talk, "the verdict never came")
    session(talk).defending.seconds = 1.0  # as if that had taken long
    MAY.clear()
    before, scene = removed(talk), moved(SCENE, 3)
    talk.tell(m.SetScene(scene, 2))
    step = session(talk).step_count
    talk.listen(0.3)
    assert session(talk).defending.pending
    assert session(talk).step_count > step
    assert removed(talk) == before
    talk.tell(m.SetScene(scene := moved(scene, 4), 3))  # what was under way is of a scene that is there no more
    MAY.set()
    until(talk, "the second verdict never came")
    assert removed(talk) == headless(SLOW, scene)


def test_single_steps_wait_for_the_verdict() -> None:
    talk = Conversation(LOAD)
    MAY.set()
    talk.tell(m.StepN(3))
    assert session(talk).step_count == 3
    assert not session(talk).defending.pending
    assert removed(talk) == headless(SLOW, SCENE)


def test_where_it_cannot_judge_training_is_refused_in_words_until_it_can() -> None:
    MAY.set()
    talk = Conversation(m.Load(FAILING, SCENE, 1, "cpu"), m.Play())
    talk.listen(0.2)
    for _ in range(100):
        if talk.heard(m.Failed):
            break
        talk.listen(0.05)
    failed = talk.heard(m.Failed)[0]
    assert (failed.where, failed.fatal) == ("in the defence", False)
    assert failed.message == "Slow filter: it finds nothing to go by"
    talk.tell(m.Play())
    assert talk.heard(m.Failed)[-1].where == "in the defence"
    talk.tell(m.SetScenario(BASE, 2), m.Play())
    talk.listen(0.2)
    assert session(talk).step_count > 0


def test_a_past_moment_is_fitted_to_what_its_defence_leaves() -> None:
    nearest = BASE.with_values({"learner.name": "KNeighborsClassifier", "learner.n_neighbors": 1})
    slow = nearest.model_copy(update={"defence": Slow()})
    MAY.set()
    talk = Conversation(m.Load(slow, SCENE, 1, "cpu"), m.Play())
    until(talk, "it was not judged")
    talk.listen(0.2)
    now = session(talk)
    wanted, everywhere = now.field(SCENE.domain, 40, 40), Session(nearest, SCENE, device="cpu")
    everywhere.step(1)
    assert not np.array_equal(wanted, everywhere.field(SCENE.domain, 40, 40))
    MAY.clear()
    talk.tell(m.LoadCheckpoint(0, slow, SCENE, -1, now.state()))
    past = talk.trainer._loaded_checkpoint
    assert past is not None
    talk.trainer.handle(m.View(SCENE.domain, 40, 40, past=0))
    MAY.set()
    for _ in range(100):
        talk.listen(0.02)
        if not past[2].defending.pending:
            break
    np.testing.assert_array_equal(past[2].field(SCENE.domain, 40, 40), wanted)


def refused(talk: Conversation) -> None:
    for _ in range(100):
        if talk.heard(m.Failed):
            return
        talk.listen(0.02)
    raise AssertionError("it was not refused")


def test_training_that_a_refused_verdict_halted_goes_on_with_another_defence() -> None:
    talk = Conversation(m.Load(BASE, SCENE, 1, "cpu"), m.Play())
    talk.tell(m.SetScenario(defended(BASE, everything), 2))
    refused(talk)
    assert not talk.trainer.playing
    talk.tell(m.SetScenario(defended(BASE), 3))
    assert talk.heard(m.State)[-1].playing
    until(talk, "it was not judged")
    before = session(talk).step_count
    talk.listen(0.2)
    assert session(talk).step_count > before


def test_training_that_was_paused_meanwhile_stays_paused() -> None:
    talk = Conversation(m.Load(BASE, SCENE, 1, "cpu"), m.Play())
    talk.tell(m.SetScenario(defended(BASE, everything), 2))
    refused(talk)
    talk.tell(m.Pause(), m.SetScenario(defended(BASE), 3))
    assert not talk.trainer.playing


def test_a_defence_that_leaves_nothing_is_refused_and_the_scene_stays() -> None:
    talk = Conversation(m.Load(BASE, SCENE, 1, "cpu"), m.Play())
    talk.listen(0.1)
    talk.tell(m.SetScenario(defended(BASE, everything), 2))
    for _ in range(100):
        if talk.heard(m.Failed):
            break
        talk.listen(0.02)
    assert "would remove every point of class 0" in talk.heard(m.Failed)[0].message
    assert session(talk).scene == SCENE


def test_what_a_broken_filter_raises_is_told_and_does_not_end_the_trainer() -> None:
    talk = Conversation(m.Load(BASE, SCENE, 1, "cpu"), m.Play())
    talk.tell(m.SetScenario(defended(BASE, broken), 2))
    for _ in range(100):
        if talk.heard(m.Failed):
            break
        talk.listen(0.02)
    assert "is broken" in talk.heard(m.Failed)[0].message
    talk.tell(m.SetScenario(BASE, 3), m.Play())
    talk.listen(0.2)
    assert session(talk).step_count > 0


def test_the_window_is_told_of_every_other_verdict() -> None:
    talk = Conversation(m.Subscribe("defence"), LOAD, m.View(Domain(-2.0, 3.0, -2.0, 2.0), 20, 15))
    talk.listen(0.1)
    first = answers(talk.said, "defence")[-1].value
    assert isinstance(first, Guarded)
    assert (first.judged, first.pending) == (None, True)
    MAY.set()
    until(talk, "the verdict never came")
    talk.listen(0.5)
    last = answers(talk.said, "defence")[-1].value
    assert set(last.judged.ids[last.judged.removed].tolist()) == headless(SLOW, SCENE)
    assert not last.clean.poison.any()
    assert last.judged.poison.any()
    assert not last.pending


def test_what_is_looked_back_at_is_told_as_it_was_judged() -> None:
    MAY.set()
    talk = Conversation(m.Subscribe("defence"), QUICK, m.View(Domain(-2.0, 3.0, -2.0, 2.0), 20, 15))
    until(talk, "the verdict never came")
    state = session(talk).state()
    talk.tell(m.SetScene(moved(SCENE, 3), 2))
    until(talk, "the second verdict never came")
    talk.tell(m.LoadCheckpoint(7, defended(BASE), SCENE, 1, state))
    talk.tell(m.View(Domain(-2.0, 3.0, -2.0, 2.0), 20, 15, past=7))
    talk.listen(0.5)
    last = answers(talk.said, "defence")[-1]
    assert last.key.past == 7
    assert set(last.value.judged.ids[last.value.judged.removed].tolist()) == headless(defended(BASE), SCENE)


def test_a_session_without_a_window_waits_for_no_thread() -> None:
    MAY.set()
    with pytest.raises(DefenceError):
        Session(FAILING, SCENE, device="cpu")
    assert not Session(SLOW, SCENE, device="cpu").defending.pending
