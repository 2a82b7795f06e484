import math

import pytest
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from boundaryviz.gui.shell.banner import SENTENCE, Banner
from boundaryviz.gui.shell.status import StatusFields
from helpers.qtest import QTest


@pytest.fixture
def status(qtbot):
    made = StatusFields()
    qtbot.addWidget(made)
    made.resize(1200, 28)
    made.show()
    return made


def test_numbers_change_and_nothing_moves(status):
    fields = (status.place, status.answer, status.loss, status.error, status.steps, status.frames)
    places = [(f.x(), f.width()) for f in fields]
    for pointer, metrics, rates in (
        (((1.0, -2.0), "class 1", 0.5), (0.1, 0.0), (3.0, 60.0)),
        (((-12.3456, -1.0), "class 0", 1.0), (12345.6, 1.0), (123_456.0, 59.0)),
        ((None, "", None), (math.nan, None), (None, None)),
    ):
        status.set_pointer(*pointer)
        status.set_metrics(*metrics)
        status.set_rates(*rates)
        status.grab()
        assert [(f.x(), f.width()) for f in fields] == places
        for field in fields:
            assert field.fontMetrics().horizontalAdvance(field.text()) <= field.width()


def test_place_class_and_probability_are_told(status):
    status.set_pointer((1.23456, -0.5), "class 1", 0.9734)
    assert status.place.text() == "1.235, -0.500"
    assert status.answer.text() == "class 1 97.3%"
    status.set_pointer((0, 0), "a class with a name that is far too long for its place", 0.5)
    assert status.answer.text().endswith("50.0%")
    status.set_pointer(None)
    assert status.place.text() == status.answer.text() == ""


def test_metrics_and_device(status):
    status.set_metrics(0.12345, 0.025, "validation", "mean of 4 seeds")
    assert (status.split.text(), status.of.text()) == ("validation", "mean of 4 seeds")
    assert (status.loss.text(), status.error.text()) == ("0.1235", "2.5%")
    assert "validation" in status.loss.toolTip()
    status.set_rates(12345.6, 59.9)
    assert (status.steps.text(), status.frames.text()) == ("12,346 steps/s", "60 frames/s")
    status.set_device("CPU, 2 threads")
    assert status.device.text() == "CPU, 2 threads"


def test_the_twin_has_its_place_only_while_it_is_on(status):
    assert not status.flips.isVisible()
    status.set_twin(True, 0.1234, 51.26)
    assert status.flips.isVisible()
    assert (status.flips.text(), status.leverage.text()) == ("12.3%", "51.3")
    status.set_twin(True, math.nan, None)
    assert (status.flips.text(), status.leverage.text()) == ("\u2013", "\u2013")
    status.set_twin(False)
    assert not status.flips.isVisible()


def test_where_there_is_no_room_speeds_and_device_go_and_nothing_is_cut_off(status):
    status.set_metrics(0.12345, 0.025, "validation", "mean of 16 seeds")
    status.set_twin(True, 0.1234, 51.26, "mean of 16 seeds")
    status.set_device("CPU, 2 threads")
    for width in (1400, 1050, status.minimumSizeHint().width()):
        status.resize(width, 28)
        status.grab()
        for part in status.findChildren(QLabel):
            if part.isVisible() and part is not status.said:
                assert part.fontMetrics().horizontalAdvance(part.text()) <= part.width(), part.text()
    assert status.minimumSizeHint().width() <= 960
    assert not status.device.isVisible()
    assert status.of.isVisible()


@pytest.fixture
def banner(qtbot):
    made = Banner()
    qtbot.addWidget(made)
    return made


def test_a_banner_is_hidden_until_there_is_something_to_tell(banner):
    assert banner.isHidden()
    banner.tell("Training diverged at step 120.", action="Reset")
    assert banner.isVisible()
    assert not banner.isModal()
    assert banner.details_button.isHidden()


def test_the_action_and_the_details(banner):
    pressed = []
    banner.action.connect(lambda: pressed.append(1))
    banner.tell("The trainer stopped.", details="Traceback\n  boom", action="Restart", alarm=True)
    assert banner.details.isHidden()
    banner.details_button.click()
    assert banner.details.isVisible()
    assert "boom" in banner.details.toPlainText()
    banner.action_button.click()
    assert pressed == [1]
    banner.tell("Loaded.")
    assert banner.details.isHidden()
    assert banner.action_button.isHidden()
    assert banner.property("role") == "banner"


def test_escape_or_the_cross_close_it_unless_it_must_stay(banner):
    closed = []
    banner.closed.connect(lambda: closed.append(1))
    banner.tell("One.")
    QTest.keyClick(banner, Qt.Key.Key_Escape)
    assert banner.isHidden()
    banner.tell("Two.")
    banner.close_button.click()
    assert closed == [1, 1]
    banner.tell("Three.", closable=False)
    QTest.keyClick(banner, Qt.Key.Key_Escape)
    assert banner.isVisible()


def test_a_banner_that_goes_with_the_focus_says_so(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    row, banner, other = QVBoxLayout(holder), Banner(), QPushButton("other")
    row.addWidget(banner)
    row.addWidget(other)
    with qtbot.waitExposed(holder):
        holder.show()
    banner.tell("something")
    with qtbot.waitSignal(banner.focus_left):
        banner.close_button.setFocus()
        qtbot.keyClick(banner.close_button, Qt.Key.Key_Space)
    banner.tell("again")
    other.setFocus()
    with qtbot.assertNotEmitted(banner.focus_left):
        banner.hide()


@pytest.mark.parametrize(("width", "height"), [(573, 580), (1013, 840)])
@pytest.mark.parametrize("buttons", [0, 1, 3])
def test_the_longest_sentence_wraps_within_the_banner_and_pushes_nothing_out(
    qtbot: QtBot, width: int, height: int, buttons: int
) -> None:
    """width, height: of the middle of the window at 960 x 640 and 1400 x 900."""
    holder = QWidget()
    qtbot.addWidget(holder)
    column, banner, plane = QVBoxLayout(holder), Banner(), QWidget()
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(banner)
    column.addWidget(plane, 1)
    holder.resize(width, height)
    holder.show()
    words = [f"Bring back what was called {k}" for k in range(buttons)]
    banner.tell(
        ("What was left out of the table is counted. " * 20)[:SENTENCE], details="all of it" if buttons else "",
        action=words[0] if words else "", others=words[1:],
    )  # fmt: skip
    QApplication.processEvents()
    assert holder.width() == width
    text = banner.text
    assert text.height() >= text.heightForWidth(text.width())
    assert plane.height() >= 0.6 * height
    shown = [one for one in banner.findChildren(QAbstractButton) if one.isVisible()]
    assert len(shown) == 1 + bool(buttons) + buttons
    for one in shown:
        place = QRect(one.mapTo(banner, QPoint(0, 0)), one.size())
        assert banner.rect().contains(place)
        assert one.width() >= one.sizeHint().width()
        assert not place.intersects(text.geometry())
