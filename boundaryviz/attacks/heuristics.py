"""Attacks that lay no path: copies, flipped labels, junk."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.attacks.specs import CopiesSpec, FlipSpec, OutOfDistributionSpec
from boundaryviz.attacks.targets import AttackError, aim
from boundaryviz.scene.scene import UNLABELLED, Points, Scene


def copies(scene: Scene, spec: CopiesSpec, rng: np.random.Generator) -> Points:
    """Jittered copies of the target, or of the clean training points of other classes nearest to it.

    Raises AttackError as `aim` does.
    """
    goal = aim(scene, spec.target, spec.wanted, None, spec.snap)
    original = goal.target[None]
    points = scene.points
    if spec.of == "around":
        others = points.xy[(points.origin <= 0) & ~points.muted & points.is_train & (points.label != goal.target_class)]
        near = np.argsort(((others - goal.target) ** 2).sum(axis=1), kind="stable")[: max(spec.count, 1)]
        original = others[near] if len(others) else original
    xy = original[np.arange(spec.count) % len(original)]
    xy = xy + spec.jitter * rng.standard_normal(xy.shape)
    return Points.of(xy, goal.target_class if spec.labelled else UNLABELLED, origin=spec.group, first_id=points.next_id)


def flips(scene: Scene, spec: FlipSpec, rng: np.random.Generator) -> tuple[Points, NDArray[np.int64]]:
    """Labelled training points with a wrong class in the place of their own, and the ids (K,) they stand in for.

    The wrong class is the wanted one; where none is wanted, the next. Raises AttackError without labels, or as `aim`
    does for a choice around the target.
    """
    points = scene.points
    free = (points.origin == 0) & ~points.muted & points.is_train & points.is_labelled
    if spec.wanted is not None:
        free &= points.label != spec.wanted
    at = np.flatnonzero(free)
    if not len(at):
        raise AttackError("There is no labelled training point whose label could be flipped. Give some points a class.")
    if spec.choose == "random":
        order = rng.permutation(at)
    elif spec.choose == "boundary":
        order = at[np.argsort(_to_another_class(points, at), kind="stable")]
    else:
        goal = aim(scene, spec.target, spec.wanted, None, spec.snap)
        at = at[points.label[at] != goal.target_class]
        gap = np.linalg.norm(points.xy[at] - goal.target, axis=1)
        order = at[np.argsort(gap, kind="stable")]
        if spec.radius is not None:
            order = order[: np.count_nonzero(gap <= spec.radius)]
    chosen = np.sort(order[: spec.count])
    old = points.label[chosen]
    new = (old + 1) % scene.classes if spec.wanted is None else np.full(len(chosen), spec.wanted)
    same = points.take(chosen)
    planted = Points.of(same.xy, new, origin=spec.group, first_id=points.next_id)
    return planted.with_columns(inputs=same.inputs, response=same.response), same.ids


def junk(scene: Scene, spec: OutOfDistributionSpec, rng: np.random.Generator) -> Points:
    """Unlabelled Gaussian clusters of equal size, to a point."""
    d = scene.domain
    drawn = rng.uniform((d.left, d.bottom), (d.right, d.top), (spec.clusters, 2))
    given = np.array(spec.centres[: spec.clusters], dtype=np.float64).reshape(-1, 2)
    centres = np.concatenate([given, drawn[len(given) :]])
    xy = centres[np.arange(spec.count) % spec.clusters] + spec.spread * rng.standard_normal((spec.count, 2))
    return Points.of(xy, origin=spec.group, first_id=scene.points.next_id)


def _to_another_class(points: Points, at: NDArray[np.int64]) -> NDArray[np.float64]:
    """Distance (K,) of the labelled points at these positions to the nearest among them of another class."""
    from scipy.spatial import cKDTree

    gap = np.full(len(at), np.inf)
    for k in np.unique(points.label[at]):
        mine = points.label[at] == k
        if not mine.all():
            gap[mine] = cKDTree(points.xy[at[~mine]]).query(points.xy[at[mine]])[0]
    return gap
