"""`kill -9` at random moments while the real program edits, trains, saves and autosaves; then what is left is judged.

`python -m benchmarks.torture [--rounds N] [--seed S] [--jobs J] [--trained K] [--longest T]` prints a table of figures
and exits with 1 where a promise was broken: every project readable and in a state that was reported, at most the last
second of edits missing, and what was left offered at the next start. Every K-th round trains with the real trainer; in
the others nobody answers, so that a round need not wait for torch. The folder of a round that broke a promise is kept,
and named.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import tables

ALLOWED = 1.0  # seconds of edits that may be missing
_START = 60.0  # seconds a child may take to come up


@dataclass
class Round:
    """What one kill left behind. missing: age of the oldest committed edit that is in no file, in seconds."""

    number: int
    trained: bool
    edits: int = 0
    saves: int = 0
    missing: float = 0.0
    projects: int = 0
    parts: int = 0
    recovered: bool = False  # a recovery file was there, and offered
    by_file: bool = False  # the saved file held the newest state
    problems: list[str] = field(default_factory=list)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="torture", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2, help="rounds at a time")
    parser.add_argument("--trained", type=int, default=10, help="every so many rounds the real trainer trains")
    parser.add_argument("--longest", type=float, default=4.0, help="seconds from the first edit to the kill, at most")
    given = parser.parse_args(arguments)
    began = time.monotonic()
    numbers = range(given.rounds)
    one = lambda n: play(n, given.seed, given.trained > 0 and n % given.trained == 0, given.longest)  # noqa: E731
    rounds: list[Round] = []
    with ThreadPoolExecutor(given.jobs) as pool:
        for done in pool.map(one, numbers):
            rounds.append(done)
            for problem in done.problems:
                print(f"round {done.number}: {problem}", file=sys.stderr, flush=True)
    show(rounds, time.monotonic() - began)
    return int(any(done.problems for done in rounds))


def play(number: int, seed: int, trained: bool, longest: float) -> Round:
    """One round: start, let it edit, kill it, look at what is left, start again, see that it is offered."""
    rng = random.Random(f"{seed} {number}")
    folder = Path(tempfile.mkdtemp(prefix="boundaryviz-torture-"))
    result = Round(number, trained)
    try:
        reports, killed = _until_killed(folder, rng, trained, longest, result)
        if reports:
            _judge(folder, reports, killed, result)
            _start_again(folder, result)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        result.problems.append(f"{type(error).__name__}: {error}")
    if result.problems:
        result.problems.append(f"kept in {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return result


def _child(folder: Path, *arguments: object) -> subprocess.Popen[str]:
    homes = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "CACHE", "STATE")}
    environment = os.environ | homes | {"QT_QPA_PLATFORM": "offscreen", "HOME": str(folder)}
    command = [sys.executable, "-m", "benchmarks.torture_child", *map(str, arguments)]
    with (folder / "said").open("a") as said:
        return subprocess.Popen(command, env=environment, stdin=-1, stdout=-1, stderr=said, text=True)


def _until_killed(
    folder: Path, rng: random.Random, trained: bool, longest: float, result: Round
) -> tuple[list[dict[str, object]], float]:
    """What the child reported, oldest first, and when it was killed (monotonic)."""
    work = folder / "work"
    work.mkdir()
    child = _child(folder, "edit", work, rng.randrange(2**31), int(trained))
    assert child.stdout is not None
    with child:
        first = child.stdout.readline()  # it edits from now on
        if not first:
            raise RuntimeError(f"the program did not start: {(folder / 'said').read_text()[-600:]}")
        time.sleep(rng.uniform(0.0, longest))
        os.kill(child.pid, signal.SIGKILL)
        killed = time.monotonic()
        rest = child.stdout.read()
    reports = [json.loads(first), *(json.loads(line) for line in rest.splitlines(True) if line.endswith("\n"))]
    result.edits = sum(report["what"] == "edit" for report in reports)
    result.saves = sum(report["what"] == "saved" for report in reports)
    return reports, killed


def _judge(folder: Path, reports: list[dict[str, object]], killed: float, result: Round) -> None:
    """Read every file there is, and find the newest state in them among those that were reported."""
    from benchmarks.torture_child import digest
    from boundaryviz.gui.document.recovery import KEPT
    from boundaryviz.scenario import files
    from boundaryviz.scenario.atomic import PART
    from boundaryviz.scenario.scenario import ScenarioError

    states = [report for report in reports if report["what"] == "edit"]
    place = {str(report["digest"]): at for at, report in enumerate(states)}
    found: list[tuple[int, bool]] = []  # which state, and whether the saved file holds it
    for path in _files(folder):
        if path.name.endswith(PART):
            result.parts += 1
            if path.suffix in files.SUFFIXES:
                result.problems.append(f"{path.name} would be taken for a project")
            continue
        if path.suffix not in (".bviz", KEPT):
            continue
        result.projects += path.suffix == ".bviz"
        try:
            words = path.read_text(encoding="utf-8")
            body = words.partition("\n")[2] if path.suffix == KEPT else words
            key = digest(files.parse(body, path, ".bviz"))
        except (ScenarioError, UnicodeDecodeError) as error:
            result.problems.append(f"{path.name} cannot be read: {error}")
            continue
        if key in place:
            found.append((place[key], path.suffix == ".bviz"))
        else:  # each is reported before anything writes it
            result.problems.append(f"{path.name} holds a state that never was")
    newest, result.by_file = max(found, default=(0, False))
    if newest < len(states) - 1:
        result.missing = killed - float(states[newest + 1]["when"])  # type: ignore[arg-type]
    if result.missing > ALLOWED:
        result.problems.append(f"an edit of {result.missing:.2f} s before the kill is in no file")


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _start_again(folder: Path, result: Round) -> None:
    """A second start finds what the first one left, and restores it."""
    from boundaryviz.gui.document.recovery import KEPT

    left = sum(path.name.endswith(KEPT) for path in _files(folder))
    with _child(folder, "again") as child:
        words, _ = child.communicate(timeout=_START)
    try:
        told = json.loads(words.splitlines()[-1])
    except (IndexError, ValueError):
        result.problems.append(f"it did not start again: {(folder / 'said').read_text()[-600:]}")
        return
    result.recovered = left > 0
    if left and not told["offered"]:
        result.problems.append("the next start did not offer what was left")
    if told["offered"] and not told["restored"]:
        result.problems.append("what was offered could not be restored")
    if remains := [path.name for path in _files(folder) if path.suffix in (KEPT, ".lock", ".broken")]:
        result.problems.append(f"after the second session there is still {', '.join(remains)}")


def show(rounds: Iterable[Round], seconds: float) -> None:
    """The figures."""
    all_ = list(rounds)
    ages = [done.missing for done in all_]
    unreadable = sum("cannot be read" in words for done in all_ for words in done.problems)
    lines: dict[str, int | str] = {
        "rounds with the real trainer training": sum(done.trained for done in all_),
        "edits reported": sum(done.edits for done in all_),
        "saves finished": sum(done.saves for done in all_),
        "projects looked at": sum(done.projects for done in all_),
        "files that could not be read": unreadable,
        "rounds with a recovery file, offered and restored": sum(done.recovered for done in all_),
        "rounds in which the saved file was the newest": sum(done.by_file for done in all_),
        "rounds that lost nothing": sum(not age for age in ages),
        "age of the oldest edit lost, median": f"{statistics.median(ages) * 1000:.0f} ms" if ages else "none",
        "age of the oldest edit lost, worst": f"{max(ages, default=0) * 1000:.0f} ms",
        "unfinished temporary files left, before the next start": sum(done.parts for done in all_),
        "rounds that broke a promise": sum(bool(done.problems) for done in all_),
    }
    tables.show(f"kill -9, {len(all_)} rounds in {seconds:.0f} s", lines)


if __name__ == "__main__":
    sys.exit(main())
