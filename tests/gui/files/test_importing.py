"""Tables into the window: opened at once where nothing is guessed, shown to be corrected where something is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication

from boundaryviz.gui.files import table_reading
from boundaryviz.gui.files.import_dialog import ImportDialog
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario import files
from boundaryviz.tables.choice import TableChoice
from helpers.qtest import QTest

FLOWERS = "id,length,width,mass,kind\n" + "\n".join(
    f"{k},{k / 10:.1f},{(k * 7) % 10 + 0.5},{k * k}.5,{'ab'[k % 2]}" for k in range(1, 31)
)


def there(workbench: Workbench) -> ImportDialog:
    assert workbench.importing.dialog is not None
    return workbench.importing.dialog


@pytest.fixture(autouse=True)
def no_dialog_stays(workbench: Workbench) -> Iterator[None]:
    yield
    if workbench.importing.dialog is not None:
        workbench.importing.dialog.reject()


def opened(workbench: Workbench, folder: Path, text: str, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_text(text)
    workbench.filing.open(path)
    workbench.reader.wait()
    return path


def choose(workbench: Workbench, role: str, value: str) -> None:
    chooser = there(workbench).choosers.roles[role]
    at = [one for one, _words in chooser._options].index(value)
    chooser.combo.setCurrentIndex(at)
    chooser.combo.activated.emit(at)
    workbench.reader.wait()


@pytest.mark.parametrize("name", ["t.csv", "t", "t.data"])
def test_expected_names_open_at_once(workbench: Workbench, tmp_path: Path, name: str) -> None:
    opened(workbench, tmp_path, "x,y,label\n0,1,a\n2,,b\n3,1,b\n4,2,a\n", name)
    assert workbench.importing.dialog is None
    assert workbench.document.scene.class_names == ("a", "b")
    assert workbench.window.banner.text.text() == f"{name}: 3 points, 2 classes; 1 row left out."
    assert "line 3" in workbench.window.banner.details.toPlainText()
    assert "line 3" in workbench.log.tail()
    assert workbench.document.scenario.own is not None
    assert not workbench.document.unsaved


@pytest.mark.parametrize(
    "text",
    [
        "length,width,kind\n0,1,a\n2,3,b\n",
        "0,1,1\n2,3,0\n",
        "x,y,label\n0,1,-1\n2,3,0\n1,1,1\n",
        "x,y,label\n0,1,NA\n2,3,EU\n1,1,AS\n",
        "x;y;label\n1.200;1;a\n3,500;2;b\n",
    ],
)
def test_what_is_guessed_is_shown_and_return_opens_it(workbench: Workbench, tmp_path: Path, text: str) -> None:
    before = workbench.document.state
    opened(workbench, tmp_path, text)
    assert workbench.document.state is before
    QTest.keyClick(there(workbench), Qt.Key.Key_Return)
    assert workbench.importing.dialog is None
    assert len(workbench.document.scene.points) in (2, 3)


def test_escape_leaves_all_untouched(workbench: Workbench, tmp_path: Path) -> None:
    before, recent = workbench.document.state, workbench.recent.paths
    opened(workbench, tmp_path, FLOWERS)
    choose(workbench, "x", "mass")
    QTest.keyClick(there(workbench), Qt.Key.Key_Escape)
    assert workbench.importing.dialog is None
    assert workbench.document.state is before
    assert (workbench.recent.paths, workbench.window.banner.isHidden()) == (recent, True)


def test_another_column_changes_the_plane_at_once_and_is_what_is_opened(workbench: Workbench, tmp_path: Path) -> None:
    opened(workbench, tmp_path, FLOWERS)
    dialog = there(workbench)
    assert [dialog.choosers.roles[role].combo.currentText() for role in ("x", "y", "label")] == [
        "length", "width", "kind",
    ]  # fmt: skip
    assert "Proposed" in dialog.choosers.roles["x"].words.text()
    assert [item.text() for k in range(2) if (item := dialog.plane.classes.item(k))] == ["15  a", "15  b"]
    choose(workbench, "y", "mass")
    assert dialog.plane.axes["left"].name == "mass"
    assert len(dialog.plane.dots.getData()[0]) == 30
    choose(workbench, "x", "mass")
    assert [dialog.choosers.roles[role].combo.currentText() for role in ("x", "y")] == ["mass", "length"]
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert workbench.document.scene.axis_names == ("mass", "length")
    own = workbench.document.scenario.own
    assert own is not None
    assert own.source is not None
    assert (own.source.choice.x, own.source.choice.y, own.source.choice.label) == ("mass", "length", "kind")


def test_return_pressed_before_the_choice_was_read_opens_the_choice(workbench: Workbench, tmp_path: Path) -> None:
    opened(workbench, tmp_path, FLOWERS)
    dialog = there(workbench)
    for column in ("width", "mass"):
        dialog.choosers.changed.emit(table_reading.with_role(dialog.choosers.choice, "x", column))
    dialog.accept()
    assert workbench.importing.dialog is dialog
    workbench.reader.wait()
    assert workbench.importing.dialog is None
    assert workbench.document.scene.axis_names == ("mass", "width")


def test_a_question_is_asked_at_its_column_and_its_answer_counts(workbench: Workbench, tmp_path: Path) -> None:
    opened(workbench, tmp_path, "x,y,label\n0,1,NA\n2,3,EU\n1,1,AS\n")
    dialog = there(workbench)
    (combo,) = dialog.choosers.asked["label"].combos
    assert "1 without a label" in dialog.words.text()
    combo.setCurrentIndex(1)
    combo.activated.emit(1)
    workbench.reader.wait()
    assert dialog.words.text() == "3 points, 3 classes."
    dialog.accept()
    assert set(workbench.document.scene.class_names) == {"NA", "EU", "AS"}


def test_more_inputs_than_two_are_ticked(workbench: Workbench, tmp_path: Path) -> None:
    opened(workbench, tmp_path, FLOWERS)
    dialog = there(workbench)
    item = dialog.choosers.inputs.item(dialog.choosers._names.index("mass"))
    assert item is not None
    item.setCheckState(Qt.CheckState.Checked)
    workbench.reader.wait()
    dialog.choosers.shown.chosen.emit("principal")
    workbench.reader.wait()
    assert not dialog.choosers.roles["x"].combo.isEnabledTo(dialog)
    dialog.accept()
    inputs = workbench.document.scene.points.inputs
    assert inputs is not None
    assert inputs.shape == (30, 3)


def test_left_out_rows_are_struck_out_and_listed(workbench: Workbench, tmp_path: Path) -> None:
    opened(workbench, tmp_path, "len,wid,kind\n0,1,a\noops,2,b\n3,1,b\n4,2,a\n")
    dialog = there(workbench)
    model = dialog.table.model()
    assert model is not None
    assert [bool(model.data(model.index(row, 0), Qt.ItemDataRole.FontRole)) for row in range(4)] == [0, 1, 0, 0]
    dialog.show_left_out.click()
    assert dialog.tabs.currentWidget() is dialog.left_out
    assert [item.text()[:7] for k in (0, 1) if (item := dialog.left_out.item(0, k))] == ["3", "column "]


def test_a_header_taken_for_a_row_makes_other_columns(workbench: Workbench, tmp_path: Path) -> None:
    opened(workbench, tmp_path, "len,wid,kind\n0,1,a\n2,2,b\n3,1,b\n4,2,a\n")
    dialog = there(workbench)
    dialog.choosers.file["header"].chosen.emit(False)
    workbench.reader.wait()
    assert dialog.choosers.choice.x == "column 1"
    assert "1 row left out" in dialog.words.text()


def test_a_refused_table_changes_nothing_and_can_be_looked_at(workbench: Workbench, tmp_path: Path) -> None:
    before = workbench.document.state
    opened(workbench, tmp_path, "name,kind\nann,a\nbob,b\n")
    banner = workbench.window.banner
    assert "t.csv was not opened: there are no two columns of numbers" in banner.text.text()
    assert workbench.document.state is before
    banner.action_button.click()
    dialog = there(workbench)
    assert "no two columns" in dialog.words.text()
    assert dialog.open_button is not None
    assert not dialog.open_button.isEnabled()
    dialog.accept()
    assert workbench.document.state is before


def test_change_reads_the_table_anew_as_one_step_of_undo(workbench: Workbench, tmp_path: Path) -> None:
    path = opened(workbench, tmp_path, FLOWERS)
    there(workbench).accept()
    workbench.controller.data.change.click()
    workbench.reader.wait()
    there(workbench).accept()
    assert not workbench.document.unsaved, "nothing was changed"
    workbench.window.banner.action_button.click()
    workbench.reader.wait()
    choose(workbench, "y", "mass")
    there(workbench).accept()
    assert workbench.document.scene.axis_names == ("length", "mass")
    workbench.document.undo.undo()
    assert workbench.document.scene.axis_names == ("length", "width")
    path.unlink()
    workbench.controller.data.change.click()
    workbench.reader.wait()
    assert workbench.importing.dialog is None
    assert "t.csv is not where it was" in workbench.window.banner.text.text()


def test_a_saved_scenario_finds_its_table_beside_it(workbench: Workbench, tmp_path: Path) -> None:
    opened(workbench, tmp_path, FLOWERS)
    there(workbench).accept()
    files.write(tmp_path / "s.bviz", workbench.document.to_save()())
    workbench.importing._known.clear()
    workbench.recent.forget()
    workbench.filing.open(tmp_path / "s.bviz")
    workbench.reader.wait()
    workbench.controller.data.change.click()
    workbench.reader.wait()
    assert there(workbench).choosers.choice.x == "length"


def test_pasted_text_goes_the_same_way(workbench: Workbench) -> None:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    clipboard.setText(FLOWERS)
    workbench.pasting.paste()
    workbench.reader.wait()
    there(workbench).accept()
    assert workbench.document.scene.axis_names == ("length", "width")
    assert workbench.document.scenario.title == "Pasted points"
    workbench.document.undo.undo()
    assert workbench.document.scenario.title == "Mine"


@pytest.mark.parametrize("end", ["accept", "reject"])
def test_training_waits_while_the_file_of_the_command_line_is_asked_about(
    workbench: Workbench, tmp_path: Path, end: str
) -> None:
    path = tmp_path / "flowers.csv"
    path.write_text(FLOWERS)
    workbench.document.open(files.read(path))
    workbench.controller.play(True)
    workbench.filing.tell_opened(path, True)
    workbench.reader.wait()
    assert not workbench.client.playing
    getattr(there(workbench), end)()
    assert workbench.client.playing
    workbench.controller.play(False)


def test_swapping_columns_never_gives_one_of_them_two_roles() -> None:
    choice = TableChoice(x="a", y="b", label="c")
    for role in ("x", "y", "label"):
        for column in "abcd":
            found = table_reading.with_role(choice, role, column)
            taken = [name for name in (found.x, found.y, found.label) if name]
            assert getattr(found, role) == column
            assert len(taken) == len(set(taken))
            assert found.x
            assert found.y


@pytest.mark.parametrize("size", [(720, 480), (960, 640)])
def test_nothing_is_cut_in_a_small_window(workbench: Workbench, tmp_path: Path, size: tuple[int, int]) -> None:
    opened(workbench, tmp_path, FLOWERS)
    dialog = there(workbench)
    assert dialog.minimumSizeHint().width() <= 720
    assert dialog.minimumSizeHint().height() <= 480
    dialog.resize(*size)
    assert dialog.rect().contains(dialog.buttons.geometry())
    for chooser in dialog.choosers.roles.values():
        assert chooser.geometry().right() <= dialog.choosers.width()
