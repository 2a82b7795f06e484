"""Peaks of double descent, against scipy's prominences, and by properties."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import find_peaks, peak_prominences

from boundaryviz.record.reports.peaks import Peak

CURVES = st.lists(st.floats(0, 1), min_size=3, max_size=30, unique=True)


def test_valley_and_peak_of_a_curve_that_descends_twice():
    assert Peak.of([0.5, 0.2, 0.1, 0.15, 0.34, 0.2, 0.22, 0.1]) == Peak(2, 4)
    assert Peak.of([0.5, 0.2, np.nan, 0.15, 0.34, np.nan, 0.1]) == Peak(3, 4)
    assert Peak.of([0.1, 0.2]) is None


@given(CURVES)
def test_the_peak_is_the_most_prominent(curve: list[float]):
    found, values = Peak.of(curve), np.array(curve)
    peaks, _ = find_peaks(values)
    assert found is not None
    assert 0 <= found.valley < found.peak < len(values) - 1
    assert values[found.valley] == values[: found.peak].min()
    if len(peaks):
        assert peak_prominences(values, [found.peak])[0] == peak_prominences(values, peaks)[0].max()
    else:  # nothing rises and falls again
        assert values[found.peak] <= max(values[: found.peak].min(), values[found.peak :].min())
