"""The sizes that people vary: of each a study has, at one of its values, what a run with that setting has."""

from __future__ import annotations

from typing import Any

import pytest

from boundaryviz.runs.run import train
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.studies.study import Axis, Study
from boundaryviz.studies.tabling import run_study

NET = {"learner.name": "mlp", "learner.hidden": [4], "training.steps": 6}
TREE = {"learner.name": "DecisionTreeClassifier"}
SIZES: dict[str, tuple[dict[str, Any], tuple[Any, ...]]] = {
    "learner.max_leaf_nodes": (TREE, (2, 5)),
    "learner.max_depth": (TREE, (1, 3)),
    "learner.n_neighbors": ({"learner.name": "KNeighborsClassifier"}, (15, 4)),
    "learner.n_estimators": ({"learner.name": "RandomForestClassifier"}, (1, 3)),
    "learner.C": ({"learner.name": "SVC"}, (0.1, 10.0)),
    "learner.gamma": ({"learner.name": "SVC"}, (0.5, 5.0)),
    "learner.hidden": (NET, ([2], [5], [3, 3])),
    "learner.fourier": (NET, (0, 3)),
    "training.steps": (NET, (3, 6)),
    "training.l2": (NET, (0.0, 0.1)),
    "data.noise": (NET, (0.1, 0.3)),
    "data.label_noise": (TREE, (0.0, 0.3)),
    "data.n": (TREE | {"data.pool": 60}, (20, 60)),
}


@pytest.mark.parametrize("path", SIZES)
def test_a_point_of_each_axis_is_a_run_with_that_setting(path: str):
    settings, values = SIZES[path]
    scenario = Scenario().with_values({"data.n": 40, "training.seed": 3} | settings)
    table = run_study(Study(scenario=scenario, axes=(Axis(path=path, values=values),)))
    assert len(table) == len(values)
    found, alone = table.select({path: values[1]}), train(scenario.with_values({path: values[1]}), progress=False)
    assert {*found.metrics} == {*alone.metrics} - {"boundary_length"}, "which a study measures where it is asked for"
    for name in found.metrics:
        metric = alone.metrics[name]
        assert found.columns[name].tolist() == list(metric.per_seed), name
