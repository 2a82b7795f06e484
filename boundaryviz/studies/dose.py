"""Dose-response: how many points of poison it takes, over seeds, with and without unlabelled data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine import device as devices
from boundaryviz.engine.session import Session
from boundaryviz.jobs.messages import OnProgress, Tell
from boundaryviz.learners.families.estimators import nearest_neighbours
from boundaryviz.learners.family import LearnerSettings
from boundaryviz.learners.specs import FAMILIES, LearnerSpec
from boundaryviz.record.dose import DoseCurve, DoseResponse
from boundaryviz.record.metrics import ATTACKED_PINS, attack_success
from boundaryviz.record.seeds import Varies
from boundaryviz.runs.bars import told
from boundaryviz.runs.run import Run
from boundaryviz.scenario.cost import check_memory
from boundaryviz.scenario.gallery import Given, given
from boundaryviz.scenario.inputs import check_inputs
from boundaryviz.scenario.redrawing import can_be_drawn
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.data import OWN
from boundaryviz.scene.lessons import can_teach, lacking
from boundaryviz.scene.scene import Scene, Split
from boundaryviz.studies.doses import PoisonedScene, bare, counted
from boundaryviz.studies.executors import Executor
from boundaryviz.studies.requests import DoseRequest
from boundaryviz.studies.running import AllOrNothing, carry_out
from boundaryviz.studies.stores import ResultStore
from boundaryviz.studies.tasks import Batch, Task, content_key, part_key

_LAID = {"count": 0, "on": True}  # of an attack that is laid with several doses
_NEIGHBOURS = 5  # that vote, where a learner is like no other
_LOOKS = 20  # how often `watch` is told while a learner trains

Watch = Callable[[DoseResponse], object]


def dose_response(
    scenario: Given,
    doses: Sequence[int] | None = None,
    seeds: int = 8,
    steps: int | None = None,
    learners: Sequence[str | LearnerSpec] | None = None,
    progress: OnProgress | bool | None = None,
    device: str = "auto",
    watch: Watch | None = None,
    store: ResultStore | None = None,
    executor: Executor | None = None,
) -> DoseResponse:
    """What the scenario's attack does with this and that many points, over seeds.

    scenario: or its name, a file, or arrays, as for `train`.
    doses: how many points; 0 comes along unasked, and more than the attack can place (labels to flip may run out)
    are left out. Default: eight, evenly apart on a logarithmic scale, see `doses.default_doses`.
    seeds: how many. Where a learner trains in steps, or grows a forest, they are training seeds, and all doses and
    seeds are replicas of one batch. Where it is fitted at once and nothing is random, they are seeds of the data, or,
    where the points were drawn or edited by hand, of the poison; those are fitted one after the other, and where
    not even the poison is random there is but one.
    steps: default the scenario's. learners: names or specs; default the scenario's own, and beside one that uses
    unlabelled points its `counterpart`.
    progress: a function, called with (done, in all); what it raises ends everything. False for none; by default a bar
    in terminals and notebooks. watch: called with what is known so far.
    store, executor: as in `studies.running.carry_out`; a learner whose results are all stored is not trained again.
    Raises ScenarioError for doses or learners that are none, an attack that cannot be laid, or a scene that teaches
    nothing; DeviceError; MemoryNeeded; InputsError; and ValueError without seeds.
    """
    scenario = given(scenario)
    chosen = _chosen(scenario, learners)
    counts = counted(scenario, doses)
    if seeds < 1:
        raise ValueError("a dose-response needs at least one seed")
    steps = scenario.training.steps if steps is None else steps
    works = [
        _Work(scenario.model_copy(update={"learner": spec}), title, counts, seeds, steps, device)
        for spec, title in zip(chosen, _titles(chosen), strict=True)
    ]
    for work in works:
        work.check_memory()
    laid = PoisonedScene.of(scenario, counts)
    found = DoseResponse(scenario.name, scenario.title, scenario.poison.TITLE, counts, laid.rates)
    with told(f"doses of {scenario.name}", progress) as tell:
        watcher = _Watcher(found, tell, watch)
        carry_out([work.batch(laid) for work in works], store, executor, watcher)
    curves = {curve.title: curve for curve in watcher.found.curves}  # which may have come in another order
    return replace(found, curves=tuple(curves[work.title] for work in works))


def job(request: DoseRequest, tell: Tell) -> None:
    """A dose-response for the window."""
    dose_response(request.scenario, request.doses, request.seeds, progress=tell.progress, watch=tell.result)


class _Watcher(AllOrNothing):
    """Puts the response together, of all learners or none."""

    def __init__(self, found: DoseResponse, progress: OnProgress | None, watch: Watch | None) -> None:
        super().__init__(progress)
        self.found, self._watch = found, watch

    def partial(self, batch: Batch, value: Any) -> None:
        self._know(value)

    def finished(self, batch: Batch, values: Sequence[Any]) -> None:
        content: Any = batch.content
        self._know(content.work.curve(content.laid, values))

    def _know(self, curve: DoseCurve) -> None:
        self.found = self.found.with_curve(curve)
        if self._watch is not None:
            self._watch(self.found)


def counterpart(spec: LearnerSettings, scene: Scene) -> LearnerSettings | None:
    """The supervised learner to be held against one that uses unlabelled points; None for a supervised one.

    It is the one that the settings name, or else nearest neighbours, no more than the rarest class has labels.
    """
    if spec.family.supervised:
        return None
    points = scene.points
    taught = points.label[points.is_train & points.is_labelled & ~points.muted]
    rarest = int(np.unique(taught, return_counts=True)[1].min(initial=len(taught)))
    return spec.counterpart(rarest) or nearest_neighbours(_NEIGHBOURS, rarest)


@dataclass(frozen=True)
class _Work:
    """One learner's share of a dose-response: that of the scenario."""

    scenario: Scenario
    title: str
    doses: tuple[int, ...]
    seeds: int
    steps: int
    device: str

    @property
    def at_once(self) -> bool:
        """Whether the learner is fitted at once and nothing is random."""
        learner = self.scenario.learner
        return learner.family.at_once and not learner.seeded

    def check_memory(self) -> None:
        """Raise MemoryNeeded where there is none for all doses and seeds, before they are laid.

        Raise InputsError where they are more points than the learner takes.
        """
        clean = bare(self.scenario.scene())
        planted = max(self.doses)  # every replica has as many places for points of its own
        check_inputs(self.scenario, clean, planted)
        runs = 1 if self.at_once else self.seeds
        uncompiled = devices.uncompiled_on(self.scenario.learner, clean, self.scenario.training)
        if devices.resolve(self.device, uncompiled).device.type != "cuda":
            check_memory(self.scenario, clean, runs, len(self.doses), planted=planted, apart=True)

    @property
    def units(self) -> int:
        """How much there is to do."""
        return self.seeds if self.at_once else self._steps

    @property
    def _steps(self) -> int:
        return 1 if self.scenario.learner.family.at_once else self.steps

    def batch(self, laid: PoisonedScene) -> Batch:
        """A task for every seed and dose, seeds running slowest, as replicas do."""
        path, first = self._varied
        section, _, name = path.partition(".")
        # the attack is laid with each dose, whatever its count was
        neutral = self.scenario.model_copy(update={"poison": self.scenario.poison.model_copy(update=_LAID)})
        neutral = neutral.model_copy(update={section: getattr(neutral, section).model_copy(update={name: 0})})
        whole = content_key(
            "dose", neutral, varied=path, doses=list(self.doses), steps=self._steps, success_of=ATTACKED_PINS
        )
        tasks = tuple(
            Task(part_key(whole, first + k, dose), f"{self.title}, {dose} points, seed {first + k}")
            for k in range(self.seeds)
            for dose in self.doses
        )
        return Batch(tasks, DoseContent(self, laid), self.units)

    def done(self, laid: PoisonedScene, tell: Tell) -> DoseCurve:
        """Do it all; `tell` hears how much is done, and now and then what came of it so far."""
        return self._one_by_one(laid, tell) if self.at_once else self._together(laid, tell)

    def _together(self, laid: PoisonedScene, tell: Tell) -> DoseCurve:
        first, steps = self.scenario.training.seed, self._steps
        seeds = range(first, first + self.seeds)
        replicas = laid.replicas(seeds)
        # curves of every replica would cost as much as some of the training
        training = self.scenario.training
        if training.early_stopping == "off":
            training = training.model_copy(update={"evaluate_every": min(steps, 100_000)})
        scenario = self.scenario.model_copy(update={"training": training})
        run = Run(Session(scenario, laid.scene, device=self.device, replicas=replicas))
        looks = iter(range(1, _LOOKS))
        due = next(looks)

        def progress(done: int, total: int) -> None:
            nonlocal due
            look = done * _LOOKS >= due * total and done < total
            if look:
                due = next((k for k in looks if k * total > done * _LOOKS), _LOOKS)
            tell.progress(done, total)
            if look:
                tell.result(self._curve("training", done, measured(run, len(laid.groups))))

        run.advance(steps, progress)
        return self._curve("training", steps, measured(run, len(laid.groups)))

    def _one_by_one(self, laid: PoisonedScene, tell: Tell) -> DoseCurve:
        scenario = self.scenario
        found: list[Measures] = []
        path, first = self._varied
        varies: Varies = "data" if path == "data.seed" else "poison"
        for k in range(self.seeds):
            own = laid if k == 0 else PoisonedScene.of(scenario.with_values({path: (first + k) % 2**31}), self.doses)
            if k == 1 and own.same_points(laid):
                tell.progress(self.seeds, self.seeds)
                return self._curve("nothing", 1, found[0])
            run = Run(Session(scenario, own.scene, device=self.device, replicas=own.replicas((0,))))
            run.advance(1)
            found.append(measured(run, len(own.groups)))
            tell.progress(k + 1, self.seeds)
            tell.result(self._curve(varies, 1, _joined(found)))
        return self._curve(varies, 1, _joined(found))

    @property
    def _varied(self) -> tuple[str, int]:
        """Which seed is varied, and the first one."""
        scenario = self.scenario
        if not self.at_once:
            return "training.seed", scenario.training.seed
        drawn = can_be_drawn(scenario) if scenario.data.name == OWN else scenario.plane is None
        return ("data.seed", scenario.data.seed) if drawn else ("poison.seed", scenario.poison.seed)

    def rows(self, curve: DoseCurve) -> list[dict[str, Any]]:
        """What came of each task, as plain values. Where nothing is random, all seeds have come to the same."""
        already = None if curve.already is None else np.broadcast_to(curve.already, curve.flip_rate.shape)
        sides = {"flip_rate": curve.flip_rate, "attack_success_rate": curve.success, "already_so": already}
        return [
            {name: None if side is None else _plain(side[dose, k % side.shape[1]]) for name, side in sides.items()}
            | {"seeds_vary": curve.varies}
            for k in range(self.seeds)
            for dose in range(len(self.doses))
        ]

    def curve(self, laid: PoisonedScene, rows: Sequence[dict[str, Any]]) -> DoseCurve:
        """From what `rows` gave."""
        varies: Varies = rows[-1]["seeds_vary"]
        seeds = 1 if varies == "nothing" else self.seeds
        flips, success, already = (
            np.array([np.nan if row[name] is None else row[name] for row in rows], dtype=np.float64)
            .reshape(self.seeds, -1)[:seeds]
            .T
            for name in ("flip_rate", "attack_success_rate", "already_so")
        )
        pins = bool(laid.scene.targets)
        return self._curve(
            varies, self._steps, Measures(flips, success if pins else None, already[0] if pins else None)
        )

    def _curve(self, varies: Varies, steps: int, found: Measures) -> DoseCurve:
        spec = self.scenario.learner
        return DoseCurve(
            spec.name, self.title, spec.family.supervised, varies, steps, found.flips, found.success, found.already
        )


