"""The gradient by hand against autograd on the same forward pass."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor

from boundaryviz.learners import losses, net
from boundaryviz.learners.backprop import Backprop
from boundaryviz.learners.net import ACTIVATIONS, Layout, forward

REPLICAS, POINTS = 5, 40


def draw(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed + sum(shape)))


def by_autograd(
    layout: Layout,
    p: Tensor,
    activation: str,
    loss: Any,
    squash: bool,
    x: Tensor,
    q: Tensor,
    weight: Tensor,
    masks: Any,
) -> Tensor:
    p = p.clone().requires_grad_()
    z = forward(layout.views(p), x, ACTIVATIONS[activation], masks)
    total = (losses.per_point(loss, torch.tanh(z) if squash else z, q) * weight[:, 0]).sum()
    return torch.autograd.grad(total, p)[0]


def check(
    hidden: tuple[int, ...], activation: str, loss: Any, classes: int, squash: bool, shared: bool, dropout: bool
) -> None:
    rows = 1 if shared else REPLICAS
    layout = Layout((2, *hidden, losses.outputs(loss, classes)))
    p = draw(REPLICAS, layout.size)
    label = torch.arange(POINTS * rows) % classes
    q = losses.targets(label, loss, classes, torch.float32).view(-1, rows, POINTS).transpose(0, 1)
    weight = draw(REPLICAS, 1, POINTS, seed=1).abs()
    weight[:, :, ::7] = 0
    masks = [(draw(REPLICAS, units, POINTS, seed=2) > 0) * 2.0 for units in hidden] if dropout else []
    given = draw(rows, 2, POINTS), q, weight, masks
    expected = by_autograd(layout, p, activation, loss, squash, *given)
    ours = Backprop(layout, p, activation, loss, squash).gradient(*given)
    torch.testing.assert_close(ours, expected, rtol=2e-6, atol=2e-6 * float(expected.abs().max()))
    assert expected.abs().max() > 0.1


@pytest.mark.parametrize(("activation", "shared", "dropout"), [*product(ACTIVATIONS, (False, True), (False, True))])
def test_activations(activation: str, shared: bool, dropout: bool):
    check((7, 5), activation, "cross-entropy", 3, False, shared, dropout)


@pytest.mark.parametrize(
    ("loss", "classes", "squash"),
    [*product(("cross-entropy", "focal", "absolute", "squared", "hinge"), (2, 3), (False, True))],
)
def test_losses(loss: Any, classes: int, squash: bool):
    check((6,), "tanh", loss, classes, squash, False, False)
    check((), "linear", loss, classes, squash, True, False)


@pytest.mark.parametrize(("shared", "dropout"), [*product((False, True), (False, True))])
def test_shards_change_nothing(monkeypatch: pytest.MonkeyPatch, shared: bool, dropout: bool):
    """Two replicas at a time, and a last one alone; then one at a time, for a net wider than a shard."""
    for floats in (2 * 7 * POINTS, 1):
        monkeypatch.setattr(net, "SHARD", floats)
        check((7, 5), "tanh", "cross-entropy", 3, False, shared, dropout)


def test_batches_of_many_sizes_share_one_buffer(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(net, "SHARD", 400)
    layout = Layout((2, 4, 2))
    p = draw(REPLICAS, layout.size)
    ours = Backprop(layout, p, "relu", "cross-entropy", False)
    for points in (40, 10, 80, 10, 400):
        x, weight = draw(REPLICAS, 2, points), torch.full((REPLICAS, 1, points), 1 / points)
        q = losses.targets(torch.arange(points) % 2, "cross-entropy", 2, torch.float32)[None]
        expected = by_autograd(layout, p, "relu", "cross-entropy", False, x, q, weight, [])
        torch.testing.assert_close(ours.gradient(x, q, weight), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("floats", [1 << 17, 1])
def test_what_some_replicas_see_besides_is_added_to_their_gradient_alone(monkeypatch: pytest.MonkeyPatch, floats: int):
    monkeypatch.setattr(net, "SHARD", floats)
    layout = Layout((2, 4, 2))
    p = draw(REPLICAS, layout.size)
    ours = Backprop(layout, p, "tanh", "cross-entropy", False)

    def columns(n: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        q = losses.targets(torch.arange(n) % 2, "cross-entropy", 2, torch.float32)[None]
        return draw(REPLICAS, 2, n), q, torch.full((REPLICAS, 1, n), 1 / n)

    first, more, some = columns(40), columns(8), slice(1, REPLICAS)
    alone, besides = ours.gradient(*first).clone(), ours.gradient(*more).clone()
    ours.gradient(*first)
    both = ours.gradient(more[0][some], more[1], more[2][some], add_to=some)
    assert torch.equal(both[0], alone[0])
    torch.testing.assert_close(both[some], (alone + besides)[some])


@pytest.mark.parametrize(("hidden", "activation", "loss", "squash"), [
    ((), "linear", "cross-entropy", False), ((6, 4), "gelu", "generalised", False), ((5,), "tanh", "squared", True),
])  # fmt: skip
def test_clipped_it_is_the_sum_of_each_point_s_own_gradient_shortened(
    hidden: tuple[int, ...], activation: str, loss: Any, squash: bool
) -> None:
    layout = Layout((2, *hidden, losses.outputs(loss, 3)))
    p, x = draw(2, layout.size), draw(2, 2, POINTS)
    q = losses.targets(torch.arange(POINTS) % 3, loss, 3, torch.float32).expand(2, -1, -1)
    weight = draw(2, 1, POINTS, seed=1).abs()
    masks = [(draw(2, units, POINTS, seed=2) > 0) * 2.0 for units in hidden]
    expected, lengths = torch.zeros_like(p), []
    for k in range(POINTS):
        one = (x[:, :, k : k + 1], q[:, :, k : k + 1], torch.ones(2, 1, 1), [mask[:, :, k : k + 1] for mask in masks])
        g = by_autograd(layout, p, activation, loss, squash, *one)
        lengths.append(g.norm(dim=1))
        expected += weight[:, :, k] * g * (0.4 / lengths[-1]).clamp(max=1)[:, None]
    shorter = torch.stack(lengths) < 0.4
    assert 0 < shorter.sum() < shorter.numel()
    ours = Backprop(layout, p, activation, loss, squash)
    ours.clip = 0.4
    given = ours.gradient(x, q, weight, masks)
    torch.testing.assert_close(given, expected, rtol=1e-4, atol=1e-5)
