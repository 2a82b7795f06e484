"""Saving in the window: in a thread of its own, never over what somebody else wrote, and marked as it is."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QSettings
from PyQt6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from boundaryviz.gui.assembly import Desk
from boundaryviz.gui.recent import MOST, RecentFiles
from boundaryviz.gui.writing import Writer
from boundaryviz.scenario import atomic, files
from boundaryviz.scenario.scenario import Scenario
from helpers.desks import afresh, at_rest, lasting_desk
from helpers.saves import answer, banner, edit, save
from helpers.there import there


@pytest.fixture(scope="module")
def only_desk(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with lasting_desk(tmp_path_factory.mktemp("settings")) as desk:
        yield desk


@pytest.fixture
def desk(only_desk: Desk, qtbot: QtBot) -> Iterator[Desk]:
    yield afresh(only_desk, Scenario(name="mine", title="Mine").with_values({"data.n": 20}))
    qtbot.waitUntil(lambda: at_rest(only_desk))


def choose(monkeypatch: pytest.MonkeyPatch, path: Path | str, kind: str = "") -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), kind))


def test_save_and_open_give_the_same_scene(desk: Desk, tmp_path: Path) -> None:
    names = ["mine.bviz", "mit Leerzeichen und ñ 例.bviz", "mine.toml"]
    for name in names:
        edit(desk, len(name) / 7)
        desk.document.stamp = None
        save(desk, tmp_path / name)
        assert not desk.document.unsaved
        scene = desk.document.scene
        desk.filing.open(tmp_path / name)
        desk.reader.wait()
        assert desk.document.scene == scene
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(names)


def test_the_text_is_made_and_written_outside_the_windows_thread(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []
    for module, name in ((files, "encoded"), (files, "write_atomic")):
        real = getattr(module, name)

        def told(*given: Any, real: Callable[..., Any] = real) -> Any:
            threads.append(threading.current_thread())
            return real(*given)

        monkeypatch.setattr(module, name, told)
    save(desk, tmp_path / "a.bviz")
    assert len(threads) == 2
    assert threading.main_thread() not in threads


def test_the_mark_follows_undo_save_and_save_as(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window, undo = desk.window, desk.document.undo
    edit(desk)
    save(desk, tmp_path / "a.bviz")
    assert (window.windowTitle(), window.isWindowModified()) == ("a.bviz[*] - boundaryviz", False)
    edit(desk, 0.3)
    assert window.isWindowModified()
    undo.undo()
    assert not window.isWindowModified()
    undo.undo()
    assert window.isWindowModified()
    undo.redo()
    assert not window.isWindowModified()
    choose(monkeypatch, tmp_path / "b.bviz")
    desk.saving.save_as()
    desk.writer.wait()
    assert (window.windowTitle(), window.isWindowModified()) == ("b.bviz[*] - boundaryviz", False)


def test_edits_made_while_it_is_written_are_unsaved(desk: Desk, tmp_path: Path) -> None:
    edit(desk)
    desk.document.path = tmp_path / "a.bviz"
    desk.saving.save()
    edit(desk, 0.7)
    desk.writer.wait()
    assert desk.document.unsaved
    assert files.read(tmp_path / "a.bviz").scene().points.xy[0, 0] == 0.1
    desk.document.undo.undo()
    desk.document.undo.undo()  # the state the file held before
    assert desk.document.unsaved


def test_a_second_save_begins_when_the_first_has_ended(desk: Desk, tmp_path: Path) -> None:
    desk.document.path = tmp_path / "a.bviz"
    edit(desk)
    desk.saving.save()
    edit(desk, 0.7)
    desk.saving.save()
    desk.writer.wait()
    assert not desk.document.unsaved
    assert files.read(tmp_path / "a.bviz").scene().points.xy[0, 0] == 0.7


def test_a_failed_save_says_why_keeps_the_original_and_the_mark(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(desk, tmp_path / "a.bviz")
    before = (tmp_path / "a.bviz").read_bytes()
    edit(desk)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        save(desk)
    assert "the disk is full" in banner(desk)
    assert desk.window.banner.action_button.text() == "Save as..."
    assert desk.window.isWindowModified()
    assert (tmp_path / "a.bviz").read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.bviz"]
    assert any("disk is full" in entry.text for entry in desk.log.entries)
    save(desk)
    assert not desk.document.unsaved


def test_a_folder_that_is_not_there_is_said_and_leaving_is_not_allowed(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(desk)
    desk.document.path = tmp_path / "nowhere" / "mine.bviz"
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Save)
    assert not desk.filing.may_leave()
    assert "Cannot write" in banner(desk)
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Cancel)
    assert not desk.filing.may_leave()
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Discard)
    assert desk.filing.may_leave()
    desk.document.path = tmp_path / "mine.bviz"
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Save)
    assert desk.filing.may_leave()
    assert (tmp_path / "mine.bviz").exists()


@pytest.mark.parametrize("choice", ["over", "Save as...", "Cancel"])
def test_a_file_touched_by_somebody_else_is_asked_about(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, choice: str
) -> None:
    touches: dict[str, Callable[[Path], object]] = {
        "changed": lambda path: path.write_text("theirs, and longer than before" * 99),
        "replaced": lambda path: atomic.write_atomic(path, b"theirs"),
        "deleted": lambda path: path.unlink(),
    }
    for what, touch in touches.items():
        path, other = tmp_path / f"{what}.bviz", tmp_path / f"{what}-other.bviz"
        save(desk, path)
        desk.filing.open(path)
        desk.reader.wait()
        edit(desk)
        touch(path)
        before = path.read_bytes() if path.exists() else None
        button = choice if choice != "over" else "Save anyway" if what == "deleted" else "Overwrite"
        said = answer(monkeypatch, button)
        choose(monkeypatch, other)
        save(desk)
        assert ("moved or deleted" if what == "deleted" else "was changed by another program") in said[0]
        assert desk.document.unsaved == (choice == "Cancel")
        assert (path.exists() and path.read_bytes() == before) == (choice != "over" and what != "deleted")
        assert other.exists() == (choice == "Save as...")
        if choice == "over":
            assert files.read(path).scene() == desk.document.scene
            edit(desk, 0.9)
            save(desk)  # and it is ours again
            assert len(said) == 1
            assert not desk.document.unsaved
        desk.document.stamp = None


def test_links_are_followed_and_kept(desk: Desk, tmp_path: Path) -> None:
    save(desk, tmp_path / "real.bviz")
    (tmp_path / "link.bviz").symlink_to(tmp_path / "real.bviz")
    desk.filing.open(tmp_path / "link.bviz")
    desk.reader.wait()
    edit(desk)
    save(desk)
    assert (tmp_path / "link.bviz").is_symlink()
    assert files.read(tmp_path / "real.bviz").scene() == desk.document.scene


@pytest.mark.parametrize(
    ("typed", "kind", "made"),
    [
        ("plain", "boundaryviz scenario (*.bviz)", "plain.bviz"),
        ("v1.2", "Scenario as TOML (*.toml)", "v1.2.toml"),
        ("points.CSV", "", "points.CSV"),
    ],
)
def test_a_name_gets_the_ending_it_can_be_opened_by(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, kind: str, made: str
) -> None:
    edit(desk)
    choose(monkeypatch, tmp_path / typed, kind)
    desk.saving.save_as()
    desk.writer.wait()
    assert files.read(tmp_path / made).scene().points.xy.tolist() == desk.document.scene.points.xy.tolist()
    assert desk.document.unsaved == made.endswith("CSV"), "a table holds the points alone"
    if kind:
        before = (tmp_path / made).read_bytes()
        monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
        edit(desk, 0.5)
        desk.saving.save_as()
        desk.writer.wait()
        assert (tmp_path / made).read_bytes() == before, "the dialog asked about the name without its ending"


def test_a_file_that_cannot_be_opened_is_left_alone_and_so_is_what_was_open(desk: Desk, tmp_path: Path) -> None:
    state, path = desk.document.state, tmp_path / "bad.bviz"
    for content in (b"", b'{"version": 99}', b'{"version": 1, "ti', b"\xff\xfe"):
        path.write_bytes(content)
        desk.window.banner.hide()
        desk.filing.open(path)
        desk.reader.wait()
        assert "bad.bviz was not opened" in banner(desk)
        assert desk.document.state is state
        assert path.read_bytes() == content
    assert desk.recent.paths == []


# ---- recent files -----------------------------------------------------------------------------------


def test_recent_files_are_the_last_ten_and_what_is_gone_is_grey(qtbot: QtBot, tmp_path: Path) -> None:
    recent = RecentFiles(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(recent)
    assert not recent.actions()[0].isEnabled()
    for number in range(MOST + 2):
        (tmp_path / f"{number}.bviz").touch()
        recent.add(tmp_path / f"{number}.bviz")
    recent.add(tmp_path / "5.bviz")
    (tmp_path / "11.bviz").unlink()
    recent.fill()
    names = [Path(path).stem for path in recent.paths]
    assert names == ["5", "11", "10", "9", "8", "7", "6", "4", "3", "2"]
    first, second = recent.actions()[:2]
    assert first.isEnabled()
    assert not second.isEnabled()
    assert "no longer there" in second.text()
    with qtbot.waitSignal(recent.chosen) as chosen:
        first.trigger()
    assert chosen.args == [str(tmp_path / "5.bviz")]
    again = RecentFiles(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(again)
    assert again.paths == recent.paths
    recent.forget()
    assert recent.paths == []


def test_what_is_opened_and_saved_is_recent_and_can_be_opened_from_there(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(desk, tmp_path / "a.bviz")
    choose(monkeypatch, tmp_path / "b & c.bviz")
    desk.saving.save_as()
    desk.writer.wait()
    assert [Path(path).name for path in desk.recent.paths] == ["b & c.bviz", "a.bviz"]
    menu = next(
        a.menu() for a in there(there(desk.window.menuBar()).actions()[0].menu()).actions() if a.menu() is not None
    )
    assert menu is desk.recent
    desk.recent.actions()[1].trigger()
    desk.reader.wait()
    assert desk.document.path == tmp_path / "a.bviz"


# ---- the thread -------------------------------------------------------------------------------------


def test_work_is_done_in_order_and_told_of_in_the_windows_thread(qtbot: QtBot) -> None:
    writer = Writer()
    told: list[object] = []
    here = threading.current_thread()

    def fails() -> None:
        raise OSError("no")

    def tell(what: object) -> Callable[[object], None]:
        def said(result: object) -> None:
            told.append((what, result if isinstance(result, int) else str(result), threading.current_thread()))

        return said

    writer.do(lambda: 1, tell("a"))
    writer.do(fails, tell("b"), tell("c"))
    writer.do(lambda: 2, lambda _: writer.do(lambda: 3, tell("e")))
    writer.wait()
    assert told == [("a", 1, here), ("c", "no", here), ("e", 3, here)]
    writer.do(lambda: 4, tell("f"))
    writer.close()
    assert told[-1] == ("f", 4, here)
    assert not writer.busy


def test_a_mistake_in_the_work_is_not_swallowed(qtbot: QtBot) -> None:
    writer = Writer()
    with qtbot.captureExceptions() as caught:
        writer.do(lambda: 1 / 0)
        writer.wait()
    assert [kind for kind, *_ in caught] == [ZeroDivisionError]
    writer.close()