@dataclass(frozen=True)
class DoseContent:
    """What is done for one learner."""

    WORK: ClassVar[str] = "boundaryviz.studies.dose:measure"
    work: _Work
    laid: PoisonedScene


def measure(content: DoseContent, tell: Tell) -> list[dict[str, Any]]:
    """The work of a batch: flip rate and attack success of every seed and dose."""
    return content.work.rows(content.work.done(content.laid, tell))


@dataclass(frozen=True, eq=False)
class Measures:
    """Of S seeds at D doses, as in `DoseCurve`: flips, success: (D, S). already: (S,). None without pins."""

    flips: NDArray[np.float64]
    success: NDArray[np.float64] | None = None
    already: NDArray[np.float64] | None = None


def measured(run: Run, doses: int) -> Measures:
    """Of replicas that are every dose of a seed, then of the next; the first dose is the clean twin. NaN where it or
    the dose diverged."""
    session: Any = run.session
    scene: Scene = session.scene
    test = scene.points.x[(scene.points.split == Split.TEST) & ~scene.points.muted]
    targets = np.array([(target.x, target.y) for target in scene.targets], dtype=np.float64).reshape(-1, 2)
    found = session.learner.predict(np.concatenate([test, scene.embed(targets)]))
    found = found.reshape(-1, doses, found.shape[1])
    lost = ~session.learner.finite().reshape(-1, doses)
    lost = lost | lost[:, :1]
    flips = np.where(lost, np.nan, (found[:, :, : len(test)] != found[:, :1, : len(test)]).mean(axis=2))
    if not len(targets):
        return Measures(flips.T)
    wanted, pins = np.array([target.target_class for target in scene.targets]), found[:, :, len(test) :]
    success, _ = attack_success(pins, wanted, pins[:, :1])
    success[:, 0] = np.nan  # nothing is attacked
    already, _ = attack_success(pins[:, 0], wanted)
    return Measures(flips.T, np.where(lost, np.nan, success).T, np.where(lost[:, 0], np.nan, already))


