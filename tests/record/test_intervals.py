"""Intervals of shares and of medians."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from boundaryviz.record.intervals import median_interval, wilson

Z = stats.norm.ppf(0.975)


@given(st.integers(1, 500), st.data())
def test_it_is_scipy_s(trials: int, data: st.DataObject) -> None:
    wins = data.draw(st.integers(0, trials))
    theirs = stats.binomtest(wins, trials).proportion_ci(0.95, "wilson")
    low, high = wilson(wins / trials, trials)
    assert (float(low), float(high)) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@given(st.floats(0.001, 0.999), st.integers(1, 1000))
def test_its_ends_solve_the_quadratic_that_defines_it_also_for_shares_between(share: float, trials: int) -> None:
    for end in wilson(share, trials):
        assert (share - end) ** 2 == pytest.approx(Z**2 * end * (1 - end) / trials, rel=1e-9)


def test_without_trials_or_a_share_there_is_none() -> None:
    low, high = wilson([0.5, np.nan, 1.0], [0, 4, 1])
    assert np.isnan([*low[:2], *high[:2]]).all()
    assert (low[2], high[2]) == (pytest.approx(1 / (1 + Z**2)), 1.0)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60))
def test_a_median_s_interval_is_that_of_ranks_by_the_binomial(values: list[float]) -> None:
    median, low, high = median_interval(values)
    assert median == pytest.approx(float(np.median(values)))
    rank = int(stats.binom.ppf(0.025, len(values), 0.5))
    if rank:  # ranks from 1: fewer than `rank` values below the median at most 2.5 % of the time
        assert (low, high) == (sorted(values)[rank - 1], sorted(values)[-rank])
        assert stats.binom.cdf(rank - 1, len(values), 0.5) <= 0.025
    else:
        assert np.isnan([low, high]).all()


def test_a_median_s_interval_holds_it_often_enough() -> None:
    rng = np.random.default_rng(3)
    ends = np.array([median_interval(rng.exponential(size=20))[1:] for _ in range(2000)])
    held = ((ends[:, 0] <= np.log(2)) & (np.log(2) <= ends[:, 1])).mean()
    assert 0.94 < held < 0.975


def test_what_was_not_reached_counts_as_the_largest_and_what_is_not_known_not_at_all() -> None:
    assert median_interval([np.inf, 3.0, 1.0, np.inf, np.inf, np.nan])[0] == np.inf
    assert median_interval([1.0, np.nan, 3.0])[0] == 2.0
    assert np.isnan(median_interval([np.nan])[0])
    assert median_interval(range(20)) == (9.5, 5.0, 14.0)
