"""Linear models with weights of one's choice, and trained nets: what attacks are held against."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.base import Learner, Problem
from boundaryviz.learners.scaled import learner_of
from boundaryviz.learners.specs import LogisticSpec, TrainingSpec
from boundaryviz.scene.scaling import Scaling
from boundaryviz.scene.scene import Domain
from boundaryviz.scene.section import Section

PLANE = Domain(-2.0, 2.0, -2.0, 2.0)


def linear(
    weights: NDArray[np.float64], biases: NDArray[np.float64], section: Section | None = None,
    scale: Scaling | None = None,
) -> Learner:  # fmt: skip
    """Logistic regressions with logits weights (R, C, D) x + biases (R, C), in single precision."""
    replicas, classes, _ = weights.shape
    problem = Problem(classes, PLANE, tuple(range(replicas)), section)
    spec = LogisticSpec()
    learner = learner_of(spec, TrainingSpec(), problem, "cpu", scale)
    flat = np.concatenate([weights.reshape(replicas, -1), biases], axis=1).astype(np.float32)
    state = dict(learner.state())
    assert state["P"].shape == flat.shape
    state["P"] = flat
    learner.restore(state)
    return learner


def leads(
    weights: NDArray[np.float64], biases: NDArray[np.float64], x: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Of points x (N, D) in one model, weights (C, D), biases (C,): by how much each class leads what wins, (N, C),
    the slopes of that (N, C, D), and what is decided."""
    weights, biases = weights.astype(np.float32).astype(float), biases.astype(np.float32).astype(float)
    z = x @ weights.T + biases
    label = z.argmax(axis=1)
    return z - z.max(axis=1, keepdims=True), weights[None] - weights[label][:, None], label


def distances(
    weights: NDArray[np.float64], biases: NDArray[np.float64], x: NDArray[np.float64], norm: str,
    targets: Sequence[int] | None = None,
) -> NDArray[np.float64]:  # fmt: skip
    """How far points are from the boundary of one such model: |f| over the dual norm of its slope, the least over the
    other classes (N,). With two classes, and with more for any but a target, that is exact."""
    lead, slope, label = leads(weights, biases, x)
    size = np.linalg.norm(slope, axis=2) if norm == "l2" else np.abs(slope).sum(axis=2)
    own = np.arange(lead.shape[1]) == label[:, None]
    far = np.where(own, np.inf, -lead / np.where(size > 0, size, 1.0))
    found: NDArray[np.float64] = far.min(axis=1) if targets is None else far[:, list(targets)].min(axis=1)
    return found
