"""What every attack that trains promises; a new one is picked up from the registry."""

from __future__ import annotations

from typing import Any

import pytest

from boundaryviz.adversary.running import Attack
from boundaryviz.attacks.targets import AttackError
from boundaryviz.attacks.trained.specs import METHODS
from boundaryviz.learners.families.estimators import SVCSpec
from boundaryviz.learners.specs import LogisticSpec, MLPSpec
from boundaryviz.testing import TrainedAttackContract

TARGET: dict[str, Any] = {"target": (0.0, 1.0), "target_class": 1}
QUICK: dict[str, dict[str, Any]] = {
    "svm-gradient": {"iterations": 3, "copies": 3},
    "back-gradient": {"iterations": 3, "beginnings": 2, "replicas": 2, "unrolled": 3},
    "influence": {"iterations": 3, "copies": 3},
    "straight": TARGET,
    "feature-collision": TARGET | {"iterations": 8, "nets": 2},
    "gradient-matching": TARGET | {"iterations": 8, "nets": 2, "restarts": 2},
}
"""Of attacks that take many steps, or that have a target."""


class TestMethods(TrainedAttackContract):
    test_its_settings_load_neither_torch_nor_scikit_learn = None  # type: ignore[assignment]  # tests/test_layers.py

    @pytest.fixture(autouse=True, params=list(METHODS))
    def _one(self, request: pytest.FixtureRequest) -> None:
        self.spec = METHODS[request.param](count=3, **QUICK.get(request.param, {}))
        for learner in (SVCSpec(gamma=2.0), MLPSpec(hidden=(4,)), LogisticSpec()):
            self.learner = learner  # type: ignore[misc]
            try:
                next(Attack(self.scenario).states(measured=False))
            except AttackError:
                continue
            return
        raise AssertionError(
            f"{request.param} attacks neither a support vector machine nor a net nor logistic regression"
        )
