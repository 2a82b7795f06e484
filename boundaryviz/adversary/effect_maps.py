"""Effect maps: what one more point, or a heap of points, at each place would do, found by training with it there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.adversary import adaptive
from boundaryviz.adversary.goals import Answers, held_out
from boundaryviz.adversary.map_request import SEEDS, EffectMapRequest, MapEstimate
from boundaryviz.adversary.models import Machines, Models, Sets, models_of, training
from boundaryviz.attacks.targets import AttackError
from boundaryviz.jobs.messages import Tell
from boundaryviz.learners.specs import LARGEST_SEED
from boundaryviz.record.effect_map import EffectMap, Measure
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import UNLABELLED, Domain, Scene, Split

LEVELS = {True: (8, 16, 32), False: (4, 8, 16, 32)}
"""The grids that follow each other, for learners that are fitted at once and for those trained in steps."""
SHARES = {True: 0.25, False: 0.1}
"""Of the cells of a grid, how many are looked at more closely at most, of the same."""
HEAVIEST = 10_000
"""Points of a heap at most."""
_MOMENT = 2.0  # seconds; what takes longer is said beforehand
_TRIED = 8  # steps, and models at once, by which it is found how long training takes
_USUAL = {True: 0.36, False: 0.17}
"""About this share of all nodes is trained with, of the same."""

Pulse = Callable[[], object]


def effect_map(
    scenario: Scenario,
    *,
    measure: Measure = "test-error",
    labels: Sequence[int] | None = None,
    weight: int = 1,
    seeds: int = SEEDS,
    domain: Domain | None = None,
    beyond: float | None = None,
    target: int = 0,
    levels: Sequence[int] | None = None,
    share: float | None = None,
    pulse: Pulse = lambda: None,
    device: str = "auto",
) -> Iterator[EffectMap]:
    """The map of a scenario at coarse nodes, then at finer ones where it matters; each is whole, the last one `done`.

    measure: what is to change. labels, domain, beyond, target: as in `EffectMapRequest`. weight: points of the heap.
    seeds: of training, from the scenario's own on; one where training knows no chance. levels, share: see
    `adaptive.refined`. pulse: called often; may raise to stop.
    The scene itself trains on what it shows, poison that acts included; the heap is added to that.
    Raises AttackError, in a sentence, where there is nothing to map; MemoryNeeded, DeviceError and InputsError.
    """
    ground = ground_of(
        scenario, measure=measure, labels=labels, weight=weight, seeds=seeds, domain=domain, beyond=beyond,
        target=target, pulse=pulse, device=device,
    )  # fmt: skip
    return ground.maps(levels, share)


def offered(scenario: Scenario) -> dict[str, Any]:
    """The arguments of `effect_map` for the map that the scenario's attack goes by: a heap of all its points, in its
    box, by what it measures itself by. Of one more point, on the plane and by the test error where it offers none."""
    attack = scenario.adversary
    if attack is None:
        return {}
    measure: Measure = "pin" if attack.aim == "pin" else "validation-error"
    labels = None if attack.label is None else (attack.label,)
    return {"measure": measure, "weight": attack.count, "beyond": attack.beyond, "labels": labels}


def estimate(ground: Ground, levels: Sequence[int] | None = None) -> MapEstimate:
    """How long a map takes, by what a few trainings take that are thrown away."""
    if ground.inert:
        return MapEstimate(0, 0.0)
    fine = (levels or ground.levels)[-1] + 1
    fits = round(_USUAL[ground.scenario.learner.family.at_once] * fine * fine) * len(ground.labels) * len(ground.seeds)
    return MapEstimate(fits, fits * ground.seconds_each())


def job(request: EffectMapRequest, tell: Tell) -> None:
    """A map for the window."""
    done, of = 0, 1

    def pulse() -> None:
        tell.progress(min(done, of - 1), of)

    asked = {f.name: getattr(request, f.name) for f in fields(request) if f.name != "scenario"}
    ground = ground_of(request.scenario, **asked, pulse=pulse)
    if not ground.quick:
        expected = estimate(ground)
        of = max(expected.fits, 1)
        if expected.seconds > _MOMENT:
            tell.result(expected)
    for found in ground.maps():
        done = found.fits
        tell.result(found)


def ground_of(
    scenario: Scenario,
    *,
    measure: Measure = "test-error",
    labels: Sequence[int] | None = None,
    weight: int = 1,
    seeds: int = SEEDS,
    domain: Domain | None = None,
    beyond: float | None = None,
    target: int = 0,
    pulse: Pulse = lambda: None,
    device: str = "auto",
) -> Ground:
    """What is trained and asked for a map; arguments as in `effect_map`, which says what is raised."""
    scene, spec = scenario.scene(), scenario.learner
    _check(scenario, scene, weight, seeds)
    chosen = tuple(dict.fromkeys(_usual_labels(scenario, scene) if labels is None else labels))
    if not chosen or not all(UNLABELLED <= k < scene.classes for k in chosen):
        raise AttackError(f"A point is of class 0 to {scene.classes - 1}, or -1 for unlabelled; not {list(chosen)}.")
    x, label = _asked(scene, measure, target)
    first = scenario.training.seed
    return Ground(
        scenario, scene, measure, chosen, weight,
        tuple((first + k) % LARGEST_SEED for k in range(seeds if spec.seeded else 1)),
        domain or (scene.domain if beyond is None else extent(scene, beyond)), x, label,
        models_of(scenario, scene, spec, device, pulse), device,
        ((scene.targets[target].x, scene.targets[target].y),) if measure == "pin" else (),
    )  # fmt: skip


# ---- what is mapped ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Ground:
    """What is trained and asked for a map. x: float64 (V, D) and label: int64 (V,), the points that are asked about;
    of a pin the one place and the class wanted. seeds: of training. around: places where something narrow may happen.
    inert: whether the heap is never looked at, so that the map is zero without any training. quick: whether a training
    takes about a millisecond."""

    scenario: Scenario
    scene: Scene
    measure: Measure
    labels: tuple[int, ...]
    weight: int
    seeds: tuple[int, ...]
    domain: Domain
    x: NDArray[np.float64]
    label: NDArray[np.int64]
    models: Models
    device: str
    around: tuple[tuple[float, float], ...] = ()

    @property
    def inert(self) -> bool:
        """Whether no model would ever look at the heap."""
        return self.scenario.learner.family.supervised and set(self.labels) == {UNLABELLED}

    @property
    def levels(self) -> tuple[int, ...]:
        """The grids that follow each other."""
        return LEVELS[self.scenario.learner.family.at_once]

    @property
    def quick(self) -> bool:
        """Whether a training takes about a millisecond."""
        return isinstance(self.models, Machines)

    def seconds_each(self) -> float:
        """How long one of many trainings takes, tried out."""
        steps = self.scenario.training.steps
        if self.scenario.learner.family.at_once:
            return _timed(self.models, self.heaps(self._middle(1), np.zeros(1, dtype=np.int64)), self)
        few = min(_TRIED, steps)
        brief = self.scenario.model_copy(
            update={"training": self.scenario.training.model_copy(update={"steps": few, "early_stopping": "off"})}
        )
        models = models_of(brief, self.scene, brief.learner, self.device, lambda: None)
        many = 4 * _TRIED
        sets = self.heaps(self._middle(many), np.zeros(many, dtype=np.int64))
        return _timed(models, sets, self) / many * steps / few

    def _middle(self, many: int) -> NDArray[np.float64]:
        return np.repeat(adaptive.places(self.domain, 2)[1:2, 1], many, axis=0)

    def heaps(self, places: NDArray[np.float64], label: NDArray[np.int64]) -> Sets:
        """A heap at each of places (M, 2), of the class label (M,)."""
        x, labels = self.scene.embed(places)[:, None], label[:, None]
        copies = 1 if self._weighs else self.weight
        weight = np.full((len(places), copies), self.weight / copies)
        return Sets(x.repeat(copies, axis=1), labels.repeat(copies, axis=1), weight)

    @property
    def _weighs(self) -> bool:
        """Whether a point of this weight is what so many points are: batches deal points one by one."""
        training = self.scenario.training
        return self.scenario.learner.family.at_once or training.batch_size == "full"

    def maps(self, levels: Sequence[int] | None = None, share: float | None = None) -> Iterator[EffectMap]:
        """See `effect_map`."""
        began = perf_counter()
        if self.inert:
            yield replace(self._empty(levels or self.levels), done=True)
            return
        nothing = Sets(np.empty((1, 0, self.scene.points.width)), np.empty((1, 0), dtype=np.int64), np.empty((1, 0)))
        bare = [self._answers(nothing, seed) for seed in self.seeds]
        base, losses = (np.concatenate(column) for column in zip(*map(self._judged, bare, bare), strict=True))

        def function(places: NDArray[np.float64], label: NDArray[np.int64]) -> tuple[NDArray, NDArray]:
            answers = [self._answers(self.heaps(places, label), seed) for seed in self.seeds]
            found = [self._judged(own, clean) for own, clean in zip(answers, bare, strict=True)]
            values, ties = (np.stack(column) for column in zip(*found, strict=True))
            return values - base[:, None], ties - losses[:, None]

        several, most = tuple(levels or self.levels), SHARES[self.scenario.learner.family.at_once]
        taught = [k for k in self.labels if k != UNLABELLED or not self.scenario.learner.family.supervised]
        most = most if share is None else share
        for grid in adaptive.refined(function, self.domain, taught, several, most, self.around):
            whole = self._empty((*several, grid.level))
            at = [self.labels.index(k) for k in taught]
            for name, known in (("values", grid.mean), ("ties", grid.ties.mean(axis=0)), ("measured", grid.measured)):
                getattr(whole, name)[at] = known
            yield replace(
                whole, level=grid.level, base=float(base.mean()), floor=grid.floor, fits=grid.asked * len(self.seeds),
                seconds=perf_counter() - began, done=grid.level == several[-1],
            )  # fmt: skip

    def _answers(self, sets: Sets, seed: int) -> Answers:
        return self.models.answers(sets, self.x, self.label, seed)

    def _judged(self, answers: Answers, clean: Answers) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The measure (M,), NaN of a model that diverged, and what decides between equals."""
        lost = np.isnan(answers.loss).any(axis=1)
        loss = answers.loss.mean(axis=1)
        if self.measure == "pin":
            return np.where(lost, np.nan, answers.lead[:, 0]), -loss
        other = clean.predicted if self.measure == "flips" else self.label
        return np.where(lost, np.nan, (answers.predicted != other).mean(axis=1)), loss

    def _empty(self, levels: Sequence[int]) -> EffectMap:
        """A map on which nothing changes anything."""
        scenario, scene, level = self.scenario, self.scene, levels[-1]
        shape = (len(self.labels), level + 1, level + 1)
        words = ""
        if scenario.learner.family.supervised and UNLABELLED in self.labels:
            words = (
                f"{scenario.learner.TITLE} learns from labelled points alone and never looks at an unlabelled one: "
                "its map is exactly zero."
            )
        return EffectMap(
            self.domain, self.labels, np.zeros(shape), np.zeros(shape), np.ones(shape, dtype=bool), self.measure,
            self.weight, self.seeds, level, float("nan"), words=words, scenario=scenario.name, title=scenario.title,
            learner=scenario.learner.TITLE, class_names=tuple(scene.class_name(k) for k in range(scene.classes)),
        )  # fmt: skip


