"""Elimination without subtraction, against arithmetic with as many digits as it takes."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from boundaryviz.learners import elimination


def network(n: int, seed: int, decades: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Weights (n, n) over so many orders of magnitude, some of them 0, leaks (n,) and right sides (n, 2)."""
    rng = np.random.default_rng(seed)
    weight = np.tril(10.0 ** rng.uniform(-decades, 0, (n, n)) * (rng.random((n, n)) < 0.8), -1)
    weight[np.arange(1, n), np.arange(n - 1)] += 10.0 ** rng.uniform(-decades, 0, n - 1)
    leak = 10.0 ** rng.uniform(-decades, 0, n) * (rng.random(n) < 0.3)
    leak[rng.integers(n)] += 10.0 ** rng.uniform(-decades, 0)
    return weight + weight.T, leak, leak[:, None] * 10.0 ** rng.uniform(-decades / 2, 0, (n, 2))


def in_many_digits(
    weight: NDArray[np.float64], leak: NDArray[np.float64], right: NDArray[np.float64]
) -> list[list[mpmath.mpf]]:
    """The same by elimination with pivots, each number with 600 digits."""
    n = len(weight)
    with mpmath.workdps(600):
        system = mpmath.matrix((-weight).tolist())
        for i in range(n):
            system[i, i] = mpmath.fsum([*map(mpmath.mpf, weight[i]), mpmath.mpf(leak[i])])
        return [list(mpmath.lu_solve(system, mpmath.matrix(column.tolist()))) for column in right.T]


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 14), st.integers(0, 10_000), st.integers(0, 250), st.integers(1, 9), st.integers(1, 9))
def test_every_component_has_all_its_digits_however_far_the_weights_lie_apart(
    n: int, seed: int, decades: int, panel: int, wide: int
):
    weight, leak, right = network(n, seed, decades)
    exact = in_many_digits(weight, leak, right)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(elimination, "_PANEL", panel)
        patch.setattr(elimination, "_WIDE", wide)
        found = elimination.solve(weight, leak, right)
    for k, column in enumerate(exact):
        for got, wanted in zip(found[:, k].tolist(), column, strict=True):
            assert abs(mpmath.mpf(got) / wanted - 1) < 1e-13 if wanted > 1e-290 else got < 1e-289


def test_what_stands_above_the_diagonal_is_not_looked_at():
    weight, leak, right = network(300, 0, 3)
    found = elimination.solve(weight.copy(), leak, right)
    half = np.where(np.tri(len(weight), k=-1, dtype=bool), weight, np.nan)
    assert np.array_equal(elimination.solve(half, leak, right), found)
    system = np.diag(weight.sum(axis=1) + leak) - weight
    np.testing.assert_allclose(found, np.linalg.solve(system, right), rtol=1e-9)
