"""One side of `benchmarks.before_after`: times the boundaryviz that Python imports, through its documented Python API.

It runs with the package of a commit as well as with the tree's, so it uses no name inside. Prints seconds as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import boundaryviz

SCENARIO = "two-moons"
_ROUNDS = 3
_SIDE = 256  # cells of a field


def least(once: Callable[[], object]) -> float:
    """Seconds of CPU time that doing it once takes, the least of a few rounds."""
    seconds = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        once()
        seconds.append(time.process_time() - began)
    return min(seconds)


def train(replicas: int, steps: int) -> boundaryviz.Run:
    """Train so many seeds of the default net for so many steps."""
    return boundaryviz.train(SCENARIO, seeds=replicas, steps=steps, progress=False)


def main(least_work: bool) -> None:
    """Measure, and print the seconds of each. R = 16 is trained for a quarter of the steps of R = 1."""
    steps, frames = (20, 1) if least_work else (4000, 40)
    run = train(1, 10)  # loads what is loaded late

    def fields() -> None:
        for _ in range(frames):
            run.field(columns=_SIDE, rows=_SIDE)

    found = {
        "training 1": least(lambda: train(1, steps)),
        "training 16": least(lambda: train(16, steps // 4)),
        "field": least(fields) / frames,
    }
    print(json.dumps(found | {"package": boundaryviz.__file__}))


if __name__ == "__main__":
    main("--least" in sys.argv[1:])
