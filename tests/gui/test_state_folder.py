"""A state folder in which nothing can be kept, or in which strange things lie: the window starts, and says so."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from boundaryviz.gui import surroundings
from boundaryviz.gui.assembly import Desk
from boundaryviz.scenario.scenario import Scenario
from helpers.desks import SilentLink, desks
from helpers.saves import edit

WORK = Scenario(name="work", title="Wörk").with_values({"data.n": 20})


@pytest.fixture
def state(own_settings: Path) -> Path:
    return own_settings / "state" / "boundaryviz"


@pytest.fixture
def open_desk(qtbot: QtBot, own_settings: Path, state: Path) -> Iterator[Callable[[], Desk]]:
    with desks(qtbot, own_settings, SilentLink, state) as show:
        yield lambda: show(WORK)


@pytest.mark.parametrize("spoilt", ["no home", "a file", "a pipe", "forbidden"])
def test_where_nothing_can_be_kept_a_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoilt: str
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("XDG_STATE_HOME", str(home))
    match spoilt:
        case "no home":
            monkeypatch.setattr(surroundings, "user_state_path", lambda _: Path("~/.local/state/boundaryviz"))
        case "a file":
            home.write_text("")
        case "a pipe":
            os.mkfifo(home)
        case "forbidden":
            monkeypatch.setattr("tempfile.TemporaryFile", forbidden)
    folder, words = surroundings.state_folder()
    assert folder is None
    assert words.startswith("Unsaved work cannot be kept for recovery: ")
    assert "XDG_STATE_HOME" in words
    assert not (Path.cwd() / "~").exists()


def forbidden(**_: object) -> None:
    raise PermissionError(errno.EACCES, "Permission denied")


def test_pipes_in_the_state_folder_hang_nobody(state: Path, open_desk: Callable[[], Desk]) -> None:
    state.mkdir(parents=True)
    names = ["session-1-aa.recovery", "session-1-aa.lock", "session-2-bb.recovery"]
    for name in (*names, surroundings.WINDOW_LOG, surroundings.TRAINER_LOG, surroundings._SEEN):
        os.mkfifo(state / name)
    assert surroundings.state_folder() == (state, "")
    assert surroundings.crashes_since_last_start(state) == ""
    assert surroundings.last_crash(state) == ""
    assert surroundings.tail(state / surroundings.WINDOW_LOG) == ""
    assert surroundings.log_in(state, surroundings.WINDOW_LOG) is None
    desk = open_desk()
    desk.offer_what_was_left("")
    edit(desk)
    assert desk.autosave is not None
    assert desk.autosave.now()


def test_a_window_that_cannot_keep_work_says_so_and_works(
    state: Path, open_desk: Callable[[], Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boundaryviz.gui.recovery.LockFile.take", forbidden_here)
    desk = open_desk()
    desk.offer_what_was_left("")
    assert "Unsaved work cannot be kept for recovery" in desk.window.banner.text.text()
    edit(desk)
    desk.saving.save_to(tmp_path / "a.bviz")
    desk.writer.wait()
    assert not desk.document.unsaved


def forbidden_here(_: Path) -> None:
    forbidden()


def test_without_a_home_files_are_proposed_where_the_program_was_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    assert surroundings.home() == Path.cwd()
