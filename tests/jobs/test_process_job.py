"""Jobs in processes of their own: told, cancelled, killed, talking nonsense, and outlived by nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from boundaryviz.jobs import process as processes
from boundaryviz.jobs import worker
from boundaryviz.jobs.messages import Ended, FromJob, Progress, Result
from boundaryviz.jobs.process import JobError, ProcessJob
from boundaryviz.scenario.places import WriteError
from boundaryviz.scenario.scenario import ScenarioError
from helpers.jobs import Asked
from helpers.waits import PATIENCE, until

Ask = Callable[..., ProcessJob]


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    asked: list[ProcessJob] = []

    def begin(how: str, stays: bool = False) -> ProcessJob:
        asked.append(ProcessJob(Asked(how, tmp_path), stays=stays))
        return asked[-1]

    yield begin
    for one in asked:
        one.kill()


def heard(job: ProcessJob, until: type = Ended) -> list[FromJob]:
    """All that it says up to its first message of this kind."""
    said: list[FromJob] = []
    end = time.monotonic() + PATIENCE
    while not any(isinstance(one, until) for one in said):
        assert time.monotonic() < end, f"it said only {said}"
        said += job.poll()
        time.sleep(0.005)
    return said


def alive(pid: int) -> bool:
    """Whether it runs; what only waits to be waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_progress_results_and_the_end_come_in_their_order_at_low_priority(ask: Ask):
    job = ask("count")
    said = heard(job)
    assert [(one.done, one.of, one.words) for one in said if isinstance(one, Progress)] == [
        (1, 3, "counting"), (2, 3, "counting"), (3, 3, "counting"),
    ]  # fmt: skip
    values = [one.value for one in said if isinstance(one, Result)]
    assert values == [{"square": k**2, "nice": min(os.nice(0) + 5, 19), "threads": "1"} for k in (1, 2, 3)]
    assert said[-1] == Ended()
    assert job.poll() == []


def test_it_may_have_processes_of_its_own(ask: Ask):
    assert heard(ask("share")) == [Result(3), Ended()]


def test_cancelled_at_once_it_is_over_and_has_left_nothing(ask: Ask, tmp_path: Path):
    job = ask("stay")
    job.cancel()
    assert heard(job)[-1] == Ended("Cancelled.")
    assert list(tmp_path.iterdir()) == []


def test_cancelled_midway_it_clears_up(ask: Ask, tmp_path: Path):
    job = ask("stay")
    heard(job, Progress)
    assert len(list(tmp_path.iterdir())) == 1
    job.cancel()
    assert heard(job)[-1] == Ended("Cancelled.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("fail", "the run failed: KeyError: 'oh'"),
        ("die", "Its process ended unexpectedly."),
        ("say_what_cannot_be_sent", "the run failed: "),
        ("talk_nonsense", "could not be understood"),
        ("talk_garbage", "could not be understood"),
    ],
)
def test_however_it_goes_wrong_it_is_told_once(ask: Ask, how: str, words: str):
    job = ask(how)
    last = heard(job)[-1]
    assert isinstance(last, Ended)
    assert words in last.words
    assert job.poll() == []


def test_killed_from_outside_it_is_told(ask: Ask):
    job = ask("stay")
    heard(job, Progress)
    assert job.pid is not None
    os.kill(job.pid, signal.SIGKILL)
    assert heard(job)[-1] == Ended("Its process ended unexpectedly.")


def test_one_that_listens_to_nobody_is_killed_when_it_is_closed(ask: Ask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(processes, "PATIENCE", 0.05)
    job = ask("listen_to_nobody")
    heard(job, Result)
    job.close()
    assert job.pid is not None
    assert not alive(job.pid)
    job.close()
    job.kill()
    job.cancel()
    assert job.poll() == []


@pytest.mark.parametrize("how", ["stay", "listen_to_nobody"])
def test_it_ends_when_whoever_asked_for_it_is_killed(how: str, tmp_path: Path):
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom boundaryviz.jobs.process import ProcessJob\n"
        "from helpers.jobs import Asked\n"
        f"if __name__ == '__main__':\n    job = ProcessJob(Asked({how!r}, Path({str(tmp_path / 'work')!r})))\n"
        "    while not job.poll(): time.sleep(0.01)\n    print(job.pid, flush=True)\n    time.sleep(600)\n"
    )
    (tmp_path / "work").mkdir()
    script = tmp_path / "window.py"
    script.write_text(code)
    paths = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), *sys.path)))
    window = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": paths}
    )
    assert window.stdout is not None
    pid = int(window.stdout.readline())
    assert alive(pid)
    window.kill()
    window.communicate()
    until(lambda: not alive(pid))
    assert list((tmp_path / "work").iterdir()) == []


