"""Robust training: against plain loops of torch, and what it promises of pushes, twins and settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from boundaryviz.learners.base import Problem, TrainingData
from boundaryviz.learners.features import FeatureMap
from boundaryviz.learners.mlp import MLP
from boundaryviz.learners.point_draws import PointDraws, in_ball, normal, uniform
from boundaryviz.learners.robust import Robust
from boundaryviz.learners.specs import LogisticSpec, MLPSpec, TrainingSpec
from boundaryviz.learners.streams import Purpose
from boundaryviz.runs.run import train
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scaling import Scaling
from helpers.models import DOMAIN, blobs, make, relative, taken, thought, weighing

FULL = TrainingSpec(batch_size="full", learning_rate=0.01)
STEPS, EPSILON, N = 30, 0.3, 40


def plain_net(learner: MLP) -> nn.Sequential:
    """The same net in torch's words."""
    layers: list[nn.Module] = []
    for fan_in, out in zip(learner.layout.dims, learner.layout.dims[1:], strict=False):
        layers += [nn.Linear(fan_in, out), nn.Tanh()]
    net = nn.Sequential(*layers[:-1])
    with torch.no_grad():
        for mine, theirs in zip(net.parameters(), learner.asked, strict=True):
            mine.copy_(theirs[0].reshape(mine.shape))
    return net


def pushed(loss: Callable[[Tensor], Tensor], x: Tensor, start: Tensor, norm: str, steps: int) -> Tensor:
    """Madry's ascent as anyone writes it: points (N, D) and where they begin."""
    length, push = 2.5 * EPSILON / steps, start
    for _ in range(steps):
        push = push.detach().requires_grad_()
        (g,) = torch.autograd.grad(loss(x + push), push)
        with torch.no_grad():
            if norm == "l2":
                push = push + length * g / g.norm(dim=1, keepdim=True)
                push = push * (EPSILON / push.norm(dim=1, keepdim=True)).clamp(max=1)
            else:
                push = (push + length * g.sign()).clamp(-EPSILON, EPSILON)
    return x + push.detach()


def plain_loop(spec: MLPSpec, data: TrainingData, net: nn.Sequential) -> None:
    x, label = torch.tensor(data.x, dtype=torch.float32), torch.tensor(data.label)
    optimiser = torch.optim.Adam(net.parameters(), lr=0.01)
    draws = PointDraws((0,), Purpose.ROBUST, torch.device("cpu"))
    for step in range(STEPS):
        hashes = draws.of(step, torch.arange(N)[None], 3)
        gaussian = normal(hashes[:, :2])[0].T
        optimiser.zero_grad()
        if spec.robust == "noise":
            loss = F.cross_entropy(net(x + EPSILON * gaussian), label)
        elif spec.robust == "pgd":
            start = in_ball(hashes)[0].T if spec.robust_norm == "l2" else uniform(hashes[:, :2])[0].T * 2 - 1
            own = pushed(
                lambda p: F.cross_entropy(net(p), label, reduction="sum"),
                x, EPSILON * start, spec.robust_norm, spec.robust_steps,
            )  # fmt: skip
            loss = F.cross_entropy(net(own), label)
        else:
            far = pushed(
                lambda at: F.kl_div(F.log_softmax(net(at), 1), F.softmax(net(x), 1).detach(), reduction="sum"),
                x, 0.01 * EPSILON * gaussian, spec.robust_norm, spec.robust_steps,
            )  # fmt: skip
            apart = F.kl_div(F.log_softmax(net(far), 1), F.softmax(net(x), 1), reduction="sum")
            loss = F.cross_entropy(net(x), label) + spec.trades_beta / N * apart
        loss.backward()
        optimiser.step()


@pytest.mark.parametrize(("how", "norm"), [
    ("noise", "l2"), ("pgd", "l2"), ("pgd", "linf"), ("trades", "l2"), ("trades", "linf"),
])  # fmt: skip
def test_it_is_what_a_plain_loop_comes_to(how: Any, norm: Any):
    spec = MLPSpec(hidden=(8, 6), robust=how, robust_norm=norm, robust_epsilon=EPSILON, robust_steps=5)
    learner, data = make(spec, FULL), blobs(N, 3)
    learner = MLP(spec, FULL, Problem(3, DOMAIN, (0,)), "cpu")
    learner.set_data(data)
    net = plain_net(learner)
    usual = MLP(MLPSpec(hidden=(8, 6)), FULL, Problem(3, DOMAIN, (0,)), "cpu")
    usual.set_data(data)
    for one in (learner, usual):
        one.step(STEPS)
    plain_loop(spec, data, net)
    expected = torch.cat([p.detach().reshape(-1) for p in net.parameters()]).numpy()
    assert relative(learner.P[0].numpy(), expected) < 1e-5
    assert relative(usual.P[0].numpy(), expected) > 1e-3


class Bowl:
    """A loss that rises with the length of what is shown."""

    def outputs(self, shown: Tensor) -> Tensor:
        return shown

    def slopes(self, shown: Tensor, q: Tensor) -> Tensor:
        return 2 * shown


