"""What every learner promises, whatever its family; a new family is picked up from the registry."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaryviz.learners.base import TrainingData
from boundaryviz.learners.graph_specs import AtOnceSpec, LabelSpreadingSpec
from boundaryviz.learners.specs import (
    FAMILIES,
    LogisticSpec,
    MLPSpec,
    TrainingSpec,
    is_supervised,
)
from boundaryviz.learners.specs_estimators import RandomForestClassifierSpec
from boundaryviz.learners.specs_semi import UnlabelledSpec
from helpers.models import GRID, blobs, budgeted, joined, make, relative, taken, thought, weighing

NETS = ("mlp", "logistic")  # supervised ones
AT_ONCE = tuple(name for name, (spec, _) in FAMILIES.items() if issubclass(spec, AtOnceSpec))
BLUNT = "DecisionTreeClassifier"  # few of the points of two blobs move its cuts, too little for the grid to tell
UNSEEDED = tuple(name for name in AT_ONCE if name != "RandomForestClassifier")  # nothing is random
SMALL: dict[str, Any] = {"hidden": (8, 8), "activation": "tanh", "unlabelled_batch": 40}
_DEFAULTS: dict[str, Any] = {
    name: spec(**SMALL) if issubclass(spec, UnlabelledSpec) else spec() for name, (spec, _) in FAMILIES.items()
} | {"RandomForestClassifier": RandomForestClassifierSpec(n_estimators=5)}
SPECS = _DEFAULTS | {
    "relu": MLPSpec(hidden=(8, 8), activation="relu", fourier=2),
    "dropout": MLPSpec(hidden=(8,), dropout=0.3),
    "squared": MLPSpec(hidden=(4, 2), loss="squared", output="tanh", init="playground"),
    "rbf": LabelSpreadingSpec(kernel="rbf", gamma=5.0),
    "hinge": LogisticSpec(loss="hinge", features=("x", "y", "xy")),
}
# methods that share one loop: two of them, the plainest and the one that uses all of it, stand for the others in
# the quick suite
_ALIKE = ("pseudo-label", "pi-model", "temporal-ensembling", "mean-teacher", "uda", "fixmatch", "flexmatch", "ict")


def _over(specs: dict[str, Any]) -> Any:
    slow = {name: [pytest.mark.slow] if name in _ALIKE else [] for name in specs}
    return pytest.mark.parametrize("spec", [pytest.param(s, id=k, marks=slow[k]) for k, s in specs.items()])


every_spec = _over(SPECS)
supervised = _over({k: s for k, s in SPECS.items() if is_supervised(s.name)})
nets = _over({k: s for k, s in SPECS.items() if s.name in NETS})
every_family = _over(_DEFAULTS)
in_steps = _over({k: s for k, s in _DEFAULTS.items() if k not in AT_ONCE})
every_size = pytest.mark.parametrize("size", [32, "full"])
few = settings(max_examples=5)


def training(size: Any = 32, **changes: Any) -> TrainingSpec:
    return TrainingSpec(batch_size=size, **changes)


def trained(spec: Any, data: TrainingData, seeds: tuple[int, ...] = (0,), size: Any = 32, steps: int = 40) -> Any:
    learner = make(spec, training(size), seeds, int(data.label.max(initial=1)) + 1, budgeted(spec, data))
    learner.step(steps // 4 if isinstance(spec, UnlabelledSpec) else steps)  # one of theirs takes several times as long
    return learner


def clean_of(data: TrainingData) -> TrainingData:
    return taken(data, ~data.poison)


# ---- replicas -------------------------------------------------------------------------------------------


@every_size
@every_spec
def test_eight_replicas_are_eight_runs(spec: Any, size: Any):
    whole = spec in _DEFAULTS.values() and spec.name in NETS
    together = thought(trained(spec, blobs(100, 3, replicas=8), tuple(range(8)), size, steps=200))
    for replica in range(8) if whole else (0, 7):
        alone = thought(trained(spec, blobs(100, 3), (replica,), size, steps=200))
        assert relative(together[replica], alone[0]) < 1e-5


@every_size
@every_spec
def test_the_other_replicas_do_not_matter_to_the_bit(spec: Any, size: Any):
    """The same kernels run, so not a bit may change: not by other seeds, nor by a neighbour that sees other points."""
    data = blobs(100, replicas=4)
    muted = data.weights.copy()
    muted[2:, :] = np.random.default_rng(0).random((2, 100)) < 0.5
    a = thought(trained(spec, data, (5, 6, 7, 8), size))
    b = thought(trained(spec, weighing(data, muted), (5, 6, 1, 2), size))
    assert np.array_equal(a[:2], b[:2])
    assert spec.name == BLUNT or not np.array_equal(a[2], b[2])


@every_family
def test_the_same_seed_gives_the_same_twice(spec: Any):
    a, b, other = (thought(trained(spec, blobs(60), (seed,))) for seed in (3, 3, 4))
    assert np.array_equal(a, b)
    assert np.array_equal(a, other) == (spec.name in UNSEEDED)


@every_family
def test_many_steps_are_as_many_single_steps(spec: Any):
    at_once, one_by_one = make(spec, training(), data=blobs(70)), make(spec, training(), data=blobs(70))
    at_once.step(30)
    for _ in range(30):
        one_by_one.step()
    assert np.array_equal(thought(at_once), thought(one_by_one))


@every_size
@nets
def test_a_diverged_replica_leaves_the_others_alone(spec: Any, size: Any):
    learner, untouched = (make(spec, training(size), (0, 1, 2), data=blobs(60, replicas=3)) for _ in range(2))
    learner.step(5)
    untouched.step(5)
    learner.P.detach()[1] = np.nan
    for one in (learner, untouched):
        one.step(20)
    assert learner.finite().tolist() == [True, False, True]
    assert np.array_equal(thought(learner)[[0, 2]], thought(untouched)[[0, 2]])


# ---- twins ----------------------------------------------------------------------------------------------


@every_size
@every_spec
def test_without_poison_twins_are_identical(spec: Any, size: Any):
    twins = thought(trained(spec, blobs(90, replicas=2), (3, 3), size, steps=100))
    assert np.array_equal(twins[0], twins[1])


@every_size
@every_spec
def test_the_clean_twin_never_hears_of_the_poison(spec: Any, size: Any):
    """With poison as with none: the same model to the bit, and to rounding also that of a run without a twin."""
    data = blobs(100, replicas=2, poison=13)
    data = weighing(data, np.stack([~data.poison, np.ones(100)]))
    twins = thought(trained(spec, data, (3, 3), size, steps=100))
    without = thought(trained(spec, clean_of(data), (3, 3), size, steps=100))
    alone = thought(trained(spec, clean_of(blobs(100, poison=13)), (3,), size, steps=100))
    assert np.array_equal(twins[0], without[0])
    assert relative(twins[0], alone[0]) < 1e-5
    assert spec.name == BLUNT or relative(twins[1], twins[0]) > 1e-3


@pytest.mark.parametrize("size", [10, 100, "full"])
def test_not_even_a_chaotic_clean_twin_hears_of_it(size: Any):
    """Adam turns the last bit of a gradient into a whole step where a ReLU unit is nearly dead."""
    spec = MLPSpec(hidden=(64, 64), activation="relu")
    data = blobs(200, replicas=2, poison=20)
    muted = weighing(data, np.stack([~data.poison, np.ones(200)]))
    twins, without = (thought(trained(spec, d, (0, 0), size, steps=120)) for d in (muted, clean_of(data)))
    assert np.array_equal(twins[0], without[0])


@every_family
def test_what_poison_does_depends_on_its_own_place(spec: Any):
    data = blobs(80, poison=5)
    moved = data.x.copy()
    moved[data.poison] += 3.0
    away = TrainingData(data.ids, moved, data.label, data.poison, data.weights)
    assert relative(thought(trained(spec, data)), thought(trained(spec, away))) > 1e-4


# ---- points that nobody sees ----------------------------------------------------------------------------


@st.composite
def inert(draw: st.DrawFn, unlabelled: bool) -> tuple[TrainingData, TrainingData]:
    """Some data, and the same with points among it that are unlabelled, or that no replica sees."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n, extra = draw(st.integers(20, 60)), draw(st.integers(1, 40))
    plain = blobs(n, seed=draw(st.integers(0, 50)), replicas=2, poison=draw(st.integers(0, 5)))
    ids = rng.choice(2 * (n + extra), n + extra, replace=False)
    plain = TrainingData(ids[:n], plain.x, plain.label, plain.poison, plain.weights)
    far = draw(st.sampled_from([1.0, 1e6, 1e300]))
    added = TrainingData(
        ids[n:],
        rng.standard_normal((extra, 2)) * far,
        np.full(extra, -1) if unlabelled else rng.integers(0, 2, extra),
        rng.random(extra) < 0.5,
        np.full((2, extra), float(unlabelled), dtype=np.float32),
    )
    return plain, taken(joined(plain, added), rng.permutation(n + extra))


