"""What is asked for: by the window's probe, and by the job that leaves every point out. Nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from boundaryviz.record.influence import Explanation
from boundaryviz.scenario.scenario import Scenario


class InfluenceError(ValueError):
    """Why nothing can be said of a place; its text is a sentence."""


@dataclass(frozen=True)
class Asked:
    """place: of the plane. methods: by name, None for the usual ones of the learner. group: how many points are left
    out together. most: points that are retrained for from the present weights, and left out while the window waits.
    steps: of warm retraining. damping: added to the curvature, None for the usual."""

    place: tuple[float, float]
    methods: tuple[str, ...] | None = None
    group: int = 1
    most: int = 100
    steps: int = 100
    damping: float | None = None


@dataclass(frozen=True)
class InfluenceRequest:
    """Every point left out, as `running.influence` does it. Its results are `Explanation`s, the last one whole.

    steps: how far each model is trained, None for as far as the scenario says. first: ids that are wanted first. most:
    how many points are left out, None for all.
    """

    JOB: ClassVar[str] = "boundaryviz.influences.running:job"
    scenario: Scenario
    asked: Asked
    steps: int | None = None
    first: tuple[int, ...] = ()
    most: int | None = None


@dataclass(frozen=True)
class InfluenceSettings:
    """Of the probes. asked: about which place."""

    asked: Asked = Asked((0.0, 0.0))


@dataclass(frozen=True, eq=False)
class Explained:
    """What a probe says. asked: what it answers. found: None where there is nothing to say, of which `why` tells.
    slowly: whether it is the answer that takes longer."""

    asked: Asked
    found: Explanation | None
    why: str = ""
    slowly: bool = False
