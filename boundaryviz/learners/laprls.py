"""Laplacian-regularised least squares in closed form."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import solve

from boundaryviz.learners import graphs
from boundaryviz.learners.families.graphs import CARRIERS, WHOLE, LapRLSSpec
from boundaryviz.learners.fitted_learner import Decide, FittedLearner
from boundaryviz.learners.kernels import gaussian, weighted_sums


class LapRLS(FittedLearner):
    """Laplacian-regularised least squares (Belkin, Niyogi and Sindhwani 2006, section 4.2); see `Learner`.

    f = sum_j a_j k(., x_j) makes sum_labelled (f - y)^2 + gamma_A l |f|_k^2 + gamma_I c f^T L f least, with targets
    -1 and +1 for each class, L the normalised Laplacian of the symmetric nearest-neighbour graph, l the number of
    labels, and c = l. With every point carrying a kernel that is a = (J K + gamma_A l I + gamma_I c L K)^-1 J Y.
    A place that no kernel reaches is undecided.
    """

    _spec: LapRLSSpec

    def _fit(self, x: NDArray[np.float64], label: NDArray[np.int64]) -> Decide:
        spec, known = self._spec, label >= 0
        y = np.where(label[:, None] == np.arange(self.problem.classes), 1.0, -1.0) * known[:, None]
        smooth = spec.intrinsic * known.sum() * laplacian(x, *spec.joined)
        ridge = spec.ambient * known.sum()
        if len(x) <= WHOLE:
            carriers = x
            kernel = gaussian(x, x, spec.gamma)
            a = solve(known[:, None] * kernel + ridge * np.eye(len(x)) + smooth @ kernel, y)
        else:
            spaced = np.zeros(len(x), dtype=bool)
            spaced[np.linspace(0, len(x) - 1, CARRIERS).astype(int)] = True
            carriers = x[spaced | known]
            to = gaussian(x, carriers, spec.gamma)
            among = gaussian(carriers, carriers, spec.gamma)
            system = to[known].T @ to[known] + ridge * among + to.T @ (smooth @ to)
            system[np.diag_indices_from(system)] += 1e-10 * np.trace(system) / len(system)
            a = solve(system, to.T @ y, assume_a="pos")

        def decide(places: NDArray[np.float64]) -> NDArray[np.float64]:
            return probabilities(weighted_sums(places, carriers, a, spec.gamma))

        return decide


def laplacian(x: NDArray[np.float64], neighbours: int, both_ways: bool) -> sparse.csr_array:
    """I - D^-1/2 W D^-1/2 of the graph that joins each point with its nearest, as `graphs.knn_graph` does."""
    joined = graphs.knn_graph(graphs.tree(x), neighbours, both_ways)
    degree = np.asarray(joined.sum(axis=0)).ravel()
    scaling = sparse.diags_array(1.0 / np.sqrt(np.maximum(degree, 1.0)))
    return (sparse.diags_array((degree > 0).astype(float)) - scaling @ joined @ scaling).tocsr()


def probabilities(f: NDArray[np.float64]) -> NDArray[np.float64]:
    """(G, C) from outputs (G, C): of two classes (f + 1) / 2 within [0, 1], else their softmax; NaN where all are 0."""
    if f.shape[1] == 2:
        p = np.clip((f + 1) * 0.5, 0.0, 1.0)
    else:
        p = np.exp(f - f.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
    p[~f.any(axis=1)] = np.nan
    return p
