"""A run without a window: train a scenario over seeds, measure it, draw it, ask it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from typing_extensions import override

from boundaryviz.attacks import placement
from boundaryviz.engine import certificates, heights
from boundaryviz.engine.certificates import CertificateMap, proves, survived_by_half
from boundaryviz.engine.embeddings import Calm, Embedding
from boundaryviz.engine.height_map import NEAR, HeightMap
from boundaryviz.engine.placing import embedding_of
from boundaryviz.engine.replicas import Replicas
from boundaryviz.engine.session import Session
from boundaryviz.evasion.pushes import Pushes, Robustness
from boundaryviz.evasion.settings import Method
from boundaryviz.evasion.slices import whole
from boundaryviz.jobs.messages import OnProgress
from boundaryviz.learners.cascade import Cascade
from boundaryviz.learners.handed_in import HandedInSpec
from boundaryviz.learners.specs import LARGEST_SEED
from boundaryviz.record.comparison import Comparison
from boundaryviz.record.curves import CurveStore
from boundaryviz.record.evading import SIGMAS, Linearity, NoiseRelation
from boundaryviz.record.metrics import Metric, Metrics, of_curves, of_stops, success_rate
from boundaryviz.record.records import Records, Tabular
from boundaryviz.record.rule import compared, disagreement
from boundaryviz.record.seeds import Varies, training_varies
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.record.verdict import DefenceReport
from boundaryviz.runs.bars import told
from boundaryviz.scenario.gallery import Given, given
from boundaryviz.scenario.history import RunHistory, taken
from boundaryviz.scenario.scale_advice import scale_note
from boundaryviz.scenario.scenario import SETTINGS, Scenario, ScenarioError
from boundaryviz.scenario.unproven import unproven
from boundaryviz.scene.lessons import can_teach, lacking
from boundaryviz.scene.rules import Rule
from boundaryviz.scene.scene import Domain, Scene

if TYPE_CHECKING:
    from boundaryviz.figures.draw import SceneFigure

_CHUNK_SECONDS = 0.1


class Run(Tabular):
    """A trained scenario: one model per seed, or with a twin a clean and a poisoned one per seed."""

    def __init__(self, session: Session, history: RunHistory | None = None) -> None:
        """history: the changes to be taken at their steps."""
        self.session = session
        self._given = history
        self._changes = () if history is None else (*history.changes, *filter(None, (history.pending,)))
        self._change = 0
        self.curves = CurveStore(len(session.replicas))
        self.evaluated: NDArray[np.float64] | None = None  # now, where somebody has asked already; else None
        self.seconds = 0.0
        self.lengths = True
        """Whether its measures hold the length of the boundary, for which it is asked about thousands of places."""
        self._collect()

    # ---- training -----------------------------------------------------------------------------------

    def advance(self, steps: int, progress: OnProgress | None = None) -> None:
        """Train `steps` more steps.

        Fewer where early stopping ends it, unless something changes at that step.
        progress: called with the steps done and all of these steps, several times a second. An exception from it stops
        between two steps and leaves the run usable as far as it came.
        """
        end, chunk = self.session.step_count + steps, 1
        while (left := end - self.session.step_count) > 0:
            began = perf_counter()
            some = min(chunk, left, self._until_change())
            if self.session.stopped:
                break
            self.session.step(some)
            took = perf_counter() - began
            self.seconds += took
            self._collect()
            if took < _CHUNK_SECONDS:
                chunk = min(2 * chunk, 10_000)
            elif chunk > 1 and took > 2 * _CHUNK_SECONDS:
                chunk //= 2
            if progress is not None:
                progress(steps - (end - self.session.step_count), steps)
        if self._given is not None and self._given.pending is not None and self.step == self._given.steps:
            self._until_change()

    def _until_change(self) -> int:
        """Take the changes that are due; how many steps there are until the next one."""
        changes = self._changes
        while self._change < len(changes):
            if (left := changes[self._change].step - self.session.step_count) > 0:
                return left
            session, before = self.session, self.session.scenario
            scenario, scene = taken(changes[self._change], before, session.scene)
            session.set_scene(scene, scenario)
            if scenario.drawn_by != before.drawn_by:  # losses on other data cannot be compared
                self._collect()
                self.curves = CurveStore(len(self.session.replicas))
            self._change += 1
        return 1 << 60

    def _collect(self) -> None:
        chunk = self.session.take_curves()
        if chunk is not None:
            self.curves.append(chunk)

    # ---- what it is ---------------------------------------------------------------------------------

    @property
    def scenario(self) -> Scenario:
        """Its settings now."""
        return self.session.scenario

    @property
    def history(self) -> RunHistory | None:
        """The changes trained through so far; None for an estimator that was handed in."""
        if self._given is None:
            return None
        taken = tuple(change for change in self._changes[: self._change] if change.step < self.step)
        return replace(self._given, changes=taken, steps=self.step, pending=None, _last=None)

    def saved(self) -> Scenario:
        """The scenario as it stands, its points written out, with its history."""
        scenario = self.scenario.with_scene(self.scene)
        return scenario if self.history is None else self.history.written(scenario, self.scene)

    @property
    def scene(self) -> Scene:
        """The scene it is trained on."""
        return self.session.scene

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seed of each run."""
        return self.session.seeds

    @property
    def varies(self) -> Varies:
        """What its seeds differ in: nothing where the learner has nothing random."""
        return training_varies(self.session.spec)

    @property
    def twin(self) -> bool:
        """Whether each has a clean twin."""
        return self.session.twin

    @property
    def step(self) -> int:
        """How many steps are done."""
        return self.session.step_count

    @property
    def steps_per_second(self) -> float:
        """Training steps a second, one step of all replicas counted as one."""
        return self.step / self.seconds if self.seconds > 0 else 0.0

    @property
    def diverged(self) -> NDArray[np.bool_]:
        """bool (R,), clean replicas first."""
        return self.session.diverged

    @property
    def left_out(self) -> int:
        """How many seeds the measures leave out because training diverged; with twins, either of the two."""
        clean, poisoned = (self.diverged[self._replicas(side)] for side in (True, False))
        return int((clean | poisoned).sum())

    def __repr__(self) -> str:
        twin = ", with clean twins" if self.twin else ""
        return f"<Run of {self.scenario.name}: {self.step} steps, {len(self.seeds)} seeds{twin}>"

    # ---- measures -----------------------------------------------------------------------------------

    @property
    def metrics(self) -> Metrics:
        """Name -> value per seed; of the poisoned models where there are twins, with what the poison changed."""
        return self._side(clean=False) | (self.comparison().metrics() if self.twin else {})

    def comparison(self, side: int = 128) -> Comparison:
        """What the poison changed. side: cells along the longer side of the domain. Raises ValueError without twins."""
        return Comparison.of(self.session.twins(side), self.scene, self.varies)

    @property
    def clean(self) -> Metrics:
        """The measures of the clean twins; `attack_success_rate` is what they give to the attacker unasked. Raises
        ValueError without twins."""
        if not self.twin:
            raise ValueError("this run has no clean twins; train with twin=True")
        return self._side(clean=True)

    @property
    def poisoned(self) -> Metrics:
        """The measures of the poisoned models; of all models where there are no twins."""
        return self._side(clean=False)

    def _side(self, clean: bool) -> Metrics:
        now = self.session.evaluate() if self.evaluated is None else self.evaluated
        found = of_curves(now, self.curves, self._replicas(clean), self.varies)
        if self.lengths:
            found["boundary_length"] = Metric.of(self.session.boundary_lengths(self._replicas(clean)), self.varies)
        if (stops := self.session.stops) is not None:
            stopped, kept = (at[self._replicas(clean)] for at in stops)
            found |= of_stops(stopped, kept, self.scenario.steps, self.varies)
        if (report := self.defence) is not None:
            found |= report.of(self._replicas(clean)).metrics(self.varies)
        if (survived := survived_by_half(self.session)) is not None:
            half = np.where(self.diverged, np.nan, survived)[self._replicas(clean)]
            found["certified_poison"] = Metric.of(half, self.varies)
        targets = self.scene.targets
        if targets:
            x = self.scene.embed(np.array([(target.x, target.y) for target in targets]))
            lost, before = self.diverged[self._replicas(clean)], None
            if self.twin and not clean:
                lost, before = lost | self.diverged[self._replicas(True)], self._classes(x, clean=True)
            wanted = np.array([target.target_class for target in targets])
            found["attack_success_rate"] = success_rate(self._classes(x, clean), wanted, before, self.varies, lost)
        rule = self.scenario.parsed_rule
        return found if rule is None else found | self._against(rule, clean)

    def certificate(self, seed: int = 0, side: int = 128, rect: Domain | None = None) -> CertificateMap:
        """How much poison the decision at each place is proven to survive, of the model of one seed, with twins the
        poisoned one. side: cells along the longer side of `rect`, default the domain. Raises ValueError where nothing
        is proven, see `unproven`."""
        if not proves(self.session):
            raise ValueError(
                unproven(self.scenario, self.scene.classes) or "an estimator that is handed in proves nothing"
            )
        return whole(certificates.mapped(self.session, self.session.shown(seed), side, rect))

    def heights(
        self, z: float = NEAR, seed: int = 0, side: int = 96, rect: Domain | None = None, clean: bool = False
    ) -> HeightMap:
        """How far off the plane the boundary lies over each place of it, of the model of one seed, with twins the
        poisoned one unless the clean one is asked for. z: how far off the plane the sheets are. side: cells along the
        longer side of `rect`, default the domain. Raises ValueError where nothing lies off the plane."""
        return whole(heights.mapped(self.session, self._replica(seed, clean), side, z, domain=rect))

    @property
    def defence(self) -> DefenceReport | None:
        """What the defence removed from each model, with twins from all clean ones first; None without a defence."""
        judged, settings = self.session.defending.judged, self.scenario.defence
        return None if judged is None or settings is None else DefenceReport(settings, judged)

    def _against(self, rule: Rule, clean: bool, side: int = 128) -> Metrics:
        """On which share of the test points, and of the domain, model and rule differ. side: cells along the longer
        side of the domain."""
        scene, lost = self.scene, self.diverged[self._replicas(clean)]
        found = Metrics()
        points = scene.points.take(compared(scene))
        for name, places, x in (
            ("rule_disagreement", points.xy, points.x),
            ("rule_area", grid := scene.domain.grid(*scene.domain.shape(side)), scene.embed(grid)),
        ):
            share = disagreement(self._classes(x, clean), rule.classes_at(places)) if len(x) else None
            if share is not None:
                found[name] = Metric.of(np.where(lost, np.nan, share), self.varies)
        return found

    def _classes(self, x: NDArray[np.float64], clean: bool) -> NDArray[np.int64]:
        """The predicted classes, (seeds, len(x))."""
        return self.session.learner.predict(x)[self._replicas(clean)]

    def _replicas(self, clean: bool) -> slice:
        k = len(self.seeds)
        return slice(0, k) if clean or not self.twin else slice(k, 2 * k)

    def _replica(self, seed: int, clean: bool) -> int:
        if not 0 <= seed < len(self.seeds):
            raise IndexError(f"seed number {seed} is not among the {len(self.seeds)} of this run")
        return seed + (self._replicas(clean).start or 0)

    # ---- asking -------------------------------------------------------------------------------------

    def predict_proba(self, x: ArrayLike, seed: int = 0, clean: bool = False) -> NDArray[np.float32]:
        """Class probabilities at inputs `x` (n, D), on the plane places (n, 2): float32 (n, classes).

        seed: which one, counted from 0. Raises ValueError for inputs of another width than the points have.
        """
        return self.session.probabilities(_inputs(x, self.scene.points.width), self._replica(seed, clean))

    def predict(self, x: ArrayLike, seed: int = 0, clean: bool = False) -> NDArray[np.int64]:
        """The class predicted at each of `x` (n, D); -1 where undecided. Raises ValueError as `predict_proba` does."""
        places = _inputs(x, self.scene.points.width)
        return self.session.learner.predict(places, self._replica(seed, clean))[0]

    def field(self, step: int = -1, columns: int = 256, rows: int = 256) -> NDArray[np.float32]:
        """Probabilities over the domain: (R, rows, columns) of class 1, or (R, classes, rows, columns); row 0 is the
        bottom, clean twins come first. Only the last step is kept, asked for as -1 or by its number.
        """
        if step not in (-1, self.step):
            raise ValueError(f"only the last step, {self.step}, is kept; train with steps={step} to see that one")
        fields = [self.session.field(self.scene.domain, columns, rows, r) for r in range(len(self.session.replicas))]
        return np.stack(fields)

    def snapshot(self, seed: int = 0, clean: bool = False, columns: int = 256, rect: Domain | None = None) -> Snapshot:
        """The plane now, as one seed sees it, with the curves of all seeds.

        rect: the part of the plane, default the domain. columns: of the field, whose cells are square.
        """
        rect, replica = rect or self.scene.domain, self._replica(seed, clean)
        return Snapshot(
            scenario=self.scenario.model_copy(
                update={"training": self.scenario.training.model_copy(update={"seed": self.seeds[seed]})}
            ),
            scene=self.scene,
            step=self.step,
            rect=rect,
            field=self.session.field(rect, columns, rect.rows(columns), replica),
            curves=self.curves.of(self._replicas(clean)),
            predicted=self.session.predicted(replica),
            judged=None if (judged := self.session.defending.judged) is None else judged[replica],
        )

    def cascade(self, seed: int = 0, clean: bool = False) -> Cascade | None:
        """Who gave whom a label, among the points of the scene; None for supervised learners, before the first step,
        and for nets but the one that was watched (`train(..., cascade=True)`)."""
        return self.session.cascade(self._replica(seed, clean))

    def embedding(self, seed: int = 0, calm: Calm | None = None) -> Embedding:
        """Where the model of one seed, and its clean twin where there is one, puts the points and pins, in two
        dimensions. calm: towards what was shown last, by default towards the plane. Raises ValueError for a learner
        without an embedding."""
        clean = self._replica(seed, True) if self.twin else None
        return embedding_of(self.session, self._replica(seed, False), clean, calm or Calm())

    def renderings(
        self, view: str, seed: int = 0, columns: int = 256, rect: Domain | None = None, z: float = NEAR
    ) -> tuple[Snapshot, Snapshot | None]:
        """What the figure of a view needs: the plane now, with its cascade for that view, and the clean twin for the
        views that stand against it. z: as in `heights`."""
        from boundaryviz.figures.style import AGAINST_CLEAN, RANKING

        shown = self.snapshot(seed, columns=columns, rect=rect)
        if view == "cascade":
            shown = replace(shown, cascade=self.cascade(seed))
        if view == "heights":
            shown = replace(shown, heights=self.heights(z, seed, rect=rect))
        if view == "embedding":
            shown = replace(shown, embedding=self.embedding(seed))
        if view in RANKING:
            x = self.scene.points.x
            clean = self.predict_proba(x, seed, clean=True) if self.twin else None
            shown = replace(shown, p=self.predict_proba(x, seed), clean_p=clean)
        against = view in AGAINST_CLEAN and self.twin
        return shown, self.snapshot(seed, True, columns, rect) if against else None

    def figure(
        self,
        view: str = "boundary",
        seed: int = 0,
        columns: int = 256,
        rect: Domain | None = None,
        z: float = NEAR,
        **options: Any,
    ) -> SceneFigure:
        """A matplotlib Figure of a view in `figures.style.VIEWS`, but those of several moments or runs.

        seed, columns, rect: as in `snapshot`. z: as in `heights`. options: those of `figures.style.Options`.
        """
        from boundaryviz.figures.draw import draw
        from boundaryviz.figures.style import Options

        shown, beside = self.renderings(view, seed, columns, rect, z)
        return draw(view, shown, Options(**options), beside)

    def pushes(
        self, method: Method | None = None, at: ArrayLike | None = None, points: str = "test", seed: int = 0,
        most: int = 400, **settings: Any,
    ) -> Pushes:  # fmt: skip
        """Where a method pushes points of the model of one seed, until it decides otherwise.

        method: 'nearest', 'fgsm', 'pgd', 'deepfool' or 'adaptive', default the scenario's. at: places (x, y) of the
        plane in place of points. points: 'test', 'validation' or 'train'; most: of them at most. seed: counted from 0;
        with twins the poisoned model. settings: of `EvasionSpec`, such as epsilon=0.3 or norm='linf'.
        Raises NoGradient where the learner has no gradients and the method needs them; ScenarioError.
        """
        from boundaryviz.runs.evasion import of_session

        return of_session(self.session, seed, points, at, settings, most).pushes(method)

    def robustness(
        self, epsilons: Sequence[float] | None = None, points: str = "test", seed: int = 0, **settings: Any
    ) -> Robustness:
        """The error of the model of one seed when each point may be pushed by at most so much, by attack; what does
        not work with the learner is missing, with the reason. epsilons: default up to twice the scenario's. The rest as
        in `pushes`."""
        from boundaryviz.runs.evasion import of_session

        return of_session(self.session, seed, points, None, settings).robustness(epsilons)

    def noise_relation(
        self, sigmas: Sequence[float] = SIGMAS, draws: int = 300, points: str = "test", seed: int = 0, **settings: Any
    ) -> NoiseRelation:
        """How often Gaussian noise of these standard deviations turns each decision of the model of one seed, beside
        what the distance to the boundary says of it. draws: of noise, for each point. The rest as in `pushes`."""
        from boundaryviz.runs.evasion import of_session

        return of_session(self.session, seed, points, None, settings).noise_relation(sigmas, draws)

    def linearity(self, points: str = "test", seed: int = 0, **settings: Any) -> Linearity:
        """The lead of what the model of one seed decides, along its gradient, up to twice epsilon. Raises NoGradient
        for a learner without gradients. The rest as in `pushes`."""
        from boundaryviz.runs.evasion import of_session

        return of_session(self.session, seed, points, None, settings).linearity()

    @override
    def rows(self) -> Records:
        """A row for each trained model: scenario, learner, which twin it is, seed, step, and its measures; what the
        poison changed stands beside the poisoned one."""
        return Records(
            about | {"step": self.step} | {name: one.per_seed[k] for name, one in metrics.items()}
            for clean in self._sides
            for metrics in [self._side(clean=True) if clean else self.metrics]
            for k, about in enumerate(self._about(clean))
        )

    def curve_rows(self) -> Records:
        """A row for each model and step at which the curves were measured, with what was measured."""
        return Records(
            about | row
            for clean in self._sides
            for k, about in enumerate(self._about(clean))
            for row in self.curves.rows(self._replica(k, clean))
        )

    @property
    def _sides(self) -> tuple[bool, ...]:
        return (True, False) if self.twin else (False,)

    def _about(self, clean: bool) -> list[dict[str, Any]]:
        """Which model each seed is of a side."""
        model = {"twin": "clean" if clean else "poisoned"} if self.twin else {}
        named = {"scenario": self.scenario.name, "learner": self.session.spec.name}
        return [named | model | {"seed": seed} for seed in self.seeds]

    def report(self) -> dict[str, Any]:
        """The whole run as plain values for JSON."""
        found: dict[str, Any] = {
            "scenario": self.scenario.name,
            "learner": self.session.spec.name,
            "device": self.session.engine.words,
            "engine": self.session.engine.name,
            "seeds": list(self.seeds),
            "seeds_vary": self.varies,
            "steps": self.step,
            "steps_per_second": round(self.steps_per_second, 1),
            "replica_steps_per_second": round(self.steps_per_second * len(self.session.replicas), 1),
            "diverged": int(self.diverged.sum()),
            "left_out": self.left_out,
            "metrics": _plain(self.metrics),
            "settings": self.scenario.model_dump(mode="json", include=set(SETTINGS)),
        }
        if self.twin:
            found |= {"clean": _plain(self.clean), "poisoned": _plain(self.poisoned)}
        return found


