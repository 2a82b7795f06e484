"""What a step is dealt: the clean window for everybody, poison for those that see it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from boundaryviz.learners.base import Extra, TrainingData
from boundaryviz.learners.batch_loader import BatchLoader, Step
from boundaryviz.learners.draws import Draws
from helpers.models import blobs, weighing

EVERYBODY = slice(None)


def loader_of(data: TrainingData, size: Any) -> BatchLoader:
    batch_loader = BatchLoader(tuple(range(len(data.weights))), torch.device("cpu"), torch.float32)
    batch_loader.set_batch_size(size)
    places = torch.from_numpy(data.x.T)
    batch_loader.set_data(data, places, places[:0], data.label >= 0)
    return batch_loader


def seen_by(data: TrainingData, replicas: list[int], poison_of: int = 4) -> TrainingData:
    """The poison with a weight in these of the replicas alone."""
    weights = np.ones_like(data.weights)
    weights[:, data.poison] = 0
    weights[np.ix_(np.array(replicas), np.flatnonzero(data.poison)[:poison_of])] = 1
    return weighing(data, weights)


@pytest.mark.parametrize("size", [10, 500, "full"])
def test_poison_comes_to_those_that_see_it_and_only_when_there_is_some(size: Any):
    data = seen_by(blobs(100, replicas=5, poison=8), [2, 3])
    batch_loader = loader_of(data, size)
    assert batch_loader.seeing == slice(2, 4)
    batches = 10 if size == 10 else 1
    steps: list[Step] = [batch_loader.next() for _ in range(batches)]
    found: list[set[int]] = [set() for _ in range(2)]
    for clean, *poison in steps:
        assert clean.weight.shape[0] == 5
        for batch in poison:
            assert (batch.weight.shape[0], bool(batch.weight.any())) == (2, True)
            for row in range(2):
                at = batch.at.expand(2, -1)[row][batch.weight[row, 0] > 0]
                found[row].update(at.tolist())
                assert torch.equal(batch.x.expand(2, -1, -1)[row].T[batch.weight[row, 0] > 0].double(), _rows(data, at))
    assert found == [{92, 93, 94, 95}] * 2
    if size == 10:
        assert 0 < sum(len(step) == 1 for step in steps) < batches  # the four lie in a few of the ten windows


def _rows(data: TrainingData, at: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(data.x[at.numpy()])


def test_a_batch_that_holds_every_point_is_gathered_once():
    batch_loader = loader_of(blobs(20, replicas=2), 20)
    first = batch_loader.next()
    assert batch_loader.next() is first
    np.testing.assert_allclose(first[0].weight[:, 0, :20], 1 / 20)
    batch_loader.set_batch_size(19)
    assert batch_loader.next()[0].weight.shape[2] == 19


@pytest.mark.parametrize("size", [1, "full"])
def test_slots_are_each_replica_s_own_where_there_is_nothing_else(size: Any):
    """Also where a point is withdrawn, so that all replicas share the windows."""
    data = seen_by(blobs(4, replicas=2, poison=4), [0, 1])
    own = Extra(np.array([9]), np.array([[[7.0, 7.0]], [[8.0, 8.0]]]), np.array([[0], [1]]))
    withdrawn = np.array([[True, False, False, False], [False] * 4])
    weights = np.where(withdrawn, 0, data.weights)
    told = replace(weighing(data, weights), extra=own, withdrawn=withdrawn)
    batch_loader = BatchLoader((0, 0), torch.device("cpu"), torch.float32)
    batch_loader.set_batch_size(size)
    x, label = told.rows()
    batch_loader.set_data(told, torch.tensor(x.T), torch.tensor(x[:, :0].T), label >= 0)
    found: list[set[float]] = [set(), set()]
    for _ in range(5):
        for batch in batch_loader.next():
            for row in range(2):
                found[row].update(batch.x.expand(2, -1, -1)[row, 0][batch.weight[row, 0] > 0].tolist())
    assert [{7.0, 8.0} & one for one in found] == [{7.0}, {8.0}]


@pytest.mark.parametrize("size", [10, "full"])
def test_who_sees_as_much_poison_but_other_poison_is_told_of_that(size: Any):
    data = blobs(40, replicas=3, poison=6)
    weights = np.ones_like(data.weights)
    weights[0, 34:37] = weights[1, 37:] = weights[2, [34, 38, 39]] = 0
    batch_loader = loader_of(weighing(data, weights), size)
    found: list[set[int]] = [set() for _ in range(3)]
    for _ in range(4):
        for batch in batch_loader.next()[1:]:
            for row in range(3):
                found[row].update(batch.at.expand(3, -1)[row][batch.weight[row, 0] > 0].tolist())
    assert found == [{37, 38, 39}, {34, 35, 36}, {35, 36, 37}]


@pytest.mark.parametrize("columns", [50, 5000])
def test_numbers_drawn_ahead_are_those_of_their_own_seed_and_step(columns: int):
    """Whoever else there is, wherever one begins, and however many columns follow."""
    together = Draws((3, 4, 3), torch.device("cpu"), torch.float32)
    seen = [together.normal(step, 2, (EVERYBODY, 4, columns)) for step in range(20)]
    assert all(torch.equal(one[0], one[2]) and not torch.equal(one[0], one[1]) for one in seen)
    assert len({float(one[0, 0, 0]) for one in seen}) == len(seen)
    late = Draws((4,), torch.device("cpu"), torch.float32).normal(17, 2, (EVERYBODY, 4, columns + 7))
    assert torch.equal(late[0, :, :columns], seen[17][1])
    other = together.normal(17, 3, (slice(1, 3), 4, columns))
    assert torch.equal(together.normal(17, 2, (slice(1, 3), 4, columns)), seen[17][1:])
    assert not torch.equal(other, seen[17][1:])


@pytest.mark.parametrize("size", [10, "full"])
def test_who_looks_back_and_returns_goes_on_with_what_was_dealt(size: Any):
    data = blobs(100, replicas=2)
    moved, still = loader_of(data, size), loader_of(data, size)
    for steps in (3, 8, 14):
        for _ in range(steps):
            moved.next(), still.next()
        here, dealt = moved.place, moved._epoch
        moved.go_to(np.array([0, 0]))
        moved.go_to(np.array([5, 1]))
        moved.go_to(here)
        for _ in range(2):
            ours, theirs = moved.next(), still.next()
            assert all(torch.equal(a.x, b.x) and torch.equal(a.at, b.at) for a, b in zip(ours, theirs, strict=True))
        assert size == "full" or moved._epoch is dealt or moved.place[0] != here[0]
    moved.go_to(np.array([1, 2]))
    anew = loader_of(data, size)
    anew.go_to(np.array([1, 2]))
    assert torch.equal(moved.next()[0].x, anew.next()[0].x)
    moved.go_to(still.place)
    moved.set_batch_size(7)
    still.set_batch_size(7)
    assert torch.equal(moved.next()[0].at, still.next()[0].at)
