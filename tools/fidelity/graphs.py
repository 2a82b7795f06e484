"""Learners that are fitted at once on labelled and unlabelled points."""

from __future__ import annotations

import warnings
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.semi_supervised import SelfTrainingClassifier

from boundaryviz.learners import graphs
from boundaryviz.learners.base import TrainingData
from boundaryviz.learners.families.graphs import (
    LabelPropagationSpec,
    LabelSpreadingSpec,
    LapRLSSpec,
    SelfTrainingSpec,
)
from boundaryviz.learners.self_training import MarginSVC
from boundaryviz.scene.data import DataSpec, build
from boundaryviz.testing.models import DOMAIN, make
from tools.fidelity.frame import Subject, apart, differing
from tools.fidelity.references import graphs as references

SUBJECT = Subject(
    "Learners on the whole pool",
    """
    Two moons and four blobs with a few labels a class; probabilities are compared at every training point and on a
    grid. scikit-learn's spreading and propagation are iterated until they stand (its defaults stop long before);
    where no label comes over the neighbours, both have to say so.
    """,
)

GRID = DOMAIN.grid(24, 20)


def pool(seed: int) -> tuple[TrainingData, int]:
    """Training points of which a few of each class have labels, and the number of classes."""
    rng = np.random.default_rng(seed)
    name = ("moons", "blobs")[seed % 2]
    n, labels = int(rng.integers(80, 200)), int(rng.integers(2, 6))
    noise = float(rng.uniform(0.05, 0.2) if name == "moons" else rng.uniform(0.3, 0.7))
    points = build(DataSpec(name=name, n=n, noise=noise, labels_per_class=labels, seed=seed)).points
    p = points.take(points.is_train)
    weights = np.ones((1, len(p)), dtype=np.float32)
    return TrainingData(p.ids, p.xy, p.label.astype(np.int64), p.is_poison, weights), 2 if name == "moons" else 4


def fitted(spec: Any, data: TrainingData, classes: int) -> Any:
    """A learner that has learnt."""
    learner = make(spec, classes=classes, data=data)
    learner.step()
    return learner


def against(learner: Any, reference: Any, x: NDArray) -> float:
    """The largest difference of probabilities at training points and on the grid, with the same places undecided."""
    with np.errstate(invalid="ignore"):
        return max(apart(learner.probabilities(at)[0].T, reference.predict_proba(at)) for at in (x, GRID))


@SUBJECT.check("graph of nearest neighbours", "`sklearn.neighbors.kneighbors_graph` (edges that differ)", 0.0, 30)
def neighbours(seed: int) -> float:
    data, _ = pool(seed)
    k = 2 + seed % 12
    return differing(graphs.knn_graph(graphs.tree(data.x), k).toarray(), references.neighbours(data.x, k))


def spreading(seed: int, kernel: Literal["knn", "rbf"]) -> float:
    """Label spreading with drawn settings."""
    (data, classes), rng = pool(seed), np.random.default_rng(seed)
    gamma, alpha, k = float(rng.uniform(2, 30)), float(rng.choice([0.2, 0.9, 0.99])), int(rng.integers(4, 12))
    spec = LabelSpreadingSpec(kernel=kernel, gamma=gamma, alpha=alpha, neighbours=k)
    return against(
        fitted(spec, data, classes), references.spreading(data.x, data.label, kernel, gamma, alpha, k), data.x
    )


@SUBJECT.check("label spreading, nearest neighbours", "`sklearn.semi_supervised.LabelSpreading`", 1e-5, 30)
def spreading_over_neighbours(seed: int) -> float:
    return spreading(seed, "knn")


@SUBJECT.check("label spreading, Gaussian graph", "`sklearn.semi_supervised.LabelSpreading`", 1e-5, 30)
def spreading_by_a_gaussian(seed: int) -> float:
    return spreading(seed, "rbf")


def propagation(seed: int, kernel: Literal["knn", "rbf"]) -> float:
    """Label propagation with drawn settings."""
    (data, classes), rng = pool(seed), np.random.default_rng(seed)
    gamma, k = float(rng.uniform(0.5, 4)), int(rng.integers(4, 12))
    spec = LabelPropagationSpec(kernel=kernel, gamma=gamma, neighbours=k)
    return against(fitted(spec, data, classes), references.propagation(data.x, data.label, kernel, gamma, k), data.x)


@SUBJECT.check("label propagation, nearest neighbours", "`sklearn.semi_supervised.LabelPropagation`", 1e-5, 30)
def propagation_over_neighbours(seed: int) -> float:
    return propagation(seed, "knn")


@SUBJECT.check("label propagation, Gaussian graph", "`sklearn.semi_supervised.LabelPropagation`", 1e-5, 30)
def propagation_by_a_gaussian(seed: int) -> float:
    return propagation(seed, "rbf")


@SUBJECT.check("self-training, four models, two criteria", "`sklearn.semi_supervised.SelfTrainingClassifier`", 1e-6, 24)
def self_training(seed: int) -> float:
    (data, classes), rng = pool(seed), np.random.default_rng(seed)
    name = ("svm", "logistic", "knn", "naive-bayes")[seed // 2 % 4]
    criterion: Any = ("k-best", "threshold")[seed // 8 % 2]
    k, threshold = int(rng.integers(3, 20)), float(rng.uniform(0.6, 0.9))
    spec = SelfTrainingSpec(base=name, criterion=criterion, k_best=k, threshold=threshold, rounds=10)  # type: ignore[arg-type]
    base: Any = {
        "svm": MarginSVC(gamma=spec.gamma, C=spec.penalty), "logistic": LogisticRegression(C=spec.penalty),
        "knn": KNeighborsClassifier(spec.neighbours, weights="distance"), "naive-bayes": GaussianNB(),
    }[name]  # fmt: skip
    theirs = SelfTrainingClassifier(
        base, threshold=threshold, criterion=criterion.replace("-", "_"), k_best=k, max_iter=10
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", UserWarning)  # fewer are left than are to be labelled in a round
        return against(fitted(spec, data, classes), theirs.fit(data.x, data.label), data.x)


@SUBJECT.check("Laplacian least squares", "Belkin et al. 2006, section 4.2, solved densely", 1e-5, 30)
def laprls(seed: int) -> float:
    (data, classes), rng = pool(seed), np.random.default_rng(seed)
    spec = LapRLSSpec(
        gamma=float(rng.uniform(1, 40)), neighbours=int(rng.integers(3, 16)),
        ambient=float(10 ** rng.uniform(-3, -1)), intrinsic=float(rng.choice([0.0, 10 ** rng.uniform(-1, 1)])),
    )  # fmt: skip
    expected = references.laprls(
        data.x, data.label, GRID, classes, spec.gamma, spec.neighbours, spec.ambient, spec.intrinsic
    )
    p = np.clip((expected + 1) / 2, 0, 1) if classes == 2 else softmax(expected, axis=1)
    return apart(fitted(spec, data, classes).probabilities(GRID)[0].T, p)
