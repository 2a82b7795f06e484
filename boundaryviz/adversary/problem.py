"""What every attack that trains works on: what the attacker sees, may do and measures itself by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boundaryviz.adversary.goals import Answers, Goal, goal_of
from boundaryviz.adversary.knowledge import known_learner, known_scene
from boundaryviz.adversary.models import Machine, Machines, Sets, machines_fit, models_of, training
from boundaryviz.attacks.targets import AttackError
from boundaryviz.attacks.trained.box import box_of_training
from boundaryviz.attacks.trained.settings import TrainedAttackSettings
from boundaryviz.attacks.trained.specs import METHODS
from boundaryviz.learners.families.estimators import SVCSpec
from boundaryviz.learners.specs import LARGEST_SEED
from boundaryviz.record.trail import NOBODY, AttackState
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.measure import scaling_of
from boundaryviz.scene.scene import Points

_STREAM = 11  # key of the attack's random stream, so that other users of the seed draw other numbers


class Method(Protocol):
    """An attack that trains, as `RUN` of its settings names it."""

    def __call__(self, problem: Problem, start: AttackState | None) -> Iterator[AttackState]:
        """One state after the other, each made by `Problem.state`, the last of which is what the attack comes to.

        start: where to go on from, a state of its own of which a point may have been moved; None for the beginning.
        Nothing is drawn but from `problem.rng`. Raises AttackError, in a sentence, where it cannot attack this.
        """
        ...


@dataclass(frozen=True, eq=False)
class Outcome:
    """What M sets of poison do to the attacker's models, over S training seeds.

    objectives, losses: float64 (S, M): see `Goal`; NaN of a model that diverged. The larger, the better for the
    attacker.
    """

    objectives: NDArray[np.float64]
    losses: NDArray[np.float64]

    @property
    def objective(self) -> NDArray[np.float64]:
        """The mean over the seeds, (M,)."""
        mean: NDArray[np.float64] = self.objectives.mean(axis=0)
        return mean

    @property
    def loss(self) -> NDArray[np.float64]:
        """The mean over the seeds, (M,)."""
        mean: NDArray[np.float64] = self.losses.mean(axis=0)
        return mean

    @property
    def order(self) -> NDArray[np.int64]:
        """The sets from the best to the worst, (M,): by objective, then by loss, then as they came."""
        lost = np.isnan(self.objective) | np.isnan(self.loss)
        objective, loss = (np.where(lost, -np.inf, value) for value in (self.objective, self.loss))
        return np.lexsort((np.arange(len(loss)), -loss, -objective))

    @property
    def best(self) -> int:
        """The first of `order`."""
        return int(self.order[0])


class Problem:
    """An attack's problem, on a scenario whose `adversary` says what is to be attained and what is known.

    scenario, settings: what is attacked, and how. victim: the true scene. scene, learner: what the attacker trains on,
    and which learner; the same unless the settings say otherwise. goal: what is to grow, on the validation points of
    `scene`, or at the pin. box: float64 (2, D), the lowest and the highest inputs that poison may have. ids: int64
    (N,), the training points of `scene` that act, which `withdrawn` of `train` speaks of. candidates: the points of the
    *true* scene whose label can be flipped, or which can be moved: clean, labelled, acting training points. rng: the
    attack's random numbers. fits: how many models were trained.
    pulse: called now and then while models are trained; may raise to stop. device: where nets train.
    Raises AttackError, in a sentence, where there is nothing to attack.
    """

    def __init__(self, scenario: Scenario, pulse: Callable[[], object] = lambda: None, device: str = "auto") -> None:
        self.scenario, self.settings = scenario, settings_of(scenario)
        settings = self.settings
        self.victim = scenario.scene()
        self.scene = known_scene(scenario, settings, self.victim)
        self.learner = known_learner(scenario, settings)
        self.candidates = candidates(self)
        _check(self)
        self.goal: Goal = goal_of(self.scene, self.victim, settings)
        self.ids = self.scene.points.ids[training(self.scene)]
        self.box = box_of_training(self.scene, settings.beyond)
        self.rng = np.random.default_rng([settings.seed, _STREAM])
        self.fits = 0
        self._models = models_of(scenario, self.scene, self.learner, device, pulse)

    @property
    def width(self) -> int:
        """D, how many inputs a point has."""
        return self.victim.points.width

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return self.victim.classes

    # ---- what poison does ---------------------------------------------------------------------------

    def train(
        self,
        x: ArrayLike,
        label: ArrayLike,
        weight: ArrayLike | None = None,
        withdrawn: NDArray[np.bool_] | None = None,
        seeds: int = 1,
    ) -> Outcome:
        """What each of M sets of K points of poison does, all of them trained at once.

        x: (M, K, D), or (K, D) for one set. label: (M, K) or (K,), -1 for unlabelled. weight: the same, how often each
        point is there, default once; whole numbers, for a net or a support vector machine any. withdrawn: bool (M, N)
        or (N,), which of the points `ids` are not there. seeds: training seeds; one is trained where nothing is random.
        """
        sets = self._sets(x, label, weight, withdrawn)
        found = [self._answers(sets, self.goal.x, self.goal.label, seed) for seed in self._seeds(seeds)]
        return Outcome(
            np.stack([np.where(np.isnan(a.loss).any(axis=1), np.nan, self.goal.objective(a)) for a in found]),
            np.stack([self.goal.loss(a) for a in found]),
        )

    def ask(self, x: NDArray[np.float64], label: NDArray[np.int64]) -> Answers:
        """What the attacker's model without any of its poison makes of points x (V, D) of these classes; M is 1."""
        nothing = self._sets(np.empty((1, 0, self.width)), np.empty((1, 0), dtype=np.int64), None, None)
        return self._answers(nothing, x, label, self._seeds(1)[0])

    def svm(
        self,
        x: ArrayLike,
        label: ArrayLike,
        weight: ArrayLike | None = None,
        withdrawn: NDArray[np.bool_] | None = None,
    ) -> Machine | None:
        """The attacker's support vector machine with one set of poison, (K, D), to take gradients of: fitted to more
        digits than those of `train`.

        None where one class is left. Raises AttackError where its learner is none, or the classes are more than two.
        """
        machines = self.machines
        sets = self._sets(x, label, weight, withdrawn)
        self.fits += 1
        gone = None if sets.withdrawn is None else sets.withdrawn[0]
        return machines.fitted(sets.x[0], sets.label[0], sets.weight[0], gone, tol=1e-6)

    @property
    def machines(self) -> Machines:
        """What fits the attacker's support vector machines. Raises AttackError as `svm` does."""
        if not machines_fit(self.learner, self.scene):
            raise AttackError(
                f"{self.settings.method} attacks support vector machines of two classes, and the learner is "
                f"{self.learner.name}, of {self.scene.classes}. Of two it can train one in its place, with "
                f"adversary.surrogate=SVC; {' or '.join(any_learner())} attacks any learner."
            )
        if isinstance(self._models, Machines):
            return self._models
        assert isinstance(self.learner, SVCSpec)
        return Machines(self.scene, self.learner, scaling_of(self.scene, self.scenario.data.input_scale))

    # ---- what it may do -----------------------------------------------------------------------------

    def clipped(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """The nearest inputs (..., D) within the box."""
        return np.clip(x, *self.box)

    def without(self, ids: ArrayLike) -> NDArray[np.bool_]:
        """Bool (N,), which of the points `ids` of this problem are among these; of ids (M, K) bool (M, N)."""
        given = np.asarray(ids, dtype=np.int64)
        if given.ndim == 1:
            return np.isin(self.ids, given)
        return np.stack([np.isin(self.ids, row) for row in given]) if len(given) else np.zeros((0, len(self.ids)), bool)

    def state(
        self,
        x: ArrayLike,
        label: ArrayLike,
        objective: float,
        *,
        replaces: ArrayLike | None = None,
        moving: int = NOBODY,
        share: float = 0.0,
        words: str = "",
    ) -> AttackState:
        """A state of the attack, of K points x (K, D); see `AttackState`, the rest of which is filled in outside."""
        points = np.asarray(x, dtype=np.float64).reshape(-1, self.width)
        instead = np.full(len(points), NOBODY) if replaces is None else replaces
        labels = np.broadcast_to(np.asarray(label), len(points))
        return AttackState(points, labels, instead, moving, float(objective), share=share, words=words)  # type: ignore[arg-type]

    # ---- how ----------------------------------------------------------------------------------------

    def _answers(self, sets: Sets, x: NDArray[np.float64], label: NDArray[np.int64], seed: int) -> Answers:
        self.fits += len(sets)
        return self._models.answers(sets, x, label, seed)

    def _seeds(self, seeds: int) -> list[int]:
        """The training seeds, of which there is one where nothing in training is random."""
        first = self.scenario.training.seed
        return [(first + k) % LARGEST_SEED for k in range(seeds if self.learner.seeded else 1)]

    def _sets(
        self, x: ArrayLike, label: ArrayLike, weight: ArrayLike | None, withdrawn: NDArray[np.bool_] | None
    ) -> Sets:
        places = np.asarray(x, dtype=np.float64)
        places = places[None] if places.ndim == 2 else places
        shape = places.shape[:2]
        labels = np.broadcast_to(np.asarray(label, dtype=np.int64), shape)
        weights = np.ones(shape) if weight is None else np.broadcast_to(np.asarray(weight, dtype=np.float64), shape)
        gone = None if withdrawn is None else np.broadcast_to(withdrawn, (shape[0], len(self.ids)))
        return Sets(places, labels, weights, gone)


def candidates(problem: Problem) -> Points:
    """The clean labelled training points of the true scene that act."""
    scene = problem.victim
    points = scene.points
    return points.take((points.origin == 0) & points.is_train & points.is_labelled & scene.seen())


def _check(problem: Problem) -> None:
    """Raises AttackError where there is nothing to attack."""
    scene, settings = problem.victim, problem.settings
    there = len(problem.candidates)
    if not there:
        raise AttackError("There is no labelled training point, so that there is no decision to attack.")
    known = problem.scene.points.take(training(problem.scene))
    if len(np.unique(known.label[known.is_labelled])) < 2:
        raise AttackError("All labelled training points are of one class, so that there is no boundary to attack.")
    if problem.learner.fits(problem.scene):
        raise AttackError("The learner fits responses, not classes; attacks that train are on classes.")
    kind, most = ("labelled ", there) if type(settings).STANDS_IN else ("", len(training(scene)))
    if settings.count > most:
        raise AttackError(
            f"The attack is to use {settings.count:,} points, and there are {most:,} {kind}training points. "
            "Lower adversary.count."
        )
    if settings.label is not None and settings.label >= scene.classes:
        raise AttackError(f"There is no class {settings.label}; the classes are 0 to {scene.classes - 1}.")


def any_learner() -> list[str]:
    """Methods that attack any learner, for words that say what works instead."""
    return [name for name in ("heap", "flips-furthest") if name in METHODS]


def settings_of(scenario: Scenario) -> TrainedAttackSettings:
    """Those of the attack that a scenario offers. Raises AttackError where it offers none."""
    if scenario.adversary is None:
        raise AttackError("The scenario names no attack that trains. Set adversary.method.")
    return scenario.adversary
