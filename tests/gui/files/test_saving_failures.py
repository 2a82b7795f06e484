"""Saving that goes wrong, or that is to be asked about first: said, and with a way back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario import atomic, files
from boundaryviz.scenario.history import RunHistory
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.data import DataSpec
from helpers.saves import answer, banner, edit, save


@pytest.mark.parametrize("agrees", [True, False])
@pytest.mark.parametrize("protected", ["read-only", "linked"])
def test_a_protected_file_is_overwritten_only_when_asked_to(
    workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, protected: str, agrees: bool
) -> None:
    path = tmp_path / "a.bviz"
    save(workbench, path)
    edit(workbench)
    if protected == "read-only":
        path.chmod(0o444)
    else:
        os.link(path, tmp_path / "b.bviz")
    before = path.read_bytes()
    said = answer(monkeypatch, "Overwrite" if agrees else "Cancel")
    save(workbench)
    assert len(said) == 1
    assert (path.read_bytes() == before) is not agrees
    assert workbench.document.unsaved is not agrees
    if agrees:
        assert files.read(path).scene() == workbench.document.scene


BROKEN = [OSError(28, "No space left on device"), ValueError("embedded null byte"), MemoryError(),
          RecursionError("deep"), KeyError("x"), RuntimeError("the program is wrong")]  # fmt: skip


@pytest.mark.parametrize("error", BROKEN, ids=lambda error: type(error).__name__)
def test_whatever_goes_wrong_is_said_and_the_next_save_saves(
    workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, qtbot: QtBot
) -> None:
    def broken(*_: object) -> bytes:
        raise error

    edit(workbench)
    with monkeypatch.context() as patch, qtbot.captureExceptions() as raised:
        patch.setattr(files, "sealed", broken)
        save(workbench, tmp_path / "a.bviz")
    assert [one[1] for one in raised] == ([] if isinstance(error, OSError | ValueError) else [error]), "for the report"
    assert banner(workbench)
    assert "not enough memory" in banner(workbench) or str(error) in banner(workbench)
    assert workbench.document.unsaved
    assert not (tmp_path / "a.bviz").exists()
    save(workbench)
    assert not workbench.document.unsaved
    assert not banner(workbench)
    assert files.read(tmp_path / "a.bviz").scene() == workbench.document.scene


@pytest.mark.parametrize(
    "error", [atomic.WriteError("The disk is full."), ValueError("too large"), MemoryError()], ids=repr
)
def test_a_timeline_that_is_not_written_is_said_and_the_project_counts_as_saved(
    workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def beside(_: Scenario) -> str:
        raise error

    edit(workbench)
    with monkeypatch.context() as patch:
        patch.setattr(workbench.saving, "_beside", lambda _path: beside)
        save(workbench, tmp_path / "a.bviz")
    assert "points and settings are safe, its timeline was not written" in banner(workbench)
    assert not workbench.document.unsaved
    assert files.read(tmp_path / "a.bviz").scene() == workbench.document.scene
    edit(workbench, 0.6)
    save(workbench)  # and nobody else is said to have changed the file
    assert not workbench.document.unsaved


def test_a_course_that_no_reader_takes_does_not_keep_the_points_from_being_saved(
    workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(workbench)
    scenario, scene = workbench.document.scenario, workbench.document.scene
    torn = RunHistory.of(Scenario(data=DataSpec(name="points")), scene, drawn=True).then(2, scenario, scene)
    with monkeypatch.context() as patch:
        patch.setattr(workbench.document, "history", lambda: torn)
        save(workbench, tmp_path / "a.bviz")
    assert "points and settings are safe, how its run came to them was not kept" in banner(workbench)
    found = files.read(tmp_path / "a.bviz")
    assert found.course is None
    assert found.scene() == scene
