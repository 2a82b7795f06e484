"""Which engine does the steps: by settings, kept for the run, and another with a word where it cannot be had."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from boundaryviz.engine import device as devices
from boundaryviz.engine import messages as m
from boundaryviz.engine.device import DeviceError, gpu_trouble, resolve
from boundaryviz.engine.session import Session
from boundaryviz.learners.mlp import MLP
from boundaryviz.learners.specs import MLPSpec
from boundaryviz.runs.run import start
from boundaryviz.scenario.history import RunHistory
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Recolumn, apply
from helpers.talks import Conversation

SMALL = Scenario().with_values({"data.n": 30, "learner.hidden": [3], "poison.count": 0})
SCENE = SMALL.scene()
FOREST = SMALL.with_values({"learner.name": "RandomForestClassifier"})
PROGRAM: Any = object()


class Loading:
    """What there is of the compiled program, as a test has it. waits: how often somebody has waited for it."""

    def __init__(self) -> None:
        self.there, self.why, self.waits, self.taken = True, "", 0, list[Any]()

    def program(self, wait: bool = True) -> Any:
        if self.why:
            return None
        if wait and not self.there:
            self.there, self.waits = True, self.waits + 1
        return PROGRAM if self.there else None

    def trouble(self) -> str:
        return self.why


@pytest.fixture
def loading(monkeypatch: pytest.MonkeyPatch) -> Loading:
    """A machine without a GPU whose compiled program is for nets with at most three classes."""
    found = Loading()
    monkeypatch.setattr(devices, "loading", SimpleNamespace(program=found.program, trouble=found.trouble))
    monkeypatch.setattr(devices, "cuda_trouble", lambda: "torch finds no CUDA device")
    monkeypatch.setattr(MLP, "step_by", lambda _net, program: found.taken.append(program))

    def uncompiled(_spec: MLPSpec, _width: int, classes: int, _optimiser: str) -> str:
        return "" if classes <= 3 else "nets of many classes are not compiled"

    monkeypatch.setattr(MLPSpec, "uncompiled", uncompiled)
    return found


# ---- by name and by itself ------------------------------------------------------------------------------


def test_by_itself_it_is_the_compiled_program_where_the_settings_allow_it(loading: Loading) -> None:
    net, forest = Session(SMALL), Session(FOREST)
    assert (net.engine.name, net.engine.program, net.device.type) == ("compiled", PROGRAM, "cpu")
    assert net.engine.words == f"CPU: {devices.processor()}, compiled"
    assert loading.taken == [PROGRAM]
    assert (forest.engine.name, forest.engine.program) == ("cpu", None)
    assert forest.engine.why == f"The compiled program does not do the steps: {forest.uncompiled}."
    assert forest.engine.words == f"CPU: {devices.processor()}"


@pytest.mark.parametrize("runs", [1, 7])
@pytest.mark.parametrize("twin", [False, True])
def test_it_does_not_depend_on_how_many_replicas_there_are(loading: Loading, runs: int, twin: bool) -> None:
    assert Session(SMALL, seeds=range(runs), twin=twin).engine.name == "compiled"


def test_what_is_asked_for_by_name_and_not_there_is_refused_with_what_there_is(loading: Loading) -> None:
    with pytest.raises(DeviceError, match=r"choose one of: auto, compiled, cpu"):
        resolve("abacus")
    with pytest.raises(DeviceError, match=r"no cuda device .*no CUDA device.*it has: compiled, cpu$"):
        Session(SMALL, device="cuda")
    with pytest.raises(DeviceError, match=r"cannot do the steps: .*nets.*; there is: cpu$"):
        Session(FOREST, device="compiled")
    assert Session(SMALL, device="cpu").engine.program is None
    assert loading.taken == []
    loading.why = "numba is not installed"
    with pytest.raises(DeviceError, match=r"numba is not installed; there is: cpu$"):
        Session(SMALL, device="compiled")
    assert Session(SMALL).engine.why == "The compiled program does not do the steps: numba is not installed."


def test_beside_a_gpu_one_is_picked_and_says_why(loading: Loading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "cuda_trouble", lambda: "")
    asked: list[Sequence[str]] = []

    def pick(engines: Sequence[Any]) -> tuple[Any, str]:
        asked.append(engines)
        return engines[-1], "it was measured"

    found = resolve("auto", pick=pick)
    assert (found.name, found.program, found.why) == ("compiled", PROGRAM, "it was measured")
    assert resolve("auto", "too wide", pick=pick).name == "cpu"
    assert asked == [("cuda", "compiled"), ("cuda", "cpu")]
    assert resolve("auto", pick=lambda engines: (engines[0], "it was measured")).device.type == "cuda"
    assert resolve("cpu", pick=pick).name == "cpu"
    assert len(asked) == 2, "what is named is not measured"


@pytest.mark.parametrize(
    ("asked", "uncompiled", "found"),
    [("cuda", "", "compiled"), ("mps", "too wide", "cpu"), ("compiled", "too wide", "cpu")],
)
def test_another_goes_on_with_a_word_where_that_is_allowed(
    loading: Loading, asked: str, uncompiled: str, found: str
) -> None:
    engine = resolve(asked, uncompiled, strict=False)
    assert engine.name == found
    assert engine.missed.startswith(f"{devices.NAMES[asked]} cannot be used here (")  # type: ignore[index]
    assert engine.missed.endswith(f"{devices.NAMES[engine.name]} does the steps instead")
    assert resolve("cpu", strict=False).missed == ""


# ---- the program that has yet to be made ----------------------------------------------------------------


def test_who_has_no_window_waits_for_the_program_and_says_so(
    loading: Loading, caplog: pytest.LogCaptureFixture
) -> None:
    loading.there = False
    with caplog.at_level(logging.INFO):
        assert Session(SMALL).engine.name == "compiled"
    assert loading.waits == 1
    assert "takes some seconds, once" in caplog.text
    caplog.clear()
    assert Session(SMALL).engine.name == "compiled"
    assert caplog.text == ""


def test_what_the_program_is_not_for_waits_for_none(loading: Loading) -> None:
    loading.there = False
    assert Session(FOREST).engine.name == "cpu"
    assert Session(SMALL, device="cpu").engine.name == "cpu"
    assert loading.waits == 0


def test_a_live_run_begins_without_it_and_the_next_one_takes_it(loading: Loading) -> None:
    loading.there = False
    run, named = Session(SMALL, live=True), Session(SMALL, live=True, device="cpu")
    assert (run.engine.name, run.engine.pending) == ("cpu", True)
    loading.there = True
    run.step(3)
    run.set_scene(SCENE)
    assert run.engine.name == "cpu", "a live run never changes engine"
    run.reset()
    named.reset()
    assert (run.engine.name, named.engine.name) == ("compiled", "cpu")
    assert loading.waits == 0


def test_who_asks_for_it_by_name_waits_even_where_somebody_looks_on(loading: Loading) -> None:
    loading.there = False
    assert Session(SMALL, live=True, device="compiled").engine.name == "compiled"
    assert loading.waits == 1


def test_a_change_that_begins_the_run_anew_keeps_the_engine_unless_it_is_not_for_it(loading: Loading) -> None:
    run, ids = Session(SMALL), SCENE.points.ids[:1]
    run.set_scene(three := apply(Recolumn(ids, {"label": np.array([2])}), SCENE)[0])
    assert (run.learner.problem.classes, run.engine.name) == (3, "compiled")
    run.set_scene(apply(Recolumn(ids, {"label": np.array([3])}), SCENE)[0])
    assert (run.engine.name, run.engine.program) == ("cpu", None)
    assert "many classes" in run.engine.why
    run.set_scene(three)
    assert run.engine.name == "cpu"


# ---- recorded with the run ------------------------------------------------------------------------------


def test_a_run_is_done_again_by_what_did_it_unless_another_is_named(loading: Loading) -> None:
    run = start(SMALL)
    run.advance(2)
    assert run.report()["engine"] == "compiled"
    saved = run.saved()
    assert (saved.written()["version"], saved.course and saved.course.engine) == (8, "compiled")
    assert start(saved, device="cpu").session.engine.name == "cpu"
    by_torch = start(SMALL, device="cpu")
    by_torch.advance(2)
    old = by_torch.saved()
    assert old.written()["version"] < 8
    assert "engine" not in old.written()["course"]
    again = start(old)
    assert (again.session.engine.name, again.history and again.history.engine) == ("cpu", "cpu")


def test_where_what_did_it_is_not_there_another_goes_on_with_a_word(loading: Loading) -> None:
    by_gpu = RunHistory.of(SMALL, SCENE, engine="cuda").come_to(3).written(SMALL, SCENE)
    run = start(by_gpu)
    assert run.session.engine.name == "compiled"
    assert "torch with CUDA cannot be used here" in run.session.engine.missed
    run.advance(3)
    assert run.history is not None
    assert run.history.engine == "compiled"
    with pytest.raises(DeviceError):
        start(by_gpu, device="cuda")


def test_a_trainer_says_what_does_the_steps_of_each_run_and_why_others_cannot(loading: Loading) -> None:
    talk = Conversation(m.Load(SMALL, SCENE, 1))
    first = talk.heard(m.Engine)[-1]
    assert (first.name, first.missed, set(first.absent)) == ("compiled", "", {"cuda", "mps"})
    talk.tell(m.StepN(2), m.Reset(1))
    state = talk.trainer._session.state()  # type: ignore[union-attr]
    talk.tell(m.Resume(SMALL, SCENE, 2, state, "cpu"), m.Load(FOREST, SCENE, 3, "compiled"))
    said = talk.heard(m.Engine)
    assert [one.name for one in said] == ["compiled", "compiled", "cpu", "cpu"]
    assert said[-1].missed
    assert "nets" in said[-1].absent["compiled"]


# ---- what becomes of a GPU ------------------------------------------------------------------------------


@pytest.fixture
def fresh_cuda() -> Iterator[None]:
    devices._cuda.cache_clear()
    yield
    devices._cuda.cache_clear()


def test_a_driver_that_is_too_old_is_a_word_and_no_failure(
    fresh_cuda: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def is_available() -> bool:
        words = "CUDA initialization: The NVIDIA driver on your system is too old (found version 11040)."
        warnings.warn(f"{words} (Triggered internally at CUDAFunctions.cpp:109.)", stacklevel=2)
        return False

    monkeypatch.setattr(torch.cuda, "is_available", is_available)
    found = Session(FOREST)
    assert found.engine.name == "cpu"
    assert "driver on your system is too old" in caplog.text
    assert found.engine.why.endswith("driver on your system is too old (found version 11040).")
    with pytest.raises(DeviceError, match=r"driver on your system is too old \(found version 11040\)\)"):
        resolve("cuda")


OUT_OF_MEMORY = torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
GONE = RuntimeError("CUDA error: unspecified launch failure\nCUDA kernel errors might be ...")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OUT_OF_MEMORY, "there is no memory left on the GPU"),
        (GONE, "the GPU does not answer any more (CUDA error: unspecified launch failure)"),
        (RuntimeError("shapes do not fit"), ""),
        (ValueError("CUDA error"), ""),
    ],
    ids=["no memory", "gone", "another", "of another kind"],
)
def test_what_has_become_of_a_gpu_is_told_from_other_errors(error: Exception, words: str) -> None:
    assert gpu_trouble(error) == words


@pytest.mark.parametrize("error", [OUT_OF_MEMORY, GONE], ids=["no memory", "gone"])
@pytest.mark.parametrize("when", ["training", "loading"])
def test_a_trainer_whose_gpu_fails_says_so_and_stops(
    loading: Loading, monkeypatch: pytest.MonkeyPatch, error: Exception, when: str
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise error

    talk = Conversation(m.Load(SMALL, SCENE, 1), m.Play())
    monkeypatch.setattr(Session, "step" if when == "training" else "reset", fails)
    talk.tell(*[] if when == "training" else [m.Load(SMALL, SCENE, 2)])
    talk.listen(0.1)
    (lost,) = talk.heard(m.GpuLost)
    assert lost.why == gpu_trouble(error)
    assert "Error" in lost.details
    assert not talk.trainer.playing
    assert talk.heard(m.Failed) == []
