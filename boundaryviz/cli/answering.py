"""`influence`: which training points are answerable for the decision at a place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boundaryviz.cli.checking import watched
from boundaryviz.cli.failures import Exit, UsageProblem, say
from boundaryviz.cli.results import Result, deliver
from boundaryviz.cli.terminal import as_json, print_json
from boundaryviz.cli.training import Job
from boundaryviz.jobs.messages import OnProgress
from boundaryviz.record.influence import METHODS, Explanation
from boundaryviz.scenario.files import check_writable, write_atomic


@dataclass(frozen=True)
class Answerable:
    """What `influence` is asked for besides the scenario; as `influences.running.influence` takes it. top: points that
    are listed. figure: where it goes; options: its own."""

    place: tuple[float, float]
    methods: tuple[str, ...] | None
    top: int
    group: int
    leave_out: bool
    json_to: str | None = None
    figure: Path | None = None
    options: dict[str, Any] = field(default_factory=dict)


def place_of(text: str) -> tuple[float, float]:
    """What `--at` says. Raises UsageProblem."""
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageProblem(f"--at {text}: write two numbers, such as --at 0.5,0.2") from None
    return x, y


def answer_and_report(job: Job, asked: Answerable) -> int:
    """Print a table or JSON, and write what was asked for; the exit code."""
    _check(asked)
    scenario = job.prepared()

    def work(show: OnProgress, watch: Callable[[Explanation], object]) -> Explanation:
        from boundaryviz.influences.requests import InfluenceError
        from boundaryviz.influences.running import influence

        try:
            return influence(
                scenario, asked.place, asked.methods, group=asked.group, leave_out=asked.leave_out, device=job.device,
                progress=show, watch=watch,
            )  # fmt: skip
        except InfluenceError as error:
            raise UsageProblem(str(error).rstrip(".")) from None

    found, interrupted = watched(f"influence in {scenario.name}", job.device, work)
    failed = Exit.DONE if found is None else _deliver(job, found, asked)
    if interrupted:
        say("interrupted; what was finished is kept")
        return failed or Exit.INTERRUPTED
    return failed


def _check(asked: Answerable) -> None:
    """Raise UsageProblem or WriteError now for what would fail after training."""
    for name in asked.methods or ():
        if name not in METHODS:
            raise UsageProblem(f"--method {name}: there are {', '.join(METHODS)}")
    if asked.json_to not in (None, "-"):
        check_writable(str(asked.json_to))
    if asked.figure is not None:
        from boundaryviz.figures.sheet import check_path, check_room
        from boundaryviz.figures.style import Options

        try:
            check_room("influence", Options(**asked.options))
        except ValueError as error:
            raise UsageProblem(str(error)) from None
        check_path(asked.figure)


def _deliver(job: Job, found: Explanation, asked: Answerable) -> Exit:
    scenario = job.prepared()
    plain = {"scenario": scenario.name} | found.plain(asked.top)
    files = []
    if asked.json_to not in (None, "-"):
        place = str(asked.json_to)
        files.append(Result(place, lambda: write_atomic(place, (as_json(plain) + "\n").encode())))
    if (figure := asked.figure) is not None:
        files.append(Result(figure, lambda: _draw(job, found, figure, asked)))

    def show() -> None:
        if asked.json_to == "-":
            print_json(plain)
            return
        from boundaryviz.cli.tables import show_influence

        show_influence(scenario.title, found, scenario.scene(), asked.top)

    return deliver(files, show)


def _draw(job: Job, found: Explanation, path: Path, asked: Answerable) -> None:
    """The model is trained once more: what was explained has left no picture."""
    from boundaryviz.figures.influence import draw_influence
    from boundaryviz.figures.sheet import save
    from boundaryviz.figures.style import Options
    from boundaryviz.runs.run import train

    run = train(job.prepared(), seeds=1, twin=False, device=job.device)
    save(draw_influence(run.snapshot(), found, asked.top, Options(**asked.options)), path)
