from itertools import pairwise

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QToolTip, QWidget

from boundaryviz.gui.training.transport import LARGEST_SEED, SEEDS, TransportBar, pace_at, position_of
from boundaryviz.gui.widgets.theme import DARK
from helpers.qtest import QTest


@pytest.fixture
def bar(qtbot):
    made = TransportBar()
    qtbot.addWidget(made)
    made.show()
    return made


def heard(signal):
    got = []
    signal.connect(lambda *args: got.append(args[0] if args else None))
    return got


def enter(edit, text):
    edit.setFocus()
    edit.selectAll()
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    QTest.keyClicks(edit, text)
    QTest.keyClick(edit, Qt.Key.Key_Return)


def test_play_asks_for_the_opposite_of_what_is_shown_and_waits_to_be_told(bar):
    asked = heard(bar.play_toggled)
    bar.play_button.click()
    assert asked == [True]
    assert bar.play_button.text() == "Play"
    bar.set_playing(True)
    assert bar.play_button.text() == "Pause"
    bar.play_button.click()
    assert asked == [True, False]


def test_reset_and_new_seed_are_two_things(bar):
    resets, seeds, steps = heard(bar.reset), heard(bar.new_seed), heard(bar.step)
    bar.reset_button.click()
    assert (len(resets), len(seeds), len(steps)) == (1, 0, 0)
    bar.seed_button.click()
    bar.step_button.click()
    assert (len(resets), len(seeds), len(steps)) == (1, 1, 1)


def test_the_counter_keeps_its_width(bar):
    widths = set()
    for step in (0, 9, 1240, 99_999_999):
        bar.set_step(step)
        widths.add(bar.counter.width())
        assert bar.counter.fontMetrics().horizontalAdvance(bar.counter.text()) <= bar.counter.width()
    assert bar.counter.text() == "99,999,999"
    assert len(widths) == 1


def test_no_digit_of_a_long_run_is_missing_in_a_narrow_bar_either(bar):
    bar.resize(bar.minimumSizeHint().width(), bar.height())
    bar.set_step(12_345_678_901)
    bar.resize(bar.minimumSizeHint().width(), bar.height())
    wide = bar.counter.width()
    assert bar.counter.fontMetrics().horizontalAdvance(bar.counter.text()) <= wide
    assert all(part.geometry().right() < bar.width() for part in bar.findChildren(QWidget) if part.isVisibleTo(bar))
    bar.set_step(0)
    assert bar.counter.width() == wide


def test_where_it_rests_play_goes_on(bar):
    asked = heard(bar.play_toggled)
    bar.set_playing(False, resting=True)
    assert bar.play_button.text() == "Go on"
    bar.set_theme(DARK)
    assert bar.play_button.text() == "Go on"
    bar.play_button.click()
    assert asked == [True]
    bar.set_playing(False)
    assert bar.play_button.text() == "Play"


def test_full_speed_is_a_button_that_leads_back_to_the_pace_before(bar):
    paces = heard(bar.pace_changed)
    bar.fast_button.click()
    assert paces == ["full"]
    assert bar.speed_edit.text() == "max"
    bar.fast_button.click()
    assert paces == ["full", "auto"]
    bar.set_pace(25.0, 25.0)
    bar.fast_button.click()
    bar.fast_button.click()
    assert paces[2:] == ["full", 25.0]
    bar.set_pace("full", None)
    assert bar.fast_button.isChecked()
    assert len(paces) == 4, "a setter says nothing"


def test_the_pace_is_dragged_or_typed(bar):
    speeds = heard(bar.pace_changed)
    bar.slider.setValue(20)
    assert speeds == [100.0]
    assert bar.speed_edit.text() == "100"
    enter(bar.speed_edit, "max")
    assert speeds[-1] == "full"
    assert bar.slider.value() == bar.slider.maximum()
    enter(bar.speed_edit, "auto")
    assert speeds[-1] == "auto"
    bar.set_pace("auto", 100.0)
    assert (bar.speed_edit.text(), bar.slider.value()) == ("auto", 20)
    enter(bar.speed_edit, "25")
    assert speeds[-1] == 25.0
    before = list(speeds)
    for wrong in ("0", "5000", "fast"):
        enter(bar.speed_edit, wrong)
        assert bar.speed_edit.property("invalid") is True
        assert QToolTip.text() == bar.speed_edit.toolTip()
    assert speeds == before
    bar.slider.setValue(10)
    assert bar.speed_edit.property("invalid") is False
    before = list(speeds)
    bar.set_pace(10.0, 10.0)
    assert speeds == before, "a setter says nothing"


