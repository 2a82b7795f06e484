"""Steppers: eager and recorded come to the same bits, for every network, with a stand-in for CUDA."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from boundaryviz.learners.methods import METHODS
from boundaryviz.learners.specs import FAMILIES, MLPSpec, TrainingSpec
from boundaryviz.learners.stepping import Eager, Graphed, stepper
from helpers.few import few
from helpers.models import blobs, joined, make, taken, weighing
from helpers.recordings import Graphs

SEEDS = (0, 1)


def half_labelled(n: int, seed: int, poison: int = 0) -> Any:
    data = blobs(n, seed=seed, replicas=len(SEEDS), poison=poison)
    data.label[::2] = -1
    return data


def spec_of(name: str) -> Any:
    if name == "dropout":
        return MLPSpec(hidden=(5, 4), dropout=0.2)
    family: Any = FAMILIES[name].spec
    return family(hidden=(5, 4), **({"ramp_up": 6} if "ramp_up" in family.model_fields else {}))


@pytest.mark.parametrize("name", few(["dropout", *METHODS], 5))
def test_a_recorded_run_is_the_eager_one_to_the_bit(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spec, training = spec_of(name), TrainingSpec(batch_size=8, optimiser="adam")
    data, poison = half_labelled(24, 0), taken(half_labelled(12, 1, poison=6), range(6, 12))
    planted = joined(data, weighing(poison, [[0.0] * 6, [1.0] * 6]))
    eager, graphed = (make(spec, training, SEEDS, data=data) for _ in range(2))
    assert isinstance(eager._stepper, Eager)
    assert not isinstance(eager._stepper, Graphed)
    kept = graphed._kept if name != "dropout" else lambda: [graphed.P, *graphed.optimiser.state]
    graphs = Graphs(monkeypatch, kept)
    graphed._stepper = Graphed(graphed._deal, graphed._descend, kept, graphed._constants)
    moved = half_labelled(24, 0)
    moved.x[3] += 0.5
    for change in (
        lambda one: None,
        lambda one: one.set_training(spec, TrainingSpec(batch_size=8, optimiser="adam", learning_rate=0.05)),
        lambda one: one.set_data(moved),
        lambda one: one.set_data(planted),
        lambda one: one.set_training(spec, TrainingSpec(batch_size=8, optimiser="adam", l1=0.01)),
    ):
        for one in (eager, graphed):
            change(one)
            one.step(3)
        ours, theirs = eager.state(), graphed.state()
        assert ours.keys() == theirs.keys()
        for key in ours:
            np.testing.assert_array_equal(ours[key], theirs[key], err_msg=key)
    assert 3 <= graphs.recordings < 15, "for other shapes and constants, and not for each step"


def test_one_call_of_many_steps_is_as_many_calls() -> None:
    one, many = (make(spec_of("mean-teacher"), data=half_labelled(24, 0), seeds=SEEDS) for _ in range(2))
    one.step(7)
    for _ in range(7):
        many.step()
    assert torch.equal(one.P, many.P)
    assert one.steps_done == many.steps_done == 7


@pytest.mark.parametrize("name", ["dropout", "fixmatch"])
def test_without_a_labelled_point_steps_pass_and_nothing_is_learnt(name: str) -> None:
    data = half_labelled(12, 0)
    data.label[:] = -1
    learner = make(spec_of(name), data=data, seeds=SEEDS)
    before = learner.P.clone()
    learner.step(5)
    assert torch.equal(learner.P, before)
    assert learner.steps_done == 5


def test_a_device_has_its_stepper() -> None:
    given: Any = (lambda: (), lambda: None, lambda: (), tuple)
    assert type(stepper(torch.device("cpu"), *given)) is Eager
    assert type(stepper(torch.device("cuda"), *given)) is Graphed


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
@pytest.mark.parametrize("name", METHODS)
def test_on_cuda_a_recorded_run_is_the_eager_one(name: str) -> None:
    data, training = half_labelled(24, 0), TrainingSpec(batch_size=8)
    eager, graphed = (make(spec_of(name), training, SEEDS, data=data, device="cuda") for _ in range(2))
    graphed._stepper = Graphed(graphed._deal, graphed._descend, graphed._kept, graphed._constants)
    for one in (eager, graphed):
        one.step(12)
    assert torch.allclose(eager.P, graphed.P, atol=1e-4)
