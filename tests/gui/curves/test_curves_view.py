import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QApplication

from boundaryviz.gui.curves.charts import MEASURES, CurvesView
from boundaryviz.gui.widgets.curve_data import Summary, Trace, thin, thin_band
from boundaryviz.gui.widgets.curve_limits import TidyRange
from boundaryviz.gui.widgets.theme import DARK
from helpers.qtest import QTest


@given(
    arrays(np.float64, st.integers(0, 400), elements=st.floats(-1e3, 1e3) | st.just(np.nan)), st.sampled_from([10, 64])
)
def test_thinning_keeps_every_peak_and_invents_nothing(y, most):
    x = np.cumsum(np.ones(len(y)))
    thin_x, thin_y = thin(x, y, most)
    assert len(thin_x) <= max(most, 0)
    assert (np.diff(thin_x) > 0).all()
    assert all(np.array_equal(y[int(a) - 1], b, equal_nan=True) for a, b in zip(thin_x, thin_y, strict=True))
    if np.isfinite(y).any():
        assert np.nanmin(thin_y) == np.nanmin(y)
        assert np.nanmax(thin_y) == np.nanmax(y)


@given(st.lists(st.integers(1, 700), min_size=1, max_size=12), st.integers(0, 2**32))
def test_a_growing_curve_keeps_its_peaks_and_its_lowest_value(chunks, seed):
    whole = np.random.default_rng(seed).standard_normal(sum(chunks))
    whole[::7] = np.nan
    trace, at, told = Trace(), 0, []
    for count in chunks:
        at += count
        told.append(trace.update(whole[:at]))
    index = trace.index
    assert np.array_equal(np.concatenate(told), whole, equal_nan=True)
    assert np.array_equal(index, np.unique(index))
    assert index[-1] == len(whole) - 1 or len(whole) > Trace.HEAD
    once = Trace()
    once.update(whole)
    assert np.array_equal(once.index, index), "however it came, the same points are drawn"
    if np.isfinite(whole).any():
        assert {int(np.nanargmin(whole)), int(np.nanargmax(whole))} <= set(index.tolist())
        assert trace.lowest == int(np.nanargmin(whole))
    assert len(index) <= Trace.HEAD + 2 * len(whole) / Trace.BLOCK + Trace.BLOCK


def test_another_curve_starts_afresh():
    trace = Trace()
    trace.update(np.linspace(1.0, 0.5, 100))
    trace.update(np.linspace(2.0, 1.5, 100))
    assert trace.lowest == 99
    trace.update(np.linspace(3.0, 5.0, 200))
    assert trace.lowest == 0
    trace.update(np.empty(0))
    assert trace.lowest is None


def test_thinning_on_a_logarithmic_axis_keeps_the_first_decades():
    x = np.log10(np.arange(1, 1_000_001, dtype=float))
    thin_x, _ = thin(x, np.sin(x))
    assert (thin_x < 1.0).sum() >= 9
    assert len(thin_x) <= 2000


@given(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=20))
def test_a_range_only_grows_and_holds_all_it_was_shown(values):
    made, before = TidyRange(), 0.0
    for value in values:
        made.include(np.array([value, np.nan, np.inf]))
        high = made.linear()[1]
        assert high >= max(before, value * (1 - 1e-9))
        before = high
    low, high = made.logarithmic()
    assert low == int(low)
    assert high == int(high)
    assert high >= np.log10(max(values)) - 1e-6
    assert low <= max(np.log10(min(values)) + 1e-6, high - 12)


def run(count, first=10, every=10):
    step = first + every * np.arange(count, dtype=np.int64)
    loss = 0.5 * np.exp(-step / 1000) + 0.05
    validation = loss + (step - 500.0) ** 2 * 1e-9
    values = {"train_loss": loss, "validation_loss": validation, "test_loss": np.full(count, np.nan)}
    values |= {f"{name}_error": np.linspace(0.4, 0.1, count) for name in ("train", "validation", "test")}
    return step, values


@pytest.fixture
def view(qtbot):
    made = CurvesView()
    qtbot.addWidget(made)
    made.resize(340, 360)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()


def drawn(view, qtbot):
    qtbot.wait(150)


def linear(view):
    """As a person chooses it, whatever the length of the run."""
    view.set_log(x=True)
    view.log_x.click()


def x_range(view):
    return view.plots["loss"].box.viewRange()[0]


def y_range(view, quantity="loss"):
    return view.plots[quantity].box.viewRange()[1]


