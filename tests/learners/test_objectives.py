"""Each semi-supervised objective: its gradient, its targets, its mean, and what the papers' formulas say."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from boundaryviz.learners import objectives as ob
from boundaryviz.learners.net import Layout, forward

C, B, R = 3, 7, 2
LAYOUT = Layout((2, 5, C))
RANDOM = np.random.default_rng(0)


def drawn(*shape: int) -> Tensor:
    return torch.from_numpy(RANDOM.standard_normal(shape))


X, NOISE, MORE = drawn(R, 2, B), drawn(R, 2, B), drawn(R, 2, B)
TARGET = F.softmax(drawn(R, C, B), 1)
WEIGHT = torch.from_numpy(RANDOM.dirichlet(np.ones(B), (R, 1)))
SHARE = torch.from_numpy(RANDOM.random((R, 1, B)))
START = LAYOUT.init(range(R), "fan-in", torch.float64) * 3


def net_of(params: Tensor) -> ob.Ask:
    return lambda x: forward(LAYOUT.views(params), x, torch.tanh)


# objective of (a net, a frozen net that makes the targets); for real both are the same net
OBJECTIVES: dict[str, Callable[[ob.Ask, ob.Ask], Tensor]] = {
    "cross-entropy": lambda net, _: ob.cross_entropy(net(X), TARGET, WEIGHT),
    "entropy": lambda net, _: ob.entropy(net(X), WEIGHT),
    "pseudo-label": lambda net, frozen: ob.pseudo_label(frozen(X), net(X), WEIGHT, 0.5),
    "pi-model": lambda net, frozen: ob.squared(F.softmax(net(X + NOISE), 1), F.softmax(frozen(X + MORE), 1), WEIGHT),
    "fixmatch": lambda net, frozen: ob.pseudo_label(frozen(X + 0.1 * NOISE), net(X + MORE), WEIGHT, 0.5),
    "flexmatch": lambda net, frozen: ob.pseudo_label(
        frozen(X), net(X + MORE), WEIGHT, torch.tensor([[0.4, 0.6, 0.5]] * R, dtype=torch.float64)
    ),
    "uda": lambda net, frozen: ob.uda(frozen(X), net(X + MORE), WEIGHT, 0.5, 0.4),
    "mixture": lambda net, frozen: ob.squared(
        F.softmax(net(ob.mixup(X, MORE, SHARE)), 1),
        ob.mixup(F.softmax(frozen(X), 1), ob.sharpen(F.softmax(frozen(MORE), 1), 0.5), SHARE),
        WEIGHT,
    ),
}
every_objective = pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES.keys())


def finite_differences(of: Callable[[Tensor], Tensor], at: Tensor, h: float = 1e-6) -> Tensor:
    """Of a function (R, n) -> (R,), replica by replica, (R, n)."""
    columns = []
    for i in range(at.shape[1]):
        push = torch.zeros_like(at)
        push[:, i] = h
        columns.append((of(at + push) - of(at - push)) / (2 * h))
    return torch.stack(columns, 1)


@every_objective
def test_the_gradient_is_that_of_the_loss_with_its_targets_held_still(objective: Callable[[ob.Ask, ob.Ask], Tensor]):
    params = START.clone().requires_grad_()
    loss = objective(net_of(params), net_of(params))  # the very net makes the targets, and they must not pull it
    assert loss.shape == (R,)
    (gradient,) = torch.autograd.grad(loss.sum(), params)
    expected = finite_differences(lambda p: objective(net_of(p), net_of(START)), START)
    torch.testing.assert_close(gradient, expected, rtol=1e-5, atol=1e-8)
    assert gradient.abs().amax(1).min() > 1e-3  # there was something to find


@every_objective
def test_a_column_of_weight_zero_has_no_say(objective: Callable[[ob.Ask, ob.Ask], Tensor], monkeypatch):
    here = objective.__globals__
    muted = WEIGHT.clone()
    muted[:, :, 2] = 0
    monkeypatch.setitem(here, "WEIGHT", muted)
    before = objective(net_of(START), net_of(START))
    moved = X.clone()
    moved[:, :, 2] += 5
    monkeypatch.setitem(here, "X", moved)
    assert torch.equal(objective(net_of(START), net_of(START)), before)


def test_masked_losses_are_means_over_all_unlabelled_points():
    """Ten points of which two pass: their losses are divided by ten, not by two."""
    z = torch.zeros(1, 2, 10, dtype=torch.float64)
    z[:, 1, :2] = 3.0
    weight = torch.full((1, 1, 10), 0.1, dtype=torch.float64)
    p = float(torch.sigmoid(torch.tensor(3.0, dtype=torch.float64)))
    for loss in (
        ob.pseudo_label(z, z, weight, 0.9),
        ob.pseudo_label(z, z, weight, torch.tensor([[0.99, 0.9]])),
        ob.uda(z, z, weight, 0.9, 1e-3),
    ):
        assert float(loss) == pytest.approx(-np.log(p) * 2 / 10)


def test_flexmatch_s_thresholds_by_hand():
    """Eleven points, the last unseen: six of class 0, three of class 1, one undecided, the unseen of class 1."""
    chosen = torch.tensor([[0] * 6 + [1] * 3 + [-1] + [1], [-1] * 11])
    seen = torch.ones(2, 11, dtype=torch.bool)
    seen[0, 10] = False
    beta = 3 / 6
    expected = [[0.9, 0.9 * beta / (2 - beta)], [0.0, 0.0]]
    np.testing.assert_allclose(ob.class_thresholds(chosen, seen, 2, 0.9), expected, rtol=1e-6)
    chosen[0, :5] = -1  # six undecided are now the largest count
    found = ob.class_thresholds(chosen, seen, 2, 0.9)[0]
    np.testing.assert_allclose(found, [0.9 * (b / (2 - b)) for b in (1 / 6, 3 / 6)], rtol=1e-6)


# ---- the worst push -------------------------------------------------------------------------------------


def test_unit_vectors_have_length_one_however_short_they_were():
    for dtype in (torch.float32, torch.float64):
        v = drawn(4, 2, 50).to(dtype)
        for length in (1e-30, 1e-12, 1.0, 1e18):
            torch.testing.assert_close(ob.unit(v * length).square().sum(1), torch.ones(4, 50, dtype=dtype))
    assert torch.equal(ob.unit(torch.zeros(1, 2, 3)), torch.zeros(1, 2, 3))


def hessian_of_the_divergence(net: ob.Ask, x: Tensor, replica: int, point: int) -> Tensor:
    """(2, 2), exact, by differentiating twice."""
    z = net(x)

    def divergence(d: Tensor) -> Tensor:
        moved = x.clone()
        moved[replica, :, point] += d
        return ob.divergence(z, net(moved))[replica, point]

    return torch.autograd.functional.hessian(divergence, torch.zeros(2, dtype=x.dtype))


@pytest.mark.parametrize(("dtype", "xi", "tolerance"), [(torch.float64, 1e-4, 1e-3), (torch.float32, 1e-2, 3e-2)])
def test_the_worst_direction_is_the_dominant_eigenvector(dtype: torch.dtype, xi: float, tolerance: float):
    """In single precision too, where a probe of 1e-6 would drown."""
    net, exact = net_of(START.to(dtype)), net_of(START)
    x = X.to(dtype)
    found = ob.worst_direction(net, x, net(x), NOISE.to(dtype), xi, iterations=30).double()
    for replica in range(R):
        for point in range(B):
            values, vectors = torch.linalg.eigh(hessian_of_the_divergence(exact, X, replica, point))
            assert values[1] > 1.5 * values[0].abs()
            along = float(found[replica, :, point] @ vectors[:, 1])
            assert abs(along) == pytest.approx(1.0, abs=tolerance)


def test_the_push_has_the_length_asked_for_and_nearly_the_worst_effect():
    net, epsilon = net_of(START), 0.1
    z = net(X)
    push = epsilon * ob.worst_direction(net, X, z, NOISE, 1e-3, 1)
    torch.testing.assert_close(push.norm(dim=1), torch.full((R, B), epsilon, dtype=torch.float64))
    angle = torch.linspace(0, 2 * np.pi, 361, dtype=torch.float64)[:-1]
    round_ = torch.stack([ob.divergence(z, net(X + epsilon * around(a))) for a in angle])
    done = ob.divergence(z, net(X + push))
    assert (done >= round_.mean(0)).double().mean() > 0.8
    better = ob.divergence(z, net(X + epsilon * ob.worst_direction(net, X, z, NOISE, 1e-3, 20)))
    assert (better >= 0.5 * round_.amax(0)).all()  # of the two signs it may take the lesser


def around(angle: Tensor) -> Tensor:
    return torch.stack([angle.cos(), angle.sin()])[None, :, None]


def test_vat_is_the_divergence_under_the_push_and_the_entropy_beside_it():
    net = net_of(START)
    push = 0.2 * ob.worst_direction(net, X, net(X), NOISE, 1e-3)
    p, moved = F.softmax(net(X), 1), F.softmax(net(X + push), 1)
    kl = ((p * (p / moved).log()).sum(1, keepdim=True) * WEIGHT).sum((1, 2))
    unsure = (-(p * p.log()).sum(1, keepdim=True) * WEIGHT).sum((1, 2))
    found = ob.vat(net, X, WEIGHT, NOISE, 1e-3, 0.2, 1, 0.3)
    torch.testing.assert_close(found, kl + 0.3 * unsure)


def test_vat_s_gradient_takes_push_and_answer_as_given():
    params = START.clone().requires_grad_()
    loss = ob.vat(net_of(params), X, WEIGHT, NOISE, 1e-3, 0.2, 1, 0.1)
    (gradient,) = torch.autograd.grad(loss.sum(), params)
    frozen = net_of(START)
    push = 0.2 * ob.worst_direction(frozen, X, frozen(X), NOISE, 1e-3)

    def held(p: Tensor) -> Tensor:
        kl = (ob.divergence(frozen(X), net_of(p)(X + push)) * WEIGHT[:, 0]).sum(1)
        return kl + 0.1 * ob.entropy(net_of(p)(X), WEIGHT)

    torch.testing.assert_close(gradient, finite_differences(held, START), rtol=1e-5, atol=1e-8)


# ---- mixtures -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("temperature", [0.05, 0.5, 1.0, 2.0])
def test_sharpening_and_mixing_as_numpy_says_them(temperature: float):
    p = F.softmax(drawn(R, C, B), 1)
    powered = p.numpy() ** (1 / temperature)
    np.testing.assert_allclose(ob.sharpen(p, temperature), powered / powered.sum(1, keepdims=True), rtol=1e-9)
    lam = SHARE.numpy()
    np.testing.assert_allclose(ob.mixup(X, MORE, SHARE), lam * X.numpy() + (1 - lam) * MORE.numpy())
