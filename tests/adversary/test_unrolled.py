"""The gradient through the steps of training a net, against training it anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from boundaryviz.adversary.unrolled import Descent
from boundaryviz.learners import losses
from boundaryviz.learners.network import Network
from boundaryviz.learners.specs import LogisticSpec, MLPSpec
from boundaryviz.testing.models import make


def drawn(rng: np.random.Generator, n: int) -> tuple[NDArray, NDArray]:
    label = np.arange(n) % 2
    return (2.0 * label - 1.0)[:, None] * 0.7 + 0.8 * rng.standard_normal((n, 2)), label


class Unrolled:
    """A net, 40 clean points, 3 of poison and 60 to look at."""

    def __init__(self, spec: Any, dtype: torch.dtype = torch.float64, loss: losses.LossName = "cross-entropy") -> None:
        rng = np.random.default_rng(0)
        self.net: Network = make(spec, seeds=(0, 1), dtype=dtype)
        self.dtype, self._loss = dtype, loss
        self.clean, self.poison, self.looks = (self.tensors(*drawn(rng, n)) for n in (40, 3, 60))
        self.weight = torch.tensor([1.0, 2.0, 1.0], dtype=dtype)
        self.of = torch.full((60,), 1 / 60, dtype=dtype)

    def tensors(self, x: NDArray, label: NDArray) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.tensor(x.T, dtype=self.dtype), losses.targets(torch.tensor(label), self._loss, 2, self.dtype)

    def descent(self, steps: int) -> Descent:
        return Descent(self.net, *self.clean, steps=steps, rate=0.3, l2=0.01)

    def loss(self, places: torch.Tensor, steps: int) -> float:
        params = self.descent(steps).after(self.net.P, places, self.poison[1], self.weight)
        x, q = self.looks
        return float((self.net.per_point(params, x[None], q) * self.of).sum(1).mean())

    def gradient(self, steps: int) -> NDArray:
        return self.descent(steps).gradient(self.net.P, *self.poison, self.weight, *self.looks, self.of)[1].numpy()


@pytest.mark.parametrize(
    ("spec", "loss"),
    [
        (MLPSpec(hidden=(6, 5)), "cross-entropy"),
        (MLPSpec(hidden=(6,), activation="gelu", loss="focal"), "focal"),
        (MLPSpec(hidden=(6,), activation="sine", loss="squared", output="tanh"), "squared"),
        (MLPSpec(hidden=(6,), features=("x", "y", "xy"), fourier=2), "cross-entropy"),
        (LogisticSpec(), "cross-entropy"),
    ],
    ids=["tanh", "focal", "squashed", "features", "logistic"],
)
def test_the_gradient_is_that_of_training_anew(spec: Any, loss: losses.LossName) -> None:
    case = Unrolled(spec, loss=loss)
    gradient, places = case.gradient(20), case.poison[0]
    truth = np.zeros_like(gradient)
    for at in np.ndindex(*truth.shape):
        step = torch.zeros_like(places)
        step[at] = 1e-5
        truth[at] = (case.loss(places + step, 20) - case.loss(places - step, 20)) / 2e-5
    np.testing.assert_allclose(gradient, truth, rtol=1e-5, atol=1e-9)


def test_single_precision_has_the_same_gradient_to_its_digits() -> None:
    """There tanh has a backward pass of its own, which is gone through twice."""
    spec = MLPSpec(hidden=(32, 32))
    wide = [Unrolled(spec, dtype).gradient(10) for dtype in (torch.float64, torch.float32)]
    np.testing.assert_allclose(wide[1], wide[0], rtol=1e-3, atol=1e-6)


def test_the_net_itself_stays_as_it_is() -> None:
    case = Unrolled(MLPSpec())
    before = case.net.P.clone()
    case.gradient(3)
    assert torch.equal(case.net.P, before)
    assert not case.net.P.requires_grad
