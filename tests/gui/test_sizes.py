"""Whether a window of each usual size shows its words whole, tab by tab, with the plane as its largest part."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario import gallery
from helpers.room import cut_off
from helpers.workbenches import afresh, at_rest, lasting_workbench

SIZES = [(960, 640), (1024, 700), (1400, 900), (1920, 1080)]
LONG = (
    "The trainer does not answer: it has been at one step for 12 seconds, which can be a very large fit of 20,000 "
    "points; wait, or begin again with the trainer of a new process. Nothing that you drew is lost by it."
)


@pytest.fixture(scope="module")
def only(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    with lasting_workbench(tmp_path_factory.mktemp("settings")) as workbench:
        afresh(workbench, gallery.load("two-moons-bridge"))
        workbench.twin.train(1, twin=True)  # the clean plane comes with its first use, and stays
        workbench.twin.train(1, twin=False)
        yield workbench


@pytest.fixture
def whole(only: Workbench, qtbot: QtBot) -> Iterator[Workbench]:
    yield only
    only.window.banner.hide()
    qtbot.waitUntil(lambda: at_rest(only))


def sized(workbench: Workbench, width: int, height: int) -> Workbench:
    """The window at this size, which it is able to take."""
    window = workbench.window
    window.resize(width, height)
    QApplication.processEvents()
    assert (window.width(), window.height()) == (width, height)
    return workbench


def cut(workbench: Workbench) -> list[str]:
    QApplication.processEvents()
    QApplication.processEvents()  # what was never shown knows only now how wide it has to be
    return cut_off(workbench.window)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_tab_shows_its_words_whole(whole: Workbench, width: int, height: int) -> None:
    window = sized(whole, width, height).window
    found: dict[str, list[str]] = {}
    for tabs in (window.settings_tabs, window.result_tabs):
        for at in range(tabs.count()):
            tabs.setCurrentIndex(at)
            found |= {tabs.tabText(at): words for words in [cut(whole)] if words}
    assert not found
    assert window.width() == width, "no tab pushes the window wider"


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_names_of_all_tabs_can_be_read(whole: Workbench, width: int, height: int) -> None:
    window = sized(whole, width, height).window
    for tabs in (window.settings_tabs, window.result_tabs):
        names = [name for name in tabs.findChildren(QToolButton) if name.property("role") == "tab"]
        assert [name.text() for name in names] == [tabs.tabText(at) for at in range(tabs.count())]
        assert all(name.width() >= name.sizeHint().width() for name in names if name.isVisible())


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_plane_is_the_largest_part_of_the_window(whole: Workbench, width: int, height: int) -> None:
    window, plane = sized(whole, width, height).window, whole.planes
    share = plane.width() * plane.height() / (width * height)
    others = sum(dock.width() * dock.height() for dock in window.docks)
    assert share > 0.6 if width >= 1400 else plane.width() * plane.height() > 1.3 * others


@pytest.mark.parametrize(("width", "height"), SIZES[:2])
def test_a_banner_with_many_buttons_keeps_its_sentence_in_few_lines(whole: Workbench, width: int, height: int) -> None:
    window = sized(whole, width, height).window
    window.notify(
        LONG, details="Where it was", action="Start a new trainer", act=lambda: None,
        others={"Show the log": lambda: None, "Report a problem": lambda: None}, alarm=True, closable=True,
    )  # fmt: skip
    assert not cut(whole)
    assert window.banner.text.height() <= 5 * window.banner.fontMetrics().lineSpacing()
    assert window.width() == width


def test_every_view_of_the_twin_fits_a_small_window(whole: Workbench) -> None:
    sized(whole, 960, 640)
    whole.twin.train(2, twin=True)
    try:
        for view in whole.planes.buttons:
            whole.planes.buttons[view].click()
            assert not cut(whole), view
            assert whole.window.width() == 960
    finally:
        whole.twin.train(1, twin=False)


def test_curves_beside_the_plane_fold_the_panels_of_a_small_window_meanwhile(whole: Workbench) -> None:
    window = sized(whole, 960, 640).window
    beside, panels = window.actions_["view.curves"], window.actions_["view.panels"]
    beside.setChecked(True)
    assert not cut(whole)
    assert window.docks[0].isHidden()
    assert window.width() == 960
    beside.setChecked(False)
    QApplication.processEvents()
    assert not cut(whole)
    assert panels.isChecked()
    assert window.width() == 960
    assert not window.docks[0].isHidden()
    panels.setChecked(False)  # whoever folds them keeps them folded
    beside.setChecked(True)
    beside.setChecked(False)
    QApplication.processEvents()
    assert window.docks[0].isHidden()
    panels.setChecked(True)


def test_panels_have_the_width_that_a_window_of_its_size_gives_unless_it_was_dragged(whole: Workbench) -> None:
    dock = sized(whole, 1920, 1080).window.docks[0]
    wide = dock.width()
    sized(whole, 960, 640)
    narrow = dock.width()
    assert narrow < wide
    sized(whole, 1920, 1080)
    assert dock.width() == wide
    whole.window.resizeDocks([dock], [wide + 60], Qt.Orientation.Horizontal)
    QApplication.processEvents()
    dragged = dock.width()
    assert dragged == wide + 60
    sized(whole, 1400, 900)
    assert dock.width() == dragged
