"""The trainer is stopped, killed and made to talk nonsense at random moments, while points are dragged and saved.

`python -m benchmarks.torture_trainer [--rounds N] [--seed S] [--blow B] [--patient]` drives the real window on the real
trainer and prints a table of figures: how long the window ever stayed away from its loop, how soon it said that the
trainer does not answer, and whether every edit, save and undo came through. It exits with 1 where a promise was broken:
a stay of more than a tenth of a second of work or waiting, three seconds without a word, a file that is not the state
that was saved, a trainer that does not train again.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import tables
from benchmarks.workbenches import application, opened
from boundaryviz.engine import worker

STAY, WORD = 0.1, 3.0  # seconds: away from the loop, and until a silent trainer is spoken of
_TICK = 5  # milliseconds between two looks of the clock
_PATIENCE = 90.0  # seconds that a trainer may take to load and to train
_SETTINGS: dict[str, tuple[dict[str, Any], int, bool]] = {
    "a net": ({"data.n": 500}, 1, False),
    "VAT, 16 seeds": ({"learner.name": "vat", "data.n": 300, "data.labels_per_class": 3}, 16, False),
    "twins": ({"data.n": 500, "poison.count": 10, "data.labels_per_class": 5}, 2, True),
}
_BLOWS = ("stop", "stop", "long stop", "long stop", "stop, restart", "kill", "terminate", "nonsense", "half a message")


def noisy(connection: Any, crash_log: str | None) -> None:
    """The trainer's process, which writes nonsense into its pipe when it is told to, wherever it is at."""
    rng = random.Random(os.getpid())

    def nonsense(number: int, _frame: object) -> None:
        n = rng.choice([1, 4, 40, 4_000])
        os.write(connection.fileno(), rng.randbytes(n) if number == signal.SIGUSR1 else b"\0\0\1\0" + rng.randbytes(9))

    for number in (signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, nonsense)
    worker.main(connection, crash_log)


def start(crash_log: str | None = None) -> worker.Started:
    """As `worker.start`, with `noisy`."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=noisy, args=(theirs, crash_log), daemon=True)
    process.start()
    theirs.close()
    return ours, process


@dataclass
class Watch:
    """How long the window's loop was away at a time: of the clock, and of the processor."""

    stays: list[tuple[float, float, str]] = field(default_factory=list)
    doing: str = ""
    last: tuple[float, float] = (0.0, 0.0)

    def tick(self) -> None:
        now = time.monotonic(), time.thread_time()
        if self.last[0]:
            self.stays.append((now[0] - self.last[0] - _TICK / 1000, now[1] - self.last[1], self.doing))
        self.last = now


