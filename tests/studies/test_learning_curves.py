"""Learning curves and chosen sizes, against scikit-learn's own functions on the same points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_validate, learning_curve
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from boundaryviz.record.reports import LearningReport, SizeReport
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Split
from boundaryviz.studies.study import Axis, Study
from boundaryviz.studies.tabling import run_study

TABLES = {"iris": load_iris, "wine": load_wine, "breast cancer": load_breast_cancer}
LEARNERS: dict[str, Any] = {
    "DecisionTreeClassifier": DecisionTreeClassifier(random_state=0), "KNeighborsClassifier": KNeighborsClassifier(),
}  # fmt: skip
SIZES = (20, 35, 60)
SEEDS = (0, 1, 2)


def scenario_of(table: str, learner: str) -> Scenario:
    scenario = Scenario.from_arrays(*TABLES[table](return_X_y=True))
    return scenario.with_values(
        {"learner.name": learner, "data.input_scale": "as-is", "data.splits": "drawn", "data.validation": 0.0}
    )


def cut(scenario: Scenario, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The training points in the order in which they come in as n grows, and the test points."""
    order: list[int] = []
    for size in SIZES:
        points = scenario.with_values({"data.seed": seed, "data.n": size}).scene().points
        learnt = points.ids[points.is_train].tolist()
        assert len(learnt) == size
        assert set(order) <= set(learnt)  # the sets are nested
        order += [one for one in learnt if one not in order]
    return np.array(order), points.ids[points.split == Split.TEST]


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("table", TABLES)
def test_errors_are_those_of_learning_curve(table: str, learner: str):
    scenario = scenario_of(table, learner)
    x, y = TABLES[table](return_X_y=True)
    study = Study(scenario=scenario, axes=(Axis(path="data.n", values=SIZES),), data_seeds=SEEDS)
    found = LearningReport.of(run_study(study))
    parts = [cut(scenario, seed) for seed in SEEDS]
    _, train, test = learning_curve(LEARNERS[learner], x, y, train_sizes=SIZES, cv=parts)
    np.testing.assert_allclose(found.train.each.T, 1 - train, rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.test.each.T, 1 - test, rtol=0, atol=1e-12)
    assert found.places.tolist() == list(SIZES)


@pytest.mark.parametrize("table", TABLES)
def test_the_size_with_the_smallest_error_over_folds_is_that_of_a_grid_search(table: str):
    x, y = TABLES[table](return_X_y=True)
    leaves = tuple(range(2, 12))
    scenario = Scenario.from_arrays(x, y).with_values(
        {"learner.name": "DecisionTreeClassifier", "data.input_scale": "as-is"}
    )
    study = Study(scenario=scenario, axes=(Axis(path="learner.max_leaf_nodes", values=leaves),), folds=5)
    table_of_runs = run_study(study)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    search = GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_leaf_nodes": leaves}, cv=folds).fit(x, y)
    errors = table_of_runs.cube("validation_error", "learner.max_leaf_nodes", folds=True)[0].mean(axis=1)
    np.testing.assert_allclose(errors, 1 - search.cv_results_["mean_test_score"], rtol=0, atol=1e-12)
    assert errors[search.best_index_] == pytest.approx(errors.min(), abs=1e-12)


def test_the_errors_of_a_chosen_size_are_those_of_cross_validate():
    x, y = load_wine(return_X_y=True)
    leaves = tuple(range(2, 9))
    scenario = Scenario.from_arrays(x, y).with_values(
        {"learner.name": "DecisionTreeClassifier", "data.input_scale": "as-is"}
    )
    study = Study(scenario=scenario, axes=(Axis(path="learner.max_leaf_nodes", values=leaves),), folds=5)
    table = run_study(study)
    (chosen,) = SizeReport.of(table).chosen
    assert chosen is not None
    model = DecisionTreeClassifier(max_leaf_nodes=leaves[chosen], random_state=0)
    cv = StratifiedKFold(5, shuffle=True, random_state=0)
    wanted = cross_validate(model, x, y, cv=cv, return_train_score=True)
    for name, scores in (("train_error", wanted["train_score"]), ("validation_error", wanted["test_score"])):
        found = table.cube(name, "learner.max_leaf_nodes", folds=True)[0, chosen]
        np.testing.assert_allclose(found, 1 - scores, rtol=0, atol=1e-12)