def _plain(metrics: Metrics) -> dict[str, Any]:
    return {name: metric.plain() for name, metric in metrics.items()}


def start(
    scenario: Scenario,
    seeds: int | Sequence[int] | None = None,
    twin: bool | None = None,
    device: str = "auto",
    learner: Any = None,
    cascade: bool = False,
    watched: int = 0,
    steps: int | None = None,
    replicas: Callable[[Scene], Replicas] | None = None,
) -> Run:
    """A run at step 0. seeds: how many, from the scenario's own on, or which; by default, as twin, what the scenario's
    history has, or else 1 without a twin. learner: an estimator of scikit-learn's kind in place of the scenario's
    learner. cascade: as in `train`, of the seed number `watched`. steps: how long it is to be trained, default the
    scenario's. replicas: whatever else there is on its scene, in place of one for each seed and twin. device: the
    engine, `auto` being that of the scenario's history where it has one, or what stands in for it, which
    `session.engine` says.
    Raises DeviceError, ScenarioError where no training point has a label, MemoryNeeded, or ValueError without seeds.
    """
    history = None if learner is not None else RunHistory.read(scenario)
    recorded = "auto" if history is None else history.engine
    if history is None:
        scene = scenario.scene()
        history = RunHistory.of(scenario, scene, drawn=scenario.plane is None)
    else:
        scenario, scene = history.scenario, history.scene
    seeds, twin = history.seeds if seeds is None else seeds, history.twin if twin is None else twin
    first = scenario.training.seed
    if isinstance(seeds, int) and first + seeds - 1 > LARGEST_SEED:
        raise ScenarioError([f"seeds: {seeds:,} from {first:,} on lead beyond the largest seed, {LARGEST_SEED:,}"])
    chosen: Sequence[int] = range(first, first + seeds) if isinstance(seeds, int) else tuple(seeds)
    if not chosen:
        raise ValueError("a run needs at least one seed")
    attack = scenario.poison
    there = (scene.points.origin == attack.group).any()
    if not there and (words := placement.check(scene, attack)):
        raise ScenarioError([f"poison: {words}"])
    if problem := scenario.decision.problem(scene.classes):
        raise ScenarioError([problem])
    if not can_teach(scene, learner is None and scenario.learner.family.self_supervised):
        raise ScenarioError([f"data: {lacking(scene)} A table's column `label` names the classes."])
    steps = scenario.steps if steps is None else steps
    instead = None if learner is None else HandedInSpec.of(learner)
    handed = None if replicas is None else replicas(scene)
    strict = device != "auto" or recorded == "auto"
    session = Session(
        scenario, scene, chosen if handed is None else None, twin, device if strict else recorded, handed, steps=steps,
        learner=instead, strict=strict,
    )  # fmt: skip
    if cascade:
        session.watch(watched)
    history = replace(history, seeds=len(chosen), twin=twin, engine=session.engine.name)
    return Run(session, history if instead is None else None)


