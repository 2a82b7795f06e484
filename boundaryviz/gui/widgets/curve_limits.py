"""Where the axes of a plot of training end: tidy numbers, and no spike may flatten the rest."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from boundaryviz.gui.widgets.scale import tidy_above

FINE = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
"""Ends of an axis, times powers of ten: a curve fills two thirds of its plot or more."""
MOST_CUT, LEAST_CUT = 0.02, 0.01
"""Of the columns of pixels: an axis that cuts off more grows, one that could do with less and cut off fewer shrinks."""
GAIN = 3.0
"""How many times larger the rest becomes where something is cut off; for less nothing is."""


class TidyRange:
    """What values an axis has to show, of which only what is new is looked at.

    top: the largest end it may reach, such as 1 for an error. Without `fit` everything is shown, and the range only
    ever grows.
    """

    def __init__(self, top: float | None = None, start: float = 1.0) -> None:
        self._top = top
        self._start = start
        self.clear()

    def clear(self) -> None:
        """Forget everything: a new run begins."""
        self._high = 0.0
        self._low = math.inf
        self._end: float | None = None

    def include(self, values: NDArray[np.float64]) -> None:
        """Make room for the finite ones of `values`."""
        finite = values[np.isfinite(values)]
        if len(finite):
            self._high = max(self._high, float(finite.max()))
            positive = finite[finite > 0]
            if len(positive):
                self._low = min(self._low, float(positive.min()))

    def fit(self, peaks: NDArray[np.float64], last: float) -> None:
        """Choose the end for what is drawn: no column of pixels but a few spikes reaches beyond it.

        peaks: (C,), the highest value in each column that shows any. last: the highest of the last values, which is
        never cut off. At most `MOST_CUT` of the columns are, and only where the rest gains by `GAIN`. Between that and
        `LEAST_CUT` the end stays where it is, so that it does not jump to and fro.
        """
        room, tight = self._enough(peaks, last, LEAST_CUT), self._enough(peaks, last, MOST_CUT)
        if self._end is None or self._end > room:
            self._end = room
        elif self._end < tight:
            self._end = tight

    def _enough(self, peaks: NDArray[np.float64], last: float, cut: float) -> float:
        whole = max(self._high, last)
        if not len(peaks) or whole <= 0:
            return whole
        kept = len(peaks) - int(cut * len(peaks))
        enough = max(float(np.partition(peaks, kept - 1)[kept - 1]), last)
        enough = tidy_above(enough, FINE) if enough > 0 else 0.0
        return enough if 0 < GAIN * enough <= whole else tidy_above(whole, FINE)

    @property
    def _shown(self) -> float:
        return self._high if self._end is None else self._end

    def linear(self) -> tuple[float, float]:
        """From 0 to a tidy end."""
        high = tidy_above(self._shown, FINE) if self._shown > 0 else self._start
        return 0.0, high if self._top is None else min(high, self._top)

    def logarithmic(self) -> tuple[float, float]:
        """Whole decades, as powers of ten; at least one, at most twelve below the upper end."""
        high = math.ceil(math.log10(self._shown) - 1e-9) if self._shown > 0 else 0
        low = math.floor(math.log10(self._low) + 1e-9) if math.isfinite(self._low) else high - 1
        return float(max(min(low, high - 1), high - 12)), float(high)


def column_peaks(
    drawn: Iterable[tuple[NDArray[np.float64], NDArray[np.float64]]], ends: tuple[float, float], columns: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where and how high the curves reach in each column of pixels: the middles (C,) and the highest values (C,) of
    those that show anything.

    drawn: x and y (K,) of each curve; not finite is nothing. ends: of the x axis, cut into so many columns.
    """
    low, high = ends
    peaks = np.full(max(columns, 1), -np.inf)
    for x, y in drawn:
        known = np.isfinite(y) & (x >= low) & (x <= high)
        at = ((x[known] - low) / max(high - low, 1e-12) * len(peaks)).astype(np.int64)
        np.maximum.at(peaks, np.minimum(at, len(peaks) - 1), y[known])
    shown = np.flatnonzero(peaks > -np.inf)
    return low + (shown + 0.5) * (high - low) / len(peaks), peaks[shown]


def cut_off(at: NDArray[np.float64], peaks: NDArray[np.float64], end: float) -> NDArray[np.float64]:
    """Where (M, 2) the curves leave the plot: of each stretch of columns beyond `end` the highest, x and value."""
    beyond = np.flatnonzero(peaks > end * (1 + 1e-9))
    if not len(beyond):
        return np.empty((0, 2))
    stretches = np.split(beyond, np.flatnonzero(np.diff(beyond) > 1) + 1)
    highest = [int(one[peaks[one].argmax()]) for one in stretches]
    return np.stack([at[highest], peaks[highest]], axis=1)
