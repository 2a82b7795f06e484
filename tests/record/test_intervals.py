"""Wilson's interval of a share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from boundaryviz.record.intervals import wilson

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
