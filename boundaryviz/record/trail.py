"""What an attack that trains has come to, from its first points to its last, and how that becomes part of a scene."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.attacks.placement import free_group, joined
from boundaryviz.attacks.settings import Placed
from boundaryviz.attacks.targets import AttackError
from boundaryviz.scene.arrays import frozen
from boundaryviz.scene.edits import Replace
from boundaryviz.scene.scene import MAX_GROUPS, Domain, Group, Points, Scene, Target

_MARGIN = 0.06  # around poison that lies beyond the domain

NOBODY = -1
"""In the place of an id or an index: no point."""


@dataclass(frozen=True, eq=False)
class AttackState:
    """The poison of an attack as it is at one moment: K points.

    points: float64 (K, D), their inputs, on the plane their places. label: int64 (K,), -1 for unlabelled. replaces:
    int64 (K,), the id of the clean training point that each stands in for, or -1. moving: which of them wanders, -1 for
    none. objective: what the attacker makes grow, on the points it measures itself by. error, clean_error: on the test
    points of the scenario, of its own learner, with these points and without; the mean over training seeds, NaN where
    it was not measured. fits: how many models the attacker has trained so far. share: how far it is, 0 to 1, as far as
    that can be told. done: whether it is the last. words: what is being done, or what came of it.
    """

    points: NDArray[np.float64]
    label: NDArray[np.int64]
    replaces: NDArray[np.int64]
    moving: int = NOBODY
    objective: float = float("nan")
    error: float = float("nan")
    clean_error: float = float("nan")
    fits: int = 0
    share: float = 0.0
    done: bool = False
    words: str = ""

    def __post_init__(self) -> None:
        for name, kind in (("points", np.float64), ("label", np.int64), ("replaces", np.int64)):
            object.__setattr__(self, name, frozen(getattr(self, name), kind))
        if self.points.ndim != 2 or not self.label.shape == self.replaces.shape == self.points.shape[:1]:
            raise ValueError("an attack needs points (K, D), and a label and a point replaced (K,) of each")

    def __reduce__(self) -> tuple[Any, ...]:
        # numpy forgets on the way between processes that an array was read-only
        return AttackState, tuple(getattr(self, f.name) for f in fields(self))

    def __len__(self) -> int:
        return len(self.points)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AttackState):
            return False
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return all(a == b if isinstance(a, str) else np.array_equal(a, b, equal_nan=True) for a, b in pairs)

    __hash__ = None  # type: ignore[assignment]

    @property
    def gain(self) -> float:
        """By how much it has raised the test error."""
        return self.error - self.clean_error


@dataclass(frozen=True, eq=False)
class Trail:
    """The states of an attack, in their order; at least one."""

    states: tuple[AttackState, ...]

    def __post_init__(self) -> None:
        if not self.states:
            raise ValueError("a trail needs at least one state")

    def __len__(self) -> int:
        return len(self.states)

    @property
    def last(self) -> AttackState:
        """What it has come to."""
        return self.states[-1]

    @cached_property
    def ways(self) -> list[NDArray[np.float64]]:
        """Of each point of the last state, where it has been, (S, D): the states in which there was such a point, one
        that stands in for another being told by that one's id."""
        last = self.last
        return [
            np.array([s.points[k] for s in self.states if len(s) > k and s.replaces[k] == last.replaces[k]])
            for k in range(len(last))
        ]

    def column(self, name: str) -> NDArray[np.float64]:
        """A number of each state: objective, error, clean_error, gain, fits or share, float64 (S,)."""
        return np.array([getattr(state, name) for state in self.states], dtype=np.float64)

    def with_state(self, state: AttackState) -> Trail:
        """With one more."""
        return Trail((*self.states, state))


def reach(states: Iterable[AttackState], scene: Scene) -> Domain:
    """A rectangle of the plane that holds the scene's domain and everywhere that poison is in these states."""
    x = np.concatenate([np.empty((0, scene.points.width)), *(state.points for state in states)])
    if not len(x):
        return scene.domain
    xy = x if scene.section is None else scene.section.shadow(x)
    d = scene.domain
    inside = ((xy >= (d.left, d.bottom)) & (xy <= (d.right, d.top))).all()
    return d if inside else Domain.over([d, Domain.around(xy, _MARGIN)])


def placed(state: AttackState, scene: Scene, group: int) -> Placed:
    """The points that a state plants, in a group, and the ids of the clean points they stand in for.

    A point that stays where the one lies that it stands in for keeps that one's place, inputs and response.
    Raises KeyError where a point is replaced that the scene has not.
    """
    points = scene.points
    stands = state.replaces >= 0
    own = points.positions(state.replaces[stands]) if stands.any() else np.empty(0, dtype=np.int64)
    x = state.points
    xy = x.copy() if scene.section is None else scene.section.shadow(x)
    response = np.full(len(x), np.nan)
    at = np.flatnonzero(stands)
    same = (points.x[own] == x[at]).all(axis=1)
    xy[at[same]], response[at[same]] = points.xy[own[same]], points.responses[own[same]]
    planted = Points.of(xy, state.label, origin=group, first_id=scene.next_id).with_columns(
        inputs=None if scene.section is None else x,
        response=None if points.response is None else response,
    )
    return planted, state.replaces[stands]


def committed(state: AttackState, scene: Scene, name: str, pin: Target | None = None, besides: int = 0) -> Scene:
    """The scene with the poison of a state in a free group of its own, as of any attack: it can be switched off, and
    clean twins see the points that it stands in for.

    name: of the group. pin: what it aims at, where that is no pin of the scene yet. besides: a group kept for others,
    such as that of the scenario's `poison`, which is placed anew when its settings change.
    Raises AttackError where no group is free.
    """
    group = free_group(scene, besides)
    if group is None:
        raise AttackError(f"All {MAX_GROUPS} groups of poison are in use. Remove the points of one first.")
    aims = None if pin is None else pin.target_class
    there = pin is not None and any((pin.x, pin.y, aims) == (t.x, t.y, t.target_class) for t in scene.targets)
    own = None if pin is None or there else Target(pin.x, pin.y, pin.target_class, group)
    fresh = tuple(Group() if k == group else one for k, one in enumerate(scene.groups, 1))  # with a name of its own
    return joined(replace(scene, groups=fresh), placed(state, scene, group), group, name, own, aims)


def commit(state: AttackState, scene: Scene, name: str, pin: Target | None = None, besides: int = 0) -> Replace:
    """The same as an edit, which can be undone as any other."""
    return Replace(committed(state, scene, name, pin, besides))
