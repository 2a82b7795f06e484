"""The scenario: everything a run depends on, as one frozen, versioned document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal, Self

import numpy as np
from pydantic import ValidationError

from boundaryviz.learners.specs import FAMILIES, LearnerSpec, MLPSpec, TrainingSpec
from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.scene import Domain, Points, Scene, Target
from boundaryviz.scene.specs import Spec, setting

VERSION = 1


class ScenarioError(ValueError):
    """A scenario that cannot be used; `problems` lists every one as 'path: what is wrong'."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class PointColumns(Spec):
    """Points written out as columns of one length, for data that is not drawn from a generator."""

    id: tuple[int, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    label: tuple[int, ...]
    split: tuple[Literal[0, 1, 2], ...]
    origin: tuple[Literal[0, 1], ...]

    @classmethod
    def of(cls, points: Points) -> Self:
        return cls(
            id=tuple(points.ids.tolist()),
            x=tuple(points.xy[:, 0].tolist()),
            y=tuple(points.xy[:, 1].tolist()),
            label=tuple(points.label.tolist()),
            split=tuple(points.split.tolist()),
            origin=tuple(points.origin.tolist()),
        )

    def points(self) -> Points:
        """Raises ValueError when the columns do not make points."""
        if len({len(c) for c in (self.id, self.x, self.y, self.label, self.split, self.origin)}) != 1:
            raise ValueError("the columns of points must have one length")
        xy = np.stack([np.asarray(self.x, float), np.asarray(self.y, float)], axis=1)
        return Points(*map(np.asarray, (self.id, xy, self.label, self.split, self.origin)))  # type: ignore[arg-type]


class PlaneSpec(Spec):
    """A scene written out: its points and the plane they lie on."""

    points: PointColumns
    domain: tuple[float, float, float, float]
    classes: int = setting(2, "Classes", "Number of classes.", ge=2, le=10)
    class_names: tuple[str, ...] = ()
    axis_names: tuple[str, str] = ("x", "y")
    targets: tuple[tuple[float, float, int], ...] = ()

    @classmethod
    def of(cls, scene: Scene) -> Self:
        d = scene.domain
        return cls(
            points=PointColumns.of(scene.points),
            domain=(d.left, d.right, d.bottom, d.top),
            classes=scene.classes,
            class_names=scene.class_names,
            axis_names=scene.axis_names,
            targets=tuple((t.x, t.y, t.wanted) for t in scene.targets),
        )

    def scene(self) -> Scene:
        targets = tuple(Target(*t) for t in self.targets)
        return Scene(
            self.points.points(), Domain(*self.domain), self.classes, self.class_names, self.axis_names, targets
        )


class Scenario(Spec):
    """Data, learner and training, with the words that go with them.

    `plane` holds the scene itself where it was edited or imported; otherwise it is drawn from `data`.
    `expect` names metrics with the largest value the gallery promises; tests hold them.
    """

    version: Literal[1] = VERSION
    name: str = "untitled"
    title: str = "Untitled"
    summary: str = ""
    look_at: str = ""
    variant_of: str | None = None
    data: DataSpec = DataSpec()
    learner: LearnerSpec = MLPSpec()
    training: TrainingSpec = TrainingSpec()
    plane: PlaneSpec | None = None
    expect: dict[str, float] = {}

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Scenario:
        """A scenario from nested plain values. Raises ScenarioError with every problem and its path."""
        found = values.get("version", VERSION)
        if isinstance(found, int) and found > VERSION:
            raise ScenarioError(
                [f"version: this file needs boundaryviz format {found}, this program reads up to {VERSION}; update it"]
            )
        try:
            scenario = cls.model_validate(values)
            scenario.scene()
        except ValidationError as error:
            raise ScenarioError([_words(e) for e in error.errors(include_url=False)]) from None
        except ValueError as error:
            raise ScenarioError([f"plane: {error}"]) from None
        return scenario

    def scene(self) -> Scene:
        """The scene this scenario starts with."""
        return build(self.data) if self.plane is None else self.plane.scene()

    def with_scene(self, scene: Scene) -> Scenario:
        """The same scenario with this scene written out."""
        return self.model_copy(update={"plane": PlaneSpec.of(scene)})

    def with_values(self, values: Mapping[str, Any]) -> Scenario:
        """Change fields by dotted path; `learner.name` first takes that learner's defaults.

        Raises ScenarioError naming every path that is unknown or whose value is out of range.
        """
        plain = self.model_dump(mode="json", exclude={"plane"})
        problems: list[str] = []
        for path, value in sorted(values.items(), key=lambda item: item[0] != "learner.name"):
            if path == "learner.name":
                if value not in FAMILIES:
                    problems.append(f"learner.name: unknown learner {value!r}; there are: {', '.join(FAMILIES)}")
                elif value != plain["learner"]["name"]:
                    plain["learner"] = {"name": value}
                continue
            *parents, last = path.split(".")
            place: Any = plain
            for parent in parents:
                place = place.get(parent) if isinstance(place, dict) else None
            if not isinstance(place, dict) or not parents:
                problems.append(f"{path}: there is no such setting")
            else:
                place[last] = value
        if problems:
            raise ScenarioError(problems)
        redrawn = any(path.startswith("data.") for path in values)
        changed = Scenario.parse(plain)
        return changed if redrawn else changed.model_copy(update={"plane": self.plane})

    def to_json(self) -> str:
        """The whole scenario as readable JSON."""
        return json.dumps(self.model_dump(mode="json", exclude_defaults=False), indent=1, ensure_ascii=False)


def _words(error: Any) -> str:
    """One pydantic error as 'path: what is wrong'; the tags of unions are left out of the path."""
    steps = [str(p) for p in error["loc"] if p not in FAMILIES and not str(p).startswith(("int", "literal", "constr"))]
    path = ".".join(steps) or "scenario"
    if error["type"] == "extra_forbidden":
        return f"{path}: there is no such setting"
    message = error["msg"].removeprefix("Value error, ")
    given = error.get("input")
    shown = f" (got {given!r})" if isinstance(given, str | int | float | bool) else ""
    return f"{path}: {message}{shown}"


