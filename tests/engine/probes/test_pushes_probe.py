"""Probes of pushes and of robustness curves, in a conversation with a trainer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from boundaryviz.engine import messages as m
from boundaryviz.engine.probes.pushes import PushSettings, RobustnessSettings, held_against
from boundaryviz.engine.session import Session
from boundaryviz.evasion.pushes import Pushes, Robustness
from boundaryviz.evasion.pushing import pushed
from boundaryviz.evasion.settings import EvasionSpec
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Split
from helpers.talks import Conversation, answers

VIEW = m.View(Domain(-2.0, 3.0, -2.0, 2.0), 40, 30)
NET = Scenario().with_values(
    {"data.n": 120, "data.test": 0.4, "learner.hidden": [8, 8], "training.learning_rate": 0.02}
)


def talking(scenario: Scenario, *messages: m.ToTrainer, **options: Any) -> Conversation:
    talk = Conversation(m.Load(scenario, scenario.scene(), 1, "cpu", **options), VIEW)
    talk.tell(m.StepN(100))
    talk.listen(0.5)
    talk.tell(m.Credit(), *messages)
    talk.listen(0.6)
    return talk


def session_of(talk: Conversation) -> Session:
    session = talk.trainer._session
    assert session is not None
    return session


def last(talk: Conversation, probe: str) -> Any:
    return answers(talk.said, probe)[-1].value


def test_points_are_pushed_in_the_run_that_is_shown() -> None:
    talk = talking(NET, m.Subscribe("pushes", PushSettings(EvasionSpec(), most=50)))
    found = last(talk, "pushes")
    assert isinstance(found, Pushes)
    assert 0 < len(found) <= 50
    points = session_of(talk).scene.points
    x = points.x[points.positions(found.ids)]
    np.testing.assert_array_equal(found.inputs, x)
    direct = pushed(session_of(talk).learner, EvasionSpec(), x)
    np.testing.assert_allclose(found.length, direct.length, rtol=1e-3, atol=1e-4)


def test_a_place_or_some_points_are_pushed_in_their_stead() -> None:
    place = (0.4, 0.1)
    talk = talking(NET, m.Subscribe("pushes", PushSettings(EvasionSpec(method="pgd"), place=place)))
    found = last(talk, "pushes")
    assert found.ids.tolist() == [-1]
    assert tuple(found.places[0]) == place
    some = tuple(session_of(talk).scene.points.ids[[3, 7]].tolist())
    talk.tell(m.Credit(), m.Subscribe("pushes", PushSettings(EvasionSpec(method="fgsm"), ids=some)))
    talk.listen(0.3)
    assert tuple(last(talk, "pushes").ids.tolist()) == some


def test_what_cannot_be_done_is_said_and_nothing_fails() -> None:
    tree = NET.with_values({"learner.name": "DecisionTreeClassifier"})
    talk = talking(tree, m.Subscribe("pushes", PushSettings(EvasionSpec(method="pgd"))))
    found = last(talk, "pushes")
    assert len(found) == 0
    assert "take the nearest point of the boundary" in found.words
    talk.tell(m.Credit(), m.Subscribe("pushes", PushSettings(EvasionSpec(target=9))))
    talk.listen(0.3)
    assert "There is no class 9" in last(talk, "pushes").words
    talk.tell(m.Credit(), m.Subscribe("pushes", PushSettings(EvasionSpec(), most=20)))
    talk.listen(0.5)
    assert last(talk, "pushes").flipped.all()
    assert talk.heard(m.Failed) == []


def test_a_curve_is_of_test_points() -> None:
    asked = RobustnessSettings(epsilons=(0.0, 0.3), most=40)
    talk = talking(NET, m.Subscribe("robustness", asked))
    found = last(talk, "robustness")
    assert isinstance(found, Robustness)
    assert found.count == len(held_against(session_of(talk).scene.points, 40))
    assert found.lines.keys() == {"exact", "fgsm", "pgd", "random", "universal"}
    assert (found.lines["exact"] >= found.lines["random"]).all()


def test_points_are_held_against_in_the_order_of_splits_and_of_none_that_is_said() -> None:
    points = NET.scene().points
    assert (held_against(points).split == Split.TEST).all()
    trains = points.with_columns(split=np.zeros(len(points), dtype=np.int8))
    assert len(held_against(trains)) == (trains.is_labelled & ~trains.is_poison).sum()
    bare = NET.scene()
    bare = bare.with_points(bare.points.with_columns(label=np.full(len(bare.points), -1, dtype=np.int16)))
    talk = Conversation(m.Load(NET, bare, 1, "cpu"), VIEW, m.Subscribe("robustness"))
    talk.listen(0.4)
    found = last(talk, "robustness")
    assert found.count == 0
    assert "no labelled points" in found.words


@pytest.mark.parametrize("replica", [0, 7])
def test_a_replica_may_be_named(replica: int) -> None:
    talk = talking(NET, m.Subscribe("pushes", PushSettings(replica=replica, most=10)), seeds=2)
    found, session = last(talk, "pushes"), session_of(talk)
    at = min(replica, 1)
    np.testing.assert_array_equal(found.from_class, session.learner.predict(found.inputs, at)[0])
