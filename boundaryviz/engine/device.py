"""Which engine does the steps of a run, where its tensors live, and the settings that make runs repeat.

An engine is a function of the settings of a learner and of what the machine has, never of how many replicas there are
or of how fast it was the last time; beside a GPU alone it is measured. Bits are equal within one engine and device.
"""

from __future__ import annotations

import ctypes
import logging
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from boundaryviz.learners.compiled import loading
from boundaryviz.learners.family import LearnerSettings
from boundaryviz.learners.training_spec import TrainingSpec
from boundaryviz.scenario.history_spec import Engine as Name
from boundaryviz.scene.scene import Scene

if TYPE_CHECKING:
    from boundaryviz.learners.compiled.program import Program

DEVICES = ("auto", "compiled", "cpu", "cuda", "mps")
NAMES: Mapping[Name, str] = {
    "compiled": "the compiled program", "cpu": "torch on the processor", "cuda": "torch with CUDA",
    "mps": "torch on the Apple GPU",
}  # fmt: skip
"""Engines as sentences have them."""
_COMPILING = "the compiled program for nets is made, which takes some seconds, once on this machine"
_log = logging.getLogger(__name__)
_log.setLevel(logging.INFO)  # that something takes a while is for whoever waits

Pick = Callable[[Sequence[Name]], tuple[Name, str]]
"""Answers one of some engines, of which the last is the processor's, and why that one, in a sentence."""


class DeviceError(ValueError):
    """An engine that is unknown, not there, or not for what is asked of it; the message says which there are."""


@dataclass(frozen=True, eq=False)
class Engine:
    """What does the steps of a run.

    device: where the tensors live. why: it was picked, in a sentence. missed: what was asked for or recorded, and why
    it is not this one; "" where it is. program: of the engine that is compiled. pending: it is the processor's for want
    of the compiled program, which is being made.
    """

    name: Name
    device: torch.device
    why: str = ""
    missed: str = ""
    program: Program | None = None
    pending: bool = False

    @property
    def words(self) -> str:
        """For the status bar and for reports."""
        return describe(self.name)


def resolve(
    name: str, uncompiled: str = "", *, wait: bool = True, strict: bool = True, pick: Pick | None = None
) -> Engine:
    """The engine called `name`, or for `auto` the one that is picked.

    uncompiled: why the compiled program is not for the settings, "" where it is. wait: until the program is made where
    that has to be done first; else `auto` goes without. strict: raise DeviceError where the engine is not there or not
    for the settings, and do not go on with another. pick: chooses between a GPU and the processor; the GPU by default.
    """
    if name not in DEVICES:
        raise DeviceError(f"unknown device {name!r}; choose one of: {', '.join(DEVICES)}")
    if name == "auto":
        return _picked(uncompiled, wait, pick)
    asked: Name = name  # type: ignore[assignment]  # one of those that are left
    if asked == "compiled" and not uncompiled:
        _program(wait=True)
    if not (why_not := absent(asked, uncompiled)):
        return _engine(asked, "It was asked for by name, or is that of the run that goes on.")
    if strict:
        raise DeviceError(_refusal(asked, uncompiled, why_not))
    found = without_program(why_not) if asked == "compiled" else _picked(uncompiled, wait, pick)
    words = f"{NAMES[asked]} cannot be used here ({why_not}); {NAMES[found.name]} does the steps instead"
    return replace(found, missed=words)


def uncompiled_on(spec: LearnerSettings, scene: Scene, training: TrainingSpec) -> str:
    """Why the compiled program is not for a learner with these settings on a scene, "" where it is."""
    return spec.uncompiled(scene.points.width, scene.classes, training.optimiser)


def absent(name: Name, uncompiled: str = "") -> str:
    """Why an engine cannot be had for such settings on this machine, "" where it can, as far as is known: nobody has
    tried to have the compiled program made before somebody has asked for it."""
    match name:
        case "compiled":
            return uncompiled or loading.trouble()
        case "cuda":
            return cuda_trouble()
        case "mps":
            return "" if torch.backends.mps.is_available() else "torch finds no Apple GPU"
        case _:
            return ""


def available() -> list[str]:
    """The engines of this machine, whatever the settings, as far as is known; torch on the processor is the last."""
    names: tuple[Name, ...] = ("cuda", "mps", "compiled", "cpu")
    return [name for name in names if not absent(name)]


def _refusal(name: Name, uncompiled: str, why_not: str) -> str:
    """What is said to somebody who asked for an engine by name."""
    there = ", ".join(one for one in available() if one != "compiled" or not uncompiled)
    if name == "compiled":
        return f"the compiled program cannot do the steps: {why_not}; there is: {there}"
    return f"this machine has no {name} device that torch can use ({why_not}); it has: {there}"


