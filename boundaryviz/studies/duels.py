"""One attack against one defence on one draw of the data: undefended, defended, and by who knows the defence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from boundaryviz.adversary import evading
from boundaryviz.adversary.evading import Reply
from boundaryviz.adversary.goals import held_out
from boundaryviz.adversary.models import training
from boundaryviz.attacks.placement import placed
from boundaryviz.jobs.messages import Tell
from boundaryviz.record.scoreboard import Harm
from boundaryviz.record.trail import NOBODY, AttackState
from boundaryviz.record.verdict import Rates
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.scene import Points, Scene, Split
from boundaryviz.studies.doses import bare

LABELLED: Mapping[str, int] = {
    "knn": 40, "loss": 20, "sphere": 40, "slab": 40, "spectral": 6, "activation-clustering": 6, "self-influence": 6,
    "roni": 1,
}  # fmt: skip
"""Defences of labelled points, and how many places or sets the attacker who knows them tries: fewer where one verdict
trains many models."""
SHARE = 0.08
"""Of the labelled points that are poisoned, where the scenario says nothing."""
_STREAM = 53  # key of the random stream of the board's own attacks


@dataclass(frozen=True, eq=False)
class Duel:
    """What is done for one attack, defence and draw. scenario: with the defence. count: points of the attack."""

    WORK: ClassVar[str] = "boundaryviz.studies.duels:fight"
    scenario: Scenario
    attack: str
    count: int
    device: str


def fight(content: Duel, tell: Tell) -> list[dict[str, Any]]:
    """The work of a batch: the measures of a cell on one draw; None where there is no such number."""
    scenario, scene = content.scenario, bare(content.scenario.scene())
    rng = np.random.default_rng([scenario.data.seed, _STREAM])
    ground = Ground.of(scenario, scene, content.device)
    attack, variants = _poison(content, scene, ground, rng)
    empty = evading.nothing(scene)
    free = scenario.model_copy(update={"defence": None})
    clean, undefended = ground.harms(free, [empty, attack])
    replies = evading.replies(scenario, scene, [empty, attack, *variants], ground.x, content.device)
    harms = [ground.harm(one) for one in replies]
    rates = [None if one is None or one.judged is None else Rates.of(one.judged) for one in replies[:2]]
    return [
        {
            "clean": clean, "clean_defended": harms[0], "undefended": undefended, "defended": harms[1],
            "caught": None if rates[1] is None else rates[1].true_positive_rate,
            "lost": None if rates[0] is None else rates[0].false_positive_rate,
            "seconds": None if replies[1] is None else replies[1].seconds,
            "points": len(attack),
            "variants": [[state.words, len(state), harm] for state, harm in zip(variants, harms[2:], strict=True)],
        }
    ]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Ground:
    """Where harm is measured: the test points, or the target. x: float64 (V, D). label: int64 (V,), the true classes,
    or the one that the attacker wants."""

    scenario: Scenario
    scene: Scene
    x: NDArray[np.float64]
    label: NDArray[np.int64]
    wanted: bool
    device: str

    @classmethod
    def of(cls, scenario: Scenario, scene: Scene, device: str, split: Split = Split.TEST) -> Ground:
        """Raises ScenarioError without test points or a target."""
        if harm_of(scenario) == "success":
            goal = scenario.poison.aim(scene)
            if goal is None:
                raise ScenarioError(["poison.target: there is no target to be taken"])
            label = np.array([goal.target_class], dtype=np.int64)
            return cls(scenario, scene, scene.embed(goal.target[None]), label, True, device)
        points = held_out(scene, split)
        if not len(points):
            raise ScenarioError([f"data: there is no {split.name.lower()} point to measure on; give it a share"])
        return cls(scenario, scene, points.x, points.label.astype(np.int64), False, device)

    def harm(self, reply: Reply | None) -> float | None:
        """The share of wrong answers, or whether the target is the attacker's."""
        if reply is None:
            return None
        right = (reply.predicted == self.label).mean()
        return float(right if self.wanted else 1.0 - right)

    def harms(self, scenario: Scenario, states: Sequence[AttackState]) -> list[float | None]:
        """Of each of these sets of poison."""
        return [self.harm(one) for one in evading.replies(scenario, self.scene, states, self.x, self.device)]


def candidates(scene: Scene) -> Points:
    """The clean labelled training points, whose labels can be flipped."""
    some = scene.points.take(training(scene))
    return some.take(some.is_labelled & ~some.is_poison)


def _poison(
    content: Duel, scene: Scene, ground: Ground, rng: np.random.Generator
) -> tuple[AttackState, list[AttackState]]:
    """The attack as it is, and the variants of the attacker who knows the defence."""
    scenario = content.scenario
    if content.attack == "bridge":
        bridges = wider(scenario, scene)
        return _bridge(scenario, scene, {}, "bridge"), [
            _bridge(scenario, scene, changed, f"{changed['count']} points, wider") for changed in bridges
        ]
    tries, points = LABELLED[scenario.defence.defence] if scenario.defence else 0, candidates(scene)
    if content.attack == "heap":
        several = evading.heaps(scenario, scene, content.count, max(tries, 1), rng)
        attack = several[0]
    else:
        attack = evading.random_flips(points, content.count, scene.classes, rng)
        several = [
            make(points, content.count, scene.classes, rng)
            for _ in range(tries)
            for make in (evading.random_flips, evading.flipped_neighbours)
        ]
    validation = Ground.of(scenario, scene, content.device, Split.VALIDATION)
    harms = [-1.0 if harm is None else harm for harm in validation.harms(scenario, several)]
    best = several[int(np.argmax(harms))]
    words = "elsewhere, or looser" if content.attack == "heap" else "other points"
    return attack, [AttackState(best.points, best.label, best.replaces, words=words)]


_WIDER = ((2, 0.06), (6, 0.12), (15, 0.12), (30, 0.18))
"""Times as many points, and their jitter in lengths of the bridge: the adaptive attacker makes it wider."""


def wider(scenario: Scenario, scene: Scene) -> list[dict[str, Any]]:
    """The settings of the bridges of an attacker that makes its own wider."""
    goal = scenario.poison.aim(scene)
    length = 1.0 if goal is None else float(np.linalg.norm(goal.target - goal.source))
    count, even = scenario.poison.count, {"profile": "uniform", "spacing": "random"}
    return [even | {"count": times * count, "jitter": wide * length} for times, wide in _WIDER]


def _bridge(scenario: Scenario, scene: Scene, changed: dict[str, Any], words: str) -> AttackState:
    points, _ = placed(scene, scenario.poison.model_copy(update={"on": True} | changed))
    return AttackState(points.x, points.label.astype(np.int64), np.full(len(points), NOBODY), words=words)


def harm_of(scenario: Scenario) -> Harm:
    """What is measured: of a learner that uses unlabelled points the target, else the test error."""
    return "error" if scenario.learner.family.supervised else "success"
