"""Gaussian naive Bayes: each class a normal density along each input, the inputs independent within a class."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.family import family
from boundaryviz.learners.fitted_learner import Decide, FittedLearner
from boundaryviz.learners.specs_fitted import AtOnceSpec
from boundaryviz.scene.specs import setting


@family("boundaryviz.learners.families.naive_bayes:NaiveBayes", at_once=True, seeded=False, scale_free=True, order=165)
class NaiveBayesSpec(AtOnceSpec):
    """A normal density for each class and coordinate; the class of a place is the one it is likeliest drawn from."""

    TITLE: ClassVar[str] = "Naive Bayes"
    name: Literal["naive-bayes"] = "naive-bayes"
    smoothing: float = setting(
        1e-9, "Smoothing", "Added to every variance, as a share of the largest variance along an axis of all points.",
        gt=0.0, le=1.0, log=True, advanced=True,
    )  # fmt: skip
    prior: Literal["data", "even"] = setting(
        "data", "Prior", "How likely a class is before its place is known: as frequent as it is, or as any other.",
        choices={"data": "by frequency", "even": "even"},
    )  # fmt: skip


class NaiveBayes(FittedLearner):
    """Fitted to the labelled points alone; see `Learner` for the contract."""

    _spec: NaiveBayesSpec

    def _fit(self, x: NDArray[np.float64], label: NDArray[np.int64]) -> Decide:
        known = label >= 0
        x, label = x[known], label[known]
        classes, count = np.unique(label, return_counts=True)
        mean = np.stack([x[label == k].mean(axis=0) for k in classes])
        least = self._spec.smoothing * x.var(axis=0).max()
        variance = np.stack([x[label == k].var(axis=0) for k in classes]) + max(least, np.finfo(float).tiny)
        prior = np.log(count / count.sum()) if self._spec.prior == "data" else np.zeros(len(classes))
        head = prior - 0.5 * np.log(variance).sum(axis=1)
        every = self.problem.classes

        def decide(places: NDArray[np.float64]) -> NDArray[np.float64]:
            with np.errstate(over="ignore"):  # far out all densities are 0; the largest is still told
                score = head - 0.5 * ((places[:, None] - mean) ** 2 / variance).sum(axis=2)
            score = np.maximum(score, -np.finfo(float).max)
            share = np.exp(score - score.max(axis=1, keepdims=True))
            result = np.zeros((len(places), every))
            result[:, classes] = share / share.sum(axis=1, keepdims=True)
            return result

        return decide
