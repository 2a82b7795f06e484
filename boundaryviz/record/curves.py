"""Curves of training, within a budget of memory, growing without copying at every chunk."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.messages import CURVES, Curves

BUDGET = 256 << 20
"""Bytes of the curves of a run that is watched, which may go on for ever."""
MOST = 1 << 16
"""Evaluations of such a run: several for each pixel of any screen, and to look at all of them takes milliseconds."""
FIRST = 256
"""Evaluations for which there is room from the beginning, and that are never given up."""
_OCTAVES = 64  # that steps can span


class CurveStore:
    """Evaluations of R replicas in the order they came; `step` strictly increases.

    budget: bytes; by default all is kept. When it is spent, or there are `MOST`, so many are given up that the others
    lie evenly along the steps, and along their logarithm: on both axes curves look the same however long a run is. The
    first ones stay, the last, and that of the lowest validation loss of each of the first replicas.
    """

    def __init__(self, replicas: int = 1, budget: float = math.inf) -> None:
        self._length, self.budget = 0, budget
        self._step = np.empty(FIRST, dtype=np.int64)
        self._values = np.empty((FIRST, replicas, len(CURVES)))
        self._margins = np.empty((FIRST, replicas, 0))

    def __len__(self) -> int:
        return self._length

    def append(self, chunk: Curves) -> None:
        """Take over a chunk. Raises ValueError when it holds another number of replicas.

        With another number of pins than before, the margins begin anew: those so far are NaN.
        """
        if chunk.values.shape[1:] != self._values.shape[1:]:
            raise ValueError(f"{chunk.values.shape[1]} replicas in the chunk, {self._values.shape[1]} in the store")
        if chunk.margins.shape[2] != self._margins.shape[2]:
            self._margins = np.full((len(self._step), *chunk.margins.shape[1:]), np.nan)
        most = self._most
        at = 0
        while at < len(chunk.step):  # however the chunks come, the same evaluations are given up
            some = slice(at, at + int(max(min(most - self._length, len(chunk.step)), 0)))
            self._put(chunk.step[some], chunk.values[some], chunk.margins[some])
            at = some.stop
            if self._length >= most:
                self._thin()

    @property
    def _most(self) -> float:
        """How many evaluations there is room for."""
        if math.isinf(self.budget):
            return math.inf
        row = 8 * (1 + self.replicas * (len(CURVES) + self._margins.shape[2]))
        return max(min(self.budget // row, MOST), 4 * FIRST)

    def _put(self, step: NDArray[np.int64], values: NDArray[np.float64], margins: NDArray[np.float64]) -> None:
        end = self._length + len(step)
        if end > len(self._step):
            room = max(end, 2 * len(self._step))
            self._step, self._values, self._margins = (
                _grown(column, self._length, room) for column in (self._step, self._values, self._margins)
            )
        self._step[self._length : end] = step
        self._values[self._length : end] = values
        self._margins[self._length : end] = margins
        self._length = end

    def _thin(self) -> None:
        """Give up about three quarters of the evaluations; whoever holds those so far keeps them."""
        kept = self._even()
        kept[:FIRST] = kept[-1] = True
        loss = self._values[: self._length, :FIRST, CURVES.index("validation_loss")]
        some = np.isfinite(loss).any(axis=0)
        kept[np.where(np.isfinite(loss), loss, np.inf)[:, some].argmin(axis=0)] = True
        room, left = len(self._step), int(kept.sum())
        self._step, self._values, self._margins = (
            _grown(column[: self._length][kept], left, room) for column in (self._step, self._values, self._margins)
        )
        self._length = left

    def _even(self) -> NDArray[np.bool_]:
        """Marks the first evaluation in each of equal parts of the steps, of which there are an eighth to a quarter of
        what there is room for, and of their logarithm, of which there are an eighth at most.

        The parts double with time and each begins where one began before: what is left of the past stays.
        """
        step = self._step[: self._length]
        wide = 1 << math.ceil(math.log2(max(4 * int(step[-1] - step[0]) / self._most, 1)))
        parts = step // wide, np.log2(np.maximum(step, 1)) * (self._most // (8 * _OCTAVES)) // 1
        return (np.diff(parts[0], prepend=-1) > 0) | (np.diff(parts[1], prepend=-1) > 0)

    @property
    def replicas(self) -> int:
        """Of how many models the curves are."""
        return int(self._values.shape[1])

    @property
    def step(self) -> NDArray[np.int64]:
        """int64 (K,), read-only"""
        return _read_only(self._step[: self._length])

    @property
    def values(self) -> NDArray[np.float64]:
        """float64 (K, R, 33), columns as in `CURVES`, read-only"""
        return _read_only(self._values[: self._length])

    def column(self, name: str) -> NDArray[np.float64]:
        """float64 (K, R), one of `CURVES`, read-only; NaN where there was nothing to evaluate."""
        return _read_only(self._values[: self._length, :, CURVES.index(name)])

    @property
    def margins(self) -> NDArray[np.float64]:
        """float64 (K, R, P), read-only; see `Curves`"""
        return _read_only(self._margins[: self._length])

    def best(self, replica: int = 0) -> tuple[int, float] | None:
        """Step and value of the lowest validation loss of a replica; None where there is none."""
        loss = self.column("validation_loss")[:, replica]
        if not np.isfinite(loss).any():
            return None
        at = int(np.nanargmin(np.where(np.isfinite(loss), loss, np.nan)))
        return int(self.step[at]), float(loss[at])

    def rows(self, replica: int = 0) -> list[dict[str, Any]]:
        """The step and every measure of each evaluation of a replica; what was never measured is left out."""
        values = self.values[:, replica]
        shown = [(k, name) for k, name in enumerate(CURVES) if not np.isnan(self.values[:, :, k]).all()]
        return [
            {"step": step} | {name: row[k] for k, name in shown}
            for step, row in zip(self.step.tolist(), values.tolist(), strict=True)
        ]

    def until(self, step: int) -> CurveStore:
        """What was evaluated in the first `step` steps, as it is now: not a copy, for it is never written to again."""
        count = int(np.searchsorted(self.step, step, side="right"))
        chosen = CurveStore(self.replicas, self.budget)
        chosen._length = count
        chosen._step, chosen._values, chosen._margins = self._step[:count], self._values[:count], self._margins[:count]
        return chosen

    def of(self, replicas: slice) -> CurveStore:
        """A copy with these replicas alone."""
        step, values = self.step, self._values[: self._length, replicas]
        chosen = CurveStore(values.shape[1])
        chosen.append(Curves(step, values, self._margins[: self._length, replicas]))
        return chosen


def _grown(column: NDArray, length: int, room: int) -> NDArray:
    """The first rows of a column with room for more, of which nothing is written so far: it takes no memory yet."""
    found = np.empty((room, *column.shape[1:]), column.dtype)
    found[:length] = column[:length]
    return found


def _read_only(view: NDArray) -> NDArray:
    view.flags.writeable = False
    return view