def test_empty_it_says_what_to_do(view, qtbot):
    assert view._hint.isVisible()
    assert "appear here as it trains" in view._hint.text()
    view.set_curves(*run(3))
    drawn(view, qtbot)
    assert not view._hint.isVisible()
    view.clear()
    assert view._hint.isVisible()
    assert view.readouts["loss", "train"].text() == "\u2013"


def test_without_a_cursor_the_last_values_are_told(view, qtbot):
    step, values = run(100)
    view.set_curves(step, values)
    drawn(view, qtbot)
    assert view.where.text() == "step 1,000"
    assert view.readouts["loss", "train"].text() == f"{values['train_loss'][-1]:.4f}"
    assert view.readouts["loss", "test"].text() == "\u2013", "there was nothing to evaluate"
    assert view.readouts["error", "test"].text() == "0.1000"


def hover(view, x):
    plot = view.plots["error"]
    at = plot.box.mapViewToScene(QPointF(x, 0.05))
    place = QPointF(plot.mapFromScene(at))
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove, place, plot.viewport().mapToGlobal(place), none, none, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(plot.viewport(), event)


def test_the_values_under_the_cursor_are_exact(view, qtbot):
    step, values = run(5000)
    linear(view)
    view.set_curves(step, values)
    drawn(view, qtbot)
    hover(view, 20_000)
    shown = int(view.where.text().removeprefix("step ").replace(",", ""))
    at = int(np.flatnonzero(step == shown)[0])
    assert abs(shown - 20_000) < 500
    assert view.readouts["loss", "validation"].text() == f"{values['validation_loss'][at]:.4f}"
    assert view.readouts["error", "train"].text() == f"{values['train_error'][at]:.4f}"
    assert all(plot.cursor.isVisible() and plot.cursor.value() == shown for plot in view.plots.values())
    QApplication.sendEvent(view.plots["error"], QEvent(QEvent.Type.Leave))
    assert view.where.text() == "step 50,000"
    assert not view.plots["loss"].cursor.isVisible()


def test_arrow_keys_move_the_cursor(view, qtbot):
    view.set_curves(*run(100))
    drawn(view, qtbot)
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.where.text() == "step 990"
    QTest.keyClick(view, Qt.Key.Key_PageUp)
    assert view.where.text() == "step 790"
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.where.text() == "step 1,000"


def test_readouts_stay_where_they_are(view, qtbot):
    view.set_curves(*run(3))
    drawn(view, qtbot)
    places = {key: (r.x(), r.width()) for key, r in view.readouts.items()}
    step, values = run(4)
    view.set_curves(step, {name: column * 12345.678 for name, column in values.items()})
    drawn(view, qtbot)
    assert {key: (r.x(), r.width()) for key, r in view.readouts.items()} == places
    for readout in view.readouts.values():
        assert readout.fontMetrics().horizontalAdvance(readout.text()) <= readout.width()


def test_the_best_validation_step_is_marked(view, qtbot):
    step, values = run(500)
    linear(view)
    view.set_curves(step, values)
    drawn(view, qtbot)
    best = int(step[np.argmin(values["validation_loss"])])
    assert view.best_step == best
    assert view.plots["loss"].best.value() == best
    assert f"{best:,}" in view.best_words.text()
    view.set_log(x=True)
    assert view.plots["loss"].best.value() == pytest.approx(np.log10(best))


def test_axes_grow_in_tidy_steps_and_start_afresh_with_a_new_run(view, qtbot):
    spans = []
    linear(view)
    for count in range(50, 400, 25):
        view.set_curves(*run(count))
        view._throttle.flush()
        spans.append((tuple(x_range(view)), tuple(y_range(view))))
    assert spans == sorted(spans)
    assert len(set(spans)) <= 7, "a few steps, not one at each chunk"
    assert spans[-1] == ((0.0, 4000.0), (0.0, pytest.approx(0.6)))
    view.set_curves(*run(5))
    drawn(view, qtbot)
    assert x_range(view) == [0.0, 100.0]


def test_cursor_and_axes_stay_where_some_evaluations_of_a_run_are_given_up(view, qtbot):
    step, values = run(301)
    linear(view)
    view.set_curves(step[:200], {name: 3 * value[:200] for name, value in values.items()})
    view._throttle.flush()
    view.set_curves(step, values)
    view._throttle.flush()
    axes = x_range(view), y_range(view)
    view.setFocus()
    for _ in range(5):
        QTest.keyClick(view, Qt.Key.Key_PageUp)
    assert view.where.text() == "step 2,010"
    view.set_curves(step[::4], {name: value[::4] for name, value in values.items()})
    drawn(view, qtbot)
    assert view.where.text() == "step 2,010"
    assert (x_range(view), y_range(view)) == axes
    assert view.best_step == 3010
    assert len(view.plots["loss"].curves["train"].getData()[0]) == 76


