"""From training data to the tensors of each step, on the learner's device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from boundaryviz.learners.base import TrainingData
from boundaryviz.learners.batches import Epoch, Pool, epoch

_PAD = 32  # a full batch is padded to a multiple of this, so that adding a point rarely changes a shape
_AHEAD, _FLOATS = 64, 1 << 17  # batches gathered at once: so many, or as many as fit into so many floats


@dataclass(frozen=True, eq=False)
class Batch:
    """Columns of one step: inputs x (R or 1, F, B), targets q (R or 1, K, B), weight (R, 1, B).

    at: int64 (R or 1, B), the positions of the columns in the data; a column of weight 0 may stand anywhere.
    Of poison R are the replicas that see any, see `BatchLoader.seeing`.
    """

    x: Tensor
    q: Tensor
    weight: Tensor
    at: Tensor


Step = tuple[Batch, ...]
"""The clean window and, where some replica sees poison in it, that poison: a batch of its own, so that the clean
columns are worked on in the same shapes, hence to the same bits, whether or not there is any."""


class BatchLoader:
    """Deals out points, batch by batch and epoch by epoch; see `batches` for the order.

    seeing: the replicas that see poison, from the first to the last.
    """

    def __init__(self, seeds: tuple[int, ...], device: torch.device, dtype: torch.dtype) -> None:
        self._seeds, self._device, self._dtype = seeds, device, dtype
        self._pool: Pool | None = None
        self._epoch: Epoch | None = None
        self._number, self._at = 0, 0  # of the epoch, and in it of the next batch
        self._ready: list[Step] = []  # gathered, the next one last
        self._size: int | Literal["full"] = "full"
        self._clean = 0  # points that are no poison
        self.seeing = slice(0, 0)

    def __len__(self) -> int:
        """How many points some replica sees."""
        return 0 if self._pool is None else len(self._pool)

    def set_batch_size(self, size: int | Literal["full"]) -> None:
        """Takes effect with the next batch, which opens the present epoch afresh."""
        if size != self._size:
            self._size, self._epoch, self._at, self._ready = size, None, 0, []

    def set_data(self, data: TrainingData, inputs: Tensor, targets: Tensor, eligible: NDArray[np.bool_]) -> None:
        """Deal out the eligible (N,) points from now on; inputs (F, N) and targets (K, N) are their columns.

        Where only places or classes changed, the epoch at hand goes on as it was dealt.
        """
        before = self._pool
        self._pool = Pool.of(data.ids, data.poison, data.weights, eligible)
        who = np.flatnonzero((data.weights[:, data.poison] != 0).any(axis=1))
        self.seeing = slice(int(who[0]), int(who[-1]) + 1) if len(who) else slice(0, 0)
        self._clean = int((~self._pool.poison).sum())
        self._rows = torch.cat([inputs, targets]).T.contiguous()  # (N, F + K): a batch is a gather of rows
        self._sections = [len(inputs), len(targets)]
        self._ready = []
        if before is None or not before.same_as(self._pool):
            self._epoch = None

    @property
    def place(self) -> NDArray[np.int64]:
        """How far it has dealt: the number of the epoch, and of the next batch in it."""
        return np.array([self._number, self._at])

    def go_to(self, place: NDArray[np.int64]) -> None:
        """Deal on from a `place` of a feed with the same points and size of batches. Raises ValueError for none."""
        self._number, self._at = (int(k) for k in place)
        self._epoch, self._ready = None, []

    def next(self) -> Step:
        """The columns of the next step. Raises ValueError where there is no point."""
        whole = self._size == "full" or self._size >= self._clean
        if not self._ready:
            self._ready = self._whole() if whole else self._some()[::-1]
        if whole:
            return self._ready[0]
        self._at += 1
        return self._ready.pop()

    def _dealt(self) -> Epoch:
        """The present epoch, dealt again if points came or went; past its end, the one after."""
        assert self._pool is not None
        if self._epoch is None:
            self._epoch = epoch(self._pool, self._seeds, self._number, self._size)
        if self._at >= len(self._epoch):
            self._number, self._at = self._number + 1, 0
            self._epoch = epoch(self._pool, self._seeds, self._number, self._size)
        return self._epoch

    def _some(self) -> list[Step]:
        """The next few steps of the epoch; one gather for all of them."""
        dealt = self._dealt()
        count = max(1, min(_AHEAD, _FLOATS // (dealt.index[0].size * sum(self._sections))))
        some = slice(self._at, self._at + count)
        steps: list[Step] = list(zip(*(self._gather(dealt, some, *part) for part in self._parts(dealt)), strict=True))
        seen = (dealt.weight[some, :, dealt.clean :] != 0).any(axis=(1, 2))
        return [step[: 1 + poison] for step, poison in zip(steps, seen.tolist(), strict=True)]

    def _gather(self, dealt: Epoch, some: slice, replicas: slice, columns: slice) -> list[Batch]:
        index = torch.from_numpy(dealt.index[some, replicas, columns]).to(self._device)
        rows = self._rows[index].transpose(2, 3)
        x, q = (t.contiguous() for t in rows.split(self._sections, 2))
        weight = self._tensor(dealt.weight[some, replicas, columns])[:, :, None].contiguous()
        return [Batch(*tensors) for tensors in zip(x, q, weight, index, strict=True)]

    def _whole(self) -> list[Step]:
        """All points as one step that every replica shares, padded with columns of weight 0."""
        assert self._pool is not None
        dealt = epoch(self._pool, self._seeds, 0, "full")
        step = []
        for replicas, columns in self._parts(dealt):
            index = torch.from_numpy(dealt.index[0, 0, columns].copy())
            spare = -len(index) % _PAD
            index = torch.cat([index, index[:1].expand(spare)]).to(self._device)
            x, q = self._rows[index].T.contiguous().split(self._sections)
            weight = F.pad(self._tensor(dealt.weight[0, replicas, columns]), (0, spare))
            step.append(Batch(x[None], q[None], weight[:, None], index[None]))
        return [tuple(step)]

    def _tensor(self, weight: NDArray[np.float32]) -> Tensor:
        return torch.from_numpy(weight).to(self._device, self._dtype)

    def _parts(self, dealt: Epoch) -> list[tuple[slice, slice]]:
        """Replicas and columns of the clean window, and of the poison if there is any."""
        clean, width = dealt.clean, dealt.index.shape[2]
        poison = [(self.seeing, slice(clean, width))] if clean < width else []
        return [(slice(None), slice(0, clean)), *poison]