def extent(scene: Scene, beyond: float) -> Domain:
    """The box of the training points on the plane, `beyond` times as large about its centre."""
    xy = scene.points.xy[training(scene)]
    low, high = xy.min(axis=0), xy.max(axis=0)
    if not (low < high).all():
        raise AttackError("The training points lie on one line, so that there is no box to map. Name a domain.")
    centre, half = (low + high) / 2, (high - low) / 2 * beyond
    (left, bottom), (right, top) = (centre - half).tolist(), (centre + half).tolist()
    return Domain(left, right, bottom, top)


def _timed(models: Models, sets: Sets, ground: Ground) -> float:
    """Seconds, the second time: the first one loads what is needed."""
    seconds = 0.0
    for _ in range(2):
        began = perf_counter()
        models.answers(sets, ground.x, ground.label, ground.seeds[0])
        seconds = perf_counter() - began
        if seconds > _MOMENT:
            break
    return seconds


def _usual_labels(scenario: Scenario, scene: Scene) -> tuple[int, ...]:
    classes = tuple(range(scene.classes))
    return classes if scenario.learner.family.supervised else (*classes, UNLABELLED)


def _check(scenario: Scenario, scene: Scene, weight: int, seeds: int) -> None:
    """Raises AttackError where there is nothing to map."""
    if not 1 <= weight <= HEAVIEST:
        raise AttackError(f"A heap is of 1 to {HEAVIEST:,} points, not {weight}.")
    if seeds < 1:
        raise AttackError(f"A map is trained with at least one seed, not {seeds}.")
    if scenario.learner.fits(scene):
        raise AttackError("The learner fits responses, not classes; effect maps are of classes.")
    if not scene.points.is_labelled[training(scene)].any():
        raise AttackError("There is no labelled training point, so that there is no decision to change.")


def _asked(scene: Scene, measure: Measure, target: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The points that are asked about; see `Ground`."""
    if measure == "pin":
        if not 0 <= target < len(scene.targets):
            raise AttackError("There is no such target pin. Put one on the plane, or map the test error.")
        pin = scene.targets[target]
        return scene.embed(np.array([(pin.x, pin.y)])), np.array([pin.target_class], dtype=np.int64)
    split = Split.VALIDATION if measure == "validation-error" else Split.TEST
    points = held_out(scene, split)
    if not len(points):
        other = "test" if split == Split.VALIDATION else "validation"
        raise AttackError(
            f"There are no {split.name.lower()} points, on which the error would change. Raise "
            f"data.{split.name.lower()}, or map the {other} error or a pin."
        )
    return points.x, points.label.astype(np.int64)
