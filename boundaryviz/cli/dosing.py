"""`dose`, and `figure --view dose`: how much poison does how much."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from boundaryviz.cli.drawing import Picture, check
from boundaryviz.cli.failures import Exit, UsageProblem, say
from boundaryviz.cli.results import Result, deliver, first_interrupt_waits
from boundaryviz.cli.terminal import Lines, as_json, print_json
from boundaryviz.cli.training import Job
from boundaryviz.jobs.messages import OnProgress
from boundaryviz.record.dose import DoseResponse
from boundaryviz.scenario.files import check_writable, write_atomic
from boundaryviz.scenario.scenario import SETTINGS, Scenario

_GENTLE = 5  # by how much a run that somebody watches gives way to other processes

Report = Callable[[DoseResponse], object]


def parse_doses(text: str | None) -> tuple[int, ...] | None:
    """'0,1,10,100' as numbers of points. Raises UsageProblem."""
    if text is None:
        return None
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise UsageProblem(f"--doses {text}: write numbers of points, for example --doses 0,1,10,100") from None


def respond_and_report(
    job: Job, doses: tuple[int, ...] | None, learners: tuple[str, ...], json_to: str | None, lines: bool
) -> int:
    """Print a table, JSON, or with `lines` JSON lines as the work proceeds; the exit code."""
    if json_to not in (None, "-"):
        check_writable(str(json_to))
    scenario = job.prepared()
    told = Lines()
    if lines:
        if hasattr(os, "nice"):
            os.nice(_GENTLE)
        report = lambda response: told.tell({"response": response.plain()})  # noqa: E731
        response, interrupted = _responded(scenario, job, doses, learners, told.progress, report)
    else:
        with _bar(scenario) as show:
            response, interrupted = _responded(scenario, job, doses, learners, show)
        _note(scenario, response)
    failed = Exit.DONE if response is None else _deliver(response, scenario, json_to, lines, told)
    code = _ending(interrupted)
    return failed or code


def _deliver(response: DoseResponse, scenario: Scenario, json_to: str | None, lines: bool, told: Lines) -> Exit:
    """Write and print what came of it; the exit code."""
    settings = scenario.model_dump(mode="json", include=set(SETTINGS))
    found = response.plain() | {"settings": settings}

    def show() -> None:
        if told.lost is not None:
            raise told.lost
        if json_to == "-":
            print_json(found)
        elif not lines:
            from boundaryviz.cli.tables import show_dose

            show_dose(response)

    place = None if json_to in (None, "-") else str(json_to)
    files = [Result(place, lambda: write_atomic(place, (as_json(found) + "\n").encode()))] if place else []
    return deliver(files, show)


def respond_and_draw(job: Job, doses: tuple[int, ...] | None, picture: Picture) -> int:
    """Write the figure, and its data where that is asked for; the exit code."""
    from boundaryviz.figures.data import data_of_dose, write_data
    from boundaryviz.figures.dose import draw_dose
    from boundaryviz.figures.sheet import save
    from boundaryviz.figures.style import Options

    check(picture)
    scenario = job.prepared()
    with _bar(scenario) as show:
        response, interrupted = _responded(scenario, job, doses, (), show)
    _note(scenario, response)
    failed, data = Exit.DONE, picture.data
    if response is not None:
        files = [Result(picture.output, lambda: save(draw_dose(response, Options(**picture.options)), picture.output))]
        if data is not None:
            files.append(Result(data, lambda: write_data(data_of_dose(response), data)))
        failed = deliver(files)
    code = _ending(interrupted)
    return failed or code


def _responded(
    scenario: Scenario,
    job: Job,
    doses: tuple[int, ...] | None,
    learners: tuple[str, ...],
    show: OnProgress,
    report: Report | None = None,
) -> tuple[DoseResponse | None, bool]:
    """The response as far as it came, and whether it was interrupted."""
    so_far: DoseResponse | None = None

    def watch(response: DoseResponse) -> None:
        nonlocal so_far
        so_far = response
        if report is not None:
            report(response)

    with first_interrupt_waits() as asked:
        from boundaryviz.engine.device import DeviceError
        from boundaryviz.studies.dose import dose_response

        def progress(done: int, total: int) -> None:
            show(done, total)
            if asked:
                raise KeyboardInterrupt

        try:
            dose_response(scenario, doses, job.seeds or 8, None, learners or None, progress, job.device, watch)
        except DeviceError as error:
            raise UsageProblem(f"--device {job.device}: {error}") from None
        except KeyboardInterrupt:
            return so_far, True
    return so_far, False


def _note(scenario: Scenario, response: DoseResponse | None) -> None:
    """Say why no dose changes anything, where no learner looks at what the attack plants."""
    from boundaryviz.scenario.poison_advice import poison_note
    from boundaryviz.studies.doses import PoisonedScene

    if response is not None and all(curve.supervised for curve in response.curves):
        largest = PoisonedScene.of(scenario, response.doses).scenes[-1]
        if words := poison_note(True, largest):
            say(f"note: {words}")


def _bar(scenario: Scenario) -> Any:
    from boundaryviz.runs.bars import bar

    return bar(f"doses of {scenario.name}")


def _ending(interrupted: bool) -> int:
    if interrupted:
        say("interrupted; what was finished is kept")
    return Exit.INTERRUPTED if interrupted else Exit.DONE
