"""Epochs dealt by tensors are those that numpy deals, on whatever device; here on the processor's tensors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.learners.base import Extra, TrainingData
from boundaryviz.learners.batch_loader import BatchLoader, Step
from boundaryviz.learners.batches import Pool, epoch
from boundaryviz.learners.tensor_epochs import TensorEpochs
from helpers.models import blobs

CPU = torch.device("cpu")
SOME = np.s_[1:4]  # the replicas that see poison


def drawn(seed: int, n: int, poison: int, clean_weight: bool = True) -> TrainingData:
    """n points with odd ids, of five replicas of which three see the poison, each some of it."""
    rng = np.random.default_rng(seed)
    data = blobs(n, seed=seed, replicas=5, poison=poison)
    ids = np.sort(rng.choice(10 * n, n, replace=False)).astype(np.int64) - 3 * n
    weights = np.ones((5, n), dtype=np.float32)
    if clean_weight:
        weights[:, : n - poison] = rng.choice([0.0, 0.5, 1.0, 3.0], (5, n - poison))
    weights[:, n - poison :] = 0.0
    weights[SOME, n - poison :] = rng.choice([0.0, 1.0, 2.0], (3, poison))
    return replace(data, ids=rng.permutation(ids), weights=weights)


@given(st.integers(0, 10**6), st.integers(2, 90), st.integers(0, 30), st.integers(1, 40), st.integers(0, 50))
def test_columns_are_those_of_the_epochs_of_numpy(seed: int, clean: int, poison: int, size: int, number: int) -> None:
    data, seeds = drawn(seed, clean + poison, poison), (7, -3, 7, seed, 1 << 40)
    pool = Pool.of(data.ids, data.poison, data.weights, np.ones(clean + poison, dtype=bool))
    if not len(pool) or not (~pool.poison).any() or size >= int(pool.counts.max()):
        return
    there = TensorEpochs(pool, seeds, size, slice(1, 4), CPU)
    dealt = there.deal(number)
    count = len(dealt.at) // there.batches
    assert count >= 1
    for k in range(count):
        wanted = epoch(pool, seeds, number + k, size)
        some = slice(k * there.batches, (k + 1) * there.batches)
        assert len(wanted) == there.batches
        np.testing.assert_array_equal(dealt.at[some], wanted.index[:, :, :size])
        np.testing.assert_array_equal(dealt.weight[some], wanted.weight[:, :, :size])
        seen = wanted.weight[:, SOME, size:]
        width = min(dealt.poison_weight.shape[2], seen.shape[2])
        np.testing.assert_array_equal(dealt.poison_weight[some, :, :width], seen[:, :, :width])
        there_at, here_at = dealt.poison_at[some, :, :width].numpy(), wanted.index[:, SOME, size : size + width]
        np.testing.assert_array_equal(there_at[seen[:, :, :width] != 0], here_at[seen[:, :, :width] != 0])
        assert not dealt.poison_weight[some, :, width:].any()
        assert not seen[:, :, width:].any()


def loaders(data: TrainingData, size: Any, there: tuple[bool, ...] = (False, True)) -> list[BatchLoader]:
    x, label = data.rows()
    columns = torch.tensor(x.T, dtype=torch.float32)
    found = []
    for one in there:
        loader = BatchLoader((5, 6, 5, 8, 6), CPU, torch.float32)
        loader._deals_there = one
        loader.set_batch_size(size)
        loader.set_data(data, columns, torch.tensor(label)[None].float(), label >= 0)
        found.append(loader)
    return found


def same(here: Step, there: Step) -> None:
    """To whoever works on them: what is seen is the same, and whatever else there is weighs nothing."""
    assert torch.equal(here[0].x, there[0].x)
    assert torch.equal(here[0].weight, there[0].weight)
    assert torch.equal(here[0].at, there[0].at)
    for mine, own in zip(here[1:], there[1:], strict=False):
        seen = own.weight != 0
        assert torch.equal(mine.weight, own.weight)
        for name in ("x", "q"):
            assert torch.equal(getattr(mine, name) * seen, getattr(own, name) * seen)
        assert torch.equal(mine.at * seen[:, 0], own.at * seen[:, 0])
    for one in (*here[len(there) :], *there[len(here) :]):
        assert not one.weight.any()


@pytest.mark.parametrize("poison", [0, 25])
@pytest.mark.parametrize("size", [1, 8, 30, 31, "full"])
def test_a_loader_deals_the_same_there_and_each_goes_on_where_the_other_is(size: Any, poison: int) -> None:
    data = drawn(3, 31 + poison, poison, clean_weight=False)
    here, there = loaders(data, size)
    for k in range(140):
        same(here.next(), there.next())
        if k % 17 == 5:
            place, other = here.place, there.place
            here.go_to(other)
            there.go_to(place)


def test_slots_of_a_replica_s_own_and_points_that_come_and_go() -> None:
    data, rng = drawn(4, 60, 20, clean_weight=False), np.random.default_rng(0)
    own = Extra(np.arange(5) + 10_000, rng.standard_normal((5, 5, 2)), rng.integers(0, 2, (5, 5)))
    withdrawn = np.zeros((5, 60), dtype=bool)
    withdrawn[SOME, :7] = True
    weights = np.where(withdrawn, 0, data.weights).astype(np.float32)
    here, there = loaders(replace(data, extra=own, weights=weights, withdrawn=withdrawn), 9)
    for _ in range(30):
        same(here.next(), there.next())
    for loader in (here, there):
        x, label = data.rows()
        columns = torch.tensor(x.T, dtype=torch.float32)
        loader.set_data(data, columns, torch.tensor(label)[None].float(), label >= 0)
    for _ in range(30):
        same(here.next(), there.next())


def test_replicas_with_windows_of_their_own_are_dealt_to_on_the_host() -> None:
    data = replace(drawn(5, 50, 8, clean_weight=False), windows=np.array([0, 0, 1, 1, 2]))
    here, there = loaders(data, 6)
    for _ in range(20):
        for mine, own in zip(here.next(), there.next(), strict=True):
            assert torch.equal(mine.at, own.at)
    assert there._there is None