def test_no_process_is_said(monkeypatch: pytest.MonkeyPatch):
    def none() -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(worker, "start", none)
    with pytest.raises(JobError, match="could not be started: Resource temporarily unavailable"):
        ProcessJob(Asked("count"))


def test_words_of_failures_have_no_paths_and_fit_on_a_line():
    assert worker.failure_words(ScenarioError(["poison: The target\nlies outside."])) == "The target lies outside."
    assert worker.failure_words(ScenarioError(["a: one", "b: two"])) == "one; two"
    assert worker.failure_words(WriteError("Cannot write x: full.")) == "Cannot write x: full."


# ---- a process that stays ----------------------------------------------------------------------------------------


def pids(said: list[FromJob]) -> list[object]:
    return [one.value for one in said if isinstance(one, Result)]


def test_a_process_that_stays_does_one_request_after_the_other(ask: Ask, tmp_path: Path):
    job = ask("tell_pid", stays=True)
    first = heard(job)
    assert first[-1] == Ended()
    assert job.waits
    job.again(Asked("tell_pid", tmp_path))
    assert not job.waits
    assert pids(heard(job)) == pids(first) == [job.pid]


def test_what_fails_in_a_process_that_stays_leaves_it_for_the_next_request(ask: Ask, tmp_path: Path):
    job = ask("fail", stays=True)
    assert "KeyError" in heard(job)[-1].words  # type: ignore[union-attr]
    job.again(Asked("tell_pid", tmp_path))
    assert pids(heard(job)) == [job.pid]


def test_a_newer_request_takes_the_place_of_what_is_under_way_of_which_nothing_more_is_told(ask: Ask, tmp_path: Path):
    job = ask("stay", stays=True)
    heard(job, Progress)
    for how in ("stay", "stay", "tell_pid"):
        job.again(Asked(how, tmp_path))
    assert heard(job) == [Result(job.pid), Ended()]
    assert list(tmp_path.iterdir()) == []


def test_the_newest_request_is_done_even_where_the_first_had_not_begun(ask: Ask, tmp_path: Path):
    job = ask("stay", stays=True)
    job.again(Asked("tell_pid", tmp_path))
    assert heard(job) == [Result(job.pid), Ended()]


def test_cancelled_a_process_that_stays_waits_for_the_next_request(ask: Ask, tmp_path: Path):
    job = ask("stay", stays=True)
    heard(job, Progress)
    job.cancel()
    assert heard(job)[-1] == Ended("Cancelled.")
    job.cancel()  # of nothing: whatever comes next is not meant
    job.again(Asked("tell_pid", tmp_path))
    assert heard(job) == [Result(job.pid), Ended()]


def test_cancelled_the_newest_request_is_not_done_though_it_has_not_begun(ask: Ask, tmp_path: Path):
    job = ask("stay", stays=True)
    heard(job, Progress)
    job.again(Asked("stay", tmp_path))
    job.cancel()
    assert heard(job)[-1] == Ended("Cancelled.")
    assert job.waits


@pytest.mark.parametrize("how", ["stay", "tell_pid"])
def test_closed_a_process_that_stays_ends_in_good_order(ask: Ask, how: str, tmp_path: Path):
    job = ask(how, stays=True)
    heard(job, Progress if how == "stay" else Ended)
    job.close()
    assert job.pid is not None
    assert not alive(job.pid)
    assert list(tmp_path.iterdir()) == []
    assert job.gone
    job.again(Asked(how, tmp_path))
    assert job.poll() == []


def test_killed_while_it_waits_a_process_that_stays_has_gone_without_a_word(ask: Ask):
    job = ask("tell_pid", stays=True)
    heard(job)
    assert job.pid is not None
    os.kill(job.pid, signal.SIGKILL)
    until(lambda: not job.poll() and job.gone)
