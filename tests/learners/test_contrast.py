"""Contrastive losses against ones written out pair by pair, and what a replica without poison notices of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.learners.contrast import nt_xent, unit

NONE = slice(0, 0)


class Pairs(NamedTuple):
    """Both members (r, E, B) of pairs, of length 1, and their weight (r, 1, B)."""

    a: Tensor
    b: Tensor
    weight: Tensor


def xent(pairs: Sequence[Pairs], rows: slice, t: float) -> Tensor:
    """`nt_xent`, of columns that are not of length 1."""
    columns = [torch.cat([one.a, one.b], 2) for one in pairs]
    return nt_xent([3.0 * one for one in columns], [one.weight for one in pairs], rows, t)


def drawn(replicas: int, pairs: int, seed: int = 0, weight: Tensor | None = None) -> Pairs:
    random = torch.Generator().manual_seed(seed)
    a, b = (unit(torch.randn(replicas, 5, pairs, generator=random, dtype=torch.float64)) for _ in range(2))
    return Pairs(a, b, torch.full((replicas, 1, pairs), 1 / pairs, dtype=torch.float64) if weight is None else weight)


def by_hand(a: NDArray, b: NDArray, t: float) -> float:
    """Chen et al. 2020, equation 1, over 2 N views, of pairs (E, N)."""
    views, n = [*a.T, *b.T], a.shape[1]
    total = 0.0
    for i in range(2 * n):
        j = (i + n) % (2 * n)
        below = sum(math.exp(float(views[i] @ views[k]) / t) for k in range(2 * n) if k != i)
        total -= math.log(math.exp(float(views[i] @ views[j]) / t) / below)
    return total / (2 * n)


@pytest.mark.parametrize("t", [0.05, 0.5, 2.0])
@pytest.mark.parametrize("poison", [0, 3])
def test_losses_are_those_written_out_pair_by_pair(t: float, poison: int):
    clean, rows = drawn(2, 7), slice(0, 2) if poison else NONE
    blocks = [clean, drawn(2, poison, 1), drawn(2, 2, 2)] if poison else [clean]
    every = 7 + (poison + 2 if poison else 0)
    blocks = [Pairs(one.a, one.b, torch.full_like(one.weight, 1 / every)) for one in blocks]
    a, b = (torch.cat([getattr(one, name) for one in blocks], 2).numpy() for name in ("a", "b"))
    hand = [by_hand(x, y, t) for x, y in zip(a, b, strict=True)]
    np.testing.assert_allclose(xent(blocks, rows, t), hand, 1e-12)


def test_a_point_that_weighs_nothing_is_not_there():
    few, t = drawn(1, 4), 0.5
    weight = torch.tensor([[[0.25, 0.25, 0.25, 0.25, 0.0, 0.0]]], dtype=torch.float64)
    a, b = (torch.cat([one, drawn(1, 2, 3).a], 2) for one in (few.a, few.b))
    more = Pairs(a, b, weight)
    np.testing.assert_allclose(xent([more], NONE, t), xent([few], NONE, t), 1e-12)


@pytest.mark.parametrize("t", [0.01, 0.5])
def test_a_block_that_a_replica_sees_nothing_of_counts_for_nothing(t: float):
    """As where poison withdraws every clean point, or a filter all of a batch."""
    unseen, seen = drawn(1, 4, weight=torch.zeros(1, 1, 4, dtype=torch.float64)), drawn(1, 3, 1)
    blocks = [Pairs(one.a.float(), one.b.float(), one.weight.float()) for one in (unseen, seen)]
    columns = [torch.cat([one.a, one.b], 2).requires_grad_() for one in blocks]
    found = nt_xent(columns, [one.weight for one in blocks], slice(0, 1), t)
    np.testing.assert_allclose(found.detach(), xent([seen], NONE, t), 1e-4)
    slopes = torch.autograd.grad(found.sum(), columns)
    assert not slopes[0].any()
    assert torch.isfinite(slopes[1]).all()


def test_a_pair_that_weighs_twice_as_much_stands_there_twice():
    """Among the negatives of all others: what is a pair's own share of its own is not doubled."""
    t, one = 0.5, drawn(1, 3)
    weighed = Pairs(one.a, one.b, torch.tensor([[[0.5, 0.25, 0.25]]], dtype=torch.float64))
    a, b = one.a[0].numpy(), one.b[0].numpy()
    views, often = [*a.T, *b.T], [1.5, 0.75, 0.75] * 2
    total = 0.0
    for i in range(6):
        below = sum(often[k] * math.exp(float(views[i] @ views[k]) / t) for k in range(6) if k != i)
        total += often[i] / 6 * (math.log(below) - float(views[i] @ views[(i + 3) % 6]) / t)
    assert float(xent([weighed], NONE, t)) == pytest.approx(total, rel=1e-12)


def test_a_replica_without_poison_notices_nothing_to_the_bit():
    """Neither in its loss nor in its slopes, though the block of poison has a row for it."""
    clean, some = drawn(4, 6), drawn(3, 8, 1)
    weight = torch.full((3, 1, 8), 1 / 14, dtype=torch.float64)
    weight[1] = 0
    found = []
    for blocks, rows in (([clean], NONE), ([clean, Pairs(some.a, some.b, weight)], slice(1, 4))):
        a = clean.a.clone().requires_grad_()
        values = xent([Pairs(a, clean.b, clean.weight), *blocks[1:]], rows, 0.1)
        found.append((values.detach(), torch.autograd.grad(values.sum(), a)[0]))
    (without, slopes), (among, theirs) = found
    for replica, same in enumerate((True, False, True, False)):
        assert torch.equal(without[replica], among[replica]) == same
        assert torch.equal(slopes[replica], theirs[replica]) == same


def test_slopes_are_those_of_differences():
    blocks, rows = [drawn(2, 4), drawn(1, 3, 1)], slice(1, 2)

    def of(a: Tensor, b: Tensor) -> Tensor:
        poison = Pairs(a[1:, :, :3] + 0.1, b[1:, :, :3], blocks[1].weight)
        return xent([Pairs(a, b, blocks[0].weight), poison], rows, 0.3)

    a, b = (one.clone().requires_grad_() for one in (blocks[0].a, blocks[0].b))
    assert torch.autograd.gradcheck(of, (a, b))


def test_two_nets_of_one_buffer_do_not_share_weights() -> None:
    from boundaryviz.learners.net import Layout

    layout = Layout((2, 3), (4, 5))
    flat = torch.arange(float(layout.size))[None]
    first, second = (torch.cat([v.flatten() for v in layout.views(flat, net)]) for net in (0, 1))
    assert torch.equal(torch.cat([first, second]), flat[0])
    assert [tuple(v.shape) for v in layout.views(flat, 1)] == [(1, 5, 4), (1, 5, 1)]
