"""What settings of attacks that train say of the learners they work with is what the attacks themselves say."""

from __future__ import annotations

import pytest

from boundaryviz.adversary.problem import Problem
from boundaryviz.attacks.targets import AttackError
from boundaryviz.attacks.trained.specs import METHODS
from boundaryviz.jobs.lookup import function_named
from boundaryviz.scenario.scenario import Scenario

LEARNERS = ("SVC", "mlp", "logistic", "KNeighborsClassifier")
SPARSE = {"data.n": 16, "data.noise": 0.3, "training.steps": 2, "training.l2": 0.01}
TARGET = {"adversary.target": [0.5, 0.25], "adversary.target_class": 0}
"""Of attacks that aim at a place."""


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("name", [name for name, method in METHODS.items() if method.LEARNERS])
def test_an_attack_refuses_just_the_learners_that_its_settings_name_as_unfit(name: str, learner: str) -> None:
    values = SPARSE | {"learner.name": learner, "adversary.method": name, "adversary.count": 1}
    method = METHODS[name]
    scenario = Scenario().with_values(values | (TARGET if method().aim == "pin" else {}))
    assert method.GROUP != "any"
    attack = function_named(method.RUN)
    problem = Problem(scenario, device="cpu")
    if words := method.unfit(scenario.learner):
        assert "heap" in words
        with pytest.raises(AttackError):
            next(attack(problem, None))
    else:
        next(attack(problem, None))
