"""Runs whose decisions follow costs or a threshold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from boundaryviz.engine.session import Session
from boundaryviz.runs.run import train
from boundaryviz.scenario import gallery
from boundaryviz.scenario.scenario import Scenario, ScenarioError

COSTLY = {"data.name": "gauss", "data.noise": 1.0, "data.n": 120, "training.steps": 60, "learner.name": "logistic"}


def session(twin: bool = False, **values: Any) -> Session:
    settings = COSTLY | {path.replace("__", "."): value for path, value in values.items()}
    found = Session(Scenario().with_values(settings), seeds=(0, 1), twin=twin)
    found.step(60)
    return found


@pytest.mark.parametrize("learner", ["logistic", "mlp", "naive-bayes", "KNeighborsClassifier"])
def test_whatever_is_asked_decides_by_the_threshold(learner: str):
    run = session(learner__name=learner, decision__threshold=0.3)
    points = run.scene.points
    p = run.learner.probabilities(points.x)[:, 1]
    expected = (p >= 0.3).astype(int)
    assert np.array_equal(run.learner.predict(points.x), expected)
    assert np.array_equal(run.predicted(1), expected[1])
    test = (points.split == 2) & points.is_labelled & ~points.is_poison
    error = (expected[:, test] != points.label[test]).mean(axis=1)
    np.testing.assert_allclose(run.evaluate()[:, 5], error)
    assert (expected != (p >= 0.5)).any()


def test_the_expected_cost_is_the_mean_over_the_table():
    run = train(Scenario().with_values(COSTLY | {"decision.false_positive": 10.0}), progress=False)
    points = run.scene.points
    for split, name in enumerate(("train", "validation", "test")):
        some = (points.split == split) & points.is_labelled & ~points.is_poison
        label, predicted = points.label[some], run.predict(points.x[some])
        paid = np.where(label == predicted, 0.0, np.where(label == 0, 10.0, 1.0))
        assert run.metrics[f"{name}_expected_cost"].mean == pytest.approx(paid.mean())
    half = train(Scenario().with_values(COSTLY | {"decision.false_positive": 10.0, "decision.threshold": 0.5}),
                 progress=False)  # fmt: skip
    plain = train(Scenario().with_values(COSTLY), progress=False)
    assert half.metrics["test_error"].mean == plain.metrics["test_error"].mean
    assert run.metrics["test_expected_cost"].mean < half.metrics["test_expected_cost"].mean
    assert run.metrics["test_error"].mean > half.metrics["test_error"].mean


def test_each_twin_pays_for_its_own_decisions():
    values = COSTLY | {"decision.false_negative": 5.0, "poison.count": 8, "poison.target": [0.0, 0.0]}
    run = train(Scenario().with_values(values), 2, twin=True, progress=False)
    assert len(run.clean["test_expected_cost"].per_seed) == len(run.poisoned["test_expected_cost"].per_seed) == 2
    test = run.scene.points.split == 2
    clean, poisoned = (run.session.learner.predict(run.scene.points.x[test])[side] for side in (slice(2), slice(2, 4)))
    assert run.metrics["flip_rate"].per_seed == pytest.approx((clean != poisoned).mean(axis=1))


def test_another_threshold_changes_decisions_alone():
    run, other = session(), session()
    scenario = run.scenario.with_values({"decision.threshold": 0.9})
    run.set_scenario(scenario)
    x = run.scene.points.x
    assert np.array_equal(run.learner.probabilities(x), other.learner.probabilities(x))
    assert (run.learner.predict(x) != other.learner.predict(x)).any()
    run.step(20)
    other.step(20)
    assert np.array_equal(run.learner.probabilities(x), other.learner.probabilities(x))
    run.set_scenario(scenario.with_values({"decision.threshold": "costs"}))
    assert np.array_equal(run.learner.predict(x), other.learner.predict(x))
    assert type(run.learner) is type(other.learner)


def test_three_classes_decide_by_their_table():
    table = [[0, 1, 1], [1, 0, 1], [20, 20, 0]]
    values = {"data.name": "iris", "learner.name": "logistic", "training.steps": 40}
    run = train(Scenario().with_values(values | {"decision.costs": table}), progress=False)
    p = run.predict_proba(run.scene.points.x).astype(float)
    assert np.array_equal(run.predict(run.scene.points.x), (p @ np.array(table)).argmin(axis=1))
    assert run.metrics["test_expected_cost"].mean >= 0


def test_a_decision_that_does_not_fit_is_refused_before_training():
    with pytest.raises(ScenarioError, match="between two classes, the data have 3"):
        train(Scenario().with_values({"data.name": "iris", "decision.threshold": 0.3}), progress=False)


def test_a_new_class_finds_the_decision_of_two_without_a_say():
    run = session(decision__threshold=0.2)
    three = Scenario().with_values({"data.name": "iris"}).scene()
    run.set_scene(three)
    run.step(5)
    p = run.learner.probabilities(three.points.x)
    assert np.array_equal(run.learner.predict(three.points.x), p.argmax(axis=1))


COSTS = {"decision.false_negative": 10.0, "decision.threshold": 0.2}


@pytest.mark.parametrize("changed", [{}, {"data.input_scale": "standardised"}, {"learner.loss": "absolute"}])
def test_costs_have_no_effect_on_a_regression(changed: dict[str, Any]):
    base = gallery.load("playground-slope").with_values({"data.n": 60, "training.steps": 20, **changed})
    plain, priced = train(base, progress=False), train(base.with_values(COSTS), progress=False)
    for name in ("train_loss", "test_loss", "test_absolute_loss"):
        assert priced.metrics[name].mean == plain.metrics[name].mean
    assert priced.metrics.keys() == plain.metrics.keys()
    x = base.scene().points.x
    assert np.array_equal(priced.predict(x), plain.predict(x))
    assert np.array_equal(priced.snapshot().leaning, plain.snapshot().leaning)


def test_the_rule_comes_and_goes_with_the_responses():
    scenario = gallery.load("playground-slope").with_values({"data.n": 60, **COSTS})
    run = Session(scenario)
    fitted = run.scene
    signs = replace(fitted, points=replace(fitted.points, response=None))
    for scene, plain in ((signs, False), (fitted, True), (signs, False)):
        run.set_scene(scene)
        run.step()
        assert run.rule.plain == plain
        assert np.isnan(run.evaluate()[:, 5]).all() == plain
    run.set_scene(fitted)
    run.set_scenario(scenario.with_values({"decision.threshold": 0.9}))
    assert np.isnan(run.evaluate()[:, 5]).all()
