"""Metrics: summaries over seeds."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.record.metrics import Metric, attack_success_rate, of_curves
from boundaryviz.scene.scene import Target
from helpers.snapshots import curves


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=9))
def test_mean_and_spread_are_the_usual_ones(values: list[float]) -> None:
    metric = Metric.of(values)
    assert metric.mean == pytest.approx(np.mean(values))
    assert metric.std == pytest.approx(np.std(values, ddof=1))
    assert json.loads(json.dumps(metric.plain()))["per_seed"] == values


def test_one_seed_has_no_spread_and_a_seed_without_a_value_is_null_and_left_out() -> None:
    assert Metric.of([0.25]).std == 0.0
    assert Metric.of([0.5, np.nan]).plain() == {"mean": 0.5, "std": 0.0, "per_seed": [0.5, None]}
    assert Metric.of([np.nan]).plain()["mean"] is None


def test_measures_of_a_slice_of_replicas() -> None:
    now = np.arange(16, dtype=float).reshape(2, 8)
    now[:, 5] = np.nan  # no test points
    found = of_curves(now, curves(replicas=2), slice(1, 2))
    assert found["train_loss"].per_seed == (8.0,)
    assert found["generalisation_gap"].per_seed == (1.0,)
    assert found["best_step"].per_seed == (100.0,)
    assert "test_error" not in found


def test_pins_count_as_taken_where_the_attacker_gets_his_class() -> None:
    pins = (Target(0, 0, 1), Target(1, 1, 0))
    assert attack_success_rate(np.array([[1, 1], [1, 0], [0, 1]]), pins).per_seed == (0.5, 1.0, 0.0)
