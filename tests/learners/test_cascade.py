"""Who gave whom a label: shortest paths along graphs, nearest earlier points, and rounds of self-training."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.semi_supervised import SelfTrainingClassifier

from boundaryviz.learners.base import TrainingData
from boundaryviz.learners.cascade import Cascade, measured, seeds
from boundaryviz.learners.chains import handed, nearest_earlier, shortest
from boundaryviz.learners.families.graphs import LabelPropagationSpec, LabelSpreadingSpec, LapRLSSpec, SelfTrainingSpec
from boundaryviz.learners.families.semi_supervised import FixMatchSpec, VATSpec
from boundaryviz.learners.self_training import base
from boundaryviz.learners.specs import LogisticSpec, MLPSpec
from helpers.models import blobs, make, taken, weighing

THREE = LabelSpreadingSpec(neighbours=3)
GRAPHS = [
    LabelSpreadingSpec(neighbours=4),
    LabelSpreadingSpec(neighbours=3, both_ways=True),
    LabelPropagationSpec(kernel="rbf", gamma=8.0),
    LabelSpreadingSpec(kernel="rbf", gamma=3.0),
    LapRLSSpec(neighbours=3),
]


def line(n: int = 9, muted: tuple[int, ...] = (), label: dict[int, int] | None = None) -> TrainingData:
    """Points at 0, 1, 2, ... on a line; each sees its two neighbours when three are asked for."""
    labels = np.full(n, -1)
    for at, k in (label or {0: 0}).items():
        labels[at] = k
    weights = np.ones((1, n), dtype=np.float32)
    weights[0, list(muted)] = 0.0
    xy = np.stack([np.arange(n) + 1e-3 * np.arange(n) ** 2, np.zeros(n)], axis=1)
    return TrainingData(np.arange(n), xy, labels, np.zeros(n, bool), weights)


def few_labels(n: int, seed: int, labels: int = 4) -> TrainingData:
    """Points in blobs of which the first few keep their label."""
    data = blobs(n, seed=seed)
    return replace(data, label=np.where(data.ids < labels, data.label, -1))


def same(found: Cascade, other: Cascade, order: NDArray[np.int64]) -> None:
    """`other` is of the points in this order."""
    for name in ("seed", "before"):
        places = getattr(other, name)
        assert np.array_equal(getattr(found, name)[order], np.where(places < 0, -1, order[places]))
    assert np.array_equal(found.label[order], other.label)
    assert np.array_equal(found.when[order], other.when)


# ---- along graphs


def test_along_a_line_every_point_hands_on():
    data = line()
    found = shortest(data, THREE)
    assert found.before[:8].tolist() == [-1, 0, 1, 2, 3, 4, 5, 6]  # the last listens to the one before the last as well
    assert found.seed.tolist() == [0] * 9
    np.testing.assert_allclose(found.when, data.x[:, 0])
    assert found.path(4) == [0, 1, 2, 3, 4]
    assert found.path(0) == [0]


def test_the_nearer_of_two_seeds_is_the_source():
    found = shortest(line(label={0: 0, 8: 1}), THREE)
    assert found.seed.tolist() == [0, 0, 0, 0, 0, 8, 8, 8, 8]
    assert found.label.tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 1]
    assert found.path(6) == [8, 7, 6]


def test_cutting_a_bead_breaks_the_chain_where_neighbours_reach_no_further():
    data = line()
    xy = np.stack([[0, 1, 2, 3, 4, 5.5, 6.3, 7.3, 8.3], np.zeros(9)], axis=1)  # 6 to 8 see no further than 5
    data = TrainingData(data.ids, xy, data.label, data.poison, data.weights)
    assert shortest(data, THREE).path(7) == list(range(8))
    cut = shortest(TrainingData(data.ids, xy, data.label, data.poison, line(muted=(5,)).weights), THREE)
    assert cut.path(7) == cut.path(5) == []
    assert cut.seed.tolist() == [0] * 5 + [-1] * 4
    assert cut.label.tolist() == [0] * 5 + [-1] * 4
    assert np.isinf(cut.when[5:]).all()


def test_a_gaussian_graph_prefers_many_small_steps():
    found = shortest(line(), LabelSpreadingSpec(kernel="rbf", gamma=2.0))
    assert found.path(5) == [0, 1, 2, 3, 4, 5]
    gaps = np.diff(line().x[:, 0])
    np.testing.assert_allclose(found.when[1:], np.cumsum(2.0 * gaps**2))


@pytest.mark.parametrize("kernel", ["knn", "rbf"])
def test_without_labels_or_points_nothing_is_reached(kernel: str):
    for data in (line(label={0: -1}), taken(line(), []), line(3, muted=(0, 1, 2))):
        found = shortest(data, LabelSpreadingSpec(kernel=kernel))  # type: ignore[arg-type]
        assert (found.seed == -1).all()
        assert len(found.when) == len(data.ids)


@pytest.mark.parametrize("kernel", ["knn", "rbf"])
def test_points_on_top_of_each_other_are_joined(kernel: str):
    data = line(4)
    data = TrainingData(data.ids, np.zeros((4, 2)), data.label, data.poison, data.weights)
    found = shortest(data, LabelSpreadingSpec(kernel=kernel))  # type: ignore[arg-type]
    assert found.seed.tolist() == [0] * 4
    assert found.when.max() < 1e-300


def lengths(data: TrainingData, spec: Any) -> NDArray[np.float64]:
    """The length of the step from point i to point j (n, n), from its definition; infinity where there is none."""
    gap = np.linalg.norm(data.x[:, None] - data.x, axis=2)
    if getattr(spec, "kernel", "knn") == "rbf":
        step = spec.gamma * gap**2
        return np.where(np.eye(len(gap), dtype=bool), np.inf, step)
    whole = isinstance(spec, LapRLSSpec)
    near = np.argsort(gap, axis=1)[:, : spec.neighbours + whole]
    listens = np.zeros_like(gap, dtype=bool)
    listens[np.arange(len(gap))[:, None], near] = True
    if whole or spec.both_ways:
        listens |= listens.T
    return np.where(listens.T, gap, np.inf)


@settings(max_examples=8)
@given(st.integers(0, 10_000), st.integers(1, 4))
@pytest.mark.parametrize("spec", GRAPHS, ids=str)
def test_lengths_are_those_of_floyd_and_warshall_and_paths_are_made_of_edges(spec: object, seed: int, labels: int):
    data = few_labels(40, seed, labels)
    step = lengths(data, spec)
    shortest_of_all = step.copy()
    np.fill_diagonal(shortest_of_all, 0.0)
    for k in range(40):
        shortest_of_all = np.minimum(shortest_of_all, shortest_of_all[:, k, None] + shortest_of_all[k])
    found = shortest(data, spec)  # type: ignore[arg-type]
    np.testing.assert_allclose(found.when, shortest_of_all[:labels].min(axis=0), rtol=1e-9)
    for to in range(40):
        path = found.path(to)
        if not path:
            assert np.isinf(found.when[to])
            continue
        assert (path[0], path[-1]) == (found.seed[to], to)
        assert data.label[path[0]] == found.label[to] >= 0
        assert all(found.when[a] < found.when[b] for a, b in pairwise(path))
        np.testing.assert_allclose(found.when[to], step[path[:-1], path[1:]].sum(), rtol=1e-9)


@pytest.mark.parametrize("spec", [LabelPropagationSpec(kernel="rbf"), LabelSpreadingSpec(kernel="rbf")])
@pytest.mark.parametrize("gamma", [1.0, 10_000.0])
def test_on_a_gaussian_graph_a_chain_leads_to_every_point_and_every_point_is_decided(spec: Any, gamma: float):
    data, spec = few_labels(40, 1), spec.model_copy(update={"gamma": gamma})
    learner = make(spec, data=data)
    learner.step()
    assert (learner.predict(data.x) >= 0).all()
    assert (shortest(data, spec).seed >= 0).all()


@settings(max_examples=8)
@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(1, 3))
def test_a_path_exists_where_spreading_decides(seed: int, neighbours: int, labels: int):
    data = few_labels(50, seed, labels)
    spec = LabelSpreadingSpec(neighbours=neighbours)
    learner = make(spec, data=data)
    learner.step()
    assert np.array_equal(shortest(data, spec).seed >= 0, learner.predict(data.x)[0] >= 0)


@settings(max_examples=8)
@given(st.integers(0, 10_000))
@pytest.mark.parametrize("spec", GRAPHS, ids=str)
def test_the_order_of_points_is_irrelevant_along_graphs(spec: object, shuffle: int):
    data = few_labels(40, 0)
    order = np.random.default_rng(shuffle).permutation(40)
    same(shortest(data, spec), shortest(taken(data, order), spec), order)  # type: ignore[arg-type]


# ---- one after the other


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 120), st.integers(1, 12))
def test_the_nearest_earlier_point_is_that_of_a_full_search(seed: int, n: int, checkpoints: int):
    rng = np.random.default_rng(seed)
    xy, when = rng.normal(size=(n, 2)), np.sort(rng.integers(0, checkpoints, n)).astype(float)
    gap = np.linalg.norm(xy[:, None] - xy, axis=2)
    gap[when[:, None] <= when] = np.inf
    wanted = np.where(np.isinf(gap.min(axis=1)), -1, gap.argmin(axis=1))
    assert np.array_equal(nearest_earlier(xy, when), wanted)


def first_passes(seed: int, n: int = 60) -> tuple[TrainingData, NDArray, NDArray]:
    rng = np.random.default_rng(seed)
    when = rng.integers(0, 8, n) * 20.0
    when[rng.random(n) < 0.2] = np.inf
    return few_labels(n, seed), when, rng.integers(0, 2, n)


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_a_chain_leads_over_nearest_earlier_points_of_one_class_to_a_labelled_one(seed: int):
    data, when, label = first_passes(seed)
    found = handed(data, when, label, "step")
    assert (found.when[data.label >= 0] == 0).all()
    for to in range(60):
        if data.label[to] < 0 and np.isinf(when[to]):
            assert (found.label[to], found.before[to], found.seed[to]) == (-1, -1, -1)
            continue
        path = found.path(to)
        assert bool(path) == (found.label[to] in data.label[data.label >= 0])
        if path:
            assert data.label[path[0]] == found.label[to]
            assert (found.label[path] == found.label[to]).all()
            assert all(found.when[a] < found.when[b] or data.label[a] >= 0 for a, b in pairwise(path))
            assert all(data.label[at] < 0 for at in path[1:])


@settings(max_examples=10)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_order_of_points_is_irrelevant_one_after_the_other(seed: int, shuffle: int):
    data, when, label = first_passes(seed)
    order = np.random.default_rng(shuffle).permutation(60)
    same(handed(data, when, label, "step"), handed(taken(data, order), when[order], label[order], "step"), order)


def test_what_a_replica_does_not_see_has_no_label_and_hands_none_on():
    data, when, label = first_passes(5)
    hidden = np.ones((2, 60))
    hidden[1, ::3] = 0
    found = handed(weighing(data, hidden), when, label, "step", replica=1)
    assert np.isinf(found.when[::3]).all()
    assert not np.isin(found.before, np.arange(0, 60, 3)).any()
    other = shortest(weighing(data, hidden), GRAPHS[0], replica=1)
    assert np.isinf(other.when[::3]).all()
    assert not np.isin(other.before, np.arange(0, 60, 3)).any()


def test_a_chain_that_begins_with_no_labelled_point_has_no_path():
    data = line(4, label={0: 0})
    found = handed(data, np.array([0.0, 20.0, 40.0, 60.0]), np.array([0, 0, 1, 1]), "step")
    assert found.path(1) == [0, 1]
    assert found.before.tolist() == [-1, 0, -1, 2]
    assert found.path(3) == []
    assert found.when[3] == 60


# ---- among other points


def test_among_other_points_positions_follow_and_chains_are_cut_where_one_is_gone():
    found = shortest(line(6), THREE)
    there = found.among(7, np.array([6, 4, -1, 1, 0, 2]))
    assert there.path(4) == [6, 4]
    assert there.path(1) == there.path(0) == []
    assert there.before[0] == 1
    assert there.when[[6, 4, 1, 0]].tolist() == found.when[[0, 1, 3, 4]].tolist()
    assert np.isinf(there.when[[3, 5]]).all()


@given(st.integers(0, 10_000), st.integers(1, 40))
def test_seeds_are_where_chains_begin(seed: int, n: int):
    rng = np.random.default_rng(seed)
    before = np.array([rng.integers(-1, i) for i in range(n)])
    labelled = rng.random(n) < 0.5
    wanted = []
    for at in range(n):
        while before[at] >= 0:
            at = before[at]
        wanted.append(at if labelled[at] else -1)
    assert seeds(before, labelled).tolist() == wanted


def test_each_learner_is_measured_in_its_own_way_and_supervised_ones_not_at_all():
    assert [measured(spec) for spec in (MLPSpec(), LogisticSpec())] == [None, None]
    assert [measured(spec) for spec in GRAPHS] == ["length"] * len(GRAPHS)
    assert [measured(spec) for spec in (SelfTrainingSpec(), VATSpec(), FixMatchSpec())] == ["round", "step", "step"]
    assert (VATSpec().sure, FixMatchSpec(threshold=0.6).sure) == (0.95, 0.6)


# ---- self-training


@pytest.mark.parametrize("spec", [SelfTrainingSpec(k_best=7), SelfTrainingSpec(criterion="threshold", threshold=0.9)])
def test_rounds_of_self_training_are_scikit_learns(spec: SelfTrainingSpec):
    data = few_labels(70, 2, 6)
    learner = make(spec, data=data)
    assert learner.rounds() is None
    learner.step()
    model = SelfTrainingClassifier(
        base(spec, 6), threshold=spec.threshold, criterion=spec.criterion.replace("-", "_"), k_best=spec.k_best,
        max_iter=spec.rounds,
    ).fit(data.x, data.label)  # fmt: skip
    when, label = learner.rounds()
    assert np.array_equal(when, np.where(model.labeled_iter_ < 0, np.inf, model.labeled_iter_))
    assert np.array_equal(label, model.transduction_)
    assert when.max() > 1


def test_self_training_on_one_class_or_without_unlabelled_points_still_says_when():
    one = replace(few_labels(10, 0, 1), label=np.array([1] + [-1] * 9))
    learner = make(SelfTrainingSpec(), data=one)
    learner.step()
    assert learner.rounds()[0].tolist() == [0.0] + [1.0] * 9
    assert learner.rounds()[1].tolist() == [1] * 10
    learner.set_data(blobs(12))
    learner.step()
    assert learner.rounds()[0].tolist() == [0.0] * 12
