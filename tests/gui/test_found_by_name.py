"""Learners, examples and settings are found by name, as commands are; typing ends with the keys on the plane."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QVBoxLayout

from boundaryviz.gui.shell.palette import CommandPalette, plain
from boundaryviz.gui.training.learner_panel import LearnerPanel
from boundaryviz.gui.widgets.number import NumberEdit
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.scenario import gallery
from helpers.qtest import QTest


def palette(workbench) -> CommandPalette:
    workbench.window.actions_["view.commands"].trigger()
    (shown,) = [one for one in workbench.window.findChildren(CommandPalette) if one.isVisible()]
    return shown


def go(workbench, typed: str, found: str) -> None:
    shown = palette(workbench)
    shown.edit.setText(typed)
    assert found in [plain(action) for action in shown.shown]
    shown.list.setCurrentRow([plain(action) for action in shown.shown].index(found))
    QTest.keyClick(shown.edit, Qt.Key.Key_Return)


def test_learners_examples_and_settings_are_found_by_name(workbench):
    go(workbench, "spiral", "Example: Spiral")
    assert workbench.document.scenario.name == "playground-spiral"
    go(workbench, "learning rate", "Training: Learning rate")
    editor = workbench.controller.training.editor("learning_rate")
    assert workbench.window.settings_tabs.tabText(workbench.window.settings_tabs.currentIndex()) == "Training"
    assert editor.edit.hasFocus() or editor.edit is workbench.window.focusWidget()
    go(workbench, "momentum", "Training: Momentum")
    assert workbench.controller.training.fold.is_open or not _advanced(workbench.controller.training, "momentum")
    go(workbench, "label spread", "Learner: Label spreading")
    assert workbench.document.scenario.learner.name == "label-spreading"


def _advanced(form, name: str) -> bool:
    return form._rows[name].plan.advanced


def test_enter_after_typing_a_value_gives_the_keys_back_to_the_plane(workbench):
    form = workbench.controller.training
    workbench.window.show_panel(form)
    form.go_to("training.steps")
    line = form.editor("steps").edit
    line.selectAll()
    QTest.keyClicks(line, "321")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert workbench.document.scenario.training.steps == 321
    assert workbench.window.focusWidget() is workbench.plane


def test_in_a_dialog_enter_takes_the_value_and_presses_no_button(qtbot):
    dialog = QDialog()
    qtbot.addWidget(dialog)
    line = NumberEdit()
    QVBoxLayout(dialog).addWidget(line)
    dialog.show()
    closed: list[int] = []
    typed: list[str] = []
    dialog.finished.connect(closed.append)
    line.committed.connect(typed.append)
    QTest.keyClicks(line, "3")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert typed == ["3"]
    assert not closed


def test_learners_stand_below_what_they_learn_from(qtbot):
    panel = LearnerPanel(FAMILIES)
    qtbot.addWidget(panel)
    below: dict[str, list[str]] = {}
    for k in range(panel.combo.count()):
        if panel.combo.itemData(k) is None:
            below[heading := panel.combo.itemText(k)] = []
            assert not panel.combo.model().item(k).isEnabled()  # type: ignore[union-attr]
        else:
            below[heading].append(panel.combo.itemData(k))
    assert list(below) == ["Labels only", "Uses unlabelled points", "Classical"]
    assert {"mlp", "logistic"} <= set(below["Labels only"])
    assert all(not FAMILIES[name].supervised for name in below["Uses unlabelled points"])
    assert sum(map(len, below.values())) == len(FAMILIES)
    assert "random-forest" in "".join(below["Classical"]) or below["Classical"]


def test_escape_leaves_the_gallery_wherever_the_keys_are(workbench):
    workbench.window.actions_["file.examples"].trigger()
    page = workbench.filing.welcome
    assert workbench.window.page_shown() is page
    assert page.focusWidget() is page.cards[0]
    assert {card.card.name for card in page.cards} == set(gallery.names())
    workbench.controller.learner.combo.setFocus()
    QTest.keyClick(workbench.controller.learner.combo, Qt.Key.Key_Escape)
    assert workbench.window.page_shown() is None
