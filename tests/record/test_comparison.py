"""What is measured between twins."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.engine.twins import Twins
from boundaryviz.record.comparison import Comparison, first_flips

SEEDS = st.integers(1, 5)


def twins(
    clean: list, poisoned: list, diverged: list[bool] | None = None, pins: list | None = None, before: int = 0
) -> Twins:
    """Twins whose domain is their test points in a row."""
    a, b = np.array(clean, dtype=np.int8), np.array(poisoned, dtype=np.int8)
    held = np.array(pins if pins is not None else np.empty((len(a), 0)), dtype=np.int8)
    lost = np.array(diverged or [False] * len(a))
    return Twins(7, a, b, np.full_like(held, before), held, a[:, None], b[:, None], lost)


def test_twins_are_compared_point_by_point() -> None:
    found = Comparison(twins([[0, 0, 1, 1], [0, 1, 1, 1]], [[0, 1, 1, 1], [1, 0, 0, 1]]), 0.1).metrics()
    assert found["flip_rate"].per_seed == (0.25, 0.75)
    assert found["flip_area"].per_seed == (0.25, 0.75)
    assert found["leverage"].per_seed == pytest.approx((2.5, 7.5))
    assert found["flip_rate_excess"].per_seed == (0.0, 0.5)


def test_one_seed_without_poison_has_neither_excess_nor_leverage() -> None:
    found = Comparison(twins([[0, 1]], [[0, 1]]), 0.0).metrics()
    assert set(found) == {"flip_rate", "flip_area", "poison_rate"}


def test_a_seed_that_diverged_is_left_out_of_the_means() -> None:
    found = Comparison(twins([[0, 0], [0, 0], [0, 1]], [[1, 0], [1, 1], [0, 0]], [False, True, False]), 0.1)
    assert found.left_out == 1
    assert found.metrics()["flip_rate"].mean == pytest.approx(0.5)
    assert np.isnan(found.metrics()["flip_rate"].per_seed[1])
    assert found.flipped().tolist() == [[0.5, 0.5]]


def test_success_is_the_share_of_pins_with_the_wanted_class() -> None:
    found = Comparison(twins([[0], [0]], [[0], [0]], pins=[[1, 0], [1, 1]]), 0.1, (1, 1))
    assert found.metrics()["attack_success_rate"].per_seed == (0.5, 1.0)
    assert found.clean_success().per_seed == (0.0, 0.0)


def test_a_pin_that_the_clean_twin_gives_is_not_the_attack_s_success() -> None:
    found = Comparison(twins([[0], [0]], [[0], [0]], pins=[[1, 0], [1, 1]], before=1), 0.1, (1, 0))
    success = found.metrics()["attack_success_rate"]
    assert success.per_seed == (1.0, 0.0)
    assert found.clean_success().per_seed == (0.5, 0.5)


def test_where_nothing_is_random_no_measure_has_a_spread() -> None:
    same = twins([[0, 1]] * 3, [[1, 1]] * 3, pins=[[1]] * 3)
    found = Comparison(same, 0.1, (1,), "nothing").metrics()
    assert all(np.isnan(metric.std) for metric in found.values())
    assert all(metric.trials == 1 for metric in found.values())
    assert not np.isnan(Comparison(same, 0.1, (1,)).metrics()["flip_rate"].std)


@given(st.data(), SEEDS)
def test_the_floor_is_the_mean_disagreement_of_pairs(data: st.DataObject, seeds: int) -> None:
    """Cell by cell as over all test points, here the same cells."""
    row = st.lists(st.integers(-1, 2), min_size=6, max_size=6)
    clean = data.draw(st.lists(row, min_size=seeds, max_size=seeds))
    found = Comparison(twins(clean, clean), 0.1)
    a = np.array(clean)
    pairs = [(a[i] != a[j]) for i in range(seeds) for j in range(i)]
    expected = np.mean(pairs, axis=0) if pairs else np.zeros(6)
    assert found.floor()[0] == pytest.approx(expected)
    assert found.floor_rate() == pytest.approx(expected.mean())
    assert not found.flipped().any()


def test_the_first_flip_is_the_first_step_with_a_positive_margin() -> None:
    margins = np.array([[[-1.0, 0.5]], [[np.nan, -0.5]], [[0.1, -1.0]], [[-0.2, -1.0]]])
    assert first_flips(np.array([0, 20, 40, 60]), margins).tolist() == [[40.0, 0.0]]
    assert np.isnan(first_flips(np.array([0, 20]), margins[:2])[0, 0])
    clean = np.array([[[-1.0, 0.5]], [[1.0, -0.5]], [[0.2, -1.0]], [[-0.1, -1.0]]])
    assert np.isnan(first_flips(np.array([0, 20, 40, 60]), margins, clean)).all()