def _joined(found: Sequence[Measures]) -> Measures:
    """Of the seeds of all of these."""
    success = [one.success for one in found if one.success is not None]
    already = [one.already for one in found if one.already is not None]
    return Measures(
        np.concatenate([one.flips for one in found], axis=1),
        np.concatenate(success, axis=1) if success else None,
        np.concatenate(already) if already else None,
    )


def _plain(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None


def _titles(specs: Sequence[Any]) -> list[str]:
    """What each learner is called, a second one of a family by a number."""
    titles = [spec.TITLE for spec in specs]
    return [t if (k := titles[:at].count(t)) == 0 else f"{t} {k + 1}" for at, t in enumerate(titles)]


def _chosen(scenario: Scenario, learners: Sequence[str | LearnerSpec] | None) -> list[LearnerSpec]:
    """The learners asked for. Raises ScenarioError for a name that is none, or a scene that cannot be learnt."""
    scene = bare(scenario.scene())
    if not can_teach(scene):
        raise ScenarioError([f"data: {lacking(scene)}"])
    if not ((scene.points.split == Split.TEST) & ~scene.points.muted).any():
        raise ScenarioError(["data: there is no test point to count flips on; give data.test a share"])
    if learners is None:
        against = counterpart(scenario.learner, scene)
        return [scenario.learner] if against is None else [scenario.learner, against]
    if not learners:
        raise ScenarioError(["learners: name at least one"])
    unknown = [name for name in learners if isinstance(name, str) and name not in FAMILIES]
    if unknown:
        raise ScenarioError(
            [f"learners: unknown learner {name!r}; there are: {', '.join(FAMILIES)}" for name in unknown]
        )
    own = scenario.learner
    specs: list[Any] = [
        (own if one == own.name else FAMILIES[one].spec()) if isinstance(one, str) else one for one in learners
    ]
    return specs
