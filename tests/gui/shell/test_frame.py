"""The frame by itself: what is put into it, what is at its front, what it says, and when it may close."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PyQt6.QtCore import QSettings
from PyQt6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from boundaryviz.gui.shell.frame import MainWindow
from helpers.there import there
from helpers.workbenches import bare_frame


class View(QLineEdit):
    """A view with a name, which the keys reach."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)


@pytest.fixture
def frame(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    plane = View("plane")
    made = MainWindow(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat), plane)
    made.add_result("One", View("one"))
    made.add_result("Two", View("two"))
    made.add_panel("Panel", View("panel"))
    made.add_page(View("page"))
    made.add_centre(View("side"), plane, View("below"))
    made.add_bar(View("bar"))
    made.compose()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.ask_nothing()


def view(frame: MainWindow, name: str) -> View:
    return there(frame.findChild(View, name))


def test_the_keys_go_through_it_as_it_stands_on_the_screen_however_it_was_put_together(frame: MainWindow) -> None:
    reached, widget = list[str](), there(frame.nextInFocusChain())
    while widget is not frame:
        reached += [widget.objectName()] * (isinstance(widget, View) and widget.isVisible())
        widget = there(widget.nextInFocusChain())
    assert reached == ["bar", "side", "plane", "below", "panel", "one"]


def test_it_knows_which_result_and_page_are_at_the_front(frame: MainWindow, qtbot: QtBot) -> None:
    assert frame.result_shown() is view(frame, "one")
    with qtbot.waitSignal(frame.result_changed):
        frame.show_result(view(frame, "two"))
    assert frame.result_shown() is view(frame, "two")
    assert frame.page_shown() is None
    with qtbot.waitSignal(frame.page_changed):
        frame.show_page(view(frame, "page"))
    assert frame.page_shown() is view(frame, "page")
    frame.show_page(None)
    assert frame.page_shown() is None
    assert view(frame, "plane").hasFocus()


def test_before_anything_is_added_no_result_is_at_the_front(qtbot: QtBot, tmp_path: Path) -> None:
    assert bare_frame(qtbot, tmp_path).result_shown() is None


def test_the_plane_alone_is_alone(frame: MainWindow) -> None:
    around = ("bar", "side", "below", "panel", "one")
    frame.show_plane_alone(True)
    assert view(frame, "plane").isVisible()
    assert not any(view(frame, name).isVisible() for name in around)
    frame.actions_["view.panels"].setChecked(True)
    frame.show_plane_alone(False)
    assert all(view(frame, name).isVisible() for name in around)


def test_a_few_words_come_when_the_menu_that_asked_for_them_has_closed(frame: MainWindow, qtbot: QtBot) -> None:
    strip = there(frame.statusBar())
    frame.tell("Saved.", 0)
    strip.clearMessage()  # as a menu does when it closes
    qtbot.waitUntil(lambda: frame.status.said.words == "Saved.")
    frame.tell("", 0)
    qtbot.waitUntil(lambda: not strip.currentMessage())


@pytest.mark.parametrize("answers", [(True, True), (True, False), (False, True)])
def test_it_closes_when_all_that_are_asked_agree(frame: MainWindow, answers: tuple[bool, bool]) -> None:
    asked = list[int]()

    def ask(number: int) -> bool:
        asked.append(number)
        return answers[number]

    for number in range(len(answers)):
        frame.ask_before_closing(partial(ask, number))
    assert frame.close() == all(answers)
    assert asked == ([0, 1] if answers[0] else [0])
    assert frame.isHidden() == all(answers)


def test_a_result_stands_beside_the_plane_and_goes_back_to_its_tab(frame: MainWindow) -> None:
    one = view(frame, "one")
    tab = one.parentWidget()
    frame.stand_beside(one, "It stands beside the plane.")
    assert one.parentWidget() is not tab
    assert one.isVisible()
    assert one.height() > 0
    assert frame.result_shown() is one, "its tab is its tab still"
    frame.stand_beside(view(frame, "two"))
    assert one.parentWidget() is tab, "there is one place"
    frame.stand_beside(None)
    assert view(frame, "two").parentWidget() is not None
    frame.show_result(view(frame, "two"))
    assert view(frame, "two").isVisible()
