"""Bias and variance: models trained on many samples of the data, and what they say on the plane and on test points."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.engine.replicas import Replicas
from boundaryviz.engine.session import Session
from boundaryviz.jobs.messages import OnProgress, Tell
from boundaryviz.learners.base import Extra, decided
from boundaryviz.record.bias_variance import BiasVariance, How
from boundaryviz.record.decomposition import Decomposition
from boundaryviz.runs.bars import told
from boundaryviz.runs.run import Run
from boundaryviz.scenario import sweep
from boundaryviz.scenario.gallery import Given, given
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.scene import Points, Scene
from boundaryviz.studies import samples as draws
from boundaryviz.studies.draws import Draw, Row
from boundaryviz.studies.executors import Executor
from boundaryviz.studies.requests import SAMPLES, BiasVarianceRequest
from boundaryviz.studies.running import AllOrNothing, carry_out
from boundaryviz.studies.samples import Places
from boundaryviz.studies.stores import ResultStore
from boundaryviz.studies.tasks import Batch, Task, content_key, part_key

_GROUPS = (10, 20, 30)  # samples of the first batches, so that something is known soon
_GROUP = 40  # of all others
_PARTS = 100  # of a sample, in which progress is told

Watch = Callable[[list[BiasVariance]], object]


def bias_variance(
    scenario: Given,
    samples: int = SAMPLES,
    *,
    steps: int | None = None,
    progress: OnProgress | bool | None = None,
    device: str = "auto",
    watch: Callable[[BiasVariance], object] | None = None,
    store: ResultStore | None = None,
    executor: Executor | None = None,
) -> BiasVariance:
    """Train a model on each of many samples of the data, and take its error apart into noise, bias and variance.

    scenario: or its name, a file, or arrays, as for `train`; its poison, where it has any, is laid on each sample.
    samples: 1 to 500. Where the data are drawn from a data set each is drawn afresh, else it is a bootstrap of the
    points there are, and the result says so. Each is trained with a seed of its own.
    steps: default the scenario's. progress, device: as for a dose-response. watch: called with what is known so far.
    store, executor: as in `studies.running.carry_out`.
    Raises ScenarioError for a scene that cannot be learnt or measured, or samples that are none; DeviceError;
    MemoryNeeded; InputsError.
    """
    chosen = given(scenario)
    heard = None if watch is None else lambda found: watch(found[0])
    return over_settings(
        [("", chosen)], samples, steps=steps, progress=progress, device=device, watch=heard, store=store,
        executor=executor,
    )[0]  # fmt: skip


def varied(scenario: Scenario, over: str | None) -> list[tuple[str, Scenario]]:
    """The scenario with each value of a setting, and the value in words; with itself alone where there is no setting.

    over: as `scenario.sweep.parse` reads it: 'learner.max_leaf_nodes=4,16,none'. Raises SweepError and ScenarioError.
    """
    if over is None:
        return [("", scenario)]
    path, values, _ = sweep.parse(over, sweep.MOST, scenario)
    title = sweep.title_of(scenario, path).lower()
    return [(f"{title} {sweep.value_words(value)}", scenario.with_values({path: value})) for value in values]


def over_settings(
    several: Sequence[tuple[str, Scenario]],
    samples: int = SAMPLES,
    *,
    steps: int | None = None,
    progress: OnProgress | bool | None = None,
    device: str = "auto",
    watch: Watch | None = None,
    store: ResultStore | None = None,
    executor: Executor | None = None,
) -> list[BiasVariance]:
    """As `bias_variance`, of several scenarios, each with what was set for it in words; in their order."""
    if not 1 <= samples <= draws.MOST:
        raise ScenarioError([f"samples: their number is 1 to {draws.MOST}, not {samples}"])
    plans = [_Plan.of(label, scenario, samples, steps, device) for label, scenario in several]
    with told(f"bias and variance of {plans[0].scenario.name}", progress) as tell:
        watcher = _Watcher(plans, tell, watch)
        carry_out([batch for plan in plans for batch in plan.batches], store, executor, watcher)
    return watcher.found()


def plan(scenario: Scenario, data_seed: int | None, names: Collection[str], seeds: int, device: str) -> Draw:
    """The measures of `[expect]` under 'bias_variance.', on the test points; see `draws.Planner`. Each sample has a
    training seed of its own, whatever `seeds` says."""
    whole = _Plan.of("", scenario, SAMPLES, None, device)

    def reduce(rows: Sequence[Row | None]) -> dict[str, float]:
        keys = (batch.tasks[0].key for batch in whole.batches)
        return whole.result({key: row for key, row in zip(keys, rows, strict=True) if row is not None}).measures

    return Draw(data_seed, tuple(whole.batches), reduce)


def job(request: BiasVarianceRequest, tell: Tell) -> None:
    """Bias and variance for the window, of all settings that it asks for."""
    from boundaryviz.studies.sqlite_store import SqliteStore

    with SqliteStore(request.store) as store:
        over_settings(
            varied(request.scenario, request.over), request.samples, progress=tell.progress, watch=tell.result,
            store=store,
        )  # fmt: skip


# ---- what is to be done -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Plan:
    """The batches of one scenario, and the result before any of them is done."""

    scenario: Scenario
    batches: list[Batch]
    start: BiasVariance
    target: NDArray[np.float64]

    @classmethod
    def of(cls, label: str, scenario: Scenario, samples: int, steps: int | None, device: str) -> _Plan:
        how = draws.way_of(scenario)
        places = Places.of(scenario, how)
        scene = scenario.scene()
        count = 1 if scenario.learner.family.at_once else scenario.steps if steps is None else steps
        whole = content_key("bias-variance", scenario, how=how, steps=count, places=[*places.shape, places.x.shape[0]])
        batches = []
        for first, many in _groups(samples):
            name = f"samples {first + 1} to {first + many}" + f" with {label}" * bool(label)
            content = Sampling(scenario, how, first, many, count, device, places)
            batches.append(Batch((Task(part_key(whole, first, many), name),), content, _PARTS * many))
        cells = places.cells
        none = Decomposition.empty(places.target)
        start = BiasVariance(
            scenario.name, scenario.title, scenario.learner.TITLE, label, how, 0, samples, 0, places.truth,
            scenario.data.label_noise, tuple(scene.class_name(k) for k in range(scene.classes)), places.rect,
            places.shape, none.take(slice(0, cells)), none.take(slice(cells, None)),
        )  # fmt: skip
        return cls(scenario, batches, start, places.target)

    def result(self, rows: Mapping[str, Row]) -> BiasVariance:
        """Of the batches that are done, in their order, so that sums are the same to the bit whoever was first."""
        found, cells = self.start, self.start.shape[0] * self.start.shape[1]
        for batch in self.batches:
            if (row := rows.get(batch.tasks[0].key)) is not None:
                more = _unpacked(row, self.target)
                found = replace(
                    found,
                    samples=found.samples + row["samples"],
                    lost=found.lost + row["lost"],
                    plane=found.plane + more.take(slice(0, cells)),
                    test=found.test + more.take(slice(cells, None)),
                )
        return found


def _groups(samples: int) -> Iterator[tuple[int, int]]:
    """The first sample of each batch, and how many it has. More samples have the same batches and others besides."""
    first, number = 0, 0
    while first < samples:
        many = min(_GROUPS[number] if number < len(_GROUPS) else _GROUP, samples - first)
        yield first, many
        first, number = first + many, number + 1


class _Watcher(AllOrNothing):
    """Puts the results together."""

    def __init__(self, plans: Sequence[_Plan], progress: OnProgress | None, watch: Watch | None) -> None:
        super().__init__(progress)
        self._plans, self._watch = plans, watch
        self._rows: dict[str, Row] = {}

    @override
    def finished(self, batch: Batch, values: Sequence[Any]) -> None:
        self._rows[batch.tasks[0].key] = values[0]
        if self._watch is not None:
            self._watch(self.found())

    def found(self) -> list[BiasVariance]:
        """What is known so far, of all scenarios."""
        return [plan.result(self._rows) for plan in self._plans]


# ---- the work -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Sampling:
    """What is done for a batch: `many` samples from number `first` on, and what their models say at the places."""

    WORK: ClassVar[str] = "boundaryviz.studies.bias_variance:measure"
    scenario: Scenario
    how: How
    first: int
    many: int
    steps: int
    device: str
    places: Places


def measure(content: Sampling, tell: Tell) -> list[dict[str, Any]]:
    """The work of a batch: votes and sums over its models, as text, and how many models there are."""
    target = content.places.target
    classes, places = target.shape
    votes, sums, squares = np.zeros((classes + 1, places), np.int64), np.zeros((classes, places)), np.zeros(places)
    lost, every = 0, np.arange(places)
    for p in _said(content, tell):
        if p is None:
            lost += 1
            continue
        p = np.pad(p, ((0, classes - len(p)), (0, 0)))  # a rule may give a sample fewer classes than there are
        votes[decided(p.T), every] += 1
        p = np.where(np.isnan(p), 1.0 / classes, p).astype(np.float64)  # an even guess, as in the loss
        sums += p
        squares += (p**2).sum(axis=0)
    columns = {"votes": votes.astype("<i2"), "sums": sums.astype("<f8"), "squares": squares.astype("<f8")}
    packed = {name: base64.b64encode(zlib.compress(array.tobytes(), 1)).decode() for name, array in columns.items()}
    return [packed | {"samples": content.many - lost, "lost": lost}]


def _unpacked(row: Row, target: NDArray[np.float64]) -> Decomposition:
    """What `measure` packed, at all places."""
    votes, sums, squares = (
        np.frombuffer(zlib.decompress(base64.b64decode(row[name])), dtype)
        for name, dtype in (("votes", "<i2"), ("sums", "<f8"), ("squares", "<f8"))
    )
    classes = len(target)
    return Decomposition(votes.astype(np.int64).reshape(classes + 1, -1), sums.reshape(classes, -1), squares, target)


def _said(content: Sampling, tell: Tell) -> Iterator[NDArray[np.float32] | None]:
    """The probabilities (C, M) of each model, NaN where undecided; None of one that diverged."""
    total, done = _PARTS * content.many, 0
    for session in _sessions(content):
        run, some = Run(session), len(session.replicas)

        def progress(step: int, steps: int, before: int = done, share: int = some) -> None:
            tell.progress(before + _PARTS * share * step // steps, total)

        run.advance(content.steps, progress)
        done += _PARTS * some
        for replica in range(some):
            lost = bool(session.diverged[replica])
            yield None if lost else session.learner.probabilities(content.places.x, replica)[0]


def _sessions(content: Sampling) -> Iterator[Session]:
    """Sessions whose replicas are the samples in their order: one for all where they can be trained together."""
    # curves would cost as much as some of the training
    training = content.scenario.training.model_copy(update={"evaluate_every": 100_000})
    scenario = content.scenario.model_copy(update={"training": training, "course": None})
    numbers = range(content.first, content.first + content.many)
    seeds = [draws.training_seed(scenario, number) for number in numbers]
    if content.how == "bootstrap":
        scene = scenario.scene()
        replicas = Replicas.bootstrap(scene, numbers.stop, scenario.data.seed).take(numbers)
        yield Session(scenario, scene, device=content.device, replicas=replace(replicas, seeds=tuple(seeds)))
        return
    scenes = [draws.drawn_anew(scenario, number) for number in numbers]
    if scenario.learner.family.supervised and scenario.data.input_scale != "standardised" and _alike(scenes):
        yield _together(scenario, scenes, seeds, content.device)
        return
    for scene, seed in zip(scenes, seeds, strict=True):
        yield Session(scenario, scene, (seed,), device=content.device)


def _alike(scenes: Sequence[Scene]) -> bool:
    """Whether they are as many training points with the same ids on one domain, none of which is poison or withdrawn,
    so that each may be a replica's own without any shared."""
    first = scenes[0]
    return all(
        (scene.domain, scene.classes) == (first.domain, first.classes)
        and not scene.points.origin.any()
        and not scene.points.muted.any()
        and np.array_equal(scene.points.ids[scene.points.is_train], first.points.ids[first.points.is_train])
        for scene in scenes
    )


def _together(scenario: Scenario, scenes: Sequence[Scene], seeds: Sequence[int], device: str) -> Session:
    """Each sample as a replica whose training points are all its own: it learns what it would alone."""
    points: list[Points] = [scene.points.take(scene.points.is_train) for scene in scenes]
    own = Extra(
        points[0].ids,
        np.stack([some.x for some in points]),
        np.stack([some.label.astype(np.int64) for some in points]),
    )
    bare = scenes[0].with_points(scenes[0].points.take(np.zeros(len(scenes[0].points), dtype=bool)))
    return Session(scenario, bare, device=device, replicas=Replicas(tuple(seeds), (None,) * len(seeds), extra=own))
