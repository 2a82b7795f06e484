"""A scene written out as plain columns, as files hold it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field

from boundaryviz.scene.scene import MAX_CLASSES, MAX_GROUPS, Domain, Group, Points, Scene, Target
from boundaryviz.scene.specs import Spec, setting

# Of a long column the first wrong value is told: a word about each of a million takes longer than reading them.
Whole = Annotated[tuple[int, ...], Field(fail_fast=True)]
Numbers = Annotated[tuple[float, ...], Field(fail_fast=True)]
Splits = Annotated[tuple[Literal[0, 1, 2], ...], Field(fail_fast=True)]
Marks = Annotated[tuple[bool, ...], Field(fail_fast=True)]


class PointColumns(Spec):
    """Points written out as columns of one length, for data that is not drawn from a generator."""

    id: Whole
    x: Numbers
    y: Numbers
    label: Whole
    split: Splits
    origin: Whole
    muted: Marks = ()

    @classmethod
    def of(cls, points: Points) -> Self:
        return cls(
            id=tuple(points.ids.tolist()),
            x=tuple(points.xy[:, 0].tolist()),
            y=tuple(points.xy[:, 1].tolist()),
            label=tuple(points.label.tolist()),
            split=tuple(points.split.tolist()),
            origin=tuple(points.origin.tolist()),
            muted=tuple(points.muted.tolist()) if points.muted.any() else (),
        )

    def points(self) -> Points:
        """Raises ValueError when the columns do not make points."""
        muted = self.muted or (False,) * len(self.id)
        if len({len(c) for c in (self.id, self.x, self.y, self.label, self.split, self.origin, muted)}) != 1:
            raise ValueError("the columns of points must have one length")
        xy = np.array((self.x, self.y), dtype=float).T
        return Points(*map(np.asarray, (self.id, xy, self.label, self.split, self.origin, muted)))


class GroupSpec(Spec):
    """A group of poison written out; see `scene.Group`."""

    name: str = ""
    on: bool = True
    wanted: int | None = None

    @classmethod
    def of(cls, group: Group) -> Self:
        return cls(name=group.name, on=group.on, wanted=group.target_class)

    def group(self) -> Group:
        return Group(self.name, self.on, self.wanted)


TargetColumns = Annotated[tuple[tuple[float, float, int] | tuple[float, float, int, int], ...], Field(max_length=1_000)]
"""Target pins written out: x, y, the class wanted, and the group that aims there."""

Groups = Annotated[tuple[GroupSpec, ...], Field(max_length=MAX_GROUPS)]


class PlaneSpec(Spec):
    """A scene written out: its points and the plane they lie on."""

    points: PointColumns
    domain: tuple[float, float, float, float]
    classes: int = setting(2, "Classes", "Number of classes.", ge=2, le=MAX_CLASSES)
    class_names: Annotated[tuple[str, ...], Field(max_length=MAX_CLASSES)] = ()
    axis_names: tuple[str, str] = ("x", "y")
    targets: TargetColumns = ()
    groups: Groups = ()

    @classmethod
    def of(cls, scene: Scene) -> Self:
        d = scene.domain
        return cls(
            points=PointColumns.of(scene.points),
            domain=(d.left, d.right, d.bottom, d.top),
            classes=scene.classes,
            class_names=scene.class_names,
            axis_names=scene.axis_names,
            targets=tuple((t.x, t.y, t.target_class, t.group) for t in scene.targets),
            groups=tuple(GroupSpec.of(group) for group in scene.groups),
        )

    def scene(self) -> Scene:
        """Raises ValueError for columns, pins or groups that make no scene."""
        return Scene(
            self.points.points(), Domain(*self.domain), self.classes, self.class_names, self.axis_names,
            tuple(Target(*t) for t in self.targets), tuple(group.group() for group in self.groups),
        )  # fmt: skip
