"""Compare what a commit and the working tree compute: `make golden BASE=COMMIT`, `python -m tools.golden COMMIT`.

Both are run on this machine, by the same Python, through the command line alone, because names inside change. Every
number and every line of a file has to be equal to the bit; only rates, times, dates and the program's version are left
out. Exit codes: 0 all the same, 1 something differs or fails, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tools.checkout import ROOT, CheckoutError, checked_out, end_on_signals, environment, imported

COURSES = ROOT / "tests" / "data" / "courses"
STEPS = ("--steps", "200")

_LEFT_OUT = frozenset({"steps_per_second", "replica_steps_per_second", "seconds"})
_LEFT_OUT_OF_TEXT = re.compile(r"<dc:date>.*?</dc:date>|(?<=boundaryviz )\d+(\.\w+)+")
_SHOWN = 3  # differences of one item
_PATIENCE = 300.0  # seconds for one command


@dataclass(frozen=True)
class Item:
    """One command line whose outcome is compared. files: what it writes into the folder that it is started in."""

    name: str
    arguments: tuple[str, ...]
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What came of an item on one side. failed: why nothing can be compared, or empty."""

    found: dict[str, Any]
    failed: str = ""


class _Nothing:
    """What stands where one side has no value."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING = _Nothing()


# ---- what is compared -----------------------------------------------------------------------------------


def items(poisoned: dict[str, bool], device: str) -> list[Item]:
    """Everything that is compared. poisoned: each name in the gallery, and whether it has poison and so a twin."""
    found = []
    for name, has_twin in poisoned.items():
        twin = ("--twin",) if has_twin else ()
        arguments = ("train", name, "--json", "-", *STEPS, "--seeds", "2", *twin)
        found.append(Item(f"train {name}", arguments))
    for name, view in (
        ("three-labels", "boundary"),
        ("overfit", "summary"),
        ("two-moons-bridge-neural", "twin"),
        ("two-moons-bridge", "flip"),
        ("cut-the-chain", "cascade"),
        ("rings-features", "frames"),
    ):
        files = ("figure.svg", "data.csv")
        arguments = ("figure", name, "--view", view, *STEPS, "-o", files[0], "--data", files[1])
        found.append(Item(f"figure {view} of {name}", arguments, files))
    for path in sorted(COURSES.glob("*.bviz")):  # 45 steps with changes between them, of two seeds and their twins
        arguments = ("train", str(path), "--json", "-", "--steps", "80", "--save", "saved.bviz")
        found.append(Item(f"course {path.stem}", arguments, ("saved.bviz",)))
    for name, options in (
        ("two-moons-bridge", ("--doses", "2,8")),
        ("two-moons-bridge-neural", ("--doses", "4,16", "--steps", "60")),
    ):
        found.append(Item(f"dose {name}", ("dose", name, "--json", "-", "--seeds", "2", *options)))
    return [Item(one.name, (*one.arguments, "--device", device), one.files) for one in found]


def differences(base: Any, tree: Any, path: str = "") -> Iterator[str]:
    """'path: base value, tree value' of everything in which two plain values differ, be it in the last bit."""
    if isinstance(base, dict) and isinstance(tree, dict):
        for key in dict.fromkeys((*base, *tree)):
            if key not in _LEFT_OUT:
                inner = f"{path}.{key}" if path else str(key)
                yield from differences(base.get(key, NOTHING), tree.get(key, NOTHING), inner)
    elif isinstance(base, list) and isinstance(tree, list):
        for k, (one, other) in enumerate(zip_longest(base, tree, fillvalue=NOTHING)):
            yield from differences(one, other, f"{path}[{k}]")
    elif type(base) is not type(tree) or repr(base) != repr(
        tree
    ):  # as text, NaN is equal to itself and -0.0 not to 0.0
        yield f"{path}: {_short(base)}, {_short(tree)}"


def lines(text: str) -> list[str]:
    """The lines of a file, without the date and the program's version."""
    return _LEFT_OUT_OF_TEXT.sub("", text).splitlines()


