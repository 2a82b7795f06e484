"""A run: a learner's replicas on a scene, stepped, evaluated and asked. No input or output."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from boundaryviz.defences.judged import Judged
from boundaryviz.engine import device as devices
from boundaryviz.engine.boundary import boundary_length
from boundaryviz.engine.cascades import Cascades
from boundaryviz.engine.choosing import choose
from boundaryviz.engine.deciding import Deciding, deciding
from boundaryviz.engine.defending import Defending
from boundaryviz.engine.early_stopping import EarlyStopping
from boundaryviz.engine.evaluation_set import EvaluationSet, confusion
from boundaryviz.engine.fits import Course
from boundaryviz.engine.judging import Sight, sights, trust
from boundaryviz.engine.messages import CURVES, OF_EMBEDDINGS, Curves
from boundaryviz.engine.pace import Pace
from boundaryviz.engine.replicas import Replicas
from boundaryviz.engine.surface import Ask, in_parts, surface
from boundaryviz.engine.twins import Twins, compare
from boundaryviz.evasion.common import common_push
from boundaryviz.evasion.nearest import Look, asked_by
from boundaryviz.evasion.pushes import Pushes, Robustness
from boundaryviz.evasion.pushing import pushing
from boundaryviz.evasion.robustness import measuring
from boundaryviz.evasion.settings import EvasionSpec, Line
from boundaryviz.learners.assessing import Assess
from boundaryviz.learners.base import Extra, Learner, Problem, TrainingData, decided, leads_of
from boundaryviz.learners.cascade import Cascade
from boundaryviz.learners.families.estimators import DecisionTreeClassifierSpec, SVCSpec
from boundaryviz.learners.family import LearnerSettings
from boundaryviz.learners.scaled import Scaled, learner_of
from boundaryviz.learners.trees import Tree
from boundaryviz.scenario.changes import stirs
from boundaryviz.scenario.cost import check_memory
from boundaryviz.scenario.history_spec import Engine as EngineName
from boundaryviz.scenario.inputs import check_inputs
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.measure import measured, scaling_of
from boundaryviz.scene.planes import shown_otherwise
from boundaryviz.scene.scene import Domain, Points, Scene, Split
from boundaryviz.scene.section import Section, on_plane

_PART = 1 << 11  # points that all models of a course are asked about at once


class Evaluation(NamedTuple):
    """One row of the curves; see `Curves`. values: (R, 33). margins: (R, P)."""

    step: int
    values: NDArray[np.float64]
    margins: NDArray[np.float64]


class Session:
    """R replicas of a scenario's learner in lock step.

    seeds: one per run, default the scenario's own. twin: train every seed twice, all clean replicas first (the
    poison has weight 0 there), then all poisoned ones; R is then 2 * len(seeds). replicas: whatever else, each as a run
    of its own, or with `twin` a clean half and then a poisoned one. steps: for how many somebody will keep the curves.
    learner: in place of the scenario's. live: somebody may be dragging a point, see `Defending`, and waits for no
    program to be compiled unless it is asked for by name. device: the engine, as `devices.resolve` takes it, and
    strict. engine: what does the steps, for as long as the run lasts. evaluated: the last evaluation. defending: the
    scenario's defence.
    Raises DeviceError for a device that is not there, and MemoryNeeded before anything is built for which there is no
    memory, on CUDA that of the GPU. Raises InputsError for a learner that is
    not for points with such inputs, and DefenceError for a defence that cannot judge them.
    """

    def __init__(
        self,
        scenario: Scenario,
        scene: Scene | None = None,
        seeds: Sequence[int] | None = None,
        twin: bool = False,
        device: str = "auto",
        replicas: Replicas | None = None,
        steps: int = 0,
        learner: LearnerSettings | None = None,
        live: bool = False,
        strict: bool = True,
    ) -> None:
        devices.one_thread()
        devices.keep_memory()
        self.scenario, self._instead = scenario, learner
        self.scene = scenario.scene() if scene is None else scene
        quickest = partial(self._quickest, seeds, twin, replicas)
        self._resolve = partial(devices.resolve, wait=not live, strict=strict, pick=quickest)
        self.engine = self._resolve(device, self.uncompiled)
        sights = replicas.sights if replicas is not None else 1 + twin
        runs = -(-len(replicas) // sights) if replicas is not None else 1 if seeds is None else len(seeds)
        self._crowd, self._needs = (runs, sights, steps), 0.0
        self._handed = replicas
        self._afford(scenario, self.scene)
        if seeds is None:
            seeds = (scenario.training.seed,) if replicas is None else replicas.seeds[: len(replicas) // (1 + twin)]
        self.seeds, self.twin = tuple(seeds), twin
        self.replicas = replicas or Replicas.of(self.seeds, twin)
        self._watched: int | None = None
        self._assess: tuple[Learner, Assess] | None = None
        self._pace = Pace()
        self.defending = Defending(live)
        self.reset()

    # ---- set-up -------------------------------------------------------------------------------------

    def _quickest(
        self, seeds: Sequence[int] | None, twin: bool, replicas: Replicas | None, engines: Sequence[EngineName]
    ) -> tuple[EngineName, str]:
        """Of these engines, the last of which is the processor's, the one that does most steps of this run a second, as
        `choosing` measures it; and why."""
        scenario, scene, spec = self.scenario, self.scene, self.spec
        if spec.family.at_once:
            return engines[-1], "It is fitted at once, on the processor."
        bare = scenario.model_copy(update={"defence": None})

        def learner_on(engine: str) -> Learner:
            return Session(bare, scene, seeds, twin, engine, replicas, learner=spec).learner

        count = len(replicas) if replicas is not None else (1 if seeds is None else len(seeds)) * (1 + twin)
        training, points = scenario.training, scene.points
        private = training.clip > 0, training.gradient_noise > 0
        key = (
            spec.model_dump_json(), training.optimiser, training.batch_size, private, training.evaluate_every, count,
            points.width, scene.classes, len(points).bit_length(), *engines,
        )  # fmt: skip
        found = choose(engines, learner_on, training.evaluate_every, key)
        return next(one for one in engines if one == found.engine), f"Measured here: {found.why}."

    def _afford(self, scenario: Scenario, scene: Scene) -> None:
        """Raise MemoryNeeded where there is no memory to train this scenario on this scene instead of what is there.

        Raise InputsError where its learner is not for such points.
        """
        if self._instead is not None:
            scenario = scenario.model_copy(update={"learner": self._instead})
        own, apart = 0, False
        if (given := self._handed) is not None:
            scene, own, apart = given.largest(scene), len(given.extra or ()), given.apart
        check_inputs(scenario, scene, own)
        free = devices.free_on_gpu if self.device.type == "cuda" else None
        self._needs = check_memory(scenario, scene, *self._crowd, own, self._needs, apart=apart, free=free)

    @property
    def device(self) -> torch.device:
        """Where the tensors live."""
        return self.engine.device

    @property
    def uncompiled(self) -> str:
        """Why the compiled program is not for the learner on this scene, "" where it is."""
        return devices.uncompiled_on(self.spec, self.scene, self.scenario.training)

    def _go_on_with(self) -> devices.Engine:
        """The engine of a run that begins where another ends: the same, unless it is not for the learner any more, or
        the program has come that was waited for."""
        engine, uncompiled = self.engine, self.uncompiled
        if engine.name == "compiled" and uncompiled:
            return devices.without_program(uncompiled)
        return self._resolve("auto", uncompiled) if engine.pending else engine

    @property
    def spec(self) -> LearnerSettings:
        """The settings of the learner: the scenario's, or what stands in for it."""
        return self.scenario.learner if self._instead is None else self._instead

    def reset(self, seeds: Sequence[int] | None = None) -> None:
        """Back to step 0 with the initial weights of the seeds, or of others, as many; settings and scene stay."""
        if seeds is not None:
            self.seeds, given = tuple(seeds), self._handed
            self.replicas = (
                Replicas.of(seeds, self.twin) if given is None else replace(given, seeds=self.seeds * (1 + self.twin))
            )
        self._scaling_by = self.scenario.data.input_scale
        if self._scaling_by == "standardised":
            self.scene = measured(self.scene)
        self.engine = self._go_on_with()
        problem = self._task(self.scenario, self.scene, self.replicas.seeds)
        scale = scaling_of(self.scene, self._scaling_by)
        plain = learner_of(self.spec, self.scenario.training, problem, self.device, scale)
        if self.engine.program is not None:
            net: Any = plain  # what the program is for
            net.step_by(self.engine.program)
        self._rescale = plain.rescale if isinstance(plain, Scaled) else None
        self.rule = self.scenario.decision.rule_in(self.scene, self.spec)
        self.learner: Learner = deciding(plain, self.rule)
        self.step_count = 0
        self.cascades = Cascades(plain, self.spec)
        self.cascades.watch(self._watched, 0)
        self._lost = np.zeros(len(self.replicas), dtype=bool)  # what was seen to have diverged
        self._recorded: list[Evaluation] = []
        self._stopping: EarlyStopping | None = None
        self.defending.forget()
        self.set_scene(self.scene)
        self._record()

    @staticmethod
    def _task(scenario: Scenario, scene: Scene, seeds: Sequence[int]) -> Problem:
        """What a learner is told before it starts on this scene."""
        lifted = scenario.data.lift == scene.points.width
        return Problem(scene.classes, scene.domain, tuple(seeds), scene.section, lifted=lifted)

    def set_scene(self, scene: Scene, scenario: Scenario | None = None) -> None:
        """Train and evaluate on `scene` from now on; the weights stay unless the number of classes or inputs changed.

        scenario: settings that apply live, where some change with it. Raises MemoryNeeded, or InputsError, and goes on
        as it was, where there is no memory for it, or the learner is not for such points; as `Defending.take` does;
        ValueError where replicas have points of their own that do not go with the scene.
        """
        extra = self.replicas.extra_in(scene)
        self._afford(scenario or self.scenario, scene)
        if self._scaling_by == "standardised" and scene.measure is None:
            scene = replace(scene, measure=self.scene.measure)
        points, seen = scene.points, self.replicas.seen_in(scene)
        training = self.replicas.roles_in(scene) == Split.TRAIN
        train = training.any(axis=0)
        usual = self.replicas.weights_in(scene)[:, train]
        weights = (seen & training)[:, train] * usual
        judged = self._judged(scenario or self.scenario, scene, train, weights, extra)
        if scenario is not None:
            self._set_scenario(scenario)
        problem = self.learner.problem
        if (scene.classes, scene.points.width) != (problem.classes, problem.width):
            self.scene = scene
            self.reset()
            return
        if self._stopping is None or (scene != self.scene and not shown_otherwise(self.scene, scene)):
            self._begin_stopping()
        self.scene = scene
        self._decide()
        gone = (training & ~seen & ~points.is_poison & ~points.muted)[:, train] & (usual != 0)
        left: NDArray[np.bool_] | None = None
        if judged is not None:
            trusted = trust(judged, points.ids[train])
            # a clean point that is removed keeps its place in the batches, which are then those of the clean twin
            gone |= (trusted == 0) & (weights != 0) & ~points.is_poison[train]
            weights = weights * trusted
            left = np.ones(training.shape, dtype=bool)
            left[:, train] = trusted != 0
            if extra is not None:
                extra = replace(extra, weight=extra.weight * trust(judged, extra.ids))
        self._trained = np.flatnonzero(train)
        data = TrainingData(
            points.ids[train], points.x[train], points.label[train].astype(np.int64), points.is_poison[train], weights,
            None if points.response is None else points.response[train], self.replicas.windows, extra,
            gone if gone.any() else None,
        )  # fmt: skip
        scale = scaling_of(scene, self._scaling_by)
        if self._rescale is not None and scale is not None:
            self._rescale(scale)
        self.learner.set_data(data)
        self.cascades.set_data(data, scale)
        self._changed = True
        self._evaluation_set = EvaluationSet.of(scene, seen, self.replicas, self.spec.fits_responses, left)
        self._assess = None

    def _judged(
        self,
        scenario: Scenario,
        scene: Scene,
        train: NDArray[np.bool_],
        weights: NDArray[np.float32],
        extra: Extra | None,
    ) -> Sequence[Judged] | None:
        """What the defence says of what each replica is to be trained on; None without a verdict.

        train: (n,), which points of the scene those are; weights: (R, train.sum()).
        """

        def course() -> Course:
            problem = self._task(scenario, scene, ())
            spec = scenario.learner if self._instead is None else self._instead
            return Course(spec, scenario.training, problem, scaling_of(scene, self._scaling_by))

        def asked() -> Sequence[Sight]:
            return sights(self.replicas.seeds, scene.points.take(train), weights > 0, extra, scene.section)

        return self.defending.take(scenario.defence, course, asked)

    def look_for_verdict(self, wait: bool = False) -> bool:
        """Train with the verdict of the defence that was pending, where it has come; whether it has. wait: for it.

        Raises as `Defending.look` does.
        """
        come = self.defending.wait() if wait else self.defending.look()
        if come:
            self.set_scene(self.scene)
        return come

    def set_scenario(self, scenario: Scenario) -> None:
        """Take over the settings that apply live (rate, penalties, batch size, dropout). Raises as `set_scene` does."""
        if (scenario.defence, self.scenario.defence) != (None, None) and stirs(self.scenario, scenario):
            self.set_scene(self.scene, scenario)
            return
        self._afford(scenario, self.scene)
        self._set_scenario(scenario)

    def _set_scenario(self, scenario: Scenario) -> None:
        stirred, self.scenario = stirs(self.scenario, scenario), scenario
        if stirred:
            self._begin_stopping()
        self.learner.set_training(self.spec, scenario.training)
        self._assess = None
        self.cascades.set_spec(self.spec)
        self._decide()
        self._changed = True

    def _decide(self) -> None:
        """Have the learner decide by the rule of the scenario in the scene."""
        rule = self.scenario.decision.rule_in(self.scene, self.spec)
        if rule != self.rule:
            self.rule = rule
            self.learner = deciding(self.learner.learner if isinstance(self.learner, Deciding) else self.learner, rule)

    def watch(self, seed: int | None = 0) -> None:
        """From now on note when points pass the threshold of a net, for `cascade`, in the run with this number (its
        poisoned twin where there are two); None stops it. Learners that are fitted at once need no watching.
        """
        self._watched = None if seed is None else self.shown(seed)
        self.cascades.watch(self._watched, self.step_count)

    def shown(self, seed: int = 0) -> int:
        """The replica of the run with this number, counted from 0; with twins the poisoned one."""
        return seed + (len(self.seeds) if self.twin else 0)

    def _begin_stopping(self) -> None:
        """Watch for the end of training from here on: losses before a change cannot be compared with those after it."""
        training, at_once = self.scenario.training, self.spec.family.at_once
        watches = training.early_stopping != "off" and not at_once
        self._stopping = EarlyStopping(training, len(self.replicas)) if watches else None

    @property
    def stopped(self) -> bool:
        """Whether early stopping has stopped every replica; then steps do nothing until something changes."""
        return self._stopping is not None and self._stopping.over

    @property
    def stops(self) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
        """The step at which early stopping has stopped each replica, and the one whose weights it keeps, (R,) each, -1
        where it has not; None where nothing is watched."""
        stopping = self._stopping
        return None if stopping is None else (stopping.stopped.copy(), stopping.kept.copy())

    @property
    def can_train(self) -> bool:
        """Whether there is anything to learn from, and no verdict of the defence is missing."""
        return self.learner.can_train and not self.defending.holds

    @property
    def settled(self) -> bool:
        """Whether further steps would change nothing until the scene or the settings change."""
        return self.learner.settled

    # ---- training -----------------------------------------------------------------------------------

    @property
    def free(self) -> int:
        """How many steps may be done in one call of `step`, as far as evaluations go: up to the next one.

        The first step after a change of data or settings is done alone, for a learner may settle with it.
        """
        every = self.scenario.training.evaluate_every
        return 1 if self._changed else every - self.step_count % every

    def step(self, n: int = 1) -> None:
        """Do n training steps, evaluating wherever the step count is a multiple of `training.evaluate_every`, and
        where the learner has just settled; fewer where early stopping ends it. What has stopped is held as it is.
        """
        every = self.scenario.training.evaluate_every
        while n > 0 and not self.stopped:
            settles = not self.learner.settled
            some = min(n, every - self.step_count % every)
            self.learner.step(some)
            self._changed = False
            self.step_count += some
            n -= some
            self._hold()
            if self.step_count % every == 0 or (settles and self.learner.settled):
                self._record()
                self._look_for_the_end()

    def _look_for_the_end(self) -> None:
        """Whether it goes on after the evaluation just made, which of what has stopped now is not."""
        if self._stopping is not None:
            validation, train = (
                self.evaluated.values[:, CURVES.index(name)] for name in ("validation_loss", "train_loss")
            )
            self._stopping.look(self.step_count, validation, train, self.learner.state())
            self._hold()

    def _hold(self) -> None:
        if self._stopping is not None and self._stopping.holds:
            self.learner.restore(self._stopping.held(self.learner.state()))

    def _record(self) -> None:
        self._lost = self.diverged
        self.evaluated = Evaluation(self.step_count, *self._measured(self._lost))
        self._recorded.append(self.evaluated)
        self.cascades.look(self.step_count)

    @property
    def diverged(self) -> NDArray[np.bool_]:
        """Which replicas have come to what is no number, (R,); they stay so until the next reset."""
        return self._lost | ~self.learner.finite()

    def take_curves(self) -> Curves | None:
        """The evaluations since the last call, or None; those of an earlier number of pins come in a chunk before."""
        if not self._recorded:
            return None
        targets = self._recorded[0].margins.shape[1]
        count = next(
            (i for i, one in enumerate(self._recorded) if one.margins.shape[1] != targets), len(self._recorded)
        )
        chunk, self._recorded = self._recorded[:count], self._recorded[count:]
        steps, values, margins = zip(*chunk, strict=True)
        return Curves(np.array(steps, dtype=np.int64), np.stack(values), np.stack(margins))

    # ---- going back ---------------------------------------------------------------------------------

    def state(self) -> dict[str, NDArray]:
        """All that training from here on depends on, besides scenario, scene and replicas, as arrays of its own."""
        learner = {f"learner.{name}": array for name, array in self.learner.state().items()}
        cascades = {f"cascade.{name}": array for name, array in self.cascades.state().items()}
        stopping = {} if self._stopping is None else self._stopping.state()
        ends = {f"stopping.{name}": array for name, array in stopping.items()}
        lost = self._lost.copy() if self.evaluated.step == self.step_count else self.diverged
        return {"step": np.array(self.step_count), "diverged": lost, **learner, **cascades, **ends}

    def restore(self, state: Mapping[str, NDArray]) -> None:
        """Go on from a `state` of a session with this scenario, scene and replicas; by its engine to the same bits.

        What was evaluated and not taken yet is dropped. Raises KeyError or ValueError for a state that does not fit.
        """
        if state["diverged"].shape != (len(self.replicas),):
            raise ValueError(f"a state of {state['diverged'].size} models does not fit {len(self.replicas)}")
        self.learner.restore(_named(state, "learner."))
        self.step_count, self._lost = int(state["step"]), state["diverged"].copy()
        self.cascades.restore(_named(state, "cascade."), self.step_count)
        self._begin_stopping()
        if self._stopping is not None and (ends := _named(state, "stopping.")):
            self._stopping.restore(ends)
        self._recorded, self._changed = [], True

    @contextmanager
    def as_of(self, state: Mapping[str, NDArray]) -> Iterator[None]:
        """Within the context the learner is that of a `state` of this session since the last change of scene, and can
        be asked; afterwards it is that of now again."""
        now = self.learner.state()
        self.learner.restore(_named(state, "learner."))
        try:
            yield
        finally:
            self.learner.restore(now)

    # ---- asking -------------------------------------------------------------------------------------

    def evaluate(self) -> NDArray[np.float64]:
        """Losses, errors, flips and costs now, float64 (R, 33), columns as in `CURVES`; NaN where there is nothing to
        see, and of what diverged."""
        return self._measured(self.diverged)[0]

    def margins(self) -> NDArray[np.float64]:
        """How far each pin is on the attacker's side, float64 (R, P) in -1..1; see `twins.leads`. NaN of what
        diverged."""
        return self._measured(self.diverged)[1]

    def _measured(self, lost: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """As `evaluate` and `margins`, where these replicas (R,) have diverged."""
        asked = self._evaluation_set
        if self._assess is None or self._assess[0] is not self.learner:
            self._assess = self.learner, asked.asking(self.learner)
        values, margins = asked.summary(*self._assess, lost, self.rule)
        if self.spec.family.self_supervised:
            learner: Any = self.learner
            values[:, OF_EMBEDDINGS] = np.where(lost[:, None], np.nan, learner.measures())
        return values, margins

    def probabilities(self, x: NDArray[np.float64], replica: int = 0) -> NDArray[np.float32]:
        """Class probabilities at `x` (G, D): float32 (G, C)."""
        return np.ascontiguousarray(self.learner.probabilities(x, replica)[0].T)

    def predicted(self, replica: int = 0, stage: int | None = None) -> NDArray[np.int16]:
        """The class predicted for each point of the scene, int16 (N,); -1 where undecided. stage: as in `field`."""
        x = self.scene.points.x
        if (size := self._size(stage)) is None:
            return self.learner.predict(x, replica)[0].astype(np.int16)
        p = self._course_of.staged(x, (size,), replica)[0, 0]
        found = decided(p) if self.rule.plain else self.rule.decide(p.T[None])[0]
        return found.astype(np.int16)

    def course(self, stages: Sequence[int]) -> Generator[None, None, NDArray[np.float64]]:
        """As `evaluate`, of the models of these S sizes on the learner's course: (S, R, 26), in parts of some points.

        Its own loss, errors and flips alone; the other columns are NaN.
        Raises ValueError where the learner has no course, or not those sizes.
        """
        asked, lost = self._evaluation_set, self.diverged
        parts = []
        for start in range(0, len(asked.x), _PART):
            part = slice(start, start + _PART)
            parts.append(self._course_of.staged_evaluate(asked.x[part], asked.label[part], stages))
            yield
        if not parts:
            return np.full((len(stages), len(self.replicas), len(CURVES)), np.nan)
        loss, predicted = (np.concatenate(some, axis=-1) for some in zip(*parts, strict=True))
        return np.stack([asked.of_answers(*each, lost) for each in zip(loss, predicted, strict=True)])

    @property
    def stages(self) -> tuple[int, ...]:
        """The sizes on the course of what is fitted; empty where there is none."""
        found: tuple[int, ...] = () if self.spec.family.course is None else self._course_of.stages
        return found

    def tree(self, replica: int = 0, stage: int | None = None) -> Tree | None:
        """The decision tree of a replica, its cuts in the units of the scene; None of what has none. stage: as in
        `field`."""
        if not isinstance(self.spec, DecisionTreeClassifierSpec):
            return None
        found: Tree | None = self._course_of.tree(replica, self._size(stage))
        return found

    def support(self, replica: int = 0) -> tuple[NDArray[np.int64], NDArray[np.bool_]] | None:
        """Ids (V,) of the support vectors of a replica, and which are at their bound; None of what has none."""
        if not isinstance(self.spec, SVCSpec):
            return None
        found: tuple[NDArray[np.int64], NDArray[np.bool_]] | None = self._course_of.support(replica)
        return found

    @property
    def _course_of(self) -> Any:
        """The learner, which is one that is fitted at once."""
        return self.learner

    def _size(self, stage: int | None) -> int | None:
        """The size that is shown for a stage, at most the last; None for what is fitted."""
        stages = () if stage is None else self.stages
        return min(stage, stages[-1]) if stage is not None and stages else None

    def twins(self, side: int = 128) -> Twins:
        """What clean and poisoned twins make of test points, pins and the domain. side: cells along its longer side.

        Raises ValueError without twins.
        """
        if not self.twin:
            raise ValueError("this session trains no clean twins")
        return compare(self.scene, self.step_count, self.diverged, self.learner.predict, side)

    def cascade(self, replica: int = 0) -> Cascade | None:
        """Who gave whom a label, among the points of the scene; None where `Cascades.of` has none."""
        found = self.cascades.of(replica)
        points = self.scene.points
        at = np.append(self._trained, np.full(len(self.replicas.extra or ()), -1))
        return None if found is None else found.among(len(points), at)

    def confusion(self, predicted: NDArray[np.int16]) -> NDArray[np.int64]:
        """Counts (3, C, C) by split, true and predicted class, of the labelled clean points that are decided."""
        return confusion(self.scene, predicted)

    def field(
        self,
        rect: Domain,
        columns: int,
        rows: int,
        replica: int = 0,
        unit: tuple[int, int] | None = None,
        quick: bool = False,
        stage: int | None = None,
    ) -> NDArray[np.float32]:
        """What `rect` of the plane that is shown looks like, at cell centres, row 0 at the bottom.

        float32 (rows, columns), the probability of class 1, for two classes; (C, rows, columns) for more; the
        activation of hidden unit (layer, index) where one is named; NaN where undecided. quick: exact near the
        boundary and around points that lie on the wrong side of it, interpolated elsewhere, see `surface`; exact at
        every cell of a hidden unit, and where a learner that is fitted at once takes little longer for it, see `Pace`.
        What is scattered between training points may be missed. stage: the size, on the learner's course, of the model
        that is asked, where it has one; past the last, the last.
        """
        points, (ask, field_of) = self.scene.points, self._asked(replica, unit, stage)
        rough = quick and unit is None and not self._affords(ask, rect, columns, rows)
        if not rough:
            return field_of(surface(ask, rect, columns, rows))
        border = self._border()
        found = surface(lambda x: ask(x) - border, rect, columns, rows, points.xy, points.label)
        return field_of(found + border)

    # ---- attacking what stands ----------------------------------------------------------------------

    def pushes(
        self, asked: EvasionSpec, points: Points, replica: int = 0, places: bool = False
    ) -> Generator[None, None, Pushes]:
        """How points are pushed for a replica to decide otherwise, in slices; see `pushing`. places: they are no points
        of the scene, and have no ids."""
        ids = np.full(len(points), -1) if places else points.ids
        return pushing(
            self.learner, asked, points.x, ids=ids, places=points.xy, replica=replica, look=self._looks(replica),
            problem=self._problem,
        )  # fmt: skip

    def robustness(
        self, asked: EvasionSpec, points: Points, epsilons: Sequence[float], lines: Sequence[Line], replica: int = 0
    ) -> Generator[None, None, Robustness]:
        """The error of labelled points that may be pushed, in slices; see `measuring`."""
        return measuring(
            self.learner, points.x, points.label.astype(np.int64), epsilons=epsilons, asked=asked, lines=lines,
            ids=points.ids, replica=replica, look=self._looks(replica), problem=self._problem,
        )  # fmt: skip

    def common_push(self, asked: EvasionSpec, points: Points, replica: int = 0) -> tuple[float, float] | None:
        """The one push that takes most labelled points across, as its shadow on the plane; see `evasion.common`."""
        label = points.label.astype(np.int64)
        return common_push(self.learner, asked, points.x, label, replica, self.scene.section)

    @property
    def _problem(self) -> Problem:
        """What the learner was told, with the plane that is shown now."""
        return replace(self.learner.problem, section=self.scene.section, domain=self.scene.domain)

    def _looks(self, replica: int) -> Look:
        """What decides at cells of the plane: near the boundary, and everywhere where that takes little longer."""
        points, asked = self.scene.points, asked_by(self.learner, replica, self._problem)

        def look(rect: Domain, columns: int, rows: int) -> NDArray[np.float32]:
            if self._affords(asked.numbers, rect, columns, rows):
                return surface(asked.numbers, rect, columns, rows)
            return surface(asked.numbers, rect, columns, rows, points.xy, points.label)

        return look

    def _border(self) -> np.float32:
        """The score at which the decision between two classes falls; 0 where the likeliest class is taken."""
        t = self.rule.threshold if self.scene.classes == 2 and not self.rule.plain else 0.5
        if self.learner.scale == "logits":
            return np.float32(np.clip(np.log(t) - np.log1p(-t), -30.0, 30.0) if 0.0 < t < 1.0 else 60.0 * t - 30.0)
        return np.float32(2.0 * t - 1.0)

    def field_in_parts(
        self,
        rect: Domain,
        columns: int,
        rows: int,
        replica: int = 0,
        unit: tuple[int, int] | None = None,
        stage: int | None = None,
    ) -> Generator[None, None, NDArray[np.float32]]:
        """As `field`, exact at every cell, in parts of some milliseconds between which it may be given up, and has to
        be where the learner changes. What takes no longer than one part comes to the same bits, the rest to rounding.
        """
        ask, field_of = self._asked(replica, unit, stage)
        cells = columns * rows
        part = cells if self._pace.affords(cells) else self._pace.part()
        return field_of((yield from in_parts(ask, rect, columns, rows, part)))

    def boundary_lengths(self, replicas: slice = slice(None), side: int = 128) -> NDArray[np.float64]:
        """How long the boundary of some replicas is over the domain, see `boundary.boundary_length`; NaN of what
        diverged. side: cells along the longer side, of which those near the boundary are asked about."""
        points, domain, section = self.scene.points, self.scene.domain, self.scene.section
        columns, rows = domain.shape(side)
        chosen, lost = np.arange(len(self.replicas))[replicas].tolist(), self.diverged
        found = np.full(len(chosen), np.nan)
        for at, replica in enumerate(chosen):
            if lost[replica]:
                continue
            ask = self._scores_on(section, replica)
            found[at] = boundary_length(surface(ask, domain, columns, rows, points.xy, points.label), domain)
        return found

    def _asked(
        self, replica: int, unit: tuple[int, int] | None, stage: int | None
    ) -> tuple[Ask, Callable[[NDArray[np.float32]], NDArray[np.float32]]]:
        """What is asked about places of the plane, (G, 2) to (K, G), and what makes a field of answers (K, ...)."""
        learner = self.learner
        if unit is not None:
            active = on_plane(self.scene.section, lambda x: learner.unit(x, *unit, replica)[None])
            return self._pace.timed(active), lambda answers: answers[0]

        def field_of(scores: NDArray[np.float32]) -> NDArray[np.float32]:
            values = learner.shown(scores)
            return values[0] if len(values) == 1 else values

        def scores(x: NDArray[np.float64]) -> NDArray[np.float32]:
            return leads_of(self._course_of.staged(x, (size,), replica)[0, 0])

        size, section = self._size(stage), self.scene.section
        return self._pace.timed(
            self._scores_on(section, replica) if size is None else on_plane(section, scores)
        ), field_of

    def _scores_on(self, section: Section | None, replica: int) -> Ask:
        """From places of the plane that is shown to scores, by as short a way as the learner has."""
        own = None if section is None else getattr(self.learner, "on_plane", None)
        quick: Ask | None = None if own is None else own(section, replica)
        return quick or on_plane(section, partial(self.learner.scores, replica=replica))

    def _affords(self, ask: Ask, rect: Domain, columns: int, rows: int) -> bool:
        """Whether every cell may be asked for in a quick field. What is trained in steps pays for it in steps."""
        if not self.spec.family.at_once:
            return False
        key = self.spec, len(self.scene.points).bit_length(), self.can_train, self.step_count > 0
        self._pace.learn(key, ask, rect.grid(32, 32))
        return self._pace.affords(columns * rows)

    def units(self, rect: Domain, side: int, replica: int = 0) -> tuple[NDArray[np.uint8], ...]:
        """Small maps of every hidden layer, uint8 (units, side, side); 0..255 is -1..1 times the unit's range."""
        maps = []
        for layer in self.learner.units(self.scene.embed(rect.grid(side, side)), replica):
            layer = np.nan_to_num(layer)  # of a net that diverged
            span = np.maximum(np.abs(layer).max(axis=1, keepdims=True), 1e-12)
            scaled = layer / span * 127.5 + 127.5
            maps.append(np.rint(scaled).astype(np.uint8).reshape(-1, side, side))
        return tuple(maps)


def _named(state: Mapping[str, NDArray], prefix: str) -> dict[str, NDArray]:
    """Those whose names begin so, without it."""
    return {name.removeprefix(prefix): array for name, array in state.items() if name.startswith(prefix)}
