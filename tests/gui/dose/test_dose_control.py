"""Dose-responses in the window: a process of their own, cancelled, failing, outlived by nothing."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from boundaryviz.gui.document.document import Document
from boundaryviz.gui.dose.control import DoseControl
from boundaryviz.gui.dose.panel import DosePanel
from boundaryviz.record.dose import DoseResponse
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scenario.scratch import Scratch
from boundaryviz.scene.edits import Move
from helpers.there import there

Make = Callable[..., DoseControl]
SMALL = Scenario().with_values(
    {"data.n": 60, "data.labels_per_class": 3, "poison.target": [0.0, 0.5], "learner.name": "label-spreading"}
)
LINE = {
    "response": {
        "scenario": "moons", "title": "Moons", "attack": "Bridge", "doses": [0, 3], "rates": [0.0, 0.1], "learners": [
            {"learner": "mlp", "title": "Net", "supervised": True, "seeds_vary": "training", "steps": 1,
             "flip_rate": {"per_seed": [[0.0], [0.2]]}, "attack_success_rate": None}
        ],
    }
}  # fmt: skip


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[Make]:
    made: list[DoseControl] = []

    def control(script: str | None = None, scenario: Scenario = SMALL) -> DoseControl:
        """With the program itself, or with a script of Python in its place."""
        panel = DosePanel()
        qtbot.addWidget(panel)
        document = Document(scenario, panel)
        command = (sys.executable, *(("-c", script) if script is not None else ("-m", "boundaryviz")))
        made.append(DoseControl(panel, document, panel, command))
        return made[-1]

    yield control
    for one in made:
        one.close()


def folder(control: DoseControl) -> Path:
    assert control._program.folder is not None
    return control._program.folder.path


def ended(control: DoseControl) -> bool:
    return not control.running


def test_it_measures_the_scenario_as_it_is_in_the_window(make: Make, qtbot: QtBot):
    control = make()
    control._document.do(Move(control._document.scene.points.ids[:1], np.array([[0.1, 0.1]])), "Move")
    control._panel.doses.setText("2, 9")
    control._panel.ask()
    place = folder(control)
    assert control.running
    qtbot.waitUntil(lambda: ended(control), timeout=60_000)
    assert control._panel.words.text() == ""
    assert control.response is not None
    assert control.response.doses == (0, 2, 9)
    assert [c.varies for c in control.response.curves] == ["nothing", "nothing"]  # its points are written out
    assert control._panel.save.isEnabled()
    assert not place.exists()


def test_results_come_as_they_are_said_in_whatever_pieces(make: Make, qtbot: QtBot):
    text = json.dumps({"done": 1, "of": 4}) + "\n" + json.dumps(LINE) + "\n"
    script = (
        "import sys, time\n"
        f"for piece in {[text[:30], text[30:90], text[90:]]!r}:\n"
        "    sys.stdout.write(piece); sys.stdout.flush(); time.sleep(0.05)\n"
        "sys.stdin.read()"
    )
    control = make(script)
    control.run(None, 1)
    qtbot.waitUntil(lambda: control.response is not None, timeout=20_000)
    assert control.running
    assert control._panel.progress.value() == 1
    control.cancel()
    assert ended(control)
    assert "Cancelled; shown" in control._panel.words.text()
    assert control._panel.save.isEnabled()


def test_cancelled_before_anything_came_it_is_over_at_once(make: Make):
    control = make("import time; time.sleep(60)")
    control.run(None, 8)
    place = folder(control)
    control.run(None, 8)  # once is enough
    control._panel.run.click()
    assert ended(control)
    assert control._panel.words.text() == "Cancelled."
    assert not place.exists()
    control.cancel()  # nothing to cancel
    control.close()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("import sys; sys.exit('note: slow\\nerror: poison: The target lies outside.')", "The target lies outside."),
        ("import os; os.kill(os.getpid(), 9)", "ended unexpectedly"),
    ],
)
def test_a_process_that_fails_says_why_and_leaves_the_window_as_it_was(
    make: Make, qtbot: QtBot, script: str, words: str
):
    control = make(script)
    control.run((1,), 2)
    qtbot.waitUntil(lambda: ended(control), timeout=20_000)
    assert words in control._panel.words.text()
    assert control._panel.words.property("role") == "problem"
    assert control._panel.run.text() == "Run"


def test_what_a_library_prints_in_between_is_passed_over(make: Make, qtbot: QtBot):
    control = make(f"print('note'); print('[1]'); print('[' * 99999); print({json.dumps(LINE)!r})")
    control.run((1,), 2)
    qtbot.waitUntil(lambda: ended(control), timeout=20_000)
    assert control.response is not None
    assert control._panel.words.text() == ""


def test_what_a_killed_window_left_goes_when_the_next_opens_and_no_room_is_said(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    killed = Scratch("dose")
    there(killed._lock).release(remove=False)  # as the system does
    os.utime(killed.path, (0, 0))
    living = Scratch("animate")
    os.utime(living.path, (0, 0))
    control = make()
    assert list(tmp_path.iterdir()) == [living.path]
    living.remove()
    tmp_path.rmdir()
    control.run(None, 1)
    assert "Cannot write a temporary file" in control._panel.words.text()
    assert ended(control)


def test_a_program_that_is_not_there_is_said(make: Make, qtbot: QtBot):
    control = make()
    control._program.command = ("/no/such/program",)
    control.run(None, 1)
    qtbot.waitUntil(lambda: ended(control), timeout=10_000)
    assert "could not be started" in control._panel.words.text()


def test_after_a_change_the_result_is_called_old_and_another_scenario_drops_it(make: Make, qtbot: QtBot):
    control = make(f"print({json.dumps(LINE)!r})")
    control.run(None, 1)
    qtbot.waitUntil(lambda: ended(control), timeout=20_000)
    assert control.response is not None
    control._document.do(Settings({"data.noise": 0.2}), "Noise")
    assert "before the last change" in control._panel.words.text()
    control._document.open(SMALL)
    assert control.response is None
    assert control._panel.words.text() == ""
    assert not control._panel.save.isEnabled()


def test_opening_another_scenario_ends_what_is_running(make: Make):
    control = make("import time; time.sleep(60)")
    control.run(None, 1)
    control._document.open(SMALL)
    assert ended(control)


def test_the_figure_can_be_exported(make: Make, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    control = make()
    control._panel.saving.emit()  # there is nothing yet
    control.response = DoseResponse.parse(LINE["response"] | {"band": ""})
    from boundaryviz.gui.widgets.export_dialog import ExportDialog

    def at_once(dialog: ExportDialog) -> int:
        dialog._ask_path = lambda _: tmp_path / "dose.pdf"
        dialog._draw()
        assert dialog.preview.pixmap().width() > 100
        dialog._save()
        return 1

    monkeypatch.setattr(ExportDialog, "exec", at_once)
    control._panel.saving.emit()
    assert (tmp_path / "dose.pdf").read_bytes().startswith(b"%PDF")
    assert "Wrote dose.pdf" in control._panel.words.text()
