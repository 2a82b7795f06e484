"""Support vector machines of two classes, fitted one after the other to the same points and a few more: as scikit-learn
fits them, without what it does around libsvm, which takes ten times as long on a plane's worth of points."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.families.estimators import SVCSpec

try:
    from sklearn.svm import _libsvm as libsvm
except ImportError:  # scikit-learn's own, which another version may keep elsewhere
    libsvm = None

THERE = libsvm is not None
"""Whether libsvm can be called directly."""

_CACHE, _TOLERANCE = 200.0, 1e-3  # scikit-learn's defaults: megabytes of kernel, and the gap at which libsvm stops


class Refits:
    """Machines that are all asked about the same places.

    x: float64 (N, D) and y: (N,), -1 or 1, the points that are always there, at least one; asked: (V, D). All are in
    the units that the learner is given.
    """

    def __init__(
        self, spec: SVCSpec, x: NDArray[np.float64], y: NDArray[np.float64], asked: NDArray[np.float64]
    ) -> None:
        self._spec, self._x, self._y, self._asked = spec, x, y, asked
        self._parts = self._products(x)  # of kernels, before gamma is known
        self._known: tuple[float, NDArray[np.float64]] | None = None
        if libsvm is not None:
            libsvm.set_verbosity_wrap(0)

    def dual(
        self, x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64], gamma: float
    ) -> tuple[NDArray[np.float64], float]:
        """The multipliers times the labels (N + K,), and the intercept, of the machine with K more points x (K, D), y
        (K,) of this weight (K,). There must be points of both classes."""
        every = np.ascontiguousarray(np.concatenate([self._x, x]))
        side = (np.concatenate([self._y, y]) > 0).astype(np.float64)
        often = np.concatenate([np.ones(len(self._x)), weight])
        spec, raw = self._spec, libsvm
        assert raw is not None
        found: tuple[Any, ...] = raw.fit(
            every, side, svm_type=0, kernel=spec.kernel, degree=spec.degree, gamma=gamma, coef0=spec.coef0, C=spec.C,
            tol=_TOLERANCE, sample_weight=often, shrinking=True, cache_size=_CACHE, max_iter=-1, random_seed=0,
        )  # fmt: skip
        alpha = np.zeros(len(every))
        alpha[found[0]] = -found[3][0]  # libsvm speaks of the first of two classes
        return alpha, -float(found[4][0])

    def decision(
        self, x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64], gamma: float
    ) -> NDArray[np.float64]:
        """f (V,) at the places asked about, of the machine of `dual`; above 0 it is class 1."""
        alpha, intercept = self.dual(x, y, weight, gamma)
        n = len(self._x)
        found: NDArray[np.float64] = self._kernel(gamma) @ alpha[:n] + intercept
        return found + self._shaped(self._products(x), gamma) @ alpha[n:]

    def _kernel(self, gamma: float) -> NDArray[np.float64]:
        """Between the places and the points that are always there, (V, N)."""
        if self._known is None or self._known[0] != gamma:
            self._known = gamma, self._shaped(self._parts, gamma)
        return self._known[1]

    def _products(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Squared distances of the places from points x (K, D) for the Gaussian kernel, else products, (V, K)."""
        if self._spec.kernel != "rbf":
            return self._asked @ x.T
        apart: NDArray[np.float64] = ((self._asked[:, None] - x[None]) ** 2).sum(axis=2)
        return apart

    def _shaped(self, products: NDArray[np.float64], gamma: float) -> NDArray[np.float64]:
        """The kernel of `_products`."""
        spec = self._spec
        if spec.kernel == "rbf":
            return np.exp(-gamma * products)
        if spec.kernel == "linear":
            return products
        shifted = gamma * products + spec.coef0
        found: NDArray[np.float64] = shifted**spec.degree if spec.kernel == "poly" else np.tanh(shifted)
        return found
