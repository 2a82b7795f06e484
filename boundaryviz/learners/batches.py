"""Which points each replica sees at each step.

An epoch orders the points by a hash of (seed, epoch, id). A batch is a *window* of that order: `batch_size`
clean points, and whatever poison falls between them. So adding, removing or muting poison never moves a
clean point from one batch to another, and the storage order of the points does not matter at all. Points that
no replica sees are left out before anything is counted, which makes them inert to the bit; but clean points that
poison withdraws keep their places, so that a poisoned model has the batches it has beside a clean twin.

Replicas that see other clean points, as folds do, have windows of their own: each is dealt what it would be alone.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.streams import Purpose, hashes, key

CHUNK = 8  # poison columns of a batch are so many, or 4, 16, 64, ... times as many; see `widened`
PAD = 32  # a full batch is padded to a multiple of this, so that adding a point rarely changes a shape
FULL_CHUNK = 64  # the same for full batches: the poison of most scenarios is one part, for each part takes a pass
_LAST = np.iinfo(np.uint64).max

BatchSize = int | Literal["full"]


@dataclass(frozen=True, eq=False)
class Pool:
    """The points some replica sees, or would see without the poison, in id order.

    at: int64 (M,), their positions in the data. ids: int64 (M,). poison: bool (M,); all False where there
    is nothing but poison, which is then the data. weights: float32 (R, M). windows: int64 (R,), as in `TrainingData`;
    None where all replicas share the clean windows. withdrawn: bool (R, M), as in `TrainingData`; None for none.
    """

    at: NDArray[np.int64]
    ids: NDArray[np.int64]
    poison: NDArray[np.bool_]
    weights: NDArray[np.float32]
    windows: NDArray[np.int64] | None = None
    withdrawn: NDArray[np.bool_] | None = None

    @classmethod
    def of(
        cls,
        ids: NDArray[np.int64],
        poison: NDArray[np.bool_],
        weights: NDArray[np.float32],
        eligible: NDArray[np.bool_],
        windows: NDArray[np.int64] | None = None,
        withdrawn: NDArray[np.bool_] | None = None,
    ) -> Pool:
        """The eligible points with a weight in some replica, or withdrawn; arguments as in `TrainingData`."""
        at = np.flatnonzero(eligible & _dealt_to(weights, withdrawn).any(axis=0))
        at = at[np.argsort(ids[at])]
        extra = poison[at]
        if extra.all():
            extra = np.zeros_like(extra)
        return cls(at, ids[at], extra, weights[:, at], windows, None if withdrawn is None else withdrawn[:, at])

    def __len__(self) -> int:
        return len(self.at)

    @cached_property
    def teaches(self) -> bool:
        """Whether some replica sees one of them, which none does where poison withdraws them all."""
        return bool(self.weights.any())

    def same_as(self, other: Pool) -> bool:
        """Whether the same points with the same weights stand at the same positions."""
        return all(np.array_equal(getattr(self, f.name), getattr(other, f.name)) for f in fields(self))

    @cached_property
    def placed(self) -> NDArray[np.bool_]:
        """Which points have a place in a replica's batches, (R, M): those that a replica with its windows sees, or
        would see without the poison."""
        if self.windows is None:
            return np.broadcast_to(True, self.weights.shape)
        _, first, which = np.unique(np.sort(self.windows), return_index=True, return_inverse=True)
        order = np.argsort(self.windows, kind="stable")
        some = np.logical_or.reduceat(_dealt_to(self.weights, self.withdrawn)[order], first, axis=0)
        return some[which.reshape(-1)[np.argsort(order)]]

    @cached_property
    def clean(self) -> NDArray[np.bool_]:
        """Which of them count as clean, (R, M): where a replica has nothing but poison, that is its data."""
        if self.windows is None:
            return np.broadcast_to(~self.poison, self.weights.shape)
        clean = self.placed & ~self.poison
        return np.where(clean.any(axis=1, keepdims=True), clean, self.placed)

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How many clean points each replica is dealt in an epoch, (R,)."""
        return self.clean.sum(axis=1)

    def width(self, size: BatchSize) -> int:
        """Columns of the clean window: as many as a batch has, or the largest data, padded if it is all one batch."""
        most = int(self.counts.max())
        if size == "full" or (size >= most and self.windows is not None):
            return -(-most // PAD) * PAD
        return min(int(size), most)


@dataclass(frozen=True, eq=False)
class Epoch:
    """The batches of one epoch, padded to one width.

    index: int64 (batches, R, width), positions in the data; padding points at a real point.
    weight: float32 (batches, R, width), 0 for padding, scaled so that each replica's batch sums to 1
        (or to 0 where it sees none of its points).
    clean: how many leading columns are the clean window; the rest is poison.
    length: int64 (R,), how many of the batches a replica has; the rest is padding.
    """

    index: NDArray[np.int64]
    weight: NDArray[np.float32]
    clean: int
    length: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.index)

    def renewed(self, some: NDArray[np.int64], other: Epoch) -> Epoch:
        """The same with the batches of `other` for these replicas, in its order; as long and wide as both need."""
        shape = np.maximum(self.index.shape, (len(other), 0, other.index.shape[2]))
        index, weight = np.broadcast_to(self.index[:1, :, :1], shape).copy(), np.zeros(shape, dtype=np.float32)
        for mine, own, theirs in ((index, self.index, other.index), (weight, self.weight, other.weight)):
            mine[: len(own), :, : own.shape[2]] = own
            mine[:, some] = theirs[:1, :, :1] if mine is index else 0.0
            mine[: len(theirs), some, : theirs.shape[2]] = theirs
        length = self.length.copy()
        length[some] = other.length
        return Epoch(index, weight, self.clean, length)


