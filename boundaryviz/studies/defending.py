"""The measures of `[expect]` under 'defence.': what the scenario's defence makes of the attack that trains which it
offers, carried out anew on each draw of its data.

The attack is found against the undefended learner: its author does not know of the defence.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from boundaryviz.jobs.messages import Tell
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.draws import Draw, training_seeds
from boundaryviz.studies.tasks import Batch, Task, content_key


def plan(scenario: Scenario, data_seed: int | None, names: Collection[str], seeds: int, device: str) -> Draw:
    """One attack, and the defence on what it leaves; see `draws.Planner`.

    Raises ScenarioError for a scenario without a defence, or that offers no attack that trains.
    """
    for what, path in ((scenario.adversary, "adversary.method"), (scenario.defence, "defence.defence")):
        if what is None:
            asked = [f"defence.{name}" for name in names] or ["what is asked for"]
            words = "is a measure of a defence against an attack that trains; set"
            raise ScenarioError([f"expect: {one} {words} {path}" for one in asked])
    assert scenario.adversary is not None
    content = Defending(scenario, max(1, training_seeds(scenario, seeds)), device)
    settings = scenario.adversary.model_dump(mode="json")
    key = content_key("defence", scenario, adversary=settings, seeds=content.seeds)
    return Draw(data_seed, (Batch((Task(key, f"defence, data seed {scenario.data.seed}"),), content),))


@dataclass(frozen=True)
class Defending:
    """What is done for a draw of the data. seeds: of training."""

    WORK: ClassVar[str] = "boundaryviz.studies.defending:measure"
    scenario: Scenario
    seeds: int
    device: str


def measure(content: Defending, tell: Tell) -> list[dict[str, float | None]]:
    """What `record.sources` names, means over the training seeds; None of what has no value."""
    from boundaryviz.adversary.running import Attack, trail_of
    from boundaryviz.adversary.truth import Truth
    from boundaryviz.engine.session import Session
    from boundaryviz.record.verdict import Rates

    scenario = content.scenario
    open_ = scenario.model_copy(update={"defence": None})
    work = Attack(open_, None, content.seeds, lambda: tell.progress(0, 1), content.device)
    state = trail_of(work.states(measured=False)).last
    poisoned = work.truth.committed(state)
    guarded = Truth(scenario, work.problem.victim, content.seeds, content.device)
    session = Session(scenario, poisoned, guarded.seeds, device=content.device)
    rates = [Rates.of(judged) for judged in session.defending.judged or ()]
    values = {
        "undefended_error": work.truth.of(state).error,
        "error": guarded.of(state).error,
        "clean_error": guarded.clean.error,
        "true_positive_rate": np.array([one.true_positive_rate for one in rates]),
        "false_positive_rate": np.array([one.false_positive_rate for one in rates]),
    }
    means = {name: float(np.mean(some)) for name, some in values.items()}
    return [{name: mean if np.isfinite(mean) else None for name, mean in means.items()}]
