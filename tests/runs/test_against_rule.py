"""How far a model differs from the rule beside it, as measures of a run."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin

from boundaryviz.record.expectations import METRICS
from boundaryviz.record.metrics import is_share
from boundaryviz.record.rule import disagreement
from boundaryviz.runs.run import train
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.rules import parse
from boundaryviz.scene.scene import Split


def scenario(rule: str, **values: object) -> Scenario:
    """Two moons with a quick learner, beside this rule."""
    return Scenario().with_values({"rule": rule, "learner.name": "KNeighborsClassifier", "data.n": 80, **values})


class Right(ClassifierMixin, BaseEstimator):
    """Whatever it is fitted to, it predicts by the rule."""

    def fit(self, X: np.ndarray, y: np.ndarray) -> Right:
        self.classes_ = np.array([0, 1])
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        found: np.ndarray = np.eye(2)[(X[:, 1] > np.sin(3 * X[:, 0])).astype(int)]
        return found


def test_disagreement_by_hand() -> None:
    predicted = np.array([[0, 1, 1, -1], [0, 0, 1, 1]])

    def shares(by_rule: list[int]) -> list[float]:
        found = disagreement(predicted, np.array(by_rule))
        assert found is not None
        return list(found.tolist())

    assert shares([0, 0, 1, 1]) == [0.5, 0.0]
    assert shares([0, -1, 0, 1]) == [2 / 3, 1 / 3], "where it says a class"
    assert disagreement(predicted, np.full(4, -1)) is None


@pytest.mark.parametrize("learner", ["KNeighborsClassifier", "mlp"])
@pytest.mark.parametrize("rule", ["y > 0.2", "log(x) < 0"])
def test_the_measures_of_a_run_are_counts_place_by_place(learner: str, rule: str) -> None:
    run = train(scenario(rule, **{"learner.name": learner}), steps=5, progress=False)
    points, domain, says = run.scene.points, run.scene.domain, parse(rule).classes_at
    test = points.xy[points.split == Split.TEST]
    grid = domain.grid(*domain.shape(128))
    for name, places in (("rule_disagreement", test), ("rule_area", grid)):
        pairs = [(k, p) for k, p in zip(says(places), run.predict(places), strict=True) if k >= 0]
        assert run.metrics[name].mean == pytest.approx(sum(k != p for k, p in pairs) / len(pairs))


def test_a_model_that_does_as_the_rule_says_differs_nowhere() -> None:
    run = train(scenario("y > sin(3 x)", **{"data.labels": "rule"}), learner=Right(), progress=False)
    assert run.metrics["rule_area"].mean == 0.0
    assert run.metrics["rule_disagreement"].mean == run.metrics["test_error"].mean == 0.0


def test_labelled_by_the_rule_the_test_error_is_the_disagreement() -> None:
    run = train(scenario("y > sin(3 x)", **{"data.labels": "rule", "data.label_noise": 0.1}), progress=False)
    assert run.metrics["rule_disagreement"].mean == pytest.approx(run.metrics["test_error"].mean)
    assert run.metrics["rule_disagreement"].mean > 0


def test_twins_have_them_apart_and_so_has_json() -> None:
    spec = scenario("y > 0.2", **{"poison.count": 10, "poison.on": True})
    run = train(spec, seeds=2, twin=True, progress=False)
    report = json.loads(json.dumps(run.report()))
    for name in ("rule_disagreement", "rule_area"):
        assert name in METRICS
        assert is_share(name)
        assert len(report["metrics"][name]["per_seed"]) == 2
        assert report["clean"][name]["mean"] == run.clean[name].mean


def test_without_a_rule_or_test_points_there_is_nothing_to_compare() -> None:
    assert not {"rule_disagreement", "rule_area"} & set(train(scenario(" "), progress=False).metrics)
    run = train(scenario("x > 0", **{"data.test": 0.0}), progress=False)
    assert "rule_disagreement" not in run.metrics
    assert "rule_area" in run.metrics
