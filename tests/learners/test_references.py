"""Whole training runs against independent programs: plain torch, scikit-learn, and the Playground's algorithm."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from torch import nn

from boundaryviz.learners.batches import Pool, epoch
from boundaryviz.learners.specs import LogisticSpec, MLPSpec, TrainingSpec
from helpers.few import few
from helpers.models import blobs, make
from tools.fidelity.references.nets import PlaygroundNet, flat, layers, optimiser, plain

OPTIMISERS = [
    (name, l1, l2) for name in ("sgd", "momentum", "adam", "adamw") for l1, l2 in ((0.0, 0.0), (0.0, 0.05), (0.01, 0.0))
]


@pytest.mark.parametrize(("name", "l1", "l2"), few(OPTIMISERS[::-1], 6))
def test_full_batch_training_is_what_plain_torch_does(name: Any, l1: float, l2: float):
    for dtype, tolerance in ((torch.float64, 1e-9), (torch.float32, 1e-5)):
        mine, theirs = trained_by_both(name, l1, l2, dtype)
        np.testing.assert_allclose(mine, theirs, rtol=tolerance, atol=tolerance)


def trained_by_both(name: Any, l1: float, l2: float, dtype: torch.dtype) -> tuple[NDArray, NDArray]:
    """Parameters after 50 steps of replica 1 of 2, and of a plain torch network that began with the same."""
    training = TrainingSpec(optimiser=name, learning_rate=0.02, l1=l1, l2=l2, batch_size="full", momentum=0.8)
    data, dims = blobs(128, 3, replicas=2), (2, 8, 6, 3)  # weights of 1/128 are exact
    learner = make(MLPSpec(hidden=(8, 6)), training, (0, 1), 3, data, dtype)
    net = plain(learner.P[1], dims)
    torch_optimiser = optimiser(net, training)
    x, y = torch.from_numpy(data.x).to(dtype), torch.from_numpy(data.label)
    for step in range(50):
        if step == 30:  # a rate changed on the way acts from the next step on
            training = training.model_copy(update={"learning_rate": 0.005})
            learner.set_training(MLPSpec(hidden=(8, 6)), training)
            for group in torch_optimiser.param_groups:
                group["lr"] = 0.005
        learner.step(1)
        torch_optimiser.zero_grad()
        loss = nn.functional.cross_entropy(net(x), y)
        loss += l1 * sum(p.abs().sum() for p in net.parameters() if p.dim() == 2)
        loss.backward()
        torch_optimiser.step()
    return learner.P[1].numpy(), flat(net)


@pytest.mark.parametrize(("classes", "sharing"), [(2, 2.0), (3, 1.0)])
def test_logistic_regression_is_scikit_learns(classes: int, sharing: float):
    """Mean loss + l2/2 |W|^2, against C sum of losses + 1/2 |w|^2.

    With two classes we penalise both rows, W_1 = -W_0 = w/2, and scikit-learn their difference w: twice as much.
    """
    data, l2 = blobs(120, classes), 0.05
    training = TrainingSpec(optimiser="momentum", learning_rate=0.5, batch_size="full", l2=l2)
    learner = make(LogisticSpec(), training, classes=classes, data=data, dtype=torch.float64)
    learner.step(1500)
    ((weight, bias),) = layers(learner.P[0], (2, classes))
    sklearn = LogisticRegression(C=sharing / (len(data.ids) * l2), tol=1e-12, max_iter=10_000).fit(data.x, data.label)
    if classes == 2:
        weight, bias = weight[1:] - weight[:1], bias[1:] - bias[:1]
    else:
        bias = bias - bias.mean()  # adding a number to all changes nothing; scikit-learn starts, and stays, at mean 0
    np.testing.assert_allclose(weight, sklearn.coef_, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(bias, sklearn.intercept_, rtol=1e-5, atol=1e-6)
    grid = np.random.default_rng(0).normal(size=(50, 2))
    np.testing.assert_allclose(learner.probabilities(grid)[0].T, sklearn.predict_proba(grid), atol=1e-6)


@pytest.mark.parametrize("l2", [0.0, 0.03])
def test_a_step_is_the_playgrounds(l2: float):
    data = blobs(10)
    training = TrainingSpec(optimiser="sgd", learning_rate=0.03, batch_size=10, l2=l2)
    spec = MLPSpec(hidden=(4, 2), loss="squared", output="tanh", init="playground")
    learner = make(spec, training, data=data, dtype=torch.float64)
    theirs = PlaygroundNet(layers(learner.P[0], (2, 4, 2, 1)))
    assert all(np.all(bias == 0.1) for bias in theirs.bias)
    assert all(np.all(np.abs(weight) <= 0.5) for weight in theirs.weight)
    for _ in range(5):
        learner.step(1)
        theirs.train(data.x, 2.0 * data.label[:, None] - 1.0, 0.03, l2)
    for (weight, bias), w, b in zip(layers(learner.P[0], (2, 4, 2, 1)), theirs.weight, theirs.bias, strict=True):
        np.testing.assert_allclose(weight, w, rtol=1e-6)
        np.testing.assert_allclose(bias, b, rtol=1e-6)


def test_minibatches_are_the_mean_over_what_was_dealt():
    """One epoch of SGD, replayed by plain torch on the points that the batches name."""
    data = blobs(64)
    training = TrainingSpec(optimiser="sgd", learning_rate=0.1, batch_size=16)
    learner = make(MLPSpec(hidden=(6,)), training, (4,), data=data, dtype=torch.float64)
    net = plain(learner.P[0], (2, 6, 2))
    dealt = epoch(Pool.of(data.ids, data.poison, data.weights, data.label >= 0), (4,), 0, 16)
    for index, weight in zip(dealt.index[:, 0], dealt.weight[:, 0], strict=True):
        learner.step(1)
        shown = index[weight > 0]
        net.zero_grad()
        answer = net(torch.from_numpy(data.x[shown]))
        nn.functional.cross_entropy(answer, torch.from_numpy(data.label[shown])).backward()
        with torch.no_grad():
            for p in net.parameters():
                assert p.grad is not None
                p.sub_(0.1 * p.grad)
    np.testing.assert_allclose(learner.P[0].detach().numpy(), flat(net), rtol=1e-9)
