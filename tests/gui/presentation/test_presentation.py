"""The window before an audience: large, led by a clicker's keys, and afterwards as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from boundaryviz.gui.presentation.control import LARGER
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.widgets import theme as themes
from boundaryviz.gui.widgets.controls import figures
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario import gallery
from boundaryviz.scenario.scenario import Scenario
from helpers.qtest import QTest
from helpers.runs import put_a_point
from helpers.there import there
from helpers.workbenches import SilentLink, workbenches

CHROME = ("bar", "tools", "timeline", "status", "menu", "settings", "results")


@pytest.fixture
def dressed_workbench(qtbot: QtBot, tmp_path: Path) -> Iterator[Workbench]:
    with workbenches(qtbot, tmp_path, SilentLink, dressed=True) as show:
        yield show(Scenario().with_values({"data.n": 20}))


@pytest.fixture
def presented(workbench: Workbench, qtbot: QtBot) -> Iterator[Workbench]:
    """The window while it presents an example."""
    workbench.document.open(gallery.load("playground-xor"))
    action(workbench).setChecked(True)
    yield workbench
    action(workbench).setChecked(False)
    workbench.filing._kept.clear()
    workbench.document.open(Scenario())


def action(workbench: Workbench):
    return workbench.window.actions_["view.projector"]


def around(window: MainWindow, workbench: Workbench) -> dict[str, bool]:
    parts = (
        window.bar, workbench.controller.tools, workbench.timeline.bar, window.statusBar(), window.menuBar(),
        *window.docks,
    )  # fmt: skip
    return {name: there(part).isVisible() for name, part in zip(CHROME, parts, strict=True)}


def looks(workbench: Workbench) -> tuple[object, ...]:
    """What has to be as it was."""
    window, plane = workbench.window, workbench.plane
    return (
        around(window, workbench), window.windowState(), window.size(), [dock.size() for dock in window.docks],
        window.result_tabs.currentIndex(), window.settings_tabs.currentIndex(), QApplication.font().pointSizeF(),
        window.status.loss.width(), window.banner.text.font().pointSizeF(), plane.points._size,
        plane.field_layer._scale, plane.canvas.axes["left"].width(), plane.canvas.area,
        {one.objectName(): one.isEnabled() for one in window.actions_.all()}, plane.tool.name,
        window.actions_["view.curves"].isChecked(),
    )  # fmt: skip


def press(workbench: Workbench, key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or workbench.window, key)


def name(workbench: Workbench) -> str:
    return workbench.document.scenario.name


@pytest.mark.parametrize(
    ("panels", "leave"), [(True, "F11"), (False, "Escape"), (True, "leaving curves and black screen")]
)
def test_on_leaving_everything_is_as_it_was(
    dressed_workbench: Workbench, qtbot: QtBot, panels: bool, leave: str
) -> None:
    workbench = dressed_workbench
    window = workbench.window
    window.actions_["view.panels"].setChecked(panels)
    QApplication.processEvents()
    window.resize(800, 768)  # the screen that there is in tests has no more, and Qt gives none back that has
    window.result_tabs.setCurrentIndex(2)
    window.settings_tabs.setCurrentIndex(1)
    QApplication.processEvents()
    before = looks(workbench)
    press(workbench, Qt.Key.Key_F11)
    assert not any(around(window, workbench).values())
    assert window.isFullScreen()
    assert QApplication.font().pointSizeF() == pytest.approx(LARGER * before[6])  # type: ignore[operator]
    assert workbench.plane.points._size == LARGER
    QApplication.processEvents()
    if leave.startswith("leaving"):
        press(workbench, Qt.Key.Key_V)
        press(workbench, Qt.Key.Key_B)
        press(workbench, Qt.Key.Key_F5)
    else:
        press(workbench, Qt.Key[f"Key_{leave}"])
    assert not workbench.presentation.on

    def same() -> None:
        assert looks(workbench) == before

    qtbot.waitUntil(same)


def test_a_window_that_was_maximised_is_so_again(workbench: Workbench) -> None:
    window = workbench.window
    window.setWindowState(Qt.WindowState.WindowMaximized)
    action(workbench).setChecked(True)
    action(workbench).setChecked(False)
    assert window.isMaximized()
    assert not window.isFullScreen()
    window.setWindowState(Qt.WindowState.WindowNoState)


def test_a_hint_says_how_to_leave_and_goes(presented: Workbench) -> None:
    hint = presented.presentation.hint
    assert hint.isVisible()
    assert "Esc leaves" in hint.text()
    presented.presentation._timer.timeout.emit()
    assert not hint.isVisible()
    action(presented).setChecked(False)
    assert not hint.isVisible(), "it does not come back with the usual type"


def test_esc_gives_up_a_selection_before_it_leaves(presented: Workbench) -> None:
    presented.plane.set_selection(presented.document.scene.points.ids[:2])
    press(presented, Qt.Key.Key_Escape)
    assert presented.presentation.on
    assert not len(presented.plane.selection)
    press(presented, Qt.Key.Key_Escape)
    assert not presented.presentation.on


def test_tool_letters_do_nothing_and_come_back(presented: Workbench) -> None:
    for key in (Qt.Key.Key_A, Qt.Key.Key_E, Qt.Key.Key_G):
        press(presented, key)
    assert presented.plane.tool.name == "select"
    action(presented).setChecked(False)
    press(presented, Qt.Key.Key_E)
    assert presented.plane.tool.name == "erase"
    presented.window.actions_["point.tool-select"].trigger()


def test_the_screen_turns_black_until_any_key_or_button(presented: Workbench) -> None:
    black = presented.presentation.black
    for key, back in (
        (Qt.Key.Key_B, Qt.Key.Key_B), (Qt.Key.Key_Period, Qt.Key.Key_Space), (Qt.Key.Key_B, Qt.Key.Key_PageDown),
        (Qt.Key.Key_B, Qt.Key.Key_Escape), (Qt.Key.Key_Period, None),
    ):  # fmt: skip
        press(presented, key)
        assert black.isVisible()
        assert black.geometry() == presented.window.rect()
        if back is None:
            QTest.mouseClick(black, Qt.MouseButton.LeftButton)
        else:
            press(presented, back)
        assert not black.isVisible()
        assert presented.plane.hasFocus()
        assert presented.presentation.on


def test_names_of_axes_grow_with_all_other_type(presented: Workbench) -> None:
    large = [axis.label.font().pointSizeF() for axis in presented.plane.canvas.axes.values()]
    presented.window.actions_["view.projector"].trigger()
    usual = [axis.label.font().pointSizeF() for axis in presented.plane.canvas.axes.values()]
    assert all(one > 1.2 * other for one, other in zip(large, usual, strict=True))


def test_the_curves_come_and_go_by_a_key(presented: Workbench) -> None:
    curves = presented.curves.view
    assert not curves.isVisible()
    press(presented, Qt.Key.Key_V)
    assert curves.isVisible()
    press(presented, Qt.Key.Key_V)
    assert not curves.isVisible()


def test_a_clicker_goes_through_the_examples_and_stops_at_the_ends(presented: Workbench) -> None:
    names = gallery.names()
    at = names.index("playground-xor")
    press(presented, Qt.Key.Key_PageDown)
    assert name(presented) == names[at + 1]
    assert presented.client.playing
    for _ in range(2):
        press(presented, Qt.Key.Key_PageUp)
    assert name(presented) == names[at - 1]
    for end, by in ((names[0], -1), (names[-1], 1)):
        presented.document.open(gallery.load(end))
        presented.filing.turn(by)
        assert name(presented) == end
    presented.document.open(Scenario(name="mine"))
    presented.filing.turn(1)
    assert name(presented) == names[0]


def test_what_was_done_to_an_example_is_asked_about_by_nobody_and_comes_back(
    presented: Workbench, asked: list[str]
) -> None:
    for x in (0.2, 0.3, 0.4, 0.5):
        put_a_point(presented, x)
    done = presented.document.scene
    press(presented, Qt.Key.Key_PageDown)
    assert name(presented) != "playground-xor"
    assert not presented.document.unsaved
    assert asked == []
    press(presented, Qt.Key.Key_PageUp)
    assert presented.document.scene == done
    assert presented.document.unsaved
    press(presented, Qt.Key.Key_PageDown)
    assert not presented.filing.may_close(), "but before the window goes"
    assert len(asked) == 1
    assert presented.document.scene == done


def test_other_work_that_is_not_saved_is_asked_about(presented: Workbench, asked: list[str]) -> None:
    presented.document.open(Scenario(name="mine", title="Mine"))
    put_a_point(presented, 0.5)
    press(presented, Qt.Key.Key_PageDown)
    assert name(presented) == "mine"
    assert len(asked) == 1


def test_a_label_of_figures_is_as_wide_as_its_template_in_larger_type_too(qtbot: QtBot, qapp: QApplication) -> None:
    themes.apply(qapp, themes.LIGHT)  # as in a window
    made: QLabel = figures("88,888")
    qtbot.addWidget(made)
    usual, narrow = qapp.font(), made.width()
    larger = qapp.font()
    larger.setPointSizeF(2 * usual.pointSizeF())
    made.show()
    try:
        themes.set_type(qapp, larger)
        assert made.width() == made.fontMetrics().horizontalAdvance("88,888") + 4 > narrow
    finally:
        themes.set_type(qapp, usual)
    assert made.width() == narrow
