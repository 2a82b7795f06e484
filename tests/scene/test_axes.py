"""When both axes of a plane have one scale, and how distances are measured where they have not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.scene.axes import AXES, as_given, as_seen, checked, one_scale
from boundaryviz.scene.scene import Domain

sides = st.floats(1e-3, 1e6)


@given(sides, sides)
def test_cells_look_square_whatever_the_units(width: float, height: float) -> None:
    domain = Domain(0.0, width, 0.0, height)
    columns = 240
    rows = domain.rows(columns)
    if domain.is_even:
        assert domain.stretch == 1.0
        assert rows == pytest.approx(columns * height / width, abs=0.51)
    else:
        assert domain.stretch == pytest.approx(height / width)
        assert rows == columns  # drawn as a square


def test_sides_differ_by_more_than_threefold_or_not() -> None:
    assert Domain(0, 3, 0, 1).is_even
    assert Domain(0, 1, 5, 8).is_even
    assert not Domain(0, 3.01, 0, 1).is_even
    assert not Domain(20, 59, 26_000, 95_000).is_even


def test_the_switch_overrules_the_domain() -> None:
    even, uneven = Domain(0, 1, 0, 1), Domain(0, 1, 0, 1000)
    assert [one_scale(choice, even) for choice in AXES] == [True, True, False]
    assert [one_scale(choice, uneven) for choice in AXES] == [False, True, False]
    with pytest.raises(ValueError, match="axes are auto, equal, free, not 'log'"):
        checked("log")


def test_places_are_seen_and_given_back() -> None:
    xy = np.array([[1.0, 5000.0], [2.0, -300.0]])
    assert as_seen(xy, 1.0) is xy
    np.testing.assert_array_equal(as_seen(xy, 1000.0), [[1.0, 5.0], [2.0, -0.3]])
    np.testing.assert_allclose(as_given(as_seen(xy, 7.0), 7.0), xy)
