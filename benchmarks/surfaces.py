"""Probability fields of 256 x 256 cells against the hardware and against numpy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from statistics import median

import numpy as np
import torch

from benchmarks.frame import Row, section
from benchmarks.measure import interleaved, ratio, repeated, span
from benchmarks.peers import numpy_pass
from benchmarks.subjects import words
from boundaryviz.engine.session import Session
from boundaryviz.scenario.scenario import Scenario

_WHOLE = 256
# The design allows 3.5 ms on a core that needs 1.2 ms for the bare work; in percent, that holds on any core.
_FLOORS = {((16, 16), "tanh"): 33.0}


@section("surface", "Fields")
def surfaces(least: bool) -> Iterator[Row]:
    """Exact and quick fields of trained nets on 1,000 training points."""
    side = 64 if least else _WHOLE
    for hidden, activation in (((16, 16), "tanh"), ((64, 64), "relu"), ((64, 64), "tanh")):
        values = {
            "data.name": "moons",
            "data.n": 20 if least else 2000,
            "learner.hidden": list(hidden),
            "learner.activation": activation,
        }
        session = Session(Scenario().with_values(values), device="cpu")
        session.step(2 if least else 500)
        rect = session.scene.domain
        exact = lambda: session.field(rect, side, side)  # noqa: B023, E731
        quick = lambda: session.field(rect, side, side, quick=True)  # noqa: B023, E731
        works = [exact, quick, _bare(hidden, activation, side * side)]
        grid = rect.grid(side, side)
        if activation == "tanh":
            peer = numpy_pass(session.learner)  # type: ignore[arg-type]
            works.append(lambda: peer(grid.astype(np.float32)))  # noqa: B023
            assert np.abs(peer(grid.astype(np.float32)).reshape(side, side) - exact()).max() < 1e-4
        assert np.array_equal(exact() > 0.5, quick() > 0.5), "a quick field shows another decision"
        whole, some, bare, *numpy = interleaved([repeated(work) for work in works], least)
        what = f"{words(hidden)} {activation}, {side}²"
        against = "bare bmm" + (" and tanh" if activation == "tanh" else "")
        times = f"{span(median(bare))} ← {span(median(whole))}"
        floor = _FLOORS.get((hidden, activation))
        yield Row(f"{what}, exact", against, times, 100 * ratio(bare, whole), floor, unit="%")
        for pass_ in numpy:
            times = f"{span(median(pass_))} → {span(median(whole))}"
            yield Row(f"{what}, exact", "numpy in one pass", times, ratio(pass_, whole))
        yield Row(f"{what}, quick", "exact", f"{span(median(whole))} → {span(median(some))}", ratio(whole, some))


def _bare(hidden: tuple[int, ...], activation: str, cells: int, columns: int = 4096) -> Callable[[], None]:
    """The products of a field (and sigmoids, for tanh), into buffers that stay in the cache."""
    dims = (2, *hidden, 2)
    w = [torch.randn(1, out, inn) / inn for inn, out in pairwise(dims)]
    h = [torch.randn(1, d, columns) for d in dims]

    def once() -> None:
        for _ in range(cells // columns):
            for at in range(len(w)):
                torch.bmm(w[at], h[at], out=h[at + 1])
                if activation == "tanh" and at + 1 < len(w):
                    torch.sigmoid(h[at + 1], out=h[at + 1])

    return once
