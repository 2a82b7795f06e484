"""From training data to the tensors of each step, on the learner's device."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from boundaryviz.learners.base import TrainingData
from boundaryviz.learners.batches import FULL_CHUNK, PAD, BatchSize, Epoch, Pool, chunks, closed_up, epoch, widened
from boundaryviz.learners.handing import handed
from boundaryviz.learners.tensor_epochs import Dealt, TensorEpochs

_AHEAD, _FLOATS = 64, 1 << 17  # batches gathered at once: so many, or as many as fit into so many floats
_FLOATS_OF_A_GPU = 1 << 24


@dataclass(frozen=True, eq=False)
class Batch:
    """Columns of one step: inputs x (R or 1, F, B), targets q (R or 1, K, B), weight (R, 1, B).

    at: int64 (R or 1, B), the positions of the columns among points and slots; a column of weight 0 may stand
    anywhere. where: the same among the rows of the loader. Of poison R are the replicas that see any, see
    `BatchLoader.seeing`.
    """

    x: Tensor
    q: Tensor
    weight: Tensor
    at: Tensor
    where: Tensor

    def of(self, some: slice) -> Batch:
        """Those replicas alone."""
        x, q, at, where = (t if len(t) == 1 else t[some] for t in (self.x, self.q, self.at, self.where))
        return Batch(x, q, self.weight[some], at, where)


@dataclass(frozen=True, eq=False)
class Dealing:
    """What somebody needs to deal in the loader's stead.

    rows: inputs and targets of the points, then of the slots of each replica, (n, F + K). number, at: int64 (R,), the
    epoch and the batch in it that comes next, which are the loader's own: they are counted on in place.
    several: bool (R,), whose points are more than a batch.
    """

    pool: Pool
    rows: Tensor
    points: int
    slots: int
    size: BatchSize
    number: NDArray[np.int64]
    at: NDArray[np.int64]
    several: NDArray[np.bool_]
    idle: NDArray[np.int64]


Step = tuple[Batch, ...]
"""The clean window and, where some replica sees poison in it, that poison: in batches of its own, so that the clean
columns are worked on in the same shapes, hence to the same bits, whether or not there is any; several, see `chunks`."""


class BatchLoader:
    """Deals out points, batch by batch and epoch by epoch; see `batches` for the order.

    seeing: the replicas that see poison, from the first to the last. idle: int64, those that see no point that is dealt
    out. only_poison: whether there is nothing but poison, which is then dealt out as clean points are.

    A batch of all points is one that the replicas share, and every step has the same. Replicas with windows of their
    own have places of their own in epochs of their own; what they share is the width of a batch.

    Where the device is a GPU, epochs of the others are dealt there, see `TensorEpochs`. Steps of which more have poison
    than need be then have more columns of weight 0.
    """

    def __init__(self, seeds: tuple[int, ...], device: torch.device, dtype: torch.dtype) -> None:
        self._seeds, self._device, self._dtype = seeds, device, dtype
        self._deals_there = device.type == "cuda"
        self._there: TensorEpochs | None = None
        self._block: Dealt | None = None
        self._pool: Pool | None = None
        self._epoch: Epoch | None = None
        self._number, self._at = np.zeros((2, len(seeds)), dtype=np.int64)  # of the epoch, and in it of the next batch
        self._taken = 0  # batches since then, of whoever does not have all points in one
        self._ready: list[Step] = []  # gathered, the next one last
        # where what has been dealt and gathered goes on, while the place is another
        self._left: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None
        self._size: BatchSize = "full"
        self._gathers = True
        self._still = True  # every step has the same batch
        self._several = np.zeros(len(seeds), dtype=bool)  # whose points are more than a batch
        self.seeing = slice(0, 0)
        self.idle: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self.only_poison = False

    def __len__(self) -> int:
        """How many points have a place in its batches; see `teaches`."""
        return 0 if self._pool is None else len(self._pool)

    @property
    def teaches(self) -> bool:
        """Whether some replica sees one of them."""
        return self._pool is not None and self._pool.teaches

    def set_batch_size(self, size: BatchSize) -> None:
        """Takes effect with the next batch, which opens the present epoch afresh."""
        if size != self._size:
            self._settle()
            self._size, self._ready = size, []
            self._forget()
            self._at[:] = 0
            self._measure()

    def set_gathering(self, gathers: bool) -> None:
        """Whether the next batches come with their inputs and targets, or without, for whoever reads the `rows`."""
        if gathers != self._gathers:
            self._gathers, self._ready = gathers, []

    @property
    def rows(self) -> Tensor:
        """Inputs and targets of each point, then of the slots of each replica, (n, F + K)."""
        return self._rows

    def set_data(self, data: TrainingData, inputs: Tensor, targets: Tensor, eligible: NDArray[np.bool_]) -> None:
        """Deal out the eligible points from now on. inputs (F, n) and targets (K, n) are the columns, and eligible
        (n,) says which, of all `TrainingData.rows`.

        Where only places or classes changed, the epoch at hand goes on as it was dealt.
        """
        self._settle()
        before, n, weights, poison = self._pool, len(data.ids), data.point_weights, data.poison
        withdrawn = data.withdrawn
        self._slots = 0 if data.extra is None else len(data.extra)
        if data.extra is not None:
            poison = np.append(poison, np.ones(self._slots, dtype=bool))
        who = np.flatnonzero((weights[:, poison] != 0).any(axis=1))
        self.seeing = slice(int(who[0]), int(who[-1]) + 1) if len(who) else slice(0, 0)
        if data.extra is not None:
            weights[:, n:] *= eligible[n:].reshape(len(weights), -1)
            eligible = np.append(eligible[:n], np.ones(self._slots, dtype=bool))
            withdrawn = None if withdrawn is None else np.pad(withdrawn, ((0, 0), (0, self._slots)))
        windows = data.windows
        seen = eligible & (weights != 0)
        if seen.any() and poison[seen.any(axis=0)].all() and (withdrawn is None or not (withdrawn & eligible).any()):
            # nothing but poison is the data of whoever sees it, and what one sees is nothing to others
            windows = np.unique(seen, axis=0, return_inverse=True)[1].reshape(-1)
        self._points, self._apart = n, windows is not None
        if not self._apart:  # whoever was somewhere else goes on with the first, as a `place` has it
            self._number[:], self._at[:] = self._number[0], self._at[0]
        self._pool = Pool.of(data.point_ids, poison, weights, eligible, windows, withdrawn)
        self.only_poison = len(self) > 0 and bool(poison[self._pool.at].all())
        self._rows = torch.cat([inputs, targets]).T.contiguous()  # (n, F + K): a batch is a gather of rows
        self._sections = [len(inputs), len(targets)]
        self._ready = []
        if before is None or not before.same_as(self._pool):
            self._forget()
            self.idle = np.flatnonzero(~self._pool.weights.any(axis=1))
            self._measure()

    def _measure(self) -> None:
        """Whose points are more than a batch."""
        if self._pool is not None:
            self._several = self._pool.counts > (len(self._pool) if self._size == "full" else self._size)
            self._still = not self._several.any()

    @property
    def place(self) -> NDArray[np.int64]:
        """How far it has dealt: the number of the epoch, and of the next batch in it; of each replica, (2, R), where
        they have windows of their own, else of all, (2,)."""
        self._settle()
        place = np.array([self._number, self._at])
        return place if self._pool is not None and self._apart else place[:, 0]

    def _settle(self) -> None:
        if not self._taken:
            return
        self._at += self._taken * self._several
        self._taken = 0
        if self._there is not None:  # whose batches go on from epoch to epoch; the end of one is not the next one yet
            over = np.maximum(self._at - 1, 0) // self._there.batches
            self._number += over
            self._at -= over * self._there.batches

    def _forget(self) -> None:
        """Nothing of what was dealt holds any longer."""
        self._epoch = self._there = self._block = None

    def go_to(self, place: NDArray[np.int64]) -> None:
        """Deal on from a `place` of a loader with the same points and size of batches. Raises ValueError for none."""
        number, at = np.broadcast_to(np.asarray(place, dtype=np.int64).reshape(2, -1), (2, len(self._seeds)))
        self._settle()
        self._left = self._left or (self._number, self._at)
        self._number, self._at = number.copy(), at.copy()

    def dealing(self) -> Dealing:
        """For whoever deals from here on; it holds until data, size or place are set, or `next` is called again."""
        assert self._pool is not None
        self._settle()
        self._epoch, self._ready, self._left = None, [], None
        return Dealing(
            self._pool, self._rows, self._points, self._slots, self._size, self._number, self._at, self._several,
            self.idle,
        )  # fmt: skip

    def next(self) -> Step:
        """The columns of the next step. Raises ValueError where there is no point."""
        if self._left is not None:  # whoever only looked back and has returned goes on with what was dealt
            if not (np.array_equal(self._number, self._left[0]) and np.array_equal(self._at, self._left[1])):
                self._epoch, self._block, self._ready = None, None, []
            self._left = None
        if not self._ready:
            self._ready = self._whole() if self._still and not self._apart else self._gathered()[::-1]
        if self._still:
            return self._ready[0]
        self._taken += 1
        return self._ready.pop()

    def _dealt(self) -> Epoch:
        """The present epochs, dealt again if points came or went; for whoever is past the end the one after."""
        assert self._pool is not None
        self._settle()
        if self._epoch is None:
            self._epoch = epoch(self._pool, self._seeds, self._numbers(), self._size)
        over = self._several & (self._at >= self._epoch.length)
        if over.any():
            self._number[over] += 1
            self._at[over] = 0
            some = None if over.all() else np.flatnonzero(over)
            fresh = epoch(self._pool, self._seeds, self._numbers(), self._size, some)
            self._epoch = fresh if some is None else self._epoch.renewed(some, fresh)
        return self._epoch

    def _numbers(self) -> int | NDArray[np.int64]:
        return self._number if self._apart else int(self._number[0])

    def _gathered(self) -> list[Step]:
        return self._from_there() if self._deals_there and not self._apart else self._some()

    def _from_there(self) -> list[Step]:
        """The next few steps of epochs that are dealt on the device, all of them with as many columns."""
        assert self._pool is not None
        self._settle()
        if self._there is None or self._there.seeing != self.seeing:
            size = self._pool.width(self._size)
            self._there = TensorEpochs(self._pool, self._seeds, size, self.seeing, self._device)
            self._block = None
        block, batches = self._block, self._there.batches
        step = int(self._number[0]) * batches + int(self._at[0])
        if block is None or not 0 <= step - block.first * batches < len(block.at):
            block = self._block = self._there.deal(step // batches)
        first = step - block.first * batches
        columns = block.at[0].numel() + block.poison_at[0].numel()
        some = slice(first, first + max(1, min(_AHEAD, _FLOATS_OF_A_GPU // (columns * sum(self._sections)))))
        parts = [self._columns(block.at[some], block.weight[some], 0)]
        for part in chunks(block.poison_at.shape[2]):
            at, weight = block.poison_at[some, :, part], block.poison_weight[some, :, part]
            parts.append(self._columns(at, weight, self.seeing.start))
        return list(zip(*parts, strict=True))

    def _some(self) -> list[Step]:
        """The next few steps of the epoch; one gather for all of them."""
        dealt = self._dealt()
        count = max(1, min(_AHEAD, _FLOATS // (dealt.index[0].size * sum(self._sections))))
        if self._apart:
            left = (dealt.length - self._at)[self._several]
            count = min(count, int(left.min(initial=1 if self._still else count)))
            at = (self._at + np.arange(count)[:, None]) * self._several
            who = np.arange(len(self._seeds))
            index, weight = dealt.index[at, who], dealt.weight[at, who]
        else:
            some = slice(int(self._at[0]), int(self._at[0]) + count)
            index, weight = dealt.index[some], dealt.weight[some]
        parts = [(slice(None), slice(0, dealt.clean)), *self._poison(dealt.index.shape[2], dealt.clean)]
        steps: list[Step] = list(zip(*(self._gather(index, weight, *part) for part in parts), strict=True))
        most = (weight[:, :, dealt.clean :] != 0).sum(axis=2).max(axis=1)
        needed = [1 + len(chunks(widened(int(count)))) for count in most]
        return [step[:count] for step, count in zip(steps, needed, strict=True)]

    def _gather(
        self, index: NDArray[np.int64], weight: NDArray[np.float32], replicas: slice, columns: slice, first: int = 0
    ) -> list[Batch]:
        """The batches of some steps from positions and weights (steps, R, columns), R counted from the first."""
        at = handed(torch.from_numpy(np.ascontiguousarray(index[:, replicas, columns])), self._device)
        return self._columns(at, self._tensor(weight[:, replicas, columns]), first + (replicas.start or 0))

    def _columns(self, at: Tensor, weight: Tensor, first: int) -> list[Batch]:
        """The batches of some steps, of positions and weights (steps, R, columns) of the replicas from the first on."""
        where = self._own(at, first)
        nothing = len(at), 1, sum(self._sections), 0
        rows = self._rows[where].transpose(2, 3) if self._gathers else self._rows.new_empty(nothing)
        x, q = (t.contiguous() for t in rows.split(self._sections, 2))
        weights = weight.to(self._dtype)[:, :, None].contiguous()
        return [Batch(*tensors) for tensors in zip(x, q, weights, at, where, strict=True)]

    def _own(self, at: Tensor, first: int) -> Tensor:
        """In which row the columns (..., R, B) of the replicas from the first on stand: of slots each has its own."""
        if not self._slots:
            return at
        before = torch.arange(first, first + at.shape[-2], device=at.device)[:, None] * self._slots
        return torch.where(at >= self._points, at + before, at)

    def _whole(self) -> list[Step]:
        """All points as one step, padded with columns of weight 0. Every replica shares the clean ones, and poison
        where all who see any see the same."""
        assert self._pool is not None
        dealt = epoch(self._pool, self._seeds, 0, "full")
        clean, seeing = dealt.clean, self.seeing
        index, weight = dealt.index[:, :, :clean], dealt.weight[:, :, :clean]
        if (index[0, 0] >= self._points).any():  # slots, where there is nothing but poison
            spare = ((0, 0), (0, 0), (0, -clean % PAD))
            index, weight = np.pad(index, spare, "edge"), np.pad(weight, spare)
            shared = self._gather(index, weight, slice(None), slice(None))[0]
        else:
            shared = self._shared(index[0, 0], weight[0], -clean % PAD)
        index, weight = closed_up(dealt.index[:, seeing, clean:], dealt.weight[:, seeing, clean:], 0, FULL_CHUNK)
        seen = weight != 0
        alike = bool((seen == seen[:, :1]).all() and ((index == index[:, :1]) | ~seen).all()) and not self._slots
        parts = chunks(index.shape[2], FULL_CHUNK)
        if alike and parts:
            return [(shared, *(self._shared(index[0, 0, part], weight[0, :, part]) for part in parts))]
        return [(shared, *(self._gather(index, weight, slice(None), part, seeing.start)[0] for part in parts))]

    def _shared(self, index: NDArray[np.int64], weight: NDArray[np.float32], spare: int = 0) -> Batch:
        """Columns (B,) that replicas share with weights (R, B), and some more of weight 0."""
        at = torch.from_numpy(np.append(index, np.repeat(index[:1], spare))).to(self._device)
        x, q = self._rows[at].T.contiguous().split(self._sections)
        return Batch(x[None], q[None], F.pad(self._tensor(weight.copy()), (0, spare))[:, None], at[None], at[None])

    def _tensor(self, weight: NDArray[np.float32]) -> Tensor:
        return handed(torch.from_numpy(weight), self._device).to(self._dtype)

    def _poison(self, width: int, clean: int) -> list[tuple[slice, slice]]:
        """Replicas and columns of the parts of the poison, which comes after the clean columns."""
        return [(self.seeing, slice(clean + part.start, clean + part.stop)) for part in chunks(width - clean)]
