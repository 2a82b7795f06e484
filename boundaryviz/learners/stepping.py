"""What does the steps of a network: one interface, behind which its operations are run in different ways.

A learner says what a step is in two parts. `deal` gives the tensors of the next step, random numbers among them, and
counts it; it works on the host. `work` takes a step on them, and changes nothing but tensors of the learner.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Protocol

import torch
from torch import Tensor

from boundaryviz.learners.capture import Captured

Deal = Callable[[], Sequence[Tensor]]
Work = Callable[..., None]


class Stepper(Protocol):
    """Does training steps on the tensors of a learner. Every stepper of a device comes to the same numbers."""

    def step(self, n: int) -> None:
        """Do the next n steps in one call."""


class Eager:
    """Runs the operations of each step one after the other, on any device."""

    def __init__(self, deal: Deal, work: Work) -> None:
        self._deal, self._work = deal, work

    def step(self, n: int) -> None:
        """See `Stepper.step`."""
        for _ in range(n):
            self._work(*self._deal())


class Graphed(Eager):
    """Records `work` as a CUDA graph and launches that; state and constants as for `Captured`."""

    def __init__(
        self, deal: Deal, work: Work, state: Callable[[], Sequence[Tensor]], constants: Callable[[], Hashable]
    ) -> None:
        super().__init__(deal, Captured(work, state, constants))


def stepper(
    device: torch.device,
    deal: Deal,
    work: Work,
    state: Callable[[], Sequence[Tensor]],
    constants: Callable[[], Hashable],
) -> Stepper:
    """What is quickest on this device."""
    return Graphed(deal, work, state, constants) if device.type == "cuda" else Eager(deal, work)
