"""The changes of a history followed quickly: each at the cost of what it changes, and not of the whole scene.

A long drag on a large scene makes thousands of changes that move one point, and whoever opens it waits for all of them.
So the columns of points are changed in place here, where `edits.apply` makes new ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene import edits
from boundaryviz.scene.bounds import check_inputs, check_places, check_points, check_scene
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
from boundaryviz.scene.scene import KINDS, OPTIONAL, Points, Scene, check_column

WORK = 200_000_000
"""Points gone through at most, in all, to put others between them: about a second of it."""


class Replay:
    """Scenario and scene after the changes taken so far, the same to the bit as `history.taken` makes them."""

    _frame: Scene
    """All of the scene but its points."""

    def __init__(self, scenario: Scenario, scene: Scene) -> None:
        """Raises ValueError for a scene as no file may hold one."""
        check_scene(scene)
        self._scenario, self._work = scenario, 0
        self._begin(scene)

    def take(self, values: Mapping[str, Any], edit: Edit) -> None:
        """Make one change. Raises KeyError, ValueError or ScenarioError where it cannot be made."""
        if values:
            self._scenario = self._scenario.replaced(values)
        self._do(edit)
        if self._frame.poison_on != self._scenario.poison.on:
            self._frame = replace(self._frame, poison_on=self._scenario.poison.on)

    def end(self) -> tuple[Scenario, Scene]:
        """Scenario and scene as they are now."""
        if self._owned:
            order = self._ordered()
            self._begin(
                replace(self._frame, points=Points(**{name: column[order] for name, column in self._columns.items()}))
            )
        return self._scenario, replace(self._frame, points=self._points)

    # ---- inside

    def _begin(self, scene: Scene) -> None:
        """Every point has a row in the columns; those added later follow, and rows of removed ones stay unused."""
        self._points = points = scene.points
        self._frame = replace(scene, points=points.take(np.empty(0, np.int64)))
        self._columns: dict[str, NDArray] = {
            name: column for name in (*KINDS, *OPTIONAL) if (column := getattr(points, name)) is not None
        }
        self._owned = False  # whether the columns may be written to
        self._count = self._used = len(points)  # points there are, and rows
        self._order = [np.arange(self._used)]  # the rows in the order of their points, and some of removed ones
        self._alive = np.ones(self._used, dtype=bool)
        sorting = np.argsort(points.ids, kind="stable")
        self._ids, self._rows = points.ids[sorting], sorting  # ids of the beginning, rising, and the row of each
        self._others: dict[int, int] = {}  # id to row

    def _do(self, edit: Edit) -> None:
        match edit:
            case Several(parts):
                for one in parts:
                    self._do(one)
            case Move(ids, xy, inputs):
                check_places(xy)
                if inputs is None and "inputs" not in self._columns:
                    self._write(ids, {"xy": xy})
                    return
                rows, section = self._found(ids), self._frame.section
                before, were = (self._columns.get(name, self._columns["xy"])[rows] for name in ("xy", "inputs"))
                inputs = edits.inputs_after(section, were, before, xy, inputs)
                check_inputs(inputs)
                self._write(ids, {"xy": xy, "inputs": inputs})
            case Recolumn(ids, columns):
                self._write(ids, columns)
            case Remove(ids):
                rows = np.unique(self._found(ids))
                self._own()
                self._alive[rows] = False
                self._count -= len(rows)
            case Add(new, at):
                new = self._frame.completed(new)
                check_points(new)
                self._add(new, at)
            case SetTargets(targets):
                check_places(np.array([(target.x, target.y) for target in targets]))
                self._frame = replace(self._frame, targets=targets)
            case SetGroups(groups):
                self._frame = replace(self._frame, groups=groups)
            case Resection(section):
                self._work += self._count * section.width
                if self._work > WORK:
                    raise ValueError("other planes were shown too often to be followed; without its course it opens")
                scene = edits.apply(edit, self.end()[1])[0]
                check_scene(scene)
                self._begin(scene)
            case Replace(scene):
                check_scene(scene)
                self._begin(scene)

    def _write(self, ids: NDArray[np.int64], columns: Mapping[str, NDArray]) -> None:
        rows = self._found(ids)
        self._own()
        for name, values in columns.items():
            check_column(name, values)
            self._answer(name)
            self._columns[name][rows] = values
        if "label" in columns:
            self._hold(columns["label"])

    def _answer(self, name: str) -> None:
        """Have a column for responses, where there was none and `name` is that."""
        if name == "response" and name not in self._columns:
            self._columns[name] = np.full(len(self._alive), np.nan)
            self._frame = replace(self._frame, points=self._frame.points.with_columns(response=np.empty(0)))

    def _hold(self, label: NDArray[np.int16]) -> None:
        """Have as many classes as these labels need."""
        needed = int(label.max(initial=-1)) + 1
        if needed > self._frame.classes:
            self._frame = replace(self._frame, classes=needed)

    def _add(self, new: Points, at: NDArray[np.int64] | None) -> None:
        if (self._sought(new.ids) >= 0).any():
            raise ValueError("ids must be unique")
        self._own(self._used + len(new))
        rows = np.arange(self._used, self._used + len(new))
        if new.width != self._frame.points.width or (new.inputs is None) != (self._frame.section is None):
            raise ValueError(f"points with {new.width} inputs are added to others that have no such inputs")
        if new.response is not None:
            self._answer("response")
        for name, column in self._columns.items():
            column[rows] = new.responses if name == "response" else getattr(new, name)
        self._alive[rows] = True
        self._used += len(new)
        self._others |= dict(zip(new.ids.tolist(), rows.tolist(), strict=True))
        self._hold(new.label)
        if at is None or np.array_equal(at, np.arange(self._count, self._count + len(new))):
            self._order.append(rows)
        else:
            places, before = edits.free_positions(len(new), at, self._count), self._ordered()
            order = np.full(len(before) + len(new), -1)
            order[places] = rows
            order[order < 0] = before
            self._order = [order]
            self._work += len(order)
            if self._work > WORK:
                raise ValueError("points were put between others too often to be followed; without its course it opens")
        self._count += len(new)

    def _ordered(self) -> NDArray[np.int64]:
        """The rows of the points in their order."""
        order = np.concatenate(self._order)
        self._work += len(order)
        self._order = [order[self._alive[order]]]
        return self._order[0]

    def _own(self, rows: int = 0) -> None:
        """Have columns that may be written to, with room for so many rows."""
        room = len(self._alive)
        if self._owned and rows <= room:
            return
        room = max(2 * room, rows) if rows > room else room
        for name, column in self._columns.items():
            self._columns[name] = np.empty((room, *column.shape[1:]), dtype=column.dtype)
            self._columns[name][: len(column)] = column
        self._alive = np.concatenate([self._alive, np.zeros(room - len(self._alive), dtype=bool)])
        self._owned = True

    def _found(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows (K,) of points. Raises KeyError for an id that is not there."""
        rows = self._sought(ids)
        if (rows < 0).any():
            raise KeyError(f"no point with id {ids[rows < 0][0]}")
        return rows

    def _sought(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows (K,) of points, -1 for those that are not there."""
        if len(self._ids):
            at = np.minimum(np.searchsorted(self._ids, ids), len(self._ids) - 1)
            rows = self._rows[at]
            rows[(self._ids[at] != ids) | ~self._alive[rows]] = -1
        else:
            rows = np.full(len(ids), -1)
        if self._others:
            for k in np.flatnonzero(rows < 0).tolist():
                row = self._others.get(int(ids[k]), -1)
                rows[k] = row if row >= 0 and self._alive[row] else -1
        return rows
