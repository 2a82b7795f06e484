"""Scenarios held to their `[expect]`: trained on one draw of the data after the other, each measured against its word.

Where a scenario promises nothing, its main measures are taken all the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from boundaryviz.jobs.messages import OnProgress, Tell
from boundaryviz.record.expectations import Check, Expectation, Held, expectations_of
from boundaryviz.runs.bars import told
from boundaryviz.scenario.gallery import Given, given
from boundaryviz.scenario.redrawing import can_be_drawn
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.draws import Draw, Rows, drawn, planned, training_seeds
from boundaryviz.studies.executors import Executor
from boundaryviz.studies.requests import DATA_SEEDS, SEEDS, CheckRequest
from boundaryviz.studies.running import carry_out
from boundaryviz.studies.stores import ResultStore
from boundaryviz.studies.tasks import Batch

_SPREAD = ("test_error",)
_SPREAD_OF_TWINS = ("flip_rate", "attack_success_rate", "clean.test_error")
Watch = Callable[[Check], object]
_Needed = tuple[str, tuple[tuple[str, str], ...]]


def check(
    scenario: Given,
    data_seeds: Iterable[int] = DATA_SEEDS,
    seeds: int = SEEDS,
    *,
    device: str = "auto",
    progress: OnProgress | bool | None = None,
    watch: Watch | None = None,
    store: ResultStore | None = None,
    executor: Executor | None = None,
) -> Check:
    """Train a scenario on each of these data seeds and hold it against its own expectations.

    scenario: or its name, a file, or arrays, as for `train`. seeds: training seeds, of whose measures the mean counts;
    where nothing in training is random there is one run. Where the points are kept in the scenario and no data seed
    draws them, there is one run on those. progress, device: as for a dose-response. watch: called with what is known
    so far.
    store, executor: as in `studies.running.carry_out`.
    Raises ScenarioError for seeds or expectations that are none, and whatever keeps it from being trained at all.
    """
    chosen = given(scenario)
    heard = None if watch is None else lambda checks: watch(checks[0])
    with told(f"checking {chosen.name}", progress) as tell:
        return check_all(
            [chosen], data_seeds, seeds, device=device, progress=tell, watch=heard, store=store, executor=executor
        )[0]


def check_all(
    scenarios: Sequence[Scenario],
    data_seeds: Iterable[int] = DATA_SEEDS,
    seeds: int = SEEDS,
    *,
    device: str = "auto",
    progress: OnProgress | None = None,
    watch: Callable[[list[Check]], object] | None = None,
    store: ResultStore | None = None,
    executor: Executor | None = None,
) -> list[Check]:
    """As `check`, of several scenarios, in their order; one of which nothing came is among them, with the reason."""
    plans = [_Plan.of(scenario, tuple(data_seeds), seeds, device) for scenario in scenarios]
    if problems := [
        f"{plan.scenario.name}: {problem}" if len(plans) > 1 else problem for plan in plans for problem in plan.problems
    ]:
        raise ScenarioError(problems)
    heard = None if watch is None else lambda rows: watch([plan.check(rows) for plan in plans])
    rows = Rows(progress, heard)
    batches = {batch.tasks[0].key: batch for plan in plans for batch in plan.batches}
    carry_out(list(batches.values()), store, executor, rows)
    if len(plans) == 1 and (error := plans[0].nothing(rows)) is not None:
        raise error
    return [plan.check(rows) for plan in plans]


def job(request: CheckRequest, tell: Tell) -> None:
    """A check for the window."""
    tell.result(check(request.scenario, request.data_seeds, request.seeds, progress=tell.progress, watch=tell.result))


@dataclass(frozen=True)
class _Plan:
    """What is to be trained for one scenario: for each source of measures and combination of settings that it promises
    something of, a draw for each data seed. kept: no data seed draws its points, so that each combination has one
    draw, the points as they are with those settings. problems: what keeps it from being checked."""

    scenario: Scenario
    seeds: int
    expectations: list[Expectation]
    kept: bool
    draws: dict[_Needed, list[Draw]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, scenario: Scenario, data_seeds: Sequence[int], seeds: int, device: str) -> _Plan:
        poisoned = bool(scenario.scene().points.is_poison.any())
        expectations, problems = expectations_of(scenario.expect, _SPREAD + (_SPREAD_OF_TWINS if poisoned else ()))
        plan = cls(
            scenario, training_seeds(scenario, seeds), expectations, not can_be_drawn(scenario), problems=problems
        )
        for needed in dict.fromkeys(map(_needed, expectations)):
            some = [one for one in expectations if _needed(one) == needed]
            twin = poisoned or any(one.needs_twin for one in some)
            try:
                changed = scenario.with_values(dict(some[0].settings)) if some[0].settings else scenario
                if source := some[0].source:
                    names = [one.metric for one in some]
                    plan.draws[needed] = planned(source, changed, data_seeds, names, seeds, device, kept=plan.kept)
                else:
                    plan.draws[needed] = drawn(changed, data_seeds, seeds, twin, device, kept=plan.kept)
            except ScenarioError as error:
                plan.problems.extend(error.problems)
        return plan

    @property
    def batches(self) -> list[Batch]:
        """All of them, the settings of a data seed one after the other."""
        return [batch for draws in zip(*self.draws.values(), strict=True) for draw in draws for batch in draw.batches]

    def nothing(self, found: Rows) -> Exception | None:
        """Why nothing came of it; None where anything did."""
        errors = [found.errors(draw) for draws in self.draws.values() for draw in draws]
        return errors[0][0] if all(errors) else None

    def check(self, found: Rows) -> Check:
        """Of the data seeds that are done."""
        first, *others = self.draws.values()
        done: list[dict[_Needed, dict[str, float]]] = []
        seeds: list[int] = []
        failed: list[tuple[int | None, str]] = []
        lost = 0
        for at, draw in enumerate(first):
            each = [draw, *(draws[at] for draws in others)]
            if not all(found.ended(one) for one in each):
                continue
            words = [str(error) for one in each for error in found.errors(one)]
            failed += [(draw.data_seed, words[0])] if words else []
            lost += sum(found.lost(one) for one in each)
            seeds += [] if draw.data_seed is None else [draw.data_seed]
            done.append({key: found.metrics(one) for key, one in zip(self.draws, each, strict=True)})
        held = tuple(
            Held(one, tuple(values[_needed(one)].get(one.column, math.nan) for values in done))
            for one in self.expectations
        )
        promises = bool(self.scenario.expect)
        if not promises:
            held = tuple(one for one in held if not done or one.spread is not None)
        title = self.scenario.title
        return Check(
            self.scenario.name, title, tuple(seeds), self.seeds, held, promises, tuple(failed), self.kept,
            len(first) - len(done), lost,
        )  # fmt: skip


def _needed(one: Expectation) -> _Needed:
    """What it is measured by: its source, and its settings, with lists among the values as their text."""
    return one.source, tuple((path, repr(value)) for path, value in one.settings)
