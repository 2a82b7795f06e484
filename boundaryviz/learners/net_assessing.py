"""What nets on the processor make of labelled points that they are asked about again and again; see `assessing`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.learners import losses
from boundaryviz.learners.base import Answers
from boundaryviz.learners.measures import log_losses

Activate = Callable[[NDArray[np.float32]], object]


def _by_torch(activate: Callable[[Tensor], Tensor]) -> Activate:
    def within(h: NDArray[np.float32]) -> None:
        h[...] = activate(torch.from_numpy(h)).numpy()

    return within


def _nothing(h: NDArray[np.float32]) -> None:
    pass


def in_place(name: str, activate: Callable[[Tensor], Tensor]) -> Activate:
    """An activation that overwrites what it is given, in numpy where that is quicker: of some hundred points a call
    takes less, and its tanh is a vector function."""
    known: dict[str, Activate] = {
        "relu": lambda h: np.maximum(h, 0, out=h),
        "tanh": lambda h: np.tanh(h, out=h),
        "sine": lambda h: np.sin(h, out=h),
        "linear": _nothing,
    }
    return known.get(name, _by_torch(activate))


def outputs(params: Sequence[NDArray], x: NDArray, activate: Activate) -> NDArray:
    """As `net.forward` without masks, in numpy: the outputs (R, K, B) at inputs x (1, F, B)."""
    last = len(params) - 2
    for at in range(0, len(params), 2):
        x = np.matmul(params[at], x)
        x += params[at + 1]
        if at < last:
            activate(x)
    return x


class NetAssessing:
    """Of R nets on the processor. blocks: parts of the points, with inputs (1, F, B) of each.

    told: what is done to outputs before they are told; None for nothing.
    """

    def __init__(
        self,
        params: Callable[[], Sequence[Tensor]],
        blocks: Callable[[], Iterable[tuple[slice, NDArray]]],
        activate: Activate,
        told: Callable[[Tensor], Tensor] | None,
        loss: Callable[[Tensor, slice], Tensor] | None,
        label: NDArray[np.int64],
    ) -> None:
        """loss: of each point (R, B) by outputs (R, K, B) in double precision of a part; None for cross-entropy."""
        self._params, self._blocks, self._activate, self._told = params, blocks, activate, told
        self._loss, self._label = loss, label
        self._seen: tuple[Sequence[Tensor], list[NDArray]] = [], []  # the parameters, and arrays of the same memory

    def __call__(self) -> Iterator[tuple[slice, Answers]]:
        """See `Assess`."""
        if (params := self._params()) is not self._seen[0]:
            self._seen = params, [p.detach().numpy() for p in params]
        return ((part, self._answers(self._seen[1], x, part)) for part, x in self._blocks())

    @np.errstate(over="ignore", invalid="ignore")  # of a net that is about to diverge
    def _answers(self, params: Sequence[NDArray], x: NDArray, part: slice) -> Answers:
        z = outputs(params, x, self._activate)
        if self._told is not None:
            z = self._told(torch.from_numpy(z)).numpy()
        two = z.shape[1] == 2
        scores = np.subtract(z[:, 1:], z[:, :1], dtype=np.float64) if two else z.astype(np.float64)
        if self._loss is None:
            loss = log_losses(scores, self._label[part])
        else:
            loss = self._loss(torch.from_numpy(z).double(), part).numpy()
        sure = two and np.isfinite(np.add.reduce(scores, axis=None))  # every lead is a number
        predicted = (scores[:, 0] > 0).astype(np.int64) if sure else losses.leading(torch.from_numpy(z)).numpy()
        return Answers(loss, predicted, scores)
