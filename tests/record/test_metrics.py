"""Metrics: summaries over seeds, and what is measured between twins."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.record.metrics import Metric, attack_success_rate, of_curves, of_twins, poison_rate
from boundaryviz.scene.scene import Origin, Points, Split, Target
from helpers.snapshots import curves


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=9))
def test_mean_and_spread_are_the_usual_ones(values: list[float]) -> None:
    metric = Metric.of(values)
    assert metric.mean == pytest.approx(np.mean(values))
    assert metric.std == pytest.approx(np.std(values, ddof=1))
    assert json.loads(json.dumps(metric.plain()))["per_seed"] == values


def test_one_seed_has_no_spread_and_nan_becomes_null() -> None:
    assert Metric.of([0.25]).std == 0.0
    assert Metric.of([0.5, np.nan]).plain() == {"mean": None, "std": None, "per_seed": [0.5, None]}


def test_measures_of_a_slice_of_replicas() -> None:
    now = np.arange(12, dtype=float).reshape(2, 6)
    now[:, 5] = np.nan  # no test points
    found = of_curves(now, curves(replicas=2), slice(1, 2))
    assert found["train_loss"].per_seed == (6.0,)
    assert found["generalisation_gap"].per_seed == (1.0,)
    assert found["best_step"].per_seed == (100.0,)
    assert "test_error" not in found


def test_twins_are_compared_point_by_point() -> None:
    clean = np.array([[0, 0, 1, 1], [0, 1, 1, 1]])
    dirty = np.array([[0, 1, 1, 1], [1, 0, 0, 1]])
    found = of_twins(clean, dirty, 0.1)
    assert found["flip_rate"].per_seed == (0.25, 0.75)
    assert found["leverage"].per_seed == pytest.approx((2.5, 7.5))
    assert found["flip_rate_excess"].per_seed == (0.0, 0.5)
    assert set(of_twins(clean[:1], dirty[:1], 0.0)) == {"flip_rate", "poison_rate"}


def test_poison_is_counted_among_training_points() -> None:
    split = [Split.TRAIN, Split.TRAIN, Split.TRAIN, Split.TRAIN, Split.TEST]
    origin = [Origin.POISON, Origin.CLEAN, Origin.CLEAN, Origin.CLEAN, Origin.POISON]
    assert poison_rate(Points.of(np.zeros((5, 2)), -1, split, origin)) == 0.25
    assert poison_rate(Points.of([])) == 0.0


def test_pins_count_as_taken_where_the_attacker_gets_his_class() -> None:
    pins = (Target(0, 0, 1), Target(1, 1, 0))
    assert attack_success_rate(np.array([[1, 1], [1, 0], [0, 1]]), pins).per_seed == (0.5, 1.0, 0.0)
