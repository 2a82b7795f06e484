"""A figure out of the window and the command line it shows give the same file, byte for byte."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from boundaryviz.cli.app import run as cli
from boundaryviz.engine.messages import Failed
from boundaryviz.gui.widgets.export_dialog import ExportDialog, ExportOptions
from boundaryviz.gui.workbench import Workbench
from boundaryviz.record.pins import PinnedSnapshot
from boundaryviz.scenario.gallery import load
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Add, Move
from boundaryviz.scene.scene import Points
from helpers.snapshots import snapshot
from helpers.there import there

SMALL = {"data.n": 60, "training.evaluate_every": 5}


@pytest.fixture
def open_workbench(
    show: Callable[[Scenario], Workbench], monkeypatch: pytest.MonkeyPatch
) -> Callable[[Scenario], Workbench]:
    monkeypatch.setattr(ExportDialog, "exec", lambda dialog: dialog.show())
    monkeypatch.setattr(ExportDialog, "deleteLater", lambda dialog: None)
    return show


def train_to(workbench: Workbench, qtbot: QtBot, step: int) -> None:
    workbench.client.set_stop_at(step)
    workbench.controller.play(True)
    qtbot.waitUntil(lambda: not workbench.client.playing and workbench.client.step_count == step)
    qtbot.waitUntil(lambda: workbench.timeline.timeline.step[-1] == step)


def dialogs(workbench: Workbench, qtbot: QtBot) -> ExportDialog:
    """The dialog of an export, as a person finds it."""
    qtbot.waitUntil(lambda: workbench.controller.presenter.frame is not None)
    before = set(map(id, workbench.window.findChildren(ExportDialog)))
    workbench.window.actions_["file.export"].trigger()
    fresh = lambda: [one for one in workbench.window.findChildren(ExportDialog) if id(one) not in before]  # noqa: E731
    qtbot.waitUntil(lambda: bool(fresh()))
    return fresh()[0]


def same(dialog: ExportDialog, chosen: ExportOptions, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog.options = chosen
    dialog._show()
    words = shlex.split(dialog.line.text())
    assert words[0] == "boundaryviz"
    window = folder / f"window.{chosen.format}"
    dialog._write(chosen, window)
    (folder / "again").mkdir(exist_ok=True)
    monkeypatch.chdir(folder / "again")
    assert cli(words[1:]) == 0
    assert (folder / "again" / words[-1]).read_bytes() == window.read_bytes()


def edited(workbench: Workbench, qtbot: QtBot, folder: Path) -> None:
    """Changed twice while it trains, and saved."""
    train_to(workbench, qtbot, 20)
    scene = workbench.document.scene
    workbench.controller.do(Add(Points.of([[1.5, 0.0]], 1, first_id=scene.points.next_id)), "Add")
    train_to(workbench, qtbot, 40)
    workbench.controller.do(Move(scene.points.ids[:2], np.zeros((2, 2))), "Move")
    train_to(workbench, qtbot, 60)
    workbench.saving.save_to(folder / "my project.bviz")
    workbench.writer.wait()


def test_an_example_is_named_by_its_name(
    open_workbench: Callable[[Scenario], Workbench], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench = open_workbench(load("moons").with_values(SMALL))
    train_to(workbench, qtbot, 30)
    dialog = dialogs(workbench, qtbot)
    assert dialog.line.text().startswith("boundaryviz figure moons --set")
    for kind, view in (("svg", "curves"), ("pdf", "frames")):
        same(dialog, ExportOptions(kind, view, 11.0, letters=True, font="serif"), tmp_path, monkeypatch)
    dialog.close()


def test_figures_have_the_axes_that_the_window_shows(
    open_workbench: Callable[[Scenario], Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench(load("moons").with_values(SMALL))
    actions, plane = workbench.window.actions_, workbench.plane
    assert actions["view.axes-auto"].isChecked()
    assert plane.canvas.stretch == 1.0
    actions["view.axes-free"].trigger()
    assert plane.canvas.stretch != 1.0
    assert workbench._settings.value("axes") == "free"
    dialog = dialogs(workbench, qtbot)
    dialog._show()
    assert "--axes free" in dialog.line.text()
    actions["view.axes-equal"].trigger()
    assert plane.canvas.stretch == 1.0


@pytest.mark.parametrize(
    ("kind", "view"),
    [("pdf", "flip"), pytest.param("svg", "twin", marks=pytest.mark.slow)],  # flips are of both twins as well
    ids=["flip", "twin"],
)
def test_an_edited_session_is_named_by_its_file(
    open_workbench: Callable[[Scenario], Workbench],
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    view: str,
) -> None:
    workbench = open_workbench(load("two-moons-bridge-neural").with_values({**SMALL, "poison.count": 6}))
    workbench.twin.train(2, True)
    edited(workbench, qtbot, tmp_path)
    train_to(workbench, qtbot, 75)  # further than it was saved, but unchanged
    dialog = dialogs(workbench, qtbot)
    same(dialog, ExportOptions(kind, view, 17.5, legend=view != "flip"), tmp_path, monkeypatch)
    dialog.close()


def test_a_moment_of_the_past_and_a_part_of_the_plane_are_made_again_too(
    open_workbench: Callable[[Scenario], Workbench], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench = open_workbench(load("moons").with_values(SMALL))
    edited(workbench, qtbot, tmp_path)
    at = next(k for k, step in enumerate(workbench.timeline.timeline.step) if step > 25)
    workbench.timeline.show(at)
    workbench.plane.zoom(1.7)
    workbench.controller.presenter.frame = None
    qtbot.waitUntil(lambda: workbench.controller.presenter.frame is not None)  # worked out anew
    dialog = dialogs(workbench, qtbot)
    assert f"--steps {workbench.timeline.timeline.step[at]} " in dialog.line.text()
    assert "--rect=" in dialog.line.text()
    same(dialog, ExportOptions("pdf", "boundary", 9.0), tmp_path, monkeypatch)
    dialog.close()


def test_without_a_file_it_says_what_to_do(
    open_workbench: Callable[[Scenario], Workbench], qtbot: QtBot, tmp_path: Path
) -> None:
    workbench = open_workbench(load("moons").with_values(SMALL))
    train_to(workbench, qtbot, 10)
    scene = workbench.document.scene
    workbench.controller.do(Move(scene.points.ids[:1], np.zeros((1, 2))), "Move")
    train_to(workbench, qtbot, 20)
    dialog = dialogs(workbench, qtbot)
    assert "save it first" in dialog.line.text()
    dialog.close()


def test_the_figure_goes_to_the_clipboard_and_its_data_beside_it(
    open_workbench: Callable[[Scenario], Workbench], qtbot: QtBot, tmp_path: Path
) -> None:
    workbench = open_workbench(load("moons").with_values(SMALL))
    train_to(workbench, qtbot, 10)
    dialog = dialogs(workbench, qtbot)
    assert dialog.view.findData("compare") < 0, "nothing is pinned"
    dialog.copy_button.click()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    data = clipboard.mimeData()
    assert data is not None
    assert data.hasImage()
    assert b"<svg" in data.data("image/svg+xml").data()
    dialog._write(ExportOptions("png", "boundary", 9.0, data="npz"), tmp_path / "f.png")
    with np.load(tmp_path / "f-data.npz", allow_pickle=False) as found:
        assert len(found.files) > 3
    for kind in ("grey", "deutan"):
        dialog.check.setCurrentIndex(dialog.check.findData(kind))
        dialog.check.activated.emit(dialog.check.currentIndex())
    dialog.close()


def test_what_is_pinned_is_compared_where_anything_is(
    open_workbench: Callable[[Scenario], Workbench], qtbot: QtBot, tmp_path: Path
) -> None:
    workbench = open_workbench(load("moons").with_values(SMALL))
    train_to(workbench, qtbot, 10)
    workbench.compare.pins = tuple(PinnedSnapshot(name, snapshot()) for name in ("one", "other"))
    dialog = dialogs(workbench, qtbot)
    assert dialog.view.findData("compare") >= 0
    chosen = ExportOptions("svg", "compare", 12.0, data="csv")
    dialog._write(chosen, tmp_path / "f.svg")
    assert ">other<" in (tmp_path / "f.svg").read_text()
    assert "2,other," in (tmp_path / "f-data.csv").read_text()
    dialog.options = chosen
    dialog._show()
    assert "Save the pins first" in dialog.line.text()
    dialog.close()


def test_the_dialog_begins_with_what_the_window_shows_beside_its_file(
    open_workbench: Callable[[Scenario], Workbench], qtbot: QtBot, tmp_path: Path
) -> None:
    poisoned = {**SMALL, "data.labels_per_class": 3, "poison.target": [0.0, 0.5], "poison.count": 4}
    workbench = open_workbench(load("moons").with_values(poisoned))
    workbench.window.actions_["view.twin-flips"].trigger()
    train_to(workbench, qtbot, 10)
    workbench.saving.save_to(tmp_path / "mine.bviz")
    workbench.folder.path = tmp_path
    workbench.writer.wait()
    qtbot.waitUntil(lambda: there(workbench.controller.presenter.frame).clean is not None)
    dialog = dialogs(workbench, qtbot)
    assert dialog.view.currentData() == "flip"
    workbench.window.actions_["file.film"].trigger()
    assert workbench.film.dialog is not None
    assert workbench.film.dialog.view.currentData() == "flip"
    workbench.film.dialog.close()
    assert (dialog._stem, dialog._folder) == ("mine", tmp_path)
    dialog.close()


@pytest.mark.slow  # the same bytes by the same command: tests/record/test_pins_file.py
def test_pins_are_named_by_their_file(
    open_workbench: Callable[[Scenario], Workbench], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench = open_workbench(load("moons").with_values(SMALL))
    for step in (10, 25):
        train_to(workbench, qtbot, step)
        qtbot.waitUntil(lambda: there(workbench.controller.presenter.frame).step == step)  # noqa: B023 - it is over by then
        workbench.compare.pin()
    workbench.pin_files.save_to(tmp_path / "two.pins.npz")
    workbench.writer.wait()
    workbench.window.actions_["view.compare"].setChecked(False)
    dialog = dialogs(workbench, qtbot)
    for kind in ("pdf", "svg"):
        same(dialog, ExportOptions(kind, "compare", 12.0, font="times", letters=True), tmp_path, monkeypatch)
    assert "two.pins.npz --view compare" in dialog.line.text()
    dialog.close()


def test_asked_for_again_meanwhile_a_figure_is_worked_out_once_and_the_wait_is_said(
    open_workbench: Callable[[Scenario], Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench(load("moons").with_values(SMALL))
    train_to(workbench, qtbot, 10)
    strip, said = workbench.window.statusBar(), list[str]()
    assert strip is not None
    strip.messageChanged.connect(said.append)
    workbench.exporting._slow.setInterval(0)
    for _ in range(2):
        workbench.window.actions_["file.export"].trigger()
    dialog = dialogs(workbench, qtbot)
    qtbot.wait(300)
    assert len(workbench.window.findChildren(ExportDialog)) == 1
    assert said == ["Working the figure out\u2026", ""]
    dialog.close()


def test_a_figure_that_cannot_be_worked_out_is_given_up_and_the_next_one_made(
    open_workbench: Callable[[Scenario], Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench(load("moons").with_values(SMALL))
    train_to(workbench, qtbot, 10)
    words: list[str] = []
    there(workbench.window.statusBar()).messageChanged.connect(words.append)
    workbench.window.actions_["file.export"].trigger()
    workbench.exporting._slow.timeout.emit()
    workbench.client.failed.emit(Failed("while handling Render", "there is not enough memory"))
    qtbot.waitUntil(lambda: words[-2:] == ["Working the figure out\u2026", ""])
    assert not workbench.exporting._slow.isActive()
    dialog = dialogs(workbench, qtbot)
    assert len(workbench.window.findChildren(ExportDialog)) == 1, "what was given up does not come afterwards"
    dialog.close()
