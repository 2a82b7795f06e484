"""The tab of studies alone: what it shows, what it asks, by mouse and by keys."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QCoreApplication, Qt
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from boundaryviz.gui.study.control import proposed
from boundaryviz.gui.study.draft import AxisDraft
from boundaryviz.gui.study.drawing import Drawing, run_of
from boundaryviz.gui.study.panel import StudyPanel
from boundaryviz.gui.study.varied import varied
from boundaryviz.gui.widgets.theme import DARK, LIGHT, Theme
from boundaryviz.studies.study import Study
from helpers.study_tables import LEAVES, SIZES, TREE, study, table


@pytest.fixture
def panel(qtbot: QtBot) -> StudyPanel:
    made = StudyPanel({"size": "size against error", "learning": "learning curve"})
    qtbot.addWidget(made)
    made.composer.set_varied(varied(TREE), at_once=True)
    made.composer.show_draft(proposed(TREE, varied(TREE)))
    made.resize(340, 420)
    with qtbot.waitExposed(made):
        made.show()
    return made


def show(panel: StudyPanel, of: Study, share: float = 1.0) -> Drawing:
    drawing = Drawing.of(of, table(of, share=share))
    panel.offer(drawing.measures, drawing.own_measure, drawing.second, drawing.second_title)
    panel.show_study(drawing.table, drawing.chart(*panel.chosen()), drawing.titles)
    QCoreApplication.processEvents()
    return drawing


def test_at_first_it_says_what_it_is_for_and_proposes_the_learners_size(panel: StudyPanel, qtbot: QtBot):
    assert panel.hint.isVisible()
    assert not panel.save.isEnabled()
    assert panel.composer.draft.axes[0] == AxisDraft(LEAVES, "1..60")
    assert panel.composer.draft.folds == 5
    assert panel.composer.report.currentText() == "size against error"
    assert not panel.composer.steps.isVisible()  # a tree takes none
    with qtbot.waitSignal(panel.started):
        qtbot.mouseClick(panel.run, Qt.MouseButton.LeftButton)


def test_another_setting_brings_its_values_and_its_report(panel: StudyPanel, qtbot: QtBot):
    fields = panel.composer.axes[0]
    at = fields.setting.findData("data.n")
    fields.setting.setCurrentIndex(at)
    with qtbot.waitSignal(panel.changed):
        fields.setting.activated.emit(at)
    draft = panel.composer.draft
    assert (draft.axes[0].values, draft.axes[0].log, draft.report) == ("20..2000", True, "learning")
    assert fields.count.text() == "8"
    assert fields.scale.currentText() == "log"


def test_values_counts_and_folds_are_typed(panel: StudyPanel, qtbot: QtBot):
    fields = panel.composer.axes[0]
    fields.values.setFocus()
    fields.values.selectAll()
    with qtbot.waitSignal(panel.changed):
        qtbot.keyClicks(fields.values, "1, 2, 4")
        qtbot.keyClick(fields.values, Qt.Key.Key_Return)
    assert panel.composer.draft.axes[0].values == "1, 2, 4"
    assert not fields.count.isEnabled()  # of a list there is nothing to count
    for text, folds in (("1", 2), ("0", 0), ("-3", 0), ("many", 0), ("12", 12)):
        panel.composer.folds.setFocus()
        panel.composer.folds.selectAll()
        qtbot.keyClicks(panel.composer.folds, text)
        qtbot.keyClick(panel.composer.folds, Qt.Key.Key_Return)
        assert (panel.composer.draft.folds, panel.composer.folds.text()) == (folds, str(folds))
    panel.composer.show_draft(proposed(TREE, varied(TREE)))
    for key, folds in ((Qt.Key.Key_Down, 4), (Qt.Key.Key_PageDown, 0), (Qt.Key.Key_Up, 2), (Qt.Key.Key_Down, 0)):
        qtbot.keyClick(panel.composer.folds, key)
        assert panel.composer.draft.folds == folds


def test_a_second_axis_can_be_chosen_and_dropped_again(panel: StudyPanel):
    second = panel.composer.axes[1]
    assert not second.values.isVisible()
    for path, shown in (("data.noise", True), ("", False)):
        at = second.setting.findData(path)
        second.setting.setCurrentIndex(at)
        second.setting.activated.emit(at)
        assert second.values.isVisible() == shown
        assert panel.composer.report.isEnabled() != shown  # a report is along one axis
    assert panel.composer.draft.axes[1] == AxisDraft()


@pytest.mark.parametrize(
    ("state", "run", "cancel"),
    [
        ("idle", "Start", ""),
        ("running", "Pause", "Cancel"),
        ("paused", "Resume", "Forget"),
        ("left", "Go on", "Forget"),
    ],
)
def test_the_buttons_say_what_they_do(panel: StudyPanel, qtbot: QtBot, state: str, run: str, cancel: str):
    panel.set_state(state)  # type: ignore[arg-type]
    assert panel.run.text() == run
    assert (panel.cancel.text() if panel.cancel.isVisible() else "") == cancel
    asked = {"idle": panel.started, "running": panel.paused}.get(state, panel.resumed)
    with qtbot.waitSignal(asked):
        panel.run.click()


def test_while_it_is_being_stopped_nothing_more_is_asked(panel: StudyPanel, qtbot: QtBot):
    panel.set_state("stopping")
    with qtbot.assertNotEmitted(panel.paused), qtbot.assertNotEmitted(panel.started):
        panel.run.click()
    assert panel.run.isEnabled()  # so that the focus stays


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_values_stand_in_the_legend_where_the_pointer_is(panel: StudyPanel, theme: Theme, qtbot: QtBot):
    show(panel, study(folds=2, report="size"))
    panel.set_theme(theme)
    view = panel.view
    assert view.where.text() == ""
    for at in (0, 2):  # where the pointer was in the test before is not known
        qtbot.mouseMove(view.plot.viewport(), view.plot.place_of(at).toPoint())
    assert view.where.text() == "leaves 8"
    assert [value.text() for value in view._values] == ["5 %", "17.5 %", "10.5 %"]
    assert view._values[2].toolTip() == "9.5 % to 11.5 %"
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.where.text() == ""


def test_a_click_and_enter_open_a_value(panel: StudyPanel, qtbot: QtBot):
    show(panel, study())
    view = panel.view
    with qtbot.waitSignal(panel.value_opened) as opened:
        qtbot.mouseClick(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=view.plot.place_of(3).toPoint())
    assert opened.args == [3]
    view.setFocus()
    for key, words in ((Qt.Key.Key_Home, "leaves 2"), (Qt.Key.Key_Right, "leaves 4"), (Qt.Key.Key_End, "leaves 32"),
                       (Qt.Key.Key_Left, "leaves 16")):  # fmt: skip
        qtbot.keyClick(view, key)
        assert view.where.text() == words
    with qtbot.waitSignal(panel.value_opened) as opened:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert opened.args == [3]


def test_the_table_stands_in_the_place_of_the_chart_or_beside_it(panel: StudyPanel):
    show(panel, study())
    panel.as_rows.click()
    assert panel.table.isVisible()
    assert not panel.view.isVisible()
    panel.resize(900, 500)
    QCoreApplication.processEvents()
    assert panel.table.isVisible()
    assert panel.view.isVisible()
    assert not panel.as_rows.isVisible()


def test_rows_say_what_was_varied_and_measured_and_are_sorted_by_any_column(panel: StudyPanel, qtbot: QtBot):
    drawing = show(panel, study(folds=2))
    rows = panel.table.rows
    heads = [rows.headerData(k, Qt.Orientation.Horizontal) for k in range(rows.columnCount())]
    assert heads[:7] == ["Leaves", "data seed", "seed", "fold", "train error", "validation error", "test error"]
    assert rows.rowCount() == len(drawing.table) == 30
    assert [rows.index(0, k).data() for k in range(7)] == ["2", "0", "0", "", "20 %", "22 %", "20 %"]
    panel.table.sortByColumn(6, Qt.SortOrder.AscendingOrder)
    least = rows.row_at(rows.index(0, 0))
    assert least is not None
    assert drawing.table.columns["test_error"][least] == drawing.table.columns["test_error"].min()
    panel.as_rows.click()
    panel.table.setCurrentIndex(rows.index(0, 0))
    with qtbot.waitSignal(panel.row_opened) as opened:
        qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    assert opened.args == [least]


def test_of_a_second_axis_all_values_or_one_are_drawn(panel: StudyPanel, qtbot: QtBot):
    of = study((LEAVES, SIZES), ("data.noise", (0.1, 0.3)))
    drawing = show(panel, of)
    chart = panel.view.chart
    assert chart is not None
    assert len(chart.curves) == 2
    assert [panel.second.itemText(k) for k in range(3)] == ["Noise: all", "Noise 0.1", "Noise 0.3"]
    panel.second.setCurrentIndex(2)
    with qtbot.waitSignal(panel.measure_chosen):
        panel.second.activated.emit(2)
    assert [curve.name for curve in drawing.chart(*panel.chosen()).curves] == ["train", "validation", "test"]
    row = drawing.typical(1, *panel.chosen())
    assert row is not None
    assert (drawing.table.columns[LEAVES][row], drawing.table.columns["data.noise"][row]) == (4, 0.3)


def test_the_run_that_stands_for_a_value_is_the_one_nearest_to_the_mean_and_of_all_points():
    of = study(data_seeds=3, folds=2)
    drawing = Drawing.of(of, table(of))  # whose errors grow by a hundredth from draw to draw
    row = drawing.typical(2, "error", None)
    assert row is not None
    assert {name: int(drawing.table.columns[name][row]) for name in (LEAVES, "data_seed", "fold")} == {
        LEAVES: 8, "data_seed": 1, "fold": -1,
    }  # fmt: skip
    scenario, words = run_of(of, drawing.table, row)
    assert (scenario.learner.max_leaf_nodes, scenario.data.seed) == (8, 1)
    assert words == "leaves 8, data seed 1"
    assert Drawing.of(of, table(of, share=0.1)).typical(4, "error", None) is None


def test_the_steps_of_a_study_are_those_of_the_run_it_opens():
    of = study(("learner.hidden", ([2], [4])), scenario=TREE.with_values({"learner.name": "mlp"}), seeds=2, steps=70)
    scenario, words = run_of(of, table(of), 7)
    assert (scenario.learner.hidden, scenario.training.steps, scenario.training.seed) == ((4,), 70, 1)
    assert words == "hidden layers 4, data seed 1, seed 1"


@pytest.mark.parametrize("width", [320, 1200])
def test_nothing_is_cut_off(panel: StudyPanel, width: int):
    panel.resize(width, 420)
    QCoreApplication.processEvents()
    assert panel.minimumSizeHint().width() <= 324
    for part in panel.composer.findChildren(QWidget):
        if part.isVisibleTo(panel) and part.parentWidget() in (panel.composer, *panel.composer.axes):
            assert part.width() >= part.minimumSizeHint().width(), part.accessibleName()


def test_with_a_chart_it_is_no_higher_than_the_smallest_window_has_room_for(panel: StudyPanel):
    show(panel, study(folds=2, report="size"))
    for is_open in (True, False):
        panel.fold.set_open(is_open)
        QCoreApplication.processEvents()
        assert panel.minimumSizeHint().height() <= 300
    panel.resize(340, 300)
    QCoreApplication.processEvents()
    assert panel.view.note.isVisible() == (panel.view.height() >= 190)
    assert not panel.view.notes.isVisible()
    panel.resize(340, 700)
    QCoreApplication.processEvents()
    assert panel.view.notes.isVisible()
