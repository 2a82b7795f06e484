"""Means over repeats of a study, and how sure they are."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False)
class Band:
    """A curve over S sizes: middle (S,), and low and high (S,), between which it lies.

    NaN where no repeat has a value; low and high are also NaN where there is but one.
    """

    middle: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def of(cls, values: ArrayLike) -> Self:
        """The mean of R repeats (R, S) and two standard errors to either side, s / sqrt(R) with R - 1 in the variance.

        Repeats without a value, for training diverged, are left out of it.
        """
        rows = np.asarray(values, dtype=np.float64)
        found = np.isfinite(rows)
        count = found.sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            middle = np.where(found, rows, 0.0).sum(axis=0) / count
            spread = np.where(found, rows - middle, 0.0)
            error = np.sqrt((spread**2).sum(axis=0) / (count - 1.0) / count)
        return cls(middle, middle - 2 * error, middle + 2 * error)

    @classmethod
    def of_medians(cls, values: ArrayLike) -> Self:
        """The median of R repeats (R, S) and their quartiles: for losses, of which a few are huge."""
        rows = np.asarray(values, dtype=np.float64)
        rows = np.where(np.isfinite(rows), rows, np.nan)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of columns that are nothing but NaN
            low, middle, high = np.nanquantile(rows, (0.25, 0.5, 0.75), axis=0)
        alone = np.isfinite(rows).sum(axis=0) < 2
        return cls(middle, np.where(alone, np.nan, low), np.where(alone, np.nan, high))
