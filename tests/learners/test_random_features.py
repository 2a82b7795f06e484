"""Random features against numpy's least squares and scikit-learn's ridge regression."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from boundaryviz.learners.base import Problem
from boundaryviz.learners.families.random_features import (
    RCOND,
    RandomFeatures,
    RandomFeaturesSpec,
    activations,
    least_squares,
    units,
)
from boundaryviz.learners.specs import TrainingSpec
from helpers.models import DOMAIN, GRID, blobs, make

kinds = st.sampled_from(["relu", "tanh"])


def outputs(spec: RandomFeaturesSpec, data: Any, classes: int, seed: int) -> Any:
    """z (G, C) at the grid."""
    learner: Any = RandomFeatures(spec, TrainingSpec(), Problem(classes, DOMAIN, (seed,)))
    learner.set_data(data)
    learner.step()
    return 2.0 * learner._ask(GRID, None)[0] - 1.0


@settings(max_examples=25)
@given(st.integers(0, 2**31), st.integers(1, 150), kinds, st.floats(0.3, 3.0), st.integers(2, 4))
def test_the_shortest_weights_are_those_of_numpy(seed: int, count: int, kind: Any, scale: float, classes: int):
    data = blobs(60, classes, seed=seed % 1000)
    spec = RandomFeaturesSpec(features=count, activation=kind, scale=scale)
    v, b = units(seed, count, 2, scale)
    y = np.where(data.label[:, None] == np.arange(classes), 1.0, -1.0)
    a = activations(data.x, v, b, kind)
    theirs, _, _, s = np.linalg.lstsq(a, y, rcond=RCOND)
    expected = activations(GRID, v, b, kind) @ theirs
    # what is lost in rounding grows with how unalike the singular values are that are kept
    lost = 1e-12 * s[0] / s[s > RCOND * s[0]].min() * (1.0 + np.abs(expected).max() + np.abs(theirs).max())
    np.testing.assert_allclose(outputs(spec, data, classes, seed), expected, atol=lost)


@settings(max_examples=25)
@given(st.integers(0, 2**31), st.integers(1, 150), kinds, st.floats(1e-3, 10.0))
def test_with_a_ridge_it_is_scikit_learn_s(seed: int, count: int, kind: Any, ridge: float):
    data = blobs(60, seed=seed % 1000)
    v, b = units(seed, count, 2, 1.0)
    theirs = Ridge(ridge, fit_intercept=False, solver="svd").fit(activations(data.x, v, b, kind), 2.0 * data.label - 1)
    expected = theirs.predict(activations(GRID, v, b, kind))
    found = outputs(RandomFeaturesSpec(features=count, activation=kind, ridge=ridge), data, 2, seed)
    np.testing.assert_allclose(found[:, 1], expected, atol=1e-8)
    np.testing.assert_allclose(found[:, 0], -expected, atol=1e-8)


def test_of_weights_that_fit_alike_it_takes_the_shortest():
    a = np.array([[1.0, 1.0, 0.0]])
    np.testing.assert_allclose(least_squares(a, np.array([[2.0]]), 0.0), [[1.0], [1.0], [0.0]], atol=1e-15)
    assert not least_squares(np.zeros((3, 2)), np.ones((3, 1)), 0.0).any()


def test_the_first_units_are_the_same_however_many_there_are():
    few, many = units(3, 5, 2, 1.5), units(3, 50, 2, 1.5)
    assert np.array_equal(few[0], many[0][:, :5])
    assert np.array_equal(few[1], many[1][:5])
    assert not np.array_equal(few[0], units(4, 5, 2, 1.5)[0])


@pytest.mark.parametrize("classes", [2, 3])
def test_its_loss_is_half_the_squared_error(classes: int):
    data = blobs(60, classes, seed=1)
    learner = make(RandomFeaturesSpec(features=7), classes=classes, data=data)
    learner.step()
    z = 2.0 * learner._ask(data.x, None)[0] - 1.0
    y = np.where(data.label[:, None] == np.arange(classes), 1.0, -1.0)
    columns = slice(1, None) if classes == 2 else slice(None)
    loss, predicted = learner.evaluate(data.x, data.label)
    np.testing.assert_allclose(loss[0], 0.5 * ((z - y)[:, columns] ** 2).sum(axis=1))
    assert np.array_equal(predicted[0], z.argmax(axis=1))
    assert learner.parameters == (7 if classes == 2 else 21)
    found = learner.assess(data.x, data.label)
    assert np.array_equal(found.loss, loss)
    p = learner.probabilities(data.x)[0]
    np.testing.assert_allclose(
        found.scores[0].clip(-1, 1) if classes == 2 else found.scores[0],
        p[1:] - p[:1] if classes == 2 else p,
        atol=1e-6,
    )
    assert not learner.own_is_log


def test_places_asked_about_in_parts_are_answered_alike(monkeypatch: pytest.MonkeyPatch):
    spec, data = RandomFeaturesSpec(features=30), blobs(40)
    whole = outputs(spec, data, 2, 0)
    monkeypatch.setattr("boundaryviz.learners.families.random_features._AT_ONCE", 30 * 7)
    np.testing.assert_allclose(outputs(spec, data, 2, 0), whole, atol=1e-12)
