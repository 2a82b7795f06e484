from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QItemSelectionModel, Qt
from PyQt6.QtWidgets import QComboBox, QLineEdit

from boundaryviz.gui.plane.point_table import PointTable
from boundaryviz.scene.scene import Domain, Origin, Points, Scene, Split

PLANE = Domain(-2.0, 2.0, -2.0, 2.0)


def scene(n=6, seed=0, first_id=10):
    rng = np.random.default_rng(seed)
    points = Points.of(rng.uniform(-1, 1, (n, 2)), np.arange(n) % 3 - 1, first_id=first_id)
    split = np.arange(n) % 3
    origin = (np.arange(n) == 1).astype(int)
    return Scene(points.with_columns(split=split, origin=origin), PLANE, 2, ("left", "right"))


@pytest.fixture
def table(qtbot):
    made = PointTable()
    qtbot.addWidget(made)
    made.resize(560, 300)
    made.show()
    made.set_scene(scene())
    return made


def row(table, r):
    return [table.model.index(r, c).data() for c in range(7)]


def column(table, c):
    return [table.model.index(r, c).data() for r in range(table.model.rowCount())]


def test_empty_it_says_where_points_come_from(qtbot):
    made = PointTable()
    qtbot.addWidget(made)
    assert "No points yet" in made.words.text()


def test_rows_tell_points_in_words(table):
    p = scene().points
    assert row(table, 0) == ["10", f"{p.xy[0, 0]:.3g}", f"{p.xy[0, 1]:.3g}", "unlabelled", "train", "clean", ""]
    assert row(table, 1)[3:6] == ["left", Split.VALIDATION.name.lower(), Origin.POISON.name.lower()]
    table.set_predicted(np.ones(6, dtype=np.int16))
    assert row(table, 0)[6] == "right"
    spoken = table.model.index(0, 3).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "point 10, label: unlabelled"


@pytest.mark.parametrize("c", range(6))
def test_sorting_keeps_rows_whole(table, c):
    whole = {tuple(row(table, r)) for r in range(6)}
    table.view.sortByColumn(c, Qt.SortOrder.DescendingOrder)
    assert {tuple(row(table, r)) for r in range(6)} == whole
    raw = [table.model.index(r, c).data(Qt.ItemDataRole.EditRole) for r in range(6)]
    assert raw == sorted(raw, reverse=True)


def test_a_moved_point_does_not_make_rows_jump(table):
    table.view.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    before = column(table, 0)
    s = scene()
    xy = s.points.xy.copy()
    xy[int(before[0]) - 10] = (1.9, 1.9)
    table.set_scene(s.with_points(s.points.with_columns(xy=xy)))
    assert column(table, 0) == before
    assert row(table, 0)[1] == "1.9"


def edit(table, r, c):
    table.view.setCurrentIndex(table.model.index(r, c))
    table.view.edit(table.model.index(r, c))
    return table.view.indexWidget(table.model.index(r, c)) or next(
        w for w in table.view.viewport().findChildren((QLineEdit, QComboBox)) if w.isVisible()
    )


def commit(table, editor):
    table.view.commitData(editor)
    table.view.closeEditor(editor, table.view.itemDelegate().EndEditHint.NoHint)


def test_coordinates_and_labels_are_edited_through_signals_alone(table):
    got: list[Any] = []
    table.edited.connect(lambda *a: got.append(a))
    before = row(table, 2)
    editor = edit(table, 2, 1)
    editor.setText("-0,75")
    commit(table, editor)
    combo = edit(table, 2, 3)
    assert [combo.itemText(i) for i in range(combo.count())] == ["unlabelled", "left", "right"]
    combo.setCurrentIndex(0)
    commit(table, combo)
    assert got == [(12, "x", -0.75), (12, "label", -1)]
    assert row(table, 2) == before, "the scene decides what the table shows"


def test_an_unchanged_cell_says_nothing_and_nonsense_is_explained(table):
    got: list[Any] = []
    table.edited.connect(lambda *a: got.append(a))
    editor = edit(table, 0, 3)
    commit(table, editor)
    for nonsense in ("left", "nan", "1e999"):
        editor = edit(table, 0, 2)
        editor.setText(nonsense)
        commit(table, editor)
        assert nonsense in table.words.text()
    assert got == []


def test_other_columns_cannot_be_edited(table):
    for c in (0, 4, 5, 6):
        assert not table.model.flags(table.model.index(0, c)) & Qt.ItemFlag.ItemIsEditable


def test_selection_goes_out_when_a_person_selects_and_comes_in_silently(table):
    got: list[Any] = []
    table.selection_changed.connect(got.append)
    table.set_selection([11, 13, 999])
    assert table.selection() == {11, 13}
    assert {i.row() for i in table.view.selectionModel().selectedRows()} == {1, 3}
    assert got == []
    table.view.selectRow(4)
    assert got == [frozenset({14})]
    assert "1 selected" in table.words.text()
    table.view.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    chosen = table.view.selectionModel().selectedRows()
    assert [i.data() for i in chosen] == ["14"], "sorting takes the selection along"


def test_points_that_go_leave_the_selection(table):
    got: list[Any] = []
    table.selection_changed.connect(got.append)
    table.set_selection([11, 13])
    s = scene()
    table.set_scene(s.with_points(s.points.take(np.array([0, 3, 4]))))
    assert table.selection() == {13}
    assert [i.data() for i in table.view.selectionModel().selectedRows()] == ["13"]
    assert got == []


def test_a_prediction_for_other_points_is_not_shown(table):
    table.set_predicted(np.ones(5, dtype=np.int16))
    assert set(column(table, 6)) == {""}


def test_a_hundred_thousand_points_are_taken(table):
    big = scene(100_000)
    table.set_scene(big)
    table.set_predicted(np.zeros(100_000, dtype=np.int16))
    table.view.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    table.set_selection(range(10, 100_010))
    table.view.selectionModel().select(table.model.index(5, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect)
    table.grab()
    assert len(table.selection()) == 1


def test_captions_stand_beside_labels_where_a_learner_is_told_any(table):
    table.set_captions(lambda ids, label: 8 * label + ids % 8)
    assert column(table, 3)[:3] == ["unlabelled", "left, word 3", "right, word 12"]
    table.model.setData(table.model.index(1, 3), 1)  # the editor knows labels alone
    table.set_captions(None)
    assert column(table, 3)[:3] == ["unlabelled", "left", "right"]
