"""Classifiers of scikit-learn's kind as learners: by name, with a form of their own or not, or handed in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.base import Problem, TrainingData
from boundaryviz.learners.courses import Course, course_of
from boundaryviz.learners.families.scikit_learn import table
from boundaryviz.learners.fitted_learner import Decide, FittedLearner, Staged
from boundaryviz.learners.handed_in import HandedInSpec
from boundaryviz.learners.sklearn_adapter import FittedEstimator, takes_unlabelled
from boundaryviz.learners.training_spec import TrainingSpec

_FAR = 1e37  # trees compare coordinates in single precision


class Estimator(FittedLearner):
    """A classifier of scikit-learn's kind; see `Learner` for the contract.

    It is given the labelled points, in the order of their ids, and no others unless it is one of
    `sklearn.semi_supervised`. Where only one class has a label, it is the class of every place. A support vector
    machine is shown by the logistic function of its margins, and of more than two classes decides for the one of the
    largest margin (scikit-learn's `break_ties`).
    """

    def __init__(self, spec: Any, training: TrainingSpec, problem: Problem, device: object = "cpu") -> None:
        super().__init__(spec, training, problem, device)
        self._whole_pool = takes_unlabelled(estimator(spec, 1))

    def set_data(self, data: TrainingData) -> None:
        """Learn from those points of `data` with the next step that it knows what to do with."""
        super().set_data(data if self._whole_pool else data.labelled())

    def _fit(self, x: NDArray[np.float64], label: NDArray[np.int64]) -> Decide:
        return self._fit_seeded(x, label, 0)

    def _fit_seeded(self, x: NDArray[np.float64], label: NDArray[np.int64], seed: int) -> Decide:
        seen = np.unique(label[label >= 0])
        if len(seen) == 1:
            only = np.eye(self.problem.classes)[seen]
            return lambda places: np.repeat(only, len(places), axis=0)
        x, labels = _near(x), int((label >= 0).sum())

        def fit(spec: Any) -> FittedEstimator:
            template = estimator(spec, labels)
            if self._origin is not None:
                template.set_params(**spec.worked_out(x[label >= 0] + self._origin))
            return FittedEstimator(template, x, label, self.problem.classes, seed)

        fitted, spec = fit(self._spec), self._spec
        if spec.family.course is None:
            return lambda places: fitted.probabilities(_near(places))

        def again(**changed: Any) -> Any:
            return fit(spec.model_copy(update=changed)).estimator

        return StagedEstimator(fitted, course_of(spec, fitted.estimator, again))


class StagedEstimator(Staged):
    """A fitted classifier with its course; see `Staged`."""

    def __init__(self, fitted: FittedEstimator, course: Course) -> None:
        self._fitted = fitted
        self._course = course

    def __call__(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities (G, C) at x (G, D)."""
        return self._fitted.probabilities(_near(x))

    @cached_property
    def stages(self) -> tuple[int, ...]:
        """The sizes there are; see `Staged`."""
        return tuple(range(1, self._course.last + 1))

    def staged(self, x: NDArray[np.float64], stages: Sequence[int]) -> NDArray[np.float64]:
        """Probabilities (S, G, C) of models of these sizes; see `Staged`."""
        if (limit := self._course.limit) is not None and max(stages) > limit:
            raise ValueError(f"this fit goes up to size {limit}, not {max(stages)}")
        if not len(x):
            return np.zeros((len(stages), 0, self._fitted.classes))
        return self._fitted.spread(self._course.at(_near(x), stages))


def estimator(spec: Any, labels: int) -> Any:
    """scikit-learn's classifier, not yet fitted, for so many labelled points."""
    if isinstance(spec, HandedInSpec):
        return spec.estimator
    return getattr(import_module(table()[spec.name]["module"]), spec.name)(**spec.arguments(labels))


def _near(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(x, -_FAR, _FAR)
