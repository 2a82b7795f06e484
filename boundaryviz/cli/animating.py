"""`animate`: a film over training, or over the values of a setting."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boundaryviz.cli.failures import Exit, UsageProblem, say
from boundaryviz.cli.results import first_interrupt_waits
from boundaryviz.cli.terminal import Lines
from boundaryviz.cli.training import Job
from boundaryviz.scenario import sweep
from boundaryviz.scenario.words import size_words
from boundaryviz.studies.requests import FilmRequest

if TYPE_CHECKING:
    from boundaryviz.figures.film.options import FilmOptions
    from boundaryviz.studies.film import Show

_GENTLE = 5  # by how much a run that somebody watches gives way to other processes


@dataclass(frozen=True)
class Request:
    """What a film is of. seconds: without title card and stand, None for the usual. over: PATH=V1..V2, PATH=V1,V2, or
    `attack`."""

    job: Job
    spacing: Any = "log"
    seconds: float | None = None
    over: str | None = None

    def of(self, output: Path, options: FilmOptions) -> FilmRequest:
        """The film of the scenario as it is asked for. Raises ScenarioError or UsageProblem."""
        job = self.job
        scenario = replace(job, cascade=job.cascade and self.over is None).prepared()  # else each value is looked at
        return FilmRequest(
            scenario, output, options, self.seconds, self.spacing, self.over, job.seeds or 1, job.shown, bool(job.twin),
            job.cascade, job.device,
        )  # fmt: skip


def animate(request: Request, output: Path, lines: bool, **options: Any) -> int:
    """Train, draw and write the film; the exit code. options: those of `options.FilmOptions`."""
    from boundaryviz.figures.film.options import FilmOptions, check_film_path, check_room

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

        size = _made(
            request.of(output, chosen), watch,
            lambda size: told.tell({"estimate": size}) if lines else say(f"about {size_words(size)}"),
        )  # fmt: skip
    if lines:
        told.tell({"wrote": str(output), "bytes": size})
    if told.lost is not None or not lines:
        say(f"wrote {output}, {size_words(size)}")
    if told.lost is not None:
        raise told.lost
    return Exit.DONE


def _made(film: FilmRequest, watch: Show, tell_size: Callable[[int], object]) -> int:
    """Make the film, with what cannot be in the words of the command's options; its bytes."""
    from boundaryviz.engine.device import DeviceError
    from boundaryviz.studies.film import CascadeError, make_film

    learner = film.scenario.learner
    if film.over is None and learner.family.at_once:
        say(f"note: {learner.name} is fitted at once; --over makes a film over a setting")
    try:
        return make_film(film, watch, tell_size)
    except sweep.SweepError as error:
        raise UsageProblem(f"--over {error}") from None
    except CascadeError as error:
        raise UsageProblem(f"--view cascade: {error}") from None
    except DeviceError as error:
        raise UsageProblem(f"--device {film.device}: {error}") from None


# ---- progress -------------------------------------------------------------------------------------------


@contextmanager
def _shown(told: Lines | None) -> Iterator[Show]:
    """Progress as bars, or as JSON lines {"doing": ..., "done": ..., "of": ...}."""
    if told is not None:
        yield lambda what, done, total: told.progress(done, total, doing=what)
        return
    from boundaryviz.runs.bars import bar

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
