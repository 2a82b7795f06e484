"""Putting an attack into a scene, and taking it out again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from boundaryviz.attacks.settings import NOBODY, AttackSettings, Placed
from boundaryviz.attacks.targets import Aim, AttackError
from boundaryviz.scene.scene import MAX_GROUPS, UNLABELLED, Group, Points, Scene, Target

_STREAM = 7  # key of the random stream, so that other users of the seed draw other numbers


def aimed(scene: Scene, spec: AttackSettings) -> Aim | None:
    """Where the attack aims; None for one that aims nowhere. Raises AttackError where it cannot."""
    return None if spec.count == 0 and spec.target is None else spec.aim(scene)


def placed(scene: Scene, spec: AttackSettings) -> Placed:
    """The points that the attack plants, and the ids of clean points it withdraws for them.

    Raises AttackError, in a sentence, where it cannot be placed.
    """
    if spec.count == 0:
        return scene.points.take(NOBODY), NOBODY
    return spec.place(scene, np.random.default_rng([spec.seed, _STREAM]))


def check(scene: Scene, spec: AttackSettings) -> str | None:
    """Why the attack cannot be placed on this scene, in a sentence; None where it can."""
    try:
        aimed(scene, spec)
        placed(scene, spec)
    except AttackError as error:
        return str(error)
    return None


def inject(scene: Scene, spec: AttackSettings) -> Scene:
    """The scene with the attack in it: its points, its pin, its group, and whether poison acts.

    Where it cannot be placed (see `check`) none of its points are there.
    """
    scene = replace(scene, poison_on=spec.on)
    try:
        goal = aimed(scene, spec)
        planted, withdrawn = placed(scene, spec)
    except AttackError:
        return scene
    name = f"{spec.TITLE.lower()} {spec.group}" if spec.group > 1 else spec.TITLE
    pin = None if goal is None else goal.as_target(spec.group)
    target_class = goal.target_class if goal is not None else spec.wanted
    return joined(scene, (planted, withdrawn), spec.group, name.capitalize(), pin, target_class)


def joined(
    scene: Scene, placed: Placed, group: int, name: str, pin: Target | None = None, target_class: int | None = None
) -> Scene:
    """The scene with points of poison in a group, in place of the clean points they withdraw, and the pin they are for.

    name, target_class: of the group, where it gets a point.
    """
    planted, withdrawn = placed
    points = scene.points
    if len(withdrawn):
        origin = points.origin.copy()
        origin[points.positions(withdrawn)] = -group
        points = points.with_columns(origin=origin)
    targets = scene.targets if pin is None else (*scene.targets, pin)
    groups = scene.groups
    if len(planted):
        groups = _with_group(groups, group, name, target_class)
        points = Points.join(points, scene.completed(planted))
    return replace(scene, points=points, targets=targets, groups=groups)


def planted(
    scene: Scene, places: ArrayLike, label: ArrayLike = UNLABELLED, target: Target | None = None, name: str = "by code"
) -> Scene:
    """The scene with points of poison at these places (n, 2), or inputs (n, D), in a group of their own.

    label: of each or of all, -1 for unlabelled. target: the pin that they are for. name: of the group.
    Raises ValueError for places or labels that are none, and where no group is free.
    """
    group = free_group(scene)
    if group is None:
        raise ValueError(f"all {MAX_GROUPS} groups of poison are in use")
    given = np.asarray(places, dtype=np.float64)
    width = scene.points.width
    if given.ndim != 2 or given.shape[1] not in (2, width) or not np.isfinite(given).all():
        raise ValueError(f"points have finite {'places (n, 2)' if width == 2 else f'inputs (n, {width})'}")
    inputs = given if scene.section is not None and given.shape[1] == width else None
    xy = given if scene.section is None or inputs is None else scene.section.shadow(inputs)
    new = Points.of(xy, label, origin=group, first_id=scene.next_id).with_columns(inputs=inputs)
    grown = scene.with_points(Points.join(scene.points, scene.completed(new)))
    aims = None if target is None else target.target_class
    pins = () if target is None else (replace(target, group=group),)
    return replace(grown, targets=(*scene.targets, *pins), groups=_with_group(scene.groups, group, name, aims))


def remove(scene: Scene, spec: AttackSettings) -> Scene:
    """The scene without the points and pins of the attack's group; points that it withdrew are back."""
    points = scene.points
    origin = np.where(points.origin == -spec.group, 0, points.origin)
    kept = points.with_columns(origin=origin).take(origin != spec.group)
    return replace(scene, points=kept, targets=tuple(t for t in scene.targets if t.group != spec.group))


def update(scene: Scene, before: AttackSettings, after: AttackSettings) -> Scene:
    """The scene with `after` in the place of `before`; the other groups stay, and so does `before` in another group."""
    if after.model_copy(update={"on": before.on}) == before:
        return replace(scene, poison_on=after.on)
    base = remove(scene, before) if after.group == before.group else remove(scene, after)
    return inject(base, after)


def free_group(scene: Scene, besides: int = 0) -> int | None:
    """The lowest number of a group of poison that has neither points nor pins; None where all are in use.

    besides: a number that is kept for others.
    """
    used = set(np.unique(np.abs(scene.points.origin)).tolist()) | {target.group for target in scene.targets}
    return next((k for k in range(1, MAX_GROUPS + 1) if k not in used and k != besides), None)


def hand_group(scene: Scene, spec: AttackSettings) -> int:
    """The group that poison placed by hand goes to: the attack's own while the attack places nothing; after that the
    first without a name, because placing the attack anew would remove it again.
    """
    if spec.count == 0:
        return spec.group
    named = {k for k, group in enumerate(scene.groups, 1) if group.name} | {spec.group}
    return next((k for k in range(1, MAX_GROUPS + 1) if k not in named), spec.group)


def _with_group(groups: tuple[Group, ...], number: int, name: str, target_class: int | None) -> tuple[Group, ...]:
    """With an entry for group `number`; one that is there keeps its name and switch."""
    filled = [*groups, *(Group() for _ in range(number - len(groups)))]
    old = filled[number - 1]
    filled[number - 1] = Group(old.name or name, old.on, target_class)
    return tuple(filled)
