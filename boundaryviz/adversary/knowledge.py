"""What an attacker sees of a scenario: the data and the learner it trains in place of the true ones."""

from __future__ import annotations

import numpy as np

from boundaryviz.attacks.targets import AttackError
from boundaryviz.attacks.trained.settings import TrainedAttackSettings
from boundaryviz.learners.family import LearnerSettings
from boundaryviz.learners.specs import FAMILIES, LARGEST_SEED
from boundaryviz.scenario.redrawing import can_be_drawn
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.data import OWN
from boundaryviz.scene.scene import Points, Scene, Split

_APART = 1_000_003
"""Between the data seed of a scenario and that of other data of its kind, plus the attack's own seed: so far apart that
no study draws them both."""
_HALF = 9  # key of the random stream that halves points of one's own


def known_scene(scenario: Scenario, settings: TrainedAttackSettings, victim: Scene) -> Scene:
    """The scene that the attacker trains and measures itself on: the true one, or other data of the same kind.

    Those are the data set drawn with another data seed; of points that no seed draws, half of the training and of the
    validation points, class by class, drawn with the seed of the attack. Raises AttackError where a half is too little.
    """
    if settings.knowledge == "same-data":
        return victim
    bare = scenario.bare()
    if scenario.data.name != OWN and can_be_drawn(scenario.model_copy(update={"course": None, "plane": None})):
        seed = (scenario.data.seed + _APART + settings.seed) % LARGEST_SEED
        return bare.with_values({"data.seed": seed}).scene()
    return victim.with_points(victim.points.take(_half(victim.points, settings.seed)))


def known_learner(scenario: Scenario, settings: TrainedAttackSettings) -> LearnerSettings:
    """The learner that the attacker trains: the scenario's, or another with its defaults."""
    if settings.surrogate in ("", scenario.learner.name):
        return scenario.learner
    return FAMILIES[settings.surrogate].spec()


def _half(points: Points, seed: int) -> np.ndarray:
    """Bool (N,): half of the points of each class and split, rounded up; test points all stay."""
    rng = np.random.default_rng([seed, _HALF])
    kept = points.split == Split.TEST
    for split in (Split.TRAIN, Split.VALIDATION):
        for label in np.unique(points.label):
            at = np.flatnonzero((points.split == split) & (points.label == label))
            kept[rng.permutation(at)[: (len(at) + 1) // 2]] = True
    if np.count_nonzero(kept & (points.split == Split.TRAIN)) < 4:
        raise AttackError("Half of these points are too few to learn from. Let the attacker know the same data.")
    return kept
