"""The measures of `[expect]` under 'map.': the effect map of a scenario against the map of every node."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from boundaryviz.jobs.messages import Tell
from boundaryviz.record.effect_map import EffectMap
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.studies.draws import Draw
from boundaryviz.studies.tasks import Batch, Task, content_key


def plan(scenario: Scenario, data_seed: int | None, names: Collection[str], seeds: int, device: str) -> Draw:
    """One map, of the heap that the scenario's attack would plant; see `draws.Planner`. The seeds are the map's own."""
    whole = bool({"error", "largest_error", "regret"} & set(names))
    content = Mapping(scenario, whole, device)
    offered = scenario.adversary
    key = content_key("map", scenario, whole=whole, adversary=offered and offered.model_dump(mode="json"))
    return Draw(data_seed, (Batch((Task(key, f"map, data seed {scenario.data.seed}"),), content),))


@dataclass(frozen=True)
class Mapping:
    """What is done for a draw of the data. whole: also the map of every node, to hold the other against."""

    WORK: ClassVar[str] = "boundaryviz.studies.mapping:measure"
    scenario: Scenario
    whole: bool
    device: str


def measure(content: Mapping, tell: Tell) -> list[dict[str, float | None]]:
    """The measures of the map; None of one that has no value."""
    from boundaryviz.adversary.effect_maps import effect_map, offered

    asked = offered(content.scenario) | {"device": content.device, "pulse": lambda: tell.progress(0, 1)}
    found = list(effect_map(content.scenario, **asked))[-1]
    best = found.best()
    measures: dict[str, float | None] = {
        "best": None if best is None else best[2], "floor": found.floor, "fits": float(found.fits),
        "share": float(found.measured.mean()),
    }  # fmt: skip
    if content.whole:
        full = list(effect_map(content.scenario, levels=(found.level,), share=1.0, **asked))[-1]
        measures |= against(found, full)
    return [measures]


def against(found: EffectMap, full: EffectMap) -> dict[str, float | None]:
    """How far a map lies from that of every node, which is of the same grid."""
    apart = np.abs(found.values - full.values)
    best, most = found.best(), full.best()
    return {
        "error": float(np.nanmean(apart)),
        "largest_error": float(np.nanmax(apart)),
        "regret": None if best is None or most is None else most[2] - best[2],
    }
