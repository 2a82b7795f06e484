"""The measures of `[expect]` under 'heights.': how far off the plane the boundary lies, on each draw of the data."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from boundaryviz.engine.height_map import NEAR, flat
from boundaryviz.evasion.settings import EvasionSpec
from boundaryviz.jobs.messages import Tell
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.draws import Draw, training_seeds
from boundaryviz.studies.tasks import Batch, Task, content_key


def plan(scenario: Scenario, data_seed: int | None, names: Collection[str], seeds: int, device: str) -> Draw:
    """One run of so many training seeds; see `draws.Planner`. Raises ScenarioError where nothing lies off the plane."""
    if why := flat(scenario.scene()):
        raise ScenarioError([f"expect: {why}"])
    against = "gain" in names
    if against and not hasattr(scenario.learner, "robust"):
        raise ScenarioError(["expect: heights.gain is of a net, which can be trained against pushes"])
    content = Looking(scenario, max(1, training_seeds(scenario, seeds)), device, against, "off_plane" in names)
    key = content_key("heights", scenario, seeds=content.seeds, against=against, pushed=content.pushed)
    return Draw(data_seed, (Batch((Task(key, f"heights, data seed {scenario.data.seed}"),), content),))


@dataclass(frozen=True)
class Looking:
    """What is done for a draw of the data. against: also trained against pushes, within `learner.robust_epsilon`.
    pushed: also the shortest pushes of points."""

    WORK: ClassVar[str] = "boundaryviz.studies.heights:measure"
    scenario: Scenario
    seeds: int
    device: str
    against: bool = False
    pushed: bool = False


def measure(content: Looking, tell: Tell) -> list[dict[str, float | None]]:
    """What `record.sources` names, means over the training seeds; None of what has no value.

    The distance is the median over the clean training points, at most as far as is looked; see `heights.reach_of`.
    """
    rows = _looked(content.scenario, content, tell)
    means = {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
    if content.against:
        robust = _looked(content.scenario.with_values({"learner.robust": "pgd"}), content, tell)
        means["gain"] = float(np.mean([row["distance"] for row in robust])) / max(means["distance"], 1e-12)
    return [{name: mean if np.isfinite(mean) else None for name, mean in means.items()}]


def _looked(scenario: Scenario, content: Looking, tell: Tell) -> list[dict[str, float]]:
    """Of each training seed: the share of the plane with the boundary near, and how far it is from a point."""
    from boundaryviz.engine.heights import heights_over, reach_of
    from boundaryviz.evasion.slices import whole
    from boundaryviz.runs.run import start

    run = start(scenario, content.seeds, False, content.device)
    run.advance(scenario.steps, lambda done, total: tell.progress(0, 1))
    points, reach = run.scene.points, reach_of(run.session)
    rows = []
    shortest = EvasionSpec(method="deepfool")
    some = points.take(points.is_train & ~points.is_poison & ~points.muted)
    for seed in range(content.seeds):
        over = np.minimum(*whole(heights_over(run.session, run.session.shown(seed), some.x, reach)))
        found = run.heights(NEAR, seed, side=40)
        rows.append({"within": found.within(NEAR), "distance": float(np.median(np.minimum(over, reach)))})
        if content.pushed:
            pushes = whole(run.session.pushes(shortest, some, run.session.shown(seed)))
            off = np.sqrt(pushes.off_plane[pushes.flipped])
            rows[-1]["off_plane"] = float(np.median(off)) if len(off) else np.nan
    return rows
