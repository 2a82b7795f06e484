"""Classifiers that are fitted at once on labelled points, against scikit-learn called directly."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from boundaryviz.learners.families.estimators import (
    DecisionTreeClassifierSpec,
    KNeighborsClassifierSpec,
    RandomForestClassifierSpec,
    SVCSpec,
)
from boundaryviz.testing.models import GRID, blobs, make
from tools.fidelity.frame import Subject, apart

SUBJECT = Subject(
    "Supervised learners that are fitted at once",
    """
    Two to four overlapping blobs with drawn settings, a quarter of the points without a label. Classes have to be
    the same at every place of a grid. A support vector classifier of more than two classes equals scikit-learn's
    with `break_ties=True`, and its probabilities, which scikit-learn has none of without cross-validation, are the
    logistic function of its margins, compared for two classes.
    """,
)


def against(seed: int, spec: Any, theirs: Any) -> float:
    """The largest difference of probabilities; infinite where a class differs."""
    classes = 2 + seed % 3
    data = blobs(120, classes, seed)
    data = replace(data, label=np.where(data.ids % 4 == 3, -1, data.label))
    ours = make(spec, seeds=(seed,), classes=classes, data=data)
    ours.step()
    known = data.label >= 0
    theirs.fit(data.x[known], data.label[known])
    if not np.array_equal(ours.predict(GRID)[0], theirs.predict(GRID)):
        return float("inf")
    p = ours.probabilities(GRID)[0].T
    if hasattr(theirs, "predict_proba"):
        return apart(p, theirs.predict_proba(GRID))
    return apart(p[:, 1], 1 / (1 + np.exp(-theirs.decision_function(GRID)))) if classes == 2 else 0.0


@SUBJECT.check("nearest neighbours", "`sklearn.neighbors.KNeighborsClassifier`", 1e-6, 40)
def neighbours(seed: int) -> float:
    rng = np.random.default_rng(seed)
    given: dict[str, Any] = {
        "n_neighbors": int(rng.integers(1, 20)), "weights": str(rng.choice(["uniform", "distance"])),
        "p": int(rng.integers(1, 3)),
    }  # fmt: skip
    return against(seed, KNeighborsClassifierSpec(**given), KNeighborsClassifier(**given))


@SUBJECT.check("support vectors, four kernels", "`sklearn.svm.SVC`", 1e-6, 40)
def support_vectors(seed: int) -> float:
    rng = np.random.default_rng(seed)
    given: dict[str, Any] = {
        "kernel": ("rbf", "linear", "poly", "sigmoid")[seed % 4], "C": float(10 ** rng.uniform(-1, 2)),
        "gamma": float(10 ** rng.uniform(-1, 1)), "degree": 2, "coef0": 1.0,
    }  # fmt: skip
    return against(seed, SVCSpec(**given), SVC(**given, break_ties=True))


@SUBJECT.check("decision tree", "`sklearn.tree.DecisionTreeClassifier`", 1e-6, 40)
def tree(seed: int) -> float:
    rng = np.random.default_rng(seed)
    given: dict[str, Any] = {
        "criterion": str(rng.choice(["gini", "entropy"])), "max_depth": (None, int(rng.integers(1, 8)))[seed % 2],
        "min_samples_leaf": int(rng.integers(1, 6)),
    }  # fmt: skip
    return against(seed, DecisionTreeClassifierSpec(**given), DecisionTreeClassifier(**given, random_state=0))


@SUBJECT.check("random forest", "`sklearn.ensemble.RandomForestClassifier`", 1e-6, 20)
def forest(seed: int) -> float:
    rng = np.random.default_rng(seed)
    given: dict[str, Any] = {
        "n_estimators": int(rng.integers(2, 12)), "max_depth": (None, int(rng.integers(1, 8)))[seed % 2],
    }  # fmt: skip
    return against(seed, RandomForestClassifierSpec(**given), RandomForestClassifier(**given, random_state=seed))
