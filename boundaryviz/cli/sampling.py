"""`bias-variance`: models trained on many samples of the data, and what of their error is noise, bias and variance."""

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
from boundaryviz.record.bias_variance import BiasVariance
from boundaryviz.scenario.files import check_writable, write_atomic
from boundaryviz.scenario.sweep import SweepError


@dataclass(frozen=True)
class Sampled:
    """What `bias-variance` is asked for besides the scenario. figure: where it goes; options: its own."""

    samples: int
    over: str | None = None
    workers: int | None = None
    json_to: str | None = None
    figure: Path | None = None
    options: dict[str, Any] = field(default_factory=dict)


def sample_and_report(job: Job, asked: Sampled) -> int:
    """Print a table or JSON, and write what was asked for; the exit code."""
    _check(asked)
    scenario = job.prepared()

    def work(show: OnProgress, watch: Callable[[list[BiasVariance]], object]) -> list[BiasVariance]:
        from boundaryviz.studies.bias_variance import over_settings, varied
        from boundaryviz.studies.loky import Loky

        try:
            several = varied(scenario, asked.over)
        except SweepError as error:
            raise UsageProblem(f"--over {error}") from None
        executor = None if asked.workers is None else Loky(asked.workers)
        return over_settings(
            several, asked.samples, steps=job.steps, progress=show, device=job.device, watch=watch, executor=executor
        )  # fmt: skip

    found, interrupted = watched(f"bias and variance of {scenario.name}", job.device, work)
    started = [one for one in found or [] if one.samples]
    failed = _deliver(started, asked) if started else Exit.DONE
    if found and not started and not interrupted:
        say("every model diverged; a smaller learning rate may help")
        return Exit.FAILED
    if interrupted:
        say("interrupted; what was finished is kept")
        return failed or Exit.INTERRUPTED
    return failed


def _check(asked: Sampled) -> None:
    """Raise UsageProblem or WriteError now for what would fail after training."""
    if asked.json_to not in (None, "-"):
        check_writable(str(asked.json_to))
    if asked.figure is not None:
        from boundaryviz.figures.sheet import check_path, check_room
        from boundaryviz.figures.style import Options

        try:
            check_room("bias-variance", Options(**asked.options))
        except ValueError as error:
            raise UsageProblem(str(error)) from None
        check_path(asked.figure)


def _deliver(found: list[BiasVariance], asked: Sampled) -> Exit:
    plain = {"results": [one.plain() for one in found]}
    files = []
    if asked.json_to not in (None, "-"):
        place = str(asked.json_to)
        files.append(Result(place, lambda: write_atomic(place, (as_json(plain) + "\n").encode())))
    if (figure := asked.figure) is not None:
        files.append(Result(figure, lambda: _draw(found, figure, asked.options)))

    def show() -> None:
        if asked.json_to == "-":
            print_json(plain)
            return
        from boundaryviz.cli.tables import show_bias_variance

        show_bias_variance(found)

    return deliver(files, show)


def _draw(found: list[BiasVariance], path: Path, options: dict[str, Any]) -> None:
    from boundaryviz.figures.bias_variance import MOST_ROWS, draw_bias_variance
    from boundaryviz.figures.sheet import save
    from boundaryviz.figures.style import Options

    if len(found) > MOST_ROWS:
        say(f"note: the figure shows the first {MOST_ROWS} of {len(found)} settings")
    save(draw_bias_variance(found[:MOST_ROWS], Options(**options)), path)