@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_pushes_end_on_the_edge_of_the_ball_in_units_of_the_scene(norm: Any):
    """Of a loss that rises outwards; the inputs come in units of 10 and 0.1."""
    spec = MLPSpec(robust="pgd", robust_norm=norm, robust_epsilon=0.5)
    robust, scale = Robust(FeatureMap(spec), spec), Scaling(np.array([3.0, -1.0]), np.array([10.0, 0.1]))
    x = torch.randn(4, 2, 50, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    robust.set_scale(scale, x)
    ids = torch.arange(50)[None]
    drawn = robust.drawn(lambda rows: PointDraws(range(4), Purpose.ROBUST, x.device).of(0, ids, rows), 2, x)
    moved = (robust.taught(Bowl(), x, x, drawn) - x) * torch.tensor(scale.unit)[:, None]
    length = moved.norm(dim=1) if norm == "l2" else moved.abs().amax(1)
    torch.testing.assert_close(length, torch.full_like(length, 0.5))
    begun = 0.5 * (drawn.norm(dim=1) if norm == "l2" else drawn.abs().amax(1))
    assert begun.max() <= 0.5 + 1e-6
    assert 0.3 < begun.mean() < 0.4  # of a place in a disc or a square 2/3 of the radius on average


def test_the_ascent_goes_through_the_features():
    """With x², xy, sines and Fourier features it is the slope by the place, as autograd has it."""
    spec = LogisticSpec(
        features=("x", "y2", "xy", "sin_x"), fourier=3, robust="pgd", robust_epsilon=EPSILON, robust_steps=4
    )
    data = blobs(N)
    learner = make(spec, FULL, data=data)
    before = learner.P.clone()
    learner.step(1)
    x, q = torch.tensor(data.x, dtype=torch.float32), F.one_hot(torch.tensor(data.label), 2).T.float()[None]
    start = EPSILON * in_ball(PointDraws((0,), Purpose.ROBUST, x.device).of(0, torch.arange(N)[None], 3))[0].T
    own = pushed(lambda at: learner.per_point(before, at.T[None], q).sum(), x, start, "l2", 4)
    params = before.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(learner.per_point(params, own.T[None], q).mean(), params)
    expected = before - 0.01 * gradient / (gradient.abs() + 1e-8)  # Adam's first step
    torch.testing.assert_close(learner.P, expected, rtol=1e-4, atol=1e-5)


def test_a_point_s_push_hears_of_nobody_else():
    """Not of poison, nor of who else is in the batch: its start is keyed by its id."""
    spec = MLPSpec(hidden=(6,), robust="pgd", robust_steps=2)
    data = blobs(70, poison=9)
    twins = make(spec, FULL, (3, 3), data=weighing(data, np.stack([~data.poison, np.ones(70)])))
    alone = make(spec, FULL, (3,), data=taken(data, ~data.poison))
    shuffled = make(spec, FULL, (3,), data=taken(taken(data, ~data.poison), np.random.default_rng(0).permutation(61)))
    for learner in (twins, alone, shuffled):
        learner.step(40)
    assert relative(thought(twins)[:1], thought(alone)) < 1e-5
    assert relative(thought(shuffled), thought(alone)) < 1e-5


@pytest.mark.parametrize("how", ["pgd", "trades"])
def test_it_goes_with_dropout_clipping_smoothing_and_small_batches(how: Any):
    """Clipped, the gradient is the sum of each point's own, both of its columns together, shortened."""
    spec = MLPSpec(hidden=(6,), robust=how, smoothing=0.1, dropout=0.3, robust_steps=2)
    training = TrainingSpec(batch_size=1, optimiser="sgd", learning_rate=1.0, clip=0.05)
    learner = make(spec, training, data=blobs(12))
    loose = make(spec, training.model_copy(update={"clip": 1e6}), data=blobs(12))
    for _ in range(12):
        before = learner.P.clone()
        loose.P.copy_(before)
        for one in (learner, loose):
            one.step(1)
        short, long = learner.P - before, loose.P - before
        assert long.norm() > 0.05
        torch.testing.assert_close(short, long * (0.05 / long.norm()), rtol=1e-3, atol=1e-6)


def test_it_is_switched_on_and_off_live():
    spec = MLPSpec(hidden=(6,), features=("x", "y", "x2"))
    on = spec.model_copy(update={"robust": "noise"})
    learner, never = make(spec, TrainingSpec(), data=blobs(40)), make(spec, TrainingSpec(), data=blobs(40))
    for one in (spec, on, spec):
        learner.set_training(one, TrainingSpec())
        learner.step(5)
    never.step(15)
    assert np.isfinite(thought(learner)).all()
    assert not np.array_equal(thought(learner), thought(never))
    back = make(on, TrainingSpec(), data=blobs(40))
    back.set_training(spec, TrainingSpec())
    back.step(15)
    assert np.array_equal(thought(back), thought(never))


def test_a_radius_of_nothing_is_usual_training():
    usual, still = (
        make(MLPSpec(), FULL, data=blobs(40)),
        make(MLPSpec(robust="pgd", robust_epsilon=0), FULL, data=blobs(40)),
    )
    for learner in (usual, still):
        learner.step(20)
    assert np.array_equal(thought(usual), thought(still))


def test_settings_say_what_they_do_not_do():
    assert {"robust_epsilon", "robust_norm", "trades_beta"} <= set(MLPSpec().unused())
    assert "robust_norm" in MLPSpec(robust="noise").unused()
    assert "radius of 0" in MLPSpec(robust="pgd", robust_epsilon=0.0).unused()["robust"]
    assert not {"robust_epsilon", "robust_norm", "trades_beta", "robust"} & set(MLPSpec(robust="trades").unused())
    with pytest.raises(ValueError, match="compares probabilities, and with the hinge loss a net has none"):
        MLPSpec(robust="trades", loss="hinge")
    assert MLPSpec(robust="trades").later()[0] == 7
    assert MLPSpec().later()[0] < 7


def test_robust_training_that_diverges_is_said_as_divergence():
    values = {"data.n": 60, "learner.robust": "pgd", "learner.activation": "relu", "training.optimiser": "sgd",
              "training.learning_rate": 100.0, "learner.loss": "squared"}  # fmt: skip
    run = train(Scenario().with_values(values), steps=200, progress=False)
    assert run.diverged
