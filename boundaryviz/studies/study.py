"""A study: one scenario, what is varied of it, and the tasks and batches that this comes to. No torch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice, product
from math import prod
from typing import Any, ClassVar, Self

from boundaryviz.learners.specs import LARGEST_SEED
from boundaryviz.record import reports
from boundaryviz.record.expectations import METRICS
from boundaryviz.record.seeds import training_varies
from boundaryviz.scenario import sweep
from boundaryviz.scenario.redrawing import can_be_drawn
from boundaryviz.scenario.scenario import SETTINGS, Scenario, ScenarioError
from boundaryviz.scenario.study_spec import MOST_DRAWS, Axis, StudySpec
from boundaryviz.studies.tasks import Batch, Task, content_key, part_key

__all__ = ["Axis", "Point", "Study", "StudyTask", "Training", "axis_of"]

STEPS = "training.steps"
_MOST_SEEDS = 1_000_000
MOST_RUNS = 10_000_000
_TOGETHER = 64  # replicas of a batch at most
_SETTLING = ("learner.name", "data.name", "poison.attack", "defence.defence")  # which settle what others there are
_SEEDS = {"training.seed": "seeds", "data.seed": "data_seeds"}  # which are varied in a way of their own


def axis_of(text: str, most: int, scenario: Scenario) -> Axis:
    """As `scenario.sweep.parse` reads it: 'poison.count=0..40'. most: values of a range. Raises SweepError."""
    path, values, _ = sweep.parse(text, most, scenario)
    return Axis(path=path, values=tuple(values))


@dataclass(frozen=True)
class Point:
    """A combination of the axes' values, by path, and the scenario with them."""

    values: dict[str, Any]
    scenario: Scenario

    @property
    def name(self) -> str:
        """In words: 'poison.count=7, data.noise=0.1'."""
        return ", ".join(f"{path}={sweep.value_words(value)}" for path, value in self.values.items())


@dataclass(frozen=True)
class StudyTask(Task):
    """One run of a study. number: its place in the order of the study, from 0.

    values: of the axes, in their order. data_seed: None for points as the scenario has them. fold: None for a model of
    all training points.
    """

    number: int
    values: tuple[Any, ...]
    data_seed: int | None
    seed: int
    fold: int | None


