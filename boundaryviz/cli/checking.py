"""`check`, and `train --data-seeds`: scenarios on data drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from boundaryviz.cli.failures import Exit, UsageProblem, say
from boundaryviz.cli.results import Result, deliver, first_interrupt_waits
from boundaryviz.cli.table import loaded
from boundaryviz.cli.terminal import as_json, print_json
from boundaryviz.cli.training import Job
from boundaryviz.jobs.messages import OnProgress
from boundaryviz.record.expectations import ENOUGH, Check
from boundaryviz.record.seeds import parse_seeds
from boundaryviz.scenario import gallery
from boundaryviz.scenario.files import check_writable, write_atomic
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.requests import DATA_SEEDS

T = TypeVar("T")


def data_seeds_of(text: str | None) -> Sequence[int]:
    """What `--data-seeds` says; 0 to 19 where it says nothing. Raises UsageProblem."""
    if text is None:
        return DATA_SEEDS
    try:
        return parse_seeds(text)
    except ValueError as error:
        raise UsageProblem(f"--data-seeds {text}: {error}") from None


def check_and_report(
    names: Sequence[str] | None,
    columns: Sequence[str],
    data_seeds: Sequence[int],
    seeds: int,
    workers: int | None,
    device: str,
    json_to: str | None,
) -> int:
    """Hold scenarios, None for the whole gallery, to their word; print tables or JSON; the exit code."""
    if json_to not in (None, "-"):
        check_writable(str(json_to))
    scenarios = gallery.scenarios() if names is None else _loaded(names, columns)
    titles = _apart([scenario.name for scenario in scenarios], names)

    def work(show: OnProgress, watch: Callable[[list[Check]], object]) -> list[Check]:
        from boundaryviz.studies.check import check_all
        from boundaryviz.studies.loky import Loky

        executor = None if workers is None else Loky(workers)
        return check_all(
            scenarios, data_seeds, seeds, device=device, progress=show, watch=watch, executor=executor
        )  # fmt: skip

    checks, interrupted = watched("checking", device, work)
    started = [(title, check) for title, check in zip(titles, checks or [], strict=False) if check.started]

    def tables() -> None:
        from boundaryviz.cli.tables import show_check

        for _, check in started:
            show_check(check)

    found = {"scenarios": {title: check.plain() for title, check in started}}
    failed = _deliver(found, json_to, tables) if started else Exit.DONE
    broken = [(title, check) for title, check in started if check.holds is False]
    for title, check in broken:
        say(_broken_words(title, check))
    if interrupted:
        never = len(titles) - len(started)
        say(
            "interrupted; what was finished is kept"
            + f", and nothing is known of {never} scenario{'s' * (never > 1)}" * (never > 0)
        )
        return failed or Exit.INTERRUPTED
    return failed or (Exit.FAILED if broken else Exit.DONE)


def _broken_words(title: str, check: Check) -> str:
    """Which promises do not hold, and on what; or that nothing came of it, where it promises nothing."""
    if not check.promises:
        return f"{title}: nothing came of {'the points kept in it' if check.kept else 'some data seeds'}"
    broken = [one for one in check.held if not one.holds]
    if check.kept:
        keys = ", ".join(one.expectation.key for one in broken)
        return f"{title} does not hold on the points kept in it: {keys}"
    keys = ", ".join(f"{one.expectation.key} ({100 * (one.share or 0):.0f} %)" for one in broken)
    return f"{title} does not hold on {100 * ENOUGH:.0f} % of the data seeds: {keys}"


def train_over_data(job: Job, data_seeds: Sequence[int], json_to: str | None) -> int:
    """Train on each of these data seeds, print a table or JSON over them; the exit code."""
    if json_to not in (None, "-"):
        check_writable(str(json_to))
    scenario = job.prepared()

    def work(show: OnProgress, watch: Callable[[Any], object]) -> Any:
        from boundaryviz.studies.draws import over_data

        return over_data(scenario, data_seeds, job.seeds or 1, bool(job.twin), job.device, show, watch)

    found, interrupted = watched(f"training {scenario.name}", job.device, work)

    failed = Exit.DONE
    if found is not None:
        from boundaryviz.cli.tables import show_over_data
        from boundaryviz.engine import device as devices

        uncompiled = devices.uncompiled_on(scenario.learner, scenario.scene(), scenario.training)
        engine = devices.resolve(job.device, uncompiled)
        report = {"device": engine.words, "engine": engine.name} | found.report()
        failed = _deliver(report, json_to, lambda: show_over_data(found))
    if interrupted:
        say("interrupted; what was finished is kept")
        return failed or Exit.INTERRUPTED
    return failed


def watched(words: str, device: str, work: Callable[[OnProgress, Callable[[T], object]], T]) -> tuple[T | None, bool]:
    """What came of the work as far as it got, under a progress bar, and whether it was interrupted."""
    so_far: list[T] = []

    def watch(found: T) -> None:
        so_far[:] = [found]

    with first_interrupt_waits() as asked:
        from boundaryviz.engine.device import DeviceError
        from boundaryviz.runs.bars import bar

        with bar(words) as show:

            def progress(done: int, total: int) -> None:
                show(done, total)
                if asked:
                    raise KeyboardInterrupt

            try:
                return work(progress, watch), False
            except DeviceError as error:
                raise UsageProblem(f"--device {device}: {error}") from None
            except KeyboardInterrupt:
                return (so_far[0] if so_far else None), True


def _deliver(found: dict[str, Any], json_to: str | None, tables: Callable[[], None]) -> Exit:
    place = None if json_to in (None, "-") else str(json_to)
    files = [Result(place, lambda: write_atomic(place, (as_json(found) + "\n").encode()))] if place else []
    return deliver(files, (lambda: print_json(found)) if json_to == "-" else tables)


def _loaded(names: Sequence[str], columns: Sequence[str]) -> list[Scenario]:
    """The scenarios of these names, each once. Raises ScenarioError with every problem of all of them."""
    found, problems = [], []
    for name in dict.fromkeys(names):
        try:
            found.append(loaded(name, columns))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return found


def _apart(titles: list[str], names: Sequence[str] | None) -> list[str]:
    """What each is called: its name, or where two have the same, the words it was asked for with."""
    asked = titles if names is None else list(dict.fromkeys(names))
    return [title if titles.count(title) == 1 else given for title, given in zip(titles, asked, strict=True)]
