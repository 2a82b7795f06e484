"""Dropout masks: what they are on average, and whose numbers they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from boundaryviz.learners import dropout
from boundaryviz.learners.specs import MLPSpec, TrainingSpec
from boundaryviz.learners.streams import Purpose, hashes, key
from helpers.models import blobs, make, relative, taken, thought, weighing

RATE = 0.4
SPEC = MLPSpec(hidden=(6,), dropout=RATE)
PLAIN = SPEC.model_copy(update={"dropout": 0.0})


def first_step(spec: MLPSpec, seed: int, **changes: Any) -> NDArray[np.float64]:
    """What the first step of plain gradient descent takes off the output layer, (n,)."""
    training = TrainingSpec(optimiser="sgd", learning_rate=1.0, batch_size="full", **changes)
    learner = make(spec, training, (7, seed), data=blobs(64, replicas=2))
    learner.P.detach()[1] = learner.P.detach()[0]  # the same weights, whatever the seed
    before = learner.P.detach().clone()
    learner.step(1)
    return (before - learner.P.detach()).numpy()[1]


def test_on_average_a_unit_passes_on_what_it_would_without_dropout():
    """The output layer's inputs are masked by 0 or 1 / (1 - rate): to first order its gradient keeps its mean."""
    small = [first_step(SPEC, seed) for seed in range(300)]
    mean, error = np.mean(small, axis=0), np.std(small, axis=0) / np.sqrt(300)
    bias = slice(-2, None)
    plain = first_step(PLAIN, 0)
    assert np.all(np.abs(mean - plain)[bias] < 5 * error[bias] + 0.01)
    assert len(np.unique(np.round(small, 9), axis=0)) == 300


def silenced(seed: int) -> NDArray[np.bool_]:
    """Which units of two hidden layers of 64 the first step silences, (2, 64).

    With a single point a unit is either silent, and then its bias learns nothing, or it is not.
    """
    spec = MLPSpec(hidden=(64, 64), dropout=RATE, activation="linear")
    learner = make(spec, TrainingSpec(optimiser="sgd", learning_rate=0.1, batch_size="full"), (seed,), data=blobs(1))
    before = learner.P.clone()
    learner.step(1)
    same = (before == learner.P).numpy()[0]
    return np.stack([same[128:192], same[192 + 64 * 64 :][:64]])  # behind 64 x 2 weights, and 64 x 64 more


def test_the_share_of_silenced_units_is_the_rate_and_layers_are_silenced_apart():
    silent = np.array([silenced(seed) for seed in range(40)])
    deviation = np.sqrt(RATE * (1 - RATE) / silent[:, 0].size)
    np.testing.assert_allclose(silent.mean(axis=(0, 2)), RATE, atol=5 * deviation)
    agree = RATE**2 + (1 - RATE) ** 2  # of independent draws
    assert (silent[:, 0] == silent[:, 1]).mean() == pytest.approx(agree, abs=5 * deviation)


@pytest.mark.parametrize("size", [16, "full"])
def test_poison_shifts_no_mask_of_the_clean_twin(size: Any):
    data = blobs(70, poison=9)
    training = TrainingSpec(batch_size=size)
    twins = make(SPEC, training, (3, 3), data=weighing(data, np.stack([~data.poison, np.ones(70)])))
    alone = make(SPEC, training, (3,), data=taken(data, ~data.poison))
    for learner in (twins, alone):
        learner.step(60)
    assert relative(thought(twins)[:1], thought(alone)) < 1e-5


def test_steps_draw_masks_of_their_own():
    """Two steps on the same batch from the same weights take different gradients off."""
    training = TrainingSpec(optimiser="sgd", learning_rate=1.0, batch_size="full")
    learner = make(MLPSpec(hidden=(8, 8), dropout=RATE), training, data=blobs(40))
    start = learner.P.detach().clone()
    taken_off = []
    for _ in range(2):
        learner.step(1)
        taken_off.append((start - learner.P.detach()).numpy().copy())
        learner.P.detach().copy_(start)
    assert not np.allclose(taken_off[0], taken_off[1])


def test_a_new_rate_applies_live_and_probabilities_have_no_dropout():
    learner = make(SPEC, TrainingSpec(), data=blobs(40))
    learner.step(3)
    assert np.array_equal(thought(learner), thought(learner))
    other = make(PLAIN, TrainingSpec(), data=blobs(40))
    other.set_training(SPEC, TrainingSpec())
    other.step(3)
    assert np.array_equal(thought(learner), thought(other))


def by_hand(seed: int, step: int, layer: int, part: int, unit: int, column: int) -> int:
    """The hash that decides, from the definition."""
    z = int(hashes(key(seed, Purpose.DROPOUT), np.array([step]))[0])
    z = int(hashes(z, np.array([2 * layer + part]))[0])
    return int(hashes(z, np.array([(unit << 32) + column]))[0])


@given(st.integers(0, 2**31 - 1), st.integers(0, 10**7), st.sampled_from([0, 1]), st.integers(0, 99),
       st.floats(0.01, 0.95))  # fmt: skip
def test_a_mask_is_a_hash_of_seed_step_layer_part_unit_and_column(
    seed: int, step: int, part: int, first: int, rate: float
):
    begun = dropout.starts((seed, 5), torch.device("cpu"))
    found = dropout.masks(begun, step, part, (2, 3), first, 4, rate)
    again = dropout.masks(begun[:1], torch.tensor(step), part, (2, 3), first + 1, 2, rate)
    for layer, (mask, some) in enumerate(zip(found, again, strict=True)):
        assert torch.equal(mask[:1, :, 1:3], some)
        for unit, column in ((0, 0), (1, 3)):
            silent = by_hand(seed, step, layer, part, unit, first + column) >> 40 < dropout.threshold(rate)
            assert mask[0, unit, column] == (0.0 if silent else torch.tensor(1.0) / (1 - rate))
