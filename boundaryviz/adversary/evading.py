"""An attacker that knows the defence: candidates for the poison, each pushed through the filter before one is chosen.

Filters are judged by what passes them (Koh, Steinhardt and Liang 2022, "Stronger data poisoning attacks break data
sanitization defenses"): who knows a filter plants the most harmful of what it lets pass. Here the candidates are heaps,
tight and loose, at the places of an effect map where they do the most harm, other random sets of labels, and clusters
of neighbours whose flipped labels agree with each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from boundaryviz.adversary.effect_maps import effect_map
from boundaryviz.adversary.models import Sets, Trained, training
from boundaryviz.defences.judged import Judged
from boundaryviz.record.trail import NOBODY, AttackState
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.scene import Points, Scene

TIGHT, LOOSE = 0.02, 0.12
"""Standard deviations of a heap about its place, in data units."""
_LEVELS = (8, 16)  # of the effect map on whose nodes heaps are tried


def nothing(scene: Scene) -> AttackState:
    """No poison at all."""
    empty = np.empty(0, dtype=np.int64)
    return AttackState(np.empty((0, scene.points.width)), empty, empty)


def heaps(scenario: Scenario, scene: Scene, count: int, most: int, rng: np.random.Generator) -> list[AttackState]:
    """Heaps of `count` points at up to `most` places within the data's extent, the most harmful to the undefended
    learner first: at each a tight one, and a loose one beside it. Raises AttackError where there is nothing to map."""
    bare = scenario.with_scene(scene).model_copy(update={"defence": None})
    labels = tuple(range(scene.classes))
    *_, found = effect_map(
        bare, measure="validation-error", labels=labels, weight=count, seeds=1, beyond=1.0, levels=_LEVELS
    )
    x, y = found.nodes
    some = np.flatnonzero(found.measured & np.isfinite(found.values))
    order = some[np.lexsort((some, -found.ties.ravel()[some], -found.values.ravel()[some]))][:most]
    pushes, states = rng.standard_normal((count, 2)), []
    for label, row, column in zip(*np.unravel_index(order, found.values.shape), strict=True):
        for spread, words in ((TIGHT, "heap"), (LOOSE, "loose heap")):
            xy = np.array([x[column], y[row]]) + spread * pushes
            states.append(_state(scene.embed(xy), np.full(count, labels[label]), words=words))
    return states


def random_flips(points: Points, count: int, classes: int, rng: np.random.Generator) -> AttackState:
    """Labels of `count` points drawn from these, each to another class. points: clean, labelled, training."""
    return _flipped(points, rng.permutation(len(points))[:count], classes, rng, "other labels")


def flipped_neighbours(points: Points, count: int, classes: int, rng: np.random.Generator) -> AttackState:
    """The same of the `count` points of one class nearest to one of them, so that their labels agree."""
    first = int(rng.integers(len(points)))
    own = np.flatnonzero(points.label == points.label[first])
    gap = ((points.x[own] - points.x[first]) ** 2).sum(axis=1)
    near = own[np.argsort(gap, kind="stable")[:count]]
    return _flipped(points, near, classes, rng, "neighbours", same=True)


def _flipped(
    points: Points, at: NDArray[np.intp], classes: int, rng: np.random.Generator, words: str, same: bool = False
) -> AttackState:
    shift = rng.integers(1, classes, size=1 if same else len(at))
    some = points.take(at)
    return _state(some.x, (some.label.astype(np.int64) + shift) % classes, some.ids, words)


def _state(
    x: NDArray[np.float64], label: NDArray[np.int64], replaces: NDArray[np.int64] | None = None, words: str = ""
) -> AttackState:
    instead = np.full(len(x), NOBODY, dtype=np.int64) if replaces is None else replaces
    return AttackState(x, label, instead, words=words)


# ---- pushed through the defence ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Reply:
    """What a model that was trained with one set of poison says of V points, and what its defence removed.

    predicted: int64 (V,). judged: None without a defence. seconds: that judging took.
    """

    predicted: NDArray[np.int64]
    judged: Judged | None
    seconds: float


def replies(
    scenario: Scenario, scene: Scene, states: Sequence[AttackState], x: NDArray[np.float64], device: str = "auto"
) -> list[Reply | None]:
    """Of each of these sets of poison, all trained side by side, with the scenario's defence where it has one.

    scene: without poison. x: float64 (V, D). None for one on which the defence cannot judge, or leaves nothing of a
    class.
    """
    states = list(states)
    try:
        trained = Trained(scenario, scene, scenario.learner, device, lambda: None)
        session = trained.session(sets_of(scene, states), scenario.training.seed)
    except ScenarioError:
        if len(states) == 1:
            return [None]
        half = len(states) // 2
        return [one for part in (states[:half], states[half:]) for one in replies(scenario, scene, part, x, device)]
    predicted = session.learner.predict(x)
    judged = session.defending.judged if scenario.defence is not None else None
    seconds = session.defending.seconds / len(states)
    return [
        Reply(predicted[k], None if judged is None else restored(judged[k], scene, state), seconds)
        for k, state in enumerate(states)
    ]


def restored(judged: Judged, scene: Scene, state: AttackState) -> Judged:
    """The verdict with the truth: points under ids that the scene has not are the poison of the state."""
    return replace(judged, poison=~np.isin(judged.ids, scene.points.ids))


def sets_of(scene: Scene, states: Sequence[AttackState]) -> Sets:
    """The poison of M states as sets of as many points each, those that a state has not of weight 0."""
    ids, most = scene.points.ids[training(scene)], max((len(one) for one in states), default=0)
    shape = (len(states), most)
    x, label, weight = np.zeros((*shape, scene.points.width)), np.zeros(shape, dtype=np.int64), np.zeros(shape)
    for k, one in enumerate(states):
        x[k, : len(one)], label[k, : len(one)], weight[k, : len(one)] = one.points, one.label, 1.0
    gone = np.stack([np.isin(ids, one.replaces[one.replaces >= 0]) for one in states])
    return Sets(x, label, weight, gone if gone.any() else None)
