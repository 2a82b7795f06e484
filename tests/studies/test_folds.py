"""Folds of a study: scikit-learn's own, with the scores of scikit-learn's own functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.model_selection import StratifiedKFold, cross_val_score, validation_curve
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from boundaryviz.engine.replicas import Replicas
from boundaryviz.runs.run import train
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.scene import Split
from boundaryviz.studies.study import Axis, Study
from boundaryviz.studies.tabling import run_study
from boundaryviz.studies.training import folds_of

TABLES = {"iris": load_iris, "wine": load_wine, "breast cancer": load_breast_cancer}
LEARNERS: dict[str, tuple[Any, str, tuple[Any, ...]]] = {
    "DecisionTreeClassifier": (DecisionTreeClassifier(random_state=0), "max_leaf_nodes", (2, 3, 5, 9, 30)),
    "KNeighborsClassifier": (KNeighborsClassifier(), "n_neighbors", (1, 4, 15)),
    "SVC": (SVC(gamma=0.01), "C", (0.1, 10.0)),
}


def scenario_of(x: Any, y: Any, learner: str) -> Scenario:
    scenario = Scenario.from_arrays(x, y).with_values({"learner.name": learner, "data.input_scale": "as-is"})
    return scenario.with_values({"learner.gamma": 0.01}) if learner == "SVC" else scenario


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("table", TABLES)
def test_scores_are_those_of_validation_curve(table: str, learner: str):
    x, y = TABLES[table](return_X_y=True)
    estimator, name, values = LEARNERS[learner]
    axis = Axis(path=f"learner.{name}", values=values)
    found = run_study(Study(scenario=scenario_of(x, y, learner), axes=(axis,), seeds=(3,), folds=5))
    cut = StratifiedKFold(5, shuffle=True, random_state=3)
    scores = validation_curve(estimator, x, y, param_name=name, param_range=values, cv=cut)
    for metric, wanted in zip(("train_error", "validation_error"), scores, strict=True):
        # the same points wrong: errors are counts by a number of points
        np.testing.assert_allclose(found.cube(metric, axis.path, folds=True)[0], 1 - wanted, rtol=0, atol=1e-12)


def test_without_an_axis_they_are_those_of_cross_val_score():
    x, y = load_wine(return_X_y=True)
    found = run_study(Study(scenario=scenario_of(x, y, "DecisionTreeClassifier"), folds=10))
    cut = StratifiedKFold(10, shuffle=True, random_state=0)
    wanted = 1 - cross_val_score(DecisionTreeClassifier(random_state=0), x, y, cv=cut)
    np.testing.assert_allclose(found.validated.columns["validation_error"], wanted, rtol=0, atol=1e-12)
    assert found.folds == 10
    assert np.isnan(found.models.columns["validation_error"]).all()


@pytest.mark.parametrize("learner", ["mlp", "DecisionTreeClassifier"])
def test_a_fold_is_what_a_run_on_its_points_alone_is(learner: str):
    scenario = Scenario().with_values(
        {"data.n": 60, "data.label_noise": 0.2, "learner.name": learner, "training.steps": 8, "poison.count": 0}
    )
    seeds = (4, 9) if learner == "mlp" else (4,)
    table = run_study(Study(scenario=scenario, seeds=seeds, folds=3))
    assert len(table) == 4 * len(seeds)
    scene = scenario.scene()
    for row in range(len(table)):
        seed, fold = int(table.columns["seed"][row]), int(table.columns["fold"][row])
        split = scene.points.split.copy()
        if fold >= 0:
            held = np.isin(scene.points.ids, folds_of(scene, 3, seed)[fold])
            split[split == Split.VALIDATION] = Split.TEST  # which is then measured apart
            split[held] = Split.VALIDATION
        own = scenario.with_scene(scene.with_points(scene.points.with_columns(split=split)))
        alone = train(own, seeds=(seed,), progress=False).metrics
        for name in ("train_loss", "validation_loss", "train_error", "validation_error"):
            assert table.columns[name][row] == pytest.approx(alone[name].mean, rel=1e-5), name


def test_models_of_all_points_are_the_same_beside_folds_and_without():
    scenario = Scenario().with_values({"data.n": 60, "learner.name": "DecisionTreeClassifier"})
    beside, without = (run_study(Study(scenario=scenario, folds=k, data_seeds=2)).models for k in (4, 0))
    assert beside.equals(without)


def test_folds_that_cannot_be_had_are_said():
    scene = Scenario().with_values({"data.n": 20}).scene()
    with pytest.raises(ScenarioError, match=r"no class has 19 training points; take at most 1\d folds"):
        folds_of(scene, 19, 0)
    with pytest.raises(ScenarioError, match="with twins there are none"):
        Study(scenario=Scenario(), folds=2, twin=True).batches()
    cut = Replicas.cut(scene, (0, 0), [None, folds_of(scene, 2, 0)[0]])
    assert (cut.roles_in(scene)[0] == scene.points.split).all()
