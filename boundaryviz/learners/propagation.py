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

    def _fit(self, x: NDArray[np.float64], label: NDArray[np.int64]) -> Decide:
        spec = self._spec
        given = (label[:, None] == np.arange(self.problem.classes)).astype(np.float64)
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
