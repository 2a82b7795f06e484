"""The history of a run: where it began, and what was changed at which step.

A change of data or settings while a model trains is part of the experiment. So a history holds everything that was
trained on, in the order of training steps, as differences; replayed, it gives the same parameters.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scenario.history_spec import STEPS, ChangeSpec, Engine, RunHistorySpec
from boundaryviz.scenario.plane import PlaneSpec
from boundaryviz.scenario.replay import Replay
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.edits import (
    COLUMNS,
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
    apply,
)
from boundaryviz.scene.scene import OPTIONAL, Points, Scene

SECTIONS = ("data", "poison", "learner", "training", "decision", "defence")
_EVERY, _MOST = 32, 64  # changes between two scenes that are kept on the way, and how many are kept in all


@dataclass(frozen=True, eq=False)
class Change:
    """What changed after `step` steps: settings by dotted path, or a whole section where its kind changed, and the
    scene. The steps after it are trained on the changed ones."""

    step: int
    values: Mapping[str, Any]
    edit: Edit


@dataclass(frozen=True, eq=False)
class RunHistory:
    """A run from step 0 on.

    scenario, scene: with which it began; the scenario has neither plane nor history. drawn: the scene is the one that
    the scenario draws. changes: in the order of their steps. steps: how many have been done. seeds, twin: how many runs
    there are, and whether each has a clean twin. engine: what did the steps, which others do to other bits. pending:
    what was changed after the last step, and not trained on yet.
    """

    scenario: Scenario
    scene: Scene
    drawn: bool = False
    changes: tuple[Change, ...] = ()
    steps: int = 0
    seeds: int = 1
    twin: bool = False
    engine: Engine = "cpu"
    pending: Change | None = None
    _last: tuple[Scenario, Scene] | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls, scenario: Scenario, scene: Scene, drawn: bool = False, seeds: int = 1, twin: bool = False,
        engine: Engine = "cpu",
    ) -> Self:  # fmt: skip
        """One that begins with this scenario on this scene."""
        return cls(scenario.bare(), scene, drawn, seeds=seeds, twin=twin, engine=engine)

    @classmethod
    def read(cls, scenario: Scenario) -> Self | None:
        """The history that a scenario holds, None where it has none.

        Raises ScenarioError, with the change and its step, where it cannot be followed to the scene written out.
        """
        spec = scenario.course
        if spec is None:
            return None
        try:
            first = scenario.bare().replaced(spec.values)
            if spec.start == "plane" and spec.plane is None:
                raise ValueError("the plane with which it starts is missing")
            if spec.start == "present":
                scene = scenario.scene()
            else:
                scene = first.scene() if spec.plane is None else first.measured(first.with_noise(spec.plane.scene()))
            replay = Replay(first, scene)
        except ScenarioError as error:
            raise ScenarioError([f"course.values.{problem}" for problem in error.problems]) from None
        except ValueError as error:
            raise ScenarioError([f"course.plane: {error}"]) from None
        drawn = spec.start == "drawn" or (spec.start == "present" and scenario.plane is None)
        if max(spec.steps, *(change.step for change in spec.turns), 0) > STEPS:
            raise ScenarioError([f"course.steps: must be at most {STEPS:,}"])
        changes: list[Change] = []
        for number, one in enumerate(spec.turns):
            try:
                change = Change(one.step, one.values, one.edit())
                if changes and change.step < changes[-1].step:
                    raise ValueError("its step lies before that of the turn before it")
                replay.take(change.values, change.edit)
            except (KeyError, ValueError) as error:
                words = error.args[0] if isinstance(error, KeyError) else str(error).replace("\n", "; ")
                raise ScenarioError([f"course.turns.{number}: at step {one.step}: {words}"]) from None
            changes.append(change)
        history = cls(
            first, scene, drawn, tuple(changes), spec.steps, spec.seeds, spec.twin, spec.engine, None, replay.end()
        )
        if not spec.ends_here:
            return history
        pending = history.then(
            max(spec.steps, *(change.step for change in changes), 0), scenario, scenario.scene()
        ).changes
        return replace(history, pending=pending[-1] if len(pending) > len(changes) else None)

    def written(self, present: Scenario, scene: Scene) -> Scenario:
        """The scenario `present`, whose scene is `scene`, with this history in it."""
        start: dict[str, Any] = {}
        if self.changes or changed(self.scenario, present) or difference(self.scene, scene):
            plane = None if self.drawn else PlaneSpec.of(self.scene)
            start = {"start": "drawn" if self.drawn else "plane", "plane": plane}
        changes = tuple(ChangeSpec.of(change.step, dict(change.values), change.edit) for change in self.changes)
        values = changed(present, self.scenario)
        spec = RunHistorySpec(
            steps=self.steps,
            seeds=self.seeds,
            twin=self.twin,
            engine=self.engine,
            values=values,
            turns=changes,
            **start,
        )
        return present.model_copy(update={"course": spec})

    @property
    def last(self) -> tuple[Scenario, Scene]:
        """Scenario and scene after every change."""
        return self._last or self.at(len(self.changes))

    def then(self, step: int, scenario: Scenario, scene: Scene) -> RunHistory:
        """With the steps after `step` trained on this scenario and scene. Raises ValueError for a step before the last
        change."""
        if self.changes and step < self.changes[-1].step:
            raise ValueError(f"step {step} lies before the last turn, at step {self.changes[-1].step}")
        before, scenario = self.last, scenario.bare()
        values, edit = changed(before[0], scenario), difference(before[1], scene)
        if not values and edit is None:
            return self
        change = Change(step, values, edit or Several(()))
        return replace(self, changes=(*self.changes, change), steps=max(step, self.steps), _last=(scenario, scene))

    def come_to(self, step: int) -> RunHistory:
        """With `step` steps done."""
        return replace(self, steps=step)

    def until(self, step: int) -> RunHistory:
        """As it was after `step` steps, before anything was changed there."""
        changes = self.changes[: self.changes_before(step)]
        return replace(self, changes=changes, steps=step, pending=None, _last=None)

    def changes_before(self, step: int) -> int:
        """How many changes the model of step `step` has been trained through."""
        return bisect_left(self.changes, step, key=lambda change: change.step)

    def at(self, changes: int) -> tuple[Scenario, Scene]:
        """Scenario and scene after so many changes.

        Raises KeyError, ValueError or ScenarioError for a change that cannot be made.
        """
        scenario, scene = self.scenario, self.scene
        for change in self.changes[:changes]:
            scenario, scene = taken(change, scenario, scene)
        return scenario, scene


class Visited:
    """What was trained on after so many changes of a history, found quickly from what was asked before."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Change, Scenario, Scene]] = {}

    def at(self, history: RunHistory, changes: int) -> tuple[Scenario, Scene]:
        """As `RunHistory.at`."""
        valid = lambda k: k <= changes and self._kept[k][0] is history.changes[k - 1]  # noqa: E731
        found = max(filter(valid, self._kept), default=0)
        scenario, scene = self._kept[found][1:] if found else (history.scenario, history.scene)
        for number in range(found, changes):
            scenario, scene = taken(history.changes[number], scenario, scene)
            if number + 1 == changes or (number + 1) % _EVERY == 0:
                self._keep(number + 1, (history.changes[number], scenario, scene))
        return scenario, scene

    def _keep(self, number: int, what: tuple[Change, Scenario, Scene]) -> None:
        self._kept.pop(number, None)
        self._kept[number] = what
        if len(self._kept) > _MOST:
            del self._kept[next(iter(self._kept))]


