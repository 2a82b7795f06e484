"""A count, not a share: how many points of poison take one place, of ever more training points."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from boundaryviz.engine.session import Session
from boundaryviz.jobs.messages import OnProgress, Tell
from boundaryviz.record.poison_count import RUNGS, SIZES, WAYS, CountLine, PoisonCount, Way, measures_of, ways_against
from boundaryviz.runs.bars import told
from boundaryviz.runs.run import Run
from boundaryviz.scenario.gallery import Given, given
from boundaryviz.scenario.redrawing import can_be_drawn
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.dose import measured
from boundaryviz.studies.doses import PoisonedScene
from boundaryviz.studies.draws import Draw, check_data_seeds
from boundaryviz.studies.draws import Row as Values
from boundaryviz.studies.executors import Executor
from boundaryviz.studies.running import rows_of
from boundaryviz.studies.stores import ResultStore
from boundaryviz.studies.tasks import Batch, Task, content_key

_STEP = 5  # rungs that are climbed together
DRAWS = 8
"""Draws of the data, unless others are named."""

Watch = Callable[[PoisonCount], object]


def poison_count(
    scenario: Given,
    sizes: Sequence[int] = SIZES,
    data_seeds: Sequence[int] | None = None,
    ways: Sequence[str] | None = None,
    *,
    progress: OnProgress | bool | None = None,
    device: str = "auto",
    watch: Watch | None = None,
    store: ResultStore | None = None,
    executor: Executor | None = None,
) -> PoisonCount:
    """How much poison takes the scenario's target, for each number of training points, over draws of the data.

    scenario: or its name, a file, or arrays, as for `train`. sizes: training points. data_seeds: default eight from the
    scenario's own on. ways: names among `WAYS`, default those of `ways_against` its learner.
    progress, watch: as for a dose-response. store, executor: as in `studies.running.carry_out`.
    Raises ScenarioError for a scenario whose points no data seed draws, or without a target, and for sizes, seeds or
    ways that are none; DeviceError; MemoryNeeded.
    """
    chosen = given(scenario)
    if data_seeds is None:
        data_seeds = range(chosen.data.seed, chosen.data.seed + DRAWS)
    plan = _Plan.of(chosen, tuple(sizes), check_data_seeds(data_seeds), _ways(chosen, ways), device)
    with told(f"poison needed for {chosen.name}", progress) as tell:
        return rows_of(plan.batches.values(), plan.found, store, executor, tell, watch)


def plan(scenario: Scenario, data_seed: int | None, names: Collection[str], seeds: int, device: str) -> Draw:
    """The measures of `[expect]` under 'count.', of one draw: only the climbs that they are taken from; see
    `draws.Planner`."""
    wanted = [(way, size) for way in WAYS for size in SIZES if any(_takes(name, way, size) for name in names)]
    ways = tuple(way for way in WAYS if any(way is one for one, _ in wanted))
    one = _Plan.of(scenario, SIZES, (scenario.data.seed,), ways, device)
    batches = tuple(one.batches[way.name, size, scenario.data.seed] for way, size in wanted)

    def reduce(rows: Sequence[Values | None]) -> dict[str, float]:
        found = zip(wanted, rows, strict=True)
        return measures_of({(way.name, size): _numbers(row) for (way, size), row in found if row is not None})

    return Draw(data_seed, batches, reduce)


def _takes(measure: str, way: Way, size: int) -> bool:
    rest = measure.removeprefix(f"{way.name}_")
    return rest != measure and rest in (str(size), f"{size}_reach", "slope", "slope_share")


def _ways(scenario: Scenario, names: Sequence[str] | None) -> tuple[Way, ...]:
    known = {way.name: way for way in WAYS}
    if unknown := [name for name in names or () if name not in known]:
        raise ScenarioError([f"ways: there is no {name!r}; there are: {', '.join(known)}" for name in unknown])
    return ways_against(scenario.learner.name) if names is None else tuple(known[name] for name in names)


# ---- what is to be done -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Plan:
    """batches: one climb each, by way, size and data seed, the smallest sizes first."""

    scenario: Scenario
    sizes: tuple[int, ...]
    data_seeds: tuple[int, ...]
    ways: tuple[Way, ...]
    batches: dict[tuple[str, int, int], Batch]

    @classmethod
    def of(
        cls, scenario: Scenario, sizes: tuple[int, ...], data_seeds: tuple[int, ...], ways: tuple[Way, ...], device: str
    ) -> _Plan:
        if not can_be_drawn(scenario):
            raise ScenarioError(["data: the points of this scenario are kept in it; no data seed draws more of them"])
        batches = {}
        for size in sizes:
            for way in ways:
                changed = scenario.with_values({"data.n": size} | dict(way.values))
                if steps := way.steps(size, changed.training.batch_size):
                    changed = changed.with_values(steps)
                for seed in data_seeds:
                    one = changed.with_values({"data.seed": seed, "poison.seed": seed, "poison.count": 0})
                    key = content_key("poison-count", one, rungs=list(RUNGS))
                    name = f"{way.title}, {size:,} points, data seed {seed}"
                    batches[way.name, size, seed] = Batch((Task(key, name),), Climb(one, device), size)
        return cls(scenario, sizes, data_seeds, ways, batches)

    def found(self, rows: Mapping[str, Values]) -> PoisonCount:
        """Of the climbs that are done."""
        lines = []
        for way in self.ways:
            numbers = np.array(
                [
                    [_numbers(rows.get(self.batches[way.name, size, seed].tasks[0].key)) for seed in self.data_seeds]
                    for size in self.sizes
                ]
            )
            lines.append(CountLine(way, self.sizes, numbers[..., 0], numbers[..., 1]))
        scenario = self.scenario
        return PoisonCount(scenario.name, scenario.title, self.sizes, self.data_seeds, tuple(lines))


def _numbers(row: Values | None) -> tuple[float, float]:
    """Count and flip rate; an infinite count where the most that was tried was not enough."""
    if row is None:
        return math.nan, math.nan
    count, flips = row["count"], row["flip_rate"]
    return (math.inf, math.nan) if count is None else (float(count), math.nan if flips is None else float(flips))


# ---- the work -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Climb:
    """What is done for one way, size and draw: more and more poison, until it takes the target."""

    WORK: ClassVar[str] = "boundaryviz.studies.poison_count:climb"
    scenario: Scenario
    device: str


def climb(content: Climb, tell: Tell) -> list[dict[str, float | None]]:
    """The work of a batch: the first rung at which the target is taken, and at the next as well, and its flip rate.

    One rung alone does not count: a single bead halfway may take what two do not. count: None where the highest rungs
    do not take it, 0 where it is the attacker's without poison. Raises ScenarioError for an attack that cannot be
    laid, or one without a target.
    """
    last: tuple[int, float] | None = None  # the rung before, where it takes the target
    for at in range(0, len(RUNGS), _STEP):
        rungs = RUNGS[at : at + _STEP]
        laid = PoisonedScene.of(content.scenario, (0, *rungs))
        seed = content.scenario.training.seed
        run = Run(Session(content.scenario, laid.scene, device=content.device, replicas=laid.replicas((seed,))))
        run.advance(1 if content.scenario.learner.family.at_once else content.scenario.steps)
        found = measured(run, len(laid.groups))
        if found.success is None or found.already is None:
            raise ScenarioError(["poison.target: there is no target to be taken"])
        if found.already[0] == 1.0:
            return [{"count": 0, "flip_rate": 0.0}]
        for rung, taken, flips in zip(rungs, found.success[1:, 0], found.flips[1:, 0], strict=True):
            if taken == 1.0 and last is not None:
                return [{"count": last[0], "flip_rate": last[1]}]
            last = (rung, float(flips)) if taken == 1.0 else None
    return [{"count": None, "flip_rate": None}]
