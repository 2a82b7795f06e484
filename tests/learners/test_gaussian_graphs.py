"""Labels along the graph that joins all points, whatever the range of its weights."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from boundaryviz.learners import gaussian_graphs
from boundaryviz.learners.base import TrainingData
from boundaryviz.learners.families.graphs import LabelPropagationSpec, LabelSpreadingSpec
from boundaryviz.learners.kernels import weighted_means
from boundaryviz.scene.data import DataSpec, build
from helpers.models import DOMAIN, joined, make, taken

ROWS = st.tuples(st.integers(1, 11), st.integers(0, 10_000), st.floats(0.0, 4.0), st.integers(1, 4))
few = settings(max_examples=20, deadline=None)


def scattered(n: int, seed: int, labels: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points (n + labels, 2) a thousandth to ten apart, and the one-hot labels (n + labels, 3) of some."""
    rng = np.random.default_rng(seed)
    n += labels
    centres = rng.normal(size=(3, 2)) * 3
    x = centres[rng.integers(3, size=n)] + rng.normal(size=(n, 2)) * 10.0 ** rng.uniform(-3, 0.5, (n, 1))
    given = np.zeros((n, 3))
    given[rng.permutation(n)[:labels], rng.integers(3, size=labels)] = 1.0
    return x, given


Rows = list[list[mpmath.mpf]]


def weights(x: NDArray[np.float64], gamma: float) -> Rows:
    """exp(-gamma d^2), 0 on the diagonal. mpmath's numbers have exponents of any size."""
    logs = -gamma * cdist(x, x, "sqeuclidean")
    return [[mpmath.exp(log) if i != j else mpmath.mpf(0) for j, log in enumerate(row)] for i, row in enumerate(logs)]


def eliminated(weight: Rows, leak: list[mpmath.mpf], right: Rows) -> NDArray[np.float64]:
    """Shares of the solution of (leak_i + sum_j w_ij) x_i = sum_j w_ij x_j + right_i, by sums of positive numbers."""
    n, classes = len(leak), range(len(right[0]))
    weight, leak, right = [row[:] for row in weight], leak[:], [row[:] for row in right]
    pivot = list(leak)
    for k in range(n):
        pivot[k] = leak[k] + mpmath.fsum(weight[k][k + 1 :])
        for i in range(k + 1, n):
            share = weight[i][k] / pivot[k]
            leak[i] += share * leak[k]
            right[i] = [right[i][c] + share * right[k][c] for c in classes]
            for j in range(k + 1, n):
                weight[i][j] += share * weight[k][j] if i != j else 0
    for k in reversed(range(n)):
        right[k] = [
            (right[k][c] + sum(weight[k][j] * right[j][c] for j in range(k + 1, n))) / pivot[k] for c in classes
        ]
    return np.array([[float(one / mpmath.fsum(row)) for one in row] for row in right])


def harmonic(x: NDArray[np.float64], given: NDArray[np.float64], gamma: float) -> NDArray[np.float64]:
    """Zhu et al. 2003, equation 5."""
    weight, known = weights(x, gamma), np.flatnonzero(given.any(axis=1))
    others = [i for i in range(len(x)) if i not in known]
    inner = [[weight[i][j] for j in others] for i in others]
    right = [[mpmath.fsum(weight[i][j] * given[j, c] for j in known) for c in range(3)] for i in others]
    found = given.copy()
    if others:
        found[others] = eliminated(inner, [mpmath.fsum(row) for row in right], right)
    return found


def spreading(x: NDArray[np.float64], given: NDArray[np.float64], gamma: float, alpha: float) -> NDArray[np.float64]:
    """Zhou et al. 2004, section 2, as (D - alpha W) D^-1/2 F = (1 - alpha) D^1/2 Y."""
    weight = weights(x, gamma)
    degree = [mpmath.fsum(row) if len(x) > 1 else mpmath.mpf(1) for row in weight]
    right = [[mpmath.sqrt(d) * one for one in row] for d, row in zip(degree, given.tolist(), strict=True)]
    leak = [(1 - mpmath.mpf(alpha)) * d for d in degree]
    return eliminated([[mpmath.mpf(alpha) * one for one in row] for row in weight], leak, right)


@few
@given(ROWS)
def test_propagation_is_the_harmonic_solution_over_thousands_of_decades(row: tuple[int, int, float, int]):
    n, seed, decade, labels = row
    x, given = scattered(n, seed, labels)
    found = gaussian_graphs.propagate(x, given, 10.0**decade)
    np.testing.assert_allclose(found, harmonic(x, given, 10.0**decade), atol=1e-9)


