"""Two planes share a place so that the data is as large as it can be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.gui.plane.side_by_side import UNBOUNDED, fitting, scale, stacks

AROUND = (80.0, 64.0)
SIDES = st.floats(320.0, 4000.0)
SHAPES = st.floats(0.2, 5.0)


@given(SIDES, SIDES, SHAPES, st.booleans())
def test_the_data_is_within_a_few_per_cent_as_large_as_it_can_be(
    across: float, up: float, shape: float, now: bool
) -> None:
    chosen = scale(across, up, shape, AROUND, stacks(across, up, shape, AROUND, now))
    assert chosen * 1.05 >= max(scale(across, up, shape, AROUND, way) for way in (False, True))


@given(SIDES, SIDES, SHAPES, st.booleans())
def test_no_plane_is_so_short_that_the_data_shrinks(across: float, up: float, shape: float, stacked: bool) -> None:
    wide, high = fitting(across, up, shape, AROUND, stacked)
    share = (across, up / 2) if stacked else (across / 2, up)
    width, height = min(share[0], wide) - AROUND[0], min(share[1], high) - AROUND[1]
    assert min(width / shape, height) >= 0.99 * scale(across, up, shape, AROUND, stacked) - 1.0
    assert UNBOUNDED in (wide, high)


def test_a_wide_place_has_them_beside_and_a_high_one_above_each_other() -> None:
    assert not stacks(1600, 600, 1.3, AROUND)
    assert stacks(600, 1200, 1.3, AROUND)
    assert stacks(900, 800, 3.0, AROUND), "flat data in a square place"
