"""Label propagation and label spreading over a graph of all points, solved to the end instead of iterated."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from boundaryviz.learners import graphs
from boundaryviz.learners.families import graphs as graph_specs
from boundaryviz.learners.families.graphs import LabelPropagationSpec, LabelSpreadingSpec
from boundaryviz.learners.fitted_learner import Decide, FittedLearner, shares
from boundaryviz.learners.kernels import weighted_sums

_LEAST = 1e-9  # of a place's neighbourhood must be decided, or the place is undecided as well


class _Propagation(FittedLearner):
    _spec: LabelPropagationSpec | LabelSpreadingSpec

    @abstractmethod
    def _mass(self, graph: graphs.Graph, given: NDArray[np.float64]) -> NDArray[np.float64]:
        """Label mass (n, C) of every point from one-hot rows `given` (n, C)."""

    def _fit(self, x: NDArray[np.float64], label: NDArray[np.int64]) -> Decide:
        points, spec = graphs.tree(x), self._spec
        given = (label[:, None] == np.arange(self.problem.classes)).astype(np.float64)
        if spec.joined:
            graph = graphs.knn_graph(points, *spec.joined)
        else:
            graph = graphs.gaussian_graph(points, spec.gamma)
        share = np.nan_to_num(shares(self._mass(graph, given)))
        if spec.kernel == "knn":
            return partial(_by_neighbours, points, share, spec.neighbours)
        return partial(_by_gaussian if points.n <= graph_specs.DENSE else _by_near_gaussian, points, share, spec.gamma)


class LabelSpreading(_Propagation):
    """Label spreading (Zhou et al. 2004); see `Learner` for the contract and `FittedLearner` for what is undecided."""

    def _mass(self, graph: graphs.Graph, given: NDArray[np.float64]) -> NDArray[np.float64]:
        assert isinstance(self._spec, LabelSpreadingSpec)
        return graphs.spread(graph, given, self._spec.alpha)


class LabelPropagation(_Propagation):
    """Label propagation with the given labels held (Zhu et al. 2003); see `LabelSpreading`."""

    def _mass(self, graph: graphs.Graph, given: NDArray[np.float64]) -> NDArray[np.float64]:
        return graphs.propagate(graph, given)


# New places are decided as scikit-learn's `predict_proba` decides them: by the shares of the points about, (n, C),
# which are 0 where no label came.


def _by_neighbours(
    points: cKDTree, share: NDArray[np.float64], neighbours: int, x: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The mean of the nearest points."""
    return shares(share[graphs.nearest(points, x, neighbours)[1]].sum(axis=1))


def _by_gaussian(
    points: cKDTree, share: NDArray[np.float64], gamma: float, x: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The mean of all points, by their Gaussian weight."""
    sums = weighted_sums(x, points.data, np.column_stack([share, np.ones(len(share))]), gamma)
    return shares(sums[:, :-1], _LEAST * sums[:, -1:])


def _by_near_gaussian(
    points: cKDTree, share: NDArray[np.float64], gamma: float, x: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The mean of the nearest points, by their Gaussian weight relative to the nearest's, which cannot underflow."""
    distance, at = graphs.nearest(points, x, graph_specs.KEPT)
    weight = np.exp(-gamma * (distance**2 - distance[:, :1] ** 2))
    mass = (share[at] * weight[..., None]).sum(axis=1)
    return shares(mass, _LEAST * weight.sum(axis=1, keepdims=True))