class Study(StudySpec):
    """What `StudySpec` says of a scenario. device: what it is trained on."""

    scenario: Scenario
    device: str = "auto"

    @classmethod
    def of(cls, scenario: Scenario, spec: StudySpec | None = None, device: str = "auto") -> Self:
        """spec: default the study that the scenario itself holds. Raises ScenarioError where that is none."""
        spec = scenario.study if spec is None else spec
        if spec is None:
            raise ScenarioError([f"study: {scenario.name} holds no study; say what is to be varied"])
        return cls(scenario=scenario, device=device, **dict(spec))

    @property
    def spec(self) -> StudySpec:
        """What is varied, without the scenario."""
        return StudySpec(**{name: getattr(self, name) for name in StudySpec.model_fields})

    @property
    def most(self) -> int:
        """How many runs it has, or, where some learners among the axes have nothing random, more than that."""
        draws = self.data_seeds if isinstance(self.data_seeds, int) else len(self._draws)
        seeds = self.most_seeds if self._may_vary else min(self.most_seeds, 1)
        return prod(len(axis.values) for axis in self.axes) * seeds * draws * (self.folds + 1)

    @property
    def most_seeds(self) -> int:
        """How many seeds of training a learner has in which something is random."""
        return self.seeds if isinstance(self.seeds, int) else len(set(self.seeds))

    @property
    def _may_vary(self) -> bool:
        """Whether something is random in training with some of the settings of the learner."""
        values = [(axis.path, value) for axis in self.axes if axis.path.startswith("learner.") for value in axis.values]
        if training_varies(self.scenario.learner) != "nothing" or any(path == "learner.name" for path, _ in values):
            return True
        for path, value in values:
            with suppress(ScenarioError):  # told by `check`
                if training_varies(self._bare.with_values({path: value}).learner) != "nothing":
                    return True
        return False

    def points(self) -> Iterator[Point]:
        """The combinations. Raises ScenarioError for a path that names no setting, or a value that it does not take."""
        for values in product(*(axis.values for axis in self.axes)):
            chosen = dict(zip((axis.path for axis in self.axes), values, strict=True))
            yield Point(chosen, self.scenario.with_values(chosen) if chosen else self.scenario)

    def check(self) -> None:
        """Raise ScenarioError with the problems that are quickly found, each once, as 'path: what is wrong'.

        Those of values are looked for in a part of the combinations, see `_looked_at`; `batches` looks at each.
        """
        problems = self._own_problems()
        if not problems and not self.axes and self.most == 1:
            problems.append("study: it varies nothing; give axes, seeds, data_seeds or folds")
        for chosen in islice(self._looked_at(), _LOOKED):
            try:
                self._bare.with_values(chosen)
            except ScenarioError as error:
                problems += error.problems
            if len(problems) > _MANY:
                break
        if problems:
            raise ScenarioError(list(dict.fromkeys(problems)))

    def _looked_at(self) -> Iterator[dict[str, Any]]:
        """Combinations that have each value in them, by path: all of the axes that settle which settings there are,
        with each of them every value of every other axis, the rest of these at their first."""
        first = {axis.path: axis.values[0] for axis in self.axes}
        settling = [axis for axis in self.axes if axis.path in _SETTLING]
        others = [axis for axis in self.axes if axis.path not in _SETTLING]
        for values in product(*(axis.values for axis in settling)):
            start = first | dict(zip((axis.path for axis in settling), values, strict=True))
            yield start
            for axis in others:
                yield from (start | {axis.path: value} for value in axis.values[1:])

    def batches(self) -> list[Batch]:
        """A task for every combination, draw of the data, seed and fold, whose numbers are in this order.

        Seeds and folds of a combination and draw, and their twins, are replicas of one batch; combinations along the
        course of a learner are one fit, those that differ in steps are one training. Raises ScenarioError for seeds
        that are none, and what `points` does.
        """
        if problems := self._own_problems():
            raise ScenarioError(problems)
        most = max(1, _TOGETHER // (2 if self.twin else 1))
        made: list[Batch] = []
        for group in self._groups():
            for at, data_seed in enumerate(self._draws):
                parts = range(0, len(group.runs), most)
                made += [self._batch(group, at, data_seed, slice(first, first + most)) for first in parts]
        return made

    def place(self, task: StudyTask) -> dict[str, Any]:
        """Where its row stands in the table: the value of each axis by path, and its seeds and fold."""
        where = dict(zip((axis.path for axis in self.axes), task.values, strict=True))
        return where | {"data_seed": task.data_seed, "seed": task.seed, "fold": task.fold}

    # ---- what it comes to ---------------------------------------------------------------------------

    @property
    def _bare(self) -> Scenario:
        """The scenario without the study that it may hold, which no run needs."""
        return self.scenario if self.scenario.study is None else self.scenario.model_copy(update={"study": None})

    @property
    def _points(self) -> Iterator[Point]:
        return self.model_copy(update={"scenario": self._bare}).points()

    @property
    def _all_folds(self) -> tuple[int | None, ...]:
        return (None, *range(self.folds))

    @property
    def _draws(self) -> tuple[int | None, ...]:
        if self.data_seeds is None:
            return (None,)
        if isinstance(self.data_seeds, int):
            first = MOST_DRAWS * self.scenario.data.seed
            return tuple(range(first, first + self.data_seeds))
        return tuple(dict.fromkeys(self.data_seeds))

    def _seeds(self, scenario: Scenario) -> tuple[int, ...]:
        """Of training; where nothing in it is random the first alone, for others would be copies."""
        first = scenario.training.seed
        seeds = range(first, first + self.seeds) if isinstance(self.seeds, int) else tuple(dict.fromkeys(self.seeds))
        if max(seeds, default=0) > LARGEST_SEED:
            raise ScenarioError([f"seeds: each is a number from 0 up to {LARGEST_SEED:,}"])
        return tuple(seeds[:1] if training_varies(scenario.learner) == "nothing" else seeds)

    def _own_problems(self) -> list[str]:
        """What is wrong with it whatever the values of its axes are."""
        found = []
        for axis in self.axes:
            if (instead := _SEEDS.get(axis.path)) is not None:
                found.append(f"{axis.path}: seeds are no axis; write {instead}, a number or a list of them")
            elif axis.path.partition(".")[0] not in SETTINGS:
                found.append(f"{axis.path}: this is no setting that a run depends on, such as data.noise")
        if isinstance(self.seeds, int) and self.seeds > _MOST_SEEDS:
            found.append(f"seeds: {self.seeds:,} are too many; {_MOST_SEEDS:,} are the most")
        elif not self.seeds or (isinstance(self.seeds, int) and self.seeds < 1):
            found.append("seeds: a study needs at least one")
        elif not isinstance(self.seeds, int) and not all(0 <= seed <= LARGEST_SEED for seed in self.seeds):
            found.append(f"seeds: each is a number from 0 up to {LARGEST_SEED:,}")
        if isinstance(self.data_seeds, int) and not 1 <= self.data_seeds <= MOST_DRAWS:
            found.append(f"data_seeds: ask for 1 to {MOST_DRAWS:,} draws, or list the seeds, or leave it out")
        elif self.data_seeds is not None:
            if not self._draws:
                found.append("data_seeds: a list of them names at least one")
            elif not all(0 <= seed <= LARGEST_SEED for seed in self._draws if seed is not None):
                found.append(f"data_seeds: each is a number from 0 up to {LARGEST_SEED:,}")
            if not can_be_drawn(self.scenario):
                found.append(
                    "data_seeds: the points of this scenario are kept in it; no data seed draws them anew; leave it out"
                )
        if self.most > MOST_RUNS:
            found.append(f"study: it has up to {self.most:,} runs; {MOST_RUNS:,} are the most; take it in parts")
        if self.steps is not None and any(axis.path == STEPS for axis in self.axes):
            found.append("steps: training.steps is varied; leave out either")
        found += reports.problems_of(self)
        if (name := self.measure.removeprefix("clean.")) and name not in METRICS:
            found.append(f"measure: no run has {name!r}; there are: {', '.join(sorted(METRICS))}")
        if self.folds and self.twin:
            found.append("folds: with twins there are none; the clean twin of a fold says nothing of the whole")
        return found

    def _key(self, point: Point) -> str:
        """Of what all runs of a combination share."""
        scenario, neutral = point.scenario, {"seed": 0}
        parts = {name: getattr(scenario, name).model_copy(update=neutral) for name in ("data", "training")}
        more = {"lengths": True} if self._lengths else {}
        given = scenario.model_copy(update=parts)
        return content_key("metrics", given, twin=self.twin, steps=self._steps(scenario), **more)

    @property
    def _lengths(self) -> bool:
        """Whether anybody wants to know how long boundaries are, which takes as long as some trainings."""
        return any("boundary_length" in name for name in (self.measure, *self.scenario.expect))

    def _steps(self, scenario: Scenario) -> int:
        """Of training: one where a fit is all there is to do."""
        if scenario.learner.family.at_once and scenario.course is None:
            return 1
        return scenario.steps if self.steps is None else self.steps

    def _groups(self) -> list[_Group]:
        """The combinations, those together that are found in one training: they differ along its course."""
        groups: dict[str, _Group] = {}
        number = 0
        for point in self._points:
            runs = tuple((seed, fold) for seed in self._seeds(point.scenario) for fold in self._all_folds)
            course = self._course(point)
            apart = {path: value for path, value in point.values.items() if path != course}
            group = groups.setdefault(repr((course, apart)), _Group(course, runs))
            group.points.append((point, number))
            number += len(runs) * len(self._draws)
        return list(groups.values())

    def _course(self, point: Point) -> str:
        """The path of the axis, if any, along which one training of the point's learner holds a model of every value:
        the course of one that is fitted, the steps of one that is trained in steps."""
        family, training = point.scenario.learner.family, point.scenario.training
        path = f"learner.{family.course}" if family.at_once else STEPS
        found = [axis for axis in self.axes if axis.path == path]
        if not found or point.scenario.course is not None:
            return ""
        if path == STEPS and training.early_stopping != "off":
            return ""  # at its last step a run takes back the weights that it keeps
        return path if all(type(value) is int and value > 0 for value in found[0].values) else ""

    def _batch(self, group: _Group, draw: int, data_seed: int | None, some: slice) -> Batch:
        tasks: list[StudyTask] = []
        for point, number in group.points:
            key, runs = self._key(point), group.runs
            drawn = point.scenario.data.seed if data_seed is None else data_seed
            words = [point.name] * bool(point.values) + [f"data seed {data_seed}"] * (data_seed is not None)
            for at in range(len(runs))[some]:
                seed, fold = runs[at]
                part = part_key(key, drawn, seed, None if fold is None else [fold, self.folds])
                named = [*words, f"seed {seed}", *([] if fold is None else [f"fold {fold + 1} of {self.folds}"])]
                place = number + draw * len(runs) + at
                values = tuple(point.values.values())
                tasks.append(StudyTask(part, ", ".join(named), place, values, data_seed, seed, fold))
        scenario = group.largest
        stages = tuple(point.values[group.course] for point, _ in group.points) if group.course else ()
        steps = self._steps(scenario)
        stepwise = group.course == STEPS
        content = Training(
            scenario, data_seed, group.runs[some], self.folds, self.twin, steps, self.device, stages, stepwise,
            self._lengths,
        )  # fmt: skip
        return Batch(tuple(tasks), content, steps)


@dataclass
class _Group:
    """Combinations that are trained together, each with its first number in the study. course: the path along which
    they differ, "" for one by itself. runs: seed and fold of each run of a combination."""

    course: str
    runs: tuple[tuple[int, int | None], ...]
    points: list[tuple[Point, int]] = field(default_factory=list)

    @property
    def largest(self) -> Scenario:
        """Of which a fit holds all of them."""
        return max((point for point, _ in self.points), key=lambda one: one.values.get(self.course, 0)).scenario


_MANY = 200  # problems that are looked for
_LOOKED = 20_000  # combinations in which they are, which takes a second or two


@dataclass(frozen=True)
class Training:
    """A scenario trained several times at once; of each run its metrics, name -> number or None.

    data_seed: None for the points as the scenario has them. runs: of each its seed and its fold of so many `folds`,
    None for all training points. stages: sizes along the learner's course, or `stepwise` numbers of steps, up to those
    of the scenario, of each of which every run has metrics; empty for those of the scenario alone. lengths: also
    measure the boundary.
    """

    WORK: ClassVar[str] = "boundaryviz.studies.training:metrics"
    scenario: Scenario
    data_seed: int | None
    runs: tuple[tuple[int, int | None], ...]
    folds: int
    twin: bool
    steps: int
    device: str
    stages: tuple[int, ...] = ()
    stepwise: bool = False
    lengths: bool = False