def test_an_error_never_needs_more_than_one(view, qtbot):
    step, values = run(10)
    view.set_curves(step, values | {"train_error": np.full(10, 0.95)})
    drawn(view, qtbot)
    assert y_range(view, "error") == [0.0, 1.0]


def test_logarithmic_axes(view, qtbot):
    step, values = run(99)
    values["train_loss"] = np.where(step == 500, 0.0, values["train_loss"])
    view.set_curves(step, values)
    view.log_x.click()
    view.log_y.click()
    x, y = view.plots["loss"].curves["train"].getData()
    assert x[0] == pytest.approx(1.0)
    assert y[0] == pytest.approx(np.log10(values["train_loss"][0]))
    assert np.isnan(y[49]), "zero has no logarithm"
    assert x_range(view) == [pytest.approx(0.9), 3.0], "from shortly before the first evaluation"
    assert y_range(view) == [-1.0, 0.0]


def test_logarithmic_ticks_are_decades_in_one_style(view):
    axis = view.plots["loss"].axes["left"]
    view.set_log(y=True)
    for low, high, size in ((-12.0, 0.0, 100.0), (-2.0, 0.0, 100.0), (-1.0, 0.0, 20.0)):
        (step, named), (between, rest) = axis.tickValues(low, high, size)
        assert sorted(named + rest) == list(range(int(low), int(high) + 1))
        assert set(np.diff(named)) <= {step}, "evenly apart"
        assert step * size / (high - low) >= 20, "room for words"
        assert all(words.startswith("10") for words in axis.logTickStrings(named, 1.0, step))
        assert not any(axis.logTickStrings(rest, 1.0, between))
    assert axis.logTickStrings([-12.0, 0.0], 1.0, 12) == ["10\u207b\u00b9\u00b2", "10\u2070"]


def test_of_a_million_evaluations_some_are_drawn(view, qtbot):
    step, values = run(1_000_000, every=1)
    view.set_curves(step[:-100], {name: column[:-100] for name, column in values.items()})
    drawn(view, qtbot)
    assert len(view.plots["loss"].curves["train"].getData()[0]) <= 2000


def test_hidden_it_draws_nothing_until_shown(view, qtbot):
    view.hide()
    view.set_curves(*run(100))
    qtbot.wait(100)
    assert view.where.text() == ""
    view.show()
    assert view.where.text() == "step 1,000"


def test_the_curves_differ_in_colour_or_dashes_in_every_theme(view):
    for theme in (None, DARK):
        if theme:
            view.set_theme(theme)
        looks = {
            (c.opts["pen"].color().name(), c.opts["pen"].style()) for c in view.plots["loss"].curves.values()
        }  # fmt: skip
        assert len(looks) == len(view.plots["loss"].curves) == 7
        widths = {name: curve.opts["pen"].widthF() for name, curve in view.plots["loss"].curves.items()}
        assert widths["validation"] > widths["train"], "what counts is drawn strongest, as in the figures"


def test_the_first_evaluation_comes_before_any_step(view, qtbot):
    names = [f"{split}_{kind}" for split in ("train", "validation", "test") for kind in ("loss", "error")]
    view.set_curves(np.array([0]), {name: np.array([0.5]) for name in names})
    qtbot.wait(100)
    low, high = x_range(view)
    assert low <= 0.0 < high


RUNS = arrays(np.float64, st.tuples(st.integers(1, 40), st.integers(1, 4)), elements=st.floats(-9, 9) | st.just(np.nan))


@given(RUNS, st.lists(st.integers(1, 15), max_size=4))
def test_a_summary_is_that_of_the_whole_however_it_came(whole, cuts):
    summary, at, starts = Summary(), 0, []
    for count in [*cuts, len(whole)]:
        starts.append((summary.update(whole[: at + count]), at))
        at = min(at + count, len(whole))
    assert all(start == seen for start, seen in starts), "only what is new is looked at"
    known = np.isfinite(whole)
    for i, row in enumerate(whole):
        if known[i].any():
            values = row[known[i]]
            np.testing.assert_allclose(summary.mean[i], values.mean(), atol=1e-12)
            assert summary.low[i] == values.min()
            assert summary.high[i] == values.max()
        else:
            assert np.isnan([summary.mean[i], summary.low[i], summary.high[i]]).all()