def _picked(uncompiled: str, wait: bool, pick: Pick | None) -> Engine:
    """That of the processor which is for the settings, or beside a GPU the one that is picked."""
    found = _of_processor(uncompiled, wait)
    if trouble := cuda_trouble():
        broken = bool(_cuda()[1])  # there is a GPU, of which somebody expects more
        return replace(found, why=f"{found.why} CUDA cannot be used: {trouble}.") if broken else found
    name, why = _first(("cuda", found.name)) if pick is None else pick(("cuda", found.name))
    return _engine(name, why) if name == "cuda" else replace(found, why=why)


def _first(engines: Sequence[Name]) -> tuple[Name, str]:
    """Where nothing is measured."""
    return engines[0], "There is a GPU."


def _of_processor(uncompiled: str, wait: bool) -> Engine:
    if uncompiled:
        return without_program(uncompiled)
    if (program := _program(wait)) is not None:
        why = "The compiled program does them, which is for nets like this one."
        return Engine("compiled", torch.device("cpu"), why, program=program)
    if trouble := loading.trouble():
        return without_program(trouble)
    return replace(without_program("it is being made, and the next run takes it"), pending=True)


def without_program(uncompiled: str) -> Engine:
    """Torch on the processor. uncompiled: why not the compiled program."""
    return Engine("cpu", torch.device("cpu"), f"The compiled program does not do the steps: {uncompiled}.")


def _engine(name: Name, why: str) -> Engine:
    """One that is there."""
    if name == "compiled":
        return Engine(name, torch.device("cpu"), why, program=loading.program())
    return Engine(name, torch.device(name), why)


def _program(wait: bool) -> Program | None:
    """The compiled program. wait: until it is made, and say so; else None while it is not there."""
    program = loading.program(wait=False)
    if program is None and wait and not loading.trouble():
        _log.info(_COMPILING)
        program = loading.program()
    return program


@cache
def _cuda() -> tuple[bool, str]:
    """Whether torch can use CUDA, and what it warns of, such as a driver that is too old; "" for nothing."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        there = torch.cuda.is_available()
    words = [" ".join(str(one.message).split()).partition(" (Triggered")[0].rstrip(".") for one in said]
    if words and not there:
        _log.warning("CUDA cannot be used: %s", words[0])
    return there, "".join(words[:1])


def cuda_trouble() -> str:
    """Why torch cannot use CUDA, "" where it can."""
    there, warned = _cuda()
    if there or warned:
        return "" if there else warned
    return "torch finds no CUDA device" if torch.version.cuda else "this torch is built without CUDA"


def describe(name: Name) -> str:
    """An engine of this machine in words, for the status bar and for reports."""
    if name == "cuda":
        return f"CUDA: {torch.cuda.get_device_name()}"
    if name == "mps":
        return "MPS: Apple GPU"
    return f"CPU: {processor()}" + (", compiled" if name == "compiled" else "")


def free_on_gpu() -> float:
    """Bytes that the GPU can still give, with those that torch has taken from it and does not use."""
    free, _ = torch.cuda.mem_get_info()
    return float(free + torch.cuda.memory_reserved() - torch.cuda.memory_allocated())


def gpu_trouble(error: BaseException) -> str:
    """What has happened to a GPU, in words, where an error tells of it: no memory left, or gone; else ""."""
    words = str(error)
    if isinstance(error, torch.cuda.OutOfMemoryError) or "MPS backend out of memory" in words:
        return "there is no memory left on the GPU"
    lost = getattr(torch, "AcceleratorError", ())
    signs = ("CUDA error", "CUDA driver error", "cuDNN error", "CUBLAS_STATUS", "NVML")
    if isinstance(error, lost) or (isinstance(error, RuntimeError) and any(sign in words for sign in signs)):
        first = (words.strip() or type(error).__name__).splitlines()[0].rstrip(".")
        return f"the GPU does not answer any more ({first})"
    return ""


@cache
def processor() -> str:
    """The name of the CPU."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return os.uname().machine if hasattr(os, "uname") else "unknown"


def one_thread() -> None:
    """One torch thread: OpenMP's spin barriers cost milliseconds an operation as soon as another process is busy."""
    torch.set_num_threads(1)


def keep_memory() -> None:
    """Let glibc keep what is freed: given back, every step would have to fault it in again, at twice the time."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return  # another C library, which has its own ways
    mallopt(-1, 1 << 28)  # M_TRIM_THRESHOLD: up to so many bytes stay
    mallopt(-3, 1 << 25)  # M_MMAP_THRESHOLD: below this nothing gets a mapping of its own
