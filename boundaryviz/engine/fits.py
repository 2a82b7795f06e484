"""What a filter of points may ask of the scenario's learner: trained for it, on the processor, and thrown away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.base import Learner, Problem, TrainingData
from boundaryviz.learners.family import LearnerSettings
from boundaryviz.learners.scaled import learner_of
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.learners.training_spec import TrainingSpec
from boundaryviz.scene.scaling import Scaling
from boundaryviz.scene.scene import Points

_SIDE_BY_SIDE = 32  # models that are trained at once: more take memory, and no less time for each
_SOME = 50  # steps between two looks at whether anybody still wants the answer


class Abandoned(Exception):
    """Nobody wants the answer any more."""


@dataclass(frozen=True, eq=False)
class Course:
    """How the scenario's learner is trained, as far as that is the same for every filter.

    problem: with whatever seeds. scale: the units in which it is given inputs, None for their own.
    """

    spec: LearnerSettings
    training: TrainingSpec
    problem: Problem
    scale: Scaling | None

    def same_as(self, other: Course) -> bool:
        """Whether the same is learnt from the same points."""
        looks = {"evaluate_every": other.training.evaluate_every}
        return (
            self.spec == other.spec
            and self.training.model_copy(update=looks) == other.training
            and self.scale == other.scale
            and replace(self.problem, seeds=()) == replace(other.problem, seeds=())
        )


class LearnerFit:
    """`defences.Fit`: models of one seed, each trained from its first step to the scenario's last, without stopping
    early. A surrogate is trained as it comes, for a scenario whose learner is fitted at once may have a single step.
    Points of weight 0 keep their places in batches, so that models trained side by side differ by what they are
    trained on alone.

    used: whether a model was asked for.
    """

    def __init__(self, course: Course, seed: int, wanted: Callable[[], bool] = lambda: True) -> None:
        """wanted: whether to go on."""
        self._course, self._seed, self._wanted = course, seed, wanted
        self.used = False

    def __call__(self, points: Points, weights: NDArray[np.float32], surrogate: str = "") -> LearnerFitted:
        """One model. Raises ValueError, in a sentence, where there is nothing to learn from or no such surrogate."""
        return self.several(points, weights[None], surrogate)[0]

    def several(self, points: Points, weights: NDArray[np.float32], surrogate: str = "") -> Sequence[LearnerFitted]:
        """R models, from weights (R, N). Raises as a call does."""
        self.used = True
        if surrogate and surrogate not in FAMILIES:
            raise ValueError(f"there is no learner {surrogate!r} to stand in for the scenario's")
        spec = FAMILIES[surrogate].spec() if surrogate else self._course.spec
        training = TrainingSpec() if surrogate else self._course.training
        order = np.argsort(points.ids)
        points, weights = points.take(order), np.asarray(weights, dtype=np.float32)[:, order]
        found: list[LearnerFitted] = []
        for start in range(0, len(weights), _SIDE_BY_SIDE):
            some = weights[start : start + _SIDE_BY_SIDE]
            learner = self._trained(spec, training, points, some)
            found += [LearnerFitted(learner, k, self._course.scale) for k in range(len(some))]
        return found

    def inputs(self, points: Points) -> NDArray[np.float64]:
        """What the learner is given of points, (N, D)."""
        scale = self._course.scale
        return points.x if scale is None else scale(points.x)

    def _trained(
        self, spec: LearnerSettings, training: TrainingSpec, points: Points, weights: NDArray[np.float32]
    ) -> Learner:
        course = self._course
        problem = replace(course.problem, seeds=(self._seed,) * len(weights))
        learner = learner_of(spec, training, problem, "cpu", course.scale)
        learner.set_data(
            TrainingData(
                points.ids, points.x, points.label.astype(np.int64), np.zeros(len(points), dtype=bool), weights,
                points.response, withdrawn=weights == 0,
            )
        )  # fmt: skip
        if not learner.can_train:
            raise ValueError("no point with a label is left to train on")
        steps = 1 if spec.family.at_once else training.steps
        for start in range(0, steps, _SOME):
            if not self._wanted():
                raise Abandoned
            learner.step(min(_SOME, steps - start))
        return learner


class LearnerFitted:
    """`defences.Fitted`: one of the models of a learner."""

    def __init__(self, learner: Learner, replica: int, scale: Scaling | None) -> None:
        self._learner, self._replica, self._scale = learner, replica, scale

    def probabilities(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Class probabilities (G, C) at x (G, D); NaN where it is undecided, or has diverged."""
        found = self._learner.probabilities(x, self._replica)[0].T
        return np.ascontiguousarray(found, dtype=np.float64)

    def features(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """What its last hidden layer makes of x (G, D), (G, F); of a learner without one, x as it is given it."""
        layers = self._learner.units(x, self._replica)
        if not layers:
            return x if self._scale is None else self._scale(x)
        return np.ascontiguousarray(layers[-1].T, dtype=np.float64)