def train(
    scenario: Given,
    seeds: int | Sequence[int] | None = None,
    twin: bool | None = None,
    steps: int | None = None,
    device: str = "auto",
    progress: OnProgress | bool | None = None,
    learner: Any = None,
    cascade: bool = False,
) -> Run:
    """Train a scenario and return the run.

    scenario: or its name, a data set's name, a file, or arrays (X, y), see `Scenario.from_arrays`.
    seeds: how many, or which. twin: also train every seed without the poison. steps: default the scenario's. A
    scenario with a history is trained as it was: with as many seeds and steps, and what was changed, at its step.
    progress: a function, False for none; by default a bar in terminals and notebooks.
    learner: an estimator of scikit-learn's kind, fitted once per seed in place of the scenario's learner.
    device: what does the steps: 'compiled', 'cpu', 'cuda', 'mps', or 'auto', which is what did them in the scenario's
    history, where it has one, so that it comes to the same bits.
    cascade: watch a net of the first seed for the figure 'cascade'; learners that are fitted at once need no watching.
    Warns where the learner would do better with scaled inputs, see `data.input_scale`, and where what did the steps in
    the history cannot be had.
    Raises ScenarioError, DeviceError, MemoryNeeded, ValueError.
    """
    scenario = given(scenario)
    run = start(scenario, seeds, twin, device, learner, cascade, steps=steps)
    for words in (scale_note(run.scenario, run.scene, run.session.spec), run.session.engine.missed):
        if words:
            warnings.warn(words, UserWarning, stacklevel=2)
    total = 1 if learner is not None else scenario.steps if steps is None else steps
    with told(f"training {scenario.name}", progress) as tell:
        run.advance(total, tell)
    return run


def _inputs(x: ArrayLike, width: int) -> NDArray[np.float64]:
    inputs = np.asarray(x, dtype=np.float64)
    if inputs.ndim != 2 or inputs.shape[1] != width:
        raise ValueError(f"{'places' if width == 2 else 'inputs'} have the shape (n, {width}), not {inputs.shape}")
    return inputs
