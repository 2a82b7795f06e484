"""The window, measured on a real X screen: how soon it is there, how smoothly it paints, how fast it follows.

`python -m benchmarks.window` starts an X server of its own where none is running, and prints a table. Wall-clock
times: keep the machine quiet. The program measured is the product itself, in a process of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

REPEATS = 5


@dataclass(frozen=True)
class Row:
    what: str
    measured: str
    target: str
    reached: bool


def main() -> int:
    if not os.environ.get("DISPLAY") and "--inside" not in sys.argv:
        if shutil.which("xvfb-run") is None:
            print("There is no screen, and no xvfb-run to make one. Install xvfb and xauth.", file=sys.stderr)
            return 3
        command = [
            "xvfb-run",
            "-a",
            "-s",
            "-screen 0 1400x900x24",
            sys.executable,
            "-m",
            "benchmarks.window",
            "--inside",
        ]
        return subprocess.run(command, check=False).returncode
    from rich.console import Console
    from rich.table import Table

    table = Table("window", "measured", "to reach", "", title="The window, wall-clock")
    for row in rows():
        table.add_row(row.what, row.measured, row.target, "yes" if row.reached else "no")
    Console(width=110).print(table)
    return 0


def rows() -> list[Row]:
    starts = [child("start") for _ in range(REPEATS + 1)][1:]  # the first one warms the disk's cache
    median = lambda key: sorted(s[key] for s in starts)[REPEATS // 2]  # noqa: E731
    frames, drag, crowd = child("frames"), child("drag"), child("crowd")
    return [
        _row("on screen after the command, median", median("shown"), 500, "ms"),
        _row("first trained frame painted, median", median("trained"), 3000, "ms"),
        _row("longest freeze while torch loads, median", median("freeze"), 50, "ms"),
        _row("frame interval, 2-64-64-2, 1,000 points, 256 x 256, median", frames["median"], 17, "ms"),
        _row("the same, 95th percentile", frames["p95"], 33, "ms"),
        Row("the same, the window's own CPU time a frame", f"{frames['cost']:.1f} ms", "", True),
        Row("the same, training steps a second meanwhile", f"{frames['steps']:,.0f}", "", True),
        _row("mouse move to a frame trained with it, median", drag["median"], 50, "ms"),
        _row("the same, 95th percentile", drag["p95"], 80, "ms"),
        _row("paint interval while 1 of 10,000 points is dragged, median", crowd["median"], 33, "ms"),
        _row("the same, 95th percentile", crowd["p95"], 50, "ms"),
    ]


def _row(what: str, value: float, limit: float, unit: str) -> Row:
    return Row(what, f"{value:,.1f} {unit}", f"at most {limit:g} {unit}", value <= limit)


def child(mode: str) -> dict[str, Any]:
    """Run one measurement in a fresh process and return what it printed."""
    environment = os.environ | {"BENCH_BEGAN": repr(time.time()), "QT_QPA_PLATFORM": "xcb"}
    command = [sys.executable, "-m", "benchmarks.window_child", mode]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode or not done.stdout.strip():
        raise RuntimeError(f"measuring {mode!r} failed:\n{done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


if __name__ == "__main__":
    sys.exit(main())
