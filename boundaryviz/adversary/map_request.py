"""What the window asks for: an effect map, worked out by a job. Nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from boundaryviz.record.effect_map import Measure
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain

SEEDS = 2
"""Training seeds that a map is the mean over, where training is random: of fewer nobody could say what is noise."""


@dataclass(frozen=True)
class EffectMapRequest:
    """An effect map of a scenario, as `effect_maps.effect_map` takes it. Its results are `EffectMap`s, the coarsest
    first and the last one `done`; before them a `MapEstimate`, where all of them take longer than a moment.

    labels: of the points, None for every class, and unlabelled where the learner takes such points up. domain: the
    rectangle that is mapped, None for the plane. beyond: in its place, so many times the extent of the training points.
    target: of a map of a pin, which of the scene's pins, from 0.
    """

    JOB: ClassVar[str] = "boundaryviz.adversary.effect_maps:job"
    scenario: Scenario
    measure: Measure = "test-error"
    labels: tuple[int, ...] | None = None
    weight: int = 1
    seeds: int = SEEDS
    domain: Domain | None = None
    beyond: float | None = None
    target: int = 0
    device: str = "auto"


@dataclass(frozen=True)
class MapEstimate:
    """About how many trainings a map takes, and how many seconds on this machine."""

    fits: int
    seconds: float
