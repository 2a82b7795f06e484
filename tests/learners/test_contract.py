"""What every learner promises, whatever its family; a new family is picked up from the registry."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaryviz.learners.families.averaging import BaggingClassifierSpec, ExtraTreesClassifierSpec
from boundaryviz.learners.families.boosting import (
    AdaBoostClassifierSpec,
    GradientBoostingClassifierSpec,
    HistGradientBoostingClassifierSpec,
)
from boundaryviz.learners.families.distillation import DistillationSpec
from boundaryviz.learners.families.estimators import RandomForestClassifierSpec
from boundaryviz.learners.families.graphs import LabelSpreadingSpec
from boundaryviz.learners.families.linear import LinearSVCSpec
from boundaryviz.learners.families.self_supervised import SelfSupervisedSpec
from boundaryviz.learners.families.semi_supervised import UnlabelledSpec
from boundaryviz.learners.specs import FAMILIES, LogisticSpec, MLPSpec, TrainingSpec
from boundaryviz.testing import LearnerContract
from helpers.models import blobs, make, taken, thought, weighing

NETS = ("mlp", "logistic")  # supervised ones
BLUNT = ("DecisionTreeClassifier", "BaggingClassifier", "NearestCentroid")
"""Few of the points of two blobs move the cuts of trees, and the means move too little for the grid to tell."""
SMALL: dict[str, Any] = {"hidden": (8, 8), "activation": "tanh", "unlabelled_batch": 40}
TASK: dict[str, Any] = {"hidden": (8,), "activation": "tanh", "embedding": 4}


def _small(spec: type[Any]) -> dict[str, Any]:
    return SMALL if issubclass(spec, UnlabelledSpec) else TASK if issubclass(spec, SelfSupervisedSpec) else {}


_DEFAULTS: dict[str, Any] = {name: family.spec(**_small(family.spec)) for name, family in FAMILIES.items()} | {
    "distillation": DistillationSpec(hidden=(8, 8), activation="tanh", auxiliary=5, noise_batch=20),
    "RandomForestClassifier": RandomForestClassifierSpec(n_estimators=5),
    "ExtraTreesClassifier": ExtraTreesClassifierSpec(n_estimators=5),
    "BaggingClassifier": BaggingClassifierSpec(n_estimators=5),
    "LinearSVC": LinearSVCSpec(C=0.01),  # with more it hardly minds its penalty, and so the units
    "AdaBoostClassifier": AdaBoostClassifierSpec(n_estimators=8),
    "GradientBoostingClassifier": GradientBoostingClassifierSpec(n_estimators=8, subsample=0.7),
    "HistGradientBoostingClassifier": HistGradientBoostingClassifierSpec(max_iter=8, min_samples_leaf=5),
}
SPECS = _DEFAULTS | {
    "relu": MLPSpec(hidden=(8, 8), activation="relu", fourier=2),
    "dropout": MLPSpec(hidden=(8,), dropout=0.3),
    "squared": MLPSpec(hidden=(4, 2), loss="squared", output="tanh", init="playground"),
    "rbf": LabelSpreadingSpec(kernel="rbf", gamma=5.0),
    "hinge": LogisticSpec(loss="hinge", features=("x", "y", "xy")),
    "adversarial": MLPSpec(hidden=(8,), robust="pgd", robust_steps=2),
    "trades": LogisticSpec(features=("x", "y", "xy"), robust="trades", robust_norm="linf", robust_steps=2),
    "noise": MLPSpec(hidden=(8,), robust="noise", mask="noise"),
}
# methods that share one loop: two of them, the plainest and the one that uses all of it, stand for the others in
# the quick suite; so do "mlp" and "relu" for a net with another loss, whose gradient tests/learners/test_backprop.py
# compares
_ALIKE = (
    "simclr", "masked-coordinate",
    "pseudo-label", "pi-model", "temporal-ensembling", "mean-teacher", "uda", "fixmatch", "flexmatch", "ict", "squared",
    "trades", "adversarial", "ExtraTreesClassifier", "BaggingClassifier",
)  # fmt: skip


def _param(name: str) -> Any:
    return pytest.param(SPECS[name], id=name, marks=[pytest.mark.slow] if name in _ALIKE else [])


few = settings(max_examples=5)
seeds = given(st.integers(0, 2**32))


class TestFamilies(LearnerContract):
    """The contract that plugins are held to, over every family and some more settings."""

    test_its_settings_load_neither_torch_nor_scikit_learn = None  # type: ignore[assignment]  # tests/test_layers.py

    @pytest.fixture(
        autouse=True,
        params=[_param(name) for name in SPECS],
    )
    def _one(self, request: pytest.FixtureRequest) -> None:
        self.spec = request.param
        self.blunt = self.spec.name in BLUNT
        # a step of theirs takes several times as long
        self.haste = 4 if isinstance(self.spec, UnlabelledSpec | SelfSupervisedSpec) else 1
        self.near = self.spec.name == "contrastive-walks"

    @few
    @seeds
    def test_a_point_of_weight_zero_changes_nothing(self, seed: int) -> None:
        self.check_weight_zero(seed)

    @few
    @seeds
    def test_an_unlabelled_point_changes_nothing_to_a_supervised_learner(self, seed: int) -> None:
        self.check_unlabelled(seed)

    @few
    @seeds
    def test_storage_order_is_irrelevant(self, seed: int) -> None:
        self.check_order(seed)


@pytest.mark.parametrize("size", [32, "full"])
@pytest.mark.parametrize("spec", [s for s in SPECS.values() if s.name in NETS], ids=lambda s: s.name)
def test_a_diverged_replica_leaves_the_others_alone(spec: Any, size: Any):
    learner, untouched = (
        make(spec, TrainingSpec(batch_size=size), (0, 1, 2), data=blobs(60, replicas=3)) for _ in range(2)
    )
    learner.step(5)
    untouched.step(5)
    learner.P.detach()[1] = np.nan
    for one in (learner, untouched):
        one.step(20)
    assert learner.finite().tolist() == [True, False, True]
    assert np.array_equal(thought(learner)[[0, 2]], thought(untouched)[[0, 2]])


@pytest.mark.parametrize("size", [10, 100, "full"])
def test_not_even_a_chaotic_clean_twin_hears_of_it(size: Any):
    """Adam turns the last bit of a gradient into a whole step where a ReLU unit is nearly dead."""
    spec = MLPSpec(hidden=(64, 64), activation="relu")
    data = blobs(200, replicas=2, poison=20)
    muted = weighing(data, np.stack([~data.poison, np.ones(200)]))
    twins, without = (thought(after(spec, d, size)) for d in (muted, taken(data, ~data.poison)))
    assert np.array_equal(twins[0], without[0])


def after(spec: Any, data: Any, size: Any) -> Any:
    learner = make(spec, TrainingSpec(batch_size=size), (0, 0), data=data)
    learner.step(120)
    return learner
