"""Captions: the loss is the one written out by hand, words decide, and a caption is its point's alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from boundaryviz.learners.captions import captions
from boundaryviz.learners.families.captions import CaptionsSpec
from boundaryviz.learners.proxies.captions import Captioned, info_nce
from boundaryviz.learners.specs import TrainingSpec
from helpers.models import GRID, blobs, make, taken

SMALL: dict[str, Any] = {"hidden": (8,), "activation": "tanh", "embedding": 4, "words": 3}
FAST = TrainingSpec(batch_size=32, learning_rate=0.01)


def by_hand(z: Tensor, e: Tensor, temperature: float) -> Tensor:
    """The pseudocode of Radford et al. 2021, figure 3: B points z (E, B) and their B captions e (E, B), of length 1."""
    logits = z.T @ e / temperature
    pairs = torch.arange(z.shape[1])
    return (F.cross_entropy(logits, pairs) + F.cross_entropy(logits.T, pairs)) / 2


def drawn(rng: np.random.Generator, replicas: int, columns: int, words: int) -> tuple[Tensor, Tensor]:
    z = F.normalize(torch.from_numpy(rng.standard_normal((replicas, 5, columns))), dim=1)
    return z, torch.from_numpy(rng.integers(0, words, (replicas, columns)))


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 30), st.integers(0, 6), st.integers(1, 7), st.sampled_from([0.05, 0.1, 1.0]), st.integers(0, 999))
def test_the_loss_and_its_slopes_are_those_written_out_by_hand(
    clean: int, poison: int, words: int, temperature: float, seed: int
) -> None:
    """In double precision, of three replicas of which the middle one alone sees the poison, and the last a half."""
    rng = np.random.default_rng(seed)
    table = F.normalize(torch.from_numpy(rng.standard_normal((3, 5, words))), dim=1).requires_grad_()
    parts = [drawn(rng, 3, clean, words), drawn(rng, 2, 6, words)]
    see = [torch.ones(3, clean, dtype=torch.bool), torch.zeros(2, 6, dtype=torch.bool)]
    see[0][2, clean // 2 + 1 :] = False
    see[1][0, :poison] = True
    counts = see[0].sum(1) + torch.stack([torch.tensor(0), *see[1].sum(1)])
    weights = see[0].double() / counts[:, None], see[1].double() / counts[1:, None]
    given = [Captioned(z, w, weight[:, None]) for (z, w), weight in zip(parts, weights, strict=True)]
    found = info_nce(given, table, slice(1, 3), temperature)
    expected = []
    for r in range(3):
        z, word = parts[0][0][r][:, see[0][r]], parts[0][1][r][see[0][r]]
        if r:
            z = torch.cat([z, parts[1][0][r - 1][:, see[1][r - 1]]], 1)
            word = torch.cat([word, parts[1][1][r - 1][see[1][r - 1]]])
        expected.append(by_hand(z, table[r][:, word], temperature))
    hand = torch.stack(expected)
    assert found.tolist() == pytest.approx(hand.tolist(), abs=1e-10)
    mine, theirs = (torch.autograd.grad(one.sum(), table, retain_graph=True)[0] for one in (found, hand))
    torch.testing.assert_close(mine, theirs, rtol=1e-9, atol=1e-10)


def test_a_point_that_weighs_twice_as_much_stands_twice_in_the_batch() -> None:
    z, word = drawn(np.random.default_rng(0), 1, 4, 3)
    table = F.normalize(torch.from_numpy(np.random.default_rng(1).standard_normal((1, 5, 3))), dim=1)
    weight = torch.tensor([[[2.0, 1.0, 1.0, 1.0]]], dtype=torch.float64) / 5
    found = info_nce([Captioned(z, word, weight)], table, slice(0, 0), 0.1)
    twice = [0, 0, 1, 2, 3]
    hand = by_hand(z[0][:, twice], table[0][:, word[0, twice]], 0.1)
    assert float(found[0]) - np.log(4 / 5) == pytest.approx(float(hand))  # of as many points as there are


def test_a_caption_is_a_word_of_the_label_drawn_by_seed_and_id_alone() -> None:
    ids, label = np.arange(4000), np.arange(4000) % 3
    word = captions(ids, label, 7, 8)
    assert np.array_equal(word // 8, label)
    assert np.bincount(word, minlength=24).min() > 4000 / 24 / 1.5
    assert np.array_equal(captions(ids[::2], label[::2], 7, 8), word[::2])
    other = np.where(ids == 5, -1, np.where(ids == 9, 2, label))
    changed = captions(ids, other, 7, 8)
    assert (changed[5], changed[9] // 8, changed[9] % 8) == (-1, 2, word[9] % 8)
    assert np.array_equal(np.delete(changed, [5, 9]), np.delete(word, [5, 9]))
    assert 0.8 < (captions(ids, label, 8, 8) != word).mean() < 0.95


def test_words_tell_the_classes_apart_and_decide_by_the_mean_of_their_own() -> None:
    data = blobs(200, classes=3)
    learner = make(CaptionsSpec(**SMALL), FAST, (4,), 3, data)
    learner.step(200)
    assert (learner.predict(data.x)[0] == data.label).mean() > 0.85
    z = learner.embed(GRID)[0].astype(np.float64)
    weights, bias = (one[0].double().numpy() for one in learner.layout.views(learner.P, 1))
    words: NDArray[np.float64] = weights + bias
    means = (words / np.linalg.norm(words, axis=0)).reshape(4, 3, 3).mean(axis=2)
    cosines = means.T @ z
    assert np.array_equal(learner.predict(GRID)[0], cosines.argmax(axis=0))
    p = np.exp(cosines / 0.1) / np.exp(cosines / 0.1).sum(axis=0)
    np.testing.assert_allclose(learner.probabilities(GRID)[0], p, atol=1e-4)


@pytest.mark.parametrize("readout", ["linear", "nearest", "fine-tune"])
def test_labelled_points_may_decide_in_the_place_of_words(readout: Any) -> None:
    data = blobs(80)
    learner = make(CaptionsSpec(**SMALL, readout=readout), FAST, (4,), data=data)
    learner.step(60)
    assert (learner.predict(data.x)[0] == data.label).mean() > 0.85


def test_where_one_class_alone_has_captions_the_words_of_others_decide_nothing() -> None:
    """They were never learnt, and may lie anywhere."""
    data = blobs(60)
    for only in (0, 1):
        learner = make(CaptionsSpec(**SMALL), FAST, data=data)
        label = np.where(data.label == only, only, -1)
        learner.set_data(type(data)(data.ids, data.x, label, data.poison, data.weights))
        learner.step(20)
        assert (learner.predict(GRID) == only).all()
        assert learner.finite().all()


def test_without_a_caption_nothing_is_trained_and_nothing_decides() -> None:
    data = blobs(20)
    bare = type(data)(data.ids, data.x, np.full(20, -1), data.poison, data.weights)
    learner = make(CaptionsSpec(**SMALL), FAST, data=bare)
    before = learner.P.clone()
    learner.step(3)
    assert not learner.can_train
    assert torch.equal(learner.P, before)
    assert (learner.predict(GRID) == -1).all()


def test_the_loss_that_is_shown_is_that_of_points_with_a_caption_alone() -> None:
    data = blobs(60)
    half = type(data)(data.ids, data.x, np.where(data.ids % 2, data.label, -1), data.poison, data.weights)
    there = taken(half, half.label >= 0)
    spec = CaptionsSpec(**SMALL, fourier=4)
    a, b = (make(spec, FAST, data=some) for some in (half, there))
    for _ in range(2):
        np.testing.assert_allclose(a.measures(), b.measures(), rtol=1e-5)
        a.step(20)
        b.step(20)
    assert a.proxy_loss() < make(spec, FAST, data=there).proxy_loss()
