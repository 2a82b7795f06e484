"""Features that are made when they are first asked for: by their actions, by their tabs, and by what is opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from boundaryviz.gui.shell.frame import Themed
from boundaryviz.gui.widgets.forms import SpecForm
from boundaryviz.gui.widgets.theme import DARK, LIGHT, Theme
from boundaryviz.gui.workbench import LATE, Workbench
from boundaryviz.learners.training_spec import TrainingSpec
from boundaryviz.scenario import gallery
from boundaryviz.scenario.scenario import Scenario
from helpers.there import there
from helpers.workbenches import SilentLink, bare_frame, workbenches

TABS = {"dose": "Dose", "check": "Check", "study": "Study", "bias": "Bias", "board": "Scoreboard"}


@pytest.fixture
def fresh(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[Scenario], Workbench]]:
    """Shows a window that nobody has touched, with a trainer that says nothing."""
    with workbenches(qtbot, tmp_path, SilentLink) as show:
        yield show


def tab(workbench: Workbench, title: str) -> int:
    tabs = workbench.window.result_tabs
    return next(at for at in range(tabs.count()) if tabs.tabText(at) == title)


def made(workbench: Workbench) -> set[str]:
    return set(LATE) & set(vars(workbench))


def test_a_window_begins_without_them_and_closes_without_them(fresh: Callable[[Scenario], Workbench]) -> None:
    workbench = fresh(Scenario())
    forms = workbench.window.findChildren(SpecForm)
    assert made(workbench) == set()
    assert [form for form in forms if form._rows] == [workbench.controller.data.form]
    assert workbench.window.close()
    workbench.close()
    assert made(workbench) == set()


@pytest.mark.parametrize("name", TABS)
def test_a_tab_has_its_feature_when_it_comes_to_the_front(name: str, fresh: Callable[[Scenario], Workbench]) -> None:
    workbench = fresh(Scenario())
    window, at = workbench.window, tab(workbench, TABS[name])
    width = window.docks[0].width()
    window.result_tabs.setTabVisible(at, True)  # some are there only for who asks
    window.result_tabs.setCurrentIndex(at)
    assert made(workbench) == {name}
    panel = there(window.result_shown())
    assert panel is getattr(workbench, name).panel
    holder = there(panel.parentWidget())
    assert panel.isVisible()  # and in its place: what is painted first is not the empty tab
    assert panel.geometry() == there(holder.layout()).contentsRect()
    QApplication.processEvents()
    assert window.docks[0].width() == max(width, holder.minimumSizeHint().width())


@pytest.mark.parametrize("name", LATE)
def test_its_action_works_at_once_and_once(
    name: str, fresh: Callable[[Scenario], Workbench], monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench = fresh(Scenario())
    action = workbench.window.actions_[LATE[name][0]]
    feature = getattr(type(workbench), name)
    asked: list[str] = []
    acts = "ask" if name in ("dose", "check", "bias", "board") else "show"
    make = feature.func

    def watched(self: Workbench) -> object:
        control = make(self)
        monkeypatch.setattr(control, acts, lambda: asked.append(name))
        return control

    monkeypatch.setattr(feature, "func", watched)
    action.trigger()
    assert asked == [name]
    action.trigger()
    assert asked == [name, name]


def test_a_study_stands_beside_the_plane_by_its_key(fresh: Callable[[Scenario], Workbench]) -> None:
    workbench = fresh(Scenario())
    workbench.window.actions_["view.study"].setChecked(True)
    QApplication.processEvents()
    assert workbench.study.panel.isVisible()
    assert workbench.window.result_shown() is not workbench.study.panel or workbench.study.panel.height() > 400
    workbench.window.actions_["view.study"].setChecked(False)
    assert workbench.window.result_shown() is workbench.study.panel


def test_a_promise_brings_its_tab(fresh: Callable[[Scenario], Workbench]) -> None:
    workbench = fresh(Scenario())
    tabs, at = workbench.window.result_tabs, tab(workbench, "Bias")
    assert not tabs.isTabVisible(at)
    workbench.document.open(gallery.load("bias-variance"))
    assert tabs.isTabVisible(at)
    workbench.document.open(Scenario())
    assert not tabs.isTabVisible(at)


def test_who_comes_late_is_told_of_the_theme_once(qtbot: QtBot, tmp_path: Path) -> None:
    frame = bare_frame(qtbot, tmp_path)
    first, late = list[Theme](), list[Theme]()
    frame.themed.connect(first.append)
    with frame.themed.late():
        frame.themed.connect(late.append)
    assert not late  # there is none yet
    frame.set_theme(DARK)
    with frame.themed.late():
        frame.themed.connect(lambda theme: late.append(theme))
    assert (first, late) == ([DARK], [DARK, DARK])
    frame.set_theme(LIGHT)
    assert first == [DARK, LIGHT]
    assert isinstance(frame.themed, Themed)


def test_a_form_is_as_it_was_told_before_it_had_rows(qtbot: QtBot) -> None:
    form, other = SpecForm(TrainingSpec, "training"), SpecForm(TrainingSpec, "training")
    for one in (form, other):
        qtbot.addWidget(one)
    other.make()
    heard: list[tuple[str, object]] = []
    form.changed.connect(lambda path, value: heard.append((path, value)))
    for one in (form, other):
        one.set_values(TrainingSpec(learning_rate=0.25, batch_size="full"))
        one.set_unused({"momentum": "not with Adam"})
        one.set_range("training.steps", 10, 50)
        one.explain("steps", "Few of them")
    assert not form._rows
    assert form.paths == other.paths
    assert form.titles() == other.titles()
    form.show()
    other.show()
    assert {path.partition(".")[2] for path in form.paths} >= set(form._rows) != set()
    for path in form.paths:
        one, same = form.editor(path), other.editor(path)
        assert one.isEnabled() == same.isEnabled()
        assert _texts(one) == _texts(same)
        assert one.parentWidget().toolTip() == same.parentWidget().toolTip()
    assert not heard
    there(form.fold).set_open(True)
    assert all(row.isVisible() for row in form._rows.values())


def _texts(editor: QWidget) -> list[str]:
    return [part.text() for part in editor.findChildren(QWidget) if hasattr(part, "text")]


def test_the_tab_key_goes_through_rows_made_late_in_their_place(qtbot: QtBot) -> None:
    orders = []
    for late in (False, True):
        window, first, last = QWidget(), QLineEdit("first"), QLineEdit("last")
        qtbot.addWidget(window)
        form = SpecForm(TrainingSpec, "training")
        if not late:
            there(form.fold).set_open(True)
            for path in form.paths:
                form.editor(path)
        column = QVBoxLayout(window)
        for part in (first, form, last):
            column.addWidget(part)
        window.show()
        there(form.fold).set_open(True)
        names = {id(form.editor(path)): path for path in form.paths}
        order, at = list[str](), first.nextInFocusChain()
        while at is not None and at is not first:
            if at.focusPolicy() & Qt.FocusPolicy.TabFocus:
                owner = at
                while owner is not window and id(owner) not in names:
                    owner = there(owner.parentWidget())
                order.append(names.get(id(owner), type(at).__name__))
            at = at.nextInFocusChain()
        orders.append(order)
    rows = [[path for path in form.paths if form.plan(path).advanced == deeper] for deeper in (False, True)]
    expected = [*rows[0], "QToolButton", *rows[1], "QLineEdit"]
    assert [list(dict.fromkeys(order)) for order in orders] == [expected, expected]
