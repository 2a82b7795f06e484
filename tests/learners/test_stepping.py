"""Steppers: eager and recorded come to the same bits, for every network, with a stand-in for CUDA."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten

from boundaryviz.learners.handing import handed
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


def half_planted() -> Any:
    """The same with poison that the second replica sees."""
    poison = taken(half_labelled(12, 1, poison=6), range(6, 12))
    some = replace(weighing(poison, [[0.0] * 6, [1.0] * 6]), ids=poison.ids + 100)
    return joined(half_labelled(24, 0), some)


NETS: dict[str, dict[str, Any]] = {
    "dropout": {"dropout": 0.2},
    "noise": {"robust": "noise", "dropout": 0.2},
    "pgd": {"robust": "pgd", "robust_steps": 2},
    "trades": {"robust": "trades", "robust_steps": 1, "fourier": 2},
    "clipped": {},
}
"""Supervised ones, by what is peculiar to them."""
TASKS = ["simclr", "masked-coordinate", "contrastive-walks", "captions", "distillation"]


def spec_of(name: str) -> Any:
    if name in NETS:
        return MLPSpec(hidden=(5, 4), **NETS[name])
    family: Any = FAMILIES[name].spec
    return family(hidden=(5, 4), **({"ramp_up": 6} if "ramp_up" in family.model_fields else {}))


def training_of(name: str, **more: Any) -> TrainingSpec:
    private: dict[str, Any] = {"clip": 0.5, "gradient_noise": 0.3} if name == "clipped" else {}
    return TrainingSpec(batch_size=8, optimiser="adam", **private, **more)


def dealt_on_the_device(learner: Any) -> None:
    for name in ("_loader", "_labelled", "_unlabelled"):
        if hasattr(learner, name):
            getattr(learner, name)._deals_there = True


@pytest.mark.parametrize("name", few([*NETS, *TASKS, *METHODS], len(NETS) + len(TASKS) + 2))
def test_a_recorded_run_is_the_eager_one_to_the_bit(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several steps in a recording, and batches that are dealt by tensors, beside steps dealt and done one by one."""
    spec, data, planted = spec_of(name), half_labelled(24, 0), half_planted()
    eager, graphed = (make(spec, training_of(name), SEEDS, data=data) for _ in range(2))
    assert isinstance(eager._stepper, Eager)
    # laid out as copies of them are: products of matrices that are turned are rounded otherwise
    eager._stepper = Eager(lambda: [one.contiguous() for one in eager._deal()], eager._descend)

    def kept() -> Any:
        return [*graphed._tensors().values()]

    graphs = Graphs(monkeypatch, kept)
    graphed._stepper = Graphed(graphed._deal, graphed._descend, kept, graphed._constants)
    dealt_on_the_device(graphed)
    moved = half_labelled(24, 0)
    moved.x[3] += 0.5
    for change, calls in (
        (lambda one: None, 4),
        (lambda one: one.set_training(spec, training_of(name, learning_rate=0.05)), 1),
        (lambda one: one.set_data(moved), 2),
        (lambda one: one.set_data(planted), 4),
        (lambda one: one.set_training(spec, training_of(name, l1=0.01)), 1),
    ):
        for one in (eager, graphed):
            change(one)
            for _ in range(calls):
                one.step(2)
        ours, theirs = eager.state(), graphed.state()
        assert ours.keys() == theirs.keys()
        for key in ours:
            np.testing.assert_array_equal(ours[key], theirs[key], err_msg=key)
    assert 3 <= graphs.recordings < 12, "for other shapes and constants, and not for each step"


class Transfers(TorchDispatchMode):
    """Refuses whatever goes from one device to another."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        held = [one for one in tree_flatten((args, kwargs, out))[0] if isinstance(one, torch.Tensor)]
        moves = any(word in str(func) for word in ("copy", "lift", "scalar_dense"))
        assert not (moves and len({one.device.type for one in held}) > 1), f"{func} goes from device to device"
        return out


@pytest.mark.parametrize("name", [*NETS, *METHODS, *TASKS])
def test_a_step_on_another_device_waits_for_no_number_and_brings_none(name: str) -> None:
    """On the device `meta`, which has no numbers: asking for one fails, and so does meeting a tensor left elsewhere."""
    data = half_planted()
    learner = make(spec_of(name), training_of(name), SEEDS, data=data, device="meta")
    for _ in range(2):
        learner.step(2)
    dealt = [handed(tensor, learner.device) for tensor in learner._deal()]
    assert {tensor.device.type for tensor in dealt} == {"meta"}
    with Transfers():
        learner._descend(*dealt)


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
@pytest.mark.parametrize("name", [*NETS, *METHODS, *TASKS])
def test_on_cuda_recorded_runs_are_the_eager_one_and_of_the_same_bits(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whether steps are asked for one by one or twelve at a time; and none is refused by CUDA."""
    eager, single, many = (
        make(spec_of(name), training_of(name), SEEDS, data=half_labelled(24, 0), device="cuda") for _ in range(3)
    )
    eager._stepper = Eager(eager._deal, eager._descend, eager.device)
    for data in (None, half_planted()):
        for one in (eager, single, many):
            if data is not None:
                one.set_data(data)
        for _ in range(5):
            eager.step(12)
            many.step(12)
            for _ in range(12):
                single.step()
    assert torch.equal(single.P, many.P)
    assert torch.allclose(eager.P, many.P, atol=1e-3)
    assert any(len(recording.inputs) == 12 for recording in many._stepper._captured._recorded.values())
    assert not caplog.records
