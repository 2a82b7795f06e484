"""The measures of `[expect]` under 'attack.': the attack that a scenario offers, carried out anew on each draw of its
data."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from boundaryviz.jobs.messages import Tell
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.draws import Draw, training_seeds
from boundaryviz.studies.tasks import Batch, Task, content_key


def plan(scenario: Scenario, data_seed: int | None, names: Collection[str], seeds: int, device: str) -> Draw:
    """One attack, measured on so many training seeds; see `draws.Planner`.

    Raises ScenarioError where the scenario offers no attack that trains.
    """
    if scenario.adversary is None:
        asked = [f"attack.{name}" for name in names] or ["what is asked for"]
        raise ScenarioError(
            [f"expect: {one} is a measure of an attack that trains; set adversary.method" for one in asked]
        )
    content = Attacking(
        scenario, max(1, training_seeds(scenario, seeds)), bool({"random_gain", "random_success"} & set(names)), device
    )
    settings = scenario.adversary.model_dump(mode="json")
    key = content_key("attack", scenario, adversary=settings, seeds=content.seeds, random=content.random)
    return Draw(data_seed, (Batch((Task(key, f"{settings['method']}, data seed {scenario.data.seed}"),), content),))


@dataclass(frozen=True)
class Attacking:
    """What is done for a draw of the data. random: also as much poison that is drawn at random."""

    WORK: ClassVar[str] = "boundaryviz.studies.attacking:measure"
    scenario: Scenario
    seeds: int
    random: bool
    device: str


def measure(content: Attacking, tell: Tell) -> list[dict[str, float | None]]:
    """The measures of the attack, means over the training seeds; None of one that has no value."""
    from boundaryviz.adversary.attacking import measures
    from boundaryviz.adversary.running import Attack, trail_of

    work = Attack(content.scenario, None, content.seeds, lambda: tell.progress(0, 1), content.device)
    found = measures(work, trail_of(work.states(measured=False)).last, content.random)
    return [{name: metric.mean if metric.trials else None for name, metric in found.items()}]
