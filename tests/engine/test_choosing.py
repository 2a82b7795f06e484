"""Which engine is taken: by a clock of the test's own, so that every speed is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch

from boundaryviz.engine import choosing
from boundaryviz.engine import device as devices
from boundaryviz.engine import session as sessions
from boundaryviz.engine.choosing import Choice, choose
from boundaryviz.engine.session import Session
from boundaryviz.scenario.cost import MemoryNeeded
from boundaryviz.scenario.scenario import Scenario


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Paced:
    """Takes as long over each step as it is told to, and over each call `launch` besides."""

    def __init__(self, clock: Clock, each: float, launch: float = 0.0, can_train: bool = True) -> None:
        self._clock, self._each, self._launch, self.can_train = clock, each, launch, can_train
        self.calls: list[int] = []

    def step(self, n: int = 1) -> None:
        self.calls.append(n)
        self._clock.now += self._launch + n * self._each

    def finite(self) -> list[bool]:
        return [True]


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    choosing.forget()
    yield
    choosing.forget()


def chosen(clock: Clock, on: dict[str, Any], block: int = 20, key: object = 0) -> Choice:
    def learner(engine: str) -> Any:
        if isinstance(on[engine], Exception):
            raise on[engine]
        return on[engine]

    return choose(list(on), learner, block, key, clock)


@pytest.mark.parametrize(("launch", "quicker"), [(0.0, "cuda"), (2e-3, "compiled")])
def test_the_quicker_engine_is_taken_in_calls_as_the_run_has_them(launch: float, quicker: str):
    clock = Clock()
    found = chosen(clock, {"cuda": Paced(clock, 5e-5, launch), "compiled": Paced(clock, 1e-4)})
    assert found.engine == quicker
    assert found.why == f"CUDA: {20 / (launch + 1e-3):,.0f} steps/s, compiled: 10,000 steps/s"
    assert clock.now < 0.8, "some tenths of a second"


def test_steps_that_take_long_are_timed_one_by_one():
    clock = Clock()
    slow = Paced(clock, 0.2)
    assert chosen(clock, {"cuda": slow, "cpu": Paced(clock, 0.3)}).engine == "cuda"
    assert set(slow.calls) == {1}
    assert len(slow.calls) < 10


def test_what_was_measured_is_not_measured_again():
    clock = Clock()
    on = {"cuda": Paced(clock, 1e-3), "cpu": Paced(clock, 1e-4)}
    first = chosen(clock, on, key=("moons", 16))
    then = clock.now
    assert chosen(clock, on, key=("moons", 16)) == first
    assert clock.now == then
    chosen(clock, on, key=("moons", 64))
    assert clock.now > then


@pytest.mark.parametrize("broken", [RuntimeError("CUDA out of memory.\nTried to allocate 3 GiB"), MemoryError()])
def test_a_device_that_fails_leaves_the_processor(broken: Exception):
    clock = Clock()
    found = chosen(clock, {"cuda": broken, "compiled": Paced(clock, 1e-4)})
    assert found.engine == "compiled"
    words = str(broken).splitlines()[0] if str(broken) else "MemoryError"
    assert found.why == f"CUDA: not used, {words}, compiled: 10,000 steps/s"


def test_where_everything_fails_it_is_the_processor_that_says_so_when_it_trains():
    found = chosen(Clock(), {"cuda": RuntimeError("gone"), "cpu": RuntimeError("worse")})
    assert found.engine == "cpu"


def test_without_a_choice_or_anything_to_learn_nothing_is_timed():
    clock = Clock()
    assert chosen(clock, {"cpu": RuntimeError("never built")}).engine == "cpu"
    idle = {"cuda": Paced(clock, 1e-6, can_train=False), "cpu": Paced(clock, 1.0, can_train=False)}
    assert chosen(clock, idle, key=1).engine == "cpu"
    assert clock.now == 0.0


# ---- a run beside a GPU ----------------------------------------------------------------------------------

NET = Scenario().with_values({"data.n": 30, "learner.hidden": [3], "training.evaluate_every": 5})


@pytest.fixture
def beside_a_gpu(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A machine whose GPU is broken, unless a test has an engine of its own answer; what was asked of `choose`."""
    asked: list[Any] = []

    def choosing_once(*given: Any) -> Choice:
        asked.append(given)
        return choose(*given)

    monkeypatch.setattr(devices, "cuda_trouble", lambda: "")
    monkeypatch.setattr(sessions, "choose", choosing_once)
    return asked


def test_a_run_is_measured_as_it_is_and_goes_on_without_a_gpu_that_is_broken(beside_a_gpu: list[Any]):
    run = Session(NET, seeds=range(3), twin=True)
    ((engines, learner_on, block, _key),) = beside_a_gpu
    assert engines[0] == "cuda"
    assert run.engine.name == engines[1] != "cuda"
    assert run.engine.why.startswith("Measured here: CUDA: not used, ")
    assert block == 5
    copy = learner_on(engines[1])
    assert copy.problem.seeds == run.learner.problem.seeds
    assert copy.can_train
    copy.step(3)
    assert run.learner.state()["steps"] == 0
    run.step(5)
    run.reset()
    assert len(beside_a_gpu) == 1, "a run that begins anew keeps its engine"


def test_what_is_like_a_run_in_all_that_takes_time_is_not_measured_again(beside_a_gpu: list[Any]):
    for values in ({}, {"training.learning_rate": 0.5}, {"training.seed": 9}, {"training.batch_size": 3}):
        Session(NET.with_values(values))
    keys = [key for *_, key in beside_a_gpu]
    assert keys[0] == keys[1] == keys[2] != keys[3]


def test_what_is_fitted_at_once_is_fitted_on_the_processor(beside_a_gpu: list[Any]):
    run = Session(NET.with_values({"learner.name": "SVC"}))
    assert (run.engine.name, beside_a_gpu) == ("cpu", [])


def test_a_run_for_which_the_gpu_has_no_memory_is_refused_in_words(monkeypatch: pytest.MonkeyPatch):
    large = NET.with_values({"data.n": 20_000, "training.batch_size": "full", "learner.hidden": [64]})
    monkeypatch.setattr(devices, "cuda_trouble", lambda: "")
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (1e8, 8e10))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda: 3e8)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda: 1e8)
    with pytest.raises(MemoryNeeded, match=r"GB of the GPU's memory, and 300 MB are free; take .*, or another engine$"):
        Session(large, seeds=range(64), device="cuda")
