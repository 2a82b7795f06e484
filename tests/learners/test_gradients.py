"""What one step of plain gradient descent does, against finite differences of the loss that is reported."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from boundaryviz.learners import losses
from boundaryviz.learners.base import TrainingData
from boundaryviz.learners.specs import LogisticSpec, MLPSpec, TrainingSpec
from helpers.models import blobs, make, weighing

STEP = TrainingSpec(optimiser="sgd", learning_rate=1.0, batch_size="full")  # so that the gradient is what is taken off
ACTIVATIONS = ("relu", "tanh", "sigmoid", "gelu", "sine", "linear")


def gradient(learner: Any) -> NDArray[np.float64]:
    """(R, n), of the loss that the learner goes down, penalties included."""
    before = learner.P.detach().clone()
    learner.step(1)
    return (before - learner.P.detach()).numpy()


def objective(learner: Any, data: TrainingData, l1: float, l2: float, weights_at: NDArray[np.bool_]) -> NDArray:
    """(R,): the weighted mean of the losses, and the penalties on the weights alone."""
    loss, _ = learner.evaluate(data.x, data.label)
    share = data.weights / data.weights.sum(axis=1, keepdims=True)
    w = learner.P.detach().numpy()[:, weights_at]
    return (loss * share).sum(axis=1) + l1 * np.abs(w).sum(axis=1) + 0.5 * l2 * (w * w).sum(axis=1)


def finite_differences(learner: Any, *about: Any, h: float = 1e-6) -> NDArray[np.float64]:
    """(R, n), central; all replicas at once, as they do not mix."""
    columns = []
    for i in range(learner.P.shape[1]):
        sides = []
        for sign in (1, -1):
            with torch.no_grad():
                learner.P[:, i] += sign * h
            sides.append(objective(learner, *about))
            with torch.no_grad():
                learner.P[:, i] -= sign * h
        columns.append((sides[0] - sides[1]) / (2 * h))
    return np.stack(columns, axis=1)


def where_weights(dims: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which parameters are weights: layer by layer weights (out, in), then biases (out,)."""
    return np.concatenate([np.repeat([True, False], [out * fan_in, out]) for fan_in, out in pairwise(dims)])


def check(spec: MLPSpec | LogisticSpec, classes: int = 2, l1: float = 0.0, l2: float = 0.0) -> None:
    rng = np.random.default_rng(5)
    data = blobs(24, classes, replicas=2)
    data = weighing(data, rng.uniform(0.5, 2.0, (2, 24)) * (rng.random((2, 24)) < 0.8))
    data.weights[:, 0] = 1.0
    training = STEP.model_copy(update={"l1": l1, "l2": l2})
    learner = make(spec, training, (3, 4), classes, data, torch.float64)
    outputs = losses.outputs(spec.loss, classes)
    at = where_weights((learner.features.size, *learner.hidden, outputs))
    expected = finite_differences(learner, data, l1, l2, at)
    np.testing.assert_allclose(gradient(learner), expected, rtol=1e-5, atol=2e-8)
    assert np.abs(expected).max() > 1e-3  # there was something to find


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations(activation: Any):
    check(MLPSpec(hidden=(5, 4), activation=activation))


@pytest.mark.parametrize(
    ("loss", "classes", "output"),
    [*product(("cross-entropy", "focal", "absolute", "squared", "hinge"), (2, 3, 4), ("linear", "tanh"))],
)
def test_losses(loss: Any, classes: int, output: Any):
    check(MLPSpec(hidden=(5,), loss=loss, output=output), classes)


@pytest.mark.parametrize(("l1", "l2"), [(0.07, 0.0), (0.0, 0.3), (0.05, 0.2)])
def test_penalties_act_on_weights_alone(l1: float, l2: float):
    check(MLPSpec(hidden=(4,)), l1=l1, l2=l2)
    check(LogisticSpec(), 3, l1, l2)


def test_no_hidden_layer_and_every_feature():
    check(LogisticSpec(features=("x", "y", "x2", "y2", "xy", "sin_x", "sin_y"), fourier=2), 3)


def test_six_hidden_layers():
    check(MLPSpec(hidden=(3, 1, 4, 2, 3, 3), init="playground", activation="sine"))


def test_large_layers_take_the_same_gradient():
    """Wide layers run another tanh than narrow ones; in single precision both agree with double precision."""
    data = blobs(300)
    spec = MLPSpec(hidden=(64, 64))
    single, double = (gradient(make(spec, STEP, data=data, dtype=d)) for d in (torch.float32, torch.float64))
    np.testing.assert_allclose(single, double, rtol=1e-4, atol=1e-6)
