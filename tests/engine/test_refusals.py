"""A trainer that is told to train more than there is memory for says so, goes on afterwards, and mixes nothing up."""

from __future__ import annotations

import numpy as np
import pytest

from boundaryviz.engine import messages as m
from boundaryviz.engine.session import Session
from boundaryviz.learners.families.graphs import LabelSpreadingSpec
from boundaryviz.scenario import cost
from boundaryviz.scenario.cost import MemoryNeeded
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Add, apply
from boundaryviz.scene.scene import Domain, Points, Scene
from helpers.talks import Conversation

SMALL = Scenario().with_values({"data.n": 60, "learner.hidden": [4], "training.evaluate_every": 5})
SCENE = SMALL.scene()
KERNELS = SMALL.with_values({"learner.name": "label-spreading", "learner.kernel": "rbf"})
FEW = KERNELS.with_values({"data.n": 400}).scene()
MANY = KERNELS.with_values({"data.n": 4000}).scene()  # 200 MB of weights
WIDE = SMALL.with_values({"learner.hidden": [256, 256, 256], "learner.dropout": 0.5})
VIEW = m.View(Domain(-2.0, 3.0, -2.0, 2.0), 40, 30)


@pytest.fixture(autouse=True)
def poor(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with 100 MB to give, where nothing counts as small."""
    monkeypatch.setattr(cost, "available", lambda: 100e6)
    monkeypatch.setattr(cost, "SMALL", 0.0)


def refused(said: list[m.FromTrainer]) -> str:
    """The words of the only thing that is said: a refusal after which the trainer lives on."""
    (failed,) = said
    assert isinstance(failed, m.Failed)
    assert (failed.fatal, failed.where, failed.details) == (False, "for want of memory", "")
    assert "would take about" in failed.message
    assert "MB are free; take " in failed.message
    return failed.message


def states(said: list[m.FromTrainer]) -> list[str]:
    return [one.why for one in said if isinstance(one, m.State)]


def trained_on(talk: Conversation) -> Scene:
    session = talk.trainer._session
    assert session is not None
    return session.scene


# ---- the session ----------------------------------------------------------------------------------------


def test_a_session_is_refused_before_it_builds_anything():
    with pytest.raises(MemoryNeeded, match=r"this run would take about \d+ MB"):
        Session(KERNELS, MANY, device="cpu")
    with pytest.raises(MemoryNeeded, match="take fewer points or seeds"):
        Session(SMALL, SCENE, range(10**12), device="cpu")
    with pytest.raises(MemoryNeeded, match="take fewer seeds or evaluations"):
        Session(SMALL, SCENE, device="cpu", steps=10**8)


def test_a_session_that_cannot_take_a_scene_or_settings_goes_on_as_it_was():
    session = Session(KERNELS, FEW, device="cpu")
    session.step(5)
    before = session.probabilities(FEW.points.xy)
    with pytest.raises(MemoryNeeded):
        session.set_scene(MANY, KERNELS.with_values({"learner.alpha": 0.5}))
    assert (session.scene, session.scenario, session.settled) == (FEW, KERNELS, True)
    session.step(5)
    assert np.array_equal(before, session.probabilities(FEW.points.xy))
    net = Session(WIDE, MANY, range(8), device="cpu")
    with pytest.raises(MemoryNeeded, match="take no dropout, a smaller batch or fewer seeds"):
        net.set_scenario(net.scenario.with_values({"training.batch_size": "full"}))
    assert net.scenario.training.batch_size == 32


def test_what_it_has_already_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch):
    session = Session(KERNELS, FEW, device="cpu")
    monkeypatch.setattr(cost, "available", lambda: 0.0)
    session.set_scene(FEW.with_points(FEW.points.take(np.arange(len(FEW.points)) > 0)))
    assert len(session.scene.points) == len(FEW.points) - 1


# ---- the trainer ----------------------------------------------------------------------------------------


def test_a_load_is_refused_and_so_is_whatever_would_train_until_something_fits():
    talk = Conversation(VIEW, m.Load(SMALL, SCENE, 1, "cpu"), m.StepN(5))
    words = refused(talk.tell(m.Load(KERNELS, MANY, 2, "cpu")))
    for message in (m.Play(), m.StepN(3), m.Reset(1)):
        assert refused(talk.tell(message)) == words
    talk.tell(m.Credit(), m.Pause())
    assert talk.listen(0.5) == []  # nothing of the old scene is shown beside the new one
    assert not talk.trainer.playing
    said = talk.tell(m.Load(SMALL, SCENE, 3, "cpu"))  # undo
    assert states(said) == ["loaded"]
    talk.tell(m.Play(stop_at=20))
    talk.listen(1.0)
    assert talk.heard(m.State)[-1] == m.State(False, 20, "stop-step")


def test_after_a_refused_load_a_smaller_scene_or_other_settings_load_it():
    refused((talk := Conversation(m.Load(KERNELS, MANY, 1, "cpu", seeds=2))).said)
    refused(talk.tell(m.SetScenario(KERNELS.with_values({"learner.alpha": 0.5}), 2)))
    said = talk.tell(m.SetScene(FEW, 3))
    assert states(said) == ["loaded"]
    session = talk.trainer._session
    assert session is not None
    assert isinstance(session.scenario.learner, LabelSpreadingSpec)
    assert (session.scene, session.scenario.learner.alpha, session.seeds) == (FEW, 0.5, (0, 1))
    assert isinstance(talk.tell(m.StepN(1))[0], m.RevisionApplied)


def test_a_scene_that_is_too_large_is_refused_and_undoing_it_goes_on_from_the_weights_there_are():
    talk = Conversation(m.Load(KERNELS, FEW, 1, "cpu"), m.StepN(5))
    refused(talk.tell(m.SetScene(MANY, 2)))
    refused(talk.tell(m.Play()))
    assert trained_on(talk) is FEW
    refused(talk.tell(m.SetScenario(KERNELS.with_values({"learner.alpha": 0.5}), 3)))  # the scene is still wanted
    assert talk.tell(m.SetScene(FEW, 4)) == []
    session = talk.trainer._session
    assert session is not None
    assert isinstance(session.scenario.learner, LabelSpreadingSpec)
    assert (session.scene, session.scenario.learner.alpha, session.step_count) == (FEW, 0.5, 5)
    assert states(talk.tell(m.StepN(1))) == ["asked"]


def test_settings_that_are_refused_are_taken_with_the_scene_for_which_they_fit():
    full = WIDE.with_values({"training.batch_size": "full"})
    talk = Conversation(m.Load(WIDE, MANY, 1, "cpu", seeds=8))
    assert states(talk.said) == ["loaded"]
    refused(talk.tell(m.SetScenario(full, 2)))
    assert talk.trainer._session.scenario.training.batch_size == 32  # type: ignore[union-attr]
    assert talk.tell(m.SetScene(SCENE, 3)) == []
    session = talk.trainer._session
    assert session is not None
    assert (session.scene, session.scenario.training.batch_size) == (SCENE, "full")


def test_a_moment_of_the_past_that_is_too_large_is_refused_and_changes_start_afresh():
    talk = Conversation(m.Load(KERNELS, FEW, 1, "cpu"), m.StepN(1))
    state = talk.trainer._session.state()  # type: ignore[union-attr]
    refused(talk.tell(m.Resume(KERNELS, MANY, 2, state, "cpu")))
    assert talk.trainer._session is None
    assert states(talk.tell(m.SetScene(FEW, 3))) == ["loaded"]
    failed = talk.tell(m.LoadCheckpoint(1, KERNELS, MANY, 4, state))  # only looked at: what trains goes on
    assert [one.where for one in failed if isinstance(one, m.Failed)] == ["while handling LoadCheckpoint"]
    assert states(talk.tell(m.StepN(1))) == ["asked"]


def test_points_added_by_and_by_are_taken_until_they_are_too_many(monkeypatch: pytest.MonkeyPatch):
    scene, talk = FEW, Conversation(m.Load(KERNELS, FEW, 1, "cpu"))
    taken = lambda: talk.trainer._session._needs  # type: ignore[union-attr]  # noqa: E731
    monkeypatch.setattr(cost, "available", lambda: 100e6 - taken())
    rng = np.random.default_rng(0)
    for revision in range(2, 20):
        more = Points.of(rng.standard_normal((200, 2)), 0, first_id=scene.points.next_id)
        scene = apply(Add(more), scene)[0]
        said = talk.tell(m.SetScene(scene, revision))
        if said:
            break
        assert trained_on(talk) is scene
    refused(said)
    assert 2400 < len(scene.points) < 2800  # some 2,100 of them for training, and their weights take 100 MB
