"""Which points each replica sees at each step.

An epoch orders the points by a hash of (seed, epoch, id). A batch is a *window* of that order: `batch_size`
clean points, and whatever poison falls between them. So adding, removing or muting poison never moves a
clean point from one batch to another, and the storage order of the points does not matter at all. Points that
no replica sees are left out before anything is counted, which makes them inert to the bit.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.streams import Purpose, hashes, key

_CHUNK = 8  # poison columns come in steps of this many, so that shapes rarely change


@dataclass(frozen=True, eq=False)
class Pool:
    """The points some replica sees, in id order.

    at: int64 (M,), their positions in the data. ids: int64 (M,). poison: bool (M,); all False where there
    is nothing but poison, which is then the data. weights: float32 (R, M).
    """

    at: NDArray[np.int64]
    ids: NDArray[np.int64]
    poison: NDArray[np.bool_]
    weights: NDArray[np.float32]

    @classmethod
    def of(
        cls,
        ids: NDArray[np.int64],
        poison: NDArray[np.bool_],
        weights: NDArray[np.float32],
        eligible: NDArray[np.bool_],
    ) -> Pool:
        """The eligible points with a weight in some replica; arguments as in `TrainingData`."""
        at = np.flatnonzero(eligible & (weights != 0).any(axis=0))
        at = at[np.argsort(ids[at])]
        extra = poison[at]
        if extra.all():
            extra = np.zeros_like(extra)
        return cls(at, ids[at], extra, weights[:, at])

    def __len__(self) -> int:
        return len(self.at)

    def same_as(self, other: Pool) -> bool:
        """Whether the same points with the same weights stand at the same positions."""
        return all(np.array_equal(getattr(self, f.name), getattr(other, f.name)) for f in fields(self))


@dataclass(frozen=True, eq=False)
class Epoch:
    """The batches of one epoch, padded to one width.

    index: int64 (batches, R, width), positions in the data; padding points at a real point.
    weight: float32 (batches, R, width), 0 for padding, scaled so that each replica's batch sums to 1
        (or to 0 where it sees none of its points).
    clean: how many leading columns are the clean window; the rest is poison.
    """

    index: NDArray[np.int64]
    weight: NDArray[np.float32]
    clean: int

    def __len__(self) -> int:
        return len(self.index)


def epoch(pool: Pool, seeds: tuple[int, ...], number: int, batch_size: int | Literal["full"]) -> Epoch:
    """The batches of epoch `number`. Raises ValueError for an empty pool."""
    if not len(pool):
        raise ValueError("there is no point to train on")
    if batch_size == "full":
        return _whole(pool, len(seeds))
    distinct, which = np.unique(np.asarray(seeds, dtype=np.int64), return_inverse=True)
    clean, extra = np.flatnonzero(~pool.poison), np.flatnonzero(pool.poison)
    size = min(int(batch_size), len(clean))
    batches = -(-len(clean) // size)
    tables, counts = [], []
    for seed in distinct.tolist():
        keys = hashes(key(seed, Purpose.ORDER, number), pool.ids)
        order = clean[np.argsort(keys[clean], kind="stable")]
        window = np.minimum(np.searchsorted(keys[order], keys[extra]) // size, batches - 1)
        late = extra[np.lexsort((keys[extra], window))]
        tables.append((order, late, np.sort(window)))
        counts.append(int(np.bincount(window, minlength=batches).max()) if len(extra) else 0)
    width = size + -(-max(counts) // _CHUNK) * _CHUNK
    place = np.full((len(distinct), batches, width), -1, dtype=np.int64)
    for table, (order, late, window) in zip(place, tables, strict=True):
        slots = np.arange(len(order))
        table[slots // size, slots % size] = order
        if len(late):
            rank = np.arange(len(late)) - np.searchsorted(window, window)
            table[window, size + rank] = late
    place = place[which].transpose(1, 0, 2)
    weight = np.where(place >= 0, pool.weights[np.arange(len(seeds))[None, :, None], np.maximum(place, 0)], 0.0)
    return Epoch(pool.at[np.maximum(place, 0)], _normalised(weight), size)


def _whole(pool: Pool, replicas: int) -> Epoch:
    order = np.concatenate([np.flatnonzero(~pool.poison), np.flatnonzero(pool.poison)])
    index = np.broadcast_to(pool.at[order], (1, replicas, len(order)))
    return Epoch(index, _normalised(pool.weights[None][:, :, order]), int((~pool.poison).sum()))


def _normalised(weight: NDArray) -> NDArray[np.float32]:
    total = weight.sum(axis=-1, keepdims=True, dtype=np.float64)
    return (weight / np.where(total > 0, total, 1.0)).astype(np.float32)
