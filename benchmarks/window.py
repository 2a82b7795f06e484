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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

REPEATS = 5


@dataclass(frozen=True)
class Row:
    what: str
    measured: str
    target: str
    reached: bool


def main() -> int:
    with screen() as presenter:
        if presenter is None:
            print("There is no screen, and no Xvfb to make one: install xvfb to measure the window.", file=sys.stderr)
            return 3
        os.environ["DISPLAY"] = presenter
        console = Console() if sys.stdout.isatty() else Console(width=120)
        table = Table(box=box.SIMPLE, title="The window, wall-clock: keep the machine quiet")
        for heading in ("what", "measured", "to reach"):
            table.add_column(heading, justify="left" if heading == "what" else "right", no_wrap=True)
        with console.status("Opening the window ..."):
            for row in rows():
                colour = "" if not row.target else "[green]" if row.reached else "[bold red]"
                table.add_row(row.what, colour + row.measured, row.target)
        console.print(table)
    return 0


@contextmanager
def screen() -> Iterator[str | None]:
    """The name of the X display there is, or of one of 1400 x 900 made for the purpose; None where neither can be."""
    if os.environ.get("DISPLAY") or shutil.which("Xvfb") is None:
        yield os.environ.get("DISPLAY")
        return
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()  # written once it takes connections; empty if it died
        try:
            yield f":{number}" if number else None
        finally:
            server.terminate()


def rows() -> list[Row]:
    starts = [child("start") for _ in range(REPEATS + 1)][1:]  # the first one warms the disk's cache
    median = lambda key: sorted(s[key] for s in starts)[REPEATS // 2]  # noqa: E731
    frames, drag, crowd, saving = child("frames"), child("drag"), child("crowd"), child("saving")
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
        _row(
            "longest gap of the loop while 20,000 points train and are saved, median", saving["saved median"], 50, "ms"
        ),
        _row("the same, the worst of all saves", saving["saved most"], 50, "ms"),
        Row("the same, nothing being saved, median", f"{saving['idle median']:.1f} ms", "", True),
        Row("the same, nothing being saved, the worst", f"{saving['idle most']:.1f} ms", "", True),
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
