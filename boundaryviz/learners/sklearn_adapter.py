"""Estimators of scikit-learn's kind: fitted at once instead of in steps."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone, is_classifier
from sklearn.exceptions import ConvergenceWarning

UNLABELLED = -1


class FittedEstimator:
    """A clone of `estimator`, fitted to the points with weight; `probabilities` speaks of all `classes`.

    Unlabelled points (label -1) reach only estimators of `sklearn.semi_supervised`, which know what they are.
    seed: for an estimator that has a `random_state`, alone or as a step of a pipeline. decides: it is asked for its
    decision, which counts as certain, whatever else it could say. One that stops before it has converged is taken as it
    is then.
    Raises ValueError when it is no classifier, or when the labelled points show fewer than two classes.
    """

    def __init__(
        self,
        estimator: Any,
        x: NDArray[np.float64],
        label: NDArray[np.int64],
        classes: int,
        seed: int,
        decides: bool = False,
    ) -> None:
        if not (hasattr(estimator, "fit") and is_classifier(estimator)):
            raise ValueError(f"{type(estimator).__name__} is not a classifier of scikit-learn's kind")
        known = label != UNLABELLED
        if len(np.unique(label[known])) < 2:
            raise ValueError("an estimator needs labelled training points of at least two classes")
        self.classes = classes
        self.estimator = clone(estimator)
        states = {key: seed for key in self.estimator.get_params() if key.split("__")[-1] == "random_state"}
        self.estimator.set_params(**states)
        shown = known | takes_unlabelled(estimator)
        self._decides = decides
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            self.estimator.fit(x[shown], label[shown])

    def probabilities(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """At `x` (n, D): (n, classes), 0 for classes that were not seen; NaN where the estimator has no answer.

        Its decision where that is what it is asked for; its own probabilities where it has any, else the logistic
        function of its margins, else its decision.
        """
        seen = self._seen
        result = np.zeros((len(x), self.classes))
        if not len(x):
            return result
        if self._decides:
            self._decide(x, result)
        elif hasattr(self.estimator, "predict_proba"):
            with np.errstate(invalid="ignore"):  # label propagation divides 0 by 0 where no label has come
                given = self.estimator.predict_proba(x)
            result[:, seen] = given
            result[~np.isfinite(given).all(axis=1)] = np.nan
        elif hasattr(self.estimator, "decision_function"):
            margin = np.asarray(self.estimator.decision_function(x))
            if margin.ndim == 1:
                result[:, seen[1]] = 0.5 + 0.5 * np.tanh(0.5 * margin)
                result[:, seen[0]] = 1.0 - result[:, seen[1]]
            elif margin.shape[1] == len(seen):
                odds = np.exp(margin - margin.max(axis=1, keepdims=True))
                result[:, seen] = odds / odds.sum(axis=1, keepdims=True)
            else:  # one against one
                self._decide(x, result)
        else:
            self._decide(x, result)
        return result

    def spread(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """From probabilities of the classes that were seen (..., seen) to those of all (..., classes)."""
        result = np.zeros((*shares.shape[:-1], self.classes))
        result[..., self._seen] = shares
        return result

    @property
    def _seen(self) -> NDArray[np.int64]:
        return np.asarray(self.estimator.classes_, dtype=np.int64)

    def _decide(self, x: NDArray[np.float64], result: NDArray[np.float64]) -> None:
        result[np.arange(len(x)), self.estimator.predict(x).astype(np.int64)] = 1.0


def takes_unlabelled(estimator: Any) -> bool:
    """Whether an estimator, or the last step of a pipeline, knows what a label of -1 is."""
    last = estimator[-1] if hasattr(estimator, "steps") else estimator
    return type(last).__module__.startswith("sklearn.semi_supervised")
