"""The checkpoints of a run that one can go back to, within a budget of memory whatever the length of the run."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.messages import Checkpoint, Why

BUDGET = 256 << 20  # bytes
_BATCH = 16  # one in so many is given up at once, where many have to be
_OVERHEAD = 2000  # bytes of a checkpoint besides its arrays


class Timeline:
    """Moments in the order of their steps, dense after the beginning and after changes, sparser with the steps since.

    budget: bytes. When it is spent, the checkpoint is given up whose neighbours would be closest without it, relative
    to the steps since the last change. Moments that are something special are given up only when there is nothing else,
    and the first, the last and the lowest validation loss never.
    """

    def __init__(
        self, budget: int = BUDGET, checkpoints: Sequence[Checkpoint] = (), changes: Sequence[int] = ()
    ) -> None:
        self.budget = budget
        self.bytes = 0
        self._checkpoints: list[Checkpoint] = []
        self._steps: list[int] = []
        self._changes = list(changes)
        for checkpoint in checkpoints:
            self.add(checkpoint)

    def __len__(self) -> int:
        return len(self._checkpoints)

    def __getitem__(self, index: int) -> Checkpoint:
        return self._checkpoints[index]

    @property
    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """All of them."""
        return tuple(self._checkpoints)

    @property
    def changes(self) -> tuple[int, ...]:
        """The steps after which what is trained on changed."""
        return tuple(self._changes)

    @property
    def step(self) -> NDArray[np.int64]:
        """int64 (K,), strictly increasing"""
        return np.array(self._steps, dtype=np.int64)

    def change(self, step: int) -> None:
        """What is trained on changed after this step, which is not before the last change."""
        self._changes.append(step)

    def add(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint; of two of one step the later one counts, for both reasons. The lowest loss is one."""
        if "best" in checkpoint.why:
            self._no_longer_best()
        at = bisect_left(self._steps, checkpoint.step)
        if at < len(self) and self._steps[at] == checkpoint.step:
            checkpoint = replace(checkpoint, why=checkpoint.why | self._checkpoints[at].why)
            self._remove(at)
        self._checkpoints.insert(at, checkpoint)
        self._steps.insert(at, checkpoint.step)
        self.bytes += size(checkpoint)
        while self.bytes > self.budget and len(self) > 2:
            self._remove(int(self._least_first()[0]))

    def nearest(self, step: int) -> int | None:
        """Where the checkpoint nearest to a step stands, the earlier of two; None without any."""
        if not self._steps:
            return None
        right = min(bisect_right(self._steps, step), len(self) - 1)
        left = max(right - 1, 0)
        return left if step - self._steps[left] <= self._steps[right] - step else right

    def until(self, step: int) -> Timeline:
        """Those of the first `step` steps, the one after the last of them included."""
        count = bisect_right(self._steps, step)
        return Timeline(self.budget, self._checkpoints[:count], [c for c in self._changes if c < step])

    def within(self, budget: int) -> Timeline:
        """About as many of them as fit into so many bytes."""
        kept = Timeline(max(budget, self.bytes), self._checkpoints, self._changes)
        kept.budget = budget
        while kept.bytes > budget and len(kept) > 2:
            kept._remove_some()
        return kept

    def _remove_some(self) -> None:
        """Give up several at once, no two of them neighbours: how dear the others are has changed then."""
        gone: set[int] = set()
        for at in self._least_first().tolist():
            if len(gone) * _BATCH >= len(self) or self.bytes <= self.budget:
                break
            if not gone & {at - 1, at + 1}:
                gone.add(at)
                self.bytes -= size(self._checkpoints[at])
        kept = [k for k in range(len(self)) if k not in gone]
        self._checkpoints, self._steps = [self._checkpoints[k] for k in kept], [self._steps[k] for k in kept]

    def _remove(self, at: int) -> None:
        self.bytes -= size(self._checkpoints.pop(at))
        self._steps.pop(at)

    def _no_longer_best(self) -> None:
        for at, one in enumerate(self._checkpoints):
            if "best" in one.why:
                self._checkpoints[at] = replace(one, why=one.why - {"best"})

    def _least_first(self) -> NDArray[np.int64]:
        """The places of checkpoints but the first and the last, the one first that would be missed least."""
        step = np.array(self._steps, dtype=np.float64)
        changes = np.array([0, *self._changes], dtype=np.float64)
        inner = step[1:-1]
        since = inner - changes[np.maximum(np.searchsorted(changes, inner, side="left") - 1, 0)]
        gap = (step[2:] - step[:-2]) / (since + 1.0)
        rank = np.array([_rank(one.why) for one in self._checkpoints[1:-1]])
        return 1 + np.lexsort((gap, rank))


def _rank(why: frozenset[Why]) -> int:
    """How dear a checkpoint is, apart from its place."""
    return 2 if "best" in why else int(bool(why & {"edit", "flip"}))


def size(checkpoint: Checkpoint) -> int:
    """Bytes it takes."""
    arrays = (checkpoint.field, checkpoint.clean, *checkpoint.state.values())
    return _OVERHEAD + sum(array.nbytes for array in arrays if array is not None)