def epoch(
    pool: Pool,
    seeds: tuple[int, ...],
    number: int | NDArray[np.int64],
    batch_size: BatchSize,
    some: NDArray[np.int64] | None = None,
) -> Epoch:
    """The batches of epoch `number`, or where replicas have windows of their own of one for each, (R,). some: of these
    replicas (r,) alone.

    A batch that holds all of a replica's clean points has them in the order of their ids, whatever the epoch. Raises
    ValueError for an empty pool.
    """
    if not len(pool):
        raise ValueError("there is no point to train on")
    if batch_size == "full" and pool.windows is None:
        return _whole(pool, len(seeds))
    size = pool.width(batch_size)
    who = np.arange(len(seeds)) if some is None else some
    deals, rows, which = _deals(pool, np.asarray(seeds, dtype=np.int64)[who], number, who)
    place, length = _dealt(pool, rows, _order(pool, deals, rows, size), size)
    place, length = place[which].transpose(1, 0, 2), length[which]
    nobody, found = place < 0, np.maximum(place, 0)
    weight = pool.weights[who[:, None], found]
    weight[nobody] = 0.0
    found, weight = closed_up(found, weight, size)
    return Epoch(pool.at[found], _normalised(weight), size, length)


def _deals(
    pool: Pool, seeds: NDArray[np.int64], number: int | NDArray[np.int64], who: NDArray[np.int64]
) -> tuple[list[tuple[int, int]], NDArray[np.int64], NDArray[np.int64]]:
    """Seeds and epochs of those whose batches differ; a replica that is dealt so; and which of them each is."""
    if pool.windows is None:
        distinct, which = np.unique(seeds, return_inverse=True)
        return [(seed, int(number)) for seed in distinct.tolist()], np.zeros(len(distinct), dtype=np.int64), which
    numbers = np.broadcast_to(number, len(pool.windows))[who]
    deals = np.stack([seeds, numbers, pool.windows[who]], axis=1)
    _, first, which = np.unique(deals, axis=0, return_index=True, return_inverse=True)
    return [(seed, at) for seed, at, _ in deals[first].tolist()], who[first], which.reshape(-1)


