"""Means of runs of which some share a draw of the data, and how sure they are: such runs are not independent."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def means_of(values: ArrayLike, axis: int = 0) -> NDArray[np.float64]:
    """Over an axis, of those that are finite; NaN where none is."""
    some = np.asarray(values, dtype=np.float64)
    found = np.isfinite(some)
    trials = found.sum(axis=axis)
    means: NDArray[np.float64] = np.where(found, some, 0.0).sum(axis=axis) / np.maximum(trials, 1)
    return np.where(trials > 0, means, np.nan)


def independent(values: ArrayLike, draws: ArrayLike) -> NDArray[np.float64]:
    """Rows that are independent of one another, (G, ...), from values of repeats (S, ...) and of each the draw of the
    data (S,): with several draws the mean within each of them, with one the repeats themselves.

    Training seeds on the same points err alike: as independent ones they would make a mean look surer than it is
    (Davison and Hinkley 1997, Bootstrap Methods and their Application, section 3.8).
    """
    some, of = np.asarray(values, dtype=np.float64), np.asarray(draws)
    several = list(dict.fromkeys(of.tolist()))
    if len(several) < 2:
        return some
    return np.stack([means_of(some[of == draw]) for draw in several])


def standard_error(values: ArrayLike) -> NDArray[np.float64]:
    """Of the mean over independent rows (G, ...), of those that are finite, with n - 1 in the denominator of the
    variance; NaN below two."""
    some = np.asarray(values, dtype=np.float64)
    found = np.isfinite(some)
    trials = found.sum(axis=0)
    square = np.where(found, some - means_of(some), 0.0) ** 2
    variance = square.sum(axis=0) / np.maximum(trials - 1, 1)
    return np.where(trials > 1, np.sqrt(variance / np.maximum(trials, 1)), np.nan)
