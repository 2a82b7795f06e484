"""Which doses of poison there are, and a scene that holds all of them. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from boundaryviz.attacks import placement
from boundaryviz.attacks.placement import aimed, placed
from boundaryviz.attacks.specs import MOST
from boundaryviz.attacks.targets import AttackError
from boundaryviz.engine.replicas import CLEAN
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.scene import MAX_GROUPS, Points, Scene

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
    """A scene with the attack in it once for each of D doses. groups: (D,), what a replica of each dose sees.

    Every dose is a group of its own. Flipped labels are nested, so a dose of those adds a group to the smaller ones.
    """

    scene: Scene
    groups: tuple[frozenset[int], ...]

    @classmethod
    def of(cls, scenario: Scenario, doses: Sequence[int]) -> PoisonedScene:
        """doses: rising from 0. Raises ScenarioError, in a sentence, where the attack cannot be placed."""
        attack = scenario.poison.model_copy(update={"count": max(doses), "on": True})
        base = bare(scenario.scene())
        if words := placement.check(base, attack):
            raise ScenarioError([f"poison: {words}"])
        points, gone = base.points, np.empty(0, dtype=np.int64)
        groups = []
        for k, dose in enumerate(doses):
            planted, withdrawn = placed(base, attack.model_copy(update={"count": dose}))
            fresh = ~np.isin(withdrawn, gone) if len(withdrawn) else np.ones(len(planted), dtype=bool)
            if len(withdrawn):
                origin = points.origin.copy()
                origin[points.positions(withdrawn[fresh])] = -k
                points, gone = points.with_columns(origin=origin), withdrawn
            new = planted.take(fresh)
            numbered = Points.of(new.xy, new.label, origin=k, first_id=points.next_id)
            numbered = numbered.with_columns(inputs=new.inputs, response=new.response)
            points = Points.join(points, base.completed(numbered))
            nested = range(1, k + 1) if attack.STANDS_IN else range(k, k + 1)
            groups.append(frozenset(nested) if k else CLEAN)
        goal = aimed(base, attack)
        targets = base.targets if goal is None else (*base.targets, goal.as_target(0))
        return cls(replace(base, points=points, targets=targets, poison_on=True), tuple(groups))

    @property
    def rates(self) -> tuple[float, ...]:
        """The poison rate of each dose."""
        points = self.scene.points
        seen = [self.scene.seen(groups) & points.is_train for groups in self.groups]
        return tuple(float((points.is_poison & some).sum() / max(some.sum(), 1)) for some in seen)


def _placeable(base: Scene, scenario: Scenario, count: int) -> int:
    """How many of `count` points the attack finds a place for. Raises ScenarioError where it cannot be placed."""
    try:
        return len(placed(base, scenario.poison.model_copy(update={"count": count}))[0])
    except AttackError as error:
        raise ScenarioError([f"poison: {error}"]) from None
