"""What a proxy task is: what a self-supervised net is asked to do with points whose labels it never sees.

A task deals random numbers for the columns of a step on the host, and gives a loss of them on the device.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.learners.base import Problem, TrainingData
from boundaryviz.learners.batch_loader import Batch
from boundaryviz.learners.draws import Draws
from boundaryviz.learners.features import FeatureMap
from boundaryviz.learners.readouts import Reads


class Nets(Protocol):
    """The nets of some replicas; autograd goes through them."""

    def __call__(self, inputs: Tensor, rows: slice = slice(None), net: int = 0) -> Tensor:
        """The outputs (r, K, B) of one of the nets, of inputs (r, F, B) for `rows` of these replicas."""
        ...


Part = list[Tensor]
"""Columns of a step as `Proxy.dealt` gave them, each tensor (r, ..., B)."""


class Proxy:
    """A proxy task; the spec's settings apply live. Subclass it in a module of `proxies`.

    NAME: of the settings whose task it is. features: what the first layer is given of points.
    """

    NAME: ClassVar[str]

    def __init__(
        self, spec: Any, problem: Problem, features: FeatureMap, device: torch.device, dtype: torch.dtype
    ) -> None:
        self.spec, self.problem, self.features = spec, problem, features
        self.device, self.dtype = device, dtype

    def nets(self) -> Sequence[tuple[int, ...]]:
        """Inputs, hidden units and outputs of each of its nets; the first is the one that embeds points."""
        return [(self.features.size, *self.spec.hidden, self.spec.embedding)]

    def eligible(self, label: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of points with these labels (N,), -1 for none, it can do anything with, (N,): all of them, unless it
        says otherwise."""
        return np.ones(len(label), dtype=bool)

    def columns(self, x: Tensor) -> Tensor:
        """What is dealt of points x (r, D, B) in place of them, (r, F, B), by a task that does not move them."""
        return x

    def set_data(self, data: TrainingData) -> None:
        """Take in what the replicas see from now on, where the task looks at more than the columns of a step."""

    def dealt(self, batch: Batch, who: slice, step: int, number: int, draws: Draws) -> Part:
        """The tensors of one batch of a step, of the replicas `who`, with its random numbers; what replicas share is
        spread out over them. number: of the batch in the step, 0 of the clean one."""
        raise NotImplementedError

    def loss(self, nets: Nets, parts: Sequence[Part], rows: slice) -> Tensor:
        """The loss of each replica over its columns, (R,). The first part is clean and has all replicas, the others are
        poison and have `rows` of them, of which some may see none of it: their loss and its slopes are then those of
        the first part alone, to the bit."""
        raise NotImplementedError

    def embedded(self, nets: Nets, x: Tensor) -> Tensor:
        """Where points x (r, D, B) are put, (r, E, B)."""
        raise NotImplementedError

    def reads(self, nets: Nets, present: NDArray[np.int64]) -> Reads | None:
        """What reads classes out of the embedding by the task's own means, where the spec asks for that; None where
        labelled points are to be asked. nets: of one replica, in double precision and on the processor. present: the
        classes that have a label."""
        return None

    def shown(self, x: Tensor) -> Tensor:
        """What the first layer of the first net is given of points (r, D, B), (r, F, B)."""
        return self.features.of_tensor(x)


def spread(batch: Batch) -> tuple[Tensor, Tensor]:
    """Inputs (R, D, B) and weight (R, 1, B) of a batch; what replicas share is spread out over them."""
    return batch.x.expand(len(batch.weight), -1, -1), batch.weight
