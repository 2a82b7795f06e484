"""Intervals of shares of yes and no: the one place that works them out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEVEL = "95 %"
_Z = 1.959963984540054  # of the normal distribution, both tails of 2.5 %


def wilson(share: ArrayLike, trials: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The lower and upper end of Wilson's score interval of a share of so many trials; NaN without trials.

    They are the p that solve (share - p)^2 = z^2 p (1 - p) / trials, with z for 95 % (Wilson 1927, "Probable inference,
    the law of succession, and statistical inference", JASA 22). A trial that gives a share itself (of several pins)
    varies no more than one of yes or no, which makes the interval too wide rather than too narrow.
    """
    p, n = np.broadcast_arrays(np.asarray(share, dtype=np.float64), np.asarray(trials, dtype=np.float64))
    known = np.isfinite(p) & (n > 0)
    p, n = np.where(known, p, np.nan), np.where(known, n, np.nan)
    centre = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * np.sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
    # of nothing and of all the ends are 0 and 1 but for rounding
    low = np.where(p == 0, 0.0, np.maximum(centre - half, 0.0))
    high = np.where(p == 1, 1.0, np.minimum(centre + half, 1.0))
    return low, high