@few
@given(ROWS, st.sampled_from([0.2, 0.9, 0.999]))
def test_spreading_is_its_limit_over_thousands_of_decades(row: tuple[int, int, float, int], alpha: float):
    n, seed, decade, labels = row
    x, given = scattered(n, seed, labels)
    found = gaussian_graphs.spread(x, given, 10.0**decade, alpha)
    np.testing.assert_allclose(found, spreading(x, given, 10.0**decade, alpha), atol=1e-8)


@settings(max_examples=60, deadline=None)
@given(ROWS, st.sampled_from([1e-300, 0.9, 1 - 1e-12]), st.sampled_from([0, 5, 20, 100]))
def test_wherever_points_lie_all_are_decided(row: tuple[int, int, float, int], alpha: float, far: int):
    n, seed, decade, labels = row
    x, given = scattered(n, seed, labels)
    x *= 10.0 ** np.random.default_rng(seed).uniform(-3, far - 2, (len(x), 1))
    for share in (
        gaussian_graphs.propagate(x, given, 10.0**decade),
        gaussian_graphs.spread(x, given, 10.0**decade, alpha),
    ):
        np.testing.assert_allclose(share.sum(axis=1), 1.0)
        np.testing.assert_allclose(weighted_means(1.5 * x, x, share, 10.0**decade).sum(axis=1), 1.0)


@few
@given(st.integers(1, 9), st.integers(0, 10_000), st.floats(0.0, 4.0))
def test_a_place_is_decided_by_all_points_however_far_it_is(n: int, seed: int, decade: float):
    rng, gamma = np.random.default_rng(seed), 10.0**decade
    points, places = rng.normal(size=(n, 2)), rng.normal(size=(40, 2)) * 10.0 ** rng.uniform(-2, 2, (40, 1))
    values = rng.dirichlet(np.ones(3), n)
    logs = -gamma * cdist(places, points, "sqeuclidean")
    weight = np.exp(logs - logs.max(axis=1, keepdims=True))
    wanted = weight @ values / weight.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(weighted_means(places, points, values, gamma), wanted, atol=1e-12)
    grid = DOMAIN.grid(8, 6)
    one_by_one = np.concatenate([weighted_means(place[None], points, values, gamma) for place in grid])
    np.testing.assert_allclose(weighted_means(grid, points, values, gamma), one_by_one, atol=1e-12)


def moons(n: int) -> TrainingData:
    points = build(DataSpec(name="moons", n=n, noise=0.08, labels_per_class=3, test=0.0, validation=0.0)).points
    weights = np.ones((1, len(points)), dtype=np.float32)
    return TrainingData(points.ids, points.xy, points.label.astype(np.int64), points.is_poison, weights)


def test_a_twin_is_the_run_without_poison_and_its_graph_joins_all_points_as_that_of_the_poisoned_one_does():
    """From 2,990 to 3,010 points: 3,000 is where a graph of all points once gave way to one of neighbours."""
    clean = moons(2990)
    poison = TrainingData(
        np.arange(20) + 10_000, clean.x[20:40] + 1e-3, np.full(20, -1), np.ones(20, bool), np.ones((1, 20), np.float32)
    )
    both = joined(clean, poison)
    weights = np.ones((2, len(both.ids)), dtype=np.float32)
    weights[0, both.poison] = 0.0
    spec = LabelSpreadingSpec(kernel="rbf", gamma=20.0)
    twins = make(spec, seeds=(0, 0), data=TrainingData(both.ids, both.x, both.label, both.poison, weights))
    alone = make(spec, data=clean)
    twins.step()
    alone.step()
    places = DOMAIN.grid(40, 40)
    p = twins.probabilities(places)
    assert np.array_equal(p[0], alone.probabilities(places)[0])
    assert np.array_equal(*twins.predict(clean.x))
    np.testing.assert_allclose(p[1], p[0], atol=0.01)


@pytest.mark.parametrize("family", [LabelPropagationSpec, LabelSpreadingSpec])
def test_a_point_too_far_away_to_be_felt_changes_nothing(family: Any):
    clean = taken(moons(300), range(300))
    none, one = np.array([-1]), np.ones((1, 1), np.float32)
    far = TrainingData(np.array([10_000]), np.array([[50.0, 50.0]]), none, np.array([True]), one)
    for gamma in (20.0, 2000.0):
        learners = [make(family(kernel="rbf", gamma=gamma), data=data) for data in (clean, joined(clean, far))]
        for learner in learners:
            learner.step()
        without, with_it = (learner.probabilities(clean.x)[0] for learner in learners)
        np.testing.assert_allclose(with_it, without, atol=1e-6)
