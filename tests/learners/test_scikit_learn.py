"""scikit-learn's classifiers by name: every one of the table as a learner, a file, a message and a form."""

from __future__ import annotations

import json
import pickle
import warnings
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Lasso
from sklearn.utils import all_estimators

from boundaryviz.cli.failures import UsageProblem
from boundaryviz.cli.training import check_cascade
from boundaryviz.gui.widgets.fields import plans
from boundaryviz.learners.estimators import estimator
from boundaryviz.learners.families.scikit_learn import SCALE_FREE, TableSpec, classifier, table
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.runs.run import train
from boundaryviz.scenario.gallery import load
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from helpers.models import GRID, blobs, make, placed, taken

NAMES = sorted(set(table()) - set(FAMILIES))
every_name = pytest.mark.parametrize("name", NAMES)


@every_name
def test_it_learns_what_scikit_learn_itself_does(name: str):
    family = FAMILIES[name]
    data = blobs(40, 3)
    learner = make(family.spec(), seeds=(3,), classes=3, data=data)
    theirs = clone(estimator(family.spec(), 40))
    if family.spec().seeded:
        theirs.set_params(random_state=3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        learner.step()
        theirs.fit(data.x, data.label)
    # the likeliest class: NearestCentroid decides by another distance than that of its probabilities
    likeliest = theirs.predict_proba(GRID).argmax(axis=1) if hasattr(theirs, "predict_proba") else theirs.predict(GRID)
    assert np.array_equal(learner.predict(GRID)[0], likeliest)


@pytest.mark.parametrize("name", sorted(SCALE_FREE))
def test_those_that_mind_no_units_learn_the_same_in_others(name: str):
    found = []
    for unit in np.array([(1.0, 1.0), (0.25, 64.0)]):
        data = blobs(40)
        learner = make(FAMILIES[name].spec(), seeds=(3,), data=placed(data, data.x * unit))
        learner.step()
        found.append(learner.probabilities(GRID * unit))
    assert FAMILIES[name].scale_free
    np.testing.assert_allclose(found[1], found[0], atol=1e-3)


@every_name
def test_it_passes_through_files_messages_and_forms(name: str):
    scenario = Scenario().with_values({"learner.name": name})
    plain = json.loads(json.dumps(scenario.model_dump(mode="json")))
    assert Scenario.parse(plain) == scenario
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    assert {plan.name for plan in plans(type(scenario.learner))} <= set(type(scenario.learner).model_fields)


WORDED = [name for name, family in FAMILIES.items() if issubclass(family.spec, TableSpec)]


@pytest.mark.parametrize("name", WORDED)
def test_one_with_a_form_takes_what_older_files_say_of_it(name: str):
    """They hold every setting of the table; its own have words, and those of scikit-learn are its defaults."""
    usual = {key: one["default"] for key, one in table()[name]["settings"].items()}
    scenario = Scenario.parse({"learner": {"name": name, **usual}})
    spec = scenario.learner
    assert spec == FAMILIES[name].spec()
    assert spec.model_dump(include=set(usual)) == usual
    assert not {plan.title for plan in plans(type(spec))} & set(usual) - {"C"}
    theirs, plain = estimator(spec, 40).get_params(), clone(estimator(FAMILIES[name].spec(), 40)).get_params()
    assert {key: theirs[key] for key in usual} == {key: plain[key] for key in usual} == usual


@pytest.mark.parametrize("name", WORDED)
@pytest.mark.parametrize("classes", [2, 3])
def test_one_with_a_form_is_scikit_learn_s_own(name: str, classes: int):
    """Decided by the likeliest class, but for one that says it is asked what it decides."""
    data = blobs(50, classes, seed=3)
    spec = FAMILIES[name].spec()
    learner = make(spec, seeds=(3,), classes=classes, data=data)
    learner.step()
    theirs = getattr(import_module(table()[name]["module"]), name)()
    if "random_state" in theirs.get_params():
        theirs.set_params(random_state=3 if spec.seeded else 0)
    theirs.fit(data.x, data.label)
    p = learner.probabilities(GRID)[0].T
    if spec.DECIDES:
        assert np.array_equal(p, np.eye(classes)[theirs.predict(GRID)])
    elif hasattr(theirs, "predict_proba"):
        np.testing.assert_allclose(p, theirs.predict_proba(GRID), atol=1e-6)
    else:
        score = theirs.decision_function(GRID)
        score = score if classes > 2 else np.stack([np.zeros(len(score)), score], axis=1)
        np.testing.assert_allclose(p, softmax(score, axis=1), atol=1e-6)


@pytest.mark.parametrize(
    ("name", "settings", "part", "value"),
    [
        ("AdaBoostClassifier", {"max_depth": 3}, "estimator__max_depth", 3),
        ("BaggingClassifier", {"max_depth": 2}, "estimator__max_depth", 2),
        ("GaussianProcessClassifier", {"length_scale": 0.3, "fitted": True}, "kernel__k2__length_scale", 0.3),
        ("GaussianProcessClassifier", {"amplitude": 3.0, "kernel": "matern"}, "kernel__k1__constant_value", 9.0),
    ],
)
def test_settings_of_ours_reach_the_part_they_are_of(name: str, settings: dict[str, Any], part: str, value: float):
    assert estimator(FAMILIES[name].spec(**settings), 40).get_params()[part] == value


def one_class_thin() -> Any:
    """Twenty points, of which one alone is of the second class."""
    data = blobs(20)
    return replace(data, label=(np.arange(20) == 3).astype(np.int64))


def crossed() -> Any:
    """Four points of two classes that no cut along an axis divides better than chance."""
    xy = np.array([(-1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (1.0, -1.0)])
    return replace(taken(blobs(4), range(4)), x=xy, label=np.array([0, 0, 1, 1]))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("QuadraticDiscriminantAnalysis", one_class_thin()),
        ("QuadraticDiscriminantAnalysis", replace(blobs(20), x=np.stack([blobs(20).x[:, 0]] * 2, axis=1))),
        ("LinearDiscriminantAnalysis", replace(taken(blobs(2), [0, 1]), label=np.array([0, 1]))),
        ("AdaBoostClassifier", crossed()),
    ],
    ids=["one of a class", "on a line", "as many as classes", "crossed"],
)
def test_points_of_which_nothing_can_be_made_decide_nothing(name: str, data: Any):
    learner = make(FAMILIES[name].spec(), data=data)
    learner.step()
    assert np.isnan(learner.probabilities(GRID)).all()
    assert learner.settled
    learner.set_data(blobs(20))
    learner.step()
    assert np.isfinite(learner.probabilities(GRID)).all()