class Torture:
    """Rounds of it, in one window."""

    def __init__(self, workbench: Any, folder: Path, seed: int) -> None:
        from PyQt6.QtCore import QElapsedTimer, Qt, QTimer

        self.workbench, self.folder, self.rng = workbench, folder, random.Random(seed)
        self.numbers = np.random.default_rng(seed)
        self.watch, self.problems = Watch(), list[str]()
        self.words: list[float] = []
        self.blows: Counter[str] = Counter()
        self.edits = self.saves = 0
        self._clock = QElapsedTimer()
        timers = [(self.watch.tick, _TICK), (self._edit, 15), (self._save, 700)]
        for act, milliseconds in timers:
            timer = QTimer(workbench.window)
            timer.setTimerType(Qt.TimerType.PreciseTimer)
            timer.timeout.connect(act)
            timer.start(milliseconds)

    # ---- what goes on meanwhile ---------------------------------------------------------------------

    def _edit(self) -> None:
        from boundaryviz.scene.edits import Add, Move
        from boundaryviz.scene.scene import Points

        self.watch.doing = "edit"
        document = self.workbench.document
        ids = self.numbers.choice(document.committed.scene.points.ids, 4, replace=False)
        move = Move(ids, self.numbers.normal(0.0, 1.0, (4, 2)))
        match self.rng.randrange(12):
            case 0:
                document.do(move, "Move points")
            case 1:
                document.do(Add(Points.of([[0.0, 0.1]], 1, first_id=document.committed.scene.points.next_id)), "Add")
            case 2:
                before = document.committed
                document.do(move, "Move points")
                document.undo.undo()
                if document.committed.scene.points != before.scene.points:
                    self.problems.append("undo led somewhere else")
            case _:
                document.preview(move)
        self.edits += 1

    def _save(self) -> None:
        from boundaryviz.scenario import files

        self.watch.doing = "save"
        document, path = self.workbench.document, self.folder / "saved.bviz"
        if self.workbench.saving._busy:
            return
        wanted = document.committed.scene.points

        def written(place: Path) -> None:
            self.workbench.saving.written.disconnect(written)
            self.saves += 1
            self.workbench.reader.do(lambda: files.read(place).scene().points, check, failed)

        def check(found: Any) -> None:
            if found != wanted and path.stat().st_size:  # a later save may have come before it was read
                later = self.workbench.document.committed.scene.points
                if len(found) < len(wanted) or len(found) > len(later):
                    self.problems.append("a file holds another state")

        def failed(error: Exception) -> None:
            self.problems.append(f"a file cannot be read: {error}")

        self.workbench.saving.written.connect(written)
        self.workbench.saving.save_to(path)

    def wait(self, true: Callable[[], bool], seconds: float) -> bool:
        """Let the window live until something is so; whether it came to that."""
        from PyQt6.QtCore import QEventLoop, QTimer

        end, loop = time.monotonic() + seconds, QEventLoop()
        look = QTimer()
        look.timeout.connect(lambda: loop.quit() if true() or time.monotonic() > end else None)
        look.start(20)
        loop.exec()
        look.stop()
        return true()

    # ---- rounds -------------------------------------------------------------------------------------

    def play(self, rounds: int, blows: Sequence[str] = _BLOWS) -> None:
        for number in range(rounds):
            name = list(_SETTINGS)[number % len(_SETTINGS)]
            if number % 3 == 0 or self.rng.random() < 0.2:
                self._set_up(name)
            before = len(self.problems)
            blow = self.rng.choice(blows)
            self.blows[blow] += 1
            self._round(blow)
            for problem in self.problems[before:]:
                print(f"round {number}, {name}, {blow}: {problem}", file=sys.stderr, flush=True)

    def _set_up(self, name: str) -> None:
        from boundaryviz.scenario.scenario import Scenario

        self.watch.doing = f"set up {name}"
        values, seeds, twin = _SETTINGS[name]
        self.workbench.document.open(Scenario().with_values(values))
        self.workbench.twin.train(seeds, twin)

    def _trains(self) -> bool:
        """Whether it is trained on, step after step, once it is told to."""
        client = self.workbench.client
        steps = [client.step_count]

        def goes_on() -> bool:
            if client.playing and client.step_count > steps[-1]:
                steps.append(client.step_count)
            elif client.step_count < steps[-1]:
                steps[:] = [client.step_count]
            return len(steps) > 4

        self.workbench.controller.play(True)
        return self.wait(goes_on, _PATIENCE)

    def _round(self, blow: str) -> None:
        workbench, banner = self.workbench, self.workbench.window.banner
        self.watch.doing = "train"
        if not self._trains():
            self.problems.append("it does not train")
            return
        self.wait(lambda: False, self.rng.uniform(0.0, 1.0))
        banner.hide()
        pid, began = workbench.client._link.pid, time.monotonic()
        self.watch.doing = blow
        signals = {
            "kill": signal.SIGKILL, "terminate": signal.SIGTERM, "nonsense": signal.SIGUSR1,
            "half a message": signal.SIGUSR2,
        }  # fmt: skip
        os.kill(pid, signals.get(blow, signal.SIGSTOP))
        if blow == "stop":
            self.wait(lambda: False, self.rng.uniform(0.05, 1.2))
            os.kill(pid, signal.SIGCONT)
            return
        if not self.wait(lambda: not banner.isHidden() and bool(banner.action_button.text()), 30.0):
            if blow in ("nonsense", "half a message"):  # a few bytes may be a message that nobody misses
                return
            self.problems.append("nothing was said")
            return
        self.words.append(time.monotonic() - began)
        if blow == "long stop":
            os.kill(pid, signal.SIGCONT)
            if not self.wait(banner.isHidden, 20.0):
                self.problems.append("it answers again, and is still said not to")
        else:
            self.watch.doing = "restart"
            banner.action_button.click()

    # ---- figures ------------------------------------------------------------------------------------

    def show(self, seconds: float) -> None:
        stays = sorted(self.watch.stays, reverse=True)
        rounds, words = sum(self.blows.values()), self.words or [0.0]
        work = sorted((cpu, doing) for _, cpu, doing in stays)
        lines: dict[str, int | str] = {
            "blows": ", ".join(f"{blow} {n}" for blow, n in self.blows.most_common()),
            "edits, of them dragged": self.edits,
            "saves, each read again": self.saves,
            "looks of the window's loop": len(stays),
            "longest stay away from it": f"{stays[0][0] * 1000:.0f} ms ({stays[0][2]})",
            "99.9 % of them at most": f"{stays[len(stays) // 1000][0] * 1000:.0f} ms",
            "most processor time in one": f"{work[-1][0] * 1000:.0f} ms ({work[-1][1]})",
            f"longer than {STAY * 1000:.0f} ms": sum(stay > STAY for stay, _, _ in stays),
            "until a silent or dead trainer is spoken of, median": f"{statistics.median(words):.2f} s",
            "the same, longest": f"{max(words):.2f} s",
            "promises broken": len(self.problems),
        }
        tables.show(f"the trainer tortured, {rounds} rounds in {seconds:.0f} s", lines)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="torture_trainer", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--blow", action="append", choices=sorted(set(_BLOWS)), help="this alone; may be given again")
    parser.add_argument("--patient", action="store_true", help="print times, and do not judge by them")
    given = parser.parse_args(arguments)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from boundaryviz.engine.link import ProcessLink
    from boundaryviz.gui import app as program
    from boundaryviz.scenario.scenario import Scenario

    worker.start = start
    began = time.monotonic()
    with opened(Scenario(), ProcessLink, recovery=True) as (workbench, folder):
        sys.setswitchinterval(program._GIVE_WAY)
        workbench.show()
        application().processEvents()
        torture = Torture(workbench, folder, given.seed)
        torture.play(given.rounds, given.blow or _BLOWS)
        torture.show(time.monotonic() - began)
    late = [seconds for seconds in torture.words if seconds > WORD]
    long = [stay for stay, _, _ in torture.watch.stays if stay > STAY]
    if late or long:
        print(f"{len(late)} words came late; {len(long)} stays were too long", file=sys.stderr)
    return int(bool(torture.problems or ((late or long) and not given.patient)))


if __name__ == "__main__":
    sys.exit(main())
