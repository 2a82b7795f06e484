"""Dose-responses in the window: a job, shown as it goes, cancelled, failing."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from boundaryviz.gui.document.document import Document
from boundaryviz.gui.dose.control import DoseControl
from boundaryviz.jobs.messages import Ended, FromJob, Progress, Result
from boundaryviz.jobs.process import JobError
from boundaryviz.record.dose import DoseResponse
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Move
from boundaryviz.studies.dose import dose_response
from boundaryviz.studies.requests import DoseRequest
from helpers.fake_jobs import FakeJobs
from helpers.workbenches import bare_frame

Make = Callable[..., DoseControl]
SMALL = Scenario().with_values(
    {"data.n": 60, "data.labels_per_class": 3, "poison.target": [0.0, 0.5], "learner.name": "label-spreading"}
)
RESPONSE = DoseResponse.parse(
    {
        "scenario": "moons", "title": "Moons", "attack": "Bridge", "doses": [0, 3], "rates": [0.0, 0.1], "learners": [
            {"learner": "mlp", "title": "Net", "supervised": True, "seeds_vary": "training", "steps": 1,
             "flip_rate": {"per_seed": [[0.0], [0.2]]}, "attack_success_rate": None}
        ],
    }
)  # fmt: skip
ALL = (Progress(1, 4), Result(RESPONSE), Ended())


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path) -> Iterator[Make]:
    made: list[DoseControl] = []

    def control(*said: FromJob, real: bool = False) -> DoseControl:
        """With the job itself, or with one that says this."""
        frame = bare_frame(qtbot, tmp_path)
        made.append(DoseControl(frame, Document(SMALL, frame)))
        qtbot.addWidget(made[-1].panel)
        if not real:
            jobs[made[-1]] = FakeJobs(made[-1]._job, said)
        return made[-1]

    yield control
    for one in made:
        one.close()


jobs: weakref.WeakKeyDictionary[DoseControl, FakeJobs] = weakref.WeakKeyDictionary()


def ended(control: DoseControl) -> bool:
    return not control.running


def test_it_measures_the_scenario_as_it_is_in_the_window(make: Make, qtbot: QtBot):
    control = make(real=True)
    control._document.do(Move(control._document.scene.points.ids[:1], np.array([[0.1, 0.1]])), "Move")
    control.panel.doses.setText("2, 9")
    control.panel.ask()
    assert control.running
    qtbot.waitUntil(lambda: ended(control))
    assert control.panel.words.text() == ""
    assert control.response is not None
    assert control.response.doses == (0, 2, 9)
    assert [c.varies for c in control.response.curves] == ["nothing", "nothing"]  # its points are written out
    assert control.panel.save.isEnabled()
    alone = dose_response(control._document.committed.complete(), (2, 9))
    assert control.response.plain() == alone.plain()


def test_what_is_asked_for_is_the_document_with_the_doses_and_seeds(make: Make):
    control = make()
    control.panel.ask()
    control.cancel()
    control.run((1, 2), 3)
    requests = [job.request for job in jobs[control].begun]
    assert requests == [DoseRequest(SMALL, None, 8), DoseRequest(SMALL, (1, 2), 3)]


def test_results_are_shown_as_they_come(make: Make, qtbot: QtBot):
    control = make(*ALL[:2])
    control.run(None, 1)
    assert control.panel.words.text() == "Starting\u2026"
    qtbot.waitUntil(lambda: control.response is not None)
    assert control.running
    assert control.panel.progress.value() == 1
    control.cancel()
    assert ended(control)
    assert "Cancelled; shown" in control.panel.words.text()
    assert control.panel.save.isEnabled()


def test_cancelled_before_anything_came_it_is_over_at_once(make: Make):
    control = make()
    control.run(None, 8)
    control.run(None, 8)  # once is enough
    control.panel.run.click()
    assert ended(control)
    assert control.panel.words.text() == "Cancelled."
    assert [job.gone for job in jobs[control].begun] == [True]
    control.cancel()  # nothing to cancel
    control.close()


def test_a_job_that_fails_says_why_and_leaves_the_window_as_it_was(make: Make, qtbot: QtBot):
    control = make(Ended("The target lies outside."))
    control.run((1,), 2)
    qtbot.waitUntil(lambda: ended(control))
    assert control.panel.words.text() == "The target lies outside."
    assert control.panel.words.property("role") == "problem"
    assert control.panel.run.text() == "Run"


def test_a_job_that_cannot_be_started_is_said(make: Make, monkeypatch: pytest.MonkeyPatch):
    control = make()

    def none(_request: object) -> None:
        raise JobError("Its process could not be started: no room.")

    monkeypatch.setattr(control._job, "begun", none)
    control.run(None, 1)
    assert ended(control)
    assert "could not be started" in control.panel.words.text()


def test_after_a_change_the_result_is_called_old_and_another_scenario_drops_it(make: Make, qtbot: QtBot):
    control = make(*ALL)
    control.run(None, 1)
    qtbot.waitUntil(lambda: ended(control))
    assert control.response is not None
    control._document.do(Settings({"data.noise": 0.2}), "Noise")
    assert "before the last change" in control.panel.words.text()
    control._document.open(SMALL)
    assert control.response is None
    assert control.panel.words.text() == ""
    assert not control.panel.save.isEnabled()


def test_opening_another_scenario_ends_what_is_running(make: Make):
    control = make()
    control.run(None, 1)
    control._document.open(SMALL)
    assert ended(control)
    assert jobs[control].begun[0].gone


def test_the_figure_can_be_exported(make: Make, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    control = make()
    control.panel.saving.emit()  # there is nothing yet
    control.found = RESPONSE
    from boundaryviz.gui.widgets.export_dialog import ExportDialog

    def at_once(dialog: ExportDialog) -> int:
        dialog._ask_path = lambda _: tmp_path / "dose.pdf"
        dialog._draw()
        assert dialog.preview.pixmap().width() > 100
        dialog._save()
        return 1

    monkeypatch.setattr(ExportDialog, "exec", at_once)
    control.panel.saving.emit()
    assert (tmp_path / "dose.pdf").read_bytes().startswith(b"%PDF")
    assert "Wrote dose.pdf" in control.panel.words.text()
