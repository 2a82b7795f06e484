"""How long the window stands still while 20,000 points are saved, and how long it takes to open them.

`python -m benchmarks.saving [--points N] [--times N]`. The longest gap between two beats of a timer of 1 ms is what a
person would feel; the same timer left alone is the floor. Wall-clock times: keep the machine quiet.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PyQt6.QtCore import QCoreApplication, QTimer
from rich import box
from rich.console import Console
from rich.table import Table

from boundaryviz.gui.document.document import State
from boundaryviz.gui.shell.writer import Writer
from boundaryviz.scenario import files
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Points

LIMIT = 50.0  # milliseconds


def crowd(points: int) -> State:
    """A state with so many points, of which none can be drawn again."""
    rng = np.random.default_rng(0)
    state = State.of(Scenario())
    many = Points.of(rng.normal(size=(points, 2)), rng.integers(-1, 2, points), rng.integers(0, 3, points))
    return State(state.scenario, state.scene.with_points(many), edited=True)


def gap(work: list[object], writer: Writer) -> tuple[float, float]:
    """The longest gap between beats, in ms, while the writer does `work`, and how long that took."""
    beats = [time.perf_counter()]
    heart = QTimer()
    heart.timeout.connect(lambda: beats.append(time.perf_counter()))
    heart.start(1)
    began = time.perf_counter()
    for one in work:
        writer.do(one)  # type: ignore[arg-type]
    writer.wait()
    beats.append(time.perf_counter())
    heart.stop()
    return float(np.diff(beats).max()) * 1000, (time.perf_counter() - began) * 1000


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="saving", description=__doc__)
    parser.add_argument("--points", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=20)
    given = parser.parse_args(arguments)
    app = QCoreApplication(sys.argv[:1])
    state, writer = crowd(given.points), Writer()
    gaps, floors, took, opened = [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "many.bviz"
        save = lambda: files.write(path, state.complete())  # noqa: E731
        for _ in range(given.times):
            longest, whole = gap([save], writer)
            gaps.append(longest)
            took.append(whole)
            floors.append(gap([lambda: time.sleep(0.1)], writer)[0])
            began = time.perf_counter()
            State.of(files.read(path))
            opened.append((time.perf_counter() - began) * 1000)
        size = path.stat().st_size
    writer.close()
    app.quit()
    table = Table(box=box.SIMPLE, title=f"{given.points:,} points, {size / 1e6:.1f} MB, {given.times} times")
    for heading in ("what", "median", "worst", "to reach"):
        table.add_column(heading, justify="left" if heading == "what" else "right", no_wrap=True)
    rows = [
        ("longest gap in the window's loop while it is saved", gaps, f"at most {LIMIT:g} ms"),
        ("the same, nothing being saved", floors, ""),
        ("until it is on the disk", took, ""),
        ("opening it", opened, "at most 500 ms"),
    ]
    for what, values, target in rows:
        table.add_row(what, f"{np.median(values):.1f} ms", f"{max(values):.1f} ms", target)
    (Console() if sys.stdout.isatty() else Console(width=110)).print(table)
    return int(np.median(gaps) > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
