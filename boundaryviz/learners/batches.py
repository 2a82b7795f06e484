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
    size = min(int(batch_size), int((~pool.poison).sum()))
    distinct, which = np.unique(np.asarray(seeds, dtype=np.int64), return_inverse=True)
    place = _dealt(pool, distinct.tolist(), number, size)[which].transpose(1, 0, 2)
    nobody, some = place < 0, np.maximum(place, 0)
    weight = pool.weights[np.arange(len(seeds))[:, None], some]
    weight[nobody] = 0.0
    some, weight = _closed_up(some, weight, size)
    return Epoch(pool.at[some], _normalised(weight), size)


def _dealt(pool: Pool, seeds: list[int], number: int, size: int) -> NDArray[np.int64]:
    """Which point of the pool lies where, (seeds, batches, width); -1 for nowhere."""
    start = np.array([key(seed, Purpose.ORDER, number) for seed in seeds], dtype=np.uint64)
    order = np.argsort(hashes(start[:, None], pool.ids), axis=1)  # no two ids share a hash
    extra = pool.poison[order]
    clean, late = (order[mask].reshape(len(seeds), -1) for mask in (~extra, extra))
    batches = -(-clean.shape[1] // size)
    ahead = np.cumsum(~extra, axis=1)[extra].reshape(late.shape)  # clean points ahead of each poison point
    window = np.minimum(ahead // size, batches - 1)
    row = np.arange(len(seeds))[:, None]
    counts = np.bincount((row * batches + window).ravel(), minlength=len(seeds) * batches).reshape(-1, batches)
    first = np.cumsum(counts, axis=1) - counts  # poison points ahead of each window
    rank = np.arange(late.shape[1]) - np.take_along_axis(first, window, axis=1)
    width = size + -(-int(counts.max()) // _CHUNK) * _CHUNK
    place = np.full((len(seeds), batches, width), -1, dtype=np.int64)
    slots = np.full((len(seeds), batches * size), -1, dtype=np.int64)
    slots[:, : clean.shape[1]] = clean
    place[:, :, :size] = slots.reshape(-1, batches, size)
    place[row, window, size + rank] = late
    return place


def _closed_up(place: NDArray[np.int64], weight: NDArray, size: int) -> tuple[NDArray[np.int64], NDArray]:
    """Poison columns without gaps: first those that a replica sees, in their order; as many as the fullest batch needs.

    So a replica's poison stands in the same columns, and hence gets the same noise, whatever other replicas see.
    """
    seen = weight[:, :, size:] != 0
    width = -(-int(seen.sum(axis=2).max(initial=0)) // _CHUNK) * _CHUNK
    order = np.argsort(~seen, axis=2, kind="stable")[:, :, :width] + size
    return tuple(  # type: ignore[return-value]
        np.concatenate([column[:, :, :size], np.take_along_axis(column, order, axis=2)], axis=2)
        for column in (place, weight)
    )


def _whole(pool: Pool, replicas: int) -> Epoch:
    order = np.concatenate([np.flatnonzero(~pool.poison), np.flatnonzero(pool.poison)])
    index = np.broadcast_to(pool.at[order], (1, replicas, len(order)))
    return Epoch(index, _normalised(pool.weights[None][:, :, order]), int((~pool.poison).sum()))


def _normalised(weight: NDArray) -> NDArray[np.float32]:
    total = weight.sum(axis=-1, keepdims=True, dtype=np.float64)
    return (weight / np.where(total > 0, total, 1.0)).astype(np.float32)
