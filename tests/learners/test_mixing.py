"""With whom a column is mixed: with any that its replica sees, clean or poison."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from boundaryviz.learners.families.semi_supervised import ICTSpec, MixMatchSpec
from boundaryviz.learners.method import Columns, StepContext
from boundaryviz.learners.mixing import Mixing, Rest, mixture
from boundaryviz.learners.specs import TrainingSpec
from helpers.models import blobs, budgeted, make, weighing

CLEAN, DRAWN = 6, 40_000


def part_of(replicas: int) -> Columns:
    """Many columns with their partners; whatever else a part holds is left empty."""
    rng = np.random.default_rng(0)
    partner = torch.from_numpy(rng.integers(0, CLEAN, (replicas, 1, DRAWN)))
    nothing = torch.empty(replicas, 0, DRAWN)
    return Columns(*(nothing,) * 6, partner, torch.from_numpy(rng.random((replicas, 1, DRAWN), np.float32)))


def columns(first: int, weight: torch.Tensor) -> torch.Tensor:
    """Columns that are told by their number, (R, 2, B)."""
    number = torch.arange(first, first + weight.shape[1], dtype=torch.float32)
    return torch.stack([number.expand_as(weight), weight], 1)


def test_whatever_a_replica_sees_is_its_partner_as_often():
    """The first sees no poison, and keeps the partners it has without; the second sees every other of it."""
    part = part_of(2)
    clean, poison = columns(0, torch.ones(2, CLEAN)), columns(100, torch.tensor([[0.0, 0.5, 0.0, 0.5]]))
    without = Rest(clean, None, slice(0, 0)).of(part, 0)
    found = Rest(clean, poison, slice(1, 2)).of(part, 0)
    assert torch.equal(found[0], without[0])
    among, counts = np.unique(found[1, 0].numpy(), return_counts=True)
    assert among.tolist() == [0, 1, 2, 3, 4, 5, 101, 103]
    assert np.abs(counts - DRAWN / 8).max() < 5 * np.sqrt(DRAWN / 8)


def test_an_unseen_partner_leaves_a_column_as_it_is():
    own = torch.tensor([[[1.0, 1.0], [2.0, 2.0], [0.3, 0.7], [0.5, 0.5]]])
    other = torch.tensor([[[5.0, 5.0], [6.0, 6.0], [1.0, 1.0], [0.0, 0.5]]])
    x, q = mixture(own, other, torch.full((1, 1, 2), 0.75), 2)
    torch.testing.assert_close(x, torch.tensor([[[1.0, 2.0], [2.0, 3.0]]]))
    torch.testing.assert_close(q, torch.tensor([[[0.3, 0.775]]]))


@pytest.mark.parametrize("spec", [MixMatchSpec(hidden=(6,)), ICTSpec(hidden=(6,))])
def test_clean_points_are_mixed_with_poison(spec: Any):
    """The loss of the clean columns depends on where the poison lies, in the replica that sees it alone."""
    data = budgeted(spec, blobs(60, replicas=2, poison=20))
    data = weighing(data, np.stack([~data.poison, np.ones(60)]))
    learner = make(spec, TrainingSpec(batch_size="full"), (0, 0), 2, data, torch.float64)
    batches, ramp = learner._batches(), torch.ones((), dtype=torch.float64)
    method: Mixing = learner.method

    def loss(shift: float) -> torch.Tensor:
        poison = batches[1]
        assert poison.unlabelled is not None
        moved = replace(poison, unlabelled=replace(poison.unlabelled, x=poison.unlabelled.x + shift))
        contexts: list[StepContext] = [
            learner._context(slice(0, 2), batches[0], slice(0, 2), ramp),
            learner._context(slice(1, 2), moved, slice(0, 1), ramp),
        ]
        return method.losses(contexts)[0].detach()

    here, there = loss(0.0), loss(3.0)
    assert here[0] == there[0]
    assert abs(float(here[1] - there[1])) > 1e-6
