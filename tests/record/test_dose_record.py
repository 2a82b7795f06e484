"""Bands over seeds, and dose-responses as plain values."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from boundaryviz.record.dose import DoseCurve, DoseResponse
from boundaryviz.record.intervals import wilson
from boundaryviz.record.metrics import ALL_PINS, ATTACKED_PINS


def curve(flips: np.ndarray, success: np.ndarray | None = None, title: str = "Net") -> DoseCurve:
    return DoseCurve("mlp", title, True, "training", 100, flips, success)


def test_around_the_flip_rate_stand_its_least_and_greatest_seed():
    values = np.random.default_rng(0).random((4, 8)) * 0.3
    values[3] = [0, 0, 0, 0, 0, 0, 0, 0.9]
    values[2, 1] = np.nan
    one = curve(values)
    band = one.flip_band()
    np.testing.assert_allclose(band.mean, np.nanmean(values, axis=1))
    assert np.array_equal(band.low, np.nanmin(values, axis=1))
    assert np.array_equal(band.high, np.nanmax(values, axis=1))
    assert "least and the greatest seed" in DoseResponse("m", "M", "Bridge", (0,), (0.0,)).plain()["band"]


def test_student_s_interval_does_not_hold_its_level_on_seeds_that_flip_or_do_not():
    """Why no interval is given: eight seeds of which one in ten flips nine tenths of the points."""
    rng = np.random.default_rng(3)
    values = np.where(rng.random((4000, 8)) < 0.1, 0.9, 0.01)
    low, high = stats.t.interval(0.95, 7, values.mean(axis=1), np.maximum(stats.sem(values, axis=1), 1e-12))
    truth = 0.1 * 0.9 + 0.9 * 0.01
    assert np.mean((low <= truth) & (truth <= high)) < 0.7


def test_the_band_of_success_is_wilson_s():
    won = np.array([[0] * 8, [1] * 3 + [0] * 5, [1] * 8], dtype=float)
    band = curve(won * 0.1, won).success_band()
    assert band is not None
    for row, k in enumerate((0, 3, 8)):
        theirs = stats.binomtest(k, 8).proportion_ci(0.95, "wilson")
        assert (band.low[row], band.high[row]) == pytest.approx((theirs.low, theirs.high), abs=1e-6)


def test_seeds_left_out_do_not_count_and_one_seed_is_one_trial():
    values = np.array([[0.1, 0.3, np.nan], [0.2, np.nan, np.nan], [np.nan] * 3])
    one = curve(values, values)
    band, success = one.flip_band(), one.success_band()
    assert success is not None
    assert one.left_out.tolist() == [1, 2, 3]
    assert band.mean[:2].tolist() == pytest.approx([0.2, 0.2])
    assert (band.low[0], band.high[0]) == (0.1, 0.3)
    assert (band.low[1], band.high[1]) == (0.2, 0.2)
    assert (success.low[1], success.high[1]) == tuple(map(float, wilson(0.2, 1)))
    assert np.isnan([band.mean[2], band.low[2], success.mean[2], success.low[2]]).all()


def test_it_comes_back_from_json_as_it_was():
    flips = np.array([[0.0, 0.0], [0.125, np.nan]])
    response = DoseResponse("moons", "Two moons", "Bridge", (0, 7), (0.0, 0.01))
    response = response.with_curve(curve(flips, 1 - flips)).with_curve(curve(flips, None, "Other"))
    text = json.dumps(response.plain(), allow_nan=False)
    again = DoseResponse.parse(json.loads(text))
    assert json.dumps(again.plain(), allow_nan=False) == text
    np.testing.assert_array_equal(again.curves[0].flip_rate, flips)
    assert again.curves[1].success is None


def test_the_pins_that_were_the_attacker_s_come_back_and_an_old_record_is_of_all_pins():
    success = np.array([[np.nan, np.nan], [1.0, np.nan]])
    one = replace(curve(np.zeros((2, 2)), success), already=np.array([0.5, 1.0]))
    plain = one.plain()
    assert plain["attack_success_rate"]["of"] == ATTACKED_PINS
    assert plain["attack_success_rate"]["mean"] == [None, 1.0]
    assert plain["already_so"]["per_seed"] == [0.5, 1.0]
    again = DoseCurve.parse(json.loads(json.dumps(plain, allow_nan=False)))
    assert again.plain() == plain
    assert "already so without poison: 75 % of the pins" in again.already_words
    old = {key: value for key, value in plain.items() if key != "already_so"}
    del old["attack_success_rate"]["of"]
    assert DoseCurve.parse(old).success_of == ALL_PINS
    assert ALL_PINS in DoseCurve.parse(old).already_words


def test_a_curve_of_the_same_learner_takes_the_old_one_s_place():
    response = DoseResponse("moons", "Two moons", "Bridge", (0,), (0.0,))
    for value in (0.1, 0.2):
        for title in ("a", "b"):
            response = response.with_curve(curve(np.array([[value]]), None, title))
    assert [(c.title, c.flip_rate[0, 0]) for c in response.curves] == [("a", 0.2), ("b", 0.2)]