@every_spec
@few
@given(st.data())
def test_a_point_of_weight_zero_changes_nothing(spec: Any, data: st.DataObject):
    without, among = data.draw(inert(unlabelled=False))
    size = data.draw(st.sampled_from([7, 32, "full"]))
    a, b = (thought(trained(spec, d, (1, 2), size, steps=8)) for d in (without, among))
    assert np.array_equal(a, b)


@supervised
@few
@given(st.data())
def test_an_unlabelled_point_changes_nothing(spec: Any, data: st.DataObject):
    without, among = data.draw(inert(unlabelled=True))
    size = data.draw(st.sampled_from([7, 32, "full"]))
    a, b = (thought(trained(spec, d, (1, 2), size, steps=8)) for d in (without, among))
    assert np.array_equal(a, b)


@every_spec
@few
@given(st.integers(0, 2**32), st.sampled_from([9, "full"]), st.integers(0, 6))
def test_storage_order_is_irrelevant(spec: Any, shuffle: int, size: Any, poison: int):
    data = blobs(50, replicas=2, poison=poison)
    other = taken(data, np.random.default_rng(shuffle).permutation(50))
    a, b = (thought(trained(spec, d, (1, 2), size, steps=8)) for d in (data, other))
    assert np.array_equal(a, b)


@every_size
@every_spec
def test_inert_points_may_come_and_go_while_it_trains(spec: Any, size: Any):
    data = blobs(60, replicas=1)
    ghost = TrainingData(
        np.array([999]), np.zeros((1, 2)), np.zeros(1, int), np.zeros(1, bool), np.zeros((1, 1), np.float32)
    )
    steady, visited = (make(spec, training(size), data=data) for _ in range(2))
    for turn in range(6):
        visited.set_data(joined(ghost, data) if turn % 2 else data)
        steady.step(5)
        visited.step(5)
    assert np.array_equal(thought(steady), thought(visited))


