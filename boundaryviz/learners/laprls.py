"""Laplacian-regularised least squares in closed form."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve

from boundaryviz.learners import graphs
from boundaryviz.learners.families.graphs import LapRLSSpec
from boundaryviz.learners.fitted_learner import Decide, FittedLearner
from boundaryviz.learners.kernels import gaussian, weighted_sums
from boundaryviz.learners.low_rank import gaussian_factor

_COLUMNS = 256  # of the factor that are multiplied at a time; bounds what is held beside it


class LapRLS(FittedLearner):
    """Laplacian-regularised least squares (Belkin, Niyogi and Sindhwani 2006, section 4.2); see `Learner`.

    f = sum_j a_j k(., x_j) makes sum_labelled (f - y)^2 + gamma_A l |f|_k^2 + gamma_I c f^T L f least, with targets
    -1 and +1 for each class, L the normalised Laplacian of the symmetric nearest-neighbour graph, l the number of
    labels, and c = l: a = (J K + gamma_A l I + gamma_I c L K)^-1 J Y.
    A place that no kernel reaches is undecided.
    """

    _spec: LapRLSSpec

    def by_label(
        self, x: NDArray[np.float64], replica: int = 0
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Ids (L,) and classes (L,) of the given labels, and what each, as a target of 1, adds to the output at each of
        `x` (G, D): (G, L). The output of a class is their sum with targets 1 for the class and -1 for others."""
        points, label, known = self._pool_of(replica)
        y = np.zeros((len(label), int(known.sum())))
        y[known, np.arange(y.shape[1])] = 1.0
        found = weighted_sums(self._shifted(x), points, self._coefficients(points, y, known), self._spec.gamma)
        return self._ids[replica][known], label[known], found

    def by_point(self, x: NDArray[np.float64], replica: int = 0) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Ids (n,) of all points, and what the kernel of each adds to the outputs at each of `x` (G, D): (G, n, C), the
        terms a_j k(x, x_j) of f, which sum to it (Belkin, Niyogi and Sindhwani 2006, theorem 2)."""
        points, label, known = self._pool_of(replica)
        y = np.where(label[:, None] == np.arange(self.problem.classes), 1.0, -1.0) * known[:, None]
        a = self._coefficients(points, y, known)
        return self._ids[replica], gaussian(self._shifted(x), points, self._spec.gamma)[:, :, None] * a

    def _pool_of(self, replica: int) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.bool_]]:
        points, label, _ = self._points[replica]
        return self._shifted(points), label, label >= 0

    def _shifted(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        return x if self._origin is None else x - self._origin

    def _coefficients(
        self, x: NDArray[np.float64], y: NDArray[np.float64], known: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """Of every point's kernel (n, C), from targets (n, C)."""
        spec = self._spec
        smooth = spec.intrinsic * known.sum() * laplacian(x, *spec.joined)
        return coefficients(gaussian_factor(x, spec.gamma), y, known, spec.ambient * known.sum(), smooth)

    def _fit(self, x: NDArray[np.float64], label: NDArray[np.int64]) -> Decide:
        spec, known = self._spec, label >= 0
        y = np.where(label[:, None] == np.arange(self.problem.classes), 1.0, -1.0) * known[:, None]
        a = self._coefficients(x, y, known)

        def decide(places: NDArray[np.float64]) -> NDArray[np.float64]:
            return probabilities(weighted_sums(places, x, a, spec.gamma))

        return decide


def coefficients(
    factor: NDArray[np.float64],
    y: NDArray[np.float64],
    known: NDArray[np.bool_],
    ridge: float,
    smooth: sparse.csr_array,
) -> NDArray[np.float64]:
    """a (n, C) with (J K + ridge I + S K) a = y, for K = G G^T of the factor G (n, r), J of the known, S = `smooth`.

    With f = K a = G b it is (G^T (J + S) G + ridge I) b = G^T y, symmetric and of order r, and a = (y - (J + S) f) /
    ridge. So every point carries a kernel, and f at other places is as exact as at the points.
    """
    penalty = (sparse.diags_array(known.astype(float)) + smooth).tocsr()
    r = factor.shape[1]
    system = np.empty((r, r))
    for at in range(0, r, _COLUMNS):
        system[:, at : at + _COLUMNS] = factor.T @ (penalty @ factor[:, at : at + _COLUMNS])
    system[np.diag_indices(r)] += ridge
    b = cho_solve(cho_factor(system.T, lower=True, overwrite_a=True), factor.T @ y)
    a: NDArray[np.float64] = (y - penalty @ (factor @ b)) / ridge
    return a


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
