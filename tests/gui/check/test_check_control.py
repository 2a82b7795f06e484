"""Checks in the window: a job, shown as it goes, cancelled, failing."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from boundaryviz.gui.check.control import CheckControl
from boundaryviz.gui.document.document import Document
from boundaryviz.jobs.messages import Ended, FromJob, Progress, Result
from boundaryviz.jobs.process import JobError
from boundaryviz.record.expectations import Check, Expectation, Held
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Move
from boundaryviz.studies.requests import CheckRequest
from helpers.fake_jobs import FakeJobs
from helpers.workbenches import bare_frame

Make = Callable[..., CheckControl]
SMALL = Scenario().with_values(
    {
        "data.n": 60, "data.labels_per_class": 3, "poison.target": [0.0, 0.5], "learner.name": "label-spreading",
        "poison.count": 3, "expect": {"flip_rate": [0, 1], "test_error": 1},
    }
)  # fmt: skip
CHECK = Check("moons", "Moons", (0, 1), 4, (Held(Expectation.parse("test_error", 0.1), (0.05, 0.2)),))
ALL = (Progress(1, 4), Result(CHECK), Ended())
jobs: weakref.WeakKeyDictionary[CheckControl, FakeJobs] = weakref.WeakKeyDictionary()


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path) -> Iterator[Make]:
    made: list[CheckControl] = []

    def control(*said: FromJob, real: bool = False) -> CheckControl:
        """With the job itself, or with one that says this."""
        frame = bare_frame(qtbot, tmp_path)
        made.append(CheckControl(frame, Document(SMALL, frame)))
        qtbot.addWidget(made[-1].panel)
        if not real:
            jobs[made[-1]] = FakeJobs(made[-1]._job, said)
        return made[-1]

    yield control
    for one in made:
        one.close()


def test_it_checks_the_document_as_it_stands_edited_points_without_data_seeds(make: Make, qtbot: QtBot):
    control = make(real=True)
    control._document.do(Move(control._document.scene.points.ids[:1], np.array([[0.1, 0.1]])), "Move")
    control.panel.data_seeds.setText("0-2")
    control.panel.ask()
    assert control.running
    qtbot.waitUntil(lambda: not control.running)
    assert control.panel.words.text() == ""
    assert control.check is not None
    assert control.check.data_seeds == ()
    assert [len(one.values) for one in control.check.held] == [1, 1]
    assert "no data seed draws anew" in control.panel.over.text()
    assert len(control.panel.strips) == 2


def test_what_is_asked_for_is_the_document_with_the_seeds(make: Make):
    control = make()
    control._window.actions_["train.check"].trigger()
    control.cancel()
    control.run((1, 2), 3)
    requests = [job.request for job in jobs[control].begun]
    assert requests == [CheckRequest(SMALL), CheckRequest(SMALL, (1, 2), 3)]


def test_results_are_shown_as_they_come(make: Make, qtbot: QtBot):
    control = make(*ALL[:2])
    control.run((0, 1), 1)
    assert control.panel.words.text() == "Starting\u2026"
    qtbot.waitUntil(lambda: control.check is not None)
    assert control.running
    assert control.panel.progress.value() == 1
    control.cancel()
    assert not control.running
    assert "Cancelled; shown" in control.panel.words.text()
    assert len(control.panel.strips) == 1


def test_cancelled_before_anything_came_it_is_over_at_once(make: Make):
    control = make()
    control.run((0,), 8)
    control.run((0,), 8)  # once is enough
    control.panel.run.click()
    assert control.panel.words.text() == "Cancelled."
    assert [job.gone for job in jobs[control].begun] == [True]
    control.cancel()  # nothing to cancel


def test_a_job_that_fails_says_why(make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    control = make(Ended("The target lies outside."))
    control.run((1,), 2)
    qtbot.waitUntil(lambda: not control.running)
    assert control.panel.words.text() == "The target lies outside."

    def broken(_: object) -> object:
        raise JobError("No process can be started.")

    monkeypatch.setattr(control._job, "begun", broken)
    control.run((1,), 2)
    assert control.panel.words.text() == "No process can be started."


def test_a_change_makes_it_a_measure_of_before_and_another_scenario_forgets_it(make: Make, qtbot: QtBot):
    control = make(*ALL)
    control.run((0, 1), 2)
    qtbot.waitUntil(lambda: not control.running)
    control._document.do(Settings({"poison.count": 5}), "Points")
    assert control.panel.words.text() == "Measured before the last change."
    control._document.open(Scenario())
    assert control.check is None
    assert control.panel.strips == []