def _short(value: Any, most: int = 70) -> str:
    text = repr(value)
    return text if len(text) <= most else f"{text[: most - 3]}..."


# ---- running --------------------------------------------------------------------------------------------


def run(item: Item, root: Path, folder: Path) -> Outcome:
    """Run the item with the package in `root`. folder: a new one, to be made, that it writes its files into."""
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "boundaryviz", *item.arguments]
    try:
        done = subprocess.run(
            command, env=environment(root), cwd=folder, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return Outcome({}, f"it takes more than {_PATIENCE:g} s")
    found: dict[str, Any] = {"exit code": done.returncode}
    try:
        if "-" in item.arguments:
            found["printed"] = json.loads(done.stdout)
        found |= {name: lines((folder / name).read_text(encoding="utf-8")) for name in item.files}
    except (ValueError, OSError) as error:
        said = done.stderr.strip().splitlines() or [str(error)]
        return Outcome(found, f"exit code {done.returncode}, {said[-1]}")
    return Outcome(found)


def verdict(base: Outcome, tree: Outcome) -> list[str]:
    """What differs, or why it cannot be said, a few lines at most; empty where both sides are the same."""
    failed = [f"{side} fails: {one.failed}" for side, one in (("base", base), ("tree", tree)) if one.failed]
    if failed:
        return failed
    found = differences(base.found, tree.found)
    first = list(islice(found, _SHOWN))
    more = sum(1 for _ in found)
    return [*first, f"and {more:,} more"] if more else first


@contextmanager
def pool(workers: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that start nothing more once the block has failed."""
    threads = ThreadPoolExecutor(workers)
    try:
        yield threads
    finally:
        threads.shutdown(cancel_futures=True)


def compared(
    some: Sequence[Item], base: Path, tree: Path, folder: Path, workers: int
) -> Iterator[tuple[Item, list[str]]]:
    """Each item with its `verdict`, in their order, as they are finished. folder: where they may write."""
    with pool(workers) as threads:
        started = [
            [threads.submit(run, item, root, folder / side / str(k)) for side, root in (("base", base), ("tree", tree))]
            for k, item in enumerate(some)
        ]
        for item, (one, other) in zip(some, started, strict=True):
            yield item, verdict(one.result(), other.result())


# ---- the program ----------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, and print a line for each item; the exit code."""
    parser = argparse.ArgumentParser(prog="golden", description="Compare what a commit and the working tree compute.")
    parser.add_argument("base", nargs="?", default="", metavar="COMMIT", help="the commit to compare the tree with")
    parser.add_argument("--only", default="", metavar="WORDS", help="only items with this in their name")
    parser.add_argument("--device", default="cpu", help="where to train; only cpu promises equal bits")
    options = parser.parse_args(arguments)
    try:
        return _compare(options.base, options.only, options.device)
    except CheckoutError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _compare(commit: str, only: str, device: str) -> int:
    began, different = time.monotonic(), 0
    with checked_out(commit) as base, TemporaryDirectory(prefix="boundaryviz-golden-") as name:
        folder = Path(name)
        here, there = imported(base, folder), imported(ROOT, folder)
        _say(f"base: {here['package']}", f"tree: {there['package']}")
        some = [one for one in items(here["poisoned"], device) if only in one.name]
        if not some:
            raise CheckoutError(f"No item has {only!r} in its name. Names begin with train, figure, course or dose.")
        for item, found in compared(some, base, ROOT, folder, max(2, os.cpu_count() or 1)):
            different += bool(found)
            _say(f"{'different' if found else 'same'}: {item.name}", *(f"    {line}" for line in found))
        for new in [one for one in there["poisoned"] if one not in here["poisoned"]]:
            _say(f"only in the tree, not compared: train {new}")
    taken = f"{len(some)} compared in {time.monotonic() - began:.0f} s"
    _say(f"{taken}: {different} different" if different else f"{taken}: all the same")
    return 1 if different else 0


def _say(*text: str) -> None:
    print(*text, sep="\n", flush=True)


if __name__ == "__main__":
    end_on_signals()
    sys.exit(main())
