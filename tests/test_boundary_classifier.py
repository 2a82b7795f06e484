"""A run as an estimator: scikit-learn's own checks, its cross-validation, and the same numbers as a run."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import make_moons
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import boundaryviz as bv
from boundaryviz.estimator import BoundaryClassifier

X, Y = make_moons(120, noise=0.2, random_state=0)


far = pytest.mark.filterwarnings("ignore:.*as far from 0 as it spreads")  # as the points of some checks do lie


@far
@parametrize_with_checks([BoundaryClassifier("SVC")])
def test_it_keeps_scikit_learn_s_conventions(estimator: Any, check: Any):
    check(estimator)


@far
@pytest.mark.slow
@parametrize_with_checks([BoundaryClassifier("logistic", training={"steps": 300, "learning_rate": 0.05})])
def test_one_that_is_trained_in_steps_keeps_them_too(estimator: Any, check: Any):
    check(estimator)


@pytest.mark.parametrize("device", ["auto", "cpu"])
def test_a_fit_is_a_run_to_the_bit(device: str):
    few: dict[str, Any] = {"settings": {"hidden": (6,)}, "training": {"steps": 40}, "random_state": 5}
    ours = bv.BoundaryClassifier(**few, device=device).fit(X, Y)
    scenario = bv.Scenario().with_values(
        {"learner.hidden": [6], "training.steps": 40, "training.seed": 5, "training.evaluate_every": 100_000}
    )
    run = bv.train(scenario.with_scene(ours._session.scene), device=device, progress=False)
    shares = run.predict_proba(X).astype(float)
    assert np.array_equal(ours.predict_proba(X), shares / shares.sum(axis=1, keepdims=True))
    assert np.array_equal(ours.predict(X), run.predict(X))


def test_it_can_be_cross_validated_and_searched():
    scores = cross_val_score(BoundaryClassifier("GaussianNB"), X, Y, cv=4)
    assert np.array_equal(scores, cross_val_score(GaussianNB(), X, Y, cv=4))
    search = GridSearchCV(BoundaryClassifier("SVC"), {"settings": [{"gamma": 0.001}, {"gamma": 2.0}]}, cv=3).fit(X, Y)
    assert search.best_params_ == {"settings": {"gamma": 2.0}}


def test_unlabelled_points_teach_the_learners_that_use_them_and_are_a_class_to_others():
    xy, y = make_moons(200, noise=0.05, random_state=0)
    few = np.full(len(y), -1)
    for k in (0, 1):
        few[np.flatnonzero(y == k)[:3]] = k
    spread = BoundaryClassifier("label-spreading").fit(xy, few)
    assert spread.classes_.tolist() == [0, 1]
    assert spread.score(xy, y) > 0.95
    assert BoundaryClassifier("SVC").fit(xy, few).classes_.tolist() == [-1, 0, 1]


@pytest.mark.parametrize("learner", ["mlp", "SVC"])
def test_a_pickle_decides_as_the_one_it_was_made_of(learner: str):
    ours = BoundaryClassifier(learner, training={"steps": 30}).fit(X, Y)
    assert np.array_equal(pickle.loads(pickle.dumps(ours)).predict_proba(X), ours.predict_proba(X))


def test_what_cannot_be_learnt_is_said():
    for made, x, y, words in (
        (BoundaryClassifier("nope"), X, Y, "unknown learner 'nope'"),
        (BoundaryClassifier("SVC", {"hidden": 3}), X, Y, "learner.hidden: there is no such setting"),
        (BoundaryClassifier(training={"steps": 0}), X, Y, "training.steps: must be at least 1"),
        (BoundaryClassifier("SVC"), X, np.zeros(len(X), int), "got 1 class"),
        (BoundaryClassifier("SVC"), X, np.arange(len(X)) % 52, "at most 50 classes"),
        (BoundaryClassifier(settings={"features": ["x", "xy"]}), np.eye(6), Y[:6], "on a plane alone"),
    ):
        with pytest.raises(ValueError, match=words):
            made.fit(x, y)


@pytest.mark.filterwarnings("ignore:.*hardly counts")
def test_inputs_are_scaled_where_that_is_asked_for():
    """As behind scikit-learn's own scaler, and by what was fitted, not by what is asked about."""
    rng = np.random.default_rng(0)
    y = np.arange(80) % 2
    X = (rng.normal(size=(80, 3)) + 2.0 * y[:, None]) * (1.0, 1e4, 1e-3)
    ours = BoundaryClassifier("KNeighborsClassifier", input_scale="standardised").fit(X[:40], y[:40])
    theirs = make_pipeline(StandardScaler(), KNeighborsClassifier()).fit(X[:40], y[:40])
    np.testing.assert_array_equal(ours.predict(X[40:]), theirs.predict(X[40:]))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(ours)).predict(X[40:]), theirs.predict(X[40:]))
    raw = BoundaryClassifier("KNeighborsClassifier").fit(X[:40], y[:40])
    assert not np.array_equal(raw.predict(X[40:]), theirs.predict(X[40:]))


def test_it_warns_where_columns_differ_in_units_and_says_what_to_do():
    salaries = X * (1.0, 1000.0)
    with pytest.warns(UserWarning, match=r"column 2 spreads .*input_scale='standardised'"):
        BoundaryClassifier("SVC").fit(salaries, Y)
    BoundaryClassifier("SVC", input_scale="standardised").fit(salaries, Y)  # and nothing is said
    BoundaryClassifier("DecisionTreeClassifier").fit(salaries, Y)
