"""Has the compiled program do the steps of a semi-supervised net, on the learner's own tensors.

Free of numba: what is handed over are addresses, as `semi_fields` says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.learners.batch_loader import Batch
from boundaryviz.learners.compiled import semi_fields as at
from boundaryviz.learners.compiled.fields import ACTIVATIONS, BLOCK, OPTIMISERS
from boundaryviz.learners.net import Layout
from boundaryviz.learners.optimisers import Optimiser

_TOGETHER, _FLOATS = 16, 1 << 17  # steps of a call, or as many as fit into so many floats


@dataclass(frozen=True, eq=False)
class Group:
    """Columns of a step: a batch, where it stands in the rows of its loader, of the replicas from `some` on; what is
    taught on them, of `semi_fields`; where that takes any, noise (rows, jitters F, B), and which of its rows each
    replica has."""

    rows: Tensor
    batch: Batch
    some: int
    taught: int
    noise: tuple[Tensor, NDArray[np.int64]] | None


@dataclass(frozen=True, eq=False)
class Dealt:
    """A step: how much the unlabelled count, how much of the net its teacher takes in, and its columns."""

    risen: float
    share: float
    groups: Sequence[Group]


class CompiledSteps:
    """Does steps in blocks. See `stepping.Stepper`.

    call: the program's function. deal: gives the next step. words, numbers: what may change between calls beside the
    optimiser's settings, by its place in `semi_fields`: whole numbers and addresses, and numbers in single precision.
    """

    def __init__(
        self,
        call: Callable[[int], object],
        params: Tensor,
        layout: Layout,
        activation: str,
        optimiser: Optimiser,
        deal: Callable[[], Dealt],
        words: Callable[[], dict[int, int]],
        numbers: Callable[[], dict[int, float]],
    ) -> None:
        self._call, self._deal, self._words, self._numbers = call, deal, words, numbers
        self._optimiser = optimiser
        self._dims = np.array(layout.dims, dtype=np.int64)
        self._weighs = layout.is_weight(params).contiguous()
        self._space = np.zeros(at.room(layout.dims, layout.size, BLOCK) + 16, dtype=np.float32)
        job = self._job = np.zeros(at.FIELDS, dtype=np.int64)
        slots = [address(slot) for slot in optimiser.slots]
        job[at.REPLICAS], job[at.LAYERS], job[at.PARAMETERS] = len(params), len(layout.dims) - 1, layout.size
        job[at.DIMS], job[at.SPACE] = self._dims.ctypes.data, -(-self._space.ctypes.data // 64) * 64
        job[at.ACTIVATION], job[at.OPTIMISER] = ACTIVATIONS[activation], OPTIMISERS[optimiser.kind]
        job[at.P], job[at.WEIGHS], job[at.POWERS] = (address(t) for t in (params, self._weighs, optimiser.beta_power))
        job[at.FIRST : at.FIRST + len(slots)] = slots

    def step(self, n: int) -> None:
        """Do the next n steps, some at a time."""
        if not n:
            return
        self._ask()
        while n:
            dealt = [self._deal()]
            columns = sum(group.batch.weight.numel() for group in dealt[0].groups)
            dealt += [self._deal() for _ in range(min(n, _TOGETHER, max(1, _FLOATS // columns)) - 1)]
            self._work(dealt)
            n -= len(dealt)

    def _ask(self) -> None:
        """Tell the program of what may have changed since the last call."""
        momentum, l1, l2 = self._optimiser.constants
        numbers = {at.RATE: float(self._optimiser.rate), at.DECAY: momentum, at.L1: l1, at.L2: l2} | self._numbers()
        for place, word in self._words().items():
            self._job[place] = word
        for place, number in numbers.items():
            self._job[place] = int(np.float32(number).view(np.int32))

    def _work(self, dealt: Sequence[Dealt]) -> None:
        job = self._job
        groups = max(len(step.groups) for step in dealt)
        table = np.zeros((len(dealt), groups, at.GROUP), dtype=np.int64)
        for k, step in enumerate(dealt):
            for g, group in enumerate(step.groups):
                table[k, g] = _told(group)
        rising = np.array([(step.risen, step.share) for step in dealt], dtype=np.float32).T.copy()
        job[at.STEPS], job[at.GROUPS], job[at.TABLE] = len(dealt), groups, table.ctypes.data
        job[at.RISEN], job[at.SHARES] = (row.ctypes.data for row in rising)
        self._call(job.ctypes.data)


def address(tensor: Tensor) -> int:
    """Of the numbers of a tensor, which lie one row after the other, as the program takes them to."""
    assert tensor.is_contiguous()
    return tensor.data_ptr()


def _told(group: Group) -> list[int]:
    """The numbers of a group, in their order."""
    batch, noise = group.batch, group.noise
    replicas, _, columns = batch.weight.shape
    return [
        columns,
        group.some,
        replicas,
        group.taught,
        *(group.rows.data_ptr(), group.rows.stride(0)),
        *_placed(batch.where),
        batch.weight.data_ptr(),
        *_placed(batch.at),
        *((0, 0, 0) if noise is None else (noise[0].data_ptr(), noise[0].stride(0), noise[1].ctypes.data)),
    ]


def _placed(rows: Tensor) -> tuple[int, int]:
    """Where they begin, and how far they lie apart: not at all where there is but one for all."""
    return rows.data_ptr(), rows.stride(0) if len(rows) > 1 else 0


def settings_of(spec: Any, jitters: int) -> dict[int, float]:
    """A method's settings by their places. What a method has not got is 0."""

    def value(name: str) -> float:
        return float(getattr(spec, name, 0.0))

    weak = value("weak_noise")
    return {
        at.LABELLED_JITTER: spec.labelled_jitter if jitters else 0.0,
        at.ASKED_JITTER: weak,
        at.TAUGHT_JITTER: value("strong_noise") if hasattr(spec, "strong_noise") else weak,
        at.THRESHOLD: value("threshold"),
        at.TEMPERATURE: value("temperature"),
        at.PROBE: value("xi"),
        at.PUSH: value("epsilon"),
        at.ENTROPY: value("entropy_weight"),
        at.KEPT: value("ensemble_decay"),
    }
