"""Axes that a few spikes do not stretch: what is kept, what is cut off, and that it is said."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PyQt6.QtWidgets import QApplication

from boundaryviz.gui.widgets.curve_axis import count_words
from boundaryviz.gui.widgets.curve_items import NOISY, CurveItem, ink
from boundaryviz.gui.widgets.curve_limits import GAIN, MOST_CUT, TidyRange, column_peaks, cut_off

PEAKS = arrays(np.float64, st.integers(1, 400), elements=st.floats(1e-6, 1e6))


@given(st.lists(st.tuples(PEAKS, st.floats(0.0, 1e6)), min_size=1, max_size=6))
def test_all_but_a_few_columns_and_every_last_value_fit_however_a_run_went(
    course: list[tuple[NDArray[np.float64], float]],
) -> None:
    made = TidyRange()
    for peaks, last in course:
        made.include(np.append(peaks, last))
        made.fit(peaks, last)
        end = made.linear()[1] * (1 + 1e-9)
        assert np.count_nonzero(peaks > end) <= MOST_CUT * len(peaks)
        assert last <= end
        assert 10.0 ** made.logarithmic()[1] * (1 + 1e-6) >= min(end, made.linear()[1])


@given(PEAKS)
def test_nothing_is_cut_off_for_a_small_gain(peaks: NDArray[np.float64]) -> None:
    made = TidyRange()
    made.include(peaks)
    made.fit(peaks, 0.0)
    end = made.linear()[1]
    assert end * (1 + 1e-9) >= peaks.max() or GAIN * end <= peaks.max() * (1 + 1e-9)


def test_one_spike_does_not_flatten_the_rest_and_the_axis_does_not_jump_to_and_fro() -> None:
    made, ends = TidyRange(), []
    peaks = np.full(280, 0.2)
    for width in (0, 1, 2, 3, 4, 5, 4, 3, 2, 3, 4, 5):
        shown = np.concatenate([peaks, np.full(width, 50.0)])
        made.include(shown)
        made.fit(shown, 0.2)
        ends.append(made.linear()[1])
    assert set(np.round(ends, 9)) == {0.2}


@given(arrays(np.float64, st.integers(2, 300), elements=st.floats(-5, 5) | st.just(np.nan)), st.integers(1, 40))
def test_the_peaks_of_columns_are_the_highest_values(y: NDArray[np.float64], columns: int) -> None:
    x = np.linspace(0.0, 1.0, len(y))
    at, peaks = column_peaks([(x, y)], (0.0, 1.0), columns)
    assert len(at) == len(peaks) <= columns
    assert (np.diff(at) > 0).all()
    if np.isfinite(y).any():
        assert peaks.max() == np.nanmax(y)
    else:
        assert not len(peaks)


def test_each_stretch_that_is_cut_off_is_marked_once_at_its_highest() -> None:
    at = np.arange(8.0)
    places = cut_off(at, np.array([0.0, 3.0, 5.0, 4.0, 0.5, 1.0, 9.0, 0.0]), 1.0)
    assert places.tolist() == [[2.0, 5.0], [6.0, 9.0]]
    assert cut_off(at, np.zeros(8), 1.0).shape == (0, 2)


def test_steps_are_written_short() -> None:
    assert [count_words(n) for n in (1, 500, 999, 1000, 2500, 20_000, 1.5e6)] == [
        "1", "500", "999", "1k", "2.5k", "20k", "1.5M",
    ]  # fmt: skip


def test_a_smooth_curve_is_thick_and_a_noisy_one_thin(qapp: QApplication) -> None:
    x, item = np.linspace(0.0, 1.0, 500), CurveItem()
    item.set_look(pg.mkPen("k", width=2.0))
    item.show_curve(x, np.sin(x), 280.0, 100.0)
    assert item.opts["pen"].widthF() == 2.0
    noise = np.tile([0.0, 1.0], 250)
    assert ink(x, noise, 280.0, 100.0) > NOISY > ink(x, np.sin(x), 280.0, 100.0)
    item.show_curve(x, noise, 280.0, 100.0)
    assert item.opts["pen"].widthF() == 1.0
    item.show_curve(x, np.where(x > 0.5, np.inf, 0.0), 280.0, 100.0)
    assert not np.isinf(item.getData()[1]).any()
