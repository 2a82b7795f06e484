"""The measures of `[expect]` under 'evasion.': what models do under small pushes of their inputs, on one draw."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from boundaryviz.jobs.messages import Tell
from boundaryviz.record.evading import OF_TWO_RUNS
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.draws import Draw, training_seeds
from boundaryviz.studies.tasks import Batch, Task, content_key


def plan(scenario: Scenario, data_seed: int | None, names: Collection[str], seeds: int, device: str) -> Draw:
    """One run of so many training seeds, whose models are pushed, and for what compares the lift with none another one;
    see `draws.Planner`. Raises ScenarioError for a comparison with a lift where there is none.
    """
    if OF_TWO_RUNS & set(names) and scenario.data.lift is None:
        raise ScenarioError(["expect: evasion.shrinks compares with the points as they are unlifted; set data.lift"])
    content = Evading(scenario, tuple(sorted(names)), max(1, training_seeds(scenario, seeds)), device)
    key = content_key("evasion", scenario, seeds=content.seeds, names=content.names)
    return Draw(data_seed, (Batch((Task(key, f"pushes, data seed {data_seed}"),), content, scenario.steps),))


@dataclass(frozen=True)
class Evading:
    """What is done for a draw of the data. names: of the measures."""

    WORK: ClassVar[str] = "boundaryviz.studies.evading:measure"
    scenario: Scenario
    names: tuple[str, ...]
    seeds: int
    device: str = "auto"


def measure(content: Evading, tell: Tell) -> list[dict[str, float | None]]:
    """The measures, means over the training seeds that have a value; None of one that has none."""
    from boundaryviz.runs.evasion import measures
    from boundaryviz.runs.run import start

    def measured(scenario: Scenario, names: Collection[str]) -> dict[str, NDArray[np.float64]]:
        run = start(scenario, content.seeds, twin=False, device=content.device)
        run.lengths = False
        run.advance(scenario.steps, tell.progress)
        return {name: np.array(values) for name, values in measures(run.session, names).items()}

    compares = OF_TWO_RUNS & set(content.names)
    found = measured(content.scenario, {*content.names, *(("distance",) if compares else ())} - OF_TWO_RUNS)
    if compares:
        flat = measured(content.scenario.with_values({"data.lift": None}), ("distance",))
        found["shrinks"] = flat["distance"] / found["distance"]
    known = {name: values[np.isfinite(values)] for name, values in found.items()}
    return [{name: float(values.mean()) if len(values) else None for name, values in known.items()}]
