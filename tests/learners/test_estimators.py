"""scikit-learn's classifiers as learners, against scikit-learn itself."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from boundaryviz.learners.base import Problem, TrainingData
from boundaryviz.learners.families.estimators import (
    DecisionTreeClassifierSpec,
    KNeighborsClassifierSpec,
    RandomForestClassifierSpec,
    SVCSpec,
)
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.learners.training_spec import TrainingSpec
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.scene import Domain
from helpers.models import GRID, blobs, make, placed, taken, thought

PAIRS: dict[str, tuple[Any, Any]] = {
    "neighbours": (KNeighborsClassifierSpec(), KNeighborsClassifier()),
    "neighbours by distance": (
        KNeighborsClassifierSpec(n_neighbors=9, weights="distance", p=1),
        KNeighborsClassifier(9, weights="distance", p=1),
    ),
    "svm": (SVCSpec(), SVC(break_ties=True)),
    "svm, narrow": (SVCSpec(gamma=8.0, C=10.0), SVC(gamma=8.0, C=10.0, break_ties=True)),
    "svm, polynomial": (
        SVCSpec(kernel="poly", degree=2, coef0=1.0), SVC(kernel="poly", degree=2, coef0=1.0, break_ties=True)
    ),
    "tree": (DecisionTreeClassifierSpec(), DecisionTreeClassifier(random_state=0)),
    "small tree": (
        DecisionTreeClassifierSpec(criterion="entropy", max_depth=3, min_samples_leaf=4),
        DecisionTreeClassifier(criterion="entropy", max_depth=3, min_samples_leaf=4, random_state=0),
    ),
    "forest": (RandomForestClassifierSpec(n_estimators=7), RandomForestClassifier(7, random_state=5)),
}  # fmt: skip
every_pair = pytest.mark.parametrize(("spec", "theirs"), PAIRS.values(), ids=PAIRS)


def crowd(n: int = 120, classes: int = 2, unlabelled: int = 0) -> TrainingData:
    """Blobs that overlap, the last points without a label."""
    data = blobs(n, classes, seed=4)
    label = np.where(np.arange(n) >= n - unlabelled, -1, data.label)
    return TrainingData(data.ids, 0.6 * data.x, label, data.poison, data.weights)


@every_pair
@pytest.mark.parametrize("classes", [2, 3])
def test_it_is_scikit_learn_s_own(spec: Any, theirs: Any, classes: int):
    data = crowd(classes=classes, unlabelled=30)
    ours = make(spec, seeds=(5,), classes=classes, data=data)
    ours.step()
    known = data.label >= 0
    theirs.fit(data.x[known], data.label[known])
    assert np.array_equal(ours.predict(GRID)[0], theirs.predict(GRID))
    if hasattr(theirs, "predict_proba"):
        np.testing.assert_allclose(ours.probabilities(GRID)[0].T, theirs.predict_proba(GRID), atol=1e-6)
    elif classes == 2:
        margin = theirs.decision_function(GRID)
        np.testing.assert_allclose(ours.probabilities(GRID)[0, 1], 1 / (1 + np.exp(-margin)), atol=1e-6)


@pytest.mark.parametrize("by", [(4.0, 0.0), (1024.0, 0.0), (0.0, -4096.0), (1024.0, 1024.0)])
def test_its_kernel_is_as_wide_as_scikit_learn_s_wherever_the_points_lie(by: tuple[float, float]):
    """Also where the centre of the domain is subtracted: the variance of all coordinates holds how far the axes' means
    lie apart."""
    data = crowd()
    shifted = placed(data, data.x + by)
    ours, theirs = made(shifted, by), SVC(break_ties=True).fit(shifted.x, data.label)
    margin = theirs.decision_function(GRID + by)
    np.testing.assert_allclose(ours.probabilities(GRID + by)[0, 1], 1 / (1 + np.exp(-margin)), atol=1e-6)


def test_a_shift_of_both_axes_alike_changes_no_kernel():
    data = crowd()
    data = placed(data, np.round(data.x * 2**20) / 2**20)
    far = (2.0**30, 2.0**30)
    here, there = made(data, (0.0, 0.0)), made(placed(data, data.x + far), far)
    np.testing.assert_allclose(here.probabilities(GRID), there.probabilities(GRID + far), atol=1e-5)


def made(data: TrainingData, by: tuple[float, float]) -> Any:
    """A support vector machine of the default settings, fitted to points about a place."""
    x, y = by
    learner = SVCSpec.family.load()(
        SVCSpec(), TrainingSpec(), Problem(2, Domain(x - 3.0, x + 3.0, y - 3.0, y + 3.0), (0,))
    )
    learner.set_data(data)
    learner.step()
    return learner


@pytest.mark.parametrize(
    ("settings", "bound"),
    [({}, "gamma"), ({"gamma": 2.0}, ""), ({"kernel": "linear"}, ""), ({"kernel": "poly", "gamma": 2.0}, "products")],
)
def test_it_says_what_the_origin_of_the_coordinates_is_to_it(settings: dict[str, Any], bound: str):
    said = SVCSpec(**settings).bound_to_origin
    assert bound in said
    assert bool(said) == bool(bound)


@pytest.mark.parametrize("name", ["KNeighborsClassifier", "SVC", "DecisionTreeClassifier", "RandomForestClassifier"])
def test_defaults_and_names_are_scikit_learn_s(name: str):
    theirs = {
        "KNeighborsClassifier": KNeighborsClassifier, "SVC": SVC, "DecisionTreeClassifier": DecisionTreeClassifier,
        "RandomForestClassifier": RandomForestClassifier,
    }[name]().get_params()  # fmt: skip
    ours = FAMILIES[name].spec().model_dump(exclude={"name"})
    assert ours == {key: theirs[key] for key in ours}


def test_only_a_forest_looks_at_the_seed_and_replicas_of_one_seed_are_one_fit():
    data = crowd()
    data = TrainingData(data.ids, data.x, data.label, data.poison, np.ones((3, 120), np.float32))
    for spec, same in ((RandomForestClassifierSpec(n_estimators=4), False), (SVCSpec(), True)):
        learner = make(spec, seeds=(1, 2, 1), data=data)
        learner.step()
        a, b, c = thought(learner)
        assert np.array_equal(a, b) == same
        assert np.array_equal(a, c)
        assert len({id(one) for one in learner._replicas}) == (1 if same else 2)


def test_moving_an_unlabelled_point_asks_for_no_new_fit():
    data = crowd(unlabelled=20)
    learner = make(SVCSpec(), data=data)
    learner.step()
    xy = data.x.copy()
    xy[-1] += 1.0
    learner.set_data(TrainingData(data.ids, xy, data.label, data.poison, data.weights))
    assert learner.settled


@every_pair
def test_hardly_any_points_one_class_and_points_far_out_do(spec: Any, theirs: Any):
    data = blobs(6)
    one_class = TrainingData(data.ids, data.x, np.ones(6, dtype=np.int64), data.poison, data.weights)
    far = TrainingData(data.ids, data.x * 1e300, data.label, data.poison, data.weights)
    for points in (taken(data, [0]), taken(data, [0, 1]), one_class, far):
        learner = make(spec, data=points)
        learner.step()
        assert (learner.predict(np.array([[0.0, 0.0], [1e308, -1e308]])) >= 0).all()


@pytest.mark.parametrize("gamma", [0.0, -1.0, 1e5, "auto"])
def test_a_kernel_s_width_is_a_positive_number_or_scale(gamma: Any):
    with pytest.raises(ScenarioError, match="gamma"):
        Scenario().with_values({"learner.name": "SVC", "learner.gamma": gamma})


def test_the_specs_load_neither_torch_nor_scikit_learn():
    code = "import sys, boundaryviz.scenario.gallery; print([m for m in ('torch', 'sklearn') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
