"""Power laws: a straight line on logarithmic scales, how sure its slope is, and how straight it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boundaryviz.record.study_means import means_of

RESAMPLES = 2_000
_TAILS = (2.5, 97.5)


@dataclass(frozen=True, eq=False)
class PowerLaw:
    """y = factor * x ** exponent.

    interval: of the exponent, 95 %; NaN for a single repeat. r_squared: the share of the variance of log y that the
    line explains. residuals: (S,), by which share each mean lies above the line, NaN of one that has no place on it:
    no value, or none above 0.
    """

    exponent: float
    factor: float
    interval: tuple[float, float]
    r_squared: float
    residuals: NDArray[np.float64]

    @classmethod
    def of(cls, x: ArrayLike, y: ArrayLike, *, resamples: int = RESAMPLES, seed: int = 0) -> Self:
        """Fitted by least squares to log x (S,) and the logarithm of the means of R independent rows y (R, S), with the
        percentile interval of a bootstrap over the rows (Efron and Tibshirani 1993, section 13.3).

        Everything is NaN where fewer than three sizes have a place.
        """
        sizes, rows = np.asarray(x, dtype=np.float64), np.atleast_2d(np.asarray(y, dtype=np.float64))
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = means_of(rows)
            placed = np.isfinite(mean) & (mean > 0) & np.isfinite(sizes) & (sizes > 0)
            log = np.where(placed, np.log(mean), np.nan)
        if placed.sum() < 3 or len(np.unique(sizes[placed])) < 3:
            return cls(np.nan, np.nan, (np.nan, np.nan), np.nan, np.full(len(sizes), np.nan))
        place = np.log(sizes[placed])
        exponent = float(_slope(place, log[placed]))
        offset = float(log[placed].mean() - exponent * place.mean())
        residuals = np.full(len(sizes), np.nan)
        residuals[placed] = log[placed] - (offset + exponent * place)
        total = ((log[placed] - log[placed].mean()) ** 2).sum()
        r_squared = float(1 - (residuals[placed] ** 2).sum() / total) if total > 0 else np.nan
        interval = _interval(place, rows[:, placed], resamples, seed)
        return cls(exponent, float(np.exp(offset)), interval, r_squared, np.expm1(residuals))

    def at(self, x: ArrayLike) -> NDArray[np.float64]:
        """The law at these sizes."""
        return self.factor * np.asarray(x, dtype=np.float64) ** self.exponent


def _slope(place: NDArray[np.float64], log: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the least-squares line through log (..., S) at place (S,)."""
    centred = place - place.mean()
    slope: NDArray[np.float64] = (log @ centred) / (centred @ centred)
    return slope


def _interval(place: NDArray[np.float64], rows: NDArray[np.float64], resamples: int, seed: int) -> tuple[float, float]:
    """Of the slope, over rows (R, S) drawn with replacement; draws in which a mean has no logarithm are left out."""
    if len(rows) < 2:
        return np.nan, np.nan
    drawn = np.random.default_rng(seed).integers(0, len(rows), (resamples, len(rows)))
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.log(means_of(rows[drawn], axis=1))
    slopes = _slope(place, logs[np.isfinite(logs).all(axis=1)])
    if not len(slopes):
        return np.nan, np.nan
    low, high = np.percentile(slopes, _TAILS)
    return float(low), float(high)
