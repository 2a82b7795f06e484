"""What the chart of a study shows: its axes, its curves, and what a report reads off them."""

from __future__ import annotations

import numpy as np
import pytest

from boundaryviz.record.study_chart import StudyAxis, StudyChart, StudyCurve, log_ticks
from boundaryviz.record.study_charting import chart_of, measures
from boundaryviz.record.study_reading import study_chart
from boundaryviz.record.study_table import StudyTable
from helpers.study_tables import LEAVES, SIZES, study, table

TITLES = {LEAVES: "Leaves", "data.noise": "Noise"}


@pytest.mark.parametrize(
    ("values", "log"),
    [
        (tuple(range(1, 61)), False),
        ((1, 2, 5, 10, 20, 50), True),
        ((0.001, 0.01, 0.1), True),
        ((1, 2, 4), False),  # which are too near each other
        ((0, 1, 10, 100), False),  # nothing has no logarithm
        ((3,), False),
    ],
)
def test_an_axis_is_logarithmic_where_its_values_grow_by_a_factor(values: tuple[float, ...], log: bool):
    axis = StudyAxis.of("a", "A", values)
    assert axis.log == log
    wanted = np.log10(values) if log else np.asarray(values, dtype=float)
    assert axis.places == pytest.approx(wanted)
    assert axis.limits[0] < axis.places.min() <= axis.places.max() < axis.limits[1]


def test_widths_of_one_layer_are_numbers_and_what_is_none_stands_side_by_side():
    widths = StudyAxis.of("learner.hidden", "Hidden layers", ([1], [4], [16], [64]))
    assert widths.log
    assert widths.places == pytest.approx(np.log10([1, 4, 16, 64]))
    kinds = StudyAxis.of("learner.kernel", "Kernel", ("rbf", "linear", [2, 2]))
    assert kinds.places.tolist() == [1, 2, 3]
    assert kinds.ticks() == ([(1.0, "rbf"), (2.0, "linear"), (3.0, "2-2")], [])
    assert not kinds.numeric
    assert kinds.nearest(1.6) == 1


@pytest.mark.parametrize(("low", "high"), [(0.0, 2.0), (-4.0, 0.5), (1.2, 1.9), (-20.0, 3.0)])
def test_ticks_of_decades_stand_where_their_numbers_are(low: float, high: float):
    named, silent = log_ticks(low, high)
    assert named
    for place, words in named:
        assert 10.0**place == pytest.approx(float(words.replace(",", "")), rel=0.05)
        assert low <= place <= high
    assert all(low <= place <= high for place in silent)


def test_the_three_curves_are_those_of_the_table_and_folds_are_cross_validation():
    made = table(study(folds=2))
    chart = chart_of(made, "Trees", TITLES)
    assert [(curve.name, curve.title) for curve in chart.curves] == [
        ("train", "train"), ("validation", "cross-validation"), ("test", "test"),
    ]  # fmt: skip
    test = made.curve("test_error", LEAVES)
    assert chart.curves[2].mean == pytest.approx(test.mean)
    assert chart.curves[2].low == pytest.approx(test.mean - 2 * test.error)
    folds = made.validated.curve("validation_error", LEAVES, folds=True)
    assert chart.curves[1].mean == pytest.approx(folds.mean)
    assert chart.axis.title == "Leaves"
    assert "2 draws of the data" in chart.notes[0]


def test_of_a_second_axis_each_value_has_a_curve_or_one_has_all_three():
    made = table(study((LEAVES, SIZES), ("data.noise", (0.1, 0.3))))
    every = chart_of(made, "Trees", TITLES)
    assert [curve.title for curve in every.curves] == ["noise 0.1", "noise 0.3"]
    assert every.measure == "test error"
    one = chart_of(made, "Trees", TITLES, at=0.3)
    assert [curve.name for curve in one.curves] == ["train", "validation", "test"]
    assert one.title == "Trees, noise 0.3"


def test_measures_are_error_loss_and_whatever_else_has_a_value():
    made = table(study())
    columns = {**made.columns, "flip_rate": np.full(len(made), 0.1), "best_step": np.full(len(made), np.nan)}
    made = StudyTable(made.axes, columns, made.total)
    assert measures(made) == ("error", "loss", "flip_rate")
    chart = chart_of(made, "Trees", TITLES, "flip_rate")
    assert [curve.title for curve in chart.curves] == ["flip rate"]
    assert chart.share
    assert not chart_of(made, "Trees", TITLES, "loss").share


