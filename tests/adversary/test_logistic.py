"""Logistic regression at its optimum: its weights, and how a loss changes as a point moves."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from boundaryviz.adversary.logistic import Logistic, NoOptimum


def drawn(rng: np.random.Generator, n: int, classes: int) -> tuple[NDArray, NDArray]:
    label = np.arange(n) % classes
    angle = 2 * np.pi * label / classes
    return np.column_stack([np.cos(angle), np.sin(angle)]) + 0.9 * rng.standard_normal((n, 2)), label


def fitted(z: NDArray, label: NDArray, weight: NDArray, l2: float, classes: int, smoothing: float = 0.0) -> Logistic:
    return Logistic.fit(z, label, weight, classes, l2, np.zeros((classes, z.shape[1] + 1)), smoothing)


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize(("l2", "smoothing"), [(0.0, 0.0), (0.05, 0.0), (0.0, 0.2)])
def test_the_gradient_is_that_of_training_anew(classes: int, l2: float, smoothing: float) -> None:
    rng = np.random.default_rng(classes)
    z, label = drawn(rng, 60, classes)
    label[-1] = (label[-1] + 1) % classes
    looks, true = drawn(rng, 90, classes)
    weight = np.r_[np.ones(59), 5.0]
    gradient = fitted(z, label, weight, l2, classes, smoothing).gradient(
        z[-1], int(label[-1]), 5.0, looks, true, np.full(90, 1 / 90)
    )
    truth = np.zeros(2)
    for k, step in enumerate(1e-5 * np.eye(2)):
        up, down = (
            fitted(np.r_[z[:-1], [z[-1] + side * step]], label, weight, l2, classes, smoothing)
            .losses(looks, true)
            .mean()
            for side in (1, -1)
        )
        truth[k] = (up - down) / 2e-5
    np.testing.assert_allclose(gradient, truth, rtol=1e-5, atol=1e-10)


def test_it_is_scikit_learns_optimum() -> None:
    z, label = drawn(np.random.default_rng(0), 80, 2)
    weight = np.r_[np.ones(70), np.full(10, 3.0)]
    ours = fitted(z, label, weight, 0.1, 2)
    theirs = LogisticRegression(C=2 / (0.1 * weight.sum()), tol=1e-10, max_iter=10_000).fit(z, label, weight)
    lead = ours.weights[1] - ours.weights[0]
    np.testing.assert_allclose(lead, np.r_[theirs.coef_[0], theirs.intercept_], atol=1e-5)


def test_classes_that_a_line_separates_have_no_optimum_without_a_penalty() -> None:
    z, label = np.r_[np.zeros((5, 2)), np.ones((5, 2))], np.repeat([0, 1], 5)
    with pytest.raises(NoOptimum, match="without bound"):
        fitted(z, label, np.ones(10), 0.0, 2)
    assert np.isfinite(fitted(z, label, np.ones(10), 0.01, 2).weights).all()