# ---- edits while it trains ------------------------------------------------------------------------------


@every_size
@every_spec
def test_setting_the_same_data_again_changes_nothing(spec: Any, size: Any):
    data = blobs(60)
    left_alone, told_again = (make(spec, training(size), data=data) for _ in range(2))
    for _ in range(8):
        told_again.set_data(taken(data, np.arange(60)))
        told_again.set_training(spec, training(size))
        left_alone.step(3)
        told_again.step(3)
    assert np.array_equal(thought(left_alone), thought(told_again))


@every_family
def test_an_edit_acts_from_the_next_step_on_and_keeps_the_weights(spec: Any):
    learner, other = (make(spec, training(), data=blobs(60)) for _ in range(2))
    learner.step(10)
    other.step(10)
    before = thought(learner)
    learner.set_data(blobs(60, seed=9))
    assert np.array_equal(thought(learner), before)
    learner.step(1)
    other.step(1)
    assert not np.array_equal(thought(learner), thought(other))


@in_steps
def test_a_moved_point_acts_in_its_own_batch_alone(spec: Any):
    data = blobs(96)
    probes = {}
    for at in range(0, 96, 2):
        learner = make(spec, training(32), data=data)
        moved = data.x.copy()
        moved[at] += 5.0
        learner.set_data(TrainingData(data.ids, moved, data.label, data.poison, data.weights))
        learner.step(1)
        probes[at] = thought(learner)
    untouched = make(spec, training(32), data=data)
    untouched.step(1)
    seen = [at for at, result in probes.items() if not np.array_equal(result, thought(untouched))]
    assert 0 < len(seen) <= 32  # those of the first batch, less the few that have no say (beyond a margin)


