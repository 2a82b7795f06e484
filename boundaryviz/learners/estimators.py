"""scikit-learn's supervised classifiers as learners."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from boundaryviz.learners.base import TrainingData
from boundaryviz.learners.fitted_learner import Decide, FittedLearner
from boundaryviz.learners.sklearn_adapter import FittedEstimator
from boundaryviz.learners.specs_estimators import EstimatorSpec

_FAR = 1e37  # trees compare coordinates in single precision


class Estimator(FittedLearner):
    """A supervised classifier of scikit-learn, with its settings under its own names; see `Learner` for the contract.

    It is given the labelled points, in the order of their ids, and no others. Where only one class has a label, it
    is the class of every place. A support vector machine is shown by the logistic function of its margins, and of
    more than two classes decides for the one of the largest margin (scikit-learn's `break_ties`).
    """

    _spec: EstimatorSpec

    def set_data(self, data: TrainingData) -> None:
        """Learn from the labelled points of `data` with the next step."""
        k = data.label >= 0
        super().set_data(TrainingData(data.ids[k], data.x[k], data.label[k], data.poison[k], data.weights[:, k]))

    def _fit(self, x: NDArray[np.float64], label: NDArray[np.int64]) -> Decide:
        return self._fit_seeded(x, label, 0)

    def _fit_seeded(self, x: NDArray[np.float64], label: NDArray[np.int64], seed: int) -> Decide:
        seen = np.unique(label)
        if len(seen) == 1:
            only = np.eye(self.problem.classes)[seen]
            return lambda places: np.repeat(only, len(places), axis=0)
        fitted = FittedEstimator(estimator(self._spec, len(label)), _near(x), label, self.problem.classes, seed)
        return lambda places: fitted.probabilities(_near(places))


class Forest(Estimator):
    """A random forest, grown from the seed of its replica."""

    seeded = True


def estimator(spec: EstimatorSpec, labels: int) -> Any:
    """scikit-learn's classifier, not yet fitted, for so many labelled points."""
    settings = spec.model_dump(exclude={"name"})
    match spec.name:
        case "KNeighborsClassifier":
            return KNeighborsClassifier(**settings | {"n_neighbors": min(settings["n_neighbors"], labels)})
        case "SVC":
            return SVC(**settings, break_ties=True)
        case "DecisionTreeClassifier":
            return DecisionTreeClassifier(**settings)
        case "RandomForestClassifier":
            return RandomForestClassifier(**settings)


def _near(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(x, -_FAR, _FAR)
