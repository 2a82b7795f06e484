"""A scene written out as plain columns, as files hold it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from boundaryviz.scene.scaling import Scaling
from boundaryviz.scene.scene import MAX_CLASSES, MAX_GROUPS, Domain, Group, Points, Scene, Target
from boundaryviz.scene.section import Section
from boundaryviz.scene.specs import Spec, setting

# Of a long column the first wrong value is told: a word about each of a million takes longer than reading them.
Whole = Annotated[tuple[int, ...], Field(fail_fast=True)]
Numbers = Annotated[tuple[float, ...], Field(fail_fast=True)]
Splits = Annotated[tuple[Literal[0, 1, 2], ...], Field(fail_fast=True)]
Marks = Annotated[tuple[bool, ...], Field(fail_fast=True)]


Wide = Annotated[tuple[Numbers, ...], Field(fail_fast=True)]
"""Of points with D inputs, D columns."""


def later(default: Any) -> Any:
    """A field that came with a later version of the format, and is left out where it says nothing: files without are as
    ever."""
    return Field(default, exclude_if=lambda value: value == default)


class PointColumns(Spec):
    """Points written out as columns of one length, for data that is not drawn from a generator.

    inputs: a column for each. response: 0 where it is not known, which `unknown` says, where that is so of some.
    """

    id: Whole
    x: Numbers
    y: Numbers
    label: Whole
    split: Splits
    origin: Whole
    muted: Marks = ()
    inputs: Wide = later(())
    response: Numbers | None = later(None)
    unknown: Marks = later(())

    @property
    def is_wide(self) -> bool:
        """Whether it says what only version 3 of the format can."""
        return bool(self.inputs or self.response is not None or self.unknown)

    @classmethod
    def of(cls, points: Points) -> Self:
        """The columns of points."""
        response, unknown = responses_written(points.response)
        return cls(
            id=tuple(points.ids.tolist()),
            x=tuple(points.xy[:, 0].tolist()),
            y=tuple(points.xy[:, 1].tolist()),
            label=tuple(points.label.tolist()),
            split=tuple(points.split.tolist()),
            origin=tuple(points.origin.tolist()),
            muted=tuple(points.muted.tolist()) if points.muted.any() else (),
            inputs=columns_of(points.inputs),
            response=response,
            unknown=unknown,
        )

    def points(self) -> Points:
        """Raises ValueError when the columns do not make points."""
        muted = self.muted or (False,) * len(self.id)
        if len({len(c) for c in (self.id, self.x, self.y, self.label, self.split, self.origin, muted)}) != 1:
            raise ValueError("the columns of points must have one length")
        xy = np.array((self.x, self.y), dtype=float).T
        inputs = table_of(self.inputs, len(self.id), "points")
        response = responses_read(self.response, self.unknown, len(self.id))
        plain = map(np.asarray, (self.id, xy, self.label, self.split, self.origin, muted))
        return Points(*plain).with_columns(inputs=inputs, response=response)


def columns_of(table: NDArray[np.float64] | None) -> tuple[tuple[float, ...], ...]:
    """The columns of a table (N, D); none of none."""
    return () if table is None else tuple(map(tuple, table.T.tolist()))


def table_of(columns: tuple[tuple[float, ...], ...], n: int, whose: str) -> NDArray[np.float64] | None:
    """The table (n, D) of D columns; None of none. whose: for the words of a ValueError where they are not n long."""
    if any(len(column) != n for column in columns):
        raise ValueError(f"the inputs of {n} {whose} need columns of as many numbers")
    return np.ascontiguousarray(np.array(columns, dtype=float).T) if columns else None


def responses_written(response: NDArray[np.float64] | None) -> tuple[tuple[float, ...] | None, tuple[bool, ...]]:
    """Responses as numbers, and which of them are not known; nothing where all are."""
    if response is None:
        return None, ()
    unknown = np.isnan(response)
    return tuple(np.where(unknown, 0.0, response).tolist()), tuple(unknown.tolist()) if unknown.any() else ()


def responses_read(values: tuple[float, ...] | None, unknown: tuple[bool, ...], n: int) -> NDArray[np.float64] | None:
    """Responses (n,), NaN where unknown; None of none. Raises ValueError where there are not n of them."""
    if values is None and not unknown:
        return None
    if values is None or len(values) != n or len(unknown) not in (0, n):
        raise ValueError(f"{n} points need as many responses")
    found = np.array(values, dtype=float)
    found[np.array(unknown or (False,) * n, dtype=bool)] = np.nan
    return found


class SectionSpec(Spec):
    """The plane of the inputs that is shown, written out; see `section.Section`."""

    origin: Numbers
    axes: tuple[Numbers, Numbers]
    low: Numbers
    high: Numbers
    names: tuple[str, ...] = ()
    unit: Numbers | None = later(None)

    @property
    def since(self) -> int:
        """The least version of the format that has words for it."""
        return 3 if self.unit is None else 7

    @classmethod
    def of(cls, section: Section) -> Self:
        """That of a section."""
        plain = {name: getattr(section, name).tolist() for name in ("origin", "axes", "low", "high")}
        return cls(**plain, names=section.names, unit=None if section.unit is None else tuple(section.unit.tolist()))

    def section(self) -> Section:
        """Raises ValueError for numbers that make no section."""
        if len(set(map(len, self.axes))) > 1:
            raise ValueError("the axes of a section must have one length")
        origin, axes, low, high = (np.array(one, dtype=float) for one in (self.origin, self.axes, self.low, self.high))
        unit = None if self.unit is None else np.array(self.unit, dtype=float)
        return Section(origin, axes, low, high, self.names, unit)


class MeasureSpec(Spec):
    """By what inputs are standardised, written out; see `measure.measured`."""

    centre: Numbers
    unit: Numbers

    @classmethod
    def of(cls, measure: Scaling) -> Self:
        """That of a scene."""
        return cls(centre=tuple(measure.centre.tolist()), unit=tuple(measure.unit.tolist()))

    def measure(self) -> Scaling:
        """Raises ValueError for numbers that make no measure."""
        return Scaling(np.array(self.centre, dtype=float), np.array(self.unit, dtype=float))


class GroupSpec(Spec):
    """A group of poison written out; see `scene.Group`."""

    name: str = ""
    on: bool = True
    wanted: int | None = None

    @classmethod
    def of(cls, group: Group) -> Self:
        """That of a group."""
        return cls(name=group.name, on=group.on, wanted=group.target_class)

    def group(self) -> Group:
        """The group written here."""
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
    section: SectionSpec | None = later(None)
    measure: MeasureSpec | None = later(None)

    @property
    def since(self) -> int:
        """The least version of the format that has words for it."""
        of_section = 2 if self.section is None else self.section.since
        return max(of_section, 4 if self.measure is not None else 3 if self.points.is_wide else 2)

    @classmethod
    def of(cls, scene: Scene) -> Self:
        """That of a scene."""
        d = scene.domain
        return cls(
            points=PointColumns.of(scene.points),
            domain=(d.left, d.right, d.bottom, d.top),
            classes=scene.classes,
            class_names=scene.class_names,
            axis_names=scene.axis_names,
            targets=tuple((t.x, t.y, t.target_class, t.group) for t in scene.targets),
            groups=tuple(GroupSpec.of(group) for group in scene.groups),
            section=None if scene.section is None else SectionSpec.of(scene.section),
            measure=None if scene.measure is None else MeasureSpec.of(scene.measure),
        )

    def scene(self) -> Scene:
        """Raises ValueError for columns, pins or groups that make no scene."""
        return Scene(
            self.points.points(), Domain(*self.domain), self.classes, self.class_names, self.axis_names,
            tuple(Target(*t) for t in self.targets), tuple(group.group() for group in self.groups),
            section=None if self.section is None else self.section.section(),
            measure=None if self.measure is None else self.measure.measure(),
        )  # fmt: skip
