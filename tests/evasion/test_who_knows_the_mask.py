"""The attacker who knows the mask: against the exact distance, where attacks by the slope alone find little."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest
import torch

from boundaryviz.evasion.adaptive import adaptive, margin
from boundaryviz.evasion.model import model_of
from boundaryviz.evasion.pgd import pgd
from boundaryviz.evasion.pushing import DRAWN, pushed
from boundaryviz.evasion.robustness import NOISY, robustness
from boundaryviz.evasion.settings import EvasionSpec, Line
from boundaryviz.runs.run import train
from boundaryviz.scenario.scenario import Scenario

EPSILON = 0.5
MOONS: dict[str, Any] = {
    "data.n": 200, "data.noise": 0.1, "data.seed": 100, "learner.hidden": [24, 24], "learner.activation": "relu",
    "training.batch_size": "full",
}  # fmt: skip


@lru_cache(None)
def trained(mask: str, **more: Any) -> Any:
    run = train(Scenario().with_values({**MOONS, "learner.mask": mask, **more}), steps=250, progress=False)
    points = run.scene.points
    return run.session.learner, points.x, points.label.astype(int), points.ids


def errors(mask: str, *lines: Line) -> dict[str, float]:
    learner, x, label, ids = trained(mask)
    found = robustness(learner, x, label, epsilons=[EPSILON], lines=lines, ids=ids)
    assert not found.missing
    return {name: float(line[0]) for name, line in found.lines.items()}


@pytest.mark.parametrize("mask", ["saturated", "quantised", "wiggle"])
def test_it_finds_what_the_mask_hides(mask: str):
    """Nearly all that there is to be found by the exact distance, and no more."""
    error = errors(mask, "exact", "fgsm", "pgd", "adaptive")
    most = {"saturated": 0.05, "quantised": 0.05, "wiggle": 0.5}[mask]
    assert error["fgsm"] < most
    assert error["pgd"] < 0.5
    assert error["exact"] > 0.7
    assert error["exact"] - 0.03 < error["adaptive"] <= error["exact"] + 0.005


def test_without_a_mask_it_is_at_least_pgd():
    error = errors("none", "exact", "pgd", "adaptive")
    assert error["pgd"] <= error["adaptive"] <= error["exact"] + 0.005
    assert error["adaptive"] > error["exact"] - 0.02


def test_noise_hides_no_more_than_it_turns_and_a_mean_over_draws_sees_through_it():
    error = errors("noise", "fgsm", "pgd", "adaptive")
    assert error["adaptive"] > error["fgsm"] + 0.02
    assert error["adaptive"] > error["pgd"] + 0.1
    learner, x, label, _ = trained("noise")
    assert robustness(learner, x, label, epsilons=[EPSILON], lines=["exact"]).missing == {"exact": NOISY}
    assert DRAWN in pushed(learner, EvasionSpec(method="nearest"), x[:3]).words


@pytest.mark.parametrize("mask", ["none", "quantised", "noise"])
@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_pushes_stay_in_the_ball_and_hear_of_no_other_point(mask: str, norm: Any):
    learner, x, _, ids = trained(mask)
    asked = EvasionSpec(method="adaptive", norm=norm, epsilon=EPSILON, seed=3, steps=5)
    some = np.arange(0, 40, 3)
    every, few = (pushed(learner, asked, x[k], ids=ids[k]) for k in (np.arange(40), some))
    np.testing.assert_allclose(every.ends[some], few.ends, atol=1e-6)
    assert (every.length <= EPSILON * (1 + 1e-9)).all()
    assert every.flipped.any()
    other = pushed(learner, asked.model_copy(update={"seed": 4}), x[:40], ids=ids[:40])
    assert not np.array_equal(other.ends, every.ends)


def test_the_margin_is_the_lead_of_the_best_other_class_or_of_the_target():
    learner, *_ = trained("none", **{"data.name": "blobs"})
    model = model_of(learner)
    z = torch.tensor([[[2.0, 0.0], [5.0, 1.0], [-1.0, 4.0], [0.5, 3.5]]])
    label = torch.tensor([[1, 3]])
    torch.testing.assert_close(margin(model, z, label, None), torch.tensor([[-3.0, 0.5]]))
    torch.testing.assert_close(margin(model, z, label, 2), torch.tensor([[-6.0, 0.5]]))


def test_it_is_led_to_the_class_aimed_at():
    learner, x, _, ids = trained("quantised", **{"data.name": "blobs"})
    model = model_of(learner)
    given = model.inputs(x[:60])
    label = model.decide(given)
    ends = adaptive(model, given, label, "l2", 3.0, ids=ids[:60], target=2)
    assert (model.decide(ends) == 2).double().mean() > 0.9
    blind = pgd(model, given, label, "l2", 3.0, ids=ids[:60], target=2)
    assert (model.decide(blind) == 2).double().mean() < 0.7
