"""What does the steps of a network: one interface, behind which its operations are run in different ways.

A learner says what a step is in two parts. `deal` gives the tensors of the next step, random numbers among them, and
counts it; it works on the host, where some of them may lie. `work` takes a step on them, and changes nothing but
tensors of the learner. What a step depends on besides them are settings and data, which do not change from one deal to
the next: how many columns there are, and whether there are any, is told by the shapes alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Protocol

import torch
from torch import Tensor

from boundaryviz.learners.capture import Captured
from boundaryviz.learners.handing import handed

Deal = Callable[[], Sequence[Tensor]]
Work = Callable[..., None]

_CPU = torch.device("cpu")
_AHEAD = 64  # steps that are dealt before they are done, and hence at most in one graph


class Stepper(Protocol):
    """Does training steps on the tensors of a learner. Every stepper of a device comes to the same numbers."""

    def step(self, n: int) -> None:
        """Do the next n steps in one call."""


class Eager:
    """Runs the operations of each step one after the other, on any device."""

    def __init__(self, deal: Deal, work: Work, device: torch.device = _CPU) -> None:
        self._deal, self._work, self._device = deal, work, device

    def step(self, n: int) -> None:
        """See `Stepper.step`."""
        if self._device.type == "cpu":
            for _ in range(n):
                self._work(*self._deal())
        else:
            for _ in range(n):
                self._work(*(handed(t, self._device) for t in self._deal()))


class Graphed:
    """Records `work` as CUDA graphs and launches those; state and constants as for `Captured`."""

    def __init__(
        self,
        deal: Deal,
        work: Work,
        state: Callable[[], Sequence[Tensor]],
        constants: Callable[[], Hashable],
        device: torch.device = _CPU,
    ) -> None:
        self._deal, self._device = deal, device
        self._captured = Captured(work, state, constants)

    def step(self, n: int) -> None:
        """See `Stepper.step`. While the device is at some steps, the next ones are dealt."""
        while n > 0:
            some = min(n, _AHEAD)
            self._captured([self._deal() for _ in range(some)], self._device)
            n -= some


def stepper(
    device: torch.device,
    deal: Deal,
    work: Work,
    state: Callable[[], Sequence[Tensor]],
    constants: Callable[[], Hashable],
) -> Stepper:
    """What is quickest on this device."""
    if device.type == "cuda":
        return Graphed(deal, work, state, constants, device)
    return Eager(deal, work, device)
