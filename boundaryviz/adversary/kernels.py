"""The kernels of support vector machines, and their slopes: what an attack by gradient differentiates. numpy alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

KernelName = Literal["rbf", "linear", "poly"]
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Kernel:
    """One of scikit-learn's kernels k(a, b), in its words.

    rbf: exp(-gamma |a - b|^2). linear: a . b. poly: (gamma a . b + coef0)^degree.
    """

    name: KernelName
    gamma: float = 1.0
    degree: int = 3
    coef0: float = 0.0

    def __call__(self, a: Matrix, b: Matrix) -> Matrix:
        """k of each of `a` (N, D) with each of `b` (M, D): (N, M)."""
        if self.name == "linear":
            return a @ b.T
        if self.name == "rbf":
            return np.exp(-self.gamma * _squares(a, b))
        return (self.gamma * (a @ b.T) + self.coef0) ** self.degree

    def slope(self, c: NDArray[np.float64], z: Matrix) -> Matrix:
        """The gradient of k(c, z) by c (D,), at each of `z` (M, D): (M, D). Of k(z, c) by c it is the same."""
        if self.name == "linear":
            return z
        if self.name == "rbf":
            return -2.0 * self.gamma * (c - z) * self(z, c[None])
        inner = self.gamma * (z @ c) + self.coef0
        return (self.degree * self.gamma * inner ** (self.degree - 1))[:, None] * z

    def by_gamma(self, a: Matrix, b: Matrix) -> Matrix:
        """The derivative by gamma of k of each of `a` (N, D) with each of `b` (M, D): (N, M)."""
        if self.name == "linear":
            return np.zeros((len(a), len(b)))
        if self.name == "rbf":
            return -_squares(a, b) * self(a, b)
        products = a @ b.T
        return self.degree * products * (self.gamma * products + self.coef0) ** (self.degree - 1)


def _squares(a: Matrix, b: Matrix) -> Matrix:
    """Squared distances of each of `a` (N, D) to each of `b` (M, D): (N, M)."""
    return ((a[:, None] - b[None]) ** 2).sum(axis=2)
