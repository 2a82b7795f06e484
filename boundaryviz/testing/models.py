"""Small training sets and learners for the tests of whatever trains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boundaryviz.learners.base import Problem, TrainingData
from boundaryviz.learners.training_spec import TrainingSpec
from boundaryviz.scene.scene import Domain

DOMAIN = Domain(-2.0, 2.0, -2.0, 2.0)
GRID = DOMAIN.grid(16, 16)


def blobs(n: int = 90, classes: int = 2, seed: int = 0, replicas: int = 1, poison: int = 0) -> TrainingData:
    """n labelled points in overlapping blobs, the last `poison` of them planted; every replica sees everything."""
    rng = np.random.default_rng(seed)
    label = rng.integers(0, classes, n)
    angle = 2 * np.pi * label / classes
    xy = np.stack([np.cos(angle), np.sin(angle)], axis=1) + 0.5 * rng.standard_normal((n, 2))
    return TrainingData(
        np.arange(n), xy, label.astype(np.int64), np.arange(n) >= n - poison, np.ones((replicas, n), dtype=np.float32)
    )


def taken(data: TrainingData, index: ArrayLike) -> TrainingData:
    """The points at these positions or under this mask, in that order."""
    i = np.asarray(index)
    i = i if i.dtype == bool else i.astype(int)
    return TrainingData(data.ids[i], data.x[i], data.label[i], data.poison[i], data.weights[:, i])


def joined(a: TrainingData, b: TrainingData) -> TrainingData:
    """The points of `a`, then those of `b`."""
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(a, name), getattr(b, name)]) for name in ("ids", "x", "label", "poison")
    }
    return TrainingData(**columns, weights=np.concatenate([a.weights, b.weights], axis=1))


def weighing(data: TrainingData, weights: ArrayLike) -> TrainingData:
    """The same points with other weights (R, N)."""
    return replace(data, weights=np.asarray(weights, dtype=np.float32))


def placed(data: TrainingData, xy: NDArray[np.float64]) -> TrainingData:
    """The same points elsewhere (N, 2)."""
    return replace(data, x=xy)


def budgeted(spec: Any, data: TrainingData) -> TrainingData:
    """As `data`, but for a learner that uses unlabelled points only every third id keeps its label."""
    if spec.family.supervised:
        return data
    return replace(data, label=np.where(data.ids % 3 == 0, data.label, -1))


def make(
    spec: Any,
    training: TrainingSpec | None = None,
    seeds: Sequence[int] = (0,),
    classes: int = 2,
    data: TrainingData | None = None,
    dtype: Any = None,
    device: str = "cpu",
) -> Any:
    """A learner of the family of `spec`, on `data` if there is any. dtype: of a net, default its own."""
    options = {} if dtype is None else {"dtype": dtype}
    problem = Problem(classes, DOMAIN, tuple(seeds))
    learner = spec.family.load()(spec, training or TrainingSpec(), problem, device, **options)
    if data is not None:
        learner.set_data(data)
    return learner


def thought(learner: Any) -> NDArray[np.float64]:
    """All that a learner has learnt, (R, anything): its parameters where it has them, and its probabilities, -1 where
    it is undecided."""
    field = np.nan_to_num(learner.probabilities(GRID), nan=-1.0)
    field = field.reshape(len(field), -1).astype(np.float64)
    if not hasattr(learner, "P"):
        return np.asarray(field)
    return np.concatenate([learner.P.detach().double().cpu().numpy(), field], axis=1)


def relative(a: NDArray, b: NDArray) -> float:
    """The largest difference, relative to the largest value."""
    return float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-12))
