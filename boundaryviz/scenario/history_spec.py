"""The history of a run as files hold it; see `history.RunHistory` for what it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import AfterValidator, Field, SerializeAsAny, field_serializer

from boundaryviz.scenario.own import OwnSpec
from boundaryviz.scenario.plane import (
    Groups,
    GroupSpec,
    Marks,
    Numbers,
    PlaneSpec,
    PointColumns,
    SectionSpec,
    Splits,
    TargetColumns,
    Whole,
    Wide,
    columns_of,
    later,
    responses_read,
    responses_written,
    table_of,
)  # fmt: skip
from boundaryviz.scene.data import KEEPS_POINTS
from boundaryviz.scene.edits import (
    Add,
    Edit,
    Move,
    Recolumn,
    Remove,
    Replace,
    Resection,
    SetGroups,
    SetTargets,
    Several,
)
from boundaryviz.scene.scene import Domain, Target
from boundaryviz.scene.specs import Spec

Engine = Literal["compiled", "cpu", "cuda", "mps"]
"""What did the steps: see `engine.device`."""
STEPS, TURNS = 10**10, 50_000
"""At most, of a history in a file: weeks of training, and as many changes as are followed in a second or two."""


class MovedColumns(Spec):
    """Points that were moved, and where to; inputs: where to in the space of those, a column for each."""

    id: Whole
    x: Numbers
    y: Numbers
    inputs: Wide = ()


class ChangedColumns(Spec):
    """Points of which columns were changed, and to what; columns that were not are left out."""

    id: Whole
    label: Whole | None = None
    split: Splits | None = None
    origin: Whole | None = None
    muted: Marks | None = None
    response: Numbers | None = None
    unknown: Marks | None = None


_SINCE = dict.fromkeys((*KEEPS_POINTS, "own"), 4) | dict.fromkeys(("rule", "data.labels"), 5)
"""Settings that came with a later version of the format than the second, and with which."""


def since(values: Iterable[str]) -> int:
    """The least version of the format that has all these settings, by dotted path."""
    whole = {"decision": 5, "defence": 6}
    return max((whole.get(path.partition(".")[0], _SINCE.get(path, 2)) for path in values), default=2)


def _read_own(values: dict[str, Any]) -> dict[str, Any]:
    """Settings by dotted path, with points of one's own among them read. Raises ValueError for those that are none."""
    own = values.get("own")
    return {**values, "own": OwnSpec.model_validate(own)} if isinstance(own, Mapping) else values


Values = Annotated[dict[str, Any], AfterValidator(_read_own)]
"""Settings by dotted path, and under `own` all points of one's own."""


class ResectionSpec(Spec):
    """Another plane of the inputs that is shown, and what stands along its axes; see `edits.Resection`."""

    section: SectionSpec
    domain: tuple[float, float, float, float]
    axis_names: tuple[str, str]

    @classmethod
    def of(cls, edit: Resection) -> Self:
        """That of an edit."""
        d = edit.domain
        return cls(
            section=SectionSpec.of(edit.section), domain=(d.left, d.right, d.bottom, d.top), axis_names=edit.axis_names
        )

    def edit(self) -> Resection:
        """Raises ValueError for numbers that make no plane."""
        return Resection(self.section.section(), Domain(*self.domain), self.axis_names)


