"""Numbers rounded as far as they are known."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.record.rounding import decimals, rounded

numbers = st.floats(1e-6, 1e6)


@pytest.mark.parametrize(
    ("value", "spread", "words"),
    [
        (0.09731, math.nan, "0.0973"),
        (0.0973, 0.0214, "0.097 ± 0.021"),
        (12.345, 0.0996, "12.35 ± 0.10"),
        (1234.5, 321.0, "1,234 ± 321"),
        (123456.0, math.nan, "123,456"),
        (0.0, math.nan, "0.00"),
        (0.5, 0.0, "0.500 ± 0.000"),
        (math.nan, 1.0, "–"),
        (math.inf, math.nan, "inf"),
    ],
)
def test_a_person_would_write_it_so(value: float, spread: float, words: str) -> None:
    assert rounded(value, spread) == words


@given(numbers, numbers)
def test_what_is_rounded_off_is_less_than_a_tenth_of_the_spread(value: float, spread: float) -> None:
    places = decimals(value, spread)
    assert abs(float(f"{value:.{places}f}") - value) <= max(0.051 * spread, 0.5 * (places == 0), 0.5 * 10**-9)


@given(numbers)
def test_without_a_spread_three_digits_are_kept(value: float) -> None:
    written = f"{value:.{decimals(value)}f}"
    assert abs(float(written) - value) <= 0.0051 * value + 0.5 * 10**-9
    assert len(written.replace(".", "").lstrip("0")) <= max(3, len(f"{value:.0f}"))
