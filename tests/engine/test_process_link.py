"""The trainer in a process of its own: what it says, how it dies, and what it leaves behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boundaryviz.engine import messages as m
from boundaryviz.engine.link import ProcessLink, Silence
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Points, Scene
from helpers.few import few
from helpers.waits import PATIENCE, until

SCENARIO = Scenario().with_values({"data.n": 100, "learner.hidden": [6]})
SCENE = SCENARIO.scene()
VIEW = m.View(Domain(-2.0, 3.0, -2.0, 2.0), 48, 32)


def listen(link: ProcessLink, until: Callable[[Any], bool], seconds: float = PATIENCE) -> list[Any]:
    """What is said, up to the first message that is looked for."""
    said: list[Any] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        said += link.poll()
        if any(map(until, said)):
            return said
        time.sleep(0.002)
    raise AssertionError(f"not heard within {seconds} s; but {said}")


def is_a(kind: type) -> Callable[[Any], bool]:
    return lambda message: isinstance(message, kind)


def ended(pid: int) -> bool:
    """Gone, or dead and waiting for whoever inherits it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.fixture(scope="module")
def link() -> Iterator[ProcessLink]:
    """One process for the tests that leave it alive; that its log cannot be written must not matter."""
    started = ProcessLink(crash_log="/nowhere/crash.log")
    yield started
    started.close()


def load(link: ProcessLink) -> list[Any]:
    link.send(m.Load(SCENARIO, SCENE, 1, "cpu"))
    return listen(link, lambda said: isinstance(said, m.State) and said.why == "loaded")


def test_it_answers_as_an_inline_trainer_does(link: ProcessLink):
    (ready,) = filter(is_a(m.Ready), load(link))
    assert ready.layers == (6,)
    link.send(VIEW)
    link.send(m.Play(stop_at=300))
    said = listen(link, lambda said: isinstance(said, m.State) and said.why == "stop-step")
    states = [s for s in said if isinstance(s, m.State)]
    assert states[0] == m.State(True, 0)
    assert states[-1] == m.State(False, 300, "stop-step")
    link.send(m.Credit())
    said += listen(link, lambda said: isinstance(said, m.Frame) and said.step == 300)
    frame = next(f for f in reversed(said) if isinstance(f, m.Frame))
    assert frame.field.shape == (32, 48)
    steps = np.concatenate([c.step for c in said if isinstance(c, m.Curves)])
    assert steps[-1] == 300
    assert np.all(np.diff(steps) == Scenario().training.evaluate_every)


def test_a_failure_keeps_it_alive(link: ProcessLink):
    load(link)
    link.send(m.Load(SCENARIO, SCENE, 1, "abacus"))
    failed = listen(link, is_a(m.Failed))[-1]
    assert "abacus" in failed.message
    assert not failed.fatal
    link.send(m.StepN(3))
    assert listen(link, is_a(m.State))[-1].step == 3


def test_big_scenes_reach_a_busy_trainer(link: ProcessLink):
    load(link)
    rng = np.random.default_rng(0)
    big = Points.of(rng.standard_normal((50_000, 2)), rng.integers(0, 2, 50_000))
    link.send(m.SetScenario(SCENARIO.with_values({"training.batch_size": "full"}), 2))
    link.send(m.SetScene(Scene(big, SCENE.domain), 3))
    link.send(m.Play())
    listen(link, is_a(m.State))
    for revision in range(4, 9):
        link.send(m.SetScene(Scene(big, SCENE.domain), revision))
    link.send(m.Pause())
    listen(link, lambda said: isinstance(said, m.State) and not said.playing)


def test_a_slow_run_leaves_the_processor_alone(link: ProcessLink):
    load(link)
    link.send(m.Play(speed=2.0))
    listen(link, is_a(m.State))
    ticks = lambda: sum(map(int, Path(f"/proc/{link.pid}/stat").read_text().rpartition(")")[2].split()[11:13]))  # noqa: E731
    before = ticks()
    time.sleep(1.0)
    assert (ticks() - before) / os.sysconf("SC_CLK_TCK") < 0.4
    link.send(m.Pause())
    listen(link, lambda said: isinstance(said, m.State) and not said.playing)


def test_a_stopped_trainer_is_noticed_makes_nobody_wait_and_goes_on(link: ProcessLink):
    load(link)
    link.send(m.Play())
    listen(link, is_a(m.State))
    rng = np.random.default_rng(0)
    big = Points.of(rng.standard_normal((20_000, 2)), rng.integers(0, 2, 20_000))
    assert link.pid is not None
    os.kill(link.pid, signal.SIGSTOP)
    try:
        replaced = [link.send(m.SetScene(Scene(big, SCENE.domain), revision)) for revision in range(2, 60)]
        assert sum(one is not None for one in replaced) >= 50  # only the first ones wait in the pipe
        link.send(m.Pause())
        silence = told(link)
        assert silence.seconds < 10
        assert not silence.works
    finally:
        os.kill(link.pid, signal.SIGCONT)
    listen(link, lambda said: isinstance(said, m.State) and not said.playing)
    until(lambda: link.poll() == [] and link.silence() is None)


