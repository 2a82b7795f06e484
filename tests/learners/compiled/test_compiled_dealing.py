"""The program deals the epochs of `batches.epoch`: what each point counts for in each step of each replica.

A linear model without weights, whose inputs say which point it is, takes one step down the squared loss: what it
learns is how much each point counted.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaryviz.learners.base import Extra, Problem, TrainingData
from boundaryviz.learners.mlp import MLP
from boundaryviz.learners.specs import LogisticSpec, TrainingSpec
from boundaryviz.scene.section import Section
from helpers.compiled import program
from helpers.models import DOMAIN


@st.composite
def told(draw: st.DrawFn) -> tuple[TrainingData, tuple[int, ...], int]:
    """Points with weights that add up exactly, who sees which, seeds of which some are alike, and a width."""
    n, replicas, slots = draw(st.integers(3, 40)), draw(st.integers(1, 4)), draw(st.integers(0, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    width = n + replicas * slots
    poison = rng.random(n) < draw(st.sampled_from([0.0, 0.2, 0.6, 1.0]))
    weights = rng.choice([0.0, 0.5, 1.0, 2.0], (replicas, n), p=[0.2, 0.2, 0.4, 0.2]).astype(np.float32)
    label = rng.integers(-1, 2, n) if draw(st.booleans()) else rng.integers(0, 2, n)
    windows = rng.integers(0, 3, replicas) if draw(st.booleans()) else None
    withdrawn = (weights == 0) & (rng.random((replicas, n)) < 0.5) if draw(st.booleans()) else None
    ids = rng.permutation(1000)[: n + slots]
    extra = None
    if slots:
        places = np.eye(width)[n:].reshape(replicas, slots, width)
        extra = Extra(ids[n:], places, rng.integers(-1, 2, (replicas, slots)))
    data = TrainingData(ids[:n], np.eye(width)[:n], label, poison, weights, None, windows, extra, withdrawn)
    return data, tuple(rng.integers(0, 3, replicas).tolist()), width


@settings(max_examples=60)
@given(told(), st.sampled_from([1, 2, 5, 8, 30, 64, "full"]), st.integers(1, 5), st.integers(0, 4))
def test_every_point_counts_as_the_epochs_say(given: Any, size: Any, calls: int, begin: int):
    data, seeds, width = given
    section = Section(np.zeros(width), np.eye(width)[:2], -np.ones(width), np.ones(width))
    training = TrainingSpec(optimiser="sgd", learning_rate=1.0, batch_size=size)
    both = [MLP(LogisticSpec(loss="squared"), training, Problem(2, DOMAIN, seeds, section)) for _ in range(2)]
    both[1].step_by(program())
    for learner in both:
        learner.set_data(data)
        place = learner.state()["place"]
        learner.restore({**learner.state(), "place": place + begin * (place.ndim == 1) * np.array(1)})
    if not both[0].can_train:
        return
    for _ in range(calls * 4):
        for learner in both:
            learner.P.zero_()
            learner.step(1)
        assert torch.equal(both[0].P[:, :width], both[1].P[:, :width])
        assert both[0].state()["place"].tolist() == both[1].state()["place"].tolist()
    for learner in both:
        learner.step(calls * 7)
    assert both[0].state()["place"].tolist() == both[1].state()["place"].tolist()
