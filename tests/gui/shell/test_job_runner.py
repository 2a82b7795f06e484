"""Jobs in the window: their words as signals, and what becomes of one that does not listen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from boundaryviz.gui.shell.job import JobRunner
from boundaryviz.jobs.messages import Ended, Progress, Result
from boundaryviz.scenario.scratch import Scratch
from helpers.fake_jobs import FakeJobs
from helpers.jobs import Asked


class Ear:
    """All that a runner says."""

    def __init__(self, runner: JobRunner) -> None:
        self.said: list[object] = []
        for signal in (runner.progress, runner.result, runner.ended):
            signal.connect(self.said.append)

    @property
    def last(self) -> object:
        return self.said[-1] if self.said else None


@pytest.fixture
def runner(qapp: object) -> Iterator[JobRunner]:
    parent = QObject()
    made = JobRunner(parent)
    yield made
    made.close()
    parent.deleteLater()


def test_what_a_job_says_becomes_signals_in_their_order(runner: JobRunner, qtbot: QtBot):
    ear = Ear(runner)
    runner.start(Asked("count"))
    assert runner.running
    qtbot.waitUntil(lambda: not runner.running)
    assert [one for one in ear.said if isinstance(one, Progress)] == [Progress(k, 3, "counting") for k in (1, 2, 3)]
    assert [one["square"] for one in ear.said if isinstance(one, dict)] == [1, 4, 9]
    assert ear.last == ""


def test_one_that_does_not_listen_is_killed_in_the_end(runner: JobRunner, qtbot: QtBot):
    ear = Ear(runner)
    runner._patience.setInterval(50)
    runner.start(Asked("listen_to_nobody"))
    qtbot.waitUntil(lambda: ear.last is not None)
    runner.interrupt()
    qtbot.waitUntil(lambda: not runner.running)
    assert ear.last == "Cancelled."


def test_killed_it_says_nothing_more(runner: JobRunner, qtbot: QtBot):
    ear = Ear(runner)
    runner.start(Asked("listen_to_nobody"))
    qtbot.waitUntil(lambda: ear.last is not None)
    pid = ear.said.pop()
    assert runner.kill()
    assert not runner.kill()
    assert not Path(f"/proc/{pid}").exists()
    qtbot.wait(20)
    assert ear.said == []


def test_whoever_hears_of_it_may_end_it_and_begin_another(runner: JobRunner, qtbot: QtBot):
    jobs = FakeJobs(runner, (Progress(1, 2), Result(3), Ended("no")))

    def again() -> None:
        if len(jobs.begun) == 1:
            runner.kill()
            runner.start(Asked("second"))

    runner.progress.connect(again)
    ear = Ear(runner)
    runner.start(Asked("first"))
    qtbot.waitUntil(lambda: not runner.running)
    assert ear.said == [Progress(1, 2), Progress(1, 2), 3, "no"]
    assert [job.gone for job in jobs.begun] == [True, True]


def test_what_a_killed_window_left_goes_when_the_next_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    killed = Scratch("film")
    assert killed._lock is not None
    killed._lock.release(remove=False)  # as the system does
    os.utime(killed.path, (0, 0))
    living = Scratch("film")
    os.utime(living.path, (0, 0))
    parent = QObject()
    JobRunner(parent)
    assert list(tmp_path.iterdir()) == [living.path]
    living.remove()
    parent.deleteLater()


@pytest.fixture
def staying(qapp: object) -> Iterator[JobRunner]:
    parent = QObject()
    made = JobRunner(parent, stays=True)
    yield made
    made.close()
    parent.deleteLater()


def test_a_runner_that_stays_has_one_process_for_all_its_jobs_and_the_newest_wins(staying: JobRunner, qtbot: QtBot):
    ear = Ear(staying)
    staying.start(Asked("tell_pid"))
    qtbot.waitUntil(lambda: not staying.running)
    staying.start(Asked("listen_to_progress_alone"))
    qtbot.waitUntil(lambda: isinstance(ear.last, Progress))
    staying.start(Asked("tell_pid"))
    assert staying.running
    qtbot.waitUntil(lambda: not staying.running)
    pid = ear.said[0]
    assert isinstance(pid, int)
    assert [one for one in ear.said if not isinstance(one, Progress)] == [pid, "", pid, ""]


def test_a_runner_that_stays_begins_anew_where_its_process_is_gone(staying: JobRunner, qtbot: QtBot):
    ear = Ear(staying)
    staying.start(Asked("tell_pid"))
    qtbot.waitUntil(lambda: not staying.running)
    os.kill(int(str(ear.said[0])), 9)
    qtbot.waitUntil(lambda: staying._job is None)
    assert ear.said[1:] == [""]
    staying.start(Asked("tell_pid"))
    qtbot.waitUntil(lambda: not staying.running)
    assert ear.said[2] != ear.said[0]
    assert ear.last == ""
