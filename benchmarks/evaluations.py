"""What one evaluation takes: all that the curves show of every split, of one run and of 16 seeds with twins."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks.frame import Row, section
from benchmarks.measure import interleaved, repeated, span
from boundaryviz.engine.session import Session
from boundaryviz.scenario.gallery import load

CASES = ((200, 1, False, 0.15, 0.25), (400, 1, False, 0.2, 0.3), (200, 16, True, 2.0, 3.0))
"""Points (as many again are held out), seeds, whether there are twins; ms that it is to take, and takes at most."""


@section("evaluations", "Evaluations")
def evaluations(least: bool) -> Iterator[Row]:
    """Milliseconds of processor time for the 33 columns of the curves, beside 20 steps by torch."""
    for points, seeds, twin, aim, ceiling in CASES:
        scenario = load("moons").with_values({"data.n": points, "poison.count": 10 * twin})
        run = Session(scenario, None, range(1 if least else seeds), twin, "cpu")
        run.step(40)
        mine, steps = interleaved([repeated(run.evaluate), run.learner.step], least)
        who = f"{seeds} seeds with twins" if twin else "R = 1"
        what = f"2-16-16-2 tanh, {len(run.scene.points)} points, {who}"
        detail = f"20 steps: {span(20 * median(steps))}"
        yield Row(what, "", detail, 1000 * median(mine), ceiling=ceiling, unit="ms", aim=aim)
