"""The label cascade: who gave whom a label."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics.pairwise import euclidean_distances
from sklearn.semi_supervised import SelfTrainingClassifier

from boundaryviz.learners.base import TrainingData
from boundaryviz.learners.chains import nearest_earlier, shortest
from boundaryviz.learners.families.graphs import LabelSpreadingSpec, PathSpec, SelfTrainingSpec
from boundaryviz.learners.self_training import MarginSVC
from boundaryviz.testing.models import blobs, make
from tools.fidelity.frame import Subject, apart, differing
from tools.fidelity.references import paths
from tools.fidelity.references.graphs import neighbours

SUBJECT = Subject("Label cascade", "Blobs of two classes, of which the first one to three points each have a label.")


def few(seed: int, n: int) -> TrainingData:
    """Points of which one to three of each class have a label."""
    data = blobs(n, seed=seed)
    given = np.concatenate([np.flatnonzero(data.label == k)[: 1 + seed % 3] for k in range(2)])
    return replace(data, label=np.where(np.isin(data.ids, given), data.label, -1))


def lengths(data: TrainingData, step: NDArray, spec: PathSpec) -> float:
    """The difference in the lengths of paths; infinite where a path does not add up to its length."""
    found = shortest(data, spec)
    expected = paths.shortest(step, np.flatnonzero(data.label >= 0).tolist())
    for to in np.flatnonzero(np.isfinite(found.when)):
        path = found.path(int(to))
        if abs(sum(step[a, b] for a, b in pairwise(path)) - expected[to]) > 1e-9:
            return float("inf")
    return apart(found.when, expected)


@SUBJECT.check("paths over nearest neighbours", "all paths by Bellman and Ford, on scikit-learn's graph", 1e-12, 10)
def over_neighbours(seed: int) -> float:
    data, k = few(seed, 36), 2 + seed % 4
    gap = euclidean_distances(data.x)
    step = np.where(neighbours(data.x, k).T > 0, gap, np.inf)
    return lengths(data, step, LabelSpreadingSpec(neighbours=k))


@SUBJECT.check("paths along a Gaussian graph", "all paths by Bellman and Ford, with steps gamma d²", 1e-9, 10)
def along_a_gaussian(seed: int) -> float:
    data, gamma = few(seed, 36), 2.0 + seed
    step = gamma * euclidean_distances(data.x, squared=True)
    return lengths(data, step, LabelSpreadingSpec(kernel="rbf", gamma=gamma))


@SUBJECT.check("the nearest point that had its label earlier", "a full search (points that differ)", 0.0, 20)
def earlier(seed: int) -> float:
    rng = np.random.default_rng(seed)
    x, when = rng.normal(size=(60, 2)), np.sort(rng.integers(0, 8, 60)).astype(float)
    return differing(nearest_earlier(x, when), paths.nearest_earlier(x, when.tolist()))


@SUBJECT.check("rounds of self-training", "`SelfTrainingClassifier.labeled_iter_` (points that differ)", 0.0, 10)
def rounds(seed: int) -> float:
    data, k = few(seed, 70), 3 + seed
    spec = SelfTrainingSpec(k_best=k)
    learner = make(spec, data=data)
    learner.step()
    theirs = SelfTrainingClassifier(
        MarginSVC(gamma=spec.gamma, C=spec.penalty), criterion="k_best", k_best=k, max_iter=spec.rounds
    ).fit(data.x, data.label)
    when, label = learner.rounds()
    got = theirs.labeled_iter_
    return differing(when, np.where(got < 0, np.inf, got)) + differing(label, theirs.transduction_)
