"""Attacks on linear models, for which every answer is known in closed form."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaryviz.engine.deciding import deciding
from boundaryviz.evasion.balls import length
from boundaryviz.evasion.deepfool import deepfool, halved, shortest
from boundaryviz.evasion.fgsm import fgsm
from boundaryviz.evasion.metrics import Metric
from boundaryviz.evasion.model import model_of
from boundaryviz.evasion.nearest import asked_by, nearest
from boundaryviz.evasion.pgd import pgd
from boundaryviz.evasion.settings import Norm
from boundaryviz.evasion.universal import universal
from boundaryviz.scenario.decision import DecisionSpec
from boundaryviz.scene.section import Section
from helpers.linear_models import PLANE, distances, leads, linear

NORMS: tuple[Norm, ...] = get_args(Norm)


def drawn(seed: int, classes: int = 2, replicas: int = 2, width: int = 2, n: int = 40):
    rng = np.random.default_rng(seed)
    return (
        rng.standard_normal((replicas, classes, width)), 0.3 * rng.standard_normal((replicas, classes)),
        rng.uniform(-1.5, 1.5, (n, width)),
    )  # fmt: skip


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize(("classes", "width"), [(2, 2), (2, 7), (4, 2), (3, 5)])
def test_deepfool_goes_straight_to_the_boundary(classes: int, width: int, norm: Norm) -> None:
    weights, biases, x = drawn(1, classes, width=width)
    section = None if width == 2 else Section.of_columns(x)
    model = model_of(linear(weights, biases, section))
    start = model.inputs(x)
    end, hit = deepfool(model, start, model.decide(start), norm)
    assert hit.all()
    far = length(end - start, norm).numpy()
    for replica in range(2):
        np.testing.assert_allclose(
            far[replica], distances(weights[replica], biases[replica], x, norm), rtol=2e-4, atol=1e-6
        )
    best, _ = shortest(model, start, model.decide(start), norm)
    assert (length(best - start, norm) <= length(end - start, norm)).all()


@pytest.mark.parametrize("norm", NORMS)
def test_one_step_is_as_long_as_it_may_be_and_goes_straight_down(norm: Norm) -> None:
    weights, biases, x = drawn(2)
    model = model_of(linear(weights, biases))
    start = model.inputs(x)
    label = model.decide(start)
    way = (fgsm(model, start, label, norm, 0.25) - start).numpy()
    for replica in range(2):
        _, slope, found = leads(weights[replica], biases[replica], x)
        down = slope[np.arange(len(x)), 1 - found]
        down = np.sign(down) if norm == "linf" else down / np.linalg.norm(down, axis=1, keepdims=True)
        np.testing.assert_allclose(way[replica].T, 0.25 * down, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("attack", ["fgsm", "pgd"])
def test_a_ball_holds_another_decision_just_where_it_reaches_the_boundary(attack: str, norm: Norm) -> None:
    weights, biases, x = drawn(3)
    model = model_of(linear(weights, biases))
    start = model.inputs(x)
    label = model.decide(start)
    far = torch.from_numpy(np.stack([distances(w, b, x, norm) for w, b in zip(weights, biases, strict=True)]))
    # on a sphere steps of so many radii do not come all the way round from where they set out
    surely = 1.25 if (attack, norm) == ("pgd", "l2") else 1.01
    for share, expected in ((0.99, False), (surely, True)):
        reach = share * far
        end = (
            fgsm(model, start, label, norm, reach) if attack == "fgsm"
            else pgd(model, start, label, norm, reach, steps=10, restarts=4)
        )  # fmt: skip
        assert bool(((model.decide(end) != label) == expected).all())
        assert bool((length(end - start, norm) <= reach * (1 + 1e-9)).all())


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("classes", [2, 3])
def test_the_outline_is_as_far_as_the_boundary(classes: int, norm: Norm) -> None:
    weights, biases, x = drawn(4, classes, replicas=1)
    learner = linear(weights, biases)
    found = nearest(asked_by(learner, 0), PLANE, x, Metric.of(None, norm))
    np.testing.assert_allclose(found.length, distances(weights[0], biases[0], x, norm), rtol=1e-4, atol=3e-5)
    assert (learner.predict(found.ends)[0] == found.to_class).all()
    assert (found.to_class != learner.predict(x)[0]).all()


def test_the_outline_of_a_class_aimed_at_is_no_nearer_than_any() -> None:
    weights, biases, x = drawn(5, 3, replicas=1)
    learner = linear(weights, biases)
    ask, metric = asked_by(learner, 0), Metric.of(None, "l2")
    every = nearest(ask, PLANE, x, metric).length
    aimed = np.stack([nearest(ask, PLANE, x, metric, target=k).length for k in range(3)])
    now = learner.predict(x)[0]
    assert (aimed[now, np.arange(len(x))] == 0).all()
    others = np.where(np.arange(3)[:, None] == now, np.inf, aimed)
    np.testing.assert_allclose(others.min(axis=0), every, rtol=1e-6)
    lower = np.stack([distances(weights[0], biases[0], x, "l2", [k]) for k in range(3)])
    assert (others >= lower * (1 - 1e-4) - 1e-6).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(NORMS), st.floats(0.0, 2.0), st.integers(1, 12))
def test_pgd_never_leaves_its_ball(seed: int, norm: Norm, epsilon: float, steps: int) -> None:
    weights, biases, x = drawn(seed, n=8)
    model = model_of(linear(weights, biases))
    start = model.inputs(x)
    end = pgd(model, start, model.decide(start), norm, epsilon, steps=steps, restarts=2, seed=seed)
    assert bool((length(end - start, norm) <= epsilon * (1 + 1e-9) + 1e-12).all())


def test_a_push_that_ends_far_beyond_the_boundary_is_taken_back_to_it() -> None:
    share = halved(lambda at: at >= 3e-6, torch.zeros(1, 1).double(), torch.ones(1, 1).double())
    assert float(share) == pytest.approx(3e-6, rel=1e-6)
    none = halved(lambda at: at > 2, torch.zeros(1, 1).double(), torch.ones(1, 1).double())
    assert float(none) == 1.0


@pytest.mark.parametrize("norm", NORMS)
def test_a_threshold_moves_the_boundary_that_is_measured_to(norm: Norm) -> None:
    """Of p >= t the boundary is where the lead is log(t / (1 - t))."""
    weights, biases, x = drawn(6, replicas=1)
    plain, t = linear(weights, biases), 0.9
    ruled = deciding(plain, DecisionSpec(threshold=t).rule(2))
    moved = biases.copy()
    moved[0, 1] -= np.log(t / (1 - t))
    far = distances(weights[0], moved[0], x, norm)
    found = nearest(asked_by(ruled, 0), PLANE, x, Metric.of(None, norm))
    np.testing.assert_allclose(found.length, far, rtol=1e-4, atol=3e-5)
    model = model_of(ruled)
    start = model.inputs(x)
    end, hit = deepfool(model, start, model.decide(start), norm)
    assert hit.all()
    np.testing.assert_allclose(length(end - start, norm)[0], far, rtol=2e-4, atol=1e-6)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("width", [2, 5])
def test_the_best_common_push_of_a_half_plane_is_along_its_normal(norm: Norm, width: int) -> None:
    rng = np.random.default_rng(7)
    weights, biases = rng.standard_normal((2, 2, width)), np.zeros((2, 2))
    x = rng.standard_normal((200, width))
    section = None if width == 2 else Section.of_columns(x)
    model = model_of(linear(weights, biases, section))
    start = model.inputs(x)
    normal = weights[:, 1] - weights[:, 0]
    first = torch.zeros(200, dtype=torch.int64)  # everyone is to be taken for the second class
    found = universal(model, start, first, norm, 0.5, steps=0 if width == 2 else 10)
    best = 0.5 * (np.sign(normal) if norm == "linf" else normal / np.linalg.norm(normal, axis=1, keepdims=True))
    lead = np.einsum("nd,rd->rn", x, normal)
    most = (lead + np.einsum("rd,rd->r", best, normal)[:, None] >= 0).mean(axis=1)
    assert (found.error <= most + 1e-9).all()
    assert (found.error >= most - 0.02).all()
    assert (found.random < found.error).all()
    np.testing.assert_array_equal(found.by_class[:, 0], found.push)
    np.testing.assert_allclose(found.class_error, found.error)
    size = np.abs(found.push).max(axis=1) if norm == "linf" else np.linalg.norm(found.push, axis=1)
    np.testing.assert_allclose(size, 0.5, rtol=1e-6)
