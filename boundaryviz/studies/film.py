"""A film from a request: what is trained for it, what is drawn of that, and the file. For command line and window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from boundaryviz.engine.height_map import flat
from boundaryviz.figures.film.encoding import write_film
from boundaryviz.figures.film.options import check_film_path, check_room
from boundaryviz.figures.film.sequence import FrameSequence, Sweep
from boundaryviz.jobs.messages import OnProgress, Tell
from boundaryviz.learners.cascade import measured
from boundaryviz.record.trail import reach
from boundaryviz.scenario import sweep
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scenario.unembedded import unembedded
from boundaryviz.studies.filming import RunConfig, over_training, over_values
from boundaryviz.studies.requests import FilmEstimate, FilmRequest, FilmWritten
from boundaryviz.studies.study import Axis, Study

_SECONDS, _SECONDS_EACH = 12.0, 1.5  # a film's usual length; over a list of values, for each
_LONGEST = 60.0  # seconds of a film over a list of values, unless it is said how many

ATTACK = "attack"
"""In the place of a setting: a film over the states of the attack that the scenario offers."""

Show = Callable[[str, int, int], object]
"""Called with what is being done, 'training' or 'drawing', how much of it, and of how much; may raise to stop."""


class CascadeError(ValueError):
    """Learners whose label cascades cannot be filmed; its text is a sentence without its end."""


def make_film(request: FilmRequest, show: Show, tell_size: Callable[[int], object] | None = None) -> int:
    """Train, draw and write the film, whole or not at all; the size of the file in bytes.

    tell_size: called with an estimate of that size before the first frame is written, where it takes long enough.
    Raises SweepError for a way that leads nowhere, CascadeError, ScenarioError, DeviceError, MemoryNeeded, and
    WriteError where the file cannot be written, before anything is trained.
    """
    check_room(request.options)
    check_film_path(request.path)
    sequence = _sequence(request, lambda done, total: show("training", done, total))
    return write_film(
        request.path, sequence, request.options, lambda done, total: show("drawing", done, total), tell_size
    )


def job(request: FilmRequest, tell: Tell) -> None:
    """A film for the window."""
    size = make_film(
        request,
        lambda what, done, total: tell.progress(done, total, what),
        lambda size: tell.result(FilmEstimate(size)),
    )
    tell.result(FilmWritten(request.path, size))


def _sequence(request: FilmRequest, progress: OnProgress) -> FrameSequence:
    """Trained and looked at as often as asked for."""
    scenario, rate = request.scenario, request.options.rate
    view = request.options.view
    if view == "embedding" and (why := unembedded(scenario.learner)):
        raise ScenarioError([f"learner: {why}"])
    config = RunConfig(
        scenario, request.seeds, request.shown, request.twin, request.device, request.cascade, view == "pushes",
        view == "embedding", view == "heights",
    )  # fmt: skip
    if config.heights and (why := flat(scenario.scene())):
        raise ScenarioError([f"the film of heights: {why}"])
    frames = max(1, round((_SECONDS if request.seconds is None else request.seconds) * rate))
    if request.over is None:
        _check_cascades(request, [scenario])
        return over_training(config, frames, request.spacing, progress)
    if request.over == ATTACK:
        return _over_attack(request, config, frames, progress)
    path, values, ranges = sweep.parse(request.over, frames, scenario)
    points = list(Study(scenario=scenario, axes=(Axis(path=path, values=tuple(values)),)).points())
    if not ranges and request.seconds is None:
        frames = max(1, round(min(_SECONDS_EACH * len(values), _LONGEST) * rate))
    _check_cascades(request, [point.scenario for point in points])
    way = Sweep(sweep.title_of(scenario, path), tuple(sweep.value_words(value) for value in values))
    return over_values([replace(config, scenario=point.scenario) for point in points], way, frames, progress)


def _over_attack(request: FilmRequest, config: RunConfig, frames: int, progress: OnProgress) -> FrameSequence:
    """A run for each state of the attack that the scenario offers, or for as many of them as there are frames, and
    before them one without its poison."""
    from boundaryviz.adversary.running import Attack, trail_of

    def pulse() -> None:
        progress(0, 1)

    work = Attack(request.scenario, pulse=pulse, device=request.device)
    states = trail_of(work.states(measured=False)).states
    some = np.unique(np.linspace(0, len(states) - 1, min(len(states), max(frames - 1, 1))).round().astype(int))
    if request.seconds is None:
        frames = min(frames, max(1, round(_SECONDS_EACH * (len(some) + 1) * request.options.rate)))
    bare = request.scenario.model_copy(update={"course": None, "adversary": None})
    scenes = [work.problem.victim, *(work.truth.committed(states[at]) for at in some)]
    scenarios = [bare.with_scene(scene) for scene in scenes]
    _check_cascades(request, scenarios)
    way = Sweep("state of the attack", tuple(str(at) for at in (0, *(some + 1))))
    rect = reach(states, work.problem.victim)
    return over_values([replace(config, scenario=one) for one in scenarios], way, frames, progress, rect=rect)


def _check_cascades(request: FilmRequest, scenarios: list[Scenario]) -> None:
    if not request.cascade:
        return
    ways: set[Any] = set()
    for scenario in scenarios:
        if (way := measured(scenario.learner)) is None:
            raise CascadeError(f"{scenario.learner.name} is supervised and has no label cascade")
        ways.add(way)
    if len(ways) > 1:
        raise CascadeError("these learners measure their cascades differently; film them apart")
