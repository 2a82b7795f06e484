"""Nets that are asked about the same points again and again, against the same nets asked once."""

from __future__ import annotations

from itertools import product
from typing import Any, get_args

import numpy as np
import pytest
import torch

from boundaryviz.learners import network
from boundaryviz.learners.assessing import assessing
from boundaryviz.learners.base import Answers
from boundaryviz.learners.losses import LossName
from boundaryviz.learners.net import ACTIVATIONS
from boundaryviz.learners.specs import MLPSpec, TrainingSpec
from boundaryviz.learners.specs_robust import Masking
from helpers.models import blobs, make

LOSS_CASES = [*product(get_args(LossName), (2, 3), ("linear", "tanh"))]


def net(classes: int = 2, **settings: Any) -> Any:
    data = blobs(40, classes, replicas=3)
    made = make(MLPSpec(hidden=(6, 4), **settings), TrainingSpec(learning_rate=0.1), (0, 1, 2), classes, data)
    made.step(20)
    return made


def joined(asked: Any, n: int) -> Answers:
    """The answers of all parts, which have to be those of n points in their order."""
    parts = list(asked())
    assert [part.start for part, _ in parts] == [0, *(part.stop for part, _ in parts[:-1])]
    assert parts[-1][0].stop == n
    return Answers(*(np.concatenate(some, axis=-1) for some in zip(*(answers for _, answers in parts), strict=True)))


def check(learner: Any, classes: int, n: int = 301, seed: int = 3) -> None:
    """What it says again and again is what it says once, also after it has trained on."""
    rng = np.random.default_rng(seed)
    x, label = rng.normal(0, 2, (n, 2)), rng.integers(0, classes, n)
    asked = assessing(learner, x, label)
    for _ in range(2):
        loss, predicted, scores = learner.assess(x, label)
        again = joined(asked, n)
        np.testing.assert_allclose(again.scores, scores, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(again.loss, loss, rtol=1e-5, atol=1e-5)
        near = np.sort(scores, axis=1)
        lead = np.abs(scores[:, 0]) if scores.shape[1] == 1 else near[:, -1] - near[:, -2]
        assert np.array_equal(again.predicted[lead > 1e-5], predicted[lead > 1e-5])
        assert (lead > 1e-5).mean() > 0.9
        learner.step(3)


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_of_every_activation(activation: Any):
    check(net(activation=activation), 2)


@pytest.mark.parametrize(("loss", "classes", "output"), LOSS_CASES)
def test_of_every_loss(loss: Any, classes: int, output: Any):
    check(net(classes, loss=loss, output=output), classes)


@pytest.mark.parametrize("mask", get_args(Masking))
def test_behind_every_mask(mask: Any):
    check(net(mask=mask), 2)


@pytest.mark.parametrize("held", [True, False])
def test_part_by_part_whether_or_not_inputs_are_kept(held: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(network, "_FLOATS", 0)
    monkeypatch.setattr(network, "_INPUTS", 1 << 20 if held else 0)
    made = net(features=("x", "y", "xy"))
    assert len(list(assessing(made, np.zeros((600, 2)), np.zeros(600, dtype=np.int64))())) == 3
    check(made, 2, 600)


def test_where_outputs_are_no_numbers_nothing_is_predicted():
    made = net(activation="relu")
    with torch.no_grad():
        made.P[1, -1], made.P[2, -1] = np.nan, np.inf
    x, label = np.ones((5, 2)), np.zeros(5, dtype=np.int64)
    predicted = joined(assessing(made, x, label), 5).predicted
    assert np.array_equal(predicted, made.assess(x, label).predicted)
    assert (predicted[1:] == -1).all()


def test_what_hands_on_what_it_is_asked_answers_by_itself():
    class Around:
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        def __getattr__(self, name: str) -> Any:
            return getattr(self.__dict__["inner"], name)

        def assess(self, x: Any, label: Any, response: Any = None) -> Answers:
            return Answers(np.zeros((3, len(x))), np.zeros((3, len(x)), dtype=np.int64), np.zeros((3, 1, len(x))))

    x, label = np.ones((4, 2)), np.zeros(4, dtype=np.int64)
    assert not joined(assessing(Around(net()), x, label), 4).loss.any()
