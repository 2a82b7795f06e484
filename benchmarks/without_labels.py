"""Training steps without labels against plain torch, one net at a time."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.frame import Row, section
from benchmarks.measure import interleaved, ratio, span
from benchmarks.subjects import DOMAIN, RATE, modules, points
from boundaryviz.learners.base import Problem, TrainingData
from boundaryviz.learners.contrast import nt_xent
from boundaryviz.learners.families.self_supervised import SimCLRSpec
from boundaryviz.learners.self_supervised import SelfSupervised
from boundaryviz.learners.specs import TrainingSpec

_POINTS, _NONE = 1000, slice(0, 0)


@section("simclr", "Contrastive training against plain torch")
def against_plain_torch(least: bool) -> Iterator[Row]:
    """Replica-steps a second of SimCLR, 2-64-64-8, against a loop of torch.nn, cross_entropy and torch.optim.Adam."""
    for pairs, floors in ((16, {1: None, 16: 8.0}), (32, {1: None, 16: 5.0}), (128, {1: None, 16: None})):
        learners = [_learner(replicas, pairs) for replicas in floors]
        peer = _Plain(learners[0], pairs)
        _hold_equal(peer)
        theirs, *mine = interleaved([peer.step, *(each.step for each in learners)], least)
        for (replicas, floor), seconds in zip(floors.items(), mine, strict=True):
            detail = f"{span(replicas * median(theirs))} → {span(median(seconds))}"
            yield Row(
                f"{pairs} pairs, R = {replicas}", "torch.nn + Adam", detail, replicas * ratio(theirs, seconds), floor
            )


def _learner(replicas: int, pairs: int) -> SelfSupervised:
    training = TrainingSpec(learning_rate=RATE, batch_size=pairs)
    made = SelfSupervised(SimCLRSpec(), training, Problem(2, DOMAIN, tuple(range(replicas))))
    xy, label = points(_POINTS)
    weights = np.ones((replicas, _POINTS), np.float32)
    made.set_data(TrainingData(np.arange(_POINTS), xy, np.full_like(label, -1), np.zeros(_POINTS, bool), weights))
    return made


class _Plain:
    """SimCLR as one would write it."""

    def __init__(self, like: Any, pairs: int) -> None:
        self.net, self.pairs, self.temperature = modules(like, nn.ReLU), pairs, like.spec.temperature
        self.optimiser = torch.optim.Adam(self.net.parameters(), lr=RATE)
        self.x, self.jitter = torch.tensor(points(_POINTS)[0], dtype=torch.float32), like.spec.jitter

    def loss(self, one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        z = F.normalize(self.net(torch.cat([one, other])))
        s = (z @ z.T / self.temperature).fill_diagonal_(-torch.inf)
        partner = torch.arange(len(z)).roll(len(z) // 2)
        return F.cross_entropy(s, partner)

    def step(self, n: int = 1) -> None:
        for _ in range(n):
            x = self.x[torch.randint(_POINTS, (self.pairs,))]
            one, other = (x + self.jitter * torch.randn_like(x) for _ in range(2))
            self.optimiser.zero_grad()
            self.loss(one, other).backward()
            self.optimiser.step()


def _hold_equal(peer: _Plain) -> None:
    """Raise AssertionError where both do not mean the same loss."""
    one, other = peer.x[:20], peer.x[20:40]
    with torch.no_grad():
        put, weight = peer.net(torch.cat([one, other])).T[None], torch.full((1, 1, 20), 1 / 20)
        mine, theirs = float(nt_xent([put], [weight], _NONE, peer.temperature)), float(peer.loss(one, other))
    assert abs(mine - theirs) < 1e-5 * abs(theirs), (mine, theirs)
