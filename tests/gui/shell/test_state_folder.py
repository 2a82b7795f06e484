"""A state folder in which nothing can be kept, or in which strange things lie: the window starts, and says so."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from boundaryviz.gui.shell import system_info
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.scenario import Scenario
from helpers.saves import edit
from helpers.workbenches import SilentLink, workbenches

WORK = Scenario(name="work", title="Wörk").with_values({"data.n": 20})


@pytest.fixture
def state(own_settings: Path) -> Path:
    return own_settings / "state" / "boundaryviz"


@pytest.fixture
def open_workbench(qtbot: QtBot, own_settings: Path, state: Path) -> Iterator[Callable[[], Workbench]]:
    with workbenches(qtbot, own_settings, SilentLink, state) as show:
        yield lambda: show(WORK)


@pytest.mark.parametrize("spoilt", ["no home", "a file", "a pipe", "forbidden"])
def test_where_nothing_can_be_kept_a_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoilt: str
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("XDG_STATE_HOME", str(home))
    match spoilt:
        case "no home":
            monkeypatch.setattr(system_info, "user_state_path", lambda _: Path("~/.local/state/boundaryviz"))
        case "a file":
            home.write_text("")
        case "a pipe":
            os.mkfifo(home)
        case "forbidden":
            monkeypatch.setattr("tempfile.TemporaryFile", forbidden)
    folder, words = system_info.state_folder()
    assert folder is None
    assert words.startswith("Unsaved work cannot be kept for recovery: ")
    assert "XDG_STATE_HOME" in words
    assert not (Path.cwd() / "~").exists()


def forbidden(**_: object) -> None:
    raise PermissionError(errno.EACCES, "Permission denied")


def test_pipes_in_the_state_folder_hang_nobody(state: Path, open_workbench: Callable[[], Workbench]) -> None:
    state.mkdir(parents=True)
    names = ["session-1-aa.recovery", "session-1-aa.lock", "session-2-bb.recovery"]
    for name in (*names, system_info.WINDOW_LOG, system_info.TRAINER_LOG, system_info._SEEN):
        os.mkfifo(state / name)
    assert system_info.state_folder() == (state, "")
    assert system_info.crashes_since_last_start(state) == ""
    assert system_info.last_crash(state) == ""
    assert system_info.tail(state / system_info.WINDOW_LOG) == ""
    assert system_info.log_in(state, system_info.WINDOW_LOG) is None
    workbench = open_workbench()
    workbench.offer_what_was_left("")
    edit(workbench)
    assert workbench.autosave is not None
    assert workbench.autosave.now()


def test_a_window_that_cannot_keep_work_says_so_and_works(
    state: Path, open_workbench: Callable[[], Workbench], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boundaryviz.gui.document.recovery.LockFile.take", forbidden_here)
    workbench = open_workbench()
    workbench.offer_what_was_left("")
    assert "Unsaved work cannot be kept for recovery" in workbench.window.banner.text.text()
    edit(workbench)
    workbench.saving.save_to(tmp_path / "a.bviz")
    workbench.writer.wait()
    assert not workbench.document.unsaved


def forbidden_here(_: Path) -> None:
    forbidden()


def test_without_a_home_files_are_proposed_where_the_program_was_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    assert system_info.home() == Path.cwd()
