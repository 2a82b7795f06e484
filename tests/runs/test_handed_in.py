"""scikit-learn's estimators as runs."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.semi_supervised import LabelSpreading
from sklearn.svm import SVC, LinearSVC

from boundaryviz.learners.sklearn_adapter import FittedEstimator
from boundaryviz.runs.run import train
from boundaryviz.scenario.gallery import load

ESTIMATORS = [
    KNeighborsClassifier(3), SVC(), SVC(decision_function_shape="ovo"), LinearSVC(), RidgeClassifier(),
    make_pipeline(StandardScaler(), RandomForestClassifier(5)),
]  # fmt: skip


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("classes", [2, 4])
def test_probabilities_decide_as_the_estimator_does(estimator: object, classes: int) -> None:
    rng = np.random.default_rng(0)
    label = np.arange(80) % classes
    xy = rng.standard_normal((80, 2)) + 3.0 * np.stack([np.cos(label), np.sin(2 * label)], axis=1)
    fitted = FittedEstimator(estimator, xy, label, classes + 1, seed=1)
    given = fitted.probabilities(xy)
    assert given.shape == (80, classes + 1)
    assert np.allclose(given.sum(axis=1), 1.0)
    assert (given[:, classes] == 0).all()  # a class without points
    agree = given.argmax(axis=1) == fitted.estimator.predict(xy)
    assert agree.mean() > 0.97  # votes of a one-against-one machine may be tied


def test_an_estimator_is_fitted_once_per_seed_and_itself_left_alone() -> None:
    forest = RandomForestClassifier(3)
    run = train("moons", learner=forest, seeds=[3, 3, 4], progress=False)
    first, same, other = run.field(columns=32, rows=32)
    assert (first == same).all()
    assert (first != other).any()
    assert not hasattr(forest, "classes_")
    assert forest.random_state is None


def test_unlabelled_points_reach_those_who_know_what_they_are() -> None:
    scenario = load("three-labels")
    spread = train(
        scenario, learner=LabelSpreading(kernel="knn", n_neighbors=10, alpha=0.9, max_iter=1000), progress=False
    )
    nearest = train(scenario, learner=KNeighborsClassifier(1), progress=False)
    assert spread.metrics["test_error"].mean < nearest.metrics["test_error"].mean


def test_what_cannot_be_fitted_is_refused() -> None:
    with pytest.raises(ValueError, match="not a classifier"):
        train("moons", learner=LinearRegression(), progress=False)
    with pytest.raises(ValueError, match="two classes"):
        FittedEstimator(SVC(), np.zeros((5, 2)), np.zeros(5, dtype=int), 2, seed=0)
