"""Tabs in several lines: what is at the front, what is left out, and how keys lead through them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from boundaryviz.gui.widgets.flow_tabs import FlowTabs
from helpers.qtest import QTest

NAMES = ("Curves", "Units", "Confusion", "Points", "Attack", "Dose")


@pytest.fixture
def tabs(qtbot: QtBot) -> FlowTabs:
    made = FlowTabs()
    qtbot.addWidget(made)
    for name in NAMES:
        made.addTab(QLabel(name), name)
    made.show()
    return made


def names(tabs: FlowTabs) -> list[QToolButton]:
    return tabs.names.findChildren(QToolButton)


def test_the_first_is_at_the_front_and_a_click_brings_another(tabs: FlowTabs, qtbot: QtBot) -> None:
    assert tabs.currentIndex() == 0
    with qtbot.waitSignal(tabs.currentChanged) as told:
        names(tabs)[3].click()
    assert told.args == [3]
    shown = tabs.currentWidget()
    assert isinstance(shown, QLabel)
    assert shown.text() == "Points"
    assert [name.isChecked() for name in names(tabs)].count(True) == 1


@pytest.mark.parametrize(("width", "lines"), [(900, 1), (230, 2), (90, 5)])
def test_names_go_on_in_the_next_line(tabs: FlowTabs, qtbot: QtBot, width: int, lines: int) -> None:
    tabs.resize(width, 300)
    qtbot.waitUntil(lambda: tabs.names.width() == width)
    assert len({name.y() for name in names(tabs)}) == lines
    assert all(name.geometry().right() < width for name in names(tabs))
    assert tabs.names.height() >= lines * names(tabs)[0].height()


def test_what_is_left_out_is_neither_seen_nor_reached(tabs: FlowTabs) -> None:
    tabs.setCurrentIndex(1)
    tabs.setTabVisible(1, False)
    assert tabs.currentIndex() == 0
    assert not names(tabs)[1].isVisible()
    tabs.setCurrentIndex(1)
    assert tabs.currentIndex() == 0
    names(tabs)[0].setFocus()
    QTest.keyClick(names(tabs)[0], Qt.Key.Key_Right)
    assert tabs.currentIndex() == 2
    tabs.setTabVisible(1, True)
    tabs.setCurrentIndex(1)
    assert tabs.currentIndex() == 1
    tabs.setTabVisible(0, False)
    assert tabs.currentIndex() == 1, "one that goes is not missed where another is at the front"


def test_end_and_home_lead_to_the_ends_and_only_one_name_takes_the_focus(tabs: FlowTabs) -> None:
    names(tabs)[0].setFocus()
    QTest.keyClick(names(tabs)[0], Qt.Key.Key_End)
    assert tabs.currentIndex() == len(NAMES) - 1
    QTest.keyClick(names(tabs)[-1], Qt.Key.Key_Home)
    assert tabs.currentIndex() == 0
    stops = [name for name in names(tabs) if name.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert stops == names(tabs)[:1]


@given(st.lists(st.tuples(st.integers(0, len(NAMES) - 1), st.sampled_from(["front", "out", "in"])), max_size=12))
def test_a_tab_that_is_there_is_at_the_front_whatever_is_done(qapp: object, steps: list[tuple[int, str]]) -> None:
    made = FlowTabs()
    for name in NAMES:
        made.addTab(QLabel(name), name)
    for at, what in steps:
        if what == "front":
            made.setCurrentIndex(at)
        elif at:  # the first stays, so that there is always one
            made.setTabVisible(at, what == "in")
        assert made.isTabVisible(made.currentIndex())
        assert [name.isChecked() for name in names(made)] == [k == made.currentIndex() for k in range(len(NAMES))]
    made.deleteLater()


@pytest.mark.parametrize("width", [120, 200, 600])
def test_it_can_be_as_low_as_the_lines_of_names_that_it_shows(tabs: FlowTabs, width: int) -> None:
    tabs.resize(width, 400)
    lines = {name.y() for name in names(tabs)}
    one = names(tabs)[0].height()
    assert tabs.names.height() == len(lines) * one
    within = tabs.currentWidget()
    assert within is not None
    assert tabs.minimumSizeHint().height() <= len(lines) * one + within.minimumSizeHint().height()
