"""Influence without a window: train, explain a place, and leave every point out beside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.session import Session
from boundaryviz.influences.explaining import Explainer
from boundaryviz.influences.requests import Asked, InfluenceError, InfluenceRequest
from boundaryviz.influences.tracin import at_checkpoint
from boundaryviz.jobs.messages import OnProgress, Tell
from boundaryviz.record.influence import METHODS, Explanation
from boundaryviz.runs.run import Run, start
from boundaryviz.scenario.gallery import Given, given
from boundaryviz.scenario.scenario import Scenario, ScenarioError

CHECKPOINTS = 20
"""Moments of training that TracIn looks at."""


def influence(
    scenario: Given | Run,
    at: tuple[float, float],
    method: str | tuple[str, ...] | None = None,
    *,
    group: int = 1,
    steps: int | None = None,
    warm_steps: int = 100,
    damping: float | None = None,
    leave_out: bool = True,
    first: tuple[int, ...] = (),
    most: int | None = None,
    device: str = "auto",
    progress: OnProgress | None = None,
    watch: Callable[[Explanation], object] | None = None,
) -> Explanation:
    """Which training points are answerable for the decision at a place of the plane.

    scenario: a scenario, its name or a file, which is trained for this, from the start on its points as they are now;
    or a run, of which the first model is asked as it is now. method: one or several of `METHODS`, by default those that
    are of use for the learner. group: how many points are left out together. leave_out: also train from the start
    without each point, twice where seeds matter. first: ids of points that are left out before others, most: how many
    in all. watch: called with what is known.
    Raises ScenarioError where the scenario cannot be trained, and InfluenceError for a place where nothing is decided
    and for methods that do not apply.
    """
    names = None if method is None else (method,) if isinstance(method, str) else tuple(method)
    _check(at, names, group)
    asked = Asked((float(at[0]), float(at[1])), names, group, steps=warm_steps, damping=damping)
    if isinstance(scenario, Run):
        session = scenario.session
        done = session.step_count
        base = None
    else:
        chosen = given(scenario)
        done = chosen.steps if steps is None else steps
        base = checkpoints(chosen.model_copy(update={"course": None}), done, device)
        session = base.session
    explainer = Explainer(session, session.shown(0), asked)
    if "tracin" in explainer.names:
        trace(explainer, base or Checkpoints.of(session, done))
    for quick in (True, False):
        for _ in explainer.work(quick):
            if progress is not None:
                progress(0, len(explainer.points))
    if watch is not None:
        watch(explainer.now())
    if leave_out:
        _leave_out(explainer, done, first, most, progress, watch)
    return explainer.now()


def job(request: InfluenceRequest, tell: Tell) -> None:
    """An explanation for the window."""
    asked = request.asked
    try:
        found = influence(
            request.scenario, asked.place, asked.methods, group=asked.group, steps=request.steps,
            warm_steps=asked.steps, damping=asked.damping, first=request.first, most=request.most,
            progress=tell.progress, watch=tell.result,
        )  # fmt: skip
    except InfluenceError as error:
        raise ScenarioError([str(error)]) from None
    tell.result(found)


def _check(at: tuple[float, float], names: tuple[str, ...] | None, group: int) -> None:
    if not np.isfinite(at).all():
        raise InfluenceError("A place is two finite numbers, such as 0.5,0.2.")
    for name in names or ():
        if name not in METHODS:
            raise InfluenceError(f"There is no method {name!r}; there are {', '.join(METHODS)}.")
    if group < 1:
        raise InfluenceError("At least one point is left out: a group is 1 or more.")


def _leave_out(
    explainer: Explainer,
    steps: int,
    first: tuple[int, ...],
    most: int | None,
    progress: OnProgress | None,
    watch: Callable[[Explanation], object] | None,
) -> None:
    """Some points at a time, those asked for first, then those that weigh most."""
    known, points = explainer.now(), explainer.points
    wanted = np.flatnonzero(np.isin(points.ids, first))
    wanted = np.array(sorted(wanted.tolist(), key=lambda at: first.index(points.ids[at])), dtype=np.int64)
    order = list(dict.fromkeys([*wanted.tolist(), *known.ranked().tolist(), *range(len(points))]))
    at = np.array(order[:most], dtype=np.int64)
    for start_ in range(0, len(at), explainer.together):
        some = at[start_ : start_ + explainer.together]
        for _ in explainer.leave_out(some, steps):
            if progress is not None:
                progress(start_, len(at))
        if progress is not None:
            progress(start_ + len(some), len(at))
        if watch is not None:
            watch(explainer.now())


class Checkpoints:
    """The state of a session at moments of its training, and how many steps each stands for."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.states: list[tuple[dict[str, NDArray], int]] = []

    @classmethod
    def of(cls, session: Session, steps: int) -> Checkpoints:
        """Of a run that has come so far: another like it is trained from the start."""
        seed = session.replicas.seeds[session.shown(0)]
        return _trained(Session(session.scenario, session.scene, seeds=(seed,), learner=session.spec), steps)


def checkpoints(scenario: Scenario, steps: int, device: str = "auto") -> Checkpoints:
    """Of a scenario that is trained for this. Raises ScenarioError where it cannot be."""
    return _trained(start(scenario, seeds=1, twin=False, device=device).session, steps)


def _trained(session: Session, steps: int) -> Checkpoints:
    """Train a session of one replica for so many steps, keeping `CHECKPOINTS` moments."""
    found = Checkpoints(session)
    if session.spec.family.at_once:
        session.step(1)
        return found
    marks = np.unique(np.linspace(0, steps, CHECKPOINTS + 1).astype(int))
    for before, after in zip(marks[:-1].tolist(), marks[1:].tolist(), strict=True):
        session.step(after - before)
        found.states.append((session.state(), after - before))
    return found


def trace(explainer: Explainer, kept: Checkpoints) -> None:
    """Have an explainer know what TracIn says."""
    session: Any = kept.session
    for state, steps in kept.states:
        with session.as_of(state):
            work = at_checkpoint(session, explainer.decision, explainer.points, steps)
            while True:
                try:
                    next(work)
                except StopIteration as end:
                    explainer.add("tracin", end.value)
                    break
