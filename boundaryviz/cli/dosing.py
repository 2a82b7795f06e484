"""`dose`, and `figure --view dose`: how much poison does how much."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from time import monotonic
from typing import Any

from boundaryviz.cli.drawing import Picture, check
from boundaryviz.cli.failures import Exit, UsageProblem, say
from boundaryviz.cli.training import Job, first_interrupt_waits
from boundaryviz.record.dose import DoseResponse
from boundaryviz.scenario.files import check_writable, write_atomic
from boundaryviz.scenario.scenario import Scenario

_EVERY = 0.1  # seconds between two lines of progress
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
    if lines:
        if hasattr(os, "nice"):
            os.nice(_GENTLE)
        response, interrupted = _responded(scenario, job, doses, learners, _line_of_progress(), _print_line)
    else:
        with _bar(scenario) as show:
            response, interrupted = _responded(scenario, job, doses, learners, show)
    if response is not None:
        settings = scenario.model_dump(mode="json", include={"data", "poison", "learner", "training"})
        text = json.dumps(response.plain() | {"settings": settings}, indent=2, allow_nan=False) + "\n"
        if json_to == "-":
            sys.stdout.write(text)
            sys.stdout.flush()
        elif not lines:
            from boundaryviz.cli.tables import show_dose

            show_dose(response)
        if json_to not in (None, "-"):
            write_atomic(str(json_to), text.encode())
    return _ending(interrupted)


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
    if response is not None:
        save(draw_dose(response, Options(**picture.options)), picture.output)
        say(f"wrote {picture.output}")
        if picture.data is not None:
            write_data(data_of_dose(response), picture.data)
            say(f"wrote {picture.data}")
    return _ending(interrupted)


def _responded(
    scenario: Scenario,
    job: Job,
    doses: tuple[int, ...] | None,
    learners: tuple[str, ...],
    show: Callable[[int, int], object],
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
        from boundaryviz.experiments.dose import dose_response

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


def _bar(scenario: Scenario) -> Any:
    from boundaryviz.experiments.progress import bar

    return bar(f"doses of {scenario.name}")


def _line_of_progress() -> Callable[[int, int], None]:
    """Writes {"done": ..., "of": ...}, a few times a second and at the end."""
    last = -_EVERY

    def show(done: int, total: int) -> None:
        nonlocal last
        if done == total or monotonic() - last >= _EVERY:
            last = monotonic()
            print(json.dumps({"done": done, "of": total}), flush=True)

    return show


def _print_line(response: DoseResponse) -> None:
    print(json.dumps({"response": response.plain()}, allow_nan=False), flush=True)


def _ending(interrupted: bool) -> int:
    if interrupted:
        say("interrupted; what was finished is kept")
    return Exit.INTERRUPTED if interrupted else Exit.DONE
