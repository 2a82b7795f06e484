"""The measures of `[expect]` under 'elephant.': curves fitted to noisy points of its outline, one set a data seed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from boundaryviz.jobs.messages import Tell
from boundaryviz.record.sources import ELEPHANT
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.elephant import Elephant, NoisyPoints, fits
from boundaryviz.studies.draws import Draw
from boundaryviz.studies.tasks import Batch, Task, content_key


def plan(scenario: Scenario, data_seed: int | None, names: Collection[str], seeds: int, device: str) -> Draw:
    """Sixty points, pushed by five of the paper's units, whatever the scenario trains; see `draws.Planner`."""
    content = Refits(scenario.data.seed)
    task = Task(content_key("elephant", Scenario(), seed=content.seed), f"elephant, seed {content.seed}")
    return Draw(data_seed, (Batch((task,), content),))


@dataclass(frozen=True)
class Refits:
    """What is done for a data seed."""

    WORK: ClassVar[str] = "boundaryviz.studies.elephant:measure"
    seed: int


def measure(content: Refits, tell: Tell) -> list[dict[str, float]]:
    """Distances of the fitted curves, root mean squares, in the paper's units."""
    elephant = Elephant()
    found = {}
    for fit in fits(NoisyPoints.of(elephant, seed=content.seed), elephant, ELEPHANT):
        found[f"train_error_{fit.harmonics}"] = fit.train_error
        found[f"outline_error_{fit.harmonics}"] = fit.outline_error
    return [found]
