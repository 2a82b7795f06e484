"""Learners that are fitted at once: when they fit, what they share, and what they leave undecided."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaryviz.learners.base import TrainingData, decided
from boundaryviz.learners.families.graphs import LabelPropagationSpec, LabelSpreadingSpec, LapRLSSpec, SelfTrainingSpec
from boundaryviz.learners.specs import TrainingSpec
from helpers.models import GRID, blobs, joined, make, taken, thought, weighing

SPECS: dict[str, Any] = {
    "propagation": LabelPropagationSpec(neighbours=7),
    "propagation-rbf": LabelPropagationSpec(kernel="rbf", gamma=5.0),
    "spreading": LabelSpreadingSpec(neighbours=7),
    "spreading-rbf": LabelSpreadingSpec(kernel="rbf", gamma=5.0),
    "self-training": SelfTrainingSpec(rounds=5),
    "laprls": LapRLSSpec(gamma=5.0),
}
every_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS.keys())
among_neighbours = pytest.mark.parametrize("name", ["propagation", "spreading"])
few = settings(max_examples=8)


def hidden(data: TrainingData, labels: int = 3) -> TrainingData:
    """The same points, all but the first few of each class unlabelled."""
    label = np.full(len(data.label), -1)
    for k in range(int(data.label.max()) + 1):
        members = np.flatnonzero(data.label == k)[:labels]
        label[members] = k
    return TrainingData(data.ids, data.x, label, data.poison, data.weights)


def fitted(spec: Any, data: TrainingData, classes: int = 2) -> Any:
    learner = make(spec, seeds=tuple(range(len(data.weights))), classes=classes, data=data)
    learner.step()
    return learner


def counted(learner: Any) -> list[int]:
    """How many points each fit from now on was given."""
    sizes: list[int] = []
    fit = learner._fit

    def counting(xy: Any, label: Any) -> Any:
        sizes.append(len(xy))
        return fit(xy, label)

    learner._fit = counting
    return sizes


@pytest.mark.parametrize("criterion", ["k-best", "threshold"])
@pytest.mark.parametrize("base", ["svm", "logistic", "knn", "naive-bayes"])
def test_self_training_says_of_exactly_those_settings_that_they_do_nothing_which_change_nothing(
    base: str, criterion: str
):
    """With values that change what is learned wherever they are looked at."""
    data = hidden(blobs(60))
    others = {"k_best": 50, "threshold": 0.999, "rounds": 1, "gamma": 90.0, "penalty": 1e-3, "neighbours": 1}
    first = {"base": base, "criterion": criterion, "k_best": 5, "gamma": 1.0, "threshold": 0.7}
    spec = SelfTrainingSpec.model_validate(first)
    before = thought(fitted(spec, data))
    same = {
        name
        for name, other in others.items()
        if np.array_equal(thought(fitted(spec.model_copy(update={name: other}), data)), before)
    }
    assert same == spec.unused().keys()


# ---- when it fits ---------------------------------------------------------------------------------------


@every_spec
def test_it_fits_once_and_again_when_something_changed(spec: Any):
    learner = make(spec, data=hidden(blobs(60)))
    sizes = counted(learner)
    assert not learner.settled
    learner.step(5)
    learner.step()
    assert (sizes, learner.settled) == ([60], True)
    learner.set_data(hidden(blobs(60)))
    learner.set_training(spec, TrainingSpec(learning_rate=1.0))
    assert learner.settled
    learner.set_data(hidden(blobs(61)))
    assert not learner.settled
    learner.step()
    changed = spec.model_copy(update={"gamma": 3.5})
    learner.set_training(changed, TrainingSpec())
    learner.step(2)
    assert sizes == [60, 61, 61]
    assert np.array_equal(thought(learner), thought(fitted(changed, hidden(blobs(61)))))


@every_spec
def test_replicas_that_see_the_same_share_a_fit_and_only_the_others_are_fitted_again(spec: Any):
    data = hidden(blobs(60, replicas=6, poison=8))
    weights = data.weights.copy()
    weights[:3, data.poison] = 0.0
    learner = make(spec, seeds=range(6), data=weighing(data, weights))
    sizes = counted(learner)
    learner.step()
    assert sizes == [52, 60]
    answers = thought(learner)
    assert all(np.array_equal(answers[a], answers[b]) for a, b in ((0, 1), (0, 2), (3, 4), (3, 5)))
    xy = data.x.copy()
    xy[data.poison] += 0.5
    learner.set_data(TrainingData(data.ids, xy, data.label, data.poison, weights))
    learner.step()
    assert sizes == [52, 60, 60]
    assert np.array_equal(thought(learner)[0], answers[0])


def test_evaluating_the_same_points_again_is_looked_up_until_it_is_fitted_again():
    data = hidden(blobs(60))
    learner = fitted(SPECS["spreading"], data)
    xy, label = blobs(40, seed=3).x, blobs(40, seed=3).label
    first = learner.evaluate(xy, label)
    learner._replicas = [None]  # whoever asked them now would fail
    again = learner.evaluate(xy, label)
    assert all(np.array_equal(a, b) and a is not b for a, b in zip(first, again, strict=True))
    learner.set_data(hidden(blobs(60, seed=5)))
    learner.step()
    assert not np.array_equal(learner.evaluate(xy, label)[0], first[0])


# ---- what is undecided ----------------------------------------------------------------------------------


def two_islands(labels: int) -> TrainingData:
    """Twenty points on each of two islands far apart, labels on the first `labels` of them."""
    data = blobs(40, 2, seed=1)
    xy = data.x * 0.2
    xy[20:] += 50.0
    label = np.array([0] * labels + [-1] * (20 - labels) + [-1] * 20)
    return TrainingData(data.ids, xy, label, data.poison, data.weights)


@among_neighbours
def test_an_island_without_a_label_is_undecided(name: str):
    data = two_islands(2)
    learner = fitted(SPECS[name], data)
    p, predicted = learner.probabilities(data.x), learner.predict(data.x)
    assert np.isnan(p[0, :, 20:]).all()
    assert p[0, :, :20].tolist() == [[1.0] * 20, [0.0] * 20]
    assert predicted[0].tolist() == [0] * 20 + [-1] * 20
    assert np.isnan(learner.scores(data.x)[0, 20:]).all()
    assert np.isnan(learner.shown(learner.scores(data.x))[0, 20:]).all()
    loss, guess = learner.evaluate(data.x, np.zeros(40, dtype=np.int64))
    assert np.array_equal(guess, predicted)
    np.testing.assert_allclose(loss[0], [0.0] * 20 + [np.log(2)] * 20)
    assert learner.finite().all()


@among_neighbours
def test_a_gaussian_joins_all_islands(name: str):
    data = two_islands(2)
    learner = fitted(SPECS[f"{name}-rbf"], data)
    assert (learner.predict(data.x) == 0).all()
    assert (learner.probabilities(np.array([[0.0, 0.0], [1e6, -1e6]]))[0, 0] == 1.0).all()


@every_spec
def test_before_the_first_fit_and_for_a_replica_without_labels_everything_is_undecided(spec: Any):
    data = hidden(blobs(40, replicas=2))
    weights = data.weights.copy()
    weights[0, data.label >= 0] = 0.0
    learner = make(spec, seeds=(0, 0), data=weighing(data, weights))
    assert (learner.predict(GRID) == -1).all()
    learner.step()
    assert (learner.predict(GRID)[0] == -1).all()
    assert (learner.predict(GRID)[1] >= 0).any()


@every_spec
@pytest.mark.parametrize("classes", [2, 3])
def test_where_one_class_is_labelled_nothing_else_is_predicted(spec: Any, classes: int):
    data = blobs(40, 2)
    data = TrainingData(data.ids, data.x, np.where(np.arange(40) < 5, 1, -1), data.poison, data.weights)
    learner = fitted(spec, data, classes)
    assert set(learner.predict(data.x)[0].tolist()) <= {1, -1}
    assert (learner.predict(data.x[:5]) == 1).all()


@every_spec
@pytest.mark.parametrize("n", [1, 2, 3])
def test_hardly_any_points_and_points_on_top_of_each_other_do(spec: Any, n: int):
    data = taken(blobs(10), np.arange(n))
    one_place = TrainingData(data.ids, np.zeros((n, 2)), data.label, data.poison, data.weights)
    for points in (data, one_place):
        learner = fitted(spec, points)
        assert (learner.predict(points.x) >= 0).all()


@every_spec
def test_points_and_places_may_lie_as_far_out_as_numbers_go(spec: Any):
    data = hidden(blobs(30))
    far = TrainingData(
        np.array([100, 101]), np.array([[1e300, 0.0], [0.0, -1e308]]), np.array([-1, 1]), np.zeros(2, bool),
        np.ones((1, 2), np.float32),
    )  # fmt: skip
    learner = fitted(spec, joined(data, far))
    assert learner.predict(np.array([[0.0, 0.0], [1e300, 1e300]])).shape == (1, 2)


@pytest.mark.parametrize("family", [LabelPropagationSpec, LabelSpreadingSpec])
def test_labels_that_nobody_listens_to_are_handed_on_both_ways_only(family: Any):
    """A labelled point away from a crowd: it listens to the crowd, and nobody there has it among the nearest."""
    data = blobs(30, seed=1)
    xy = data.x * 0.1
    xy[0] = (3.0, 0.0)
    data = TrainingData(data.ids, xy, np.where(data.ids == 0, 1, -1), data.poison, data.weights)
    one_way, both_ways = (fitted(family(both_ways=both), data).predict(xy)[0] for both in (False, True))
    assert (one_way[1:] == -1).all()
    assert (both_ways == 1).all()


def test_a_class_is_decided_by_numbers_alone():
    p = np.array([[0.2, 0.8], [0.5, 0.5], [np.nan, np.nan]])
    assert decided(p).tolist() == [1, 0, -1]


# ---- symmetries -----------------------------------------------------------------------------------------


@every_spec
@few
@given(st.integers(0, 2**32), st.integers(1, 3))
def test_the_order_of_points_is_irrelevant(spec: Any, shuffle: int, labels: int):
    data = hidden(blobs(40, seed=shuffle % 5), labels)
    other = taken(data, np.random.default_rng(shuffle).permutation(40))
    assert np.array_equal(thought(fitted(spec, data)), thought(fitted(spec, other)))


@every_spec
@few
@given(st.integers(0, 2**32), st.integers(1, 20))
def test_points_of_weight_zero_are_inert_labelled_or_not(spec: Any, seed: int, extra: int):
    data, rng = hidden(blobs(40, seed=seed % 5)), np.random.default_rng(seed)
    added = TrainingData(
        np.arange(100, 100 + extra), rng.standard_normal((extra, 2)), rng.integers(-1, 2, extra),
        rng.random(extra) < 0.5, np.zeros((1, extra), np.float32),
    )  # fmt: skip
    assert np.array_equal(thought(fitted(spec, data)), thought(fitted(spec, joined(added, data))))


@pytest.mark.parametrize("spec", [s for k, s in SPECS.items() if k != "self-training"])
@few
@given(st.integers(0, 50), st.permutations(range(3)))
def test_classes_may_change_names(spec: Any, seed: int, names: list[int]):
    """Not in self-training: of points equally sure, a round labels the first."""
    data = hidden(blobs(60, 3, seed=seed))
    label = np.where(data.label < 0, -1, np.array(names)[data.label])
    renamed = fitted(spec, TrainingData(data.ids, data.x, label, data.poison, data.weights), 3).probabilities(GRID)
    p = fitted(spec, data, 3).probabilities(GRID)
    np.testing.assert_allclose(renamed[:, names], p, atol=1e-4)
