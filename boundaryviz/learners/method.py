"""What a semi-supervised method is given of a step, and what every method is.

Labelled points are jittered like the points the net is asked about; they do not join the unlabelled ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.learners import objectives
from boundaryviz.learners.objectives import Ask


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns of a step, all labelled or all unlabelled, all clean or all poison.

    x (R, D, B) inputs, from the centre (`FeatureMap.centred`). q (R, C, B) one-hot labels, (R, 0, B) where unlabelled.
    weight (R, 1, B), 0 for a column that a replica must not see. slot: int64 (R, B), the place of a point in what is
    remembered of points; columns of weight 0 share the last one. noise (R, D jitters, B) standard normal. share,
    partner, chance (R, mixtures, B): how much of a mixture is the column itself, which of the clean columns is the
    rest, and by what chance, in [0, 1), it is poison instead; see `mixing`.
    """

    x: Tensor
    q: Tensor
    weight: Tensor
    slot: Tensor
    noise: Tensor
    share: Tensor
    partner: Tensor
    chance: Tensor

    @property
    def tensors(self) -> list[Tensor]:
        """All of them, in the order of the fields."""
        return [getattr(self, f.name) for f in fields(self)]

    def of(self, some: slice) -> Columns:
        """Those replicas alone."""
        return Columns(*(tensor[some] for tensor in self.tensors))

    def jittered(self, size: float, number: int = 0) -> Tensor:
        """The places after jitter `number`, of standard deviation `size`."""
        width = self.x.shape[1]
        return self.x + size * self.noise[:, width * number : width * (number + 1)]


@dataclass(frozen=True, eq=False)
class StepBatch:
    """The clean columns of a step, or its poison; whatever there is of them."""

    labelled: Columns | None
    unlabelled: Columns | None

    def of(self, some: slice) -> StepBatch:
        """Those replicas alone."""
        return StepBatch(*(columns and columns.of(some) for columns in (self.labelled, self.unlabelled)))


@dataclass(frozen=True, eq=False)
class StepContext:
    """What a method is given of one batch of a step, for some of the replicas.

    some: which replicas. student: the net in training. teacher: its average, where the method keeps one. ramp (): how
    far the weight has risen.
    """

    some: slice
    student: Ask
    teacher: Ask
    batch: StepBatch
    ramp: Tensor


class Method:
    """How unlabelled points are used; the spec's settings apply live.

    jitters, mixtures: how many of each an unlabelled point needs. mixes_labels: whether labelled points are mixed.
    teaches: whether an average of the net is kept.
    """

    jitters = 0
    mixtures = 0
    mixes_labels = False
    teaches = False

    def __init__(self, spec: Any, replicas: int, classes: int, device: torch.device, dtype: torch.dtype) -> None:
        self.spec = spec
        self.classes = classes
        self._ids: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self.memory = self.remembers(replicas, device, dtype)

    def remembers(self, replicas: int, device: torch.device, dtype: torch.dtype) -> list[Tensor]:
        """What is kept of each point, (R, ..., points + 1) and as of yet of no point; the last column is nobody's."""
        return []

    def set_points(self, ids: NDArray[np.int64], seen: Tensor) -> None:
        """From now on point `ids[i]` has slot i, and what is remembered of it. seen: bool (R, N), unlabelled ones."""
        at = {int(one): slot for slot, one in enumerate(self._ids)}
        source = [at.get(int(one), -1) for one in ids] if self.memory else []
        blank = len(self._ids)
        for i, old in enumerate(self.memory):
            index = torch.tensor([blank if s < 0 else s for s in source] + [blank], device=old.device)
            self.memory[i] = old.index_select(-1, index)
        self._ids, self.seen = ids.copy(), seen

    @property
    def mixing(self) -> float:
        """Both parameters of the Beta distribution that the shares of mixtures are drawn from, where any are."""
        return 1.0

    @property
    def risen_at(self) -> int:
        """The step at which the unlabelled weight has its full size."""
        return self.spec.ramp_up

    def losses(self, contexts: Sequence[StepContext]) -> list[Tensor]:
        """The losses (R,) over the batches of a step: the clean one, then the poison if some of its replicas see any.

        What is remembered takes in what the batches show.
        """
        return [self.loss(context) for context in contexts]

    def loss(self, context: StepContext) -> Tensor:
        """The loss of each replica over one batch, (R,)."""
        terms = self.supervised(context)
        if (columns := context.batch.unlabelled) is not None:
            terms.append(context.ramp * self.spec.weight * self.unlabelled(context, columns))
        return sum(terms[1:], terms[0])

    def supervised(self, context: StepContext) -> list[Tensor]:
        """The loss of the labelled columns, (R,), if there are any."""
        if (columns := context.batch.labelled) is None:
            return []
        x = columns.jittered(self.spec.labelled_jitter) if self.jitters else columns.x
        return [objectives.cross_entropy(context.student(x), columns.q, columns.weight)]

    def unlabelled(self, context: StepContext, columns: Columns) -> Tensor:
        """The loss of the unlabelled columns, (R,)."""
        raise NotImplementedError
