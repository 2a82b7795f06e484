"""Recording a step as a CUDA graph: the rules on any machine, with a recorder in CUDA's place; the rest on CUDA."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from boundaryviz.learners.capture import Captured
from boundaryviz.learners.specs import MLPSpec, TrainingSpec
from helpers.models import blobs, joined, make, relative, taken, thought, weighing

CUDA = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")


class Recorder:
    """Stands in for torch.cuda: what is asked of `launch` while recording is kept, and done at each replay."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._into: Any = None
        self.recordings = 0
        stream = SimpleNamespace(wait_stream=lambda other: None)
        for name, stand_in in {
            "Stream": lambda: stream,
            "current_stream": lambda: stream,
            "stream": lambda _: nullcontext(),
            "CUDAGraph": self._graph,
            "graph": self._recording,
        }.items():
            monkeypatch.setattr(torch.cuda, name, stand_in)

    def _graph(self) -> Any:
        kept: list[Callable[[], Any]] = []
        return SimpleNamespace(kept=kept, replay=lambda: [do() for do in kept])

    @contextmanager
    def _recording(self, graph: Any) -> Iterator[None]:
        self._into, self.recordings = graph, self.recordings + 1
        yield
        self._into = None

    def launch(self, do: Callable[[], Any]) -> None:
        if self._into is None:
            do()
        else:
            self._into.kept.append(do)


def adder(recorder: Recorder, constants: list[float]) -> tuple[Captured, Tensor]:
    """total += constant * sum(x), as a captured step."""
    total = torch.zeros(())

    def work(x: Tensor) -> None:
        constant = constants[0]
        recorder.launch(lambda: total.add_(constant * x.sum()))

    return Captured(work, lambda: [total], lambda: constants[0]), total


def test_recording_leaves_the_state_and_each_call_works_once(monkeypatch: pytest.MonkeyPatch):
    step, total = adder(Recorder(monkeypatch), [1.0])
    for value in (1.0, 10.0, 100.0):
        step(torch.full((2,), value))
    assert total == 222.0


def test_one_recording_for_a_shape_and_a_new_one_for_new_constants(monkeypatch: pytest.MonkeyPatch):
    recorder, constants = Recorder(monkeypatch), [1.0]
    step, total = adder(recorder, constants)
    for size in (2, 3, 2, 3, 2):
        step(torch.ones(size))
    assert (recorder.recordings, float(total)) == (2, 12.0)
    constants[0] = 5.0
    step(torch.ones(2))
    assert (recorder.recordings, float(total)) == (3, 22.0)


def test_few_recordings_are_kept(monkeypatch: pytest.MonkeyPatch):
    recorder = Recorder(monkeypatch)
    step, total = adder(recorder, [1.0])
    for _ in range(2):
        for size in range(1, 7):
            step(torch.ones(size))
    assert len(step._recorded) == 4
    assert total == 42.0


def test_a_caller_keeps_its_tensors(monkeypatch: pytest.MonkeyPatch):
    step, total = adder(Recorder(monkeypatch), [1.0])
    mine = torch.ones(2)
    step(mine)
    mine.fill_(7.0)
    step(torch.ones(2))
    assert total == 4.0
    assert mine.tolist() == [7.0, 7.0]


@CUDA
@pytest.mark.parametrize("batch_size", [16, "full"])
@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "adam", "adamw"])
@pytest.mark.parametrize("loss", ["cross-entropy", "focal", "absolute", "squared", "hinge"])
def test_on_cuda_a_captured_run_is_the_run_on_the_cpu(loss: Any, optimiser: Any, batch_size: Any):
    spec = MLPSpec(hidden=(8, 8), loss=loss)
    training = TrainingSpec(optimiser=optimiser, batch_size=batch_size, learning_rate=0.01, l2=0.001)
    cpu, cuda = (make(spec, training, (0, 1), 3, blobs(70, 3, replicas=2), device=d) for d in ("cpu", "cuda"))
    for learner in (cpu, cuda):
        learner.step(40)
    assert relative(thought(cuda), thought(cpu)) < 1e-3


@CUDA
def test_on_cuda_what_changes_while_it_runs_is_followed():
    """A rate (a tensor), a penalty (recorded anew), dragged points (same shapes), planted points (other shapes)."""
    spec, data, more = MLPSpec(hidden=(8,), dropout=0.2), blobs(40), blobs(50, seed=1, poison=10)
    planted = joined(data, weighing(taken(more, range(40, 50)), [[1.0] * 10]))
    learners = [make(spec, TrainingSpec(batch_size=16), data=data, device=d) for d in ("cpu", "cuda")]
    for learner in learners:
        learner.step(5)
        learner.set_training(spec, TrainingSpec(batch_size=16, learning_rate=0.1))
        learner.step(5)
        learner.set_training(spec, TrainingSpec(batch_size=16, learning_rate=0.1, l1=0.01))
        learner.step(5)
        data.x[3] += 0.5
        learner.set_data(data)
        data.x[3] -= 0.5
        learner.step(5)
        learner.set_data(planted)
        learner.step(5)
    assert relative(thought(learners[1]), thought(learners[0])) < 1e-3
