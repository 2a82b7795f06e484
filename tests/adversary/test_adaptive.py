"""Functions on nested grids: exact where they are measured, bilinear between, and never asked twice at one place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from boundaryviz.adversary.adaptive import Grid, finer, places, refined
from boundaryviz.scene.scene import Domain

DOMAIN = Domain(-1.0, 3.0, 2.0, 4.0)
numbers = st.floats(-5.0, 5.0)
Field = Callable[[NDArray[np.float64], NDArray[np.int64]], NDArray[np.float64]]


class Counting:
    """A function that notes where it was asked; one row of values for each of its fields."""

    def __init__(self, *fields: Field) -> None:
        self.fields = fields
        self.asked: list[tuple[float, float, int]] = []

    def __call__(self, where: NDArray[np.float64], label: NDArray[np.int64]) -> tuple[NDArray, NDArray]:
        self.asked += [(*place, k) for place, k in zip(where.tolist(), label.tolist(), strict=True)]
        values = np.stack([field(where, label) for field in self.fields])
        return values, np.zeros_like(values)


def last(function: Counting, levels: tuple[int, ...], share: float = 0.25, labels: tuple[int, ...] = (0, 1)) -> Grid:
    return list(refined(function, DOMAIN, labels, levels, share))[-1]


def bump(where: NDArray[np.float64], label: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.exp(-20 * ((where - (1.3, 2.9)) ** 2).sum(axis=1)) * (1 + label)


@given(st.tuples(numbers, numbers, numbers), st.sampled_from([(4, 8), (2, 8, 16), (3, 6, 18), (5,)]))
def test_what_is_measured_is_exact_and_what_is_bilinear_is_exact_everywhere(
    slopes: tuple[float, float, float], levels: tuple[int, ...]
):
    def field(where: NDArray[np.float64], label: NDArray[np.int64]) -> NDArray[np.float64]:
        u, v = where.T
        return slopes[0] * u + slopes[1] * v + slopes[2] * u * v + label

    found = last(Counting(field), levels)
    where = places(DOMAIN, levels[-1])
    for k in (0, 1):
        exact = field(where.reshape(-1, 2), np.full(where.shape[0] ** 2, k)).reshape(where.shape[:2])
        np.testing.assert_allclose(found.values[0, k], exact, atol=1e-10)


@given(st.floats(0.0, 1.0), st.sampled_from([(2, 4, 8), (3, 9), (4, 8, 16)]))
def test_no_place_is_asked_twice_and_the_measured_ones_are_those_that_were_asked(share: float, levels: tuple[int, ...]):
    function = Counting(bump)
    found = last(function, levels, share)
    assert len(set(function.asked)) == len(function.asked) == found.asked
    where = places(DOMAIN, levels[-1])
    measured = {(*where[j, i].tolist(), k) for k, j, i in np.argwhere(found.measured).tolist()}
    assert measured == set(function.asked)
    for at in np.argwhere(found.measured):
        k, j, i = at
        assert found.values[0, k, j, i] == bump(where[j, i][None], np.array([k]))[0]


def test_a_share_of_one_measures_every_node():
    assert last(Counting(bump), (2, 4, 8), share=1.0).measured.all()


def test_a_peak_is_found_with_a_fraction_of_the_nodes():
    found = last(Counting(bump), (8, 16, 32))
    full = last(Counting(bump), (32,))
    assert found.measured.mean() < 0.35
    assert found.order[0] == full.order[0]
    assert np.abs(found.values - full.values).mean() < 0.003


def test_what_is_too_narrow_for_the_coarse_grid_is_found_around_a_place_that_is_named():
    def needle(where: NDArray[np.float64], label: NDArray[np.int64]) -> NDArray[np.float64]:
        return (np.abs(where - (1.31, 2.93)).max(axis=1) < 0.1).astype(float)

    blind = last(Counting(needle), (8, 16, 32))
    told = list(refined(Counting(needle), DOMAIN, (0, 1), (8, 16, 32), around=[(1.31, 2.93)]))[-1]
    assert blind.values.max() == 0
    assert told.values.max() == 1


def test_what_never_changes_is_not_looked_at_more_closely_but_around_its_first_nodes():
    found = last(Counting(lambda where, label: np.zeros(len(where))), (4, 8, 16))
    assert (found.values == 0).all()
    assert found.measured[1, 1::2].sum() == 0


def test_changes_within_the_distance_of_two_seeds_are_not_looked_at_more_closely():
    rng = np.random.default_rng(0)
    one, other = (Counting(lambda where, label: rng.normal(size=len(where))) for _ in range(2))
    both = Counting(*one.fields, *other.fields)
    coarse = 2 * 9 * 9
    assert last(both, (8, 16)).asked - coarse < 0.75 * (last(one, (8, 16)).asked - coarse)


def test_what_came_to_nothing_is_unknown_there_alone_and_never_the_largest():
    def field(where: NDArray[np.float64], label: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.where(where[:, 0] > 2.5, np.nan, where[:, 0])

    found = last(Counting(field), (4, 8, 16))
    known = np.isfinite(found.values[0])
    assert known[:, :, : 16 * 7 // 8].all()
    assert (np.isfinite(found.values[0]) | ~found.measured | (places(DOMAIN, 16)[None, ..., 0] > 2.5)).all()
    value = found.values[0].ravel()[found.order]
    assert np.isfinite(value).all()
    assert (np.diff(value) <= 0).all()


def test_of_equal_values_the_larger_tie_comes_first():
    def function(where: NDArray[np.float64], label: NDArray[np.int64]) -> tuple[NDArray, NDArray]:
        return np.zeros((1, len(where))), where[None, :, 1] - label

    found = list(refined(function, DOMAIN, (0, 1), (4,)))[-1]
    label, row, _ = np.unravel_index(found.order[0], found.measured.shape)
    assert (label, row) == (0, 4)


@given(st.integers(1, 4), st.integers(1, 5))
def test_a_finer_grid_keeps_every_node_of_the_coarser_one(cells: int, ratio: int):
    values = np.random.default_rng(cells).normal(size=(2, cells + 1, cells + 1))
    whole = finer(values, ratio)
    assert np.array_equal(whole[:, ::ratio, ::ratio], values)
    assert whole.min() >= values.min()
    assert whole.max() <= values.max()


@pytest.mark.parametrize("levels", [(), (0,), (8, 12), (8, 8), (16, 8)])
def test_levels_that_are_not_nested_are_refused(levels: tuple[int, ...]):
    with pytest.raises(ValueError, match="whole number of times"):
        next(refined(Counting(bump), DOMAIN, (0,), levels))
