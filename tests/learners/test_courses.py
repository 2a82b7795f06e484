"""Courses: one fit holds, to the bit, what scikit-learn's own fits of every smaller size say."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from boundaryviz.learners.base import TrainingData
from boundaryviz.learners.families.averaging import BaggingClassifierSpec, ExtraTreesClassifierSpec
from boundaryviz.learners.families.boosting import (
    AdaBoostClassifierSpec,
    GradientBoostingClassifierSpec,
    HistGradientBoostingClassifierSpec,
)
from boundaryviz.learners.families.estimators import (
    DecisionTreeClassifierSpec,
    KNeighborsClassifierSpec,
    RandomForestClassifierSpec,
    SVCSpec,
)
from boundaryviz.learners.families.scikit_learn import table
from helpers.models import GRID, blobs, make, taken

SPECS: dict[str, Any] = {
    "extra trees": ExtraTreesClassifierSpec(n_estimators=8, max_depth=4),
    "bagging": BaggingClassifierSpec(n_estimators=8),
    "boosting": GradientBoostingClassifierSpec(n_estimators=8),
    "boosting on draws": GradientBoostingClassifierSpec(n_estimators=8, subsample=0.5),
    "boosting in bins": HistGradientBoostingClassifierSpec(max_iter=8, min_samples_leaf=3),
    "AdaBoost": AdaBoostClassifierSpec(n_estimators=8),
    "tree": DecisionTreeClassifierSpec(max_leaf_nodes=30),
    "whole tree": DecisionTreeClassifierSpec(criterion="entropy", min_samples_leaf=2),
    "pruned tree": DecisionTreeClassifierSpec(ccp_alpha=0.02),
    "forest": RandomForestClassifierSpec(n_estimators=8, max_leaf_nodes=6),
    "neighbours": KNeighborsClassifierSpec(),
    "neighbours by distance": KNeighborsClassifierSpec(weights="distance"),
    "neighbours in another norm": KNeighborsClassifierSpec(p=1.0),
}
every_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)


@st.composite
def problems(draw: st.DrawFn) -> tuple[TrainingData, int, int]:
    """Points of several classes, some of them several times or on one place with others, and a seed."""
    classes, seed = draw(st.integers(2, 4)), draw(st.integers(0, 1000))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    data = blobs(draw(st.integers(2, 60)), classes, seed)
    x = np.round(data.x, draw(st.sampled_from((1, 16))))
    weights = rng.integers(0, draw(st.integers(2, 4)), (1, len(x))).astype(np.float32)
    return TrainingData(data.ids, x, data.label, data.poison, weights), classes, seed


def theirs(spec: Any, size: int, data: TrainingData, classes: int, seed: int) -> NDArray[np.float64]:
    """What scikit-learn's classifier of this size says on the grid, fitted to points as often as they weigh."""
    often = np.repeat(np.arange(len(data.label)), data.weights[0].astype(int))
    x, label = data.x[often], data.label[often]
    values = spec.model_dump(exclude={"name", *getattr(spec, "OURS", ())}) | {spec.family.course: size}
    seen, result = np.unique(label), np.zeros((len(GRID), classes))
    if values.get("max_leaf_nodes") == 1 or len(seen) == 1:  # which scikit-learn refuses
        result[:] = np.bincount(label, minlength=classes) / len(label)
        return result
    if "n_neighbors" in values:
        values["n_neighbors"] = min(size, len(label))
    model = getattr(import_module(table()[spec.name]["module"]), spec.name)(**values)
    if "random_state" in model.get_params():
        model.set_params(random_state=seed if spec.seeded else 0)
    try:
        result[:, seen] = model.fit(x, label).predict_proba(GRID)
    except ValueError as error:
        if "worse than random" not in str(error):
            raise
        result[:] = np.nan
    return result


@every_spec
@settings(max_examples=10)
@given(problem=problems(), sizes=st.lists(st.integers(1, 8), min_size=1, max_size=4))
def test_every_stage_is_the_fit_of_that_size_to_the_bit(spec: Any, problem: Any, sizes: list[int]):
    data, classes, seed = problem
    learner = make(spec, seeds=(seed,), classes=classes, data=data)
    learner.step()
    if not learner.can_train:
        assert np.isnan(learner.staged(GRID, sizes)).all()
        return
    staged = learner.staged(GRID, sizes)
    assert staged.shape == (len(sizes), 1, len(GRID), classes)
    for size, p in zip(sizes, staged[:, 0], strict=True):
        assert np.array_equal(p, theirs(spec, size, data, classes, seed), equal_nan=True)


@every_spec
def test_the_learner_set_to_a_size_is_that_stage(spec: Any):
    """Asked of two replicas with other seeds, also beyond the last stage where the points end the course."""
    data = blobs(50, 3, replicas=2)
    learner = make(spec, seeds=(3, 4), classes=3, data=data)
    learner.step()
    sizes = (1, 2, 5, min(40, learner.stages[-1]))
    assert learner.stages == tuple(range(1, len(learner.stages) + 1))
    p, (loss, predicted) = learner.staged(GRID, sizes), learner.staged_evaluate(data.x, data.label, sizes)
    for at, size in enumerate(sizes):
        fresh = make(spec.model_copy(update={spec.family.course: size}), seeds=(3, 4), classes=3, data=data)
        fresh.step()
        assert np.array_equal(p[at].astype(np.float32), fresh.probabilities(GRID).swapaxes(1, 2))
        assert np.array_equal(learner.staged(GRID, sizes, 1)[:, 0], p[:, 1])
        assert np.array_equal((loss[at], predicted[at]), fresh.evaluate(data.x, data.label))


def test_a_tree_that_its_points_end_has_no_further_sizes_and_one_that_its_setting_ends_refuses_them():
    data = blobs(60)
    learner = make(DecisionTreeClassifierSpec(), data=data)
    learner.step()
    last = learner.stages[-1]
    assert np.array_equal(*learner.staged(GRID, (last, last + 500)))
    learner = make(DecisionTreeClassifierSpec(max_leaf_nodes=3), data=data)
    learner.step()
    assert learner.stages == (1, 2, 3)
    with pytest.raises(ValueError, match="up to size 3, not 4"):
        learner.staged(GRID, (2, 4))
    with pytest.raises(ValueError, match="from 1 on"):
        learner.staged(GRID, (0,))


def test_points_of_one_class_are_of_that_class_at_every_size_and_a_learner_without_a_course_says_so():
    data = taken(blobs(20), blobs(20).label == 1)
    learner = make(KNeighborsClassifierSpec(), data=data)
    learner.step()
    assert (learner.staged(GRID, (1, 9))[..., 1] == 1).all()
    with pytest.raises(ValueError, match="no course"):
        make(SVCSpec(), data=data).staged(GRID, (1,))
