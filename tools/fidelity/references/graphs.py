"""Learners on graphs of points by scikit-learn and by the closed forms of their papers, with dense matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.neighbors import NearestNeighbors
from sklearn.semi_supervised import LabelPropagation, LabelSpreading


def neighbours(x: NDArray, k: int) -> NDArray:
    """Who listens to whom, 0 or 1, (n, n): each to its k nearest, itself counted but not joined, by scikit-learn."""
    return np.asarray(NearestNeighbors(n_neighbors=k).fit(x).kneighbors_graph(x).toarray() - np.eye(len(x)))


def spreading(x: NDArray, label: NDArray, kernel: str, gamma: float, alpha: float, k: int = 7) -> Any:
    """scikit-learn's label spreading, iterated until it stands."""
    model = LabelSpreading(kernel=kernel, gamma=gamma, n_neighbors=k, alpha=alpha, max_iter=50_000, tol=1e-12)
    return _stands(model.fit(x, label))


def propagation(x: NDArray, label: NDArray, kernel: str, gamma: float, k: int = 7) -> Any:
    """scikit-learn's label propagation, iterated until it stands."""
    return _stands(
        LabelPropagation(kernel=kernel, gamma=gamma, n_neighbors=k, max_iter=100_000, tol=1e-10).fit(x, label)
    )


def _stands(model: Any) -> Any:
    """The model. Raises RuntimeError where it was still moving when it was stopped."""
    if model.n_iter_ >= model.max_iter:
        raise RuntimeError("scikit-learn's iteration does not come to an end here")
    return model


def laprls(
    x: NDArray, label: NDArray, places: NDArray, classes: int, gamma: float, k: int, ambient: float, intrinsic: float
) -> NDArray:
    """What Laplacian-regularised least squares says of each class at `places`, (G, C), in [-1, 1] for two classes.

    Belkin, Niyogi and Sindhwani 2006, section 4.2: a = (J K + gamma_A l I + gamma_I c L K)^-1 Y with c = l, and L
    normalised, of the symmetric graph of the k nearest; one solution for each class, targets -1 and 1.
    """
    kernel, n = rbf_kernel(x, gamma=gamma), len(x)
    near = neighbours(x, k + 1)
    joined = np.maximum(near, near.T)
    degree = joined.sum(axis=1)
    laplacian = np.eye(n) - joined / np.sqrt(np.outer(degree, degree))
    known = label >= 0
    labels = float(known.sum())
    system = np.diag(known * 1.0) @ kernel + ambient * labels * np.eye(n) + intrinsic * labels * laplacian @ kernel
    y = np.array([[0.0 if own < 0 else 1.0 if own == c else -1.0 for c in range(classes)] for own in label])
    return np.asarray(rbf_kernel(places, x, gamma=gamma) @ np.linalg.solve(system, y))
