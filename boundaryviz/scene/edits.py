"""Edits as values: applying one returns the new scene and the edit that undoes it.

Inverses hold the old values, not differences, so undoing restores every bit.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boundaryviz.scene.arrays import frozen
from boundaryviz.scene.scene import KINDS, OPTIONAL, Domain, Group, Points, Scene, Target
from boundaryviz.scene.section import Section

COLUMNS = {name: (KINDS | OPTIONAL)[name] for name in ("label", "split", "origin", "muted", "response")}
"""The columns that can be set, and what they hold."""


def _keep(edit: object, **arrays: tuple[ArrayLike, type]) -> None:
    """Hold read-only copies, so that whoever made the edit cannot change it (or its inverse) later."""
    for name, (values, dtype) in arrays.items():
        object.__setattr__(edit, name, frozen(np.atleast_1d(np.asarray(values)), dtype))


@dataclass(frozen=True, eq=False)
class Add:
    """Insert `points`; `at` (len(points),) gives their positions in the result, default the end."""

    points: Points
    at: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        if self.at is not None:
            _keep(self, at=(self.at, np.int64))


@dataclass(frozen=True, eq=False)
class Remove:
    """Delete the points with these ids (K,)."""

    ids: NDArray[np.int64]

    def __post_init__(self) -> None:
        _keep(self, ids=(self.ids, np.int64))


@dataclass(frozen=True, eq=False)
class Move:
    """Put the points with these ids (K,) at `xy` (K, 2).

    inputs: what they have afterwards, (K, D); by default those they had, carried along the plane that is shown.
    """

    ids: NDArray[np.int64]
    xy: NDArray[np.float64]
    inputs: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        _keep(self, ids=(self.ids, np.int64), xy=(self.xy, np.float64))
        if self.inputs is not None:
            _keep(self, inputs=(self.inputs, np.float64))


@dataclass(frozen=True, eq=False)
class Recolumn:
    """Set `columns` (label, split, origin, muted or response; each (K,)) of the points with these ids (K,)."""

    ids: NDArray[np.int64]
    columns: dict[str, NDArray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _keep(self, ids=(self.ids, np.int64))
        if unknown := set(self.columns) - set(COLUMNS):
            raise ValueError(f"points have no column {sorted(unknown)[0]!r} to set; there are: {', '.join(COLUMNS)}")
        kept = {name: frozen(values, COLUMNS[name]) for name, values in self.columns.items()}
        object.__setattr__(self, "columns", kept)


@dataclass(frozen=True)
class SetTargets:
    """Put these pins in the place of those there are."""

    targets: tuple[Target, ...]


@dataclass(frozen=True)
class SetGroups:
    """Put these groups of poison in the place of those there are."""

    groups: tuple[Group, ...]


@dataclass(frozen=True, eq=False)
class Replace:
    """Put another scene in the place of this one."""

    scene: Scene


@dataclass(frozen=True)
class Resection:
    """Show this plane of the inputs. They stay to the bit, and so does the box that scaling goes by; places become the
    shadows of points on the plane, and pins stay over the same inputs as far as these lie on it.

    domain: the part of the plane that is shown first. axis_names: what lies along the axes.
    """

    section: Section
    domain: Domain
    axis_names: tuple[str, str]


@dataclass(frozen=True, eq=False)
class Several:
    """Edits done one after the other, undone as one."""

    edits: tuple[Edit, ...]


Edit = Add | Remove | Move | Recolumn | SetTargets | SetGroups | Replace | Resection | Several


def relabel(ids: NDArray[np.int64], label: int) -> Recolumn:
    """Give the points with these ids one label; -1 takes the label away."""
    return Recolumn(ids, {"label": np.full(len(ids), label, dtype=np.int16)})


def mute(ids: NDArray[np.int64], on: bool) -> Recolumn:
    """Let nobody see the points with these ids, or everybody again."""
    return Recolumn(ids, {"muted": np.full(len(ids), on)})


def apply(edit: Edit, scene: Scene) -> tuple[Scene, Edit]:
    """The scene after `edit`, and the edit that leads back to exactly this scene.

    Raises KeyError for an id that is not in the scene and ValueError for values a scene cannot hold;
    the scene given is never changed.
    """
    after, inverse = _apply(edit, scene)
    led_back = after.classes == scene.classes and (after.points.response is None) == (scene.points.response is None)
    return after, inverse if led_back else Replace(scene)


def _apply(edit: Edit, scene: Scene) -> tuple[Scene, Edit]:
    points = scene.points
    match edit:
        case Add(new, at):
            return _insert(scene, new, at), Remove(new.ids)
        case Remove(ids):
            at = np.unique(points.positions(ids))
            kept = np.ones(len(points), dtype=bool)
            kept[at] = False
            return replace(scene, points=points.take(kept)), Add(points.take(at), at)
        case Move(ids, xy, inputs):
            at = points.positions(ids)
            before, moved = points.xy[at], points.xy.copy()
            moved[at] = xy
            if points.inputs is None and inputs is None:
                return replace(scene, points=points.with_columns(xy=moved)), Move(ids, before)
            were, wide = points.x[at], points.x.copy()
            wide[at] = inputs_after(scene.section, were, before, xy, inputs)
            return replace(scene, points=points.with_columns(xy=moved, inputs=wide)), Move(ids, before, were)
        case Recolumn(ids, columns):
            at = points.positions(ids)
            changed: dict[str, NDArray] = {}
            had: dict[str, NDArray] = {}
            for name, values in columns.items():
                column = points.responses if name == "response" else getattr(points, name)
                had[name] = column[at]
                changed[name] = column.copy()
                changed[name][at] = values
            return scene.with_points(points.with_columns(**changed)), Recolumn(ids, had)
        case SetTargets(targets):
            return replace(scene, targets=targets), SetTargets(scene.targets)
        case SetGroups(groups):
            return replace(scene, groups=groups), SetGroups(scene.groups)
        case Replace(other):
            return other, Replace(scene)
        case Resection():
            return _resected(scene, edit), Replace(scene)
        case Several(edits):
            inverses: list[Edit] = []
            for one in edits:
                scene, inverse = apply(one, scene)
                inverses.append(inverse)
            return scene, Several(tuple(reversed(inverses)))


def _resected(scene: Scene, edit: Resection) -> Scene:
    """Raises ValueError for points without inputs, or with another number of them."""
    before, section = scene.section, edit.section
    if before is None or scene.points.width != section.width:
        raise ValueError(f"a plane of {section.width} inputs is none of points with {scene.points.width}")
    section = replace(section, low=before.low, high=before.high)
    points = scene.points.with_columns(xy=section.shadow(scene.points.x))
    at = np.array([(target.x, target.y) for target in scene.targets]).reshape(-1, 2)
    moved = section.shadow(before.embed(at)).tolist()
    targets = tuple(replace(target, x=x, y=y) for target, (x, y) in zip(scene.targets, moved, strict=True))
    return replace(
        scene, points=points, section=section, targets=targets, domain=edit.domain, axis_names=edit.axis_names
    )


def inputs_after(
    section: Section | None,
    inputs: NDArray[np.float64],
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    given: NDArray[np.float64] | None,
) -> NDArray[np.float64]:
    """The inputs of points (K, D) that had `inputs` and are moved from `before` to `after` (K, 2): those that are
    given, or else those they had, carried along the section. Raises ValueError for inputs where points have none, or
    of another width.
    """
    if section is None:
        raise ValueError("points without inputs are given some; models are given their places")
    if given is None:
        return section.carried(inputs, before, after)
    if given.shape != inputs.shape:
        raise ValueError(f"{len(inputs)} points with {section.width} inputs are given others of shape {given.shape}")
    return given


def free_positions(count: int, at: NDArray[np.int64] | None, others: int) -> NDArray[np.int64]:
    """The positions (count,) in the result of points inserted among so many others: `at`, or else the end.

    Raises ValueError where two are one, or one is none.
    """
    total = count + others
    found = np.arange(others, total) if at is None else at
    if len(np.unique(found)) != count or (len(found) and not 0 <= found.min() <= found.max() < total):
        raise ValueError(f"{count} points need as many different positions in 0..{total - 1}")
    return found


def _insert(scene: Scene, new: Points, at: NDArray[np.int64] | None) -> Scene:
    points = scene.points
    total = len(points) + len(new)
    order = np.full(total, -1, dtype=np.int64)
    order[free_positions(len(new), at, len(points))] = np.arange(len(points), total)
    order[order < 0] = np.arange(len(points))
    return scene.with_points(Points.join(points, scene.completed(new)).take(order))