def _order(pool: Pool, deals: list[tuple[int, int]], rows: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """The points of the pool as they come with these seeds in these epochs, (rows, M); those without a place for the
    replica of the row come last."""
    start = np.array([key(seed, Purpose.ORDER, number) for seed, number in deals], dtype=np.uint64)
    keys = hashes(start[:, None], pool.ids)  # no two ids share a hash
    if pool.windows is not None:
        keys[pool.counts[rows] <= size] = np.arange(len(pool), dtype=np.uint64)
        keys[~pool.placed[rows]] = _LAST
    return np.argsort(keys, axis=1)


def _dealt(
    pool: Pool, rows: NDArray[np.int64], order: NDArray[np.int64], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which point of the pool lies where, (rows, batches, width), -1 for nowhere; and how many batches each has."""
    if pool.windows is None:
        late = pool.poison[order]
        clean = ~late
    else:
        clean = np.take_along_axis(pool.clean[rows], order, axis=1)
        late = np.take_along_axis(pool.placed[rows], order, axis=1) & ~clean
    dealt = pool.counts[rows]
    length = np.maximum(-(-dealt // size), 1)
    batches = int(length.max())
    slots = np.full((len(rows), batches * size), -1, dtype=np.int64)
    if pool.windows is None:  # all have as many, which is a good deal quicker
        slots[:, : dealt[0]] = order[clean].reshape(len(rows), -1)
    else:
        slots[np.arange(batches * size) < dealt[:, None]] = order[clean]
    row, at = np.nonzero(late)
    ahead = at - (np.arange(len(row)) - np.searchsorted(row, row))  # clean points ahead of each poison point
    window = row * batches + np.minimum(ahead // size, length[row] - 1)
    counts = np.bincount(window, minlength=len(rows) * batches)
    rank = np.arange(len(row)) - (np.cumsum(counts) - counts)[window]
    width = size + widened(int(counts.max()))
    place = np.full((len(rows) * batches, width), -1, dtype=np.int64)
    place[:, :size] = slots.reshape(-1, size)
    place[window, size + rank] = order[late]
    return place.reshape(len(rows), batches, width), length


def closed_up(
    place: NDArray[np.int64], weight: NDArray, size: int, chunk: int = CHUNK
) -> tuple[NDArray[np.int64], NDArray]:
    """Poison columns without gaps: first those that a replica sees, in their order; as many as the fullest batch needs.

    So a replica's poison stands in the same columns, and hence gets the same noise, whatever other replicas see.
    """
    if place.shape[2] == size:
        return place, weight
    seen = weight[:, :, size:] != 0
    width = widened(int(seen.sum(axis=2).max(initial=0)), chunk)
    order = np.argsort(~seen, axis=2, kind="stable")[:, :, :width] + size
    spare = width - order.shape[2]
    places = np.concatenate([place[:, :, :size], np.take_along_axis(place, order, axis=2)], axis=2)
    weights = np.concatenate([weight[:, :, :size], np.take_along_axis(weight, order, axis=2)], axis=2)
    if not spare:
        return places, weights
    return np.pad(places, ((0, 0), (0, 0), (0, spare)), "edge"), np.pad(weights, ((0, 0), (0, 0), (0, spare)))


def widened(count: int, chunk: int = CHUNK) -> int:
    """How many columns there are for so much poison: none, or the least of chunk, 4 chunk, 16 chunk, ..."""
    width = chunk if count else 0
    while width < count:
        width *= 4
    return width


def chunks(width: int, chunk: int = CHUNK) -> list[slice]:
    """`widened` columns in parts of fixed widths, each three times as wide as all before it together.

    Each part is worked on by itself. So what a replica's poison comes to is summed in one order, to the bit, whether
    or not others have more of it: what is added to it is 0.
    """
    ends = [0]
    while ends[-1] < width:
        ends.append(4 * ends[-1] or chunk)
    return [slice(a, b) for a, b in pairwise(ends)]


def _whole(pool: Pool, replicas: int) -> Epoch:
    order = np.concatenate([np.flatnonzero(~pool.poison), np.flatnonzero(pool.poison)])
    index = np.broadcast_to(pool.at[order], (1, replicas, len(order)))
    weight = _normalised(pool.weights[None][:, :, order])
    return Epoch(index, weight, int((~pool.poison).sum()), np.ones(replicas, dtype=np.int64))


def _dealt_to(weights: NDArray[np.float32], withdrawn: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """Which points each replica is dealt, (R, n): those it sees, and those that are withdrawn from it."""
    return weights != 0 if withdrawn is None else (weights != 0) | withdrawn


def _normalised(weight: NDArray) -> NDArray[np.float32]:
    total = weight.sum(axis=-1, keepdims=True, dtype=np.float64)
    return (weight / np.where(total > 0, total, 1.0)).astype(np.float32)
