"""Self-training around an estimator of scikit-learn's kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.svm import SVC
from typing_extensions import override

from boundaryviz.learners.families.graphs import SelfTrainingSpec
from boundaryviz.learners.fitted_learner import Decide, FittedLearner
from boundaryviz.learners.sklearn_adapter import FittedEstimator


class MarginSVC(SVC):
    """A support vector classifier whose probabilities are the logistic function of its margins: sure enough to rank
    guesses by, and without the cross-validation that scikit-learn's own would need more labels for."""

    @override
    def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        margin = self.decision_function(X)
        if margin.ndim == 1:
            margin = np.stack([np.zeros_like(margin), margin], axis=1)
        odds = np.exp(margin - margin.max(axis=1, keepdims=True))
        return odds / odds.sum(axis=1, keepdims=True)


@dataclass(frozen=True, eq=False)
class _Fit:
    """What was decided, and on the way there: for each point (n,) in the order of ids the round in which it got its
    label, 0 for a given one, infinity where it got none, and the label."""

    decide: Decide
    round: NDArray[np.float64]
    label: NDArray[np.int64]

    def __call__(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.decide(x)


class SelfTraining(FittedLearner):
    """Self-training (Yarowsky 1995) by scikit-learn; see `Learner` for the contract.

    Where only one class has a label, it is the class of every place.
    """

    _spec: SelfTrainingSpec

    def rounds(self, replica: int = 0) -> tuple[NDArray[np.float64], NDArray[np.int64]] | None:
        """Of the points that the replica saw in the last fit, in the order of their ids: the round (n,) in which each
        got its label, 0 for a given one and infinity for never, and the label (n,), -1 for none. None before a fit.
        """
        fit = self._replicas[replica]
        return (fit.round.copy(), fit.label.copy()) if isinstance(fit, _Fit) else None

    def _fit(self, x: NDArray[np.float64], label: NDArray[np.int64]) -> Decide:
        classes, unlabelled = self.problem.classes, int((label < 0).sum())
        seen = np.unique(label[label >= 0])
        given = np.where(label >= 0, 0.0, np.inf)
        if len(seen) == 1:
            only = np.eye(classes)[seen]
            at_once = np.where(label >= 0, 0.0, 1.0)
            return _Fit(lambda places: np.repeat(only, len(places), axis=0), at_once, np.full(len(label), seen[0]))
        model = base(self._spec, len(label) - unlabelled)
        if unlabelled:
            model = SelfTrainingClassifier(
                model,
                threshold=self._spec.threshold,
                criterion=self._spec.criterion.replace("-", "_"),
                k_best=min(self._spec.k_best, unlabelled),
                max_iter=self._spec.rounds,
            )
        fitted = FittedEstimator(model, x, label, classes, seed=0)
        if not unlabelled:
            return _Fit(fitted.probabilities, given, label)
        got = fitted.estimator.labeled_iter_
        return _Fit(
            fitted.probabilities, np.where(got < 0, np.inf, got.astype(float)), fitted.estimator.transduction_.copy()
        )


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
