"""Functions of vectors against numpy in double precision, over their whole range."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import erfc, expit

from boundaryviz.learners.compiled.fields import FUNCTIONS
from helpers.compiled import program

TINY = float(np.finfo(np.float32).tiny)
SPECIAL = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, TINY, 1e-45, -1e-45, 3.4e38, -3.4e38], dtype=np.float32)


def of(name: str, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the program says of x (n,): values and second values, (2, n)."""
    padded = np.zeros(-(-len(x) // 16) * 16, dtype=np.float32)
    padded[: len(x)] = x
    found = np.zeros((2, len(padded)), dtype=np.float32)
    job = np.array([FUNCTIONS.index(name), padded.ctypes.data, found[0].ctypes.data, found[1].ctypes.data, len(padded)])
    program().apply(job.ctypes.data)
    return found[:, : len(x)]


def ulps(found: NDArray[np.float32], exact: NDArray[np.float64]) -> float:
    """How many units in the last place it is off at most, where both are finite; below the normal numbers in units of
    the smallest of these."""
    with np.errstate(over="ignore", under="ignore"):
        unit = np.spacing(np.maximum(np.abs(exact), TINY).astype(np.float32)).astype(np.float64)
    return float(np.max(np.abs(found - exact) / unit))


def spread(low: float, high: float) -> NDArray[np.float32]:
    """Numbers all over a stretch, many of them small."""
    rng = np.random.default_rng(0)
    evenly = rng.uniform(low, high, 100_000)
    small = np.exp(rng.uniform(-30, np.log(max(abs(low), abs(high))), 100_000))
    both = np.concatenate([evenly, small, -small])
    return both[(both >= low) & (both <= high)].astype(np.float32)


# name, stretch, exact function, units in the last place
CASES: list[tuple[str, float, float, Callable[..., NDArray], float]] = [
    ("tanh", -20, 20, np.tanh, 4),
    ("exponential", -86.5, 88.7, np.exp, 2),
    ("expm1", -80, 88.7, np.expm1, 4),
    ("logarithm", TINY, 3.4e38, np.log, 2),
    ("logistic", -80, 80, expit, 4),
]


@pytest.mark.parametrize(("name", "low", "high", "exact", "most"), CASES, ids=[case[0] for case in CASES])
def test_a_function_is_off_by_a_few_units_in_the_last_place(
    name: str, low: float, high: float, exact: Callable[..., NDArray], most: float
):
    x = spread(low, high)
    assert ulps(of(name, x)[0], exact(x.astype(np.float64))) <= most


def test_sine_and_cosine_are_exact_to_rounding_up_to_far_away():
    for most in (3.0, 1e3, 1e9):
        x = spread(-most, most)
        found, wide = of("sine_cosine", x), x.astype(np.float64)
        for row, exact in zip(found, (np.sin(wide), np.cos(wide)), strict=True):
            assert np.abs(row - exact).max() < 1.2e-7
    small = spread(-1, 1)
    assert ulps(of("sine_cosine", small)[0], np.sin(small.astype(np.float64))) <= 2
    far = np.array([2e15, 1e30, 3e38], dtype=np.float32)
    np.testing.assert_array_equal(of("sine_cosine", far), [[0, 0, 0], [1, 1, 1]])


def test_gelu_and_its_slope():
    x = spread(-12, 30)
    wide = x.astype(np.float64)
    share, bell = 0.5 * erfc(-wide / np.sqrt(2)), np.exp(-wide * wide / 2) / np.sqrt(2 * np.pi)
    value, slope = of("gelu", x)
    scale = np.maximum(np.abs(wide), 1.0)
    assert np.max(np.abs(value - wide * share) / scale) < 1.2e-7
    assert np.max(np.abs(slope - (share + wide * bell)) / scale) < 3e-7
    left = (wide < -1) & (wide > -9)  # where it is nothing but tail, to some digits of its own
    np.testing.assert_allclose(value[left], (wide * share)[left], rtol=1e-5)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_special_values(name: str):
    """NaN is never lost, and infinity is what it is to numpy."""
    exact: dict[str, Callable[[NDArray], NDArray]] = {
        "tanh": np.tanh, "exponential": np.exp, "expm1": np.expm1, "logarithm": np.log, "logistic": expit,
        "gelu": lambda x: np.where(x == -np.inf, 0.0, x * (x > 0)), "sine_cosine": np.sin,
    }  # fmt: skip
    with np.errstate(all="ignore"):
        expected = exact[name](SPECIAL.astype(np.float64)).astype(np.float32)
        if name == "logarithm":
            expected[np.float32(1e-45) == SPECIAL] = -np.inf
        if name == "sine_cosine":
            expected[np.isfinite(SPECIAL) & (np.abs(SPECIAL) > 1e30)] = 0.0  # too far to be told
    np.testing.assert_allclose(of(name, SPECIAL)[0], expected, rtol=1e-6, atol=2e-38)


def test_what_overflows_is_infinite_and_what_underflows_is_nothing():
    np.testing.assert_array_equal(
        of("exponential", np.array([89, 200, -87, -200], np.float32))[0], [np.inf] * 2 + [0] * 2
    )
    assert 3.3e38 < of("exponential", np.array([88.72], np.float32))[0, 0] < np.inf