def test_slider_and_speed_agree():
    assert [pace_at(p) for p in (0, 10, 20, 30, 31)] == [1.0, 10.0, 100.0, 1000.0, "full"]
    assert all(isinstance(pace := pace_at(p), float) and position_of(pace) == p for p in range(31))
    assert position_of(None) == 31


def test_stop_at_is_a_step_or_never(bar):
    stops = heard(bar.stop_at_changed)
    enter(bar.stop_edit, "2,000")
    enter(bar.stop_edit, "")
    enter(bar.stop_edit, "500")
    enter(bar.stop_edit, "0")
    assert stops == [2000, None, 500, None]
    enter(bar.stop_edit, "1.5")
    assert stops == [2000, None, 500, None]
    assert bar.stop_edit.property("invalid") is True


def test_seed_is_typed_within_its_range(bar):
    seeds = heard(bar.seed_changed)
    enter(bar.seed_edit, str(LARGEST_SEED))
    enter(bar.seed_edit, str(LARGEST_SEED + 1))
    enter(bar.seed_edit, "-1")
    enter(bar.seed_edit, "7")
    enter(bar.seed_edit, "7")
    assert seeds == [LARGEST_SEED, 7]
    assert bar.seed_edit.property("invalid") is False


def test_switched_off_it_says_why_and_keeps_the_settings(bar):
    bar.set_disabled("the trainer has stopped")
    assert not bar.play_button.isEnabled()
    assert "the trainer has stopped" in bar.play_button.toolTip()
    assert bar.seed_edit.isEnabled()
    bar.set_disabled(None)
    assert bar.play_button.isEnabled()
    assert "trainer" not in bar.play_button.toolTip()


def test_it_can_be_narrow_and_the_slider_has_what_is_left(bar):
    widths = []
    for width in (bar.minimumSizeHint().width() + bar._room(bar.slider) + bar._room(bar.fast_button), 1400):
        bar.resize(width, 44)
        widths.append(bar.slider.width())
    assert widths == [48, 112]


def test_where_it_is_narrow_words_go_then_slider_and_full_speed_and_every_other_control_stays(bar):
    bar.set_seeds(8)
    narrow = bar.minimumSizeHint().width()
    controls = (
        bar.reset_button, bar.play_button, bar.step_button, bar.counter, bar.speed_edit, bar.stop_edit,
        bar.seed_edit, bar.seed_button, bar.twin_button, bar.seeds, bar.shown,
    )  # fmt: skip
    shown = []
    for width in (narrow, narrow + 120, 1400, narrow):
        bar.resize(width, 44)
        bar.grab()
        shown.append(sum(words.isVisible() for words in bar._spare))
        ends = [(part.x(), part.x() + part.width()) for part in controls]
        assert all(part.isVisible() for part in controls)
        assert all(a[1] <= b[0] for a, b in pairwise(ends)), "nothing overlaps"
        assert ends[-1][1] <= width
    assert shown[0] == shown[3] == 0
    assert 0 < shown[1] < shown[2] == len(bar._spare)


def test_icons_take_the_themes_colours(bar):
    def colours():
        picture = bar.reset_button.icon().pixmap(32, 32).toImage()
        pixels = [picture.pixelColor(x, y) for x in range(32) for y in range(32)]
        return {colour.name() for colour in pixels if colour.alpha() > 250}

    before = colours()
    bar.set_theme(DARK)
    assert DARK.text in colours()
    assert DARK.text not in before


def test_the_twin_is_asked_for_and_waits_to_be_told(bar):
    asked, counts, shown = heard(bar.twin_toggled), heard(bar.seeds_changed), heard(bar.shown_changed)
    bar.twin_button.click()
    assert asked == [True]
    bar.set_twin(False)
    assert not bar.twin_button.isChecked()
    bar.seeds.activated.emit(SEEDS.index(8))
    assert counts == [8]
    bar.set_seed(5)
    bar.set_seeds(4, 2)
    assert [bar.shown.itemText(k) for k in range(4)] == [f"seed {5 + k}" for k in range(4)]
    assert bar.shown.currentText() == "seed 7"
    bar.shown.activated.emit(3)
    assert shown == [3]
    bar.set_seed(10)
    assert bar.shown.currentText() == "seed 12", "the same one of the seeds stays shown"
    assert bar.shown.isVisible()
    bar.set_seeds(1)
    assert not bar.shown.isVisible()
    assert (asked, counts, shown) == ([True], [8], [3]), "setters say nothing"
