"""Classifiers of scikit-learn's kind as learners: by name, with a form of their own or not, or handed in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics.pairwise import pairwise_kernels

from boundaryviz.learners.base import Problem, TrainingData
from boundaryviz.learners.courses import Course, TreeCourse, course_of
from boundaryviz.learners.families.scikit_learn import table
from boundaryviz.learners.fitted_learner import Decide, FittedLearner, Staged
from boundaryviz.learners.handed_in import HandedInSpec
from boundaryviz.learners.needs import PLACES
from boundaryviz.learners.sklearn_adapter import FittedEstimator, takes_unlabelled
from boundaryviz.learners.specs_fitted import EstimatorSpec
from boundaryviz.learners.training_spec import TrainingSpec
from boundaryviz.learners.trees import Tree

_CHANCE = "worse than random"  # scikit-learn of AdaBoost whose first tree is no better than chance
_FAR = 1e37  # trees compare coordinates in single precision


class Estimator(FittedLearner):
    """A classifier of scikit-learn's kind; see `Learner` for the contract.

    It is given the labelled points, in the order of their ids, and no others unless it is one of
    `sklearn.semi_supervised`. Where only one class has a label, it is the class of every place. A support vector
    machine is shown by the logistic function of its margins, and of more than two classes decides for the one of the
    largest margin (scikit-learn's `break_ties`). Points of which nothing can be made leave every place undecided: too
    few of a class, see `EstimatorSpec.too_few`, or on one line, or no first tree of AdaBoost that beats chance.
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
        if isinstance(self._spec, EstimatorSpec) and self._spec.too_few(np.bincount(label[label >= 0])[seen]):
            return self._nothing

        def fit(spec: Any) -> FittedEstimator:
            template = estimator(spec, labels)
            if self._origin is not None:
                template.set_params(**spec.worked_out(x[label >= 0] + self._origin))
            decides = isinstance(spec, EstimatorSpec) and spec.DECIDES
            return FittedEstimator(template, x, label, self.problem.classes, seed, decides)

        spec = self._spec
        try:
            fitted = fit(spec)
        except np.linalg.LinAlgError:
            return self._nothing
        except ValueError as error:
            if _CHANCE in str(error):
                return self._nothing
            raise
        if spec.family.course is None:
            part = spec.PART if isinstance(spec, EstimatorSpec) else PLACES
            return Asked(fitted, part)

        def again(**changed: Any) -> Any:
            return fit(spec.model_copy(update=changed)).estimator

        return StagedEstimator(fitted, course_of(spec, fitted.estimator, again))

    def support(self, replica: int = 0) -> tuple[NDArray[np.int64], NDArray[np.bool_]] | None:
        """Ids (V,) of the support vectors of a replica, each once, and whether the weight of one is at its bound C;
        None where there are none: of another learner, or of points of one class."""
        machine: Any = getattr(self._replicas[replica], "estimator", None)
        if self._stale or not hasattr(machine, "support_"):
            return None
        bound = np.abs(machine.dual_coef_).max(axis=0) >= machine.C * (1 - 1e-9)
        ids, first = np.unique(self._ids[replica][machine.support_], return_index=True)
        return ids, bound[first]

    def by_support(
        self, x: NDArray[np.float64], replica: int = 0
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
        """Ids (V,) of the support vectors of a replica, and what each adds to the margin of the second of two classes
        at each of `x` (G, D): (G, V), the terms y_i alpha_i k(x_i, x), which with the offset sum to it. None as in
        `support`, and of more than two classes."""
        machine: Any = getattr(self._replicas[replica], "estimator", None)
        if self._stale or not hasattr(machine, "support_") or len(machine.dual_coef_) != 1:
            return None
        x = _near(x if self._origin is None else x - self._origin)
        gamma = machine._gamma  # what scikit-learn has made of 'scale'
        arguments = {"gamma": gamma, "degree": machine.degree, "coef0": machine.coef0}
        kernel = pairwise_kernels(x, machine.support_vectors_, machine.kernel, filter_params=True, **arguments)
        return self._ids[replica][machine.support_], kernel * machine.dual_coef_[0]

    def tree(self, replica: int = 0, stage: int | None = None) -> Tree | None:
        """The decision tree of a replica, its cuts in the units of its inputs; None where there is none: of another
        learner, or of points of one class. stage: of so many leaves, see `staged`; None for the tree that is fitted.
        """
        fit = self._replicas[replica]
        if not isinstance(fit, StagedEstimator) or not isinstance(fit.course, TreeCourse):
            return None
        grown, nodes = fit.course.tree_at(stage)
        tree = _tree_of(grown, self.problem.classes, self._origin)
        return tree if nodes is None else tree.first(nodes)


class Asked:
    """A fitted classifier that is asked about so many places at a time."""

    def __init__(self, fitted: FittedEstimator, part: int) -> None:
        self.estimator = fitted.estimator
        self._ask, self._part = fitted.probabilities, part

    def __call__(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities (G, C) at x (G, D)."""
        places, part = _near(x), self._part
        return np.concatenate([self._ask(places[at : at + part]) for at in range(0, max(len(places), 1), part)])


class StagedEstimator(Staged):
    """A fitted classifier with its course; see `Staged`."""

    def __init__(self, fitted: FittedEstimator, course: Course) -> None:
        self._fitted = fitted
        self.course = course

    def __call__(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities (G, C) at x (G, D)."""
        return self._fitted.probabilities(_near(x))

    @cached_property
    def stages(self) -> tuple[int, ...]:
        """The sizes there are; see `Staged`."""
        return tuple(range(1, self.course.last + 1))

    def staged(self, x: NDArray[np.float64], stages: Sequence[int]) -> NDArray[np.float64]:
        """Probabilities (S, G, C) of models of these sizes; see `Staged`."""
        if (limit := self.course.limit) is not None and max(stages) > limit:
            raise ValueError(f"this fit goes up to size {limit}, not {max(stages)}")
        if not len(x):
            return np.zeros((len(stages), 0, self._fitted.classes))
        return self._fitted.spread(self.course.at(_near(x), stages))


def _tree_of(estimator: Any, classes: int, origin: NDArray[np.float64] | None) -> Tree:
    """scikit-learn's tree in the units of the inputs, `origin` (D,) having been subtracted from them."""
    grown = estimator.tree_
    share = np.zeros((grown.node_count, classes))
    share[:, estimator.classes_.astype(np.int64)] = grown.value[:, 0]
    tree = Tree(
        grown.children_left.astype(np.int64), grown.children_right.astype(np.int64), grown.feature.astype(np.int64),
        grown.threshold.astype(np.float64), grown.n_node_samples.astype(np.int64), share,
    )  # fmt: skip
    return tree if origin is None else tree.in_units(origin)


def estimator(spec: Any, labels: int) -> Any:
    """scikit-learn's classifier, not yet fitted, for so many labelled points."""
    if isinstance(spec, HandedInSpec):
        return spec.estimator
    return getattr(import_module(table()[spec.name]["module"]), spec.name)(**spec.arguments(labels))


def _near(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(x, -_FAR, _FAR)
