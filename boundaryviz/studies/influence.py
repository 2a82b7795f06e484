"""The measures of `[expect]` under 'influence.': how far methods agree with leaving each point out, on one draw."""

from __future__ import annotations

from collections.abc import Collection, Generator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from boundaryviz.jobs.messages import Tell
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.scene import Split
from boundaryviz.studies.draws import Draw
from boundaryviz.studies.tasks import Batch, Task, content_key

PLACES = (5, 15, 30)
"""Where decisions are explained: the test points that are decided least clearly but for so many."""


def plan(scenario: Scenario, data_seed: int | None, names: Collection[str], seeds: int, device: str) -> Draw:
    """One model, and beside it one without each training point, twice; see `draws.Planner`.

    Raises ScenarioError for a method that does not apply to the learner.
    """
    from boundaryviz.influences.methods import refusals
    from boundaryviz.record.influence import METHODS

    no = refusals(scenario.learner, scenario.training, scenario.scene().classes)
    if problems := [f"influence.{name}: {no[name]}" for name in names if name in no]:
        raise ScenarioError(problems)
    methods = tuple(sorted(name for name in names if name in METHODS))
    task = Task(content_key("influence", scenario, methods=methods), f"influence, data seed {data_seed}")
    return Draw(data_seed, (Batch((task,), Agreement(scenario, methods, device)),))


@dataclass(frozen=True)
class Agreement:
    """What is done for a draw. methods: those asked for by name, beside the learner's first."""

    WORK: ClassVar[str] = "boundaryviz.studies.influence:measure"
    scenario: Scenario
    methods: tuple[str, ...]
    device: str = "auto"


def measure(content: Agreement, tell: Tell) -> list[dict[str, float]]:
    """Means over the places of the rank correlations with leaving each point out."""
    from boundaryviz.influences.deciding import Decision, left_out
    from boundaryviz.influences.explaining import Explainer
    from boundaryviz.influences.methods import usual
    from boundaryviz.influences.requests import Asked
    from boundaryviz.influences.retraining import from_start
    from boundaryviz.influences.running import checkpoints, trace

    scenario, steps = content.scenario, content.scenario.steps
    kept = checkpoints(scenario, steps, content.device)
    session = kept.session
    points = session.scene.points
    test = points.take((points.split == Split.TEST) & ~points.is_poison)
    if len(test) <= max(PLACES):
        raise ScenarioError([f"data: influence is measured at test points near the boundary; {len(test)} are too few"])
    lead = [abs(Decision.at(session, place).lead(session.learner)) for place in map(tuple, test.xy.tolist())]
    at = np.argsort(lead, kind="stable")[list(PLACES)]
    first = usual(session.spec, scenario.training, session.scene.classes)[:1]
    explainers = []
    for place in map(tuple, test.xy[at].tolist()):
        explainer = Explainer(session, 0, Asked(place, tuple(dict.fromkeys((*first, *content.methods)))))
        if "tracin" in explainer.names:
            trace(explainer, kept)
        for quick in (True, False):
            _through(explainer.work(quick), tell)
        explainers.append(explainer)
    first_seed = session.replicas.seeds[0]
    several = (first_seed, first_seed + 1) if explainers[0].seeded else (first_seed,)
    trained, every = explainers[0].points, np.arange(len(explainers[0].points))
    decisions = [one.decision for one in explainers]
    falls = _through(
        from_start(
            scenario, session.scene, decisions, trained, left_out(trained, every, 1), several, steps, session.spec
        ),
        tell,
    )  # fmt: skip
    rows = []
    for explainer, fall in zip(explainers, falls, strict=True):
        explainer.truth[:], explainer.other[:] = fall[0], fall[-1]
        found = explainer.now()
        agreements = {name: found.agreement(name) for name in found.methods}
        row: dict[str, float | None] = {"ceiling": found.ceiling, **agreements}
        row["spearman"] = agreements[first[0]] if first else None
        rows.append({name: np.nan if value is None else value for name, value in row.items()})
    means = {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
    return [means | {"beyond": means["spearman"] - means["ceiling"]}]


def _through(work: Generator[None, None, Any], tell: Tell) -> Any:
    """What comes of work in slices, between which it may be cancelled."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value
        tell.progress(0, 1)
