"""What the sections of `benchmarks.gpu` have in common: the machine, its engines, a learner on each, and a line."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from boundaryviz.engine.choosing import WORDS
from boundaryviz.learners.base import Problem, TrainingData
from boundaryviz.learners.compiled import loading
from boundaryviz.learners.training_spec import TrainingSpec
from boundaryviz.scene.scene import Domain

DOMAIN = Domain(-3.0, 3.0, -3.0, 3.0)


@dataclass(frozen=True)
class Line:
    """One figure: what, on the GPU, by the compiled program, by torch on the processor, and a remark. holds: whether it
    is as it has to be; None where it is only told."""

    what: str
    gpu: str = ""
    compiled: str = ""
    cpu: str = ""
    remark: str = ""
    holds: bool | None = None

    @property
    def words(self) -> str:
        """The line."""
        verdict = {True: " ok", False: " WRONG", None: ""}[self.holds]
        return f"{self.what:<52} {self.gpu:>12} {self.compiled:>12} {self.cpu:>12}  {self.remark}{verdict}".rstrip()


@dataclass(frozen=True, eq=False)
class Machine:
    """gpu: whether there is one. least: do the least. program: the compiled one, None without. left: seconds."""

    gpu: bool
    least: bool
    program: Any
    left: Callable[[], float]

    @classmethod
    def here(cls, least: bool, left: Callable[[], float]) -> Machine:
        """This one. Torch has one thread on it."""
        torch.set_num_threads(1)
        gpu = torch.cuda.is_available()
        program = loading.program()
        return cls(gpu, least or not gpu, program, left)

    @property
    def words(self) -> str:
        """What it is."""
        trouble = loading.trouble()
        program = f"without the compiled program: {trouble}" if trouble else "with the compiled program"
        there = f"torch {torch.__version__}, Python {platform.python_version()}, {program}"
        if not self.gpu:
            return f"There is no CUDA device here: everything is done on the processor, in the shortest form. {there}"
        free, total = torch.cuda.mem_get_info()
        name, cuda = torch.cuda.get_device_name(), torch.version.cuda
        return f"{name}, {free / 1e9:.0f} of {total / 1e9:.0f} GB free, CUDA {cuda}, {there}"

    @property
    def columns(self) -> tuple[str, str, str, str]:
        """The heads of the columns."""
        return (self.device.upper() if self.gpu else "no GPU", "compiled", "torch, CPU", "auto picks")

    @property
    def device(self) -> str:
        """Where what is looked at trains."""
        return "cuda" if self.gpu else "cpu"

    def processor(self, spec: Any, training: TrainingSpec) -> str:
        """The engine of the processor for these settings."""
        fits = self.program is not None and not spec.uncompiled(2, 2, training.optimiser)
        return "compiled" if fits else "cpu"

    def learner(
        self, engine: str, spec: Any, training: TrainingSpec, data: TrainingData, dtype: Any = torch.float32
    ) -> Any:
        """A learner of two classes on an engine, with a seed of its own for each replica."""
        problem = Problem(2, DOMAIN, tuple(range(len(data.weights))))
        device = "cuda" if engine == "cuda" else "cpu"
        made = spec.family.load()(spec, training, problem, device, dtype)
        if engine == "compiled":
            made.step_by(self.program)
        made.set_data(data)
        return made


@dataclass(frozen=True)
class Section:
    """A part that can be asked for by its name. seconds: what it takes on a machine with a GPU, about."""

    name: str
    title: str
    seconds: float
    lines: Callable[[Machine], Iterator[Line]]


def points(n: int, replicas: int, unlabelled: bool = False, poison: int = 0) -> TrainingData:
    """n normal points, in sectors of two classes by turns, the last of them poison that every second replica sees;
    of the others four fifths without a label where some are to be."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 2))
    label = (np.floor((np.arctan2(x[:, 1], x[:, 0]) / np.pi + 1) * 2).astype(np.int64)) % 2
    planted = np.arange(n) >= n - poison
    if unlabelled:
        label = np.where((np.arange(n) % 5 > 0) & ~planted, -1, label)
    weights = np.ones((replicas, n), dtype=np.float32)
    weights[::2, planted] = 0.0
    return TrainingData(np.arange(n), x, label, planted, weights)


def beside(what: str, found: Mapping[str, str], remark: str = "") -> Line:
    """A line of what was found on each engine."""
    return Line(what, found.get("cuda", ""), found.get("compiled", ""), found.get("cpu", ""), remark)


def rate(per_second: float) -> str:
    """Steps a second in a column."""
    return f"{per_second:,.0f}/s"


def span(seconds: float) -> str:
    """A duration in a column."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1e3:.2f} ms"


def named(engine: str) -> str:
    """An engine in a column."""
    return WORDS[engine]
