"""Nets on full batches, each replica's poison among its other points: one pass a step in place of two, which takes a
third less time. What is learnt is the same but for rounding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.replicas import Replicas
from boundaryviz.learners.base import Extra
from boundaryviz.learners.family import LearnerSettings
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.measure import measured
from boundaryviz.scene.scene import Scene


def feeds_are_one(scenario: Scenario, scene: Scene, spec: LearnerSettings) -> bool:
    """Whether it makes no difference in which feed a point comes: batches are of all points, and nothing is drawn for
    the columns of either; points of a replica's own have no responses."""
    return (
        spec.family.supervised
        and not spec.family.at_once
        and scenario.training.batch_size == "full"
        and not getattr(spec, "dropout", 0.0)
        and not spec.fits(scene)
    )


def in_one_feed(
    scene: Scene,
    ids: NDArray[np.int64],
    x: NDArray[np.float64],
    label: NDArray[np.int64],
    weight: NDArray[np.float64],
    seed: int,
) -> tuple[Scene, Replicas]:
    """A scene without points, and M replicas to which the points `ids` (N,) of this scene and their own poison belong:
    x (M, K, D), label (M, K) and weight (M, K).

    Units of inputs stay those of the scene.
    """
    many, slots = label.shape
    points = scene.points.take(scene.points.positions(ids))
    own = Extra(
        np.append(points.ids, scene.next_id + np.arange(slots)),
        np.concatenate([np.broadcast_to(points.x, (many, *points.x.shape)), x], axis=1),
        np.concatenate([np.broadcast_to(points.label, (many, len(points))), label], axis=1),
        np.concatenate([np.ones((many, len(points))), weight], axis=1).astype(np.float32),
    )
    bare = measured(scene).with_points(scene.points.take(np.zeros(len(scene.points), dtype=bool)))
    return bare, Replicas((seed,) * many, (None,) * many, extra=own)
