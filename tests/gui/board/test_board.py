"""Tables of attacks in the window: asked for, as they come, a cell on the plane, and files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from boundaryviz.gui.board.control import READY, UNKEPT, BoardControl, said_of
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.widgets.theme import DARK
from boundaryviz.jobs.messages import Ended, FromJob, Progress, Result
from boundaryviz.record.scoreboard import Scoreboard, Variant
from boundaryviz.record.transfer import Transfer
from boundaryviz.scenario import gallery
from boundaryviz.studies.requests import ScoreboardRequest, TransferRequest
from boundaryviz.studies.scoreboard import scoreboard
from helpers.fake_jobs import FakeJobs
from helpers.workbenches import bare_frame

BRIDGE = gallery.load("two-moons-bridge").with_values({"data.n": 300, "poison.count": 6})
MATRIX = Transfer(
    "moons", "Moons", "Heap", 8, 100, (0,), ("RBF SVM",), ("RBF SVM", "tree"), np.zeros((2, 1)),
    np.array([[[0.09], [0.02]]]),
)  # fmt: skip
Make = Callable[..., BoardControl]
jobs: dict[int, FakeJobs] = {}


@pytest.fixture(scope="module")
def board() -> Scoreboard:
    return scoreboard(BRIDGE, (0, 1), ["lof", "current"], progress=False)


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path) -> Iterator[Make]:
    made: list[BoardControl] = []

    def control(*said: FromJob) -> BoardControl:
        frame = bare_frame(qtbot, tmp_path)
        made.append(BoardControl(frame, Document(BRIDGE, frame)))
        qtbot.addWidget(made[-1].panel)
        jobs[id(made[-1])] = FakeJobs(made[-1]._job, said)
        return made[-1]

    yield control
    for one in made:
        one.close()
    jobs.clear()


def test_what_is_asked_for_is_the_document_its_draws_and_the_names(make: Make) -> None:
    control = make()
    control.panel.names.setText("lof, current")
    control.panel.ask()
    request = jobs[id(control)].begun[0].request
    assert request == ScoreboardRequest(BRIDGE, control.place, (0, 1, 2, 3), ("lof", "current"))
    control.pause()
    assert control.panel.pause.text() == "Resume"
    control.panel.pause.click()
    assert jobs[id(control)].begun[1].request == request
    control.cancel()
    control.panel.names.clear()
    control.panel.kind.setCurrentIndex(1)
    control.panel.ask()
    last = jobs[id(control)].begun[2].request
    assert isinstance(last, TransferRequest)
    assert last.names is None
    folder = control.place.parent
    control.close()
    assert not folder.exists()


def test_cells_come_coloured_and_open_on_the_plane(make: Make, board: Scoreboard, qtbot: QtBot) -> None:
    control = make(Progress(1, 4), Result(board), Ended(""))
    panel, document = control.panel, control._document
    panel.ask()
    qtbot.waitUntil(lambda: not control.running)
    assert panel.table.rowCount() == 2
    texts = [panel.table.item(1, column).text() for column in range(panel.table.columnCount())]  # type: ignore[union-attr]
    assert texts[0] == "Current between labels"
    assert texts[-1] == "none is known"
    undefended, name = (panel.table.item(1, column) for column in (1, 0))
    assert undefended is not None
    assert name is not None
    assert undefended.background().style() == Qt.BrushStyle.SolidPattern
    assert name.background().style() == Qt.BrushStyle.NoBrush
    panel.table.cellClicked.emit(1, 1)
    assert document.scenario.defence is None
    panel.table.cellClicked.emit(1, 3)
    assert document.scenario.defence is not None
    assert document.scenario.defence.defence == "current"
    strongest = board.cells[1].strongest
    assert document.scenario.poison.count == strongest.points
    document.undo.undo()
    assert document.scenario.defence is None
    panel.set_theme(DARK)


def test_a_matrix_opens_the_learner_it_was_tried_on(make: Make, qtbot: QtBot) -> None:
    control = make(Result(MATRIX), Ended(""))
    control.panel.ask()
    qtbot.waitUntil(lambda: not control.running)
    headings = [control.panel.table.horizontalHeaderItem(k).text() for k in range(3)]  # type: ignore[union-attr]
    assert headings == ["made for", "RBF SVM", "tree"]
    assert control.panel.table.item(0, 1).text() == "+9.0"  # type: ignore[union-attr]
    assert "over 1 draw of the data" in control.panel.about.text()
    control.open_cell(0, 0)
    assert control._document.scenario.learner.name == "label-spreading"
    control.open_cell(0, 2)
    assert control._document.scenario.learner.name == "DecisionTreeClassifier"
    assert control.result is MATRIX


def test_what_failed_is_told_and_another_scenario_clears_the_table(make: Make, qtbot: QtBot) -> None:
    control = make(Ended("There is no target to be taken."))
    control.panel.ask()
    qtbot.waitUntil(lambda: not control.running)
    assert "no target" in control.panel.words.text()
    control._tell(MATRIX)
    control._document.open(gallery.load("two-moons"))
    assert control.panel.table.rowCount() == 0
    assert not control.panel.save.isEnabled()


def test_a_cell_says_that_its_attack_has_yet_to_run_and_whose_points_are_not_kept(board: Scoreboard) -> None:
    cell = replace(
        board.cells[1], undefended=np.array([0.2]), defended=np.array([0.1]), variants=(), attack_settings={}
    )
    assert [said_of(cell, column) for column in range(5)] == [""] * 5
    heap = replace(cell, attack_settings={"adversary.method": "heap"})
    assert [said_of(heap, column) for column in range(5)] == [READY] * 5, "who knows it can do no better"
    better = replace(heap, variants=(Variant("other points", 8, np.array([0.3])),))
    assert [said_of(better, column) for column in range(5)] == [READY] * 3 + [UNKEPT] * 2
