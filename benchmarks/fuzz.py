"""Opens thousands of nearly right files: each must be opened, or refused in words, soon, and in little memory.

`python -m benchmarks.fuzz [--files N] [--seed S]` opens them in processes of their own and prints a table of figures.
It exits with 1, and keeps the file, where one raised anything else, took more than two seconds of CPU time, more than
300 MB of memory or 10,000 characters to be refused, or took its process along. What was opened must have a sound plane,
and be the same when it is saved and opened again.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import tables
from benchmarks.fuzz_files import KINDS, Case, cases, fuzzed_scenario
from benchmarks.fuzz_tables import FORMATS

SECONDS, BYTES, WORDS = 2.0, 300_000_000, 10_000
_SMALL = 2_000_000  # bytes of files that are also saved and opened again
_PATIENCE = 20.0  # seconds of the clock after which a silent process is ended, however busy the machine is
_CHUNK = 100


@dataclass(frozen=True)
class Outcome:
    """What became of a file. how: opened, refused, or what it did wrong. taken: bytes of memory at the worst moment."""

    kind: str
    made: str
    how: str
    seconds: float = 0.0
    taken: int = 0
    words: str = ""

    @property
    def wrong(self) -> bool:
        return self.how not in ("opened", "refused")


def attempt(case: Case, folder: Path) -> Outcome:
    """Open one file in this process; what was opened is written down again where it is small."""
    path = folder / f"file.{case.kind}"
    path.write_bytes(case.content)
    before = _peak(anew=True)
    began = time.process_time()
    opened: Any = None
    try:
        opened, how, words = _open(case.kind, path), "opened", ""
    except Exception as error:
        how = "refused" if _is_refusal(case.kind, error) else type(error).__name__
        words = str(error)
    seconds = time.process_time() - began
    taken = _peak() - before
    if how == "refused" and not words.strip():
        how = "refused without a word"
    if how == "refused" and len(words) > WORDS:
        how = f"refused in {len(words):,} characters"
    if how in ("opened", "refused") and seconds > SECONDS:
        how = "too slow"
    if how in ("opened", "refused") and taken > BYTES:
        how = "too much memory"
    if how == "opened":
        try:
            _check(opened, path, again=len(case.content) <= _SMALL)
        except Exception as error:
            how, words = f"opened, but {type(error).__name__}", str(error)
    return Outcome(case.kind, case.how, how, seconds, taken, words[:300])


def _peak(anew: bool = False) -> int:
    """The most memory that this process held at once, in bytes; `anew`: from now on.

    Of the program that runs in it: `getrusage` counts on from the one that started it. Where the kernel lets nobody
    begin anew, a file is charged only with what it took beyond the peak before it.
    """
    if anew:
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])


def _open(kind: str, path: Path) -> Any:
    """Whatever is done with a file of this kind when it is opened; the scenario, for those that hold one."""
    from boundaryviz.gui.document.recovery import Orphan
    from boundaryviz.record import pins_file, timeline_file
    from boundaryviz.record.archive import read_archive
    from boundaryviz.record.pins import Difference, differences
    from boundaryviz.record.timeline import Timeline
    from boundaryviz.scenario import files
    from boundaryviz.tables.tables import read_table

    match kind:
        case "npz":
            read_archive(path, 100_000_000)
        case "timeline":
            kept = timeline_file.read(path, fuzzed_scenario())
            Timeline(checkpoints=() if kept is None else kept.checkpoints)
        case "pins":
            pins = pins_file.read(path)
            differences(pins)
            with contextlib.suppress(ValueError):  # which tells in words why two cannot be compared
                Difference.of(pins[0].snapshot, pins[-1].snapshot)
        case "numpy":
            read_table(path.read_bytes().decode(errors="surrogateescape"))
        case "xlsx" | "ods" | "arff" | "svmlight" | "npy" | "arrays" | "gz":
            read_table(path)
        case "recovery":
            return Orphan(path, None).read()  # type: ignore[arg-type]  # whose lock is needed only to give it up
        case _:
            return files.read(path)
    return None


def _check(scenario: Any, path: Path, again: bool) -> None:
    """Whether a scenario that was opened, if any, can be drawn and saved."""
    from boundaryviz.scenario import files

    if scenario is None:
        return
    scene = scenario.scene()
    if not np.isfinite(scene.domain.grid(8, 8) ** 2).all():
        raise AssertionError("its plane is no plane of numbers")
    if again and files.parse(files.dumps(scenario), path, ".bviz").scene().points != scene.points:
        raise AssertionError("what was opened is another thing when it is saved and opened again")


def _is_refusal(kind: str, error: Exception) -> bool:
    from boundaryviz.record.archive import ArchiveError
    from boundaryviz.scenario.scenario import ScenarioError
    from boundaryviz.tables.tables import TableError

    tables = dict.fromkeys(("numpy", *FORMATS), TableError)
    archives = dict.fromkeys(("npz", "timeline", "pins"), ArchiveError)
    expected: type[Exception] = (tables | archives).get(kind, ScenarioError)
    if kind == "recovery" and type(error) in (ValueError, UnicodeDecodeError):
        return True
    return isinstance(error, expected) or (kind == "recovery" and "JSONDecodeError" in type(error).__name__)


# ---- processes --------------------------------------------------------------------------------------


def _work(connection: Connection, folder: str, keep: str, chunk: int, start: int, count: int, base: int) -> None:
    """Open the files of one chunk from `start` on; says before each that it begins, and after it what became of it."""
    with open("/proc/self/statm") as statm:
        pages = statm.read().split()
    size, resident = (int(n) * os.sysconf("SC_PAGESIZE") for n in pages[:2])
    limit = size + 3 * BYTES - resident  # of addresses, of which more are taken than memory
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    made = list(cases(chunk, count, base))
    for number in range(start, len(made)):
        (Path(folder) / "now").write_bytes(made[number].content)
        connection.send((number, made[number].kind, made[number].how))
        outcome = attempt(made[number], Path(folder))
        if outcome.wrong:
            _keep(Path(folder) / "now", Path(keep), chunk, number, outcome)
        connection.send(outcome)
    connection.send(None)


def _keep(file: Path, folder: Path, chunk: int, number: int, outcome: Outcome) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{chunk}-{number}.{outcome.kind}"
    shutil.copyfile(file, place)
    print(f"{outcome.how}: {place}: {outcome.words}", file=sys.stderr, flush=True)


class Worker:
    """One process, and the chunk it is at."""

    def __init__(self, chunk: int, count: int, base: int, keep: Path) -> None:
        self.chunk, self._count, self._base, self._keep = chunk, count, base, keep
        self.outcomes: list[Outcome] = []
        self._at: tuple[int, str, str] | None = None
        self._folder = tempfile.mkdtemp(prefix="boundaryviz-fuzz-")
        self._start(0)

    def _start(self, number: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        arguments = (theirs, self._folder, str(self._keep), self.chunk, number, self._count, self._base)
        self.process = context.Process(target=_work, args=arguments, daemon=True)
        self.process.start()
        theirs.close()
        self.heard = time.monotonic() + 40.0  # to come up and to make the files

    def listen(self) -> bool:
        """Take what was said; whether the chunk is done."""
        try:
            said: Any = self.connection.recv()
        except EOFError:
            return self._lost("took its process along")
        self.heard = time.monotonic()
        if said is None:
            self.process.join()
            shutil.rmtree(self._folder, ignore_errors=True)
            return True
        if isinstance(said, Outcome):
            self.outcomes.append(said)
        else:
            self._at = said
        return False

    def look(self) -> bool:
        """End a process that has been silent for too long; whether the chunk is done."""
        if time.monotonic() - self.heard < _PATIENCE:
            return False
        self.process.kill()
        return self._lost("hung")

    def _lost(self, how: str) -> bool:
        self.process.join()
        if self._at is None:
            raise RuntimeError(f"a process of the fuzzer itself died (exit code {self.process.exitcode})")
        number, kind, made = self._at
        self.outcomes.append(Outcome(kind, made, how))
        _keep(Path(self._folder) / "now", self._keep, self.chunk, number, self.outcomes[-1])
        self._at = None
        self._start(number + 1)
        return False


def run(count: int, base: int, keep: Path, jobs: int = 2) -> list[Outcome]:
    """Open `count` files, some processes at a time."""
    chunks = [(n, min(_CHUNK, count - n * _CHUNK)) for n in range(-(-count // _CHUNK))]
    outcomes: list[Outcome] = []
    working: list[Worker] = []
    while chunks or working:
        while chunks and len(working) < jobs:
            number, size = chunks.pop(0)
            working.append(Worker(number, size, base, keep))
        ready = wait([worker.connection for worker in working], timeout=1.0)
        for worker in list(working):
            if worker.listen() if worker.connection in ready else worker.look():
                working.remove(worker)
                outcomes += worker.outcomes
    return outcomes


def show(outcomes: Iterable[Outcome], seconds: float) -> None:
    """The figures."""
    all_ = list(outcomes)
    numbers = ("files", "opened", "refused", "wrong", "slowest", "memory taken")
    table = tables.table(f"{len(all_):,} files in {seconds:.0f} s", "kind", *numbers, numbers=numbers)
    for kind in (*KINDS, "all"):
        some = [outcome for outcome in all_ if kind in (outcome.kind, "all")]
        how = Counter("wrong" if outcome.wrong else outcome.how for outcome in some)
        slowest, taken = max((o.seconds for o in some), default=0.0), max((o.taken for o in some), default=0)
        cells = [f"{n:,}" for n in (len(some), how["opened"], how["refused"], how["wrong"])]
        table.add_row(kind, *cells, f"{slowest * 1000:,.0f} ms", f"{taken / 1e6:,.0f} MB")
    tables.console().print(table)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path, default=Path("out") / "fuzz", help="folder for files that did wrong")
    given = parser.parse_args(arguments)
    began = time.monotonic()
    outcomes = run(given.files, given.seed, given.keep, given.jobs)
    show(outcomes, time.monotonic() - began)
    return int(any(outcome.wrong for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
