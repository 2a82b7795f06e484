"""Randomised smoothing and what distances predict of error in noise, against what is known and what is counted."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter
from scipy.special import ndtr
from scipy.stats import binom, binomtest

from boundaryviz.engine.session import Session
from boundaryviz.evasion.halfspace import distance_from, measured_flips, predicted_error, predicted_flips
from boundaryviz.evasion.metrics import Metric
from boundaryviz.evasion.nearest import Outlines, nearest_piece
from boundaryviz.evasion.pushing import pushed
from boundaryviz.evasion.settings import EvasionSpec
from boundaryviz.evasion.smoothing import certify, counts, lower_bound
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain
from boundaryviz.scene.section import Section
from helpers.linear_models import distances, linear


@cache
def moons() -> Session:
    values = {"learner.activation": "relu", "learner.hidden": (32, 32), "data.noise": 0.1, "data.n": 200}
    session = Session(Scenario().with_values({**values, "data.seed": 100, "training.learning_rate": 0.01}))
    session.step(300)
    return session


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 2000), st.integers(0, 2000), st.sampled_from([0.001, 0.01, 0.05]))
def test_the_lower_bound_is_that_of_an_exact_test(n: int, k: int, fails: float) -> None:
    k = min(k, n)
    found = lower_bound(np.array([k]), n, fails)[0]
    interval = binomtest(k, n, alternative="greater").proportion_ci(1 - fails, method="exact")
    assert found == pytest.approx(interval.low, abs=1e-9)
    if k:
        assert binom.sf(k - 1, n, found) == pytest.approx(fails, rel=1e-6)


def test_a_certificate_of_a_linear_model_is_just_short_of_the_distance() -> None:
    """Smoothed in noise a half-plane is itself, and its certificate the distance, but for the bound."""
    rng = np.random.default_rng(0)
    weights, biases = rng.standard_normal((2, 2, 2)), 0.1 * rng.standard_normal((2, 2))
    learner, x = linear(weights, biases), rng.uniform(-1, 1, (100, 2))
    found = certify(learner.predict, x, 2, 0.5, draws=4000)
    far = np.stack([distances(w, b, x, "l2") for w, b in zip(weights, biases, strict=True)])
    assert (found.radius <= far).all()
    near = (far > 0.1) & (far < 0.8)
    assert (found.radius[near] > far[near] - 0.08).all()
    assert (found.label[found.radius > 0] == learner.predict(x)[found.radius > 0]).all()
    assert (found.radius[found.label < 0] == 0).all()
    np.testing.assert_allclose(found.share[near], ndtr(far[near] / 0.5), atol=0.04)


def test_no_certified_radius_holds_another_decision_of_the_smoothed_model() -> None:
    """10,000 draws within the certificates, decided by a field of the smoothed model that is worked out otherwise."""
    session, sigma = moons(), 0.15
    x = session.scene.points.x[:200]
    found = certify(session.learner.predict, x, 2, sigma)
    rect, side = Domain(-2.5, 3.5, -2.5, 3.5), 480
    hard = session.learner.predict(rect.grid(side, side))[0].reshape(side, side).astype(float)
    smooth = gaussian_filter(hard, sigma / (rect.width / side), mode="nearest", truncate=6) - 0.5
    outline = Outlines.of(smooth[None], rect).around(0)
    _, far = nearest_piece(x, outline, Metric.of(None, "l2"))
    some = found.radius[0] > 0
    assert some.mean() > 0.9
    assert (found.radius[0][some] <= far[some] + 0.01).all()
    rng = np.random.default_rng(1)
    which = rng.choice(np.flatnonzero(some), 10_000)
    way = rng.standard_normal((10_000, 2))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    there = x[which] + (found.radius[0][which] * rng.random(10_000) ** 0.5)[:, None] * way
    row, column, inside = rect.cells(there, side, side)
    assert inside.all()
    assert ((smooth[row, column] > 0) == found.label[0][which]).mean() > 0.9999
    assert np.median(found.radius[0]) > 0.7 * np.median(far)


def test_one_replica_is_certified_as_its_row_of_all_and_a_seed_says_which_noise() -> None:
    rng = np.random.default_rng(2)
    learner, x = linear(rng.standard_normal((8, 2, 2)), np.zeros((8, 2))), rng.uniform(-1, 1, (64, 2))
    every = certify(learner.predict, x, 2, 0.3, draws=200)
    one = certify(lambda given: learner.predict(given, 5), x, 2, 0.3, draws=200)
    np.testing.assert_array_equal(every.radius[5:6], one.radius)
    np.testing.assert_array_equal(every.label[5:6], one.label)
    other = certify(learner.predict, x, 2, 0.3, draws=200, seed=1)
    assert (other.radius != every.radius).any()


def test_counts_do_not_depend_on_how_much_is_asked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    learner, x = linear(rng.standard_normal((1, 3, 2)), np.zeros((1, 3))), rng.uniform(-1, 1, (30, 2))
    at_once = counts(learner.predict, x, 3, 0.3, 100, 0, 1)
    monkeypatch.setattr("boundaryviz.evasion.smoothing._AT_ONCE", 64)
    np.testing.assert_array_equal(counts(learner.predict, x, 3, 0.3, 100, 0, 1), at_once)
    assert (at_once.sum(axis=0) == 100).all()


def test_smoothing_needs_noise() -> None:
    with pytest.raises(ValueError, match="a deviation above 0"):
        certify(moons().learner.predict, np.zeros((1, 2)), 2, 0.0)


def test_certificates_come_with_pushes_where_they_are_asked_for() -> None:
    session = moons()
    x = session.scene.points.x[:40]
    assert pushed(session.learner, EvasionSpec(), x).certificates is None
    found = pushed(session.learner, EvasionSpec(smoothing=0.15), x).certificates
    assert found is not None
    assert found.max() > 0.2


def test_a_half_plane_is_crossed_as_often_as_is_predicted() -> None:
    rng = np.random.default_rng(4)
    weights, biases = rng.standard_normal((1, 2, 3)), np.zeros((1, 2))
    x = rng.uniform(-1, 1, (60, 3))
    learner = linear(weights, biases, Section.of_columns(x))
    far = distances(weights[0], biases[0], x, "l2")
    measured = measured_flips(learner.predict, x, 0.4, draws=2000)[0]
    predicted = predicted_flips(far, 0.4)
    np.testing.assert_allclose(measured, predicted, atol=0.05)
    assert measured.mean() == pytest.approx(predicted.mean(), abs=0.005)
    some = predicted > 0.05
    np.testing.assert_allclose(distance_from(predicted[some], 0.4), far[some], rtol=1e-9)
    right = np.array([True] * 30 + [False] * 30)
    wrong = np.where(right, predicted, 1 - predicted).mean()
    assert predicted_error(far, right, 0.4) == pytest.approx(wrong)
    assert (predicted_flips(far, 0.0) == 0).all()


def test_error_in_noise_is_nearly_what_the_distances_of_a_net_predict() -> None:
    session = moons()
    x = session.scene.points.x
    far = pushed(session.learner, EvasionSpec(), x).length
    for sigma in (0.1, 0.2, 0.3):
        measured = measured_flips(session.learner.predict, x, sigma)[0].mean()
        assert measured == pytest.approx(predicted_flips(far, sigma).mean(), abs=0.02)
