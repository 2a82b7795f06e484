"""Gradient matching: training on the moved points pulls nets where training on the target, wrongly labelled, would.

Geiping and others 2021, "Witches' Brew: industrial scale data poisoning via gradient matching", equations 3 and 4 and
algorithm 1: one less the cosine between the parameters' gradient of the target's loss with the label wanted and that of
the moved points' loss with their own, by signed Adam whose rate falls to a tenth at 3/8, 5/8 and 7/8 of the way, from
several random beginnings, of which the best match counts. Here the cosine is a mean over several nets, and the bound is
on the distance and not on each input by itself, as a random rotation leaves no input apart.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.adversary.methods.moves import Moves, at_random, moves
from boundaryviz.adversary.methods.unsuited import unsuited
from boundaryviz.adversary.nets import Nets
from boundaryviz.adversary.problem import Problem
from boundaryviz.attacks.targets import AttackError
from boundaryviz.attacks.trained.methods.clean_label import GradientMatchingSpec
from boundaryviz.learners.mlp import MLP
from boundaryviz.learners.specs import LogisticSpec, MLPSpec
from boundaryviz.record.trail import AttackState

_STATES = 8  # of an attack, beside its last
_FALLS = (3, 5, 7)  # eighths of the way, after each of which the rate is a tenth


def attack(problem: Problem, start: AttackState | None) -> Iterator[AttackState]:
    """States of the beginning that matches best so far, and at the end of the best. From `start` on there is one
    beginning, where its points are. Raises AttackError where the learner is no supervised net."""
    settings, spec = problem.settings, problem.learner
    assert isinstance(settings, GradientMatchingSpec)
    if not isinstance(spec, MLPSpec | LogisticSpec):
        raise unsuited(problem, "a supervised net's parameters")
    some = moves(problem, start)
    nets = Nets(problem, spec)
    matching = Matching(nets, nets.trained(settings.nets), some)
    goes_on = start is not None and len(start) > 0
    done = 0
    if start is not None and goes_on:
        done = min(int(start.share * settings.iterations), settings.iterations - 1)
        x = some.begin(start)[None]
    else:
        x = np.stack([_beginning(some, problem.rng) for _ in range(settings.restarts)])
    mean, spread = np.zeros_like(x), np.zeros_like(x)
    every = max(1, settings.iterations // _STATES)
    for step in range(done, settings.iterations):
        apart, gradient = matching.gradient(x)
        if step > done and step % every == 0:
            best = int(apart.argmin())
            yield some.state(x[best], step / settings.iterations, f"step {step:,}: {words(apart[best])}")
        sign = np.sign(gradient)
        mean, spread = 0.9 * mean + 0.1 * sign, 0.999 * spread + 0.001 * sign**2
        age = step - done + 1
        ahead = (mean / (1 - 0.9**age)) / (np.sqrt(spread / (1 - 0.999**age)) + 1e-8)
        rate = settings.rate * some.eps * 0.1 ** sum(8 * step >= fall * settings.iterations for fall in _FALLS)
        x = some.nearest(x - rate * ahead)
    apart, _ = matching.gradient(x)
    best = int(apart.argmin())
    yield some.state(x[best], 1.0, words(apart[best]))


def words(apart: float) -> str:
    """How well the gradients match."""
    return f"cosine of the gradients {1 - apart:.2f}"


def _beginning(some: Moves, rng: np.random.Generator) -> NDArray[np.float64]:
    """Places (K, D) drawn evenly from where the points may be."""
    share = rng.random((len(some.base), 1)) ** (1 / some.base.shape[1])
    return some.base + share * (at_random(some, rng) - some.base)


class Matching:
    """How far apart the gradients are, of R nets."""

    def __init__(self, nets: Nets, net: MLP, some: Moves) -> None:
        self._nets, self._net = nets, net
        self._own = nets.targets(some.labels, net.dtype, nets.spec.smoothed)
        params = net.P.detach().requires_grad_()
        wanted = nets.targets(np.array([some.label]), net.dtype, nets.spec.smoothed)
        pulled = net.per_point(params, nets.columns(some.target[None], net.dtype)[None], wanted)
        (self._goal,) = torch.autograd.grad(pulled.sum(), params)  # (R, n)
        if not (self._goal.norm(dim=1) > 0).all():
            raise AttackError(
                "The target is taken for the class wanted already, so surely that it pulls no net. Take another target."
            )

    def gradient(self, x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """One less the cosine, the mean over the nets, of each of S sets of places x (S, K, D): (S,), and the gradient
        (S, K, D)."""
        net, many = self._net, len(x)
        replicas = len(net.P)
        columns = self._nets.columns(x, net.dtype).requires_grad_()  # (S, D, K)
        params = net.P.detach().repeat(many, 1).requires_grad_()  # set by set its R nets, (S R, n)
        shown = columns.repeat_interleave(replicas, 0)
        loss = net.per_point(params, shown, self._own).mean(1).sum()
        (pull,) = torch.autograd.grad(loss, params, create_graph=True)
        cosine = torch.nn.functional.cosine_similarity(pull, self._goal.repeat(many, 1), dim=1)
        apart: Tensor = 1 - cosine.reshape(many, replicas).mean(1)
        (gradient,) = torch.autograd.grad(apart.sum(), columns)
        return (
            apart.detach().double().numpy(),
            gradient.transpose(1, 2).double().numpy() / self._nets.scale.unit.reshape(1, 1, -1),
        )
