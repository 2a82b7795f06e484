"""The map of heights over the plane: what the run says, at the pointer and in the past too, or why there is none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from boundaryviz.engine.height_map import HeightMap
from boundaryviz.engine.heights import mapped
from boundaryviz.engine.session import Session
from boundaryviz.evasion.slices import whole
from boundaryviz.gui.heights.control import words
from boundaryviz.gui.heights.strip import HeightsStrip
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario import gallery
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import Scenario
from helpers.runs import train_to
from helpers.snapshots import heights
from helpers.there import there

SMALL = {"data.n": 36, "data.lift": 3, "learner.hidden": [6], "learner.init_off_plane": 4.0}


def choose(combo: QComboBox, value: str) -> None:
    """What a hand does with a combo box."""
    at = combo.findData(value)
    combo.setCurrentIndex(at)
    combo.activated.emit(at)


@pytest.fixture
def shown(show: Callable[[Scenario], Workbench], qtbot: QtBot) -> Workbench:
    workbench = show(Scenario().with_values(SMALL))
    train_to(workbench, qtbot, 4)
    workbench.controller.play(False)
    qtbot.waitUntil(lambda: not workbench.client.playing)
    workbench.window.actions_["view.heights"].setChecked(True)
    qtbot.waitUntil(lambda: workbench.heights.found is not None)
    return workbench


def test_the_map_is_that_of_the_run_and_the_pointer_reads_it(shown: Workbench, qtbot: QtBot):
    control = shown.heights
    session = Session(Scenario().with_values(SMALL), device="cpu")
    session.step(there(shown.controller.presenter.frame).step)
    expected = whole(mapped(session, 0, 48, 0.2))
    qtbot.waitUntil(lambda: np.allclose(there(control.found).above, expected.above, rtol=1e-3))
    assert control.lead.map.isVisible()
    assert len(control.lead.sheets.lines) == 2
    x, y = expected.domain.grid(48, expected.above.shape[0])[100]
    shown.planes.hovered.emit((float(x), float(y)))
    assert control.strip.words.text() == words(expected, (x, y))
    choose(control.strip.colours, "none")
    assert not control.lead.map.isVisible()
    assert control.lead.sheets.isVisible()
    choose(control.strip.colours, "below")
    expected_class = (there(control.found).sheets[1] > 0.5).astype(int)
    np.testing.assert_array_equal(there(control.found).decided(1), expected_class)
    assert control.lead.map.isVisible()
    most = int(expected_class.mean() > 0.5)
    assert f"0.2 below: class {most} on {100 * (expected_class == most).mean():.0f} %" in control.strip.words.text()


def test_the_lines_follow_the_slider(shown: Workbench, qtbot: QtBot):
    control = shown.heights
    control.strip.editor.proposed.emit(0.5)
    qtbot.waitUntil(lambda: control.found is not None and control.found.z == 0.5)
    assert control.strip.legend.entries == ("on the plane", "0.5 above", "0.5 below")
    assert control.asked == 0.5


def test_it_goes_with_the_switch_and_where_nothing_lies_off_the_plane_that_is_said(shown: Workbench, qtbot: QtBot):
    control = shown.heights
    shown.controller.do(Settings({"data.lift": None}), "Lift")
    qtbot.waitUntil(lambda: "nothing lies off the plane" in control.strip.words.text())
    assert control.found is None
    assert control.asked is None
    assert not control.lead.map.isVisible()
    assert not control.lead.sheets.isVisible()
    shown.controller.do(Settings({"data.lift": 3}), "Lift")
    qtbot.waitUntil(lambda: control.found is not None)
    shown.window.actions_["view.heights"].setChecked(False)
    assert not control.strip.isVisible()
    assert not control.lead.map.isVisible()


def test_scrubbing_shows_the_heights_of_then(shown: Workbench, qtbot: QtBot):
    control, now = shown.heights, there(shown.heights.found)
    shown.window.actions_["train.first"].trigger()
    qtbot.waitUntil(lambda: control.found is not None and control.found is not now)
    first = Session(Scenario().with_values(SMALL), device="cpu")
    expected = whole(mapped(first, 0, 48, 0.2))
    np.testing.assert_allclose(there(control.found).above, expected.above, rtol=1e-4)
    shown.window.actions_["train.now"].trigger()
    qtbot.waitUntil(lambda: control.found is not None and np.array_equal(control.found.above, now.above))


def test_what_is_shown_can_be_exported(shown: Workbench, qtbot: QtBot):
    taken: list[HeightMap | None] = []
    shown.exporting._picturing.render(lambda snapshot, _: taken.append(snapshot.heights), z=shown.heights.asked)
    shown.exporting._picturing.render(lambda snapshot, _: taken.append(snapshot.heights))
    qtbot.waitUntil(lambda: len(taken) == 2)
    assert there(taken[0]).above.shape[1] == 96
    assert taken[1] is None


def test_it_is_offered_with_an_example_that_is_about_it(show: Callable[[Scenario], Workbench], qtbot: QtBot):
    workbench = show(Scenario().with_values(SMALL))
    assert workbench.heights.ready(gallery.load("noise-relation")) is None
    words_, act = there(workbench.heights.ready(gallery.load("dimples")))
    assert words_ == "Look off the plane"
    act()
    assert workbench.window.actions_["view.heights"].isChecked()
    assert workbench.heights.ready in workbench.filing.offers


def test_its_words_say_what_is_known():
    found = heights()
    assert words(found, None) == "33 % of it within 0.2, median 0.3"
    assert words(found, (-1.9, 0.0)).endswith("\nhere 0.57 above, none below")
    assert words(found, (5.0, 0.0)) == words(found, None)


def test_the_strip_stands_in_the_corner_and_says_what_lines_are(qtbot: QtBot):
    strip = HeightsStrip()
    qtbot.addWidget(strip)
    heard: list[float] = []
    strip.moved.connect(heard.append)
    strip.editor.proposed.emit(99.0)
    assert heard == [20.0]
    strip.show()
    assert strip.legend.accessibleName() == "Boundary: a line on the plane, dashes 20 above, dots 20 below"


def test_words_of_any_length_stand_whole_in_the_strip(qtbot: QtBot):
    strip = HeightsStrip()
    qtbot.addWidget(strip)
    strip.show()
    strip.set_words("here and there, " * 20)
    words = strip.words
    qtbot.waitUntil(lambda: words.height() >= words.heightForWidth(words.width()))


def test_with_twins_each_plane_shows_what_its_own_model_answers_off_the_plane(
    show: Callable[[Scenario], Workbench], qtbot: QtBot
):
    poison = {"attack": "trigger", "count": 6, "height": 1.0}
    workbench = show(Scenario.parse({"poison": poison}).with_values(SMALL))
    workbench.window.actions_["train.twin"].trigger()
    qtbot.waitUntil(lambda: workbench.planes.view is not None)
    train_to(workbench, qtbot, 4)
    workbench.controller.play(False)
    qtbot.waitUntil(lambda: not workbench.client.playing)
    workbench.window.actions_["view.heights"].setChecked(True)
    control = workbench.heights
    qtbot.waitUntil(lambda: control.clean is not None and control.clean.found is not None and control.found is not None)
    session = Session(workbench.document.scenario, device="cpu", twin=True)
    session.step(there(workbench.controller.presenter.frame).step)
    for layer, replica in ((control.lead, 1), (there(control.clean), 0)):
        np.testing.assert_allclose(
            there(layer.found).sheets, whole(mapped(session, replica, 48, 0.2)).sheets, rtol=1e-3, atol=1e-5
        )
    choose(control.strip.colours, "above")
    assert there(control.clean).map.isVisible()
    assert "clean twin: class" in control.strip.words.text()
