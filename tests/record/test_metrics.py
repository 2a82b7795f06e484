"""Metrics: summaries over seeds."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from boundaryviz.engine.messages import CURVES
from boundaryviz.record.intervals import wilson
from boundaryviz.record.metrics import (
    ALL_PINS,
    ATTACKED_PINS,
    NONE_ATTACKED,
    Metric,
    SuccessRate,
    of_curves,
    success_rate,
)
from helpers.snapshots import curves


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=9))
def test_mean_and_spread_are_the_usual_ones(values: list[float]) -> None:
    metric = Metric.of(values)
    assert metric.mean == pytest.approx(np.mean(values))
    assert metric.std == pytest.approx(np.std(values, ddof=1))
    assert json.loads(json.dumps(metric.plain()))["per_seed"] == values


def test_one_seed_has_no_spread_and_a_seed_without_a_value_is_null_and_left_out() -> None:
    assert np.isnan(Metric.of([0.25]).std)
    assert str(Metric.of([0.25])) == "0.250"
    assert Metric.of([0.5, np.nan]).plain() == {"mean": 0.5, "std": None, "per_seed": [0.5, None]}
    assert Metric.of([np.nan]).plain()["mean"] is None


def test_the_words_say_what_stands_behind_the_plus_or_minus() -> None:
    assert str(Metric.of([0.0, 0.5, 1.0])) == "0.50 ± 0.50 (standard deviation over 3 training seeds)"
    assert str(Metric.of([0.5, 0.5, np.nan])) == "0.500 ± 0.000 (standard deviation over 2 training seeds)"


def test_where_nothing_is_random_all_seeds_are_one_value_without_spread() -> None:
    same = Metric.of([0.25] * 4, "nothing")
    assert (same.mean, same.trials, len(same.per_seed)) == (0.25, 1, 4)
    assert np.isnan(same.std)
    assert str(same) == "0.250"
    won = success_rate(np.ones((4, 1), int), np.array([1]), np.zeros((4, 1), int), "nothing")
    one = stats.binomtest(1, 1).proportion_ci(0.95, "wilson")
    assert won.interval == pytest.approx((one.low, one.high))


def test_measures_of_a_slice_of_replicas() -> None:
    now = np.arange(2.0 * len(CURVES)).reshape(2, -1)
    now[:, 5] = np.nan  # no test points
    found = of_curves(now, curves(replicas=2), slice(1, 2))
    assert found["train_loss"].per_seed == (float(len(CURVES)),)
    assert found["generalisation_gap"].per_seed == (1.0,)
    assert found["best_step"].per_seed == (100.0,)
    assert "test_error" not in found


def test_without_a_twin_every_pin_counts_and_it_is_said() -> None:
    found = success_rate(np.array([[1, 1], [1, 0], [0, 1]]), np.array([1, 0]))
    assert found.per_seed == (0.5, 1.0, 0.0)
    assert found.plain()["of"] == found.among == ALL_PINS
    assert "why_null" not in found.plain()


def test_with_a_twin_only_pins_count_that_it_does_not_already_give() -> None:
    wanted = np.array([1, 1])
    before = np.array([[1, 0], [0, 0], [1, 1], [-1, 0]])
    found = success_rate(np.array([[1, 1], [1, 0], [1, 1], [1, 0]]), wanted, before)
    assert found.pins == (1, 2, 0, 2)
    assert found.per_seed == pytest.approx((1.0, 0.5, np.nan, 0.5), nan_ok=True)
    plain = found.plain()
    assert (plain["mean"], plain["std"], plain["of"]) == (pytest.approx(2 / 3), None, ATTACKED_PINS)
    assert (plain["low"], plain["high"]) == tuple(
        map(float, wilson(2 / 3, 3))
    )  # the seed without such a pin is no trial


def test_where_every_pin_was_the_attacker_s_there_is_no_success_and_it_is_said() -> None:
    never = success_rate(np.ones((3, 2), int), np.array([1, 1]), np.ones((3, 2), int)).plain()
    assert (never["mean"], never["low"], never["high"]) == (None, None, None)
    assert never["why_null"] == NONE_ATTACKED
    lost = success_rate(np.ones((1, 1), int), np.array([1]), np.zeros((1, 1), int), lost=np.array([True]))
    assert lost.plain()["mean"] is None
    assert "why_null" not in lost.plain()


@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=9))
def test_a_success_rate_has_wilson_s_interval_also_of_one_seed_and_no_spread(values: list[float]) -> None:
    found = SuccessRate.of(values)
    theirs = stats.binomtest(int(sum(values)), len(values)).proportion_ci(0.95, "wilson")
    assert found.interval == pytest.approx((theirs.low, theirs.high))
    assert np.isnan(found.std)
    assert "±" not in str(found)
