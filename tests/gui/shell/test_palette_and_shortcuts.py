import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QWidget

from boundaryviz.gui.shell.palette import CommandPalette, score
from boundaryviz.gui.shell.shortcuts import ShortcutsDialog
from helpers.qtest import QTest
from helpers.there import there

Key = Qt.Key


@given(st.text("abc de", max_size=6), st.text("abcde ", max_size=12))
def test_a_name_fits_just_when_it_has_the_letters_in_order(typed, name):
    rest = iter(name)
    assert (score(typed, name) is not None) == all(letter in rest for letter in typed.replace(" ", ""))


@pytest.mark.parametrize(
    ("typed", "better", "worse"),
    [("ns", "New seed", "Undo last step in sequence"), ("exp", "Export figure", "Reset experiment"),
     ("play", "Play", "Apply last layout"), ("un", "Undo", "Show hidden units")],
)  # fmt: skip
def test_beginnings_of_words_and_runs_come_first(typed, better, worse):
    assert there(score(typed, better)) > there(score(typed, worse))


@pytest.fixture
def window(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    return made


@pytest.fixture
def actions(window):
    made = {}
    for text, key in (("&Open\u2026", "Ctrl+O"), ("New seed", "Shift+R"), ("&Undo", "Ctrl+Z"), ("Redo", ""), ("", "")):
        action = QAction(text, window)
        if key:
            action.setShortcut(key)
        made[text] = action
    return made


@pytest.fixture
def palette(qtbot, window, actions):
    made = CommandPalette(actions.values(), window)
    qtbot.addWidget(made)
    made.popup()
    yield made
    made.close()


def texts(palette):
    return [palette.list.item(i).text() for i in range(palette.list.count())]


def test_every_named_action_is_listed_with_its_shortcut(palette):
    assert texts(palette) == ["Open", "New seed", "Undo", "Redo"]
    assert palette.list.item(1).data(Qt.ItemDataRole.AccessibleTextRole) == "New seed Shift+R"


def test_a_few_letters_and_enter_trigger(palette, actions):
    done = []
    actions["New seed"].triggered.connect(lambda: done.append("seed"))
    QTest.keyClicks(palette.edit, "ns")
    assert texts(palette) == ["New seed"]
    QTest.keyClick(palette.edit, Key.Key_Return)
    assert done == ["seed"]
    assert not palette.isVisible()


def test_up_and_down_walk_the_list_round(palette, actions):
    done = []
    actions["&Undo"].triggered.connect(lambda: done.append("undo"))
    for key in (Key.Key_Up, Key.Key_Down, Key.Key_Down, Key.Key_Down):
        QTest.keyClick(palette.edit, key)
    assert palette.list.currentRow() == 2
    QTest.keyClick(palette.edit, Key.Key_Enter)
    assert done == ["undo"]


def test_escape_closes_and_does_nothing(palette, actions):
    done = []
    for action in actions.values():
        action.triggered.connect(lambda: done.append(1))
    QTest.keyClick(palette.edit, Key.Key_Escape)
    assert not palette.isVisible()
    assert done == []


def test_an_action_that_is_off_comes_last_and_cannot_be_triggered(palette, actions):
    actions["&Open\u2026"].setEnabled(False)
    done = []
    actions["&Open\u2026"].triggered.connect(lambda: done.append(1))
    palette.popup()
    assert texts(palette) == ["New seed", "Undo", "Redo", "Open"]
    QTest.keyClicks(palette.edit, "open")
    QTest.keyClick(palette.edit, Key.Key_Return)
    assert done == []
    assert palette.isVisible()


def test_nothing_found_is_said(palette):
    QTest.keyClicks(palette.edit, "zzz")
    assert palette.nothing.isVisible()
    assert not palette.list.isVisible()
    QTest.keyClick(palette.edit, Key.Key_Return)
    QTest.keyClick(palette.edit, Key.Key_Down)
    assert palette.isVisible()


def test_shortcuts_are_read_from_the_actions(qtbot, actions):
    actions["Redo"].setShortcuts(["Ctrl+Y", "Ctrl+Shift+Z"])
    dialog = ShortcutsDialog(
        {
            "File": [actions["&Open\u2026"]],
            "Edit": [actions["&Undo"], actions["Redo"]],
            "Bare": [actions[""]],
        },
        {"Mouse": [("Wheel", "zoom at the cursor")]},
    )
    qtbot.addWidget(dialog)
    dialog.show()
    assert sorted(dialog.listed) == sorted(
        ["Ctrl+O: Open", "Ctrl+Z: Undo", "Ctrl+Y, Ctrl+Shift+Z: Redo", "Wheel: zoom at the cursor"]
    )
    dialog.search.setText("undo")
    assert dialog.listed == ["Ctrl+Z: Undo"]
    dialog.search.setText("ctrl+y")
    assert dialog.listed == ["Ctrl+Y, Ctrl+Shift+Z: Redo"]
    dialog.search.clear()
    assert len(dialog.listed) == 4
