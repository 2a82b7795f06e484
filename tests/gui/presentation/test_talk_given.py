"""The talk as it is given: by the keys of a clicker, with detours, and left and taken up again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QApplication

from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario import gallery, talk
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scenario.talk import Row, Step
from helpers.qtest import QTest

STEPS = ("playground-xor", "two-moons", "playground-gauss")
ROWS = (
    Row("First", (Step("playground-xor", "This is where it begins."),)),
    Row("Second", (Step("two-moons", "Here it goes on."), Step("playground-gauss", "And here it ends."))),
)


@pytest.fixture
def given(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    """The window while the talk is given, three steps long."""
    monkeypatch.setattr(talk, "rows", lambda: ROWS)
    workbench.filing._step = 0
    action(workbench).setChecked(True)
    yield workbench
    action(workbench).setChecked(False)
    workbench.filing._step = 0
    workbench.filing._kept.clear()
    workbench.document.open(Scenario())


def action(workbench: Workbench) -> QAction:
    return workbench.window.actions_["file.talk"]


def press(workbench: Workbench, *keys: Qt.Key) -> str:
    """The example that is shown after these keys."""
    for key in keys:
        QTest.keyClick(QApplication.focusWidget() or workbench.window, key)
    return workbench.document.scenario.name


def test_it_is_a_presentation_that_says_each_step(given: Workbench) -> None:
    assert given.presentation.on
    assert given.document.scenario.name == STEPS[0]
    assert given.client.playing
    assert given.window.banner.text.text() == "First (1 of 3). This is where it begins."
    assert press(given, Qt.Key.Key_PageDown) == STEPS[1]
    assert given.window.banner.text.text() == "Second (2 of 3). Here it goes on."
    assert press(given, Qt.Key.Key_PageUp) == STEPS[0]
    assert press(given, Qt.Key.Key_PageUp) == STEPS[0], "before the first there is nothing"
    assert press(given, *[Qt.Key.Key_PageDown] * 4) == STEPS[2], "nor after the last"


def test_after_a_detour_it_goes_on_where_it_was_left(given: Workbench) -> None:
    press(given, Qt.Key.Key_PageDown)
    given.filing.open_example("playground-spiral")
    assert press(given, Qt.Key.Key_PageDown) == STEPS[1]
    assert press(given, Qt.Key.Key_PageDown) == STEPS[2]


def test_left_and_taken_up_again(given: Workbench) -> None:
    press(given, Qt.Key.Key_PageDown)
    action(given).setChecked(False)
    assert not given.presentation.on
    names = gallery.names()
    given.filing.turn(1)
    assert given.document.scenario.name == names[names.index(STEPS[1]) + 1], "without the talk the gallery leads on"
    given.filing.welcome.give_talk.emit()
    assert given.document.scenario.name == STEPS[1]
    assert given.presentation.on
    press(given, Qt.Key.Key_PageDown)
    action(given).setChecked(False)
    action(given).setChecked(True)
    assert given.document.scenario.name == STEPS[0], "after its end it begins anew"