def test_a_summary_of_other_runs_starts_afresh():
    summary = Summary()
    summary.update(np.ones((5, 3)))
    assert summary.update(np.ones((7, 2))) == 0
    assert summary.runs == 2
    assert summary.update(np.full((9, 2), 2.0)) == 0
    assert summary.mean.tolist() == [2.0] * 9
    assert summary.update(np.empty((0, 2))) == 0
    assert len(summary.mean) == 0


@given(RUNS.filter(lambda a: a.shape[1] > 1), st.integers(4, 20))
def test_a_band_encloses_what_lies_between(runs, most):
    known = np.isfinite(runs).all(axis=1)
    low, high = runs.min(axis=1), runs.max(axis=1)
    x, lower, upper = thin_band(np.arange(float(len(runs))), low, high, most)
    assert len(x) == len(lower) == len(upper) <= max(most, 0)
    assert (np.diff(x) > 0).all()
    if known.any():
        assert lower.min() == low[known].min()
        assert upper.max() == high[known].max()
    else:
        assert not len(x)


def twins(count, seeds=1):
    step, values = run(count)
    several = {
        name: np.stack([column * (1 + 0.1 * s) for s in range(seeds)], axis=1) for name, column in values.items()
    }
    clean = {name: 0.5 * column for name, column in several.items()}
    flips = np.linspace(0.0, 0.2, count)[:, None] * np.ones(seeds)
    return step, several | {"poison_loss": 0.3 + flips, "flip_rate": flips}, clean


def test_the_twin_brings_its_curves_its_values_and_poisons_loss(view):
    step, values, clean = twins(50)
    view.set_curves(step, values, clean)
    view._throttle.flush()
    curves = view.plots["loss"].curves
    for name in ("train", "clean train", "poison"):
        assert len(curves[name].getData()[0]) == 50
    np.testing.assert_allclose(curves["clean train"].getData()[1], clean["train_loss"][:, 0])
    assert view.readouts["loss", "poison"].text() == "0.5000"
    assert view.readouts["loss", "clean train"].isVisible()
    assert view.flips.isVisible()
    step, values = run(50)
    view.set_curves(step, values)
    view._throttle.flush()
    assert curves["clean train"].getData()[0] is None or not len(curves["clean train"].getData()[0])
    for part in (view.readouts["loss", "poison"], view.readouts["loss", "clean train"], view.flips):
        assert not part.isVisible()


def test_flips_take_the_place_of_the_error_and_give_it_back(view):
    view.set_curves(*twins(50))
    view.flips.click()
    view._throttle.flush()
    assert view.plots["flips"].isVisible()
    assert not view.plots["error"].isVisible()
    assert view.readouts["flips", "flips"].text() == "0.2000"
    view.flips.click()
    assert view.plots["error"].isVisible()
    view.flips.click()
    view.set_curves(*run(50))
    assert view.plots["error"].isVisible(), "without a twin there are no flips to show"


def test_seeds_show_as_their_mean_in_a_band(view):
    step, values, clean = twins(50, seeds=3)
    view.set_curves(step, values, clean)
    view._throttle.flush()
    plot = view.plots["loss"]
    np.testing.assert_allclose(plot.curves["train"].getData()[1], values["train_loss"].mean(axis=1))
    x, _low, high = plot.bands["train"].shown
    assert len(x) == 50
    np.testing.assert_allclose(high.max(), values["train_loss"].max())
    assert "over 3 seeds" in view.readouts["loss", "train"].toolTip()
    view.grab()
    view.set_curves(*twins(50, seeds=1))
    view._throttle.flush()
    assert not len(plot.bands["train"].shown[0])


def test_the_twin_needs_no_more_width(view):
    before = view.minimumSizeHint().width()
    view.set_curves(*twins(50, seeds=8))
    view._throttle.flush()
    view.grab()
    assert view.minimumSizeHint().width() <= max(before, 316)


def test_a_long_run_has_logarithmic_steps_until_a_person_chooses(view):
    view.set_curves(*run(50))
    assert not view.log_x.isChecked()
    view.set_curves(*run(50), planned=1000)
    assert view.log_x.isChecked(), "from the beginning, so that nothing jumps"
    view.log_x.click()
    view.set_curves(*run(500))
    assert not view.log_x.isChecked()
    view.set_curves(*run(5))
    view.log_x.click()
    view.set_curves(*run(6))
    assert view.log_x.isChecked()


def test_a_spike_is_cut_off_and_said(view):
    step, values = run(500)
    values["train_loss"] = np.where(step == 2500, 80.0, values["train_loss"])
    linear(view)
    view.set_curves(step, values)
    view._throttle.flush()
    plot = view.plots["loss"]
    assert y_range(view)[1] == pytest.approx(0.6)
    x, _ = plot.cut.getData()
    assert len(x) == 1
    assert x[0] == pytest.approx(2500, abs=30)
    assert "80" in plot.cut_words.text()
    view.grab()
    view.set_curves(*run(501))
    view._throttle.flush()
    assert not len(plot.cut.getData()[0])
    assert not plot.cut_words.isVisible()


