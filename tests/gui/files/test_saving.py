"""Saving in the window: in a thread of its own, never over what somebody else wrote, and marked as it is."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QSettings
from PyQt6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from boundaryviz.gui.files.recent import MOST, RecentFiles
from boundaryviz.gui.shell.writer import Writer
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario import atomic, files
from helpers.saves import answer, banner, edit, save
from helpers.there import there


def choose(monkeypatch: pytest.MonkeyPatch, path: Path | str, kind: str = "") -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), kind))


def test_save_and_open_give_the_same_scene(workbench: Workbench, tmp_path: Path) -> None:
    names = ["mine.bviz", "mit Leerzeichen und ñ 例.bviz", "mine.toml"]
    for name in names:
        edit(workbench, len(name) / 7)
        workbench.document.stamp = None
        save(workbench, tmp_path / name)
        assert not workbench.document.unsaved
        scene = workbench.document.scene
        workbench.filing.open(tmp_path / name)
        workbench.reader.wait()
        assert workbench.document.scene == scene
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(names)


def test_the_text_is_made_and_written_outside_the_windows_thread(
    workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []
    for module, name in ((files, "encoded"), (files, "write_atomic")):
        real = getattr(module, name)

        def told(*given: Any, real: Callable[..., Any] = real) -> Any:
            threads.append(threading.current_thread())
            return real(*given)

        monkeypatch.setattr(module, name, told)
    save(workbench, tmp_path / "a.bviz")
    assert len(threads) == 2
    assert threading.main_thread() not in threads


def test_the_mark_follows_undo_save_and_save_as(
    workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, undo = workbench.window, workbench.document.undo
    edit(workbench)
    save(workbench, tmp_path / "a.bviz")
    assert (window.windowTitle(), window.isWindowModified()) == ("a.bviz[*] - boundaryviz", False)
    edit(workbench, 0.3)
    assert window.isWindowModified()
    undo.undo()
    assert not window.isWindowModified()
    undo.undo()
    assert window.isWindowModified()
    undo.redo()
    assert not window.isWindowModified()
    choose(monkeypatch, tmp_path / "b.bviz")
    workbench.saving.save_as()
    workbench.writer.wait()
    assert (window.windowTitle(), window.isWindowModified()) == ("b.bviz[*] - boundaryviz", False)


def test_edits_made_while_it_is_written_are_unsaved(workbench: Workbench, tmp_path: Path) -> None:
    edit(workbench)
    workbench.document.path = tmp_path / "a.bviz"
    workbench.saving.save()
    edit(workbench, 0.7)
    workbench.writer.wait()
    assert workbench.document.unsaved
    assert files.read(tmp_path / "a.bviz").scene().points.xy[0, 0] == 0.1
    workbench.document.undo.undo()
    workbench.document.undo.undo()  # the state the file held before
    assert workbench.document.unsaved


def test_a_second_save_begins_when_the_first_has_ended(workbench: Workbench, tmp_path: Path) -> None:
    workbench.document.path = tmp_path / "a.bviz"
    edit(workbench)
    workbench.saving.save()
    edit(workbench, 0.7)
    workbench.saving.save()
    workbench.writer.wait()
    assert not workbench.document.unsaved
    assert files.read(tmp_path / "a.bviz").scene().points.xy[0, 0] == 0.7


def test_a_failed_save_says_why_keeps_the_original_and_the_mark(
    workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(workbench, tmp_path / "a.bviz")
    before = (tmp_path / "a.bviz").read_bytes()
    edit(workbench)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        save(workbench)
    assert "the disk is full" in banner(workbench)
    assert workbench.window.banner.action_button.text() == "Save as..."
    assert workbench.window.isWindowModified()
    assert (tmp_path / "a.bviz").read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.bviz"]
    assert any("disk is full" in entry.text for entry in workbench.log.entries)
    save(workbench)
    assert not workbench.document.unsaved


def test_a_folder_that_is_not_there_is_said_and_leaving_is_not_allowed(
    workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(workbench)
    workbench.document.path = tmp_path / "nowhere" / "mine.bviz"
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Save)
    assert not workbench.filing.may_leave()
    assert "Cannot write" in banner(workbench)
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Cancel)
    assert not workbench.filing.may_leave()
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Discard)
    assert workbench.filing.may_leave()
    workbench.document.path = tmp_path / "mine.bviz"
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Save)
    assert workbench.filing.may_leave()
    assert (tmp_path / "mine.bviz").exists()


@pytest.mark.parametrize("choice", ["over", "Save as...", "Cancel"])
def test_a_file_touched_by_somebody_else_is_asked_about(
    workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, choice: str
) -> None:
    touches: dict[str, Callable[[Path], object]] = {
        "changed": lambda path: path.write_text("theirs, and longer than before" * 99),
        "replaced": lambda path: atomic.write_atomic(path, b"theirs"),
        "deleted": lambda path: path.unlink(),
    }
    for what, touch in touches.items():
        path, other = tmp_path / f"{what}.bviz", tmp_path / f"{what}-other.bviz"
        save(workbench, path)
        workbench.filing.open(path)
        workbench.reader.wait()
        edit(workbench)
        touch(path)
        before = path.read_bytes() if path.exists() else None
        button = choice if choice != "over" else "Save anyway" if what == "deleted" else "Overwrite"
        said = answer(monkeypatch, button)
        choose(monkeypatch, other)
        save(workbench)
        assert ("moved or deleted" if what == "deleted" else "was changed by another program") in said[0]
        assert workbench.document.unsaved == (choice == "Cancel")
        assert (path.exists() and path.read_bytes() == before) == (choice != "over" and what != "deleted")
        assert other.exists() == (choice == "Save as...")
        if choice == "over":
            assert files.read(path).scene() == workbench.document.scene
            edit(workbench, 0.9)
            save(workbench)  # and it is ours again
            assert len(said) == 1
            assert not workbench.document.unsaved
        workbench.document.stamp = None


def test_links_are_followed_and_kept(workbench: Workbench, tmp_path: Path) -> None:
    save(workbench, tmp_path / "real.bviz")
    (tmp_path / "link.bviz").symlink_to(tmp_path / "real.bviz")
    workbench.filing.open(tmp_path / "link.bviz")
    workbench.reader.wait()
    edit(workbench)
    save(workbench)
    assert (tmp_path / "link.bviz").is_symlink()
    assert files.read(tmp_path / "real.bviz").scene() == workbench.document.scene


@pytest.mark.parametrize(
    ("typed", "kind", "made"),
    [
        ("plain", "boundaryviz scenario (*.bviz)", "plain.bviz"),
        ("v1.2", "Scenario as TOML (*.toml)", "v1.2.toml"),
        ("points.CSV", "", "points.CSV"),
    ],
)
def test_a_name_gets_the_ending_it_can_be_opened_by(
    workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, kind: str, made: str
) -> None:
    edit(workbench)
    choose(monkeypatch, tmp_path / typed, kind)
    workbench.saving.save_as()
    workbench.writer.wait()
    assert files.read(tmp_path / made).scene().points.xy.tolist() == workbench.document.scene.points.xy.tolist()
    assert workbench.document.unsaved == made.endswith("CSV"), "a table holds the points alone"
    if kind:
        before = (tmp_path / made).read_bytes()
        monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
        edit(workbench, 0.5)
        workbench.saving.save_as()
        workbench.writer.wait()
        assert (tmp_path / made).read_bytes() == before, "the dialog asked about the name without its ending"


def test_a_file_that_cannot_be_opened_is_left_alone_and_so_is_what_was_open(
    workbench: Workbench, tmp_path: Path
) -> None:
    state, path = workbench.document.state, tmp_path / "bad.bviz"
    for content in (b"", b'{"version": 99}', b'{"version": 1, "ti', b"\xff\xfe"):
        path.write_bytes(content)
        workbench.window.banner.hide()
        workbench.filing.open(path)
        workbench.reader.wait()
        assert "bad.bviz was not opened" in banner(workbench)
        assert workbench.document.state is state
        assert path.read_bytes() == content
    assert workbench.recent.paths == []


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
    workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(workbench, tmp_path / "a.bviz")
    choose(monkeypatch, tmp_path / "b & c.bviz")
    workbench.saving.save_as()
    workbench.writer.wait()
    assert [Path(path).name for path in workbench.recent.paths] == ["b & c.bviz", "a.bviz"]
    menu = next(
        a.menu() for a in there(there(workbench.window.menuBar()).actions()[0].menu()).actions() if a.menu() is not None
    )
    assert menu is workbench.recent
    workbench.recent.actions()[1].trigger()
    workbench.reader.wait()
    assert workbench.document.path == tmp_path / "a.bviz"


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
