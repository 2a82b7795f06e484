"""Self-training around an estimator of scikit-learn's kind."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.svm import SVC

from boundaryviz.learners.classic import FittedEstimator
from boundaryviz.learners.graph_specs import SelfTrainingSpec
from boundaryviz.learners.refitted import Decide, Refitted


class MarginSVC(SVC):
    """A support vector classifier whose probabilities are the logistic function of its margins: sure enough to rank
    guesses by, and without the cross-validation that scikit-learn's own would need more labels for."""

    def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        margin = self.decision_function(X)
        if margin.ndim == 1:
            margin = np.stack([np.zeros_like(margin), margin], axis=1)
        odds = np.exp(margin - margin.max(axis=1, keepdims=True))
        return odds / odds.sum(axis=1, keepdims=True)


class SelfTraining(Refitted):
    """Self-training (Yarowsky 1995) by scikit-learn; see `Learner` for the contract.

    Where only one class has a label, it is the class of every place.
    """

    _spec: SelfTrainingSpec

    def _fit(self, xy: NDArray[np.float64], label: NDArray[np.int64]) -> Decide:
        classes, unlabelled = self.problem.classes, int((label < 0).sum())
        seen = np.unique(label[label >= 0])
        if len(seen) == 1:
            only = np.eye(classes)[seen]
            return lambda places: np.repeat(only, len(places), axis=0)
        model = base(self._spec, len(label) - unlabelled)
        if unlabelled:
            model = SelfTrainingClassifier(
                model,
                threshold=self._spec.threshold,
                criterion=self._spec.criterion.replace("-", "_"),
                k_best=min(self._spec.k_best, unlabelled),
                max_iter=self._spec.rounds,
            )
        return FittedEstimator(model, xy, label, classes, seed=0).probabilities


def base(spec: SelfTrainingSpec, labels: int) -> Any:
    """The estimator that is trained again and again, for so many labels to begin with."""
    match spec.base:
        case "svm":
            return MarginSVC(gamma=spec.gamma, C=spec.penalty, decision_function_shape="ovr")
        case "logistic":
            return LogisticRegression(C=spec.penalty)
        case "knn":
            return KNeighborsClassifier(min(spec.neighbours, labels), weights="distance")
        case "naive-bayes":
            return GaussianNB()
