"""The tab Rule: what is written and when it is taken, what is said of it, and what the planes show of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QTextCharFormat
from pytestqt.qtbot import QtBot

from boundaryviz.engine.link import InlineLink
from boundaryviz.engine.trainer import Trainer
from boundaryviz.gui.plane.contours import finer, level_lines
from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.plane.twin_pictures import changed_picture, hatched
from boundaryviz.gui.rule.panel import EXAMPLES, RulePanel
from boundaryviz.gui.widgets.theme import DARK, LIGHT
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.rules import parse
from boundaryviz.scene.scene import Domain
from helpers.workbenches import afresh, at_rest, lasting_workbench, workbenches

RULE = "y > sin(3 x)"


@pytest.fixture
def panel(qtbot: QtBot) -> RulePanel:
    made = RulePanel()
    qtbot.addWidget(made)
    made.resize(300, 320)
    made.show()
    return made


def written(panel: RulePanel) -> list[str]:
    """What the panel says was written, from now on."""
    heard: list[str] = []
    panel.written.connect(heard.append)
    return heard


# ---- the panel


@pytest.mark.parametrize("text", EXAMPLES.values(), ids=list(EXAMPLES))
def test_examples_can_be_read_and_tell_places_apart(text: str) -> None:
    assert len(np.unique(parse(text).over(Domain(-5.0, 5.0, -5.0, 5.0), 50, 50))) >= 2


def test_what_is_typed_is_taken_a_moment_later_once_it_can_be_read(panel: RulePanel, qtbot: QtBot) -> None:
    heard = written(panel)
    qtbot.keyClicks(panel.edit, "y > sin(3")
    assert panel.words.text() == "Column 8: this ( is never closed: write a ) where it ends."
    assert (panel.words.property("role"), panel.label_by.isEnabled()) == ("problem", False)
    panel.take()
    assert heard == []
    qtbot.keyClicks(panel.edit, " x)")
    assert panel.words.text() == "Class 1 where it holds, class 0 where it does not."
    qtbot.waitUntil(lambda: heard == [RULE])
    panel.take()
    assert heard == [RULE], "it is in force already"
    panel.edit.clear()
    panel.take()
    assert heard == [RULE, ""]


def test_leaving_the_editor_takes_what_is_written(panel: RulePanel, qtbot: QtBot) -> None:
    heard = written(panel)
    panel.edit.setFocus()
    qtbot.keyClicks(panel.edit, "x > 0")
    qtbot.keyClick(panel.edit, Qt.Key.Key_Tab)
    assert panel.examples.hasFocus()
    assert heard == ["x > 0"]


@pytest.mark.parametrize(
    ("text", "under"), [("x > q + 1", "q"), ("x > ", " "), ("r = x\nr > sin x", "sin"), ("sqrt(x", "(")]
)
def test_what_is_wrong_is_underlined(panel: RulePanel, text: str, under: str) -> None:
    panel.edit.setPlainText(text)
    (marked,) = panel.edit.extraSelections()
    assert marked.cursor.selectedText() == under
    assert marked.format.underlineStyle() == QTextCharFormat.UnderlineStyle.WaveUnderline
    panel.edit.setPlainText("x > 1")
    assert panel.edit.extraSelections() == []
    panel.take()


def test_what_is_in_force_replaces_what_is_being_written_only_where_it_is_another(panel: RulePanel) -> None:
    heard = written(panel)
    panel.set_rule("x > 0")
    panel.edit.setPlainText("x > 0 and")
    panel.set_rule("x > 0")
    assert panel.edit.toPlainText() == "x > 0 and"
    panel.set_rule("x > 1")
    assert panel.edit.toPlainText() == "x > 1"
    panel.set_rule("x > 2\r\n")
    panel.take()
    assert heard == [], "nobody wrote anything"


def test_an_example_is_written_and_taken(panel: RulePanel, qtbot: QtBot) -> None:
    heard = written(panel)
    panel.examples.activated.emit(2)
    assert panel.edit.toPlainText() == list(EXAMPLES.values())[1] == heard[0]
    assert panel.examples.currentIndex() == 0


def test_the_numbers_are_a_sentence(panel: RulePanel) -> None:
    panel.set_numbers(0.0251, 0.01)
    assert (
        panel.numbers.text()
        == "The model differs from it on 2.51 % of the test points and 1 % of the plane that is shown."
    )
    panel.set_numbers(None, 0.5)
    assert panel.numbers.text() == "The model differs from it on 50 % of the plane that is shown."
    panel.set_numbers(None, None)
    assert panel.numbers.text() == ""


# ---- the plane


@pytest.fixture
def plane(qtbot: QtBot) -> PlaneView:
    made = PlaneView()
    qtbot.addWidget(made)
    made.set_scene(build(DataSpec(n=10)))
    return made


def test_the_line_of_a_rule_stands_where_its_class_changes(plane: PlaneView) -> None:
    rect = Domain(-2.0, 2.0, -1.0, 1.0)
    line = plane.field_layer.rule.boundary
    plane.set_rule(parse("y > 0.5 x"), False)
    assert len(line.getData()[0]) == 0, "there is no field yet"
    plane.set_field(np.full((32, 64), 0.2, dtype=np.float32), rect)
    x, y = line.getData()
    known = np.isfinite(x)
    assert known.sum() > 100
    assert not known.all(), "it is dotted"
    assert np.abs(y - 0.5 * x)[known].max() < 4.0 / 240
    plane.set_rule(parse("(x > 0) + (y > 0)"), False)
    x, y = line.getData()
    assert np.nanmin(np.abs(x)) < 0.01
    plane.set_rule(None, False)
    assert len(line.getData()[0]) == 0


def test_the_difference_is_hatched_as_what_the_model_decides(plane: PlaneView) -> None:
    rect = Domain(-2.0, 2.0, -1.0, 1.0)
    field = np.full((8, 16), 0.9, dtype=np.float32)
    field[:, :8] = 0.1
    plane.set_rule(parse("where(x > 1, sqrt(-x) > 0, x > -1)"), True)
    plane.set_field(field, rect)
    plane.set_theme(LIGHT)
    picture = plane.field_layer.image.pixels
    assert picture is not None
    found, wanted = picture.view(np.uint32)[..., 0], hatched(0, 16, 32, LIGHT.plane, LIGHT.ink)
    differ = np.zeros((16, 32), dtype=bool)
    differ[:, 8:16] = True  # from x = -1 to 0; beyond x = 1 the rule says nothing, and nothing differs
    assert (found[differ] == wanted[differ]).all()
    nothing = changed_picture(
        field, (field > 0.5).astype(np.int8), np.zeros((8, 16), dtype=bool), LIGHT.plane, LIGHT.ink
    )
    assert (picture[~differ] == nothing[~differ]).all()
    plane.set_theme(DARK)
    dark = plane.field_layer.image.pixels
    assert dark is not None
    assert not np.array_equal(dark, picture)
    plane.set_rule(parse("x > -1"), False)
    assert plane.field_layer.image.pixels.shape == (8, 16, 4)  # type: ignore[union-attr]


def test_the_field_of_a_rule_is_the_share_of_each_cell() -> None:
    rect = Domain(0.0, 4.0, 0.0, 2.0)
    assert parse("x > 1.5").field(rect, 4, 2).tolist() == [[0.0, 0.5, 1.0, 1.0]] * 2
    three = parse("floor(x / 2) + (y > 1)").field(rect, 2, 2)
    assert three.argmax(axis=0).tolist() == [[0, 1], [1, 2]]
    assert np.isnan(parse("log(x - 2) < 0").field(rect, 4, 1)).tolist() == [[True, True, False, False]]


def test_finer_lines_run_where_the_coarse_ones_do() -> None:
    lines = level_lines(np.hypot(*np.meshgrid(np.arange(9.0) - 4, np.arange(9.0) - 4)), Domain(0, 9, 0, 9), (1.5, 3.0))
    found = finer(lines, 4)
    assert np.array_equal(found[::4], lines, equal_nan=True)
    assert np.allclose(found[2::4], (lines[:-1] + lines[1:]) / 2, equal_nan=True)
    assert len(finer(lines[:0], 4)) == 0


# ---- in the window


@pytest.fixture(scope="module")
def window_(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    with lasting_workbench(tmp_path_factory.mktemp("rule")) as workbench:
        yield workbench


@pytest.fixture
def workbench(window_: Workbench, qtbot: QtBot) -> Iterator[Workbench]:
    yield afresh(window_, Scenario().with_values({"data.n": 20}))
    qtbot.waitUntil(lambda: at_rest(window_))


def words(workbench: Workbench) -> list[str]:
    return [entry.words for entry in workbench.planes.legend.entries]


def test_a_rule_that_is_written_stands_on_the_plane_and_can_be_taken_back(workbench: Workbench) -> None:
    panel, document = workbench.rule.panel, workbench.document
    before = document.scene
    panel.written.emit(RULE)
    assert document.scenario.rule == RULE
    assert document.scene is before, "it stands beside the model"
    assert words(workbench) == ["model", "rule"]
    assert workbench.plane.field_layer.rule.rule is parse(RULE)
    document.undo.undo()
    assert document.scenario.rule is None
    assert (panel.edit.toPlainText(), words(workbench)) == ("", [])
    document.undo.redo()
    assert panel.edit.toPlainText() == RULE


def test_the_data_are_labelled_by_it_and_get_their_own_labels_back(workbench: Workbench) -> None:
    panel, document, actions = workbench.rule.panel, workbench.document, workbench.window.actions_
    own = document.scene.points.label
    assert not actions["edit.rule-labels"].isEnabled()
    panel.written.emit(RULE)
    panel.label_by.click()
    assert (parse(RULE).classes_at(document.scene.points.xy) == document.scene.points.label).all()
    assert actions["edit.rule-labels"].isChecked()
    panel.written.emit("x > 0")
    assert ((document.scene.points.xy[:, 0] > 0) == document.scene.points.label).all()
    panel.written.emit("")
    assert (document.scenario.rule, document.scenario.data.labels) == (None, "given")
    assert np.array_equal(document.scene.points.label, own)
    for _ in range(3):
        document.undo.undo()
    assert (panel.label_by.isChecked(), document.scenario.rule) == (False, RULE)
    actions["edit.rule-labels"].trigger()
    assert document.scenario.data.labels == "rule"


def test_the_switch_is_one_in_panel_and_menu_and_off_in_another_scenario(workbench: Workbench) -> None:
    panel, action = workbench.rule.panel, workbench.window.actions_["view.rule-difference"]
    panel.written.emit(RULE)
    panel.differ.click()
    assert action.isChecked()
    assert words(workbench) == ["model", "rule", "model alone says class 0", "model alone says class 1"]
    assert workbench.plane.field_layer.rule.differs
    action.trigger()
    assert not panel.differ.isChecked()
    action.trigger()
    afresh(workbench, Scenario().with_values({"data.n": 20, "rule": "x > 0"}))
    assert (action.isChecked(), panel.edit.toPlainText()) == (False, "x > 0")


def test_labelling_by_no_rule_is_refused_in_words(workbench: Workbench) -> None:
    workbench.controller.data.form.changed.emit("data.labels", "rule")
    assert "there is no rule to label by" in workbench.window.banner.words
    assert workbench.document.scenario.data.labels == "given"


def test_the_command_opens_the_tab_with_the_cursor_in_the_rule(workbench: Workbench, qtbot: QtBot) -> None:
    workbench.window.actions_["edit.rule"].trigger()
    assert workbench.rule.panel.isVisible()
    assert workbench.window.focusWidget() is workbench.rule.panel.edit
    workbench.window.show_panel(workbench.controller.data)


def test_the_numbers_follow_the_model(qtbot: QtBot, tmp_path: Path) -> None:
    scenario = Scenario().with_values(
        {"data.n": 60, "learner.name": "naive-bayes", "rule": RULE, "data.labels": "rule", "data.test": 0.4}
    )
    with workbenches(qtbot, tmp_path, lambda: InlineLink(Trainer())) as show:
        workbench = show(scenario)
        presenter, panel = workbench.controller.presenter, workbench.rule.panel
        workbench.rule.open()
        workbench.controller.play(True)
        qtbot.waitUntil(lambda: presenter.frame is not None and presenter.frame.step > 0)
        frame, points = presenter.frame, workbench.document.scene.points
        assert frame is not None
        test = points.split == 2
        share = (frame.predicted != points.label)[test].mean()
        assert panel.numbers.text().startswith(
            f"The model differs from it on {100 * share:.3g} % of the test points and"
        )


def test_points_of_which_the_rule_says_nothing_are_counted_in_the_tab_and_on_the_plane(workbench: Workbench) -> None:
    panel = workbench.rule.panel
    panel.written.emit("y > 1/(x*0)")
    many = len(workbench.document.scene.points)
    panel.label_by.click()
    assert (workbench.document.scene.points.label == -1).all()
    assert f"At {many} of {many} points it says no class, and they are unlabelled." in panel.words.text()
    assert "division by zero" in panel.words.text()
    assert words(workbench) == ["model", f"rule (no class at {many} points)"]
    panel.written.emit("y > log(x)")
    negative = int((workbench.document.scene.points.xy[:, 0] <= 0).sum())
    assert 0 < negative < many
    assert f"At {negative} of {many} points it says no class" in panel.words.text()
    panel.written.emit(RULE)
    assert "no class at" not in " ".join([panel.words.text(), *words(workbench)])
