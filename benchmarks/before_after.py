"""Compare the speed of a commit and of the working tree: `make compare-speed BASE=COMMIT`.

Both are measured in turn on this machine, in pairs whose order alternates, each in fresh processes: training and frames
through the documented Python API in CPU time (`benchmarks.before_after_child`), the window by the side's own
`benchmarks.window_child`, without a screen and by the clock: keep the machine quiet. For each measure it prints the
median ratio of speeds, greater than 1 where the tree is faster, and its 95 % interval. Exit codes: 0, 1 where an
interval lies wholly below the floor or a side cannot be measured, 2 for wrong usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import compileall
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.measure import ratio, span
from tools.checkout import ROOT, CheckoutError, checked_out, end_on_signals, environment, imported

FLOOR = 0.97
_RESAMPLES = 10_000
_PATIENCE = 180  # seconds for one process


@dataclass(frozen=True)
class Measure:
    """A duration. name: in the table. mode: of the child that measures it. key: in what that child prints."""

    name: str
    mode: str
    key: str
    unit: float = 1.0  # in seconds


MEASURES = (
    Measure("training, R = 1", "api", "training 1"),
    Measure("training, R = 16", "api", "training 16"),
    Measure("frame of 256 x 256", "api", "field"),
    Measure("start, window on the screen", "start", "shown", 1e-3),
    Measure("drag, mouse move to trained frame", "drag", "median", 1e-3),
)


def interval(base: Sequence[float], tree: Sequence[float]) -> tuple[float, float]:
    """The 95 % bootstrap interval of the median ratio base / tree over pairs of durations."""
    ratios = np.divide(base, tree)
    drawn = np.random.default_rng(0).choice(ratios, (_RESAMPLES, len(ratios)))
    low, high = np.percentile(np.median(drawn, axis=1), [2.5, 97.5]).tolist()
    return low, high


def child(mode: str, folder: Path, least: bool, root: Path) -> dict[str, Any]:
    """What the child of `mode` prints about the package in `root`. folder: for its temporary files. least: with the
    least work. Raises RuntimeError where it fails, TimeoutExpired where it does not end.
    """
    if mode == "api":
        what = [str(ROOT / "benchmarks" / "before_after_child.py")]
    else:
        if not (root / "benchmarks" / "window_child.py").is_file():  # or an installed one would be taken for it
            raise RuntimeError(f"{root} has no benchmarks/window_child.py to measure its window; see --only.")
        what = ["-m", "benchmarks.window_child", mode]
    variables = environment(root) | {"TMPDIR": str(folder), "BENCH_BEGAN": repr(time.time())}
    done = subprocess.run(
        [sys.executable, *what, *(["--least"] if least else [])],
        env=variables, cwd=folder, capture_output=True, text=True, timeout=_PATIENCE, check=False,
    )  # fmt: skip
    if done.returncode or not done.stdout.strip():
        raise RuntimeError(f"measuring {mode} in {root} failed:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    inner: dict[str, Any] = found.get(mode, found)  # some commits' children print the results of several modes
    return inner


def paired(measure: Callable[[Path], dict[str, Any]], base: Path, tree: Path, pairs: int) -> list[list[dict[str, Any]]]:
    """What is measured of base and of tree, `pairs` times each, in the order base, tree, tree, base, ..."""
    found: dict[Path, list[dict[str, Any]]] = {base: [], tree: []}
    for k in range(pairs):
        for root in (base, tree) if k % 2 == 0 else (tree, base):
            found[root].append(measure(root))
        print(".", end="", file=sys.stderr, flush=True)
    return [found[base], found[tree]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure both, and print a line for each measure; the exit code."""
    parser = argparse.ArgumentParser(prog="before_after", description="Speed of a commit and of the working tree.")
    parser.add_argument("base", nargs="?", default="", metavar="COMMIT", help="the commit to compare the tree with")
    parser.add_argument("--pairs", type=int, default=10, help="how often each is measured, at least 1")
    parser.add_argument("--least", action="store_true", help="with the least work, to see whether it runs")
    parser.add_argument("--only", default="", metavar="WORDS", help="only measures with this in their name")
    options = parser.parse_args(arguments)
    some = [one for one in MEASURES if options.only in one.name]
    try:
        if options.pairs < 1:
            raise CheckoutError(f"--pairs {options.pairs}: there has to be at least one.")
        if not some:
            names = "; ".join(one.name for one in MEASURES)
            raise CheckoutError(f"No measure has {options.only!r} in its name. There are: {names}.")
        return _compare(options.base, some, options.pairs, options.least)
    except CheckoutError as error:
        print(error, file=sys.stderr)
        return 2
    except (RuntimeError, subprocess.TimeoutExpired) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _compare(commit: str, some: Sequence[Measure], pairs: int, least: bool) -> int:
    slower = 0
    with checked_out(commit) as base, TemporaryDirectory(prefix="boundaryviz-speed-") as name:
        folder = Path(name)
        for side, root in (("base", base), ("tree", ROOT)):
            print(f"{side}: {imported(root, folder)['package']}", flush=True)
            for part in ("boundaryviz", "benchmarks"):  # or the first start of one side would have to compile
                compileall.compile_dir(root / part, quiet=2)
        for mode in dict.fromkeys(one.mode for one in some):
            before, after = paired(partial(child, mode, folder, least), base, ROOT, pairs)
            print(file=sys.stderr)
            for one in (one for one in some if one.mode == mode):
                seconds = [[found[one.key] * one.unit for found in side] for side in (before, after)]
                low, high = interval(*seconds)
                is_slower = high < FLOOR
                slower += is_slower
                print(_line(one.name, seconds, low, high) + ("  slower" if is_slower else ""), flush=True)
    print(f"{slower} slower" if slower else f"none slower: no interval lies wholly below {FLOOR}")
    return 1 if slower else 0


def _line(name: str, seconds: list[list[float]], low: float, high: float) -> str:
    before, after = seconds
    times = f"{span(median(before))} -> {span(median(after))}"
    return f"{name:34} x{ratio(before, after):.3f}  [{low:.3f}, {high:.3f}]  {times}"


if __name__ == "__main__":
    end_on_signals()
    sys.exit(main())
