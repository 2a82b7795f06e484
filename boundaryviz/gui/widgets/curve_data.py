"""What the curves need besides drawing: thinning that keeps every peak, and summaries of growing curves."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def thin(
    x: NDArray[np.float64], y: NDArray[np.float64], most: int = 2000
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """At most `most` of the points (K,) of a curve with increasing x, so that it looks the same.

    The x axis is cut into most / 2 equal bins; of each the points of lowest and highest y stay, in their order.
    NaN is left out of a bin that has other values.
    """
    if len(x) <= most:
        return x, y
    edges = np.linspace(x[0], x[-1], most // 2, endpoint=False)
    starts = np.unique(np.searchsorted(x, edges))
    index = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(x))))
    low = np.fmin.reduceat(y, starts)
    high = np.fmax.reduceat(y, starts)
    kept = []
    for extreme in (low, high):
        hits = np.flatnonzero((y == extreme[index]) | (np.isnan(extreme)[index]))
        kept.append(hits[_firsts(index[hits])])
    chosen = np.sort(np.concatenate(kept))
    chosen = chosen[_firsts(chosen)]
    return x[chosen], y[chosen]


def thin_band(
    x: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64], most: int = 2000
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """What lies between two curves (K,) with increasing x: x, low and high, at most `most` of each.

    Of each of `most` equal bins the lowest and the highest value stay. NaN is left out.
    """
    known = np.isfinite(low) & np.isfinite(high)
    x, low, high = x[known], low[known], high[known]
    if len(x) > most:
        starts = np.unique(np.searchsorted(x, np.linspace(x[0], x[-1], most, endpoint=False)))
        x, low, high = x[starts], np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
    return x, low, high


def _firsts(ordered: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Marks the first of each run of equal numbers (numpy's unique does not use that they are sorted)."""
    return np.diff(ordered, prepend=-1) > 0


class Trace:
    """A growing curve, of which only what is new is looked at.

    index: positions worth drawing: all of the first 2,048 (a logarithmic axis spreads them out), of each later
    block of 64 the lowest and the highest, and all of the unfinished last block. lowest: the position of the
    smallest finite value, None where there is none.
    """

    HEAD, BLOCK = 2048, 64

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything: a new run begins."""
        self._seen = 0
        self._ends: tuple[float, float] = (math.nan, math.nan)
        self._blocks: list[NDArray[np.int64]] = []
        self._finished = 0
        self.lowest: int | None = None

    def update(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take over the curve so far, (K,); returns what is new of it. Another curve than before starts afresh."""
        if self._seen > len(values) or (
            self._seen and not np.array_equal(self._ends, (values[0], values[self._seen - 1]), equal_nan=True)
        ):
            self.clear()
        new = values[self._seen :]
        finite = np.where(np.isfinite(new), new, np.inf)
        if len(new) and np.isfinite(finite.min()):
            at = self._seen + int(finite.argmin())
            if self.lowest is None or values[at] < values[self.lowest]:
                self.lowest = at
        start = self.HEAD + self._finished * self.BLOCK
        blocks = max(0, (len(values) - start) // self.BLOCK)
        if blocks:
            part = values[start : start + blocks * self.BLOCK].reshape(blocks, self.BLOCK)
            low = np.where(np.isfinite(part), part, np.inf).argmin(axis=1)
            high = np.where(np.isfinite(part), part, -np.inf).argmax(axis=1)
            offsets = start + self.BLOCK * np.arange(blocks)[:, None]
            self._blocks.append((np.sort(np.stack([low, high], axis=1), axis=1) + offsets).ravel())
            self._finished += blocks
        self._seen = len(values)
        self._ends = (float(values[0]), float(values[-1])) if len(values) else (math.nan, math.nan)
        return new

    @property
    def index(self) -> NDArray[np.int64]:
        """The evaluations that are drawn, as positions."""
        head = np.arange(min(self.HEAD, self._seen))
        tail = np.arange(self.HEAD + self._finished * self.BLOCK, self._seen)
        if len(self._blocks) > 32:
            self._blocks = [np.concatenate(self._blocks)]
        every = np.concatenate([head, *self._blocks, tail])
        return every[_firsts(every)]


class Summary:
    """Mean, lowest and highest over the runs of growing curves, of which only what is new is looked at.

    What is not finite is left out where there are several runs; a single one is its own mean.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything: a new run begins."""
        self._seen = 0
        self._runs = 0
        self._ends: tuple[bytes, bytes] = (b"", b"")
        self._made = np.empty((3, 0))

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return self._runs

    @property
    def mean(self) -> NDArray[np.float64]:
        """(K,), NaN where no run has a value; so are `low` and `high`."""
        return self._made[0, : self._seen]

    @property
    def low(self) -> NDArray[np.float64]:
        """The lower edge of the band."""
        return self._made[1, : self._seen]

    @property
    def high(self) -> NDArray[np.float64]:
        """The upper edge of the band."""
        return self._made[2, : self._seen]

    def update(self, values: NDArray[np.float64]) -> int:
        """Take over the curves so far, (K,) or (K, S); returns from where on they are new. Others start afresh."""
        values = values[:, None] if values.ndim == 1 else values
        ends = (values[0].tobytes(), values[self._seen - 1].tobytes()) if 0 < self._seen <= len(values) else (b"", b"")
        if values.shape[1] != self._runs or ends != self._ends:
            self.clear()
            self._runs = values.shape[1]
        start, self._seen = self._seen, len(values)
        if self._runs == 1:
            self._made = np.broadcast_to(values[:, 0], (3, self._seen))
        else:
            self._add(values[start:], start)
        if self._seen:
            self._ends = (values[0].tobytes(), values[-1].tobytes())
        return start

    def _add(self, new: NDArray[np.float64], start: int) -> None:
        if self._seen > self._made.shape[1]:
            grown = np.empty((3, max(self._seen, 2 * self._made.shape[1])))
            grown[:, :start] = self._made[:, :start]
            self._made = grown
        into = self._made[:, start : self._seen]
        known = np.isfinite(new)
        count = known.sum(axis=1)
        with np.errstate(over="ignore"):
            into[0] = np.where(known, new, 0.0).sum(axis=1) / np.maximum(count, 1)
        into[1] = np.where(known, new, np.inf).min(axis=1, initial=np.inf)
        into[2] = np.where(known, new, -np.inf).max(axis=1, initial=-np.inf)
        into[:, count == 0] = np.nan
