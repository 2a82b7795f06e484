"""The bar under the plane, alone: where moments and steps lie, the mouse, the keys, what it says."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QPoint, QSize, Qt
from PyQt6.QtGui import QPixmap
from pytestqt.qtbot import QtBot

from boundaryviz.gui.timeline.bar import Mark, TimelineBar
from boundaryviz.gui.timeline.checkpoint_picture import checkpoint_pixmap
from boundaryviz.gui.timeline.paint import EDGE, Axis
from boundaryviz.gui.widgets.theme import DARK, LIGHT
from boundaryviz.scenario.gallery import load

STEPS = np.array([0, 1, 2, 5, 10, 20, 50, 100, 200, 500])


@pytest.fixture
def bar(qtbot: QtBot) -> TimelineBar:
    made = TimelineBar()
    qtbot.addWidget(made)
    made.resize(900, 48)
    made.show()
    made.set_checkpoints(STEPS)
    made.set_now(600)
    qtbot.waitExposed(made)
    made.track.repaint()
    return made


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=300, unique=True).map(sorted), st.floats(200, 2000))
def test_a_moments_pixel_leads_back_to_it(steps: list[int], width: float) -> None:
    axis = Axis(np.array(steps), steps[-1], width)
    if len(steps) > (width - 2 * EDGE) / 2:
        return
    for index, step in enumerate(steps):
        assert axis.index(axis.of_index(index)) == index
        assert axis.of_step(step) == pytest.approx(axis.of_index(index))
    ticks = axis.ticks()
    assert all(b[0] - a[0] >= 56.0 for a, b in pairwise(ticks))
    assert all(steps[0] <= step <= steps[-1] for _, step in ticks)


def test_a_drag_scrubs_moment_by_moment(bar: TimelineBar, qtbot: QtBot) -> None:
    found: list[int] = []
    bar.scrubbed.connect(found.append)
    track, axis = bar.track, bar.track.axis
    y = track.height() // 2
    at = [QPoint(round(axis.of_index(index)), y) for index in range(len(STEPS))]
    qtbot.mousePress(track, Qt.MouseButton.LeftButton, pos=at[8])
    for place in (at[7], at[7], at[4]):
        qtbot.mouseMove(track, place)
    qtbot.mouseRelease(track, Qt.MouseButton.LeftButton, pos=at[4])
    assert found == [8, 7, 4]


def test_keys_step_and_lead_to_marks_and_back(bar: TimelineBar, qtbot: QtBot) -> None:
    found: list[int] = []
    gone: list[bool] = []
    bar.scrubbed.connect(found.append)
    bar.scrubbed.connect(bar.set_shown)
    bar.now_wanted.connect(lambda: gone.append(True))
    bar.set_marks([Mark(20, "edit", "moved 1 point"), Mark(190, "flip", "the pin flips first")])
    for key, held in (
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_PageDown, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_PageDown, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_PageUp, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier),
    ):  # fmt: skip
        qtbot.keyClick(bar.track, key, held)
    assert found == [9, 8, 9, 0, 5, 8, 5, 0]
    assert not gone
    qtbot.keyClick(bar.track, Qt.Key.Key_End)
    bar.set_shown(9)
    qtbot.keyClick(bar.track, Qt.Key.Key_Right)
    assert gone == [True, True]


def test_it_says_what_is_shown_and_offers_to_go_on_only_in_the_past(bar: TimelineBar) -> None:
    assert bar.where.text() == "10 moments"
    assert all(button.isHidden() for button in bar.buttons.values())
    width = bar.track.width()
    bar.set_shown(4)
    assert bar.where.text() == "step 10 of 600"
    assert not any(button.isHidden() for button in bar.buttons.values())
    assert bar.track.width() == width  # nothing jumps
    heard: list[str] = []
    bar.resume_wanted.connect(lambda: heard.append("resume"))
    bar.now_wanted.connect(lambda: heard.append("now"))
    bar.pin_wanted.connect(lambda: heard.append("pin"))
    for button in bar.buttons.values():
        button.click()
    assert heard == ["resume", "pin", "now"]


def test_no_digit_of_a_long_run_is_missing(bar: TimelineBar) -> None:
    bar.set_checkpoints(np.array([0, 123_456_789_012]))
    bar.set_now(999_999_999_999)
    bar.set_shown(1)
    assert bar.where.fontMetrics().horizontalAdvance(bar.where.text()) <= bar.where.minimumWidth()


def test_a_mark_under_the_pointer_is_told(bar: TimelineBar, qtbot: QtBot) -> None:
    bar.set_marks([Mark(50, "setting", "learning rate 0.03")])
    qtbot.mouseMove(bar.track, QPoint(round(bar.track.axis.of_step(50)), 20))
    assert bar.track.toolTip() == "step 50: learning rate 0.03"


def test_the_picture_under_the_pointer_is_asked_for_and_goes(bar: TimelineBar, qtbot: QtBot) -> None:
    asked: list[int] = []

    def make(index: int) -> QPixmap:
        asked.append(index)
        return QPixmap(40, 40)

    bar.set_thumbnail(make)
    qtbot.mouseMove(bar.track, QPoint(round(bar.track.axis.of_index(3)), 20))
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == [3]
    assert bar._popup.isVisible()
    bar.track.leaveEvent(None)
    assert not bar._popup.isVisible()


def test_every_mark_is_painted_in_both_themes(bar: TimelineBar) -> None:
    for theme in (LIGHT, DARK):
        bar.set_theme(theme)
        bar.set_marks([])
        empty = bar.track.grab().toImage()
        for kind in ("edit", "setting", "best", "flip", "diverged", "branch"):
            bar.set_marks([Mark(20, kind, "x")])
            assert bar.track.grab().toImage() != empty


def test_an_empty_bar_does_nothing(qtbot: QtBot) -> None:
    bar = TimelineBar()
    qtbot.addWidget(bar)
    found: list[int] = []
    bar.scrubbed.connect(found.append)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_PageUp):
        qtbot.keyClick(bar.track, key)
    qtbot.mouseClick(bar.track, Qt.MouseButton.LeftButton)
    bar.track.grab()
    assert not found


@pytest.mark.parametrize("classes", [2, 3])
def test_a_small_picture_shows_the_field_the_right_way_up(classes: int, qapp: object) -> None:
    scene = load("moons").with_values({"data.n": 10}).scene()
    scene = type(scene)(scene.points.take([]), scene.domain, classes)
    y = np.linspace(0, 1, 32, dtype=np.float16)[:, None] * np.ones(48, dtype=np.float16)
    field = y if classes == 2 else np.stack([1 - y, y, np.zeros_like(y)])
    image = checkpoint_pixmap(field, scene.domain, scene, QSize(96, 96), LIGHT).toImage()
    middle = image.height() // 2
    above, below = image.pixelColor(48, middle - 25), image.pixelColor(48, middle + 25)
    assert above.blue() > above.red()  # class 1 is blue, and at the top
    assert below.red() > below.blue()
