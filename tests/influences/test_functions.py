"""Influence functions against captum's, against finite differences of weights, and against leaving points out."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from boundaryviz.engine.session import Session
from boundaryviz.influences.functions import conjugate_gradients, gauss_newton, hessian, influence
from boundaryviz.influences.running import influence as explained
from boundaryviz.learners.alone import Alone
from boundaryviz.learners.base import Problem
from boundaryviz.learners.mlp import MLP
from boundaryviz.learners.specs import MLPSpec, TrainingSpec
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "captum-influence.json").read_text("utf-8"))


def through(work: Generator[None, None, Any]) -> Any:
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def net_of(case: dict[str, Any]) -> Alone:
    learner = MLP(
        MLPSpec(hidden=tuple(case["hidden"])), TrainingSpec(), Problem(2, Domain(-3, 3, -3, 3), (0,)), "cpu",
        torch.float64,
    )  # fmt: skip
    learner.P[0] = torch.tensor(np.concatenate(case["weights"]))
    return learner.alone()


def scores(
    alone: Alone, case: dict[str, Any], place: int, l2: float = 0.0, damping: float = 0.05
) -> NDArray[np.float64]:
    x, label = np.array(case["x"]), np.array(case["label"])
    decided = case["decided"][place]
    change = alone.lead_gradient(alone.inputs(np.array(case["places"])[place : place + 1]), decided, 1 - decided)
    found = influence(
        alone, alone.inputs(x), alone.targets(label), torch.ones(len(x), dtype=torch.float64), l2, change,
        damping,
    )  # fmt: skip
    result: NDArray[np.float64] = through(found).numpy()
    return result


@pytest.mark.parametrize("name", RECORDED)
def test_scores_are_those_of_captum_from_their_mean_with_one_point_less_to_weigh(name: str) -> None:
    case = RECORDED[name]
    alone, n = net_of(case), len(case["x"])
    for place, recorded in enumerate(np.array(case["scores"])):
        found = scores(alone, case, place, damping=case["penalty"])
        np.testing.assert_allclose(found, (recorded - recorded.mean()) * n / (n - 1), rtol=1e-4, atol=1e-6)


def minimum(case: dict[str, Any], weight: NDArray[np.float64]) -> Alone:
    """The net of a case refitted with these weights of the points, by Newton's method from where it is."""
    alone = net_of(case)
    inputs, targets = alone.inputs(np.array(case["x"])), alone.targets(np.array(case["label"]))
    share = torch.tensor(weight / weight.sum())
    for _ in range(8):
        flat = alone.flat.clone().requires_grad_()
        loss = alone.losses(flat[None], inputs[None], targets[None])[0] @ share
        loss = loss + 0.5 * case["penalty"] * (flat * alone.layout.is_weight(flat)).square().sum()
        (slope,) = torch.autograd.grad(loss, flat)
        curved = through(hessian(alone, inputs, targets, share, case["penalty"]))
        alone.flat.sub_(torch.linalg.lstsq(curved, slope, driver="gelsd").solution)
    return alone


def test_of_logistic_regression_they_are_the_slope_of_the_lead_by_the_weight_of_a_point() -> None:
    case = RECORDED["logistic"]
    n, little = len(case["x"]), 1e-4
    estimate = scores(minimum(case, np.ones(n)), case, 0, l2=case["penalty"], damping=1e-9)
    place = np.array(case["places"])[:1]
    for point in range(0, n, 4):
        leads = []
        for by in (little, -little):
            weight = np.ones(n)
            weight[point] += by
            alone = minimum(case, weight)
            decided = case["decided"][0]
            leads.append(float(alone.lead(alone.flat[None], alone.inputs(place)[None], decided, 1 - decided)))
        slope = (leads[0] - leads[1]) / (2 * little)
        np.testing.assert_allclose(estimate[point] * (n - 1) / n, slope, rtol=1e-4, atol=1e-8)


def test_products_with_the_gauss_newton_part_are_those_of_jacobians() -> None:
    case = RECORDED["net"]
    alone = net_of(case)
    inputs, targets = alone.inputs(np.array(case["x"])), alone.targets(np.array(case["label"]))
    n = inputs.shape[1]
    share = torch.full((n,), 1 / n, dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda p: alone.outputs(p[None], inputs[None])[0], alone.flat)
    p = torch.softmax(alone.outputs(alone.flat[None], inputs[None])[0], 0)
    curved = torch.diag_embed(p.T) - p.T[:, :, None] * p.T[:, None]
    whole = torch.einsum("inp,nij,jnq->pq", jacobian, curved, jacobian) / n
    whole += case["penalty"] * torch.diag(alone.layout.is_weight(alone.flat))
    product = gauss_newton(alone, inputs, targets, share, case["penalty"])
    each = torch.stack([product(v) for v in torch.eye(len(alone.flat), dtype=torch.float64)])
    torch.testing.assert_close(each, whole)
    right = torch.arange(1.0, len(whole) + 1, dtype=torch.float64)
    damped = whole + 1e-2 * torch.eye(len(whole), dtype=torch.float64)
    found = through(conjugate_gradients(lambda v: product(v) + 1e-2 * v, right))
    torch.testing.assert_close(found, torch.linalg.solve(damped, right), rtol=1e-5, atol=1e-5)


def test_gradients_of_points_are_those_of_one_point_alone() -> None:
    case = RECORDED["net"]
    alone = net_of(case)
    inputs, targets = alone.inputs(np.array(case["x"])), alone.targets(np.array(case["label"]))
    each = alone.gradients(inputs, targets)
    for at in (0, 5):
        flat = alone.flat[None].clone().requires_grad_()
        loss = alone.losses(flat, inputs[None, :, at : at + 1], targets[None, :, at : at + 1])
        torch.testing.assert_close(each[at], torch.autograd.grad(loss.sum(), flat)[0][0])


def test_of_logistic_regression_they_rank_as_leaving_each_point_out_does() -> None:
    scenario = Scenario().with_values(
        {"data.n": 30, "data.noise": 0.25, "learner.name": "logistic", "training.l2": 0.01, "training.steps": 600,
         "training.batch_size": "full", "training.learning_rate": 0.03}
    )  # fmt: skip
    found = explained(scenario, (0.5, 0.2), ("influence", "warm"))
    assert found.known == len(found.ids) == 30
    for method in ("influence", "warm"):
        agreement = found.agreement(method)
        assert agreement is not None
        assert agreement > 0.97
    apart = np.abs(found.row("influence") - found.truth)  # of points that weigh much it is too small
    assert np.median(apart) < 0.05 * np.abs(found.truth).max()
    assert found.ceiling is not None
    assert found.ceiling > 0.97


def test_the_lead_that_is_explained_is_that_of_the_model() -> None:
    session = Session(Scenario().with_values({"data.n": 20, "learner.hidden": [5]}))
    session.step(20)
    alone = session.learner.alone(0)  # type: ignore[attr-defined]
    x = np.array([[0.3, 0.4]])
    lead = float(alone.lead(alone.flat[None], alone.inputs(x)[None], 1, 0))
    assert lead == pytest.approx(float(session.learner.scores(x)[0, 0]), rel=1e-4)
