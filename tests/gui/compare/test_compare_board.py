"""The board of pinned moments: one place, one pointer, two chosen; and how pins come and go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from boundaryviz.gui.compare import pin_files
from boundaryviz.gui.compare.board import EMPTY, CompareBoard, columns_for
from boundaryviz.gui.compare.curves import pin_pen
from boundaryviz.gui.widgets.theme import DARK, LIGHT
from boundaryviz.gui.workbench import Workbench
from boundaryviz.record.pins import PinnedSnapshot
from boundaryviz.scenario.scenario import Scenario
from helpers.qtest import QTest
from helpers.snapshots import PLANE, snapshot

Key, Button = Qt.Key, Qt.MouseButton


def pins(count: int) -> tuple[PinnedSnapshot, ...]:
    """The boundary moves to the right from pin to pin."""
    x = PLANE.grid(64, 32)[:, 0].reshape(32, 64)
    fields = [(1.0 / (1.0 + np.exp(-9.0 * (x - 0.2 * i)))).astype(np.float32) for i in range(count)]
    return tuple(PinnedSnapshot(f"Pin {i + 1}", snapshot(step=100 * i, field=field)) for i, field in enumerate(fields))


@pytest.fixture
def board(qtbot: QtBot) -> CompareBoard:
    made = CompareBoard()
    qtbot.addWidget(made)
    made.resize(1100, 800)
    with qtbot.waitExposed(made):
        made.show()
    made.set_pins(pins(4))
    QApplication.processEvents()
    return made


def press(board: CompareBoard, at: int, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    canvas = board.tiles[at].plane.canvas
    QTest.mouseClick(canvas.viewport(), Button.LeftButton, held, canvas.area.center().toPoint())


def test_tiles_stand_in_a_row_and_then_in_a_square() -> None:
    assert [columns_for(n) for n in range(1, 10)] == [1, 2, 3, 2, 3, 3, 3, 3, 3]


@pytest.mark.parametrize("size", [(900, 640), (1100, 800), (1700, 1000)])
def test_what_is_pinned_fills_its_tile(board: CompareBoard, size: tuple[int, int]) -> None:
    board.resize(*size)
    for count in (1, 2, 9, 3, 5):
        board.set_pins(pins(count))
        QApplication.processEvents()
        for tile in board.tiles:
            shown = tile.plane.canvas.rect_shown()
            assert shown.width == pytest.approx(PLANE.width, rel=0.06), count
            assert shown.height == pytest.approx(PLANE.height, rel=0.06), count
        below = board.curves.geometry()
        assert below.bottom() <= board.height(), count
        assert below.height() >= 200, count


def test_without_pins_it_says_how_to_pin(board: CompareBoard) -> None:
    board.set_pins(())
    assert board.pages.currentWidget() is board.empty
    assert EMPTY in [words.text() for words in board.empty.findChildren(QLabel)]
    assert board.chosen == [None, None]


def test_all_show_one_place(board: CompareBoard) -> None:
    canvases = [tile.plane.canvas for tile in board.tiles]
    canvases[1].zoom(3.0, QPointF(20.0, 30.0))
    shown = [canvas.rect_shown() for canvas in canvases]
    assert shown[0].width < PLANE.width
    assert max(abs(rect.left - shown[1].left) for rect in shown) < 0.05
    viewport, middle = canvases[2].viewport(), canvases[2].area.center().toPoint()
    QTest.mousePress(viewport, Button.LeftButton, pos=middle)
    QTest.mouseMove(viewport, middle + QPointF(30.0, 0.0).toPoint())
    QTest.mouseRelease(viewport, Button.LeftButton, pos=middle + QPointF(30.0, 0.0).toPoint())
    step = 30.0 * canvases[2].pixel
    assert [c.rect_shown().left for c in canvases] == pytest.approx([rect.left - step for rect in shown], abs=0.02)
    assert board.chosen == [0, 1], "a drag chooses nothing"
    QTest.keyClick(board, Key.Key_Home)
    assert all(canvas.rect_shown().left <= PLANE.left + 1e-9 for canvas in canvases)


def test_the_pointer_shows_in_all_with_each_ones_value(board: CompareBoard) -> None:
    board.tiles[2].plane.hovered.emit((0.5, 0.0))
    assert [tile.plane.cursor_.place for tile in board.tiles] == [(0.5, 0.0), (0.5, 0.0), None, (0.5, 0.0)]
    words = [tile.plane.corner.text() for tile in board.tiles]
    assert words[0] == "class 1, 0.99"
    assert words[3].startswith("class 0, ")
    board.tiles[2].plane.hovered.emit((9.0, 0.0))
    assert not any(tile.plane.corner.isVisible() for tile in board.tiles), "there is no field"
    board.tiles[2].plane.hovered.emit(None)
    assert all(tile.plane.cursor_.place is None for tile in board.tiles)


def test_two_are_chosen_and_compared(board: CompareBoard) -> None:
    assert board.chosen == [0, 1]
    press(board, 3)
    press(board, 0, Qt.KeyboardModifier.ControlModifier)
    assert board.chosen == [3, 0]
    assert [tile.choice.text() for tile in board.tiles] == ["B", "", "", "A"]
    assert board.difference.title.words == "A Pin 4, B Pin 1"
    expected = np.mean(pins(4)[3].snapshot.field > 0.5) - np.mean(pins(4)[0].snapshot.field > 0.5)
    assert board.difference.values["area"].text() == f"{abs(expected):.1%}"
    assert "class 0 \u2192 class 1" in board.difference.turned.text()
    press(board, 0)
    assert board.chosen == [0, 3], "one pin is not both"
    QTest.keyClick(board, Key.Key_Down)
    assert board.chosen == [2, 3]
    QTest.keyClick(board, Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert board.chosen == [2, 1]


def test_what_cannot_be_compared_says_why(board: CompareBoard) -> None:
    board.set_pins((*pins(1), PinnedSnapshot("three", snapshot(3))))
    assert "2 classes and the other 3" in board.difference.words.text()
    assert not board.difference.plane.isVisible()


def test_removing_and_renaming_are_asked_for(board: CompareBoard, qtbot: QtBot) -> None:
    heard: list[tuple[object, ...]] = []
    board.removed.connect(lambda at: heard.append(("removed", at)))
    board.renamed.connect(lambda at, words: heard.append(("renamed", at, words)))
    board.cleared.connect(lambda: heard.append(("cleared",)))
    board.tiles[2].close_.click()
    QTest.keyClick(board, Key.Key_Delete)
    board.clear_button.click()
    board.tiles[1].rename()
    QTest.keyClicks(board.tiles[1].edit, "with dropout")
    QTest.keyClick(board.tiles[1].edit, Key.Key_Return)
    board.tiles[3].rename()
    QTest.keyClicks(board.tiles[3].edit, "never")
    QTest.keyClick(board.tiles[3].edit, Key.Key_Escape)
    assert heard == [("removed", 2), ("removed", 0), ("cleared",), ("renamed", 1, "with dropout")]
    assert board.tiles[3].name.text() == "Pin 4"


def test_the_choice_stays_with_its_pin(board: CompareBoard) -> None:
    board.set_pins(four := pins(4))
    board.choose(3)
    tile = board.tiles[3]
    board.set_pins(four[1:])
    assert board.chosen[0] == 2
    assert board.tiles[2] is tile, "a tile is not made anew"


def test_a_pin_keeps_its_look_while_others_go_and_come(board: CompareBoard) -> None:
    some = pins(4)
    board.set_pins(some)
    pen = lambda at: (board.tiles[at].swatch.pen.color().name(), board.tiles[at].swatch.pen.style())  # noqa: E731
    before = [pen(k) for k in range(4)]
    board.set_pins((some[0], some[2], some[3]))
    assert [pen(k) for k in range(3)] == [before[0], before[2], before[3]]
    assert [swatch.pen.color().name() for swatch, _ in board.curves.entries] == [pen(k)[0] for k in range(3)]
    (new,) = pins(1)
    board.set_pins((some[0], some[2], some[3], new))
    assert pen(3) == before[1], "the look that is free again"


def test_no_two_curves_look_the_same(board: CompareBoard) -> None:
    for theme in (LIGHT, DARK):
        looks = {(pin_pen(i, theme).color().name(), pin_pen(i, theme).style()) for i in range(9)}
        assert len(looks) == 9
    y = board.curves.curves[0].getData()[1]
    np.testing.assert_allclose(y, pins(1)[0].snapshot.curves.column("validation_loss")[:, 0])
    board.curves.log.setChecked(True)
    np.testing.assert_allclose(board.curves.curves[0].getData()[1], np.log10(y))
    board.curves.buttons["error"].click()
    assert board.curves.title.text() == "Validation error"
    board.set_theme(DARK)
    board.points.setChecked(False)
    assert not any(tile.plane.points.isVisible() for tile in board.tiles)


@pytest.fixture
def open_workbench(show: Callable[[Scenario], Workbench]) -> Callable[[], Workbench]:
    return lambda: show(Scenario().with_values({"data.n": 60, "learner.hidden": [8]}))


def test_pins_are_taken_kept_and_refused(open_workbench: Callable[[], Workbench], qtbot: QtBot) -> None:
    workbench = open_workbench()
    window, control = workbench.window, workbench.compare
    qtbot.waitUntil(lambda: workbench.controller.presenter.frame is not None)
    told: list[str] = []
    strip = window.statusBar()
    assert strip is not None
    strip.messageChanged.connect(lambda words: told.append(words) if words else None)
    window.actions_["view.pin"].trigger()
    qtbot.waitUntil(lambda: any("1 of 9" in words for words in told))
    window.actions_["view.pin-clean"].trigger()
    qtbot.waitUntil(lambda: any("no clean twin" in words for words in told))
    window.actions_["train.reset"].trigger()
    workbench.document.open(Scenario().with_values({"data.n": 40}), saved=False)
    assert [pin.label for pin in control.pins] == ["Pin 1"]
    control.pins = control.pins * 9
    window.actions_["view.pin"].trigger()
    qtbot.waitUntil(lambda: any("9 pins already" in words for words in told))
    assert len(control.pins) == 9
    with pytest.raises(ValueError, match="at most 9"):
        control.pins = control.pins * 2


def test_the_board_takes_the_place_of_the_plane(open_workbench: Callable[[], Workbench], qtbot: QtBot) -> None:
    workbench = open_workbench()
    window, action = workbench.window, workbench.window.actions_["view.compare"]
    qtbot.waitUntil(lambda: workbench.controller.presenter.frame is not None)
    workbench.compare.pin()
    action.trigger()
    assert window.page_shown() is workbench.compare.board
    workbench.compare.pin()
    assert len(workbench.compare.pins) == 1, "an unseen plane shows no present moment"
    workbench.compare.board.renamed.emit(0, "first")
    assert [rendering.label for rendering in workbench.compare.snapshots()] == ["first"]
    workbench.compare.board.removed.emit(0)
    assert not workbench.compare.pins
    window.show_page(None)
    assert not action.isChecked()
    action.trigger()
    QTest.keyClick(workbench.compare.board, Key.Key_Escape)
    assert window.page_shown() is None


def test_pins_are_saved_and_opened_again(open_workbench: Callable[[], Workbench], qtbot: QtBot, tmp_path: Path) -> None:
    workbench, path = open_workbench(), tmp_path / "meine Pins \u00fc.pins.npz"
    workbench.compare.pins = pins(3)
    assert workbench.pin_files.file() is None
    workbench.pin_files.save_to(path)
    qtbot.waitUntil(lambda: workbench.pin_files.file() == path)
    workbench.compare.pins = workbench.compare.pins[:2]
    assert workbench.pin_files.file() is None, "the file holds others now"
    workbench.compare.pins = ()
    workbench.filing.open(path)
    workbench.reader.wait()
    assert [rendering.label for rendering in workbench.compare.snapshots()] == ["Pin 1", "Pin 2", "Pin 3"]
    assert workbench.pin_files.file() == path
    assert workbench.window.page_shown() is workbench.compare.board
    workbench.filing.open(path)
    workbench.reader.wait()
    workbench.filing.open(path)
    workbench.reader.wait()
    assert len(workbench.compare.pins) == 9
    workbench.filing.open(path)
    workbench.reader.wait()
    assert len(workbench.compare.pins) == 9
    assert "there is room for 0" in workbench.window.banner.text.text()


def test_a_file_that_holds_no_pins_leaves_those_there_are(
    open_workbench: Callable[[], Workbench], qtbot: QtBot, tmp_path: Path
) -> None:
    workbench, path = open_workbench(), tmp_path / "x.pins.npz"
    workbench.compare.pins = pins(2)
    path.write_bytes(b"PK, and nothing more")
    workbench.filing.open(path)
    workbench.reader.wait()
    assert len(workbench.compare.pins) == 2
    assert "x.pins.npz was not opened" in workbench.window.banner.text.text()
    workbench.pin_files.save_to(tmp_path / "no" / "x.pins.npz")
    qtbot.waitUntil(lambda: "Cannot write" in workbench.window.banner.text.text())
    assert workbench.pin_files.file() is None


def test_a_name_without_its_ending_replaces_nothing_unasked(
    open_workbench: Callable[[], Workbench], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench, there = open_workbench(), tmp_path / "v1.5.pins.npz"
    there.write_bytes(b"older")
    workbench.compare.pins = pins(2)
    asked: list[Path] = []

    def second_time(_parent: object, path: Path) -> bool:
        asked.append(path)
        return len(asked) > 1

    monkeypatch.setattr(pin_files, "may_replace", second_time)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "v1.5"), ""))
    workbench.pin_files.save_as()
    workbench.writer.wait()
    assert (asked, there.read_bytes()) == ([there], b"older")
    workbench.pin_files.save_as()
    qtbot.waitUntil(lambda: workbench.pin_files.file() == there)


def test_pins_that_were_all_removed_can_be_brought_back(open_workbench: Callable[[], Workbench]) -> None:
    workbench = open_workbench()
    workbench.compare.pins = some = pins(3)
    workbench.window.actions_["view.compare"].setChecked(True)
    workbench.compare.board.cleared.emit()
    assert not workbench.compare.pins
    assert workbench.window.banner.isVisible(), "on the board, too"
    workbench.window.banner.action_button.click()
    assert workbench.compare.pins == some
    workbench.window.actions_["view.compare"].setChecked(True)
    workbench.window.actions_["view.twin-overlay"].trigger()
    assert workbench.window.page_shown() is not workbench.compare.board, "a look at the twin is one at the plane"
