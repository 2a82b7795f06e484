"""Training steps on points and the words under them against plain torch, one pair of towers at a time."""

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
from boundaryviz.learners.captions import captions
from boundaryviz.learners.families.captions import CaptionsSpec
from boundaryviz.learners.proxies.captions import Captioned, info_nce
from boundaryviz.learners.self_supervised import SelfSupervised
from boundaryviz.learners.specs import TrainingSpec

_POINTS, _BATCH, _NONE = 1000, 64, slice(0, 0)


@section("captions", "Training on captions against plain torch")
def against_plain_torch(least: bool) -> Iterator[Row]:
    """Replica-steps a second in batches of 64, against a loop of torch.nn, cross_entropy and torch.optim.Adam."""
    for hidden, name, module, floors in (
        ((32, 32), "tanh", nn.Tanh, {1: None, 16: 8.0}),
        ((64, 64), "relu", nn.ReLU, {1: None, 16: None}),
    ):
        spec = CaptionsSpec.model_validate({"hidden": hidden, "activation": name})
        learners = [_learner(spec, replicas) for replicas in floors]
        peer = _Plain(learners[0], module)
        _hold_equal(peer)
        theirs, *mine = interleaved([peer.step, *(each.step for each in learners)], least)
        for (replicas, floor), seconds in zip(floors.items(), mine, strict=True):
            detail = f"{span(replicas * median(theirs))} → {span(median(seconds))}"
            what = f"2-{hidden[0]}-{hidden[1]}-8 {name} and 16 words, R = {replicas}"
            yield Row(what, "torch.nn + Adam", detail, replicas * ratio(theirs, seconds), floor)


def _learner(spec: CaptionsSpec, replicas: int) -> SelfSupervised:
    training = TrainingSpec(learning_rate=RATE, batch_size=_BATCH)
    made = SelfSupervised(spec, training, Problem(2, DOMAIN, tuple(range(replicas))))
    xy, label = points(_POINTS)
    weights = np.ones((replicas, _POINTS), np.float32)
    made.set_data(TrainingData(np.arange(_POINTS), xy, label, np.zeros(_POINTS, bool), weights))
    return made


class _Plain:
    """CLIP as one would write it: every point of a batch with every caption (Radford et al. 2021, figure 3)."""

    def __init__(self, like: Any, activation: type[nn.Module]) -> None:
        self.net, self.words = modules(like, activation), nn.Embedding(16, 8)
        self.optimiser = torch.optim.Adam([*self.net.parameters(), *self.words.parameters()], lr=RATE)
        xy, label = points(_POINTS)
        self.x = torch.tensor(xy, dtype=torch.float32)
        self.under = torch.from_numpy(captions(np.arange(_POINTS), label, 0, 8))
        self.temperature = like.spec.temperature

    def loss(self, x: torch.Tensor, word: torch.Tensor) -> torch.Tensor:
        s = F.normalize(self.net(x)) @ F.normalize(self.words(word)).T / self.temperature
        pairs = torch.arange(len(x))
        return (F.cross_entropy(s, pairs) + F.cross_entropy(s.T, pairs)) / 2

    def step(self, n: int = 1) -> None:
        for _ in range(n):
            some = torch.randint(_POINTS, (_BATCH,))
            self.optimiser.zero_grad()
            self.loss(self.x[some], self.under[some]).backward()
            self.optimiser.step()


def _hold_equal(peer: _Plain) -> None:
    """Raise AssertionError where both do not mean the same loss."""
    x, word = peer.x[:_BATCH], peer.under[:_BATCH]
    with torch.no_grad():
        part = Captioned(F.normalize(peer.net(x)).T[None], word[None], torch.full((1, 1, _BATCH), 1 / _BATCH))
        table = F.normalize(peer.words.weight).T[None]
        mine, theirs = float(info_nce([part], table, _NONE, peer.temperature)), float(peer.loss(x, word))
    assert abs(mine - theirs) < 1e-5 * abs(theirs), (mine, theirs)
