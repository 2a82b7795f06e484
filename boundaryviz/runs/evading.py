"""A scenario that is trained, and whose inputs are pushed: `boundaryviz.evade`, and what a run says of pushes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boundaryviz.evasion.model import NoGradient
from boundaryviz.evasion.pushes import Pushes
from boundaryviz.evasion.settings import METHODS, EvasionSpec, Method
from boundaryviz.jobs.messages import OnProgress
from boundaryviz.record.evading import MEASURES, OF_TWO_RUNS, Evaded, places_in
from boundaryviz.record.metrics import Metric, Metrics
from boundaryviz.runs.bars import told
from boundaryviz.runs.evasion import Evasion, some_measures
from boundaryviz.runs.run import Run, start
from boundaryviz.scenario.gallery import Given, given
from boundaryviz.scenario.scenario import ScenarioError
from boundaryviz.scene.scene import Scene

_OFF_PLANE = ("distance_plane", "off_plane")
_SMOOTHED = ("certified", "smoothed_distance", "violations")


def evade(
    scenario: Given,
    at: ArrayLike | None = None,
    methods: Sequence[Method] | Method | None = None,
    *,
    points: str = "test",
    seeds: int | None = None,
    steps: int | None = None,
    device: str = "auto",
    progress: OnProgress | bool | None = None,
    **settings: Any,
) -> Evaded:
    """Train a scenario, push its points over the boundary, and measure how little it takes.

    scenario: or its name, a data set's name, a file, or arrays, as for `train`. at: a place (x, y) of the plane, or
    several (N, 2), that are pushed in place of points. methods: of `evasion.settings.METHODS`, default all that work
    with the learner. points: 'test', 'validation' or 'train'. seeds, steps, device, progress: as in `train`; the pushes
    are those of the first seed's model. settings: of `EvasionSpec`, such as epsilon=0.3, norm='linf', target=1 or
    smoothing=0.15.
    Raises ScenarioError, in words, for settings that are none, a place outside the plane, or a learner without what
    the methods need; DeviceError; MemoryNeeded.
    """
    names = (methods,) if isinstance(methods, str) else methods
    chosen = given(scenario)
    if settings:
        chosen = chosen.with_values({f"evasion.{name}": value for name, value in settings.items()})
    places = None if at is None else places_in(chosen.scene(), np.asarray(at, dtype=np.float64))
    with told(f"pushing {chosen.name}", progress) as tell:
        run = start(chosen, seeds, twin=False, device=device, steps=steps)
        total = chosen.steps if steps is None else steps
        run.advance(total, tell)
        return evaded(run, places, names, points)


def evaded(
    run: Run,
    places: NDArray[np.float64] | None = None,
    methods: Sequence[Method] | None = None,
    points: str = "test",
    tell: Callable[[], object] = lambda: None,
    seed: int = 0,
) -> Evaded:
    """What `evade` says of a trained run. tell: called now and then; may raise. seed: the number of the one whose model
    is shown."""
    for name in methods or ():
        if name not in METHODS:
            raise ScenarioError([f"method: there are {', '.join(METHODS)}, not {name!r}"])
    asked = run.scenario.evasion or EvasionSpec()
    if words := _no_class(asked, run.scene):
        raise ScenarioError([f"evasion.target: {words}"])
    shown = Evasion(run.session, asked, seed, points, places)
    pushes, refused = by_method(shown, methods, tell)
    values, not_had = some_measures(run.session, _names(shown, asked), asked, points, tell)
    whole = shown if places is None else Evasion(run.session, asked, seed, points)
    return Evaded(
        run.scenario, run.seeds, run.varies, run.step, asked, tuple(pushes), _had(whole.robustness),
        _had(whole.noise_relation), _had(whole.linearity),
        Metrics((name, Metric.of(each, run.varies)) for name, each in values.items()), refused | not_had,
    )  # fmt: skip


def by_method(
    shown: Evasion, methods: Sequence[Method] | None = None, tell: Callable[[], object] = lambda: None
) -> tuple[list[Pushes], dict[str, str]]:
    """What each method makes of the points, default of all that tell anything, and why some make nothing.

    Raises ScenarioError, with the reason, where one that is named makes nothing, or all of them.
    """
    found: list[Pushes] = []
    refused: dict[str, str] = {}
    for method in methods or [name for name in METHODS if shown.tells(name)]:
        try:
            found.append(shown.pushes(method))
        except (NoGradient, ValueError) as why:
            refused[method] = str(why)
        tell()
    if not found or (methods and refused):
        raise ScenarioError([f"evasion.method: {why}" for why in dict.fromkeys(refused.values())])
    return found, refused


def _names(shown: Evasion, asked: EvasionSpec) -> list[str]:
    """The measures that say something."""
    left_out = {*(() if not shown.exact else _OFF_PLANE), *(() if asked.smoothing else _SMOOTHED)}
    if asked.smoothing and not shown.exact:
        left_out |= {"smoothed_distance", "violations"}
    return [name for name in MEASURES if name not in left_out | OF_TWO_RUNS and shown.tells(name)]


def _had(what: Callable[[], Any]) -> Any:
    """What comes of it, or None where the learner has no gradients."""
    try:
        return what()
    except NoGradient:
        return None


def _no_class(asked: EvasionSpec, scene: Scene) -> str:
    """That the class aimed at is none, in a sentence; empty where it is one."""
    if asked.target is None or asked.target < scene.classes:
        return ""
    return asked.advice(scene.domain, scene.classes)
