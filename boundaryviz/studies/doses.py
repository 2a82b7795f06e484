"""Which doses of poison there are, and a scene that they are laid on, each for itself. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from boundaryviz.attacks import placement
from boundaryviz.attacks.budget import Budget
from boundaryviz.attacks.placement import aimed, inject, placed
from boundaryviz.attacks.specs import MOST
from boundaryviz.attacks.targets import AttackError
from boundaryviz.engine.replicas import Replicas
from boundaryviz.learners.base import Extra
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.scene import MAX_GROUPS, Scene

DOSES = 8  # how many there are unless they are named, nothing included
_MOST = 0.04  # share of the training points up to which they go


def default_doses(scenario: Scenario) -> tuple[int, ...]:
    """0 and up to seven more, evenly apart on a logarithmic scale, the scenario's own count among them.

    They end at 4 % of the training points, or sooner at eight times the scenario's own count; never below that count.
    """
    own = scenario.poison.count
    base = bare(scenario.scene())
    most = max(round(_MOST * int((base.points.is_train & ~base.points.muted).sum())), DOSES - 1)
    if own:
        most = max(own, min(most, 8 * own))
    if scenario.poison.STANDS_IN:
        most = min(most, _placeable(base, scenario, most))
    if most < 1:
        return (0,)
    doses = np.unique(np.rint(np.geomspace(max(1.0, min(own / 8, most / 64)), most, DOSES - 1)).astype(int))
    if 0 < own <= most:
        doses[np.argmin(np.abs(np.log(doses / own)))] = own
    return (0, *(int(d) for d in np.unique(doses)))


def counted(scenario: Scenario, doses: Sequence[int] | None) -> tuple[int, ...]:
    """The doses that will be placed, rising from 0. Raises ScenarioError for numbers that are no doses, or no place."""
    if doses is None:
        return default_doses(scenario)
    if any(not 0 <= d <= MOST for d in doses):
        raise ScenarioError([f"doses: each is a number of points from 0 up to {MOST:,}"])
    counts = sorted({0, *(int(d) for d in doses)})
    if len(counts) > MAX_GROUPS + 1:
        raise ScenarioError([f"doses: {len(counts)} are too many; {MAX_GROUPS} besides 0 are the most"])
    if scenario.poison.STANDS_IN and counts[-1]:
        most = _placeable(bare(scenario.scene()), scenario, counts[-1])
        counts = [d for d in counts if d <= most]
    return tuple(counts)


def bare(scene: Scene) -> Scene:
    """The scene before anybody poisoned it: no poison, nothing withdrawn, and only pins that belong to no attack."""
    points = scene.points
    points = points.with_columns(origin=np.maximum(points.origin, 0)).take(~points.is_poison)
    return replace(scene, points=points, targets=tuple(t for t in scene.targets if t.group == 0), groups=())


@dataclass(frozen=True, eq=False)
class PoisonedScene:
    """A scene with an attack laid on it with each of D doses.

    scene: with pins, and without planted points; clean points that doses withdraw are withdrawn by groups of their own,
    of which a larger dose has all that a smaller one has. groups: (D,), those that a replica of each dose sees.
    scenes: (D,), each with one dose, as `train` would have it.
    """

    scene: Scene
    groups: tuple[frozenset[int], ...]
    scenes: tuple[Scene, ...]

    @classmethod
    def of(cls, scenario: Scenario, doses: Sequence[int]) -> PoisonedScene:
        """doses: rising from 0. Raises ScenarioError, in a sentence, where the attack cannot be placed."""
        attack = scenario.poison.model_copy(update={"count": max(doses), "on": True})
        base = bare(scenario.scene())
        if words := placement.check(base, attack):
            raise ScenarioError([f"poison: {words}"])
        scenes = tuple(inject(base, attack.model_copy(update={"count": dose})) for dose in doses)
        origin = base.points.origin.copy()
        for k, scene in enumerate(scenes):
            gone = scene.points.ids[scene.points.origin < 0]
            gone = gone[origin[base.points.positions(gone)] == 0] if len(gone) else gone
            origin[base.points.positions(gone)] = -k
        goal = aimed(base, attack)
        targets = base.targets if goal is None else (*base.targets, goal.as_target(0))
        points = base.points.with_columns(origin=origin)
        groups = tuple(frozenset(range(1, k + 1)) for k in range(len(doses)))
        return cls(replace(base, points=points, targets=targets, poison_on=True), groups, scenes)

    def replicas(self, seeds: Sequence[int]) -> Replicas:
        """Every dose of the first seed, then of the next. Each has the points of its dose to itself, under the ids that
        they have where it is the only one: so what comes of it does not depend on the others."""
        planted = [scene.points.take(scene.points.is_poison) for scene in self.scenes]
        most = max(map(len, planted))
        replicas = Replicas.doses(seeds, self.groups)
        if not most:
            return replicas
        largest = next(points for points in planted if len(points) == most)
        x, label = (np.stack([column] * len(planted)) for column in (largest.x, largest.label.astype(np.int64)))
        weight = np.zeros(label.shape, dtype=np.float32)
        for k, points in enumerate(planted):
            x[k, : len(points)], label[k, : len(points)], weight[k, : len(points)] = points.x, points.label, 1.0
        each = [np.concatenate([column] * len(seeds)) for column in (x, label, weight)]
        return replace(replicas, extra=Extra(largest.ids, *each))

    def same_points(self, other: PoisonedScene) -> bool:
        """Whether all points of all doses are the same."""
        return all(a.points == b.points for a, b in zip(self.scenes, other.scenes, strict=True))

    @property
    def rates(self) -> tuple[float, ...]:
        """The poison rate of each dose."""
        return tuple(Budget.of(scene).rate for scene in self.scenes)


def _placeable(base: Scene, scenario: Scenario, count: int) -> int:
    """How many of `count` points the attack finds a place for. Raises ScenarioError where it cannot be placed."""
    try:
        return len(placed(base, scenario.poison.model_copy(update={"count": count}))[0])
    except AttackError as error:
        raise ScenarioError([f"poison: {error}"]) from None
