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
        self.streams: list[Any] = []
        stream = SimpleNamespace(wait_stream=lambda other: None)
        for name, stand_in in {
            "Stream": lambda: stream,
            "current_stream": lambda: stream,
            "set_stream": self.streams.append,
            "stream": lambda _: nullcontext(),
            "CUDAGraph": self._graph,
            "graph": self._recording,
        }.items():
            monkeypatch.setattr(torch.cuda, name, stand_in)

    def _graph(self) -> Any:
        kept: list[Callable[[], Any]] = []
        return SimpleNamespace(kept=kept, replay=lambda: [do() for do in kept])

    @contextmanager
    def _recording(self, graph: Any, stream: Any) -> Iterator[None]:
        self._into, self.recordings = graph, self.recordings + 1
        try:
            yield
        finally:
            self._into = None

    def launch(self, do: Callable[[], Any]) -> None:
        if self._into is None:
            do()
        else:
            self._into.kept.append(do)


CPU = torch.device("cpu")


def adder(recorder: Recorder, constants: list[float]) -> tuple[Captured, Tensor]:
    """total = 2 total + constant * sum(x), as a captured step: the order of steps matters."""
    total = torch.zeros((), dtype=torch.float64)

    def work(x: Tensor) -> None:
        constant = constants[0]
        recorder.launch(lambda: total.mul_(2).add_(constant * x.sum()))

    return Captured(work, lambda: [total], lambda: constants[0]), total


def doubling(values: list[float], total: float = 0.0) -> float:
    for value in values:
        total = 2 * total + value
    return total


def test_recording_leaves_the_state_and_each_call_works_once(monkeypatch: pytest.MonkeyPatch):
    step, total = adder(Recorder(monkeypatch), [1.0])
    for value in (1.0, 10.0, 100.0):
        step([[torch.full((2,), value)]], CPU)
    assert total == doubling([2.0, 20.0, 200.0])


def test_one_recording_for_a_shape_and_a_new_one_for_new_constants(monkeypatch: pytest.MonkeyPatch):
    recorder, constants = Recorder(monkeypatch), [1.0]
    step, total = adder(recorder, constants)
    for size in (2, 3, 2, 3, 2):
        step([[torch.ones(size)]], CPU)
    assert (recorder.recordings, float(total)) == (2, doubling([2, 3, 2, 3, 2]))
    constants[0] = 5.0
    step([[torch.ones(2)]], CPU)
    assert (recorder.recordings, float(total)) == (3, doubling([2, 3, 2, 3, 2, 10]))


def test_few_recordings_are_kept(monkeypatch: pytest.MonkeyPatch):
    recorder = Recorder(monkeypatch)
    step, total = adder(recorder, [1.0])
    for _ in range(2):
        for size in range(1, 9):
            step([[torch.ones(size)]], CPU)
    assert len(step._recorded) == 6
    assert total == doubling([*range(1, 9)] * 2)


def test_a_caller_keeps_its_tensors(monkeypatch: pytest.MonkeyPatch):
    step, total = adder(Recorder(monkeypatch), [1.0])
    mine = torch.ones(2)
    step([[mine]], CPU)
    mine.fill_(7.0)
    step([[torch.ones(2)]], CPU)
    assert total == doubling([2, 2])
    assert mine.tolist() == [7.0, 7.0]


def test_steps_that_are_often_asked_for_together_are_recorded_together(monkeypatch: pytest.MonkeyPatch):
    recorder = Recorder(monkeypatch)
    step, total = adder(recorder, [1.0])
    values = [float(k) for k in range(40)]
    for at in range(0, 40, 8):
        step([[torch.full((1,), value)] for value in values[at : at + 8]], CPU)
        assert recorder.recordings == (1 if at < 16 else 2), "one step, then with the third call eight at once"
    step([[torch.full((1,), 3.0)]] * 5, CPU)
    assert recorder.recordings == 2, "what is left over goes by the recording of one"
    assert total == doubling([*values, *[3.0] * 5])
    graphs: list[Any] = [recording.graph for recording in step._recorded.values()]
    assert sorted(len(graph.kept) for graph in graphs) == [1, 8]


def test_steps_of_several_shapes_in_one_call_are_done_in_their_order(monkeypatch: pytest.MonkeyPatch):
    step, total = adder(Recorder(monkeypatch), [1.0])
    sizes = [2, 2, 5, 5, 5, 2] * 4
    for _ in range(4):
        step([[torch.ones(size)] for size in sizes], CPU)
    assert total == doubling([float(size) for size in sizes] * 4)


def test_what_is_the_same_in_every_step_is_copied_once_and_again_after_a_change(monkeypatch: pytest.MonkeyPatch):
    step, total = adder(Recorder(monkeypatch), [1.0])
    all_points, values = torch.ones(3), []
    for k in range(8):
        if k == 6:
            all_points = torch.full((3,), 2.0)
        if k == 7:
            all_points.mul_(3)
        step([[all_points]] * 4, CPU)
        values += [float(all_points.sum())] * 4
    assert total == doubling(values)
    one, many = step._recorded.values()
    assert [len({id(inputs[0]) for inputs in recording.inputs}) for recording in (one, many)] == [1, 1]


def test_steps_whose_shapes_change_within_a_call_are_not_recorded_together(monkeypatch: pytest.MonkeyPatch):
    """The change falls elsewhere in every call, and each would want recordings of its own: they would push out others
    for ever."""
    recorder = Recorder(monkeypatch)
    step, total = adder(recorder, [1.0])
    sizes = ([2] * 10 + [5] * 10) * 6
    for at in range(0, 120, 4):
        step([[torch.ones(size)] for size in sizes[at : at + 4]], CPU)
    assert total == doubling([float(size) for size in sizes])
    assert recorder.recordings == 4, "one step and four steps, of either size"


def test_what_is_asked_for_again_and_again_stays_recorded(monkeypatch: pytest.MonkeyPatch):
    recorder = Recorder(monkeypatch)
    step, total = adder(recorder, [1.0])
    sizes = [size for other in range(2, 12) for size in (1, other)]
    for size in sizes:
        step([[torch.ones(size)]], CPU)
    assert recorder.recordings == 11
    assert total == doubling([float(size) for size in sizes])


@pytest.mark.parametrize("refused", [1, 4])
def test_what_cannot_be_recorded_is_done_as_it_is_and_said_once(
    refused: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    """refused: how many steps in one recording are too much."""
    recorder = Recorder(monkeypatch)
    total, inside = torch.zeros((), dtype=torch.float64), [0]

    def work(x: Tensor) -> None:
        if recorder._into is not None:
            inside[0] += 1
            if inside[0] == refused:
                raise RuntimeError("operation not permitted when stream is capturing\nmore")
        recorder.launch(lambda: total.mul_(2).add_(x.sum()))

    def ended() -> Any:
        inside[0] = 0
        return total

    step, values = Captured(work, lambda: [ended()]), [float(k) for k in range(24)]
    for at in range(0, 24, 4):
        step([[torch.full((1,), value)] for value in values[at : at + 4]], CPU)
    assert total == doubling(values)
    assert recorder.streams == [torch.cuda.current_stream()], "whatever recording had left as the current one"
    what = "one training step" if refused == 1 else "4 training steps at once"
    assert [record.getMessage() for record in caplog.records] == [
        f"CUDA does not record {what}, which is slower from now on: operation not permitted when stream is capturing"
    ]


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
