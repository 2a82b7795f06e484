"""Unsaved work: kept within a second, offered once its session is dead, and never eaten by another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PyQt6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from boundaryviz.gui.document.recovery import Origin, Orphan, Session, orphans
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario import files
from boundaryviz.scenario.atomic import PART, WriteError, stamp_of
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.edits import Move
from helpers.there import there
from helpers.workbenches import SilentLink, workbenches

WORK = Scenario(name="work", title="Wörk").with_values({"data.n": 20})
ORIGIN = Origin("/home/me/wörk.bviz", "Wörk", 20, 1_700_000_000.0)


def dead(state: Path, work: Scenario = WORK, origin: Origin = ORIGIN) -> Path:
    """The recovery file of a session that was killed."""
    session = Session(state)
    session.keep(lambda: work, origin)
    session._lock.release(remove=False)  # as the system does when its holder dies
    return session.path


# ---- the files --------------------------------------------------------------------------------------


def test_what_a_dead_session_kept_is_found_whole_and_that_of_a_living_one_is_not(tmp_path: Path) -> None:
    living = Session(tmp_path)
    living.keep(lambda: WORK, ORIGIN)
    dead(tmp_path, WORK.with_values({"training.seed": 7}))
    found, aside = orphans(tmp_path)
    assert (len(found), aside) == (1, [])
    assert found[0].origin == ORIGIN
    assert found[0].read().training.seed == 7
    assert orphans(tmp_path) == ([], []), "it is offered by whoever found it first"
    found[0].let_go()
    (again,), _ = orphans(tmp_path)
    again.discard()
    living.close()
    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_lets_go_of_its_lock(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from boundaryviz.gui.document.recovery import *; from boundaryviz.scenario.scenario import Scenario\n"
        "session = Session(s := Path(sys.argv[1])); session.keep(Scenario, Origin('', 'Killed', 3, 1.0))\n"
        "print(len(orphans(s)[0]), flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdin=-1, stdout=-1, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "0\n"
    assert orphans(tmp_path)[0] == []
    with child:
        child.kill()
    (orphan,), _ = orphans(tmp_path)
    assert orphan.origin.title == "Killed"
    orphan.discard()


def test_remains_of_dead_sessions_go_and_what_is_damaged_is_put_aside(tmp_path: Path) -> None:
    path = dead(tmp_path)
    path.write_bytes(b"{}\n{}")
    other = dead(tmp_path)
    (tmp_path / f".{other.name}.12345678{PART}").write_bytes(b"half")
    nothing = Session(tmp_path)
    nothing._lock.release(remove=False)
    found, aside = orphans(tmp_path)
    assert aside == [path.with_suffix(".broken")]
    assert aside[0].read_bytes() == b"{}\n{}"
    assert [orphan.path for orphan in found] == [other]
    assert {one.suffix for one in tmp_path.iterdir()} == {".broken", ".recovery", ".lock"}
    assert len(list(tmp_path.iterdir())) == 3
    found[0].let_go()


@pytest.mark.parametrize(
    "line",
    [b"", b"[]", b"[" * 100_000, b"3", b'{"path": "a"}', b"{", b"\xff",
     b'{"path":1,"title":"a","points":1,"when":1.0,"stamp":null}',
     b'{"path":"","title":"a","points":1,"when":1e300,"stamp":null}',
     b'{"path":"","title":"a","points":1,"when":1.0,"stamp":{"a":1}}',
     b'{"path":"","title":"a","points":1,"when":"x","stamp":null}',
     b'{"path":"","title":"a","points":1,"when":null,"stamp":null}',
     b'{"path":"","title":"a","points":1,"when":NaN,"stamp":null}',
     b'{"path":"","title":"a","points":1,"when":1.0,"stamp":{"size":"1","changed":2,"inode":3}}'],
)  # fmt: skip
def test_a_first_line_that_says_something_else_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Origin.of(line)


def test_where_it_came_from_is_kept_with_the_stamp_of_the_file(tmp_path: Path) -> None:
    files.write(tmp_path / "a.bviz", WORK)
    origin = Origin("a\n\ud800", "b", 3, 4.5, stamp_of(tmp_path / "a.bviz"))
    assert Origin.of(origin.line()) == origin
    assert origin.line().count(b"\n") == 1


_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from(["path", "title", "points", "when", "stamp"]), _PLAIN))
def test_whatever_a_first_line_says_it_is_offered_or_put_aside(
    tmp_path_factory: pytest.TempPathFactory, changed: dict[str, object]
) -> None:
    folder = tmp_path_factory.mktemp("state")
    dead(folder)
    path = dead(folder)
    line, _, body = path.read_bytes().partition(b"\n")
    path.write_bytes(json.dumps(json.loads(line) | changed).encode() + b"\n" + body)
    found, aside = orphans(folder)
    assert (len(found), len(aside)) in ((2, 0), (1, 1))
    for orphan in found:
        assert orphan.read() == WORK
        orphan.discard()


def test_work_whose_first_line_has_no_stamp_is_offered_as_that_of_no_file(tmp_path: Path) -> None:
    path = dead(tmp_path)
    line, _, body = path.read_bytes().partition(b"\n")
    values = json.loads(line)
    del values["stamp"]
    path.write_bytes(json.dumps(values).encode() + b"\n" + body)
    (orphan,), aside = orphans(tmp_path)
    assert aside == []
    assert orphan.origin == replace(ORIGIN, path="")
    assert orphan.read() == WORK
    orphan.discard()


def test_work_with_a_title_and_a_path_of_any_length_is_found_again(tmp_path: Path) -> None:
    long = Origin("/" + "\udcff" * 4095, "many\nlines " * 3000, 20, 1.0)
    dead(tmp_path, origin=long)
    (orphan,), _ = orphans(tmp_path)
    assert orphan.origin.path == long.path
    assert orphan.origin.title.startswith("many lines many")
    orphan.discard()


@pytest.mark.skipif(os.name != "posix", reason="needs pipes")
@pytest.mark.parametrize("kind", [".recovery", ".lock"])
def test_pipes_and_devices_in_the_state_folder_stop_nobody(tmp_path: Path, kind: str) -> None:
    path = dead(tmp_path)
    os.mkfifo(tmp_path / f"session-1-a{kind}")
    (tmp_path / f"session-2-b{kind}").symlink_to("/dev/zero")
    (orphan,), aside = orphans(tmp_path)
    assert orphan.path == path
    assert len(aside) == (2 if kind == ".recovery" else 0)
    orphan.let_go()


# ---- in the window ----------------------------------------------------------------------------------


@pytest.fixture
def state(own_settings: Path) -> Path:
    return own_settings / "state" / "boundaryviz"


@pytest.fixture
def open_workbench(qtbot: QtBot, own_settings: Path, state: Path) -> Iterator[Callable[[], Workbench]]:
    with workbenches(qtbot, own_settings, SilentLink, state) as show:
        yield lambda: show(WORK)


def edit(workbench: Workbench, x: float = 0.1) -> None:
    workbench.document.do(Move(workbench.document.scene.points.ids[:1], np.array([[x, 0.2]])), "Move point")


def kept(state: Path) -> list[Path]:
    return sorted(state.glob("*.recovery"))


def read(path: Path) -> tuple[dict, Scenario]:
    line, _, words = path.read_bytes().partition(b"\n")
    return json.loads(line), files.parse(words.decode(), path, ".bviz")


def test_an_edit_is_kept_until_it_is_saved_or_undone(
    open_workbench: Callable[[], Workbench], state: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    workbench = open_workbench()
    assert kept(state) == []
    workbench.document.preview(Move(workbench.document.scene.points.ids[:1], np.array([[9.0, 9.0]])))
    edit(workbench)
    qtbot.waitUntil(lambda: len(kept(state)) == 1)
    origin, scenario = read(kept(state)[0])
    assert (origin["path"], origin["title"], origin["points"]) == ("", "Wörk", len(workbench.document.scene.points))
    assert scenario.scene() == workbench.document.scene
    edit(workbench, 0.5)
    qtbot.waitUntil(lambda: read(kept(state)[0])[1].scene() == workbench.document.scene)
    workbench.document.undo.undo()
    workbench.document.undo.undo()
    qtbot.waitUntil(lambda: not kept(state))
    edit(workbench)
    qtbot.waitUntil(lambda: len(kept(state)) == 1)
    workbench.document.path = tmp_path / "a.bviz"
    workbench.saving.save()
    qtbot.waitUntil(lambda: not kept(state))
    edit(workbench, 0.7)
    qtbot.waitUntil(lambda: len(kept(state)) == 1)
    assert read(kept(state)[0])[0]["path"] == str(tmp_path / "a.bviz")
    workbench.close()
    assert list(state.iterdir()) == []


def test_two_windows_keep_their_own(open_workbench: Callable[[], Workbench], state: Path, qtbot: QtBot) -> None:
    one, other = open_workbench(), open_workbench()
    edit(one, 0.1)
    edit(other, 0.9)
    qtbot.waitUntil(lambda: len(kept(state)) == 2)
    assert {read(path)[1].scene().points.xy[0, 0] for path in kept(state)} == {0.1, 0.9}
    other.offer_what_was_left("")
    assert other.window.banner.isHidden()
    one.close()
    assert [read(path)[1].scene() for path in kept(state)] == [other.document.scene]


def test_one_is_offered_in_the_banner_and_restored_unsaved_with_its_path(
    open_workbench: Callable[[], Workbench], state: Path, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "wörk.bviz"
    files.write(path, WORK)
    old = dead(state, WORK.with_values({"training.seed": 7}), Origin(str(path), "Wörk", 40, 1.0, stamp_of(path)))
    workbench = open_workbench()
    workbench.offer_what_was_left("")
    banner = workbench.window.banner
    assert "“Wörk” with 40 points" in banner.text.text()
    assert [banner.action_button.text(), *(b.text() for b in banner.other_buttons)] == ["Restore", "Discard", "Later"]
    banner.action_button.click()
    workbench.reader.wait()
    assert workbench.document.scenario.training.seed == 7
    assert workbench.document.unsaved
    assert workbench.document.path == path
    assert workbench.window.isWindowModified()
    qtbot.waitUntil(lambda: not old.exists() and len(kept(state)) == 1)  # this session has it now
    path.write_bytes(b"changed since the crash")
    asked: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append(box.text()))
    workbench.saving.save()
    workbench.writer.wait()
    assert "changed by another program" in asked[0]


@pytest.mark.parametrize("button", ["Discard", "Later"])
def test_it_can_be_discarded_or_left_for_the_next_start(
    open_workbench: Callable[[], Workbench], state: Path, button: str
) -> None:
    old = dead(state)
    workbench = open_workbench()
    workbench.offer_what_was_left("")
    next(b for b in workbench.window.banner.other_buttons if b.text() == button).click()
    assert workbench.window.banner.isHidden()
    workbench.close()
    assert old.exists() == (button == "Later")
    left, _ = orphans(state)
    assert [orphan.path for orphan in left] == [old] * (button == "Later")
    for orphan in left:
        orphan.let_go()


def test_several_are_listed_the_newest_first(open_workbench: Callable[[], Workbench], state: Path) -> None:
    for number in range(3):
        dead(state, WORK, Origin("", f"Work {number}", number, 1_000.0 * number))
    workbench = open_workbench()
    workbench.offer_what_was_left("")
    assert "Unsaved work of 3 was kept" in workbench.window.banner.text.text()
    workbench.window.banner.action_button.click()
    dialog = workbench.restoring._dialog
    assert dialog is not None
    assert workbench.window.banner.isHidden()
    titles = lambda: [there(dialog.table.item(row, 0)).text() for row in range(dialog.table.rowCount())]  # noqa: E731
    assert titles() == ["Work 2", "Work 1", "Work 0"]
    dialog.table.selectRow(1)
    there(dialog.discard_button).click()
    assert titles() == ["Work 2", "Work 0"]
    there(dialog.restore_button).click()
    workbench.reader.wait()
    assert workbench.document.scenario.title == "Wörk"
    assert workbench.restoring.found == 1
    workbench.window.actions_["file.recover"].trigger()
    assert workbench.restoring._dialog is not None
    there(workbench.restoring._dialog.later_button).click()


def test_damaged_work_is_put_aside_and_said_so(open_workbench: Callable[[], Workbench], state: Path) -> None:
    old = dead(state)
    old.write_bytes(old.read_bytes()[:-300])
    workbench = open_workbench()
    before = workbench.document.state
    workbench.offer_what_was_left("")
    workbench.window.banner.action_button.click()
    workbench.reader.wait()
    assert "could not be read" in workbench.window.banner.text.text()
    assert old.with_suffix(".broken").exists()
    assert workbench.document.state is before


def test_a_failing_disk_is_told_once_and_keeping_goes_on_when_it_can(
    open_workbench: Callable[[], Workbench], state: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench = open_workbench()

    def full(*_: object) -> None:
        raise WriteError("Cannot write: the disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr("boundaryviz.gui.document.recovery.write_atomic", full)
        edit(workbench)
        qtbot.waitUntil(lambda: "not kept for recovery" in workbench.window.banner.words)
    edit(workbench, 0.5)
    qtbot.waitUntil(lambda: len(kept(state)) == 1 and not workbench.writer.busy)
    texts = [entry.text for entry in workbench.log.entries if entry.source == "autosave"]
    assert sum("not kept" in text for text in texts) == 1
    assert "Unsaved work is kept for recovery again." in texts


def test_a_crash_writes_down_at_once(open_workbench: Callable[[], Workbench], state: Path) -> None:
    workbench = open_workbench()
    assert workbench.autosave is not None
    assert not workbench.autosave.now(), "there is nothing unsaved"
    edit(workbench)
    assert workbench.autosave.now()
    assert read(kept(state)[0])[1].scene() == workbench.document.scene


def test_a_damaged_body_is_refused_in_words(tmp_path: Path) -> None:
    path = dead(tmp_path)
    path.write_bytes(ORIGIN.line() + b"\xff\xff")
    (orphan,), _ = orphans(tmp_path)
    assert isinstance(orphan, Orphan)
    with pytest.raises(ScenarioError, match="cannot be read"):
        orphan.read()
    orphan.let_go()


def test_of_a_file_and_what_was_kept_the_newer_is_offered(
    open_workbench: Callable[[], Workbench], state: Path, tmp_path: Path
) -> None:
    path = tmp_path / "wörk.bviz"
    files.write(path, WORK)
    old = dead(state, WORK.with_values({"training.seed": 7}), Origin(str(path), "Wörk", 40, 1.0, stamp_of(path)))
    files.write(path, WORK.with_values({"training.seed": 8}))  # as a save that ended just before the program did
    kept_at = old.stat().st_mtime_ns
    os.utime(path, ns=(kept_at + 5_000_000, kept_at + 5_000_000))
    workbench = open_workbench()
    workbench.offer_what_was_left("")
    banner = workbench.window.banner
    assert "wörk.bviz was saved after the last edits" in banner.text.text()
    assert [b.text() for b in banner.other_buttons] == ["Restore the older", "Discard", "Later"]
    banner.action_button.click()
    workbench.reader.wait()
    assert workbench.document.scenario.training.seed == 8
    assert workbench.document.path == path
    assert not workbench.document.unsaved
    assert old.exists(), "what was kept is not thrown away unasked"
    os.utime(path, ns=(kept_at - 5_000_000, kept_at - 5_000_000))
    workbench.window.actions_["file.recover"].trigger()
    assert workbench.restoring._dialog is not None
    cell = workbench.restoring._dialog.table.item(0, 3)
    assert cell is not None
    assert cell.text() == "wörk.bviz"
    there(workbench.restoring._dialog.restore_button).click()
    workbench.reader.wait()
    assert workbench.document.scenario.training.seed == 7
