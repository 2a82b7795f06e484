"""Bands over seeds, and dose-responses as plain values."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats

from boundaryviz.record.dose import DoseCurve, DoseResponse


def curve(flips: np.ndarray, success: np.ndarray | None = None, title: str = "Net") -> DoseCurve:
    return DoseCurve("mlp", title, True, "training", 100, flips, success)


def test_the_flip_rate_s_band_is_student_s_within_0_and_1():
    values = np.random.default_rng(0).random((4, 8)) * 0.3
    values[3] = [0, 0, 0, 0, 0, 0, 0, 0.9]
    band = curve(values).flip_band()
    for row in range(3):
        low, high = stats.t.interval(0.95, 7, values[row].mean(), stats.sem(values[row]))
        assert (band.mean[row], band.low[row], band.high[row]) == pytest.approx((values[row].mean(), low, high))
    assert band.low[3] == 0.0


def test_the_band_of_success_is_wilson_s():
    won = np.array([[0] * 8, [1] * 3 + [0] * 5, [1] * 8], dtype=float)
    band = curve(won * 0.1, won).success_band()
    assert band is not None
    for row, k in enumerate((0, 3, 8)):
        theirs = stats.binomtest(k, 8).proportion_ci(0.95, "wilson")
        assert (band.low[row], band.high[row]) == pytest.approx((theirs.low, theirs.high), abs=1e-6)


def test_seeds_left_out_do_not_count_and_one_seed_has_no_band():
    values = np.array([[0.1, 0.3, np.nan], [0.2, np.nan, np.nan], [np.nan] * 3])
    one = curve(values, values)
    band, success = one.flip_band(), one.success_band()
    assert success is not None
    assert one.left_out.tolist() == [1, 2, 3]
    assert band.mean[:2].tolist() == pytest.approx([0.2, 0.2])
    assert np.isfinite([band.low[0], band.high[0], success.low[0]]).all()
    assert np.isnan([band.low[1], band.high[1], band.mean[2], success.low[1], success.mean[2]]).all()


def test_it_comes_back_from_json_as_it_was():
    flips = np.array([[0.0, 0.0], [0.125, np.nan]])
    response = DoseResponse("moons", "Two moons", "Bridge", (0, 7), (0.0, 0.01))
    response = response.with_curve(curve(flips, 1 - flips)).with_curve(curve(flips, None, "Other"))
    text = json.dumps(response.plain(), allow_nan=False)
    again = DoseResponse.parse(json.loads(text))
    assert json.dumps(again.plain(), allow_nan=False) == text
    np.testing.assert_array_equal(again.curves[0].flip_rate, flips)
    assert again.curves[1].success is None


def test_a_curve_of_the_same_learner_takes_the_old_one_s_place():
    response = DoseResponse("moons", "Two moons", "Bridge", (0,), (0.0,))
    for value in (0.1, 0.2):
        for title in ("a", "b"):
            response = response.with_curve(curve(np.array([[value]]), None, title))
    assert [(c.title, c.flip_rate[0, 0]) for c in response.curves] == [("a", 0.2), ("b", 0.2)]
