"""From training data to the tensors of each step, on the learner's device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from boundaryviz.learners.base import TrainingData
from boundaryviz.learners.batches import Epoch, Pool, epoch

_PAD = 32  # a full batch is padded to a multiple of this, so that adding a point rarely changes a shape


@dataclass(frozen=True, eq=False)
class Batch:
    """What one step sees: inputs x (R or 1, F, B), targets q (R or 1, K, B), weight (R, B).

    clean: how many leading columns belong to the clean window; the rest is poison and padding.
    """

    x: Tensor
    q: Tensor
    weight: Tensor
    clean: int


class Feed:
    """Deals out the labelled points, batch by batch and epoch by epoch; see `batches` for the order."""

    def __init__(self, seeds: tuple[int, ...], device: torch.device, dtype: torch.dtype) -> None:
        self._seeds, self._device, self._dtype = seeds, device, dtype
        self._pool: Pool | None = None
        self._epoch: Epoch | None = None
        self._whole: Batch | None = None
        self._number, self._at = 0, 0
        self._size: int | Literal["full"] = "full"

    def __len__(self) -> int:
        """How many points some replica sees."""
        return 0 if self._pool is None else len(self._pool)

    def set_batch_size(self, size: int | Literal["full"]) -> None:
        """Takes effect with the next batch, which opens the present epoch afresh."""
        if size != self._size:
            self._size, self._epoch, self._whole, self._at = size, None, None, 0

    def set_data(self, data: TrainingData, inputs: Tensor, targets: Tensor) -> None:
        """Deal out these points from now on; inputs (F, N) and targets (K, N) are their columns.

        Where only places or classes changed, the epoch at hand goes on as it was dealt.
        """
        before = self._pool
        self._pool = Pool.of(data.ids, data.poison, data.weights, data.label >= 0)
        self._rows = torch.cat([inputs, targets]).T.contiguous()  # (N, F + K): a batch is a gather of rows
        self._sections = [len(inputs), len(targets)]
        self._whole = None
        if before is None or not before.same_as(self._pool):
            self._epoch = None

    def next(self) -> Batch:
        """The batch of the next step. Raises ValueError where there is no point."""
        if self._epoch is None:
            self._open()
        elif self._size != "full" and self._at >= len(self._epoch):
            self._number, self._at = self._number + 1, 0
            self._open()
        assert self._epoch is not None
        if self._size == "full":
            if self._whole is None:
                self._whole = self._gather_whole(self._epoch)
            return self._whole
        index, weight = self._index[self._at], self._weight[self._at]
        self._at += 1
        rows = self._rows.index_select(0, index.flatten()).view(*index.shape, -1)
        x, q = rows.transpose(1, 2).split(self._sections, 1)
        return Batch(x, q, weight, self._epoch.clean)

    def _open(self) -> None:
        """Deal the present epoch, again if points came or went; past its end, the one after."""
        assert self._pool is not None
        self._epoch = epoch(self._pool, self._seeds, self._number, self._size)
        if self._at >= len(self._epoch):
            self._number, self._at = self._number + 1, 0
            self._epoch = epoch(self._pool, self._seeds, self._number, self._size)
        if self._size != "full":
            self._index = torch.from_numpy(self._epoch.index).to(self._device)
            self._weight = torch.from_numpy(self._epoch.weight).to(self._device, self._dtype)

    def _gather_whole(self, dealt: Epoch) -> Batch:
        """All points as one batch that every replica shares, padded with columns of weight 0."""
        index = torch.from_numpy(dealt.index[0, 0].copy())
        spare = -len(index) % _PAD
        index = torch.cat([index, index[:1].expand(spare)]).to(self._device)
        weight = F.pad(torch.from_numpy(dealt.weight[0]), (0, spare)).to(self._device, self._dtype)
        x, q = self._rows[index].T.contiguous().split(self._sections)
        return Batch(x[None], q[None], weight, dealt.clean)
