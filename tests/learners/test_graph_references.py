"""Graph learners against scikit-learn and against what they are defined by."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.semi_supervised import SelfTrainingClassifier

from boundaryviz.learners import graphs
from boundaryviz.learners.base import TrainingData
from boundaryviz.learners.families.graphs import LabelPropagationSpec, LabelSpreadingSpec, LapRLSSpec, SelfTrainingSpec
from boundaryviz.learners.kernels import gaussian, weighted_sums
from boundaryviz.learners.low_rank import gaussian_factor
from boundaryviz.learners.self_training import base
from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.scene import Split
from helpers.models import DOMAIN, make, taken
from tools.fidelity.references.graphs import laprls as laprls_solved
from tools.fidelity.references.graphs import neighbours, propagation, spreading

GRID = DOMAIN.grid(24, 20)


def moons(n: int = 300, labels: int = 3, seed: int = 0, **more: Any) -> tuple[TrainingData, Any, Any]:
    """Training data with a few labels a class, and test places with their classes."""
    points = build(DataSpec(name="moons", n=n, labels_per_class=labels, seed=seed, **more)).points
    p, test = points.take(points.is_train), points.take(points.split == Split.TEST)
    weights = np.ones((1, len(p)), dtype=np.float32)
    data = TrainingData(p.ids, p.xy, p.label.astype(np.int64), p.is_poison, weights)
    return data, test.xy, test.label.astype(np.int64)


def fitted(spec: Any, data: TrainingData, classes: int = 2) -> Any:
    learner = make(spec, classes=classes, data=data)
    learner.step()
    return learner


def three_blobs() -> TrainingData:
    points = build(DataSpec(name="blobs", n=150, noise=0.5, labels_per_class=4)).points
    p = points.take(points.is_train)
    return TrainingData(p.ids, p.xy, p.label.astype(np.int64), p.is_poison, np.ones((1, len(p)), dtype=np.float32))


def agree(learner: Any, reference: Any, xy: Any, kernel: str, within: float) -> None:
    """Theirs is NaN where no label came over the neighbours, or where all weights are 0 in float64."""
    with np.errstate(invalid="ignore"):
        theirs = reference.predict_proba(xy)
    ours = learner.probabilities(xy)[0].T
    nowhere = np.isnan(ours).any(axis=1)
    assert nowhere.mean() < 0.2
    if kernel == "knn":
        assert np.array_equal(nowhere, np.isnan(theirs).any(axis=1))
    np.testing.assert_allclose(ours[~nowhere], theirs[~nowhere], atol=within)


def test_the_nearest_neighbour_graph_is_scikit_learn_s_without_its_loops():
    xy = moons()[0].x
    ours = graphs.knn_graph(graphs.tree(xy), 7).toarray()
    assert np.array_equal(ours, neighbours(xy, 7))
    assert not np.array_equal(ours, ours.T)


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("alpha", [0.2, 0.9, 0.99])
@pytest.mark.parametrize(("kernel", "gamma"), [("knn", 1.0), ("rbf", 20.0), ("rbf", 2.0)])
def test_spreading_is_the_limit_of_scikit_learn_s(kernel: Any, gamma: float, alpha: float, classes: int):
    data = moons()[0] if classes == 2 else three_blobs()
    reference = spreading(data.x, data.label, kernel, gamma, alpha)
    learner = fitted(LabelSpreadingSpec(kernel=kernel, gamma=gamma, alpha=alpha), data, int(data.label.max()) + 1)
    agree(learner, reference, data.x, kernel, 1e-6)
    agree(learner, reference, GRID, kernel, 1e-6)


@pytest.mark.parametrize(("kernel", "gamma"), [("knn", 1.0), ("rbf", 20.0), ("rbf", 50.0)])
def test_propagation_is_the_limit_of_scikit_learn_s(kernel: Any, gamma: float):
    data, test, _ = moons()
    reference = propagation(data.x, data.label, kernel, gamma)
    learner = fitted(LabelPropagationSpec(kernel=kernel, gamma=gamma), data)
    for xy in (data.x, test, GRID):
        agree(learner, reference, xy, kernel, 1e-5)


def test_given_labels_hold_in_propagation_and_may_be_outvoted_in_spreading():
    data = moons(labels=20)[0]
    wrong = int(np.flatnonzero(data.label == 0)[0])
    label = data.label.copy()
    label[wrong] = 1
    points = graphs.tree(data.x)
    given = (label[:, None] == np.arange(2)).astype(float)
    graph = graphs.knn_graph(points, 7)
    assert graphs.propagate(graph, given)[wrong].tolist() == [0.0, 1.0]
    assert graphs.spread(graph, given, 0.99)[wrong].argmax() == 0


@pytest.mark.parametrize("name", ["svm", "logistic", "knn", "naive-bayes"])
@pytest.mark.parametrize("criterion", ["k-best", "threshold"])
def test_self_training_is_scikit_learn_s(name: Any, criterion: Any):
    data = moons(150)[0]
    spec = SelfTrainingSpec(base=name, criterion=criterion, rounds=10)
    reference = SelfTrainingClassifier(
        base(spec, 6), threshold=0.75, criterion=criterion.replace("-", "_"), k_best=10, max_iter=10
    )
    given = reference.fit(data.x, data.label).predict_proba(GRID)
    np.testing.assert_allclose(fitted(spec, data).probabilities(GRID)[0].T, given, atol=1e-6)


@pytest.mark.parametrize("seed", [100, 107, 108])
def test_self_training_finds_the_moons_that_its_model_alone_does_not(seed: int):
    """Three draws of those the defaults were chosen on; docs/learners.md has twenty others."""
    data, places, label = moons(1000, seed=seed, noise=0.1)
    spec = SelfTrainingSpec()
    alone = base(spec, 6).fit(data.x[data.label >= 0], data.label[data.label >= 0])
    assert (alone.predict(places) != label).mean() > 0.1
    assert (fitted(spec, data).predict(places)[0] != label).mean() < 0.02


def test_self_training_without_unlabelled_points_is_its_base():
    data = moons(100, labels=1000)[0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        learner = fitted(SelfTrainingSpec(), data)
    reference = base(SelfTrainingSpec(), 100).fit(data.x, data.label)
    np.testing.assert_allclose(learner.probabilities(GRID)[0].T, reference.predict_proba(GRID), atol=1e-6)


def test_laprls_is_the_direct_solution():
    data = moons(200)[0]
    spec = LapRLSSpec(neighbours=6)
    f = laprls_solved(data.x, data.label, GRID, 2, spec.gamma, 6, spec.ambient, spec.intrinsic)[:, 1]
    lead = fitted(spec, data).scores(GRID)[0]
    np.testing.assert_allclose(lead, np.clip(f, -1, 1), atol=1e-5)


@pytest.mark.parametrize(
    ("n", "gamma", "ambient", "intrinsic"),
    [
        (500, 36.0, 0.03125, 1.0), (500, 1.0, 1e-4, 1.0), (500, 36.0, 1e-6, 1.0), (500, 36.0, 1e-6, 0.0),
        (500, 10_000.0, 0.03125, 1.0), (500, 0.01, 0.03125, 1e4), (2100, 4.0, 1e-3, 1.0),
    ],
)  # fmt: skip
def test_laprls_is_the_closed_form_for_any_number_of_points(n: int, gamma: float, ambient: float, intrinsic: float):
    data = moons(n, test=0.0, validation=0.0)[0]
    spec = LapRLSSpec(gamma=gamma, ambient=ambient, intrinsic=intrinsic)
    f = laprls_solved(data.x, data.label, GRID, 2, gamma, spec.neighbours, ambient, intrinsic)[:, 1]
    lead = np.nan_to_num(fitted(spec, data).scores(GRID)[0])  # NaN where no kernel reaches, and f is 0
    np.testing.assert_allclose(lead, np.clip(f, -1, 1), atol=1e-6)


def test_a_point_that_laprls_cannot_feel_changes_nothing():
    """From 2,000 points on, one more once changed which of them carried kernels."""
    spec, data = LapRLSSpec(gamma=4.0, intrinsic=0.0), moons(2001, test=0.0, validation=0.0)[0]
    last = len(data.ids) - 1
    x = data.x.copy()
    x[last] = (1e3, 1e3)
    data = TrainingData(data.ids, x, np.where(data.ids == data.ids[last], -1, data.label), data.poison, data.weights)
    without = fitted(spec, taken(data, range(last))).scores(GRID)
    np.testing.assert_allclose(fitted(spec, data).scores(GRID), without, atol=1e-6)


@pytest.mark.parametrize("gamma", [0.01, 1.0, 36.0, 10_000.0])
@pytest.mark.parametrize("width", [1, 2, 5])
def test_a_kernel_is_its_factor(gamma: float, width: int):
    x = np.random.default_rng(0).random((400, width))
    x[200:220] = x[:20]
    factor = gaussian_factor(x, gamma)
    np.testing.assert_allclose(factor @ factor.T, gaussian(x, x, gamma), atol=1e-12)
    assert factor.shape[1] <= 380


@pytest.mark.parametrize("classes", [2, 3])
def test_laprls_tells_blobs_apart(classes: int):
    data = moons(100, labels=100)[0] if classes == 2 else three_blobs()
    learner = fitted(LapRLSSpec(gamma=1.0), data, int(data.label.max()) + 1)
    known = data.label >= 0
    loss, predicted = learner.evaluate(data.x[known], data.label[known])
    assert np.mean(predicted[0] != data.label[known]) <= 0.05
    assert np.isfinite(loss).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spec", "most"), [(LapRLSSpec(), 0.02), (LabelSpreadingSpec(), 0.06), (LabelPropagationSpec(), 0.06)]
)
def test_three_labels_a_class_are_enough_for_moons(spec: Any, most: float):
    errors = []
    for seed in range(8):
        data, test, label = moons(1000, noise=0.08, seed=seed)
        errors.append(np.mean(fitted(spec, data).predict(test)[0] != label))
    assert np.mean(errors) <= most


def test_three_labels_a_class_are_enough_on_a_narrow_gaussian_graph():
    """Weights between moons of 150 points are as small as exp(-1000) here; once a third were left undecided."""
    data, test, label = moons(150, noise=0.06)
    for family in (LabelPropagationSpec, LabelSpreadingSpec):
        assert np.mean(fitted(family(kernel="rbf", gamma=1000.0), data).predict(test)[0] != label) == 0


def test_weighted_sums_on_a_grid_and_beside_it_are_the_same():
    rng = np.random.default_rng(0)
    points, values = rng.standard_normal((40, 2)), rng.random((40, 3))
    scattered = rng.standard_normal((500, 2))
    some = GRID[rng.permutation(len(GRID))[:200]]
    for places in (GRID, some, scattered, scattered[:1], scattered[:0]):
        expected = gaussian(places, points, 7.0) @ values
        np.testing.assert_allclose(weighted_sums(places, points, values, 7.0), expected, rtol=1e-9, atol=1e-14)
