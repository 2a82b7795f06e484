"""Numbers at axes: held against matplotlib's formatter, which the figures use."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, ScalarFormatter

from boundaryviz.gui.widgets.ticks import Common, fixed

AXIS: Axis = Figure().subplots().xaxis


@given(st.floats(-1e12, 1e12), st.floats(-9, 9))
def test_offset_and_power_are_those_of_matplotlib(middle: float, size: float) -> None:
    half = 10.0**size
    if half < 1e-9 * abs(middle):
        return
    low, high = middle - half, middle + half
    ticks = [float(tick) for tick in MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(low, high)]  # as pyqtgraph steps
    AXIS.set_view_interval(low, high, ignore=True)
    formatter = ScalarFormatter()
    formatter.set_axis(AXIS)
    formatter.set_locs(ticks)
    common = Common.of(ticks, low, high)
    assert common.words.replace("\u00d7", "").replace(" ", "") == formatter.get_offset().replace("-", "\u2212")
    inside = [tick for tick in ticks if low <= tick <= high]
    for tick in inside:
        said = common.tick(tick, ticks[1] - ticks[0]).replace("\u2212", "-")
        its = formatter(tick).replace("\u2212", "-")
        assert float(said) == pytest.approx(float(its), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("low", "high", "words", "tick"),
    [
        (1_699_999_920.0, 1_700_000_080.0, "+1.7e9", "\u221240"),
        (-6.0, 6.0, "", "1699999960"),
        (26_000.0, 95_000.0, "", "1699999960"),
        (0.0, 3e6, "\u00d71e6", "1700"),
    ],
)
def test_what_is_shared_is_said_once(low: float, high: float, words: str, tick: str) -> None:
    common = Common.of(np.linspace(low, high, 9).tolist(), low, high)
    assert common.words == words
    assert common.tick(1_699_999_960.0, 10.0 * 10.0**common.power) == tick


@pytest.mark.parametrize(
    ("value", "apart", "words"),
    [
        (1699999966.1618, 0.2, "1699999966.2"), (-0.0004, 0.01, "0.00"), (65114.3, 130.0, "65114"),
        (0.12345, 0.001, "0.123"), (-4.5, 0.5, "-4.5"),
    ],
)  # fmt: skip
def test_neighbours_are_told_apart_and_no_more(value: float, apart: float, words: str) -> None:
    assert fixed(value, apart) == words
