"""Nets that are trained without labels: what labels do and do not, what is said of an embedding, and poison."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from boundaryviz.learners.base import Extra
from boundaryviz.learners.embeddings import COLLAPSED, alike, collapsed_words, effective_rank
from boundaryviz.learners.families.self_supervised import SelfSupervisedSpec
from boundaryviz.learners.specs import FAMILIES, MLPSpec, TrainingSpec
from helpers.models import GRID, blobs, budgeted, make, relative, taken, thought, weighing

TASKS: dict[str, Any] = {
    name: family.spec.model_validate({"hidden": (8,), "embedding": 4})
    for name, family in FAMILIES.items()
    if family.self_supervised
}
every = pytest.mark.parametrize("spec", TASKS.values(), ids=TASKS)


@every
def test_labels_never_move_the_net(spec: SelfSupervisedSpec) -> None:
    """But for captions, which are words of them."""
    if spec.name == "captions":
        pytest.skip("its captions follow from labels")
    data = budgeted(spec, blobs(60))
    one, other = (make(spec, data=some) for some in (data, replace(data, label=(data.label + 1).clip(-1, 1))))
    for learner in (one, other):
        learner.step(10)
    assert torch.equal(one.P, other.P)
    assert not np.array_equal(one.predict(GRID), other.predict(GRID))


@every
def test_without_a_label_it_is_trained_and_decides_nothing(spec: SelfSupervisedSpec) -> None:
    data = blobs(60)
    learner = make(spec, data=replace(data, label=np.full(60, -1)))
    before = learner.P.clone()
    learner.step(5)
    assert learner.can_train
    assert not torch.equal(learner.P, before)
    assert not learner.decides.any()
    assert (learner.predict(GRID) == -1).all()
    assert np.isnan(learner.probabilities(GRID)).all()
    loss, predicted = learner.evaluate(data.x, data.label)
    assert np.allclose(loss, np.log(2))
    assert (predicted == -1).all()


@pytest.mark.parametrize("readout", ["linear", "nearest", "fine-tune"])
def test_whichever_readout_it_learns_blobs_from_a_few_labels(readout: Any) -> None:
    data = blobs(200, seed=2)
    few = replace(data, label=np.where(data.ids < 20, data.label, -1))
    spec = TASKS["simclr"].model_copy(update={"readout": readout, "tuning_steps": 10})
    learner = make(spec, TrainingSpec(learning_rate=0.003), data=few)
    learner.step(100)
    assert (learner.predict(data.x)[0] == data.label).mean() > 0.85
    moved = learner.P.clone()
    learner.predict(GRID)
    assert torch.equal(learner.P, moved)


@every
def test_poison_of_some_is_nothing_to_others_whoever_has_more_of_it(spec: SelfSupervisedSpec) -> None:
    """Four replicas with 0, 2, 0 and 40 points of it: the first three are as where the last has none, to the bit."""
    data = budgeted(spec, blobs(120, poison=40))
    seen = np.ones((4, 120))
    for replica, poison in enumerate((0, 2, 0, 40)):
        seen[replica, 80 + poison :] = 0
    fewer = seen.copy()
    fewer[3, 80:] = 0
    for size in (16, "full"):
        more, less = (
            make(spec, TrainingSpec(batch_size=size), (1, 1, 2, 2), data=weighing(data, w)) for w in (seen, fewer)
        )
        for learner in (more, less):
            learner.step(12)
        assert np.array_equal(thought(more)[:3], thought(less)[:3])
        assert relative(thought(more)[3], thought(less)[3]) > 1e-3
        assert relative(thought(more)[1], thought(more)[0]) > 1e-5


def test_poison_in_slots_acts_as_poison_in_the_scene() -> None:
    spec, data = TASKS["contrastive-walks"], budgeted(TASKS["simclr"], blobs(60, poison=6))
    clean = taken(data, ~data.poison)
    planted = np.flatnonzero(data.poison)
    extra = Extra(data.ids[planted], data.x[planted][None], data.label[planted][None])
    a, b = (make(spec, TrainingSpec(batch_size=16), data=one) for one in (data, replace(clean, extra=extra)))
    for learner in (a, b):
        learner.step(20)
    assert relative(thought(a), thought(b)) < 1e-5


def test_collapse_is_told_from_an_embedding_that_is_spread() -> None:
    random = np.random.default_rng(0)
    spread, point = random.standard_normal((6, 500)), np.ones((6, 1)) + 1e-3 * random.standard_normal((6, 500))
    assert abs(alike(spread)) < 0.05
    assert alike(point) > COLLAPSED
    assert effective_rank(spread) == pytest.approx(6, abs=0.1)
    assert effective_rank(np.outer(random.standard_normal(6), random.standard_normal(500))) == pytest.approx(1)
    unit = spread / np.linalg.norm(spread, axis=0)
    cosines = unit.T @ unit
    assert alike(spread) == pytest.approx((cosines.sum() - np.trace(cosines)) / (500 * 499))
    assert collapsed_words(alike(spread)) is None
    assert collapsed_words(float("nan")) is None
    assert "collapsed" in (collapsed_words(alike(point)) or "")


def test_every_net_says_where_it_puts_points() -> None:
    net = make(MLPSpec(hidden=(5, 3)), seeds=(0, 1), data=blobs(20, replicas=2))
    found = net.embed(GRID)
    assert found.shape == (2, 3, len(GRID))
    assert np.array_equal(net.embed(GRID, 1)[0], net.units(GRID, 1)[-1])
    flat = make(MLPSpec(hidden=()), seeds=(0, 1), data=blobs(20, replicas=2))
    assert np.array_equal(flat.embed(GRID), np.broadcast_to(GRID.T.astype(np.float32), (2, 2, len(GRID))))


def test_a_replica_that_diverged_leaves_the_others_alone() -> None:
    data = budgeted(TASKS["simclr"], blobs(60, replicas=3))
    learner, untouched = (make(TASKS["contrastive-walks"], seeds=(0, 1, 2), data=data) for _ in range(2))
    learner.P.detach()[1] = np.nan
    for one in (learner, untouched):
        one.step(10)
    assert learner.finite().tolist() == [True, False, True]
    assert np.array_equal(thought(learner)[[0, 2]], thought(untouched)[[0, 2]])
    assert np.isnan(learner.health()["collapse"][1])


@pytest.mark.parametrize("readout", ["linear", "nearest", "fine-tune"])
def test_what_it_decides_can_be_differentiated_by_the_places(readout: Any) -> None:
    """Its answers are the logits of its probabilities, and their slopes those of differences."""
    data = budgeted(TASKS["simclr"], blobs(60, replicas=2))
    spec = TASKS["simclr"].model_copy(update={"readout": readout, "tuning_steps": 3, "activation": "tanh"})
    learner = make(spec, seeds=(0, 1), data=data, dtype=torch.float64)
    learner.step(5)
    x = torch.from_numpy(GRID[::16].T.copy())[None].requires_grad_()
    z = learner.answers(x)
    p = torch.softmax(z, 1).detach().numpy()
    np.testing.assert_allclose(p, learner.probabilities(GRID[::16]), atol=1e-6)
    (slope,) = torch.autograd.grad(z[1, 1].sum(), x)
    step = torch.zeros_like(x)
    step[0, 0] = 1e-6
    with torch.no_grad():
        rise = (learner.answers(x + step)[1, 1] - learner.answers(x - step)[1, 1]) / 2e-6
    torch.testing.assert_close(slope[0, 0], rise, rtol=1e-4, atol=1e-5)