def taken(change: Change, scenario: Scenario, scene: Scene) -> tuple[Scenario, Scene]:
    """Scenario and scene after a change. Raises KeyError, ValueError or ScenarioError where it cannot be made."""
    drawn_by = scenario.drawn_by
    if change.values:
        scenario = scenario.replaced(change.values)
    scene = apply(change.edit, scene)[0]
    if scenario.drawn_by != drawn_by or isinstance(
        change.edit, Replace
    ):  # a file says nothing of which labels are noise
        scene = scenario.with_noise(scene)
    if scene.poison_on != scenario.poison.on:
        scene = replace(scene, poison_on=scenario.poison.on)
    return scenario, scene


def changed(before: Scenario, after: Scenario) -> dict[str, Any]:
    """The settings that differ, as plain values by dotted path; a whole section where its kind differs, and all points
    of one's own where these differ."""
    found: dict[str, Any] = {}
    if before.own is not after.own and before.own != after.own:
        found["own"] = after.own
    if "rule" in (before.data.labels, after.data.labels) and before.rule != after.rule:
        found["rule"] = after.rule  # which says the labels; else it stands beside what is trained
    for section in SECTIONS:
        old, new = getattr(before, section), getattr(after, section)
        if old is new:
            continue
        if type(old) is not type(new):
            found[section] = None if new is None else new.model_dump(mode="json")
            continue
        values, were = new.model_dump(mode="json"), old.model_dump(mode="json")
        found |= {f"{section}.{name}": value for name, value in values.items() if value != were[name]}
    return found


