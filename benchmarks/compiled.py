"""The compiled program: against the TensorFlow Playground under node, against our own torch steps, and how soon it is
there."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, get_args

from benchmarks.frame import NotHere, Row, section
from benchmarks.measure import interleaved, ratio, span
from benchmarks.playground import Playground
from benchmarks.subjects import hold_equal, learner, loss, words
from boundaryviz.learners.compiled import loading
from boundaryviz.learners.mlp import MLP
from boundaryviz.learners.specs import Activation

_AS_THERE: dict[str, Any] = {"loss": "squared", "output": "tanh", "init": "playground", "optimiser": "sgd"}
_PLAYGROUND: tuple[tuple[tuple[int, ...], Activation, int, float], ...] = (
    ((4, 2), "tanh", 10, 2.0), ((16, 16), "tanh", 32, 15.0), ((64, 64), "relu", 32, 80.0),
)  # fmt: skip
"""Hidden layers, activation, points of a batch, and how much quicker than the peer one replica has to be."""
_REPLICAS = {1: None, 16: 2.5, 64: 1.5}
"""How many train at once, and how much quicker than in torch."""
_WARM = 0.4  # seconds
_STARTS = 5


@section("playground", "Training against the TensorFlow Playground under node, and in torch")
def against_the_playground(least: bool) -> Iterator[Row]:
    """Updates a second on 500 points, of all replicas together, against `playground.js` and against the same learner
    in torch; the dealing of batches is a part of ours, and costs the peer nothing."""
    for hidden, activation, size, floor in _PLAYGROUND:
        learners = _both(hidden, activation, size, **_AS_THERE)
        with Playground(learners[1][1], activation, size) as peer:
            peer.step(_steps(least))
            _settled(learners[1], least)
            hold_equal(loss(learners[1][1], 500), peer.loss(), "the Playground")
            theirs, *ours = interleaved([peer.step, *(one.step for pair in learners.values() for one in pair)], least)
        what = f"{words(hidden, 1)} {activation}, batch of {size}"
        for at, replicas in enumerate(learners):
            plain, quick = ours[2 * at : 2 * at + 2]
            detail = f"{_rate(1, theirs)} → {_rate(replicas, quick)}"
            held = floor if replicas == 1 else None
            reached = replicas * ratio(theirs, quick)
            yield Row(f"{what}, R = {replicas}", "the Playground, node", detail, reached, held)
            yield _beside_torch(f"{what}, R = {replicas}", replicas, plain, quick)
    adam = _both((64, 64), "relu", 32)
    times = interleaved([one.step for pair in adam.values() for one in pair], least)
    for at, replicas in enumerate(adam):
        what = f"{words((64, 64))} relu, Adam, cross-entropy, batch of 32, R = {replicas}"
        yield _beside_torch(what, replicas, *times[2 * at : 2 * at + 2])


@section("compiled", "The compiled program")
def against_our_torch(least: bool) -> Iterator[Row]:
    """Steps with the compiled program against the same learner's in torch, batches of 32 of 500 points, two classes."""
    for hidden in ((16, 16), (64, 64))[: 1 if least else None]:
        for activation in get_args(Activation)[: 1 if least else None]:
            for optimiser in ("sgd", "adam"):
                for replicas, (plain, quick) in _both(hidden, activation, 32, optimiser=optimiser).items():
                    _settled((plain, quick), least)
                    times = interleaved([plain.step, quick.step], least)
                    yield _beside_torch(f"{words(hidden)} {activation} {optimiser}, R = {replicas}", replicas, *times)


def _both(hidden: tuple[int, ...], activation: Activation, size: int, **settings: Any) -> dict[int, tuple[MLP, MLP]]:
    """The same learner in torch and by the compiled program, for each number of replicas."""
    made = lambda replicas: learner(hidden, activation, replicas, size, **settings)  # noqa: E731
    return {replicas: (made(replicas), compiled(made(replicas))) for replicas in _REPLICAS}


def _settled(pair: tuple[MLP, MLP], least: bool) -> None:
    """Raises AssertionError where the two come apart."""
    plain, quick = pair
    plain.step(_steps(least))
    quick.step(_steps(least))
    hold_equal(loss(quick, 500), loss(plain, 500), "torch")


def _beside_torch(what: str, replicas: int, plain: list[float], quick: list[float]) -> Row:
    detail = f"{_rate(replicas, plain)} → {_rate(replicas, quick)}"
    return Row(what, "our torch steps", detail, ratio(plain, quick), _REPLICAS[replicas])


def _rate(replicas: int, seconds: list[float]) -> str:
    """Updates a second, of all replicas."""
    return f"{replicas / median(seconds):,.0f}/s"


def _steps(least: bool) -> int:
    """Before losses are compared."""
    return 3 if least else 200


@section("compiled-start", "The start of the compiled program")
def starts(least: bool) -> Iterator[Row]:
    """Of a fresh process, from its cache and without one, in CPU time of all its processes; without loading torch."""
    if least:
        yield Row("from its cache", "", "", _start(None), unit="s")
        return
    with tempfile.TemporaryDirectory(prefix="boundaryviz-bench-") as folder:
        cold = _start(Path(folder))
        warm = [_start(Path(folder)) for _ in range(_STARTS)]
    yield Row("from its cache, median", "", f"worst {span(max(warm))}", median(warm), ceiling=_WARM, unit="s")
    yield Row("compiled anew", "", span(cold))


def compiled(one: MLP) -> MLP:
    """The learner, which steps by the compiled program from now on. Raises NotHere where there is none."""
    if (program := loading.program()) is None:
        raise NotHere(f"There is no compiled program: {loading.trouble()}")
    one.step_by(program)
    return one


_TIMED = """
import os
from boundaryviz.learners.compiled import loading
began = sum(os.times()[:4])
program = loading.program()
print(sum(os.times()[:4]) - began if program else loading.trouble())
"""


def _start(cache: Path | None) -> float:
    """Seconds until the program is there. cache: where it is kept, None: where it always is."""
    place = {} if cache is None else {"BOUNDARYVIZ_CACHE": str(cache)}
    done = subprocess.run(
        [sys.executable, "-c", _TIMED], env=os.environ | place, capture_output=True, text=True, timeout=120, check=True
    )
    try:
        return float(done.stdout)
    except ValueError:
        raise NotHere(f"There is no compiled program: {done.stdout.strip()}") from None
