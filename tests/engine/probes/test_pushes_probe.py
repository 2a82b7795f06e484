"""Probes of pushes and of robustness curves, in a conversation with a trainer."""

from __future__ import annotations

from typing import Any

import numpy as np

from boundaryviz.engine import messages as m
from boundaryviz.engine.probes.push_views import (
    NOBODY,
    PushViewSettings,
    RobustnessFound,
    RobustnessViewSettings,
    held_against,
)
from boundaryviz.engine.session import Session
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
    talk = talking(NET, m.Subscribe("push-points", PushViewSettings(most=50)))
    (found,) = last(talk, "push-points").runs
    assert 0 < len(found) <= 50
    points = session_of(talk).scene.points
    x = points.x[points.positions(found.ids)]
    np.testing.assert_array_equal(found.inputs, x)
    direct = pushed(session_of(talk).learner, EvasionSpec(), x)
    np.testing.assert_allclose(found.length, direct.length, rtol=1e-3, atol=1e-4)


def test_what_cannot_be_done_is_said_and_nothing_fails() -> None:
    tree = NET.with_values({"learner.name": "DecisionTreeClassifier"})
    talk = talking(tree, m.Subscribe("push-points", PushViewSettings(EvasionSpec(method="pgd"))))
    found = last(talk, "push-points")
    assert found.runs == ()
    assert "take the nearest point of the boundary" in found.why
    talk.tell(m.Credit(), m.Subscribe("push-points", PushViewSettings(EvasionSpec(target=9))))
    talk.listen(0.3)
    assert "There is no class 9" in last(talk, "push-points").why
    assert talk.heard(m.Failed) == []


def test_a_curve_is_of_test_points() -> None:
    talk = talking(NET, m.Subscribe("push-robustness", RobustnessViewSettings(epsilons=(0.0, 0.3), most=40)))
    answer = last(talk, "push-robustness")
    assert isinstance(answer, RobustnessFound)
    found = answer.found
    assert found is not None
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
    talk = Conversation(m.Load(NET, bare, 1, "cpu"), VIEW, m.Subscribe("push-robustness"))
    talk.listen(0.4)
    assert last(talk, "push-robustness").why == NOBODY
