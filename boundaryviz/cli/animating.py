"""`animate`: a film over training, or over the values of a setting."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from boundaryviz.cli.failures import Exit, UsageProblem, say
from boundaryviz.cli.results import first_interrupt_waits
from boundaryviz.cli.terminal import Lines
from boundaryviz.cli.training import Job, check_cascade
from boundaryviz.learners.cascade import measured
from boundaryviz.scenario import sweep
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scenario.words import size_words

_GENTLE = 5  # by how much a run that somebody watches gives way to other processes
_SECONDS, _SECONDS_EACH = 12.0, 1.5  # a film's usual length; over a list of values, for each

Show = Callable[[str, int, int], object]
"""Called with what is being done, 'training' or 'drawing', how much of it, and of how much."""


@dataclass(frozen=True)
class Request:
    """What a film is of. seconds: without title card and stand, None for the usual. over: PATH=V1..V2 or PATH=V1,V2."""

    job: Job
    spacing: Any = "log"
    seconds: float | None = None
    over: str | None = None


def animate(request: Request, output: Path, lines: bool, **options: Any) -> int:
    """Train, draw and write the film; the exit code. options: those of `film_options.FilmOptions`."""
    from boundaryviz.figures.film_options import FilmOptions, check_film_path, check_room

    try:
        check_room(chosen := FilmOptions(**options))
    except ValueError as error:
        raise UsageProblem(str(error)) from None
    check_film_path(output)
    if not 0 <= request.job.shown < (seeds := request.job.seeds or 1):
        raise UsageProblem(
            f"--seed-shown {request.job.shown}: counted from 0, it is below the number of --seeds, {seeds}"
        )
    if request.seconds is not None and not 0 < request.seconds * chosen.rate <= sweep.MOST:
        raise UsageProblem(f"--seconds {request.seconds:g}: a film has 1 to {sweep.MOST:,} frames")
    if lines and hasattr(os, "nice"):
        os.nice(_GENTLE)
    told = Lines()
    with _terminated_like_interrupted(), first_interrupt_waits() as asked, _shown(told if lines else None) as show:

        def watch(what: str, done: int, total: int) -> None:
            show(what, done, total)
            if asked:
                raise KeyboardInterrupt

        sequence = _sequence(request, chosen.rate, watch)

        from boundaryviz.figures.film_making import write_film

        size = write_film(
            output, sequence, chosen, lambda done, total: watch("drawing", done, total),
            lambda size: told.tell({"estimate": size}) if lines else say(f"about {size_words(size)}"),
        )  # fmt: skip
    if lines:
        told.tell({"wrote": str(output), "bytes": size})
    if told.lost is not None or not lines:
        say(f"wrote {output}, {size_words(size)}")
    if told.lost is not None:
        raise told.lost
    return Exit.DONE


def _sequence(request: Request, rate: int, watch: Show) -> Any:
    """Trained and looked at as often as asked for."""
    job = request.job
    scenario = replace(job, cascade=job.cascade and request.over is None).prepared()  # else each value is looked at
    seconds = _SECONDS if request.seconds is None else request.seconds
    frames = max(1, round(seconds * rate))
    path, values, scenarios = "", list[Any](), list[Scenario]()
    if request.over is not None:
        try:
            path, values, ranges, scenarios = sweep.scenarios(request.over, frames, scenario)
        except sweep.SweepError as error:
            raise UsageProblem(f"--over {error}") from None
        if not ranges and request.seconds is None:
            frames = max(1, round(min(_SECONDS_EACH * len(values), 60.0) * rate))
    if job.cascade:
        for one in scenarios:
            check_cascade(one)
        if len({measured(one.learner) for one in scenarios}) > 1:
            raise UsageProblem("--view cascade: these learners measure their cascades differently; film them apart")

    from boundaryviz.engine.device import DeviceError
    from boundaryviz.experiments.filming import RunConfig, over_training, over_values
    from boundaryviz.figures.frame_sequence import Sweep

    take = RunConfig(scenario, job.seeds or 1, job.shown, bool(job.twin), job.device, job.cascade)

    def training(done: int, total: int) -> None:
        watch("training", done, total)

    try:
        if not values:
            if getattr(scenario.learner, "AT_ONCE", False):
                say(f"note: {scenario.learner.name} is fitted at once; --over makes a film over a setting")
            return over_training(take, frames, request.spacing, training)
        way = Sweep(sweep.title_of(scenario, path), tuple(sweep.value_words(value) for value in values))
        return over_values([replace(take, scenario=one) for one in scenarios], way, frames, training)
    except DeviceError as error:
        raise UsageProblem(f"--device {job.device}: {error}") from None


# ---- progress -------------------------------------------------------------------------------------------


@contextmanager
def _shown(told: Lines | None) -> Iterator[Show]:
    """Progress as bars, or as JSON lines {"doing": ..., "done": ..., "of": ...}."""
    if told is not None:
        yield lambda what, done, total: told.progress(done, total, doing=what)
        return
    from boundaryviz.experiments.progress import bar

    with bar("film") as show:
        yield lambda _what, done, total: show(done, total)


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """A request to end leaves nothing half written, as Ctrl+C does."""

    def end(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