class ChangeSpec(Spec):
    """What was changed after `step` steps, in the order in which it is done; what was not is left out.

    at: the positions of added points in the result. plane: another scene altogether.
    """

    step: int = Field(0, ge=0)
    values: Values = Field(default_factory=dict)
    removed: Whole = ()
    moved: MovedColumns | None = None
    changed: ChangedColumns | None = None
    added: PointColumns | None = None
    at: Whole = ()
    targets: TargetColumns | None = None
    groups: Groups | None = None
    plane: PlaneSpec | None = None
    resection: ResectionSpec | None = later(None)

    @property
    def since(self) -> int:
        """The least version of the format that has words for it."""
        if self.resection is not None:
            return 7
        moved, changed, added = self.moved, self.changed, self.added
        wide = (
            (moved is not None and moved.inputs)
            or (changed is not None and changed.response is not None)
            or (added is not None and added.is_wide)
        )
        return max(since(self.values), 3 if wide else 2, 2 if self.plane is None else self.plane.since)

    @classmethod
    def of(cls, step: int, values: dict[str, Any], edit: Edit) -> Self:
        """edit: as `history.difference` makes them."""
        found: dict[str, Any] = {"step": step, "values": values}
        for one in edit.edits if isinstance(edit, Several) else (edit,):
            match one:
                case Remove(ids):
                    found["removed"] = tuple(ids.tolist())
                case Move(ids, xy, inputs):
                    x, y = xy.T.tolist()
                    found["moved"] = MovedColumns(
                        id=tuple(ids.tolist()), x=tuple(x), y=tuple(y), inputs=columns_of(inputs)
                    )
                case Recolumn(ids, columns):
                    plain: dict[str, tuple[Any, ...]] = {
                        name: tuple(column.tolist()) for name, column in columns.items() if name != "response"
                    }
                    if "response" in columns:
                        response, unknown = responses_written(columns["response"])
                        plain["response"] = response or ()
                        if unknown:
                            plain["unknown"] = unknown
                    found["changed"] = ChangedColumns(id=tuple(ids.tolist()), **plain)
                case Add(points, at):
                    found["added"] = PointColumns.of(points)
                    found["at"] = () if at is None else tuple(at.tolist())
                case SetTargets(targets):
                    found["targets"] = tuple((t.x, t.y, t.target_class, t.group) for t in targets)
                case SetGroups(groups):
                    found["groups"] = tuple(GroupSpec.of(group) for group in groups)
                case Resection():
                    found["resection"] = ResectionSpec.of(one)
                case Replace(scene):
                    found["plane"] = PlaneSpec.of(scene)
        return cls(**found)

    def edit(self) -> Edit:
        """Raises ValueError for columns of different lengths."""
        if self.plane is not None:
            return Replace(self.plane.scene())
        if self.resection is not None:
            return self.resection.edit()
        return Several(tuple(self._edits()))

    def _edits(self) -> Iterable[Edit]:
        if self.removed:
            yield Remove(self.removed)  # type: ignore[arg-type]  # becomes an array
        if (moved := self.moved) is not None:
            if not len(moved.id) == len(moved.x) == len(moved.y):
                raise ValueError("the columns of moved points must have one length")
            inputs = table_of(moved.inputs, len(moved.id), "moved points")
            yield Move(moved.id, np.array((moved.x, moved.y)).T, inputs)  # type: ignore[arg-type]
        if (changed := self.changed) is not None:
            columns: dict[str, Any] = {
                name: column for name, column in vars(changed).items() if name != "id" and column is not None
            }
            if any(len(column) != len(changed.id) for column in columns.values()):
                raise ValueError("the columns of changed points must have one length")
            if (response := responses_read(changed.response, columns.pop("unknown", ()), len(changed.id))) is not None:
                columns["response"] = response
            yield Recolumn(changed.id, columns)  # type: ignore[arg-type]
        if self.added is not None:
            yield Add(self.added.points(), self.at or None)  # type: ignore[arg-type]
        if self.targets is not None:
            yield SetTargets(tuple(Target(*t) for t in self.targets))
        if self.groups is not None:
            yield SetGroups(tuple(group.group() for group in self.groups))


class RunHistorySpec(Spec):
    """Where a run began, what was changed at which step, and how far it came.

    start: the scene at step 0: drawn from `data` and `poison`, the one written out in `plane`, or, where nothing was
    changed, the present one. values: the settings at step 0 that differ from the present ones, by dotted path.
    ends_here: whether after `steps` steps it came to the present scene and settings. engine: what did the steps, torch
    on the processor where nothing is said, as it was before there was another on most machines.
    """

    steps: int = Field(0, ge=0)
    seeds: int = Field(1, ge=1, le=64)
    twin: bool = False
    start: Literal["drawn", "plane", "present"] = "present"
    values: Values = {}
    plane: PlaneSpec | None = None
    turns: tuple[SerializeAsAny[ChangeSpec], ...] = ()
    ends_here: bool = True
    engine: Engine = later("cpu")

    @field_serializer("turns")
    def _briefly(self, changes: tuple[ChangeSpec, ...]) -> list[dict[str, Any]]:
        return [change.model_dump(mode="json", exclude_defaults=True) for change in changes]

    @property
    def since(self) -> int:
        """The least version of the format that has words for it."""
        own = 2 if self.engine == "cpu" else 8
        plane = 2 if self.plane is None else self.plane.since
        return max(own, since(self.values), plane, *(change.since for change in self.turns))

    def overruled(self, paths: Iterable[str]) -> Self:
        """Without what it says of these settings: they hold from step 0 on."""
        taken = tuple(paths)
        keep = lambda values: {p: v for p, v in values.items() if p not in taken}  # noqa: E731
        changes = tuple(change.model_copy(update={"values": keep(change.values)}) for change in self.turns)
        return self.model_copy(update={"values": keep(self.values), "turns": changes})

    def lasting(self, steps: int) -> Self:
        """With another number of steps."""
        return self.model_copy(update={"steps": steps, "ends_here": self.ends_here and steps == self.steps})
