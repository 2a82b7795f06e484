"""`animate`: a film over training, or over the values of a setting."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any, get_args

import numpy as np

from boundaryviz.cli.failures import Exit, UsageProblem, say
from boundaryviz.cli.training import Job, check_cascade, first_interrupt_waits
from boundaryviz.cli.values import parsed

_EVERY = 0.1  # seconds between two lines of progress
_GENTLE = 5  # by how much a run that somebody watches gives way to other processes
_RUNS = 48  # over a range of numbers, unless it says how many
_SECONDS, _SECONDS_EACH = 12.0, 1.5  # a film's usual length; over a list of values, for each
_MOST_FRAMES = 5000

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
    from boundaryviz.figures.film_options import FilmOptions, check_film_path

    try:
        chosen = FilmOptions(**options)
    except ValueError as error:
        raise UsageProblem(str(error)) from None
    check_film_path(output)
    if not 0 <= request.job.shown < (seeds := request.job.seeds or 1):
        raise UsageProblem(
            f"--seed-shown {request.job.shown}: counted from 0, it is below the number of --seeds, {seeds}"
        )
    if request.seconds is not None and not 0 < request.seconds * chosen.rate <= _MOST_FRAMES:
        raise UsageProblem(f"--seconds {request.seconds:g}: a film has 1 to {_MOST_FRAMES:,} frames")
    if lines and hasattr(os, "nice"):
        os.nice(_GENTLE)
    with _terminated_like_interrupted(), first_interrupt_waits() as asked, _shown(lines) as show:

        def watch(what: str, done: int, total: int) -> None:
            show(what, done, total)
            if asked:
                raise KeyboardInterrupt

        reel = _reel(request, chosen.rate, watch)

        from boundaryviz.figures.film_making import write_film

        size = write_film(
            output, reel, chosen, lambda done, total: watch("drawing", done, total),
            _tell_size if lines else lambda size: say(f"about {size_words(size)}"),
        )  # fmt: skip
    if lines:
        _print_line({"wrote": str(output), "bytes": size})
    else:
        say(f"wrote {output}, {size_words(size)}")
    return Exit.DONE


def _reel(request: Request, rate: int, watch: Show) -> Any:
    """Trained and looked at as often as asked for."""
    job, scenario = request.job, request.job.prepared()
    seconds = _SECONDS if request.seconds is None else request.seconds
    frames = max(1, round(seconds * rate))
    path, values, ranges = "", list[Any](), False
    if request.over is not None:
        path, values, ranges = parse_over(request.over, frames, scenario)
        if not ranges and request.seconds is None:
            frames = max(1, round(min(_SECONDS_EACH * len(values), 60.0) * rate))
    scenarios = [scenario.with_values({path: value}) for value in values]  # each mistake is found before any training
    for one in scenarios if job.cascade else ():
        check_cascade(one)

    from boundaryviz.engine.device import DeviceError
    from boundaryviz.experiments.filming import Take, over_training, over_values
    from boundaryviz.figures.film_reel import Sweep

    take = Take(scenario, job.seeds or 1, job.shown, bool(job.twin), job.device, job.cascade)

    def training(done: int, total: int) -> None:
        watch("training", done, total)

    try:
        if not values:
            if getattr(scenario.learner, "AT_ONCE", False):
                say(f"note: {scenario.learner.name} is fitted at once; --over makes a film over a setting")
            return over_training(take, frames, request.spacing, training)
        sweep = Sweep(title_of(scenario, path), tuple(value_words(value) for value in values))
        return over_values([replace(take, scenario=one) for one in scenarios], sweep, frames, training)
    except DeviceError as error:
        raise UsageProblem(f"--device {job.device}: {error}") from None


# ---- --over ---------------------------------------------------------------------------------------------


def parse_over(text: str, frames: int, scenario: Any) -> tuple[str, list[Any], bool]:
    """The path, its values, and whether they are a range: 'poison.count=0..40', 'data.noise=0..0.5:100' with 100
    values, or 'learner.hidden=[2],[4],[8,8]'. frames: at most so many values of a range, which are
    whole where the setting of the scenario takes no others and both ends are. Raises UsageProblem."""
    path, equals, right = (part.strip() for part in text.partition("="))
    if not equals or not path or not right:
        raise UsageProblem(
            f"--over {text}: write PATH=FIRST..LAST or PATH=V1,V2, for example --over poison.count=0..40"
        )
    if found := re.fullmatch(r"(?P<first>[^\[\],:]+?)\.\.(?P<last>[^\[\],:]+?)(:(?P<count>\d+))?", right):
        ends = [parsed(found[end].strip()) for end in ("first", "last")]
        if any(isinstance(end, bool) or not isinstance(end, int | float) for end in ends):
            raise UsageProblem(f"--over {text}: the ends of a range are numbers")
        count = int(found["count"]) if found["count"] else min(_RUNS, frames)
        if not 2 <= count <= frames:
            raise UsageProblem(f"--over {text}: a range has 2 values at least, and no more than there are frames")
        places = np.linspace(float(ends[0]), float(ends[1]), count)
        if all(isinstance(end, int) for end in ends) and not _takes_fractions(scenario, path):
            return path, list(dict.fromkeys(int(place) for place in np.round(places))), True
        return path, [float(f"{place:.6g}") for place in places], True
    values = [parsed(part.strip()) for part in re.split(r",(?![^\[]*\])", right)]
    if not 1 < len(values) <= _MOST_FRAMES:
        raise UsageProblem(f"--over {text}: give two values at least, separated by commas, or a range FIRST..LAST")
    return path, values, False


def value_words(value: Any) -> str:
    """A value as a person would write it: '0.05', '16-16'."""
    if isinstance(value, list):
        return "-".join(map(str, value)) or "none"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3g}" if isinstance(value, float) else str(value)


def title_of(scenario: Any, path: str) -> str:
    """What a form calls the setting, or else its path; 'poison points' for the poison's points."""
    info = _field(scenario, path)
    if info is None or info.title is None:
        return path
    return f"Poison {info.title.lower()}" if path.startswith("poison.") else str(info.title)


def _takes_fractions(scenario: Any, path: str) -> bool:
    info = _field(scenario, path)
    return info is not None and float in (info.annotation, *get_args(info.annotation))


def _field(scenario: Any, path: str) -> Any:
    """What the scenario's spec says of a setting; None where there is no such setting."""
    section, _, name = path.partition(".")
    return getattr(type(getattr(scenario, section, None)), "model_fields", {}).get(name)


# ---- progress -------------------------------------------------------------------------------------------


@contextmanager
def _shown(lines: bool) -> Iterator[Show]:
    """Progress as bars, or as JSON lines {"doing": ..., "done": ..., "of": ...}."""
    if lines:
        yield _Lines()
        return
    from boundaryviz.experiments.progress import bar

    with bar("film") as show:
        yield lambda _what, done, total: show(done, total)


class _Lines:
    """Writes progress a few times a second, and at the end of each part."""

    def __init__(self) -> None:
        self._last = -_EVERY

    def __call__(self, what: str, done: int, total: int) -> None:
        if done == total or monotonic() - self._last >= _EVERY:
            self._last = monotonic()
            _print_line({"doing": what, "done": done, "of": total})


def _print_line(said: dict[str, Any]) -> None:
    print(json.dumps(said), flush=True)


def _tell_size(size: int) -> None:
    _print_line({"estimate": size})


def size_words(size: int) -> str:
    """Bytes as '820 kB' or '4.1 MB'."""
    return f"{size / 1e3:.0f} kB" if size < 1e6 else f"{size / 1e6:.1f} MB"


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