# ---- what is handed out ---------------------------------------------------------------------------------


@every_family
def test_nothing_handed_in_is_changed_or_needs_to_be_writeable(spec: Any):
    data = replace(blobs(40, replicas=2, poison=4), response=np.arange(40.0))
    copies = {f.name: getattr(data, f.name).copy() for f in fields(data)}
    for f in fields(data):
        getattr(data, f.name).flags.writeable = False
    for size in (8, "full"):
        learner = trained(spec, data, (0, 1), size)
        learner.evaluate(data.x, data.label)
    assert all(np.array_equal(getattr(data, name), copy) for name, copy in copies.items())


@every_family
def test_results_share_no_memory_with_the_learner(spec: Any):
    data = blobs(40)
    learner = trained(spec, data)
    before = thought(learner)
    results = [
        learner.probabilities(GRID),
        learner.predict(GRID),
        *learner.evaluate(data.x, data.label),
        learner.finite(),
    ]
    results += learner.units(GRID)
    copies = [r.copy() for r in results]
    learner.step(10)
    assert all(np.array_equal(r, c) for r, c in zip(results, copies, strict=True))
    fresh = trained(spec, data)
    for result in [fresh.probabilities(GRID), *fresh.units(GRID), fresh.finite()]:
        result[...] = 0
    assert np.array_equal(thought(fresh), before)


@every_spec
@pytest.mark.parametrize("classes", [2, 4])
def test_probabilities_and_predictions_belong_together(spec: Any, classes: int):
    learner = trained(spec, blobs(80, classes, replicas=3), (0, 1, 2))
    p, predicted = learner.probabilities(GRID), learner.predict(GRID)
    assert (p.shape, p.dtype) == ((3, classes, len(GRID)), np.float32)
    assert (predicted.shape, predicted.dtype) == ((3, len(GRID)), np.int64)
    np.testing.assert_allclose(p.sum(axis=1), 1.0, atol=1e-5)
    chosen = np.take_along_axis(p, predicted[:, None], axis=1)[:, 0]
    np.testing.assert_allclose(chosen, p.max(axis=1), atol=1e-6)
    for replica in range(3):
        np.testing.assert_allclose(learner.probabilities(GRID, replica)[0], p[replica], atol=1e-6)
        assert learner.predict(GRID, replica).shape == (1, len(GRID))


@every_family
def test_asking_never_changes_the_model(spec: Any):
    asked, left_alone = (make(spec, training(), data=blobs(50)) for _ in range(2))
    for _ in range(5):
        for learner in (asked, left_alone):
            learner.step(3)
        asked.probabilities(GRID)
        asked.predict(GRID)
        asked.units(GRID)
        asked.evaluate(GRID, np.zeros(len(GRID), dtype=np.int64))
    assert np.array_equal(thought(asked), thought(left_alone))


@every_spec
def test_with_nothing_to_learn_from_steps_pass(spec: Any):
    learner = make(spec, training())
    assert not learner.can_train
    before = thought(learner)
    learner.step(3)
    learner.set_data(taken(blobs(10), []))
    learner.step(3)
    learner.set_data(weighing(blobs(10), np.zeros((1, 10))))
    learner.step(3)
    assert not learner.can_train
    assert np.array_equal(thought(learner), before)
    assert learner.probabilities(np.empty((0, 2))).shape == (1, 2, 0)
    assert learner.predict(np.empty((0, 2))).shape == (1, 0)
    learner.set_data(blobs(10))
    assert learner.can_train


@cache
def _first(spec: Any) -> Any:
    return thought(trained(spec, blobs(40)))


@every_family
def test_the_global_random_state_plays_no_part(spec: Any):
    import torch

    first = _first(spec)
    torch.manual_seed(1)
    np.random.seed(1)  # noqa: NPY002
    assert np.array_equal(thought(trained(spec, blobs(40))), first)
