"""The window, measured on a real X screen: how soon it is there, how smoothly it paints, how fast it follows.

An X server of its own is started where none is running; with the least work there is no screen. Wall-clock times: keep
the machine quiet. The program measured is the product itself, in processes of its own (`window_child.py`).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.frame import NotHere, Row, section

REPEATS = 5
MODES = ("start", "frames", "drag", "crowd", "saving")

Results = dict[str, dict[str, float]]
"""Of each mode, by name: its figures."""


@section("window", "The window, wall-clock: keep the machine quiet")
def window(least: bool) -> Iterator[Row]:
    """Starting, painting, dragging and saving, against what a person would notice. Raises NotHere without a screen."""
    if least:
        found = child(MODES, {"QT_QPA_PLATFORM": "offscreen"}, "--least")
        starts = [found["start"]]
    else:
        with screen() as presenter:
            place = {"QT_QPA_PLATFORM": "xcb", "DISPLAY": presenter}
            # the first one warms the disk's cache
            starts = [child(("start",), place)["start"] for _ in range(REPEATS + 1)][1:]
            found = {mode: child((mode,), place)[mode] for mode in MODES[1:]}
    frames, drag, crowd, saving = (found[mode] for mode in MODES[1:])
    # the aims are what one would notice; the bounds are wide, for they are times by the clock of any machine
    for what, value, aim, most in (
        ("on screen after the command, median", median(one["shown"] for one in starts), 500, 2500),
        ("first trained frame painted, median", median(one["trained"] for one in starts), 1200, 6000),
        ("longest freeze while torch loads, median", median(one["freeze"] for one in starts), 50, 150),
        ("frame interval, 2-64-64-2, 1,000 points, 256 x 256, median", frames["median"], 17, 25),
        ("the same, 95th percentile", frames["p95"], 33, 50),
        ("the same, the window's own CPU time a frame", frames["cost"], None, None),
        ("mouse move to a frame trained with it, median", drag["median"], 50, 75),
        ("the same, 95th percentile", drag["p95"], 80, 150),
        ("paint interval while 1 of 10,000 points is dragged, median", crowd["median"], 33, 50),
        ("the same, 95th percentile", crowd["p95"], 50, 100),
        ("longest gap of the loop while 20,000 points train and are saved, median", saving["saved median"], 50, 100),
        ("the same, the worst of all saves", saving["saved most"], 50, 250),
        ("the same, nothing being saved, median", saving["idle median"], None, None),
        ("the same, nothing being saved, the worst", saving["idle most"], None, None),
    ):
        yield Row(what, "", "", value, ceiling=most, unit="ms", aim=aim)
    yield Row("training steps while frames are painted", "", f"{frames['steps']:,.0f} steps/s")


@contextmanager
def screen() -> Iterator[str]:
    """The name of the X display there is, or of one of 1400 x 900 made for the purpose. Raises NotHere."""
    if there := os.environ.get("DISPLAY"):
        yield there
        return
    if shutil.which("Xvfb") is None:
        raise NotHere("There is no screen, and no Xvfb to make one: install xvfb to measure the window.")
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()  # written once it takes connections; empty if it died
        if not number:
            raise NotHere("There is no screen, and Xvfb does not start: run it by hand to see why.")
        try:
            yield f":{number}"
        finally:
            server.terminate()


def child(modes: tuple[str, ...], place: Mapping[str, str], *options: str) -> Results:
    """Take measurements in a fresh process, one after the other. Raises RuntimeError where it fails."""
    environment = os.environ | place | {"BENCH_BEGAN": repr(time.time())}
    command = [sys.executable, "-m", "benchmarks.window_child", *modes, *options]
    root = Path(__file__).parents[1]
    done = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode or not done.stdout.strip():
        raise RuntimeError(f"measuring {', '.join(modes)} failed:\n{done.stderr}")
    results: Results = json.loads(done.stdout.strip().splitlines()[-1])
    return results
