"""Feature collision: points that the last hidden layer of nets takes for the target, near their own places.

Shafahi and others 2018, "Poison frogs! Targeted clean-label poisoning attacks on neural networks", algorithm 1: forward
a step down the gradient of the squared distance from the target in the features, backward the nearest point to it that
pays for how far it is from its place. Here both distances are measured by what they are at first, so that `beta` means
the same for any net; the features are of several nets; and a point stays within the bound: the ball lies about the
place that it is drawn back to, so that the two steps backward are one proximal step.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.adversary.methods.moves import Moves, moves
from boundaryviz.adversary.methods.unsuited import unsuited
from boundaryviz.adversary.nets import Nets
from boundaryviz.adversary.problem import Problem
from boundaryviz.attacks.trained.methods.clean_label import FeatureCollisionSpec
from boundaryviz.learners.mlp import MLP
from boundaryviz.learners.specs import MLPSpec
from boundaryviz.record.trail import AttackState

_STATES = 8  # of an attack, beside its last
_LEAST = 1e-12  # a squared distance that is smaller counts as this much


def attack(problem: Problem, start: AttackState | None) -> Iterator[AttackState]:
    """States on the way down, and where it ends. Raises AttackError where the learner is no net with a hidden layer."""
    settings, spec = problem.settings, problem.learner
    assert isinstance(settings, FeatureCollisionSpec)
    if not isinstance(spec, MLPSpec) or not spec.hidden:
        raise unsuited(problem, "the last hidden layer of a net")
    some = moves(problem, start)
    nets = Nets(problem, spec)
    collision = Collision(nets, nets.trained(settings.nets), some, settings.beta)
    x = some.begin(start)
    value, gradient = collision.gradient(x)
    length = np.linalg.norm(gradient, axis=1, keepdims=True)
    rate = settings.rate * some.eps / np.maximum(length, _LEAST)
    every = max(1, settings.iterations // _STATES)
    for step in range(settings.iterations):
        if step and step % every == 0:
            yield some.state(x, step / settings.iterations, f"step {step:,}: {words(value)}")
        after = collision.backward(x - rate * gradient, rate)
        new, turned = collision.gradient(after)
        gains = new <= value
        x, gradient = np.where(gains[:, None], after, x), np.where(gains[:, None], turned, gradient)
        value, rate = np.where(gains, new, value), np.where(gains[:, None], rate, rate / 2)
    yield some.state(x, 1.0, words(value))


def words(value: NDArray[np.float64]) -> str:
    """What the costs (K,) have come to."""
    return f"what it costs on average, at first 1, is {value.mean():.2f}"


class Collision:
    """What moving to a place costs each point: the squared distance from the target in the features of nets, and `beta`
    times that from its own place, each as a share of what there is between the target and its own place."""

    def __init__(self, nets: Nets, net: MLP, some: Moves, beta: float) -> None:
        self._nets, self._net, self._some = nets, net, some
        with torch.no_grad():
            self._goal = self._features(nets.columns(some.target[None], net.dtype)[None])  # (R, F, 1)
            at_first = self._features(nets.columns(some.base, net.dtype)[None])
        self._unit = (at_first - self._goal).square().sum(1, keepdim=True).clamp_min(_LEAST)  # (R, 1, K)
        far = ((some.base - some.target) ** 2).sum(axis=1, keepdims=True)
        self._pull = beta / np.maximum(far, _LEAST)  # (K, 1)

    def gradient(self, x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The cost (K,) at places x (K, D), and the gradient (K, D) of its first part, the mean over the nets."""
        columns = self._nets.columns(x, self._net.dtype).requires_grad_()
        apart = ((self._features(columns[None]) - self._goal).square() / self._unit).sum(1).mean(0)  # (K,)
        (gradient,) = torch.autograd.grad(apart.sum(), columns)
        near = self._pull[:, 0] * ((x - self._some.base) ** 2).sum(axis=1)
        return apart.detach().double().numpy() + near, gradient.T.double().numpy() / self._nets.scale.unit

    def backward(self, x: NDArray[np.float64], rate: NDArray[np.float64]) -> NDArray[np.float64]:
        """The proximal step (K, D) of the second part and the ball, from x (K, D) at rates (K, 1)."""
        weight = 2 * rate * self._pull
        return self._some.nearest((x + weight * self._some.base) / (1 + weight))

    def _features(self, columns: Tensor) -> Tensor:
        """Of the last hidden layer, (R, F, K), at inputs (1, D, K)."""
        return self._net.penultimate(self._net.P, columns)