def test_one_that_has_nothing_to_say_is_asked_now_and_then(link: ProcessLink):
    load(link)
    assert link.pid is not None
    os.kill(link.pid, signal.SIGSTOP)
    try:
        assert not told(link).works
    finally:
        os.kill(link.pid, signal.SIGCONT)
    until(lambda: link.poll() == [] and link.silence() is None)


def told(link: ProcessLink, seconds: float = PATIENCE) -> Silence:
    """The silence of a link, once it is told."""
    until(lambda: link.poll() is not None and link.silence() is not None, seconds)
    silence = link.silence()
    assert silence is not None
    return silence


@pytest.mark.parametrize(("hangs", "works"), few([("time.sleep(600)", False), ("while True: pass", True)]))
def test_a_trainer_that_hangs_while_it_starts_is_noticed(
    hangs: str, works: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("boundaryviz.engine.link._STARTS", 2.5)
    (tmp_path / "torch.py").write_text(f"import time\nopen({str(tmp_path / 'here')!r}, 'w').close()\n{hangs}")
    monkeypatch.syspath_prepend(str(tmp_path))  # which the new process takes over
    link = ProcessLink()
    until((tmp_path / "here").exists)
    link.send(m.Load(SCENARIO, SCENE, 1, "cpu"))
    assert told(link).works is works
    link.abandon()
    pid = link.pid
    assert pid is not None
    until(lambda: ended(pid))


class NoProcess:
    """Stands where the process does."""

    pid, exitcode = 2**22 + 1, 0  # no process has it

    def join(self, timeout: float | None = None) -> None: ...

    def kill(self) -> None: ...

    def is_alive(self) -> bool:
        return False

    close = kill


@pytest.mark.parametrize(("works", "told_after"), [(True, 0.5), (None, 0.5), (False, 1.5)])
def test_one_that_works_is_told_of_after_half_a_second(works: bool | None, told_after: float) -> None:
    ours, theirs = multiprocessing.Pipe()
    now = [100.0]
    link = ProcessLink(started=(ours, NoProcess()), clock=lambda: now[0])  # type: ignore[arg-type]
    link._pulse.works = lambda: works  # type: ignore[method-assign]
    link.send(m.Play())
    theirs.send(m.Heard(1))
    until(lambda: link.poll() == [] and not link._asked)
    found: list[Silence | None] = []
    for _ in range(20):  # a look every quarter of a second, and no answer to any
        now[0] += 0.25
        found.append(link.silence())
    first = next(at for at, silence in enumerate(found) if silence is not None)
    assert 0.25 * (first + 1) == pytest.approx(told_after, abs=0.26)
    one = found[first]
    assert one is not None
    assert one.works is (works is not False)
    assert one.begun
    last = found[-1]
    assert last is not None
    assert last.seconds == pytest.approx(5.0, abs=0.3)
    assert last.works is bool(works), "of one that nobody can tell of it is thought no longer that it works"
    theirs.send(m.Heard(2))
    until(lambda: link.poll() == [] and link.silence() is None)
    theirs.close()
    link.close()


def test_nonsense_ends_a_trainer_in_words():
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(600,), daemon=True)
    process.start()
    link = ProcessLink(started=(ours, process))
    theirs.send({"no": "message"})
    (failed,) = listen(link, is_a(m.Failed))
    assert failed.fatal
    assert "could not be understood" in failed.message
    pid = process.pid
    assert pid is not None
    until(lambda: ended(pid))
    theirs.close()
    link.close()


def test_it_dies_once_and_its_link_stays_quiet_after():
    link = ProcessLink()
    load(link)
    link.send(m.Play())
    listen(link, is_a(m.State))
    assert link.pid is not None
    os.kill(link.pid, signal.SIGKILL)
    said = listen(link, is_a(m.Failed))
    (failed,) = filter(is_a(m.Failed), said)
    assert failed.fatal
    assert "signal 9" in failed.message
    assert not link.alive
    for _ in range(3):
        link.send(m.Credit())
        link.send(m.SetScene(SCENE, 2))
        assert link.poll() == []
    link.close()
    link.close()
    assert ended(link.pid)


@pytest.mark.parametrize("stopped", [False, True], ids=["while torch loads", "while it is frozen"])
def test_closing_never_hangs(stopped: bool):
    link = ProcessLink()
    assert link.pid is not None
    if stopped:
        os.kill(link.pid, signal.SIGSTOP)
    before = time.monotonic()
    link.close()
    assert time.monotonic() - before < PATIENCE
    assert ended(link.pid)


def test_a_trainer_that_cannot_start_says_so_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "torch.py").write_text("raise ImportError('libtorch is torn')")
    monkeypatch.syspath_prepend(str(tmp_path))  # which the new process takes over
    link = ProcessLink()
    said = listen(link, is_a(m.Failed))
    time.sleep(0.2)
    said += link.poll()
    (failed,) = filter(is_a(m.Failed), said)
    assert failed.fatal
    assert "libtorch is torn" in failed.message
    assert not link.alive
    link.close()


ORPHANS = """
import os, signal
from boundaryviz.engine.link import ProcessLink
if __name__ == "__main__":
    print(ProcessLink().pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_no_trainer_outlives_the_window(tmp_path: Path):
    script = tmp_path / "window.py"
    script.write_text(ORPHANS)
    window = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=PATIENCE)
    assert window.returncode == -signal.SIGKILL, window.stderr
    until(lambda: ended(int(window.stdout)))
