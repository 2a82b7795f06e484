"""How long the window stands still while 20,000 points are saved, and how long it takes to open them.

The longest gap between two beats of a timer of 1 ms is what a person would feel; the same timer left alone is the
least there can be. Wall-clock times: keep the machine quiet.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import numpy as np
from PyQt6.QtCore import QTimer

from benchmarks.frame import Row, section
from benchmarks.measure import gaps
from benchmarks.workbenches import application
from boundaryviz.gui.document.document import State
from boundaryviz.gui.shell.writer import Writer
from boundaryviz.scenario import files
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Points

POINTS, TIMES = 20_000, 20


def crowd(points: int) -> State:
    """A state with so many points, of which none can be drawn again."""
    rng = np.random.default_rng(0)
    state = State.of(Scenario())
    many = Points.of(rng.normal(size=(points, 2)), rng.integers(-1, 2, points), rng.integers(0, 3, points))
    return State(state.scenario, state.scene.with_points(many), edited=True)


def gap(work: Callable[[], None], writer: Writer) -> tuple[float, float]:
    """The longest gap between beats, in ms, while the writer does `work`, and how long that took."""
    beats = [time.perf_counter()]
    heart = QTimer()
    heart.timeout.connect(lambda: beats.append(time.perf_counter()))
    heart.start(1)
    began = time.perf_counter()
    writer.do(work)
    writer.wait()
    beats.append(time.perf_counter())
    heart.stop()
    return max(gaps(beats)), (time.perf_counter() - began) * 1000


@section("saving", "Saving many points, wall-clock")
def saving(least: bool) -> Iterator[Row]:
    """Saved by the window's own thread, with nothing else going on in it."""
    points, times = (100, 1) if least else (POINTS, TIMES)
    application()
    state, writer = crowd(points), Writer()
    longest, idle, took, opened = list[float](), list[float](), list[float](), list[float]()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "many.bviz"
        for _ in range(times):
            stay, whole = gap(lambda: files.write(path, state.complete()), writer)
            longest.append(stay)
            took.append(whole)
            idle.append(gap(lambda: time.sleep(0.1), writer)[0])
            began = time.perf_counter()
            State.of(files.read(path))
            opened.append((time.perf_counter() - began) * 1000)
        size = path.stat().st_size
    writer.close()
    for what, values, ceiling in (
        ("longest gap of the loop while it is saved, median", longest, 50.0),
        ("the same, nothing being saved", idle, None),
        (f"until {size / 1e6:.1f} MB are on the disk, median", took, None),
        ("opening it, median", opened, 500.0),
    ):
        detail = f"{points:,} points, worst {max(values):.1f} ms"
        yield Row(what, "", detail, median(values), ceiling=ceiling, unit="ms")