def test_what_is_fitted_at_once_shows_numbers_and_no_course(view):
    view.set_at_once(True)
    view.set_curves(*twins(2, seeds=3))
    view._throttle.flush()
    assert view.bars.isVisible()
    for part in (view.plots["loss"], view.where, view.best_words, view.log_x):
        assert not part.isVisible()
    told = {title: {bar.words: bar.text for bar in bars} for title, bars in view.bars.groups}
    assert list(told) == ["flipped by the poison", "error", "loss"]
    assert told["flipped by the poison"] == {"test points": "20.0 %"}
    assert told["error"]["test"] == "11.0 %"
    assert told["error"]["clean test"] == "5.5 %"
    view.grab()
    view.set_at_once(False)
    assert not view.bars.isVisible()
    assert view.plots["loss"].isVisible()


def test_a_double_click_asks_for_more_room(view, qtbot):
    view.set_curves(*run(50))
    view._throttle.flush()
    with qtbot.waitSignal(view.opened):
        QTest.mouseDClick(view.plots["loss"].viewport(), Qt.MouseButton.LeftButton)


def test_for_a_lecture_hall_lines_are_wider(view):
    view.set_curves(*run(50))
    view._throttle.flush()
    before = view.plots["loss"].curves["validation"].opts["pen"].widthF()
    view.set_scale(2.0)
    assert view.plots["loss"].curves["validation"].opts["pen"].widthF() == pytest.approx(2.0 * before)
    view.grab()


def test_the_loss_of_wrong_labels_can_stand_in_the_place_of_the_error(view):
    step, values = run(50)
    view.set_curves(step, values)
    assert not view.labels.isVisible(), "no label is known to be wrong"
    view.set_curves(step, values | {"clean_label_loss": 0.5 / (1.0 + step), "flipped_label_loss": 1.0 + 0.0 * step})
    view._draw()
    view.labels.click()
    assert view.plots["labels"].isVisible()
    assert not view.plots["error"].isVisible()
    assert view.readouts["labels", "wrong"].text() == "1.0000"
    assert view.readouts["labels", "right"].isVisible()
    view.labels.click()
    assert view.plots["error"].isVisible()


def test_only_one_thing_stands_in_the_place_of_the_error(view):
    step, poisoned, clean = twins(60)
    view.set_curves(step, poisoned | {"flipped_label_loss": np.ones((60, 2))}, clean)
    view.flips.click()
    view.labels.click()
    assert not view.flips.isChecked()
    assert [name for name, plot in view.plots.items() if plot.isVisible()] == ["loss", "labels"]
    view.flips.click()
    assert [name for name, plot in view.plots.items() if plot.isVisible()] == ["loss", "flips"]


def test_a_line_stands_where_early_stopping_has_ended_the_run(view):
    step, values = run(50)
    view.set_curves(step, values)
    view.set_stopped(30)
    assert view.plots["loss"].stop.isVisible()
    assert view.plots["loss"].stop.value() == 30
    assert "stopped 30" in view.best_words.text()
    view.set_log(x=True)
    view.set_stopped(100)
    assert view.plots["loss"].stop.value() == pytest.approx(2.0)
    view.set_stopped(None)
    assert not view.plots["loss"].stop.isVisible()


def test_the_upper_plot_shows_the_measure_that_is_chosen(view: CurvesView) -> None:
    step = np.arange(0, 100, 10)
    names = [f"{split}_{measure}" for split in ("train", "validation", "test") for measure in (*MEASURES, "error")]
    values = {name: np.full(10, 0.1 + 0.01 * at) for at, name in enumerate(names)}
    view.set_curves(step, values)
    for measure in (*MEASURES, "loss"):
        view.measure.setCurrentIndex(view.measure.findData(measure))
        for split in ("train", "validation", "test"):
            assert view.readouts["loss", split].text() == f"{values[f'{split}_{measure}'][-1]:.4f}"
            assert view.readouts["error", split].text() == f"{values[f'{split}_error'][-1]:.4f}"
    view.measure.setCurrentIndex(view.measure.findData("expected_cost"))
    view.clear()
    view.set_curves(step, {name: array for name, array in values.items() if "cost" not in name})
    assert view.readouts["loss", "train"].text() == "\u2013"
    assert view.best_step is None
