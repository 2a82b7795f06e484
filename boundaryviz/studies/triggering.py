"""The measures of `[expect]` under 'trigger.': what a trigger planted by a point of poison does, on each draw of the
data."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from boundaryviz.attacks.kinds.trigger import TriggerSpec, wanted_by
from boundaryviz.jobs.messages import Tell
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.scene import Split
from boundaryviz.studies.draws import Draw, training_seeds
from boundaryviz.studies.tasks import Batch, Task, content_key


def plan(scenario: Scenario, data_seed: int | None, names: Collection[str], seeds: int, device: str) -> Draw:
    """One run with its clean twin, asked about triggered test points; see `draws.Planner`.

    Raises ScenarioError where the scenario's poison is no trigger.
    """
    if not isinstance(scenario.poison, TriggerSpec):
        asked = [f"trigger.{name}" for name in names] or ["what is asked for"]
        raise ScenarioError([f"expect: {one} is a measure of a trigger; set poison.attack=trigger" for one in asked])
    content = Triggering(scenario, max(1, training_seeds(scenario, seeds)), device)
    key = content_key("trigger", scenario, seeds=content.seeds)
    return Draw(data_seed, (Batch((Task(key, f"trigger, data seed {scenario.data.seed}"),), content),))


@dataclass(frozen=True)
class Triggering:
    """What is done for a draw of the data. seeds: of training."""

    WORK: ClassVar[str] = "boundaryviz.studies.triggering:measure"
    scenario: Scenario
    seeds: int
    device: str


def measure(content: Triggering, tell: Tell) -> list[dict[str, float | None]]:
    """What `record.sources` names, means over the training seeds; None where no test point is of another class."""
    from boundaryviz.runs.run import train

    scenario = content.scenario
    assert isinstance(scenario.poison, TriggerSpec)
    run = train(scenario, seeds=content.seeds, twin=True, device=content.device, progress=False)
    scene, wanted = run.scene, wanted_by(scenario.poison, run.scene)
    points = scene.points
    others = (points.split == Split.TEST) & points.is_labelled & ~points.is_poison & (points.label != wanted)
    if not others.any():
        return [{"success": None, "clean_success": None}]
    pushed = scenario.poison.pushed(scene, points.x[others])
    found: dict[str, float | None] = {}
    for name, clean in (("success", False), ("clean_success", True)):
        tell.progress(0, 1)
        shares = [(run.predict(pushed, seed=seed, clean=clean) == wanted).mean() for seed in range(content.seeds)]
        found[name] = float(np.mean(shares))
    return [found]
