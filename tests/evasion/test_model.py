"""Replicas as functions of their inputs: they decide as the learner does, whatever lies around it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from boundaryviz.engine.session import Session
from boundaryviz.evasion.model import NoGradient, model_of
from boundaryviz.scenario.scenario import Scenario

NETS: dict[str, dict[str, Any]] = {
    "net": {"learner.name": "mlp", "learner.activation": "relu"},
    "one output": {"learner.name": "mlp", "learner.loss": "squared"},
    "features": {"learner.name": "mlp", "learner.features": ("x", "x2", "sin_y"), "learner.fourier": 3},
    "standardised": {"learner.name": "logistic", "data.input_scale": "standardised"},
    "threshold": {"learner.name": "mlp", "decision.threshold": 0.9},
    "threshold of one output": {"learner.name": "mlp", "learner.loss": "hinge", "decision.threshold": 0.8},
    "costs": {"data.name": "iris", "decision.costs": ((0, 1, 9), (2, 0, 1), (1, 5, 0))},
    "four inputs": {"data.name": "iris", "data.input_scale": "domain"},
    "teacher": {"learner.name": "mean-teacher"},
}


def trained(values: dict[str, Any], seeds: tuple[int, ...] = (0, 1, 2), steps: int = 20) -> Session:
    session = Session(Scenario().with_values(values), seeds=seeds)
    session.step(steps)
    return session


@pytest.mark.parametrize("name", NETS)
def test_it_decides_as_the_learner_does(name: str) -> None:
    session = trained(NETS[name])
    x = session.scene.points.x
    model = model_of(session.learner)
    found = model.decide(model.inputs(x)).numpy()
    assert len(np.unique(found)) > 1
    np.testing.assert_array_equal(found, session.learner.predict(x))
    largest = model.decision(model.inputs(x)).argmax(1).numpy()
    np.testing.assert_array_equal(largest, found)


@pytest.mark.parametrize("name", ["net", "standardised", "four inputs"])
def test_one_replica_answers_as_its_row_of_all(name: str) -> None:
    session = trained(NETS[name])
    model = model_of(session.learner)
    x = model.inputs(session.scene.points.x[:128])  # of whole vectors, which are rounded alike wherever they lie
    some = model.of(slice(1, 3))
    assert some.seeds == (1, 2)
    assert (model.logits(x)[1:] == some.logits(x)).all()
    assert (model.logits(x)[2:] == some.of(slice(1, 2)).logits(x)).all()


def test_a_gradient_is_that_of_the_scene_s_units() -> None:
    session = trained({"learner.name": "logistic", "data.input_scale": "standardised"}, seeds=(0,))
    model = model_of(session.learner)
    x = model.inputs(session.scene.points.x[:5])
    x.requires_grad_()
    z = model.logits(x)
    (z[:, 1] - z[:, 0]).sum().backward()
    assert x.grad is not None
    step = 1e-2
    for k in range(2):
        away = x.detach().clone()
        away[:, k] += step
        rise = (model.logits(away) - model.logits(x)).detach()
        np.testing.assert_allclose((rise[:, 1] - rise[:, 0]) / step, x.grad[:, k], rtol=1e-3)


@pytest.mark.parametrize(
    "learner", ["DecisionTreeClassifier", "KNeighborsClassifier", "SVC", "naive-bayes", "random-features"]
)
def test_a_learner_without_gradients_says_what_works(learner: str) -> None:
    session = Session(Scenario().with_values({"learner.name": learner}))
    with pytest.raises(NoGradient, match="take the nearest point of the boundary"):
        model_of(session.learner)


def test_what_diverged_is_undecided() -> None:
    session = trained({"learner.name": "mlp"})
    state = dict(session.learner.state())
    state["P"] = state["P"].copy()
    state["P"][1] = np.nan
    session.learner.restore(state)
    model = model_of(session.learner)
    found = model.decide(model.inputs(session.scene.points.x))
    assert (found[1] == -1).all()
    assert (found[[0, 2]] >= 0).all()
