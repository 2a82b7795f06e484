"""Influence: from a click to a list, and models without points all at once against one at a time."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from time import process_time
from typing import Any

import numpy as np

from benchmarks.frame import Row, section
from boundaryviz.engine.session import Session
from boundaryviz.influences.deciding import Decision, left_out, trained_on
from boundaryviz.influences.explaining import Explainer
from boundaryviz.influences.requests import Asked
from boundaryviz.influences.retraining import warm
from boundaryviz.scenario.gallery import load

_PLACE = (0.5, 0.25)


@section("influence", "Why this boundary")
def influences(least: bool) -> Iterator[Row]:
    """In seconds of the processor; the bounds are those of the design."""
    n, steps, many = (20, 20, 4) if least else (1000, 300, 100)
    values = {"data.n": n, "data.noise": 0.25, "learner.name": "logistic", "training.l2": 0.01}
    session = _trained(values, steps)
    times = [_taken(lambda: _listed(session)) for _ in range(1 if least else 7)]
    yield Row(
        f"click to list, logistic regression, {n:,} points", "", "influence and representers",
        1e3 * float(np.median(times)), ceiling=100.0, unit="ms",
    )  # fmt: skip
    session = _trained({"data.n": max(many, 10), "data.noise": 0.25}, steps)
    points, decision = trained_on(session), Decision.at(session, _PLACE)
    out = left_out(points, np.arange(min(many, len(points))), 1)
    further = 8 if least else 100
    together = min(
        _taken(lambda: _through(warm(session, 0, [decision], points, out, further))) for _ in range(1 if least else 3)
    )
    yield Row(
        f"warm retraining of {len(out)} replicas, {len(points)} points, {further} steps", "", "two hidden layers of 16",
        together, ceiling=0.5, unit="s",
    )  # fmt: skip
    some = out[: 2 if least else 10]

    def one_by_one() -> None:
        for one in some:
            _through(warm(session, 0, [decision], points, one[None], further))

    singly = _taken(one_by_one)
    yield Row(
        f"warm retraining of {len(out)} replicas", "one after the other", f"{len(some)} of them, scaled up",
        singly / len(some) * len(out) / together, floor=4.0,
    )  # fmt: skip


def _trained(values: dict[str, Any], steps: int) -> Session:
    session = Session(load("moons").with_values(values))
    session.step(steps)
    return session


def _listed(session: Session) -> None:
    explainer = Explainer(session, 0, Asked(_PLACE))
    _through(explainer.work(quick=True))
    found = explainer.now()
    assert len(found.ranked(top=20))


def _through(work: Generator[None, None, Any]) -> None:
    for _ in work:
        pass


def _taken(act: Callable[[], None]) -> float:
    began = process_time()
    act()
    return process_time() - began
