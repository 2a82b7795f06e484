"""What the curves need besides drawing: thinning that keeps every peak, and ranges that grow in tidy steps."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from boundaryviz.gui.views.scale import tidy_above


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
        _, first = np.unique(index[hits], return_index=True)
        kept.append(hits[first])
    chosen = np.unique(np.concatenate(kept))
    return x[chosen], y[chosen]


class TidyRange:
    """An axis range that only ever grows, and only to 1, 2 or 5 times a power of ten.

    top: the largest end it may reach, such as 1 for an error.
    """

    def __init__(self, top: float | None = None, start: float = 1.0) -> None:
        self._top = top
        self._start = start
        self.clear()

    def clear(self) -> None:
        """Forget everything: a new run begins."""
        self._high = 0.0
        self._low = math.inf

    def include(self, values: NDArray[np.float64]) -> None:
        """Make room for the finite ones of `values`."""
        finite = values[np.isfinite(values)]
        if len(finite):
            self._high = max(self._high, float(finite.max()))
            positive = finite[finite > 0]
            if len(positive):
                self._low = min(self._low, float(positive.min()))

    def linear(self) -> tuple[float, float]:
        """From 0 to a tidy end."""
        high = tidy_above(self._high) if self._high > 0 else self._start
        return 0.0, high if self._top is None else min(high, self._top)

    def logarithmic(self) -> tuple[float, float]:
        """Whole decades, as powers of ten; at least one, at most twelve below the upper end."""
        high = math.ceil(math.log10(self._high) - 1e-9) if self._high > 0 else 0
        low = math.floor(math.log10(self._low) + 1e-9) if math.isfinite(self._low) else high - 1
        return float(max(min(low, high - 1), high - 12)), float(high)