def test_nothing_of_a_partial_table_is_made_up():
    chart = chart_of(table(study(), share=0.4), "Trees", TITLES)
    known = np.isfinite(chart.curves[-1].mean)
    assert known.tolist() == [True, True, False, False, False]
    assert np.isfinite(chart.limits).all()


def test_the_report_on_sizes_marks_what_is_chosen():
    of = study(folds=2, report="size")
    chart = study_chart(of.scenario, of, table(of))
    assert [(mark.kind, mark.value) for mark in chart.marks] == [("chosen", 8.0), ("one-se", 8.0)]
    assert chart.marks[0].words == "CV 8"
    assert "chooses 8" in " ".join(chart.found)
    plain = study_chart(of.scenario, study(report="size"), table(study()))
    assert plain.marks[0].words == "validation 8"  # without folds it is these points that choose


def test_marks_stand_where_the_axis_has_their_sizes():
    of = study((LEAVES, (2, 8, 30, None)), report="size")
    chart = study_chart(of.scenario, of, table(of, lambda size, _draw: 0.1 if size == 8 else 0.3))
    assert not chart.axis.numeric
    assert [(mark.value, mark.words) for mark in chart.marks] == [(2.0, "validation 8")]


def test_the_law_is_drawn_through_what_it_was_fitted_to():
    of = study(("data.n", (30, 100, 300, 1000)), report="power-law")
    chart = study_chart(of.scenario, of, table(of, lambda n, draw: 0.9 * n**-0.5 * (1 + draw / 50)))
    assert chart.log
    assert chart.axis.log
    assert chart.law is not None
    assert chart.law.words.startswith("power -0.5")
    assert np.log10(chart.law.y / (0.909 * chart.law.x**-0.5)) == pytest.approx(0, abs=1e-3)
    assert chart.law.residual == pytest.approx(0, abs=1e-3)
    assert chart.law.at.tolist() == [30, 100, 300, 1000]


def test_double_descent_marks_its_threshold_only_where_there_is_a_peak():
    def peaked(size: float, _draw: int) -> float:
        return {2: 0.4, 4: 0.2, 8: 0.5, 16: 0.3, 32: 0.1}[int(size)]

    of = study(report="double-descent")
    marks = study_chart(of.scenario, of, table(of, peaked)).marks
    assert [(mark.kind, mark.value) for mark in marks] == [("valley", 4.0), ("threshold", 8.0)]
    falling = study_chart(of.scenario, of, table(of, lambda size, _draw: 1 / size))
    assert falling.marks == ()
    assert "no peak" in falling.found[0]


def test_another_measure_than_the_studys_own_is_read_too():
    of = study(report="size", measure="test_loss")
    own, other = (study_chart(of.scenario, of, table(of), measure) for measure in ("", "error"))
    assert own.measure == "loss"
    assert other.measure == "error"
    assert "test loss" in own.found[0]
    assert "test error" in other.found[0]


def test_an_even_axis_upwards_begins_at_nothing_and_a_logarithmic_one_shows_no_zeros():
    axis = StudyAxis.of("a", "A", (1, 2))
    curve = StudyCurve("test", "test", np.array([0.0, 0.5]), np.array([0.0, 0.4]), np.array([0.0, 0.6]))
    even = StudyChart("T", axis, "error", (curve,))
    assert even.limits[0] < 0 < 0.6 < even.limits[1]
    log = StudyChart("T", axis, "error", (curve,), log=True)
    assert np.isnan(log.up(curve.mean)[0])
    assert log.limits == pytest.approx((np.log10(0.4) - 0.06 * np.log10(1.5), np.log10(0.6) + 0.06 * np.log10(1.5)))


def test_the_band_of_an_error_ends_at_none():
    made = table(study(), error=lambda _size, draw: 0.2 * draw)
    raw = made.curve("test_error", LEAVES).low
    assert (raw < 0).any()
    (test,) = [curve for curve in chart_of(made, "Trees", TITLES).curves if curve.name == "test"]
    assert test.low == pytest.approx(np.maximum(raw, 0.0))
