"""Epochs dealt on the device of the learner, by operations on tensors: those of `batches`, column by column.

With a thousand replicas the sorting of an epoch on the host would take longer than all steps of that epoch on a GPU.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from boundaryviz.learners.batches import Pool, widened
from boundaryviz.learners.point_draws import hashed
from boundaryviz.learners.streams import Purpose, key

_STEPS = 128  # of epochs dealt at once: so many batches, unless they come to more than so many columns
_COLUMNS = 1 << 22
_SIGN = -(1 << 63)  # turned over, the order of int64 is that of uint64
_KEY = 0x632BE59BD9B4E019  # what `key` adds to every part


@dataclass(frozen=True, eq=False)
class Dealt:
    """The batches of some epochs on end.

    first: the number of the first epoch. at: int64 (steps, R, size), positions in the data, and weight, float32.
    poison_at, poison_weight: (steps, r, P), the poison of the r replicas that see any; P is `widened`, 0 where none
    sees any in these epochs. Columns as in `batches.Epoch`, of which those of weight 0 may stand anywhere.
    """

    first: int
    at: Tensor
    weight: Tensor
    poison_at: Tensor
    poison_weight: Tensor


class TensorEpochs:
    """Deals epochs to replicas that share the clean windows and have more clean points than a batch takes.

    seeing: the replicas that see poison, from the first to the last. batches: of each epoch.
    """

    def __init__(self, pool: Pool, seeds: tuple[int, ...], size: int, seeing: slice, device: torch.device) -> None:
        self._device, self._size, self.seeing = device, size, seeing
        distinct, which = np.unique(np.asarray(seeds, dtype=np.int64), return_inverse=True)
        starts = [(key(seed, Purpose.ORDER) + _KEY) % (1 << 64) for seed in distinct.tolist()]
        self._starts = self._tensor(np.array(starts, dtype=np.uint64).view(np.int64))
        self._which = self._tensor(which.reshape(-1))
        late = pool.poison
        self._ids, self._late_ids = self._tensor(pool.ids[~late]), self._tensor(pool.ids[late])
        # a last column of weight 0 is what fills a batch up
        self._at = self._tensor(np.append(pool.at[~late], pool.at[:1]))
        self._weights = F.pad(self._tensor(pool.weights[:, ~late]), (0, 1))
        self._late_at = self._tensor(pool.at[late])
        self._late_weights = self._tensor(pool.weights[seeing][:, late])
        self.batches = -(-len(self._ids) // size)

    def _tensor(self, array: NDArray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self._device)

    def deal(self, first: int) -> Dealt:
        """The epochs from this one on, as many as are dealt at once.

        Of the poison one number is waited for, how many columns it needs; nothing is without poison.
        """
        columns = len(self._which) * self.batches * self._size
        count = max(1, min(-(-_STEPS // self.batches), _COLUMNS // columns))
        numbers = torch.arange(first, first + count, device=self._device)
        starts = hashed(self._starts, numbers[:, None])[:, :, None]  # (E, S, 1)
        keys, order = (hashed(starts, self._ids) ^ _SIGN).sort(2)
        at, weight = self._clean(order)
        poison_at, poison_weight = self._poison(starts, keys)
        total = weight.sum(2, keepdim=True, dtype=torch.float64)
        total[:, self.seeing] += poison_weight.sum(2, keepdim=True, dtype=torch.float64)
        total = torch.where(total > 0, total, 1.0)
        of_poison = (poison_weight / total[:, self.seeing]).float()
        return Dealt(first, at, (weight / total).float(), poison_at, of_poison)

    def _clean(self, order: Tensor) -> tuple[Tensor, Tensor]:
        """Positions and weights, (E batches, R, size), from an order of the clean points (E, S, C)."""
        slots = self.batches * self._size
        place = F.pad(order, (0, slots - order.shape[2]), value=len(self._ids))
        place = place.unflatten(2, (self.batches, self._size)).transpose(1, 2).flatten(0, 1)[:, self._which]
        weights = self._weights.expand(len(place), -1, -1).gather(2, place)
        return self._at[place], weights

    def _poison(self, starts: Tensor, clean_keys: Tensor) -> tuple[Tensor, Tensor]:
        """Positions and weights, (E batches, r, P): of each replica what it sees, in its order, from the first column
        on. clean_keys (E, S, C): rising."""
        count, replicas = len(starts), len(self._late_weights)
        if not self._late_weights.numel():
            shape = count * self.batches, replicas, 0
            return torch.empty(shape, dtype=torch.int64, device=self._device), torch.empty(shape, device=self._device)
        keys, order = (hashed(starts, self._late_ids) ^ _SIGN).sort(2)
        ahead = torch.searchsorted(clean_keys, keys)  # how many clean points come before each
        window = (ahead // self._size).clamp(max=self.batches - 1)
        first = torch.searchsorted(window, window)  # of the poison of the same window
        order, window, first = (one[:, self._which[self.seeing]] for one in (order, window, first))
        weight = self._late_weights.expand(count, -1, -1).gather(2, order)
        seen = weight != 0
        before = seen.cumsum(2) - seen.long()
        rank = before - before.gather(2, first)
        held = torch.zeros((count, replicas, self.batches), dtype=torch.int64, device=self._device)
        width = widened(int(held.scatter_add_(2, window, seen.long()).max()))
        columns = self.batches * width
        target = torch.where(seen, window * width + rank, columns)  # unseen, into one column that is cut off

        def placed(given: Tensor) -> Tensor:
            into = torch.zeros((count, replicas, columns + 1), dtype=given.dtype, device=self._device)
            into = into.scatter_(2, target, given)[:, :, :columns]
            return into.unflatten(2, (self.batches, width)).transpose(1, 2).flatten(0, 1)

        return placed(self._late_at[order]), placed(weight)
