"""Clean and poisoned twins against as many replicas without poison."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any

import numpy as np

from benchmarks.frame import Row, section
from benchmarks.measure import interleaved, ratio, span
from benchmarks.subjects import DOMAIN, Size, points, words
from boundaryviz.learners.base import Problem, TrainingData
from boundaryviz.learners.compiled import loading
from boundaryviz.learners.specs import FAMILIES, Activation, MLPSpec, TrainingSpec

_SEEDS = 8
_POINTS, _POISON, _LABELLED = 1000, 20, 6
_FLOOR = 60.0  # per cent


@section("twins", "Twins")
def twins(least: bool) -> Iterator[Row]:
    """Steps a second of eight seeds, each with its twin, on 1000 points of which 20 are poison, against the same 16
    replicas on 1000 clean points."""
    nets: tuple[tuple[tuple[int, ...], Activation], ...] = (((16, 16), "tanh"), ((64, 64), "relu"))
    for hidden, activation in nets:
        for size in (32, "full"):
            spec = MLPSpec(hidden=hidden, activation=activation)
            batch = "full batch" if size == "full" else f"batch of {size}"
            yield _row(f"{words(hidden)} {activation}, {batch}", spec, size, least)
    for name in ("vat", "fixmatch", "pi-model", "mixmatch"):
        yield _row(f"{name}, as it comes", FAMILIES[name].spec(), 32, least)


def _row(what: str, spec: Any, size: Size, least: bool) -> Row:
    learners = [_learner(spec, size, poison) for poison in (0, _POISON)]
    without, mine = interleaved([each.step for each in learners], least)
    detail = f"{span(median(without))} → {span(median(mine))}"
    return Row(f"{what}, R = {2 * _SEEDS}", "no poison", detail, 100 * ratio(without, mine), _FLOOR, unit="%")


def _learner(spec: Any, size: Size, poison: int) -> Any:
    """All clean replicas, then their twins, by the compiled program where there is one.

    A supervised one knows every label, another those of six clean points.
    """
    problem = Problem(2, DOMAIN, 2 * tuple(range(_SEEDS)))
    made = spec.family.load()(spec, TrainingSpec(batch_size=size, learning_rate=0.003), problem)
    xy, label = points(_POINTS)
    if spec.name != "mlp":
        label = np.where(np.arange(_POINTS) < _LABELLED, label, -1)
    planted = np.arange(_POINTS) >= _POINTS - poison
    weights = np.ones((2 * _SEEDS, _POINTS), np.float32)
    weights[:_SEEDS, planted] = 0
    made.set_data(TrainingData(np.arange(_POINTS), xy, label, planted, weights))
    made.step_by(loading.program())
    return made
