"""Clean and poisoned twins against as many replicas without poison."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any

import numpy as np

from benchmarks.measure import Row, interleaved, ratio, span
from benchmarks.subjects import DOMAIN, Size, points, words
from boundaryviz.learners.base import Problem, TrainingData
from boundaryviz.learners.specs import FAMILIES, MLPSpec, TrainingSpec

_SEEDS = 8
_POINTS, _POISON, _LABELLED = 1000, 20, 6
_FLOOR = 60.0  # per cent


def twins() -> Iterator[Row]:
    """Steps a second of eight seeds, each with its twin, on 1000 points of which 20 are poison, against the same 16
    replicas on 1000 clean points."""
    for hidden, activation in (((16, 16), "tanh"), ((64, 64), "relu")):
        for size in (32, "full"):
            spec = MLPSpec(hidden=hidden, activation=activation)
            yield _row(
                f"{words(hidden)} {activation}, {'full batch' if size == 'full' else f'batch of {size}'}", spec, size
            )
    for name in ("vat", "fixmatch", "pi-model", "mixmatch"):
        yield _row(f"{name}, as it comes", FAMILIES[name].spec(), 32)


def _row(what: str, spec: Any, size: Size) -> Row:
    learners = [_learner(spec, size, poison) for poison in (0, _POISON)]
    without, mine = interleaved([each.step for each in learners])
    detail = f"{span(median(without))} → {span(median(mine))}"
    return Row(f"{what}, R = {2 * _SEEDS}", "no poison", detail, 100 * ratio(without, mine), _FLOOR, "%")


def _learner(spec: Any, size: Size, poison: int) -> Any:
    """All clean replicas, then their twins; a supervised one knows every label, another those of six clean points."""
    problem = Problem(2, DOMAIN, 2 * tuple(range(_SEEDS)))
    made = spec.family.load()(spec, TrainingSpec(batch_size=size, learning_rate=0.003), problem)
    xy, label = points(_POINTS)
    if spec.name != "mlp":
        label = np.where(np.arange(_POINTS) < _LABELLED, label, -1)
    planted = np.arange(_POINTS) >= _POINTS - poison
    weights = np.ones((2 * _SEEDS, _POINTS), np.float32)
    weights[:_SEEDS, planted] = 0
    made.set_data(TrainingData(np.arange(_POINTS), xy, label, planted, weights))
    return made