def test_the_table_holds_what_this_scikit_learn_has():
    theirs: dict[str, Any] = dict(all_estimators(type_filter="classifier"))
    for name, entry in table().items():
        if name in theirs:
            assert theirs[name].__module__.startswith(entry["module"])
            settings = theirs[name]().get_params(deep=False)
            assert set(entry["settings"]) <= set(settings), name


def test_a_setting_reaches_it_and_only_what_differs_is_passed_on():
    scenario = Scenario().with_values({"learner.name": "GradientBoostingClassifier", "learner.n_estimators": 7})
    assert scenario.learner.changed() == {"n_estimators": 7}
    assert estimator(scenario.learner, 5).n_estimators == 7


def test_what_it_does_not_take_is_said():
    with pytest.raises(ScenarioError, match=r"learner\.n_estimators: must be a whole number"):
        Scenario().with_values({"learner.name": "AdaBoostClassifier", "learner.n_estimators": "many"})
    with pytest.raises(ScenarioError, match="no such setting"):
        Scenario().with_values({"learner.name": "GaussianNB", "learner.n_estimators": 3})
    with pytest.raises(ScenarioError, match="by their own names"):
        Scenario().with_values({"learner.name": "GaussianBN"})


def test_one_that_uses_unlabelled_points_and_cannot_say_who_gave_whom_a_label_says_so():
    scenario = Scenario().with_values({"learner.name": "LabelSpreading"})
    with pytest.raises(UsageProblem, match="does not say who gave whom a label"):
        check_cascade(scenario)
    with pytest.raises(UsageProblem, match="is supervised"):
        check_cascade(Scenario())


def test_they_are_found_by_name_and_not_listed():
    assert "GaussianNB" in FAMILIES
    assert set(NAMES).isdisjoint(list(FAMILIES))
    assert FAMILIES["GaussianNB"] is classifier("GaussianNB")


def test_a_handed_in_estimator_runs_in_the_ordinary_session_and_stays_out_of_files():
    with pytest.raises(ValueError, match="Lasso is not a classifier"):
        train("moons", learner=Lasso(), progress=False)
    run = train("moons", learner=ExtraTreesClassifier(3), seeds=2, progress=False)
    assert run.report()["learner"] == "ExtraTreesClassifier"
    assert run.session.spec.estimator.random_state is None
    assert run.saved().learner == load("moons").learner  # no file can hold it
