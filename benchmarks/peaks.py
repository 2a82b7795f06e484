"""How much memory the window and its trainer take at their peak, beyond what they take with next to nothing open."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from benchmarks.frame import NotHere, Row, section

MB = 1 << 20


@dataclass(frozen=True)
class Case:
    """A run in the window: of so many points, seeds and twins, for so many seconds; moves: how often a point is dragged
    and undone. evaluations: that have been before, for each of which the window has a row of curves, and so many
    moments of the past.

    window, trainer: ceilings, in MB.
    """

    what: str
    window: float
    trainer: float
    points: int = 500
    seeds: int = 1
    twin: bool = False
    moves: int = 20
    every: int = 20
    seconds: float = 4.0
    evaluations: int = 0


CASES = (
    Case("500 points", 60, 30),
    Case("100,000 points", 90, 130, points=100_000, moves=5),
    Case("16 seeds with twin, 500 points", 160, 30, seeds=16, twin=True),
    Case("16 seeds with twin, 100,000 points", 140, 560, points=100_000, seeds=16, twin=True, moves=2),
    Case("a million steps, 16 seeds with twin", 700, 40, seeds=16, twin=True, evaluations=50_000),
)
LEAST = (Case("40 points", 500, 500, points=40, seconds=0.5, moves=1, evaluations=300),)


@section("peaks", "Memory at its peak")
def peaks(least: bool) -> Iterator[Row]:
    """Of the window's process and of the trainer's, over what both have taken once a run of 20 points is shown."""
    if sys.platform != "linux":
        raise NotHere("only Linux tells the peak of a process")
    for case in LEAST if least else CASES:
        command = [sys.executable, "-m", "benchmarks.peaks_child", json.dumps(asdict(case))]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        if done.returncode:
            raise RuntimeError(f"{case.what}: {done.stderr[-2000:]}")
        found = json.loads(done.stdout.splitlines()[-1])
        for who, ceiling in (("window", case.window), ("trainer", case.trainer)):
            detail = f"after {found['step']:,} steps; {found[who + ' base'] / MB:.0f} MB before"
            yield Row(f"{case.what}: {who}", "", detail, found[who] / MB, ceiling=ceiling, unit="MB")
