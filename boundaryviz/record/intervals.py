"""Intervals of shares of yes and no, and of medians: the one place that works them out."""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEVEL = "95 %"
_Z = 1.959963984540054  # of the normal distribution, both tails of 2.5 %
_TAIL = 0.025


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


def median_interval(values: ArrayLike) -> tuple[float, float, float]:
    """The median of S values, and the ends of an interval that holds the true one 95 % of the time or more.

    Its ends are the values of rank k from below and from above, k the largest for which a binomial number of S trials
    of one half is below k at most 2.5 % of the time: nothing is supposed of the distribution, and an infinite value,
    such as a count that was not reached, is the largest (Hollander and Wolfe 1999, "Nonparametric statistical
    methods", section 3.6). Of five values or fewer there is no such interval: the ends are NaN. NaN is left out.
    """
    known = np.asarray(values, dtype=np.float64)
    known = np.sort(known[~np.isnan(known)])
    if not len(known):
        return (float("nan"),) * 3
    low, high = known[(len(known) - 1) // 2], known[len(known) // 2]
    median = float(low if low == high else (low + high) / 2)
    below = np.cumsum([comb(len(known), k) for k in range(len(known))]) / 2.0 ** len(known)
    rank = int((below <= _TAIL).sum())
    return (median, float(known[rank - 1]), float(known[-rank])) if rank else (median, float("nan"), float("nan"))
