"""Power laws, against scipy's regression and bootstrap, and by properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from boundaryviz.record.reports.laws import PowerLaw

SIZES = np.geomspace(10, 10_000, 7)


def noisy(seed: int, repeats: int = 12, exponent: float = -0.5, noise: float = 0.1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return 2.0 * SIZES**exponent * np.exp(rng.normal(0, noise, (repeats, len(SIZES))))


def test_exponent_and_fit_are_those_of_a_regression():
    for seed in range(5):
        law, rows = PowerLaw.of(SIZES, noisy(seed)), noisy(seed)
        line = stats.linregress(np.log(SIZES), np.log(rows.mean(axis=0)))
        assert law.exponent == pytest.approx(line.slope, abs=1e-12)
        assert np.log(law.factor) == pytest.approx(line.intercept, abs=1e-12)
        assert law.r_squared == pytest.approx(line.rvalue**2, abs=1e-12)
        assert np.allclose(rows.mean(axis=0) / law.at(SIZES) - 1, law.residuals, atol=1e-12)


def test_the_interval_is_scipys_bootstrap_over_repeats():
    rows = noisy(3)

    def slope(which: np.ndarray) -> float:
        return float(stats.linregress(np.log(SIZES), np.log(rows[which].mean(axis=0))).slope)

    options = {"n_resamples": 300, "method": "percentile", "vectorized": False, "rng": np.random.default_rng(7)}
    found = stats.bootstrap((np.arange(len(rows)),), slope, **options)
    law = PowerLaw.of(SIZES, rows, resamples=300, seed=7)
    assert law.interval == pytest.approx((found.confidence_interval.low, found.confidence_interval.high), abs=1e-12)


def test_the_interval_holds_the_exponent_about_as_often_as_it_says():
    """Of 200 laws with 20 repeats: a percentile interval is a little narrow."""
    held = 0
    for seed in range(200):
        low, high = PowerLaw.of(SIZES, noisy(seed, 20, noise=0.3), resamples=200).interval
        held += low <= -0.5 <= high
    assert 0.88 <= held / 200 <= 0.99


@given(st.floats(-3, 3), st.floats(0.01, 100), st.floats(0.1, 10), st.integers(1, 4))
def test_a_law_is_found_whatever_its_units(exponent: float, factor: float, unit: float, repeats: int):
    law = PowerLaw.of(unit * SIZES, np.tile(factor * SIZES**exponent, (repeats, 1)), resamples=20)
    assert law.exponent == pytest.approx(exponent, abs=1e-9)
    assert law.at(unit * SIZES) == pytest.approx(factor * SIZES**exponent, rel=1e-9)
    assert np.allclose(law.residuals, 0, atol=1e-9)
    assert np.isnan(law.interval).all() if repeats == 1 else np.allclose(law.interval, exponent, atol=1e-9)


def test_what_has_no_logarithm_has_no_place():
    rows = noisy(1)
    rows[:, 6], rows[0, 2] = 0.0, np.nan
    law, without = PowerLaw.of(SIZES, rows), PowerLaw.of(SIZES[:6], rows[:, :6])
    assert (law.exponent, law.interval) == (without.exponent, without.interval)
    assert np.isnan(law.residuals).tolist() == [False] * 6 + [True]
    for few in (PowerLaw.of(SIZES[:2], rows[:, :2]), PowerLaw.of(SIZES, 0 * rows), PowerLaw.of([3, 3, 3], rows[:, :3])):
        assert np.isnan([few.exponent, few.r_squared, *few.interval]).all()
