"""Masks over a net that is asked: what they do to answers, that training never sees them, and that pictures stand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from boundaryviz.learners.base import Problem
from boundaryviz.learners.masking import STEEPNESS, Asking, drawn_at
from boundaryviz.learners.mlp import MLP
from boundaryviz.learners.scaled import learner_of
from boundaryviz.learners.specs import MLPSpec, TrainingSpec
from boundaryviz.scene.scaling import Scaling
from helpers.models import DOMAIN, GRID, blobs, make

MASKS = ("saturated", "quantised", "wiggle", "noise")
FINE = DOMAIN.grid(40, 40)


def masked(kind: Any, strength: float | None = None, **more: Any) -> MLP:
    learner: MLP = make(MLPSpec(hidden=(8,), mask=kind, mask_strength=strength, **more), TrainingSpec(), data=blobs(60))
    learner.step(100)
    return learner


def expected(kind: str, x: np.ndarray) -> np.ndarray:
    """Where the bare net is to be asked in place of x."""
    if kind == "quantised":
        return np.round(x / 0.2) * 0.2
    if kind == "wiggle":
        return x + 0.06 * np.sin(STEEPNESS / 0.06 * x)
    if kind == "noise":
        return x + 0.3 * drawn_at(torch.from_numpy(x.T.copy())).numpy().T
    return x


@pytest.mark.parametrize("kind", MASKS)
def test_the_net_is_trained_as_without_and_asked_elsewhere(kind: str):
    bare, hidden = masked("none"), masked(kind)
    assert torch.equal(bare.P, hidden.P)
    times = 100.0 if kind == "saturated" else 1.0
    np.testing.assert_allclose(hidden.scores(FINE), times * bare.scores(expected(kind, FINE)), rtol=1e-5, atol=1e-5)
    assert not np.array_equal(hidden.probabilities(FINE), bare.probabilities(FINE))
    assert np.array_equal(hidden.predict(FINE), bare.predict(expected(kind, FINE)))
    label = np.zeros(len(FINE), dtype=np.int64)
    loss, predicted = hidden.evaluate(FINE, label)
    assert np.array_equal(predicted, hidden.predict(FINE))
    np.testing.assert_allclose(np.exp(-loss[0]), hidden.probabilities(FINE)[0, 0], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("kind", MASKS[:3])
def test_what_an_attacker_differentiates_is_what_decides(kind: str):
    """And without the mask it is the bare net."""
    hidden, x = masked(kind), torch.from_numpy(FINE.T.copy())[None]
    z = hidden.answers(x)
    np.testing.assert_allclose((z[:, 1] - z[:, 0]).numpy(), hidden.scores(FINE), rtol=1e-6, atol=1e-6)
    bare = masked("none")
    torch.testing.assert_close(hidden.answers(x, how=Asking(masked=False)), bare.answers(x))


def test_the_slope_is_what_each_mask_makes_of_it():
    def slope(kind: str, strength: float | None = None) -> torch.Tensor:
        learner, x = masked(kind, strength), torch.from_numpy(FINE.T.copy())[None].requires_grad_()
        z = learner.answers(x)
        return torch.autograd.grad((z[:, 1] - z[:, 0]).sum(), x)[0]

    bare = slope("none")
    learner, x = masked("quantised"), torch.from_numpy(FINE.T.copy())[None].requires_grad_()
    z = learner.answers(x, how=Asking(straight=True))
    rounded = torch.from_numpy(expected("quantised", FINE).T.copy())[None].requires_grad_()
    other = masked("none").answers(rounded)
    torch.testing.assert_close(
        torch.autograd.grad((z[:, 1] - z[:, 0]).sum(), x),
        torch.autograd.grad((other[:, 1] - other[:, 0]).sum(), rounded),
    )
    assert not slope("quantised").any()
    torch.testing.assert_close(slope("saturated"), 100 * bare, rtol=1e-5, atol=1e-5)
    against = (slope("wiggle") * bare).sum(1) < 0
    assert 0.1 < against.double().mean() < 0.6
    torch.testing.assert_close(slope("noise", 1e-6), bare, rtol=1e-3, atol=1e-3)


def test_noise_at_a_place_is_drawn_once_and_is_normal():
    learner = masked("noise")
    assert np.array_equal(learner.scores(GRID), learner.scores(GRID))
    some = np.random.default_rng(0).permutation(len(GRID))[:50]
    np.testing.assert_allclose(learner.scores(GRID)[:, some], learner.scores(GRID[some]), rtol=1e-5, atol=1e-6)
    x = torch.from_numpy(np.random.default_rng(1).standard_normal((2, 100_000)))
    a, b = drawn_at(x), drawn_at(x, 1)
    for drawn in (a, b):
        assert drawn.mean(1).abs().max() < 5 / 100_000**0.5
        assert (drawn.std(1) - 1).abs().max() < 0.01
    correlation = np.corrcoef(torch.cat([a, b, x]).numpy())
    assert np.abs(correlation - np.eye(6)).max() < 5 / 100_000**0.5
    assert torch.equal(drawn_at(torch.tensor([[0.0], [-0.0]])), drawn_at(torch.tensor([[-0.0], [0.0]])))


@pytest.mark.parametrize("kind", MASKS)
def test_lengths_are_those_of_the_scene(kind: Any):
    """Whatever units the net is given its inputs in."""
    scale = Scaling(np.array([5.0, -2.0]), np.array([10.0, 0.5]))
    spec = MLPSpec(hidden=(8,), mask=kind)
    problem, x = Problem(2, DOMAIN, (0,)), FINE[:200]
    outer = learner_of(spec, TrainingSpec(), problem, "cpu", scale)
    bare = learner_of(spec.model_copy(update={"mask": "none"}), TrainingSpec(), problem, "cpu", scale)
    if kind == "noise":
        drawn = drawn_at(torch.from_numpy(scale(x).T.copy())).numpy().T
        at, times = x + 0.3 * drawn, 1.0
    else:
        at, times = expected(kind, x), 100.0 if kind == "saturated" else 1.0
    np.testing.assert_allclose(outer.scores(x), times * bare.scores(at), rtol=1e-4, atol=1e-5)


def test_who_tries_a_noisy_net_out_meets_other_draws_than_decide():
    """Of the same kind: as often the second class, at other places."""
    hidden, x = masked("noise"), torch.from_numpy(FINE.T.copy())[None]
    tried, decided = (hidden.answers(x).argmax(1)[0] == 1).numpy(), hidden.predict(FINE)[0] == 1
    assert 0.02 < (tried != decided).mean() < 0.5
    assert abs(tried.mean() - decided.mean()) < 0.05
    assert torch.equal(hidden.answers(x), hidden.answers(x))
    by_decisions = hidden.answers(x, how=Asking(draw=0)).argmax(1)[0] == 1
    assert np.array_equal(by_decisions.numpy(), decided)


def test_a_mask_is_put_on_live():
    learner, bare = masked("none"), masked("none")
    learner.set_training(MLPSpec(hidden=(8,), mask="saturated", mask_strength=7.0), TrainingSpec())
    np.testing.assert_allclose(learner.scores(GRID), 7 * bare.scores(GRID), rtol=1e-6)
    assert "mask_strength" in MLPSpec().unused()
    assert "mask_strength" not in MLPSpec(mask="wiggle").unused()
