"""A scenario on data drawn anew: a run, over training seeds, for each data seed."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Protocol

from typing_extensions import override

from boundaryviz.jobs.lookup import function_named
from boundaryviz.jobs.messages import OnProgress
from boundaryviz.learners.specs import LARGEST_SEED
from boundaryviz.record.metrics import Metric, Metrics, SuccessRate
from boundaryviz.record.seeds import training_varies
from boundaryviz.record.sources import SOURCES
from boundaryviz.scenario.redrawing import can_be_drawn
from boundaryviz.scenario.scenario import SETTINGS, Scenario, ScenarioError
from boundaryviz.studies.executors import Executor
from boundaryviz.studies.running import Failure, Watcher, carry_out
from boundaryviz.studies.study import Study
from boundaryviz.studies.tasks import Batch

Row = Mapping[str, Any]
"""What came of a task: the metrics of one training seed, as `studies.training.metrics` gives them, unless a source of
measures has tasks of its own. Whatever there is nothing of is None."""
Reduce = Callable[[Sequence[Row | None]], dict[str, float]]
"""The measures of a draw from the rows of its tasks, in their order; None for one that came to nothing."""


def mean_of(rows: Sequence[Row | None]) -> dict[str, float]:
    """The metrics of one draw: the mean over those of its training seeds that have a value, NaN where none has."""
    found = [row for row in rows if row is not None]
    names = dict.fromkeys(name for row in found for name in row)
    values = {name: [value for row in found if (value := row.get(name)) is not None] for name in names}
    return {name: sum(some) / len(some) if some else math.nan for name, some in values.items()}


@dataclass(frozen=True)
class Draw:
    """A scenario on the points of one data seed; None: on points that are kept in it.

    reduce: how its measures follow from what came of the batches' tasks.
    """

    data_seed: int | None
    batches: tuple[Batch, ...]
    reduce: Reduce = mean_of

    @property
    def keys(self) -> Iterator[str]:
        """Of its tasks, one for each training seed."""
        return (task.key for batch in self.batches for task in batch.tasks)


def training_seeds(scenario: Scenario, seeds: int) -> int:
    """How many of `seeds` there is any use for: 0 where nothing in training is random."""
    return seeds if training_varies(scenario.learner) == "training" else 0


def drawn(
    scenario: Scenario,
    data_seeds: Sequence[int],
    seeds: int,
    twin: bool,
    device: str = "auto",
    *,
    kept: bool = False,
) -> list[Draw]:
    """A run for each of `data_seeds`, or, where the points are kept, the one there is.

    seeds: training seeds of each, from the scenario's own on. kept: train on the points as they are, for no data seed
    draws them. Raises ScenarioError for seeds that are none.
    """
    if seeds < 1:
        raise ScenarioError(["seeds: at least one is needed"])
    checked = check_data_seeds(data_seeds)
    count = max(1, training_seeds(scenario, seeds))

    def batches(one: Scenario) -> tuple[Batch, ...]:
        return tuple(Study(scenario=one, seeds=count, twin=twin, device=device).batches())

    if kept:
        return [Draw(None, batches(scenario))]
    return [Draw(seed, batches(scenario.with_values({"data.seed": seed}))) for seed in checked]


class Planner(Protocol):
    """Plans what a source of measures needs of one draw of the data (`record.sources`)."""

    def __call__(
        self, scenario: Scenario, data_seed: int | None, names: Collection[str], seeds: int, device: str
    ) -> Draw:
        """What is to be done, and how the measures follow from it, each under its name without the prefix.

        scenario: with the data seed, and the settings that the measures are to be taken with. data_seed: None where
        the points are kept in the scenario. names: which measures are wanted. seeds: of training, over which measures
        are means, where the source has no seeds of its own.
        Raises ScenarioError, in words, where the scenario has no such measure.
        """


def planned(
    source: str,
    scenario: Scenario,
    data_seeds: Sequence[int],
    names: Collection[str],
    seeds: int,
    device: str = "auto",
    *,
    kept: bool = False,
) -> list[Draw]:
    """As `drawn`, for measures of this source: what its planner makes of each draw."""
    if seeds < 1:
        raise ScenarioError(["seeds: at least one is needed"])
    plan: Planner = function_named(SOURCES[source].plan)
    if kept:
        return [plan(scenario, None, names, seeds, device)]
    return [
        plan(scenario.with_values({"data.seed": seed}), seed, names, seeds, device)
        for seed in check_data_seeds(data_seeds)
    ]


def check_data_seeds(data_seeds: Sequence[int]) -> tuple[int, ...]:
    """These, each once. Raises ScenarioError for none, or for what is no seed."""
    found = tuple(dict.fromkeys(int(seed) for seed in data_seeds))
    if not found:
        raise ScenarioError(["data seeds: at least one is needed"])
    if min(found) < 0 or max(found) > LARGEST_SEED:
        raise ScenarioError([f"data seeds: each is a number from 0 up to {LARGEST_SEED:,}"])
    return found


class Rows(Watcher):
    """Keeps what came of each task. changed: called with this whenever a batch ends."""

    def __init__(self, progress: OnProgress | None, changed: Callable[[Rows], object] | None = None) -> None:
        self._progress, self._changed = progress, changed
        self._rows: dict[str, Row] = {}
        self._errors: dict[str, Exception] = {}

    @override
    def progress(self, done: int, of: int) -> None:
        if self._progress is not None:
            self._progress(done, of)

    @override
    def finished(self, batch: Batch, values: Sequence[Any]) -> None:
        self._rows.update((task.key, row) for task, row in zip(batch.tasks, values, strict=True))
        if self._changed is not None:
            self._changed(self)

    @override
    def failed(self, failure: Failure) -> None:
        self._errors[failure.batch.tasks[0].key] = failure.error
        if self._changed is not None:
            self._changed(self)

    def ended(self, draw: Draw) -> bool:
        """Whether every batch of it is done or came to nothing."""
        keys = (batch.tasks[0].key for batch in draw.batches)
        return all(key in self._rows or key in self._errors for key in keys)

    def errors(self, draw: Draw) -> list[Exception]:
        """Why batches of it came to nothing."""
        return [self._errors[key] for batch in draw.batches if (key := batch.tasks[0].key) in self._errors]

    def lost(self, draw: Draw) -> int:
        """How many of its training seeds are left out of the means, because their training diverged."""
        return sum(_has_nothing(self._rows[key]) for key in draw.keys if key in self._rows)

    def metrics(self, draw: Draw) -> dict[str, float]:
        """Its measures; of runs the means over their training seeds."""
        return draw.reduce([self._rows.get(key) for key in draw.keys])


@dataclass(frozen=True)
class OverData:
    """A scenario trained on several draws of its data.

    metrics: of each measure one value for each data seed, the mean over the training seeds; those of clean twins under
    `clean.NAME`. seconds: that it took. failed: data seed -> why nothing came of it.
    """

    scenario: Scenario
    data_seeds: tuple[int, ...]
    seeds: tuple[int, ...]
    twin: bool
    metrics: Metrics
    seconds: float
    failed: tuple[tuple[int, str], ...] = ()
    lost: tuple[int, ...] = ()

    def side(self, clean: bool) -> Metrics:
        """The measures that both twins have, of the clean or the poisoned ones."""
        names = [name.removeprefix("clean.") for name in self.metrics if name.startswith("clean.")]
        return Metrics((name, self.metrics["clean." + name if clean else name]) for name in names)

    def of_the_run(self) -> Metrics:
        """The measures of the models, and with twins what the poison changed."""
        return Metrics((name, metric) for name, metric in self.metrics.items() if not name.startswith("clean."))

    def report(self) -> dict[str, Any]:
        """As plain values for JSON, shaped as the report of a run."""
        sides = {"metrics": self.of_the_run()}
        if self.twin:
            sides |= {"clean": self.side(True), "poisoned": self.side(False)}
        rate = self.scenario.training.steps * len(self.data_seeds) / self.seconds if self.seconds > 0 else 0.0
        found: dict[str, Any] = {
            "scenario": self.scenario.name,
            "learner": self.scenario.learner.name,
            "seeds": list(self.seeds),
            "data_seeds": list(self.data_seeds),
            "seeds_vary": "data",
            "steps": self.scenario.training.steps,
            "steps_per_second": round(rate, 1),
            "replica_steps_per_second": round(rate * len(self.seeds) * (1 + self.twin), 1),
        }
        found |= {side: {name: one.plain() for name, one in metrics.items()} for side, metrics in sides.items()}
        found["left_out"] = list(self.lost)
        found["failed"] = {str(seed): words for seed, words in self.failed}
        found["settings"] = self.scenario.model_dump(mode="json", include=set(SETTINGS))
        return found


def over_data(
    scenario: Scenario,
    data_seeds: Sequence[int],
    seeds: int = 1,
    twin: bool = False,
    device: str = "auto",
    progress: OnProgress | None = None,
    watch: Callable[[OverData], object] | None = None,
    executor: Executor | None = None,
) -> OverData:
    """Train a scenario on each of these data seeds. seeds: training seeds of each. watch: called with what is known.

    Raises ScenarioError where no data seed draws its points, or for seeds that are none, and where
    nothing came of any data seed, what the first one raised.
    """
    if not can_be_drawn(scenario):
        raise ScenarioError(["data seeds: the points of this scenario are kept in it; no data seed draws them anew"])
    began = perf_counter()
    draws = drawn(scenario, data_seeds, seeds, twin, device=device)
    first, count = scenario.training.seed, max(1, training_seeds(scenario, seeds))

    def gathered(rows: Rows) -> OverData:
        done = [draw for draw in draws if rows.ended(draw)]
        values = [rows.metrics(draw) for draw in done]
        names = dict.fromkeys(name for some in values for name in some)
        failed = tuple((draw.data_seed or 0, str(rows.errors(draw)[0])) for draw in done if rows.errors(draw))
        return OverData(
            scenario, tuple(draw.data_seed or 0 for draw in done), tuple(range(first, first + count)), twin,
            Metrics((name, _over_data(name, [some.get(name, math.nan) for some in values], twin)) for name in names),
            perf_counter() - began, failed, tuple(rows.lost(draw) for draw in done),
        )  # fmt: skip

    rows = Rows(progress, None if watch is None else lambda rows: watch(gathered(rows)))
    carry_out([batch for draw in draws for batch in draw.batches], None, executor, rows)
    if all(errors := [rows.errors(draw) for draw in draws]):
        raise errors[0][0]
    return gathered(rows)


def _over_data(name: str, values: Sequence[float], twin: bool) -> Metric:
    """A measure of one value for each data seed."""
    side, _, measure = name.rpartition(".")
    if measure == "attack_success_rate":
        return SuccessRate(tuple(values), "data", attacked=twin and side != "clean")
    return Metric.of(values, "data")


def _has_nothing(row: Row) -> bool:
    """Whether a run has no value of its own: what poison there is, and what its clean twin comes to, is not its own."""
    return all(value is None for name, value in row.items() if name != "poison_rate" and not name.startswith("clean."))
