"""The probe 'course', and the plane of a model of another size than what is fitted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from boundaryviz.engine.messages import PLAIN, Credit, Frame, Load, Play, ProbeResult, Subscribe, View
from boundaryviz.engine.probes.course import Course, some_of
from boundaryviz.engine.session import Session
from boundaryviz.engine.trainer import Trainer
from boundaryviz.scenario.scenario import Scenario

COURSES = {
    "DecisionTreeClassifier": "max_leaf_nodes",
    "GradientBoostingClassifier": "n_estimators",
    "KNeighborsClassifier": "n_neighbors",
}


def of(name: str, **settings: Any) -> Scenario:
    values = {f"learner.{key}": value for key, value in settings.items()}
    return Scenario().with_values({"data.n": 120, "data.label_noise": 0.2, "learner.name": name, **values})


def fitted(scenario: Scenario) -> Session:
    session = Session(scenario, seeds=(0, 1), twin=True, device="cpu")
    session.step()
    return session


@pytest.mark.parametrize("name", COURSES)
def test_every_stage_is_seen_as_a_session_of_that_size_is(name: str, monkeypatch: pytest.MonkeyPatch):
    """Curves, field and predicted points, of all runs and their twins."""
    # the clock does not decide here which of two fields is exact
    monkeypatch.setattr(Session, "_affords", lambda *_: False)
    session = fitted(of(name))
    domain, stages = session.scene.domain, (1, 3, 9)
    work = session.course(stages)
    while True:
        try:
            next(work)
        except StopIteration as done:
            values = done.value
            break
    for at, stage in enumerate(stages):
        alone = fitted(of(name, **{COURSES[name]: stage}))
        assert np.array_equal(values[at, :, :PLAIN], alone.evaluate()[:, :PLAIN], equal_nan=True)
        assert np.array_equal(session.predicted(1, stage), alone.predicted(1))
        for quick in (True, False):
            ours = session.field(domain, 40, 40, 2, quick=quick, stage=stage)
            np.testing.assert_array_equal(ours, alone.field(domain, 40, 40, 2, quick=quick))
    last = session.stages[-1]
    assert np.array_equal(session.predicted(0, last), session.predicted(0, last + 99))


def test_what_has_no_course_is_shown_as_it_is_whatever_stage_is_asked_for():
    session = fitted(of("SVC"))
    assert session.stages == ()
    assert np.array_equal(session.predicted(0, 3), session.predicted(0))


@pytest.mark.parametrize(("last", "most"), [(1, 64), (64, 64), (65, 64), (1000, 64), (10_000, 64)])
def test_of_many_stages_the_small_ones_and_the_last_are_looked_at(last: int, most: int):
    found = some_of(last, most)
    assert (found[0], found[-1]) == (1, last)
    assert (np.diff(found) >= 1).all()
    assert len(found) <= max(most, 1) + 1
    assert np.array_equal(found[:31], np.arange(1, min(last, 31) + 1))


def test_the_trainer_answers_with_the_course_and_draws_a_stage_but_records_what_is_fitted():
    trainer, scenario = Trainer(), of("DecisionTreeClassifier")
    trainer.handle(Load(scenario, scenario.scene(), 0, "cpu"))
    view = View(scenario.scene().domain, 32, 32, stage=2)
    said: list[Any] = []
    for message in (Subscribe("course"), view, Play(), Credit()):
        said += trainer.handle(message)
    for _ in range(40):
        said += trainer.advance()
    course = next(one.value for one in said if isinstance(one, ProbeResult))
    assert isinstance(course, Course)
    session = fitted(scenario)
    assert course.stages[-1] == session.stages[-1]
    frame = [one for one in said if isinstance(one, Frame)][-1]
    assert frame.view.stage == 2
    assert np.array_equal(frame.predicted, fitted(of("DecisionTreeClassifier", max_leaf_nodes=2)).predicted(2))
    assert len(np.unique(frame.field)) == 2
    plain = Scenario()
    trainer.handle(Load(plain, plain.scene(), 1, "cpu"))
    assert not any(isinstance(one, ProbeResult) for _ in range(10) for one in trainer.advance())


def test_a_threshold_decides_at_every_stage_as_it_does_for_what_is_fitted():
    ruled = of("DecisionTreeClassifier").with_values({"decision.threshold": 0.95})
    session = fitted(ruled)
    alone = fitted(ruled.with_values({"learner.max_leaf_nodes": 3}))
    assert np.array_equal(session.predicted(2, 3), alone.predicted(2))
    work = session.course((3,))
    values = None
    while values is None:
        try:
            next(work)
        except StopIteration as done:
            values = done.value
    assert np.array_equal(values[0, :, :PLAIN], alone.evaluate()[:, :PLAIN], equal_nan=True)
    assert not np.array_equal(session.predicted(2, 3), fitted(of("DecisionTreeClassifier")).predicted(2, 3))
