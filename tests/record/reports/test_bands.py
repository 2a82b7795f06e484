"""Bands over repeats, against scipy and by properties."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from boundaryviz.record.reports.bands import Band

VALUES = arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 5)), elements=st.floats(0, 1) | st.just(np.nan))


@given(VALUES)
def test_a_band_is_the_mean_and_two_standard_errors(values: np.ndarray):
    band = Band.of(values)
    for at, column in enumerate(values.T):
        some = column[np.isfinite(column)]
        error = stats.sem(some) if len(some) > 1 else np.nan
        mean = some.mean() if len(some) else np.nan
        expected = (mean, mean - 2 * error, mean + 2 * error)
        assert np.allclose((band.middle[at], band.low[at], band.high[at]), expected, atol=1e-12, equal_nan=True)


@given(VALUES)
def test_of_medians_it_is_the_quartiles(values: np.ndarray):
    band = Band.of_medians(values)
    for at, column in enumerate(values.T):
        some = column[np.isfinite(column)]
        low, middle, high = np.quantile(some, (0.25, 0.5, 0.75)) if len(some) else (np.nan,) * 3
        expected = (middle, *((low, high) if len(some) > 1 else (np.nan, np.nan)))
        assert np.allclose((band.middle[at], band.low[at], band.high[at]), expected, atol=1e-12, equal_nan=True)
