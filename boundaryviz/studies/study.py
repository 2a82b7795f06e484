"""A study: one scenario, the settings that are varied, and the seeds each combination is trained with. No torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, ClassVar, Self

from pydantic import Field, field_validator

from boundaryviz.learners.specs import LARGEST_SEED
from boundaryviz.scenario import sweep
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.specs import Spec
from boundaryviz.studies.tasks import Batch, Task, content_key, part_key

_MOST_SEEDS = 1_000_000
_TOGETHER = 64  # replicas of a batch at most


class Axis(Spec):
    """A setting by its dotted path, and the values it takes, in their order."""

    path: str
    values: tuple[Any, ...] = Field(min_length=1, max_length=sweep.MOST)

    @classmethod
    def parse(cls, text: str, most: int, scenario: Scenario) -> Self:
        """As `scenario.sweep.parse` reads it: 'poison.count=0..40'. most: values of a range. Raises SweepError."""
        path, values, _ = sweep.parse(text, most, scenario)
        return cls(path=path, values=tuple(values))


@dataclass(frozen=True)
class Point:
    """A combination of the axes' values, by path, and the scenario with them."""

    values: dict[str, Any]
    scenario: Scenario

    @property
    def name(self) -> str:
        """In words: 'poison.count=7, data.noise=0.1'."""
        return ", ".join(f"{path}={sweep.value_words(value)}" for path, value in self.values.items())


class Study(Spec):
    """Every combination of the axes' values, the last axis running fastest, each trained with every seed.

    seeds: how many, from the scenario's own on, or which. twin: also without the poison. steps: of training, default
    the scenario's.
    """

    scenario: Scenario
    axes: tuple[Axis, ...] = ()
    seeds: int | tuple[int, ...] = 1
    twin: bool = False
    steps: int | None = Field(default=None, ge=1)
    device: str = "auto"

    @field_validator("axes")
    @classmethod
    def _apart(cls, axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
        if len({axis.path for axis in axes}) < len(axes):
            raise ValueError("each setting is varied by one axis")
        return axes

    def points(self) -> Iterator[Point]:
        """The combinations. Raises ScenarioError for a path that names no setting, or a value that it does not take."""
        for values in product(*(axis.values for axis in self.axes)):
            chosen = dict(zip((axis.path for axis in self.axes), values, strict=True))
            yield Point(chosen, self.scenario.with_values(chosen) if chosen else self.scenario)

    def batches(self) -> list[Batch]:
        """A task for every point and seed; seeds of a point, and their twins, are replicas of one batch.

        Raises ScenarioError for seeds that are none, and what `points` does.
        """
        most = _TOGETHER // (2 if self.twin else 1)
        made: list[Batch] = []
        for point in self.points():
            seeds = self._seeds(point.scenario)
            made += [self._batch(point, seeds[first : first + most]) for first in range(0, len(seeds), most)]
        return made

    def _batch(self, point: Point, seeds: Sequence[int]) -> Batch:
        scenario = point.scenario
        steps = scenario.steps if self.steps is None else self.steps
        neutral = scenario.model_copy(update={"training": scenario.training.model_copy(update={"seed": 0})})
        whole = content_key("metrics", neutral, twin=self.twin, steps=steps)
        before = f"{point.name}, " if point.values else ""
        tasks = tuple(Task(part_key(whole, seed), f"{before}seed {seed}") for seed in seeds)
        return Batch(tasks, Training(scenario, tuple(seeds), self.twin, steps, self.device), steps)

    def _seeds(self, scenario: Scenario) -> tuple[int, ...]:
        first = scenario.training.seed
        if isinstance(self.seeds, int) and self.seeds > _MOST_SEEDS:
            raise ScenarioError([f"seeds: {self.seeds:,} are too many; {_MOST_SEEDS:,} are the most"])
        seeds = tuple(range(first, first + self.seeds)) if isinstance(self.seeds, int) else self.seeds
        if not seeds:
            raise ScenarioError(["seeds: a study needs at least one"])
        if min(seeds) < 0 or max(seeds) > LARGEST_SEED:
            raise ScenarioError([f"seeds: each is a number from 0 up to {LARGEST_SEED:,}"])
        return tuple(dict.fromkeys(seeds))


@dataclass(frozen=True)
class Training:
    """A scenario trained with several seeds at once; of each seed its metrics, name -> number or None."""

    WORK: ClassVar[str] = "boundaryviz.studies.training:metrics"
    scenario: Scenario
    seeds: tuple[int, ...]
    twin: bool
    steps: int
    device: str
