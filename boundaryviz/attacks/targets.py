"""Where an attack aims: target, wanted class and source, from what a spec says and what the scene holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.axes import as_seen
from boundaryviz.scene.scene import Points, Scene, Target

_AROUND = 5
"""How many of the known points nearest to a place say whose ground it is."""
_MANY = 10_000  # places of which the nearest to others is not found by going through all pairs


class AttackError(ValueError):
    """An attack that cannot be placed; its text is a sentence that says what is missing."""


@dataclass(frozen=True, eq=False)
class Aim:
    """target: (2,), the place attacked. target_class: the class it is to be given. source: (2,), a labelled point of
    that class."""

    target: NDArray[np.float64]
    target_class: int
    source: NDArray[np.float64]

    def as_target(self, group: int) -> Target:
        """The target that a group of poison aims at."""
        return Target(float(self.target[0]), float(self.target[1]), self.target_class, group)


def aim(
    scene: Scene,
    target: tuple[float, float] | None = None,
    target_class: int | None = None,
    source: tuple[float, float] | None = None,
    snap: bool = True,
) -> Aim:
    """The clean points decide; poison and muted points are not looked at. snap: see `AttackSpec`. Which are nearest is
    measured as `Domain.stretch` says.

    Raises AttackError without a labelled training point of the target class, for a target outside the domain, and
    where source and target fall together.
    """
    points = scene.points
    clean = points.take((points.origin <= 0) & ~points.muted)
    labelled = clean.take(clean.is_train & clean.is_labelled)
    if not len(labelled):
        raise AttackError("There is no labelled training point to start from. Give a point a class first.")
    if target_class is None:
        target_class = int(labelled.label[_nearest(scene, labelled.xy, source)]) if source is not None else 0
    own = labelled.take(labelled.label == target_class)
    if not len(own):
        raise AttackError(
            f"No training point is labelled {scene.class_name(target_class)}, the class to be spread. "
            "Label one, or choose another class."
        )
    at = _sought(scene, clean, own, target_class) if target is None else np.array(target)
    if target is not None and not _inside(scene, at):
        raise AttackError(f"The target ({at[0]:g}, {at[1]:g}) lies outside the plane. Put it within.")
    if snap and target is not None:
        others = clean.take(clean.is_train & (clean.label != target_class))
        at = others.xy[_nearest(scene, others.xy, target)] if len(others) else at
    start = own.xy[_nearest(scene, own.xy, source if source is not None else at)]
    if np.array_equal(start, at):
        raise AttackError("Source and target are one and the same place. Move the target away from the labelled point.")
    return Aim(at, target_class, start)


def _sought(scene: Scene, clean: Points, own: Points, target_class: int) -> NDArray[np.float64]:
    """The known point of another class, of any split, that is nearest to a labelled point of the target class.

    Points on ground that is the target class's already come into question only where there are no others: a model
    gives those to it without any poison.
    """
    known = clean.take(clean.is_labelled)
    wanted = known.label == target_class
    others = known.xy[~wanted]
    if not len(others):
        raise AttackError(
            f"Every known point is {scene.class_name(target_class)}: there is nothing to turn over. "
            "Choose a target, or label a point of another class."
        )
    nearest = _nearest_to(scene, others, own)
    stretch = scene.domain.stretch
    xy = as_seen(known.xy, stretch)
    if not _surrounded(as_seen(nearest[None], stretch), xy, wanted)[0]:  # as a rule, and far sooner than for all
        return nearest
    defended = others[~_surrounded(as_seen(others, stretch), xy, wanted)]
    return _nearest_to(scene, defended, own) if len(defended) else nearest


def _surrounded(places: NDArray[np.float64], xy: NDArray[np.float64], wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether most points around each of M places are `wanted` (N,), of points at xy (N, 2), all in units as seen.

    At each place lies a point that is none of the wanted.
    """
    around = min(_AROUND, len(xy) - 1)
    if len(places) == 1:
        near = np.argpartition(((xy - places) ** 2).sum(axis=1), around)[None, : around + 1]
    else:
        from scipy.spatial import cKDTree

        near = cKDTree(xy).query(places, around + 1)[1]  # with the point at the place itself
    most: NDArray[np.bool_] = 2 * wanted[near].sum(axis=1) > around
    return most


def _nearest_to(scene: Scene, others: NDArray[np.float64], own: Points) -> NDArray[np.float64]:
    """Of the places `others` (N, 2) the one nearest to one of the points `own`."""
    known = others
    others, starts = (as_seen(xy, scene.domain.stretch) for xy in (others, own.xy[:1000]))
    if len(others) > _MANY:  # a tree finds the few that may be nearest; which of them is, is left to plain numbers
        from scipy.spatial import cKDTree

        far = cKDTree(starts).query(others)[0]
        near = far <= far.min() * (1.0 + 1e-9)
        known, others = known[near], others[near]
    x, y = np.ascontiguousarray(others.T)
    gap = np.full(len(others), np.inf)
    for left, bottom in starts.tolist():
        np.minimum(gap, (x - left) ** 2 + (y - bottom) ** 2, out=gap)
    place: NDArray[np.float64] = known[np.argmin(gap)]
    return place


def _inside(scene: Scene, at: NDArray[np.float64]) -> bool:
    d = scene.domain
    return bool(d.left <= at[0] <= d.right and d.bottom <= at[1] <= d.top)


def _nearest(scene: Scene, xy: NDArray[np.float64], place: tuple[float, float] | NDArray[np.float64]) -> int:
    return int(np.argmin((as_seen(xy - np.asarray(place), scene.domain.stretch) ** 2).sum(axis=1)))
