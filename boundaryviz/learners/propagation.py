"""Label propagation and label spreading over a graph of all points, solved to the end instead of iterated."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from boundaryviz.learners import gaussian_graphs, graphs
from boundaryviz.learners.families.graphs import LabelPropagationSpec, LabelSpreadingSpec
from boundaryviz.learners.fitted_learner import Decide, FittedLearner, shares
from boundaryviz.learners.kernels import weighted_means


class _Propagation(FittedLearner):
    _spec: LabelPropagationSpec | LabelSpreadingSpec

    @abstractmethod
    def _along(self, graph: sparse.csr_array, given: NDArray[np.float64]) -> NDArray[np.float64]:
        """Label mass (n, C) of every point from one-hot rows `given` (n, C), along a graph of nearest neighbours."""

    @abstractmethod
    def _across(self, x: NDArray[np.float64], given: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each class has of every point's mass (n, C), by a Gaussian that joins all points (n, D)."""

    def by_label(
        self, x: NDArray[np.float64], replica: int = 0
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Ids (L,) and classes (L,) of the given labels, and how much of what decides at each of `x` (G, D) comes from
        each, (G, L): rows sum to 1, those of a class to its probability; NaN where undecided.

        What is solved is linear in the labels: each is handed on as if it were a class of its own.
        """
        points, label, _ = self._points[replica]
        if self._origin is not None:
            points, x = points - self._origin, x - self._origin
        known = np.flatnonzero(label >= 0)
        given = np.zeros((len(label), len(known)))
        given[known, np.arange(len(known))] = 1.0
        return self._ids[replica][known], label[known], self._decide(points, given)(x)

    def _fit(self, x: NDArray[np.float64], label: NDArray[np.int64]) -> Decide:
        return self._decide(x, (label[:, None] == np.arange(self.problem.classes)).astype(np.float64))

    def _decide(self, x: NDArray[np.float64], given: NDArray[np.float64]) -> Decide:
        """From points (n, D) and what each was given of every class (n, C)."""
        spec = self._spec
        if not spec.joined:
            return partial(weighted_means, points=x, values=self._across(x, given), gamma=spec.gamma)
        points = graphs.tree(x)
        mass = self._along(graphs.knn_graph(points, *spec.joined), given)
        return partial(_by_neighbours, points, np.nan_to_num(shares(mass)), spec.neighbours)


class LabelSpreading(_Propagation):
    """Label spreading (Zhou et al. 2004); see `Learner` for the contract and `FittedLearner` for what is undecided.

    New places are decided as scikit-learn's `predict_proba` decides them: by the mean of the points about.
    """

    _spec: LabelSpreadingSpec

    def _along(self, graph: sparse.csr_array, given: NDArray[np.float64]) -> NDArray[np.float64]:
        return graphs.spread(graph, given, self._spec.alpha)

    def _across(self, x: NDArray[np.float64], given: NDArray[np.float64]) -> NDArray[np.float64]:
        return gaussian_graphs.spread(x, given, self._spec.gamma, self._spec.alpha)


class LabelPropagation(_Propagation):
    """Label propagation with the given labels held (Zhu et al. 2003); see `LabelSpreading`."""

    _spec: LabelPropagationSpec

    def _along(self, graph: sparse.csr_array, given: NDArray[np.float64]) -> NDArray[np.float64]:
        return graphs.propagate(graph, given)

    def _across(self, x: NDArray[np.float64], given: NDArray[np.float64]) -> NDArray[np.float64]:
        return gaussian_graphs.propagate(x, given, self._spec.gamma)


def _by_neighbours(
    points: cKDTree, share: NDArray[np.float64], neighbours: int, x: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The mean of the shares (n, C) of the nearest points, which are 0 where no label came."""
    return shares(share[graphs.nearest(points, x, neighbours)[1]].sum(axis=1))
