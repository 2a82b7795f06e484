"""`study`: many runs of a scenario, carried out here or on a cluster, as a table."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from boundaryviz.cli.failures import Exit, UsageProblem, complain, say
from boundaryviz.cli.results import Result, deliver, first_interrupt_waits
from boundaryviz.cli.terminal import as_json, print_json
from boundaryviz.cli.training import tell_notes
from boundaryviz.cli.values import assignments
from boundaryviz.record.reports import Report, ReportError, report_of
from boundaryviz.record.study_table import StudyTable
from boundaryviz.scenario.advice import notes
from boundaryviz.scenario.files import check_writable, write_atomic
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scenario.study_file import read_study
from boundaryviz.scenario.words import duration_words
from boundaryviz.studies.executors import EngineError, Executor
from boundaryviz.studies.stores import MemoryStore, ResultStore
from boundaryviz.studies.study import Study

ASKED = 100_000
"""Runs from which on it is said how long they take, and asked."""


def study_and_report(
    name: str,
    values: Sequence[str],
    engine: str,
    workers: int | None,
    store: Path | None,
    device: str,
    files: dict[str, Path],
    json_to: str | None,
    sure: bool,
) -> int:
    """Carry out what is missing of a study, write and print its table; the exit code.

    files: where the table goes, by the kind: csv, parquet, latex. sure: however many runs it has.
    """
    for place in [*files.values(), *([] if json_to in (None, "-") else [Path(str(json_to))])]:
        check_writable(place)
    if "parquet" in files:
        _check_parquet()
    study = Study.of(study_asked_for(name, assignments(values)), device=device)
    study.check()
    tell_notes(notes(study.scenario, study.scenario.scene()))
    executor = _executor(engine, workers)
    with opened(store) as kept:
        if study.most > ASKED and not sure and not _wanted(study, workers or 1, engine):
            return Exit.USAGE
        table, ended = carried_out(study, kept, executor)
        failed = _deliver(study, table, files, json_to) if len(table) else Exit.DONE
    return failed or told_of(table, ended, store)


def study_asked_for(name: str, changed: Mapping[str, Any]) -> Scenario:
    """The scenario with its study: a study file, or a scenario that holds one, with these settings. Raises
    ScenarioError."""
    scenario = read_study(name)
    return scenario.with_values(changed) if changed else scenario


def told_of(table: StudyTable, ended: Exit, store: Path | None) -> Exit:
    """Say what came to nothing and how it could go on; the exit code of a study that `ended` so."""
    for run, why in table.failed[:_NAMED]:
        say(f"nothing came of {run}: {why}")
    if len(table.failed) > _NAMED:
        say(f"and of {len(table.failed) - _NAMED:,} more")
    if ended and (len(table) or ended is Exit.INTERRUPTED):
        on = "the same command goes on from here" if store is not None else "with --store FILE it could go on from here"
        say(f"{'interrupted; ' * (ended is Exit.INTERRUPTED)}{len(table):,} of {table.total:,} runs are finished; {on}")
    return ended or (Exit.FAILED if table.failed else Exit.DONE)


_NAMED = 20  # failures that are told one by one


def carried_out(study: Study, store: ResultStore, executor: Executor) -> tuple[StudyTable, Exit]:
    """The table as far as it came, and how that ended."""
    begun = False
    with first_interrupt_waits() as asked:
        from boundaryviz.engine.device import DeviceError
        from boundaryviz.runs.bars import bar
        from boundaryviz.studies.tabling import known, run_study

        words = f"study of {study.scenario.name}"
        with bar(words, before=f"preparing the {words}") as show:

            def progress(done: int, total: int) -> None:
                nonlocal begun
                begun = True
                show(done, total)
                if asked:
                    raise KeyboardInterrupt

            try:
                return run_study(study, store=store, executor=executor, progress=progress), Exit.DONE
            except DeviceError as error:
                raise UsageProblem(f"--device {study.device}: {error}") from None
            except EngineError as error:
                lost = error
            except KeyboardInterrupt:
                if not begun:  # to look up what is stored would take as long as what was interrupted
                    raise
                return known(study, store), Exit.INTERRUPTED
        complain([str(lost)])
        return known(study, store), Exit.FAILED


def _wanted(study: Study, workers: int, engine: str) -> bool:
    """Say how many runs it has and about how long they take, and ask; without somebody to ask, no. Those of learners
    with nothing random may turn out to be few enough."""
    from boundaryviz.studies.timing import estimate

    found = estimate(study, workers)
    if found.runs <= ASKED:
        return True
    by = (
        f"with {workers} worker{'s' * (workers > 1)}"
        if engine == "local"
        else "of one process here; a cluster shares it"
    )
    words = f"this study is {found.runs:,} runs, about {duration_words(found.seconds)} {by}"
    if not sys.stdin.isatty():
        say(f"{words}; write --yes to start it")
        return False
    say(words)
    try:
        return input("start it? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _deliver(study: Study, table: StudyTable, files: dict[str, Path], json_to: str | None) -> Exit:
    report = _reported(study, table)
    found = {"study": study.scenario.name, **table.plain()} | ({} if report is None else report.plain())
    writers: dict[str, Any] = {
        "csv": lambda place: write_atomic(place, table.to_csv().encode()),
        "latex": lambda place: write_atomic(place, table.to_latex().encode()),
        "parquet": table.to_parquet,
    }
    results = [Result(place, lambda kind=kind, place=place: writers[kind](place)) for kind, place in files.items()]  # type: ignore[misc]
    if json_to not in (None, "-"):
        results.append(Result(str(json_to), lambda: write_atomic(str(json_to), (as_json(found) + "\n").encode())))

    def show() -> None:
        if json_to == "-":
            print_json(found)
            return
        from boundaryviz.cli.tables import show_study

        show_study(study.scenario.title, table, report)

    return deliver(results, show)


def _reported(study: Study, table: StudyTable) -> Report | None:
    """What the study asks to be read off; None where nothing, or where no run came to have what is read."""
    try:
        return report_of(study, table)
    except ReportError as error:
        say(str(error))
        return None


def _executor(engine: str, workers: int | None) -> Executor:
    from boundaryviz.studies.engines import executor_of

    try:
        return executor_of(engine, workers)
    except ValueError as error:
        raise UsageProblem(f"--engine: {error}") from None


def opened(store: Path | None) -> Any:
    """A context in which finished runs are kept, in this file or, for None, in memory. Raises StoreError."""
    if store is None:
        return nullcontext(MemoryStore())
    from boundaryviz.studies.sqlite_store import SqliteStore

    return SqliteStore(store)


def _check_parquet() -> None:
    from importlib.util import find_spec

    if find_spec("pyarrow") is None:
        raise UsageProblem("--parquet: Parquet needs pyarrow, which is not installed; --csv gives the same rows")