def difference(before: Scene, after: Scene) -> Edit | None:
    """The edit that leads from one scene to another to the bit, but for `poison_on`; None where they are the same."""
    if before is after:
        return None
    plain = ("domain", "classes", "class_names", "axis_names", "section", "measure")
    if any(getattr(before, name) != getattr(after, name) for name in plain):
        return _of_plane(before, after) or Replace(after)
    if any((getattr(before.points, name) is None) != (getattr(after.points, name) is None) for name in OPTIONAL):
        return Replace(after)
    edits = _of_points(before.points, after.points)
    if edits is None:
        return Replace(after)
    if before.targets != after.targets:
        edits.append(SetTargets(after.targets))
    if before.groups != after.groups:
        edits.append(SetGroups(after.groups))
    if not edits:
        return None
    return edits[0] if len(edits) == 1 else Several(tuple(edits))


def _of_plane(before: Scene, after: Scene) -> Resection | None:
    """The other plane that is shown of the same points; None where more is another."""
    if before.section is None or after.section is None or before.points.width != after.points.width:
        return None
    edit = Resection(after.section, after.domain, after.axis_names)
    shown = apply(edit, before)[0]
    same = all(getattr(shown, name) == getattr(after, name) for name in _OF_SCENE)
    return edit if same and _of_points(shown.points, after.points) == [] else None


_OF_SCENE = ("domain", "classes", "class_names", "axis_names", "section", "measure", "targets", "groups")


def _of_points(before: Points, after: Points) -> list[Edit] | None:
    """What became of points; None where those that stayed are in another order."""
    edits: list[Edit] = []
    kept, new = slice(None), None
    if before.ids is not after.ids and not np.array_equal(before.ids, after.ids):
        stay, new = np.isin(before.ids, after.ids), ~np.isin(after.ids, before.ids)
        if not np.array_equal(before.ids[stay], after.ids[~new]):
            return None
        if not stay.all():
            edits.append(Remove(before.ids[~stay]))
            before = before.take(stay)
        kept = ~new  # type: ignore[assignment]
    ids = before.ids
    moved = _either(_differ(before.xy, after.xy, kept), _differ(before.inputs, after.inputs, kept))
    if moved is not None:
        inputs = None if after.inputs is None else after.inputs[kept][moved]
        edits.append(Move(ids[moved], after.xy[kept][moved], inputs))
    columns = {name: _differ(getattr(before, name), getattr(after, name), kept) for name in COLUMNS}
    some = [mask for mask in columns.values() if mask is not None]
    if some:
        mask = np.logical_or.reduce(some)
        values = {name: getattr(after, name)[kept][mask] for name, one in columns.items() if one is not None}
        edits.append(Recolumn(ids[mask], values))
    if new is not None and new.any():
        edits.append(Add(after.take(new), np.flatnonzero(new)))
    return edits


def _either(a: NDArray[np.bool_] | None, b: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
    return b if a is None else a if b is None else a | b


def _differ(before: NDArray | None, after: NDArray | None, kept: Any) -> NDArray[np.bool_] | None:
    """Which rows differ in a bit; None for none. after: of all points, of which those `kept` are compared."""
    if before is None or after is None or before is after:
        return None
    now = after[kept]
    if now.dtype.kind == "f":  # 0.0 and -0.0 are not the same
        before, now = (np.ascontiguousarray(one).view(np.int64) for one in (before, now))
    mask = before != now
    mask = mask.any(axis=1) if mask.ndim == 2 else mask
    return mask if mask.any() else None
