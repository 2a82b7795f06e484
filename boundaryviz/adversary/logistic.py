"""Logistic regression at its optimum, and how a loss elsewhere changes as one of its points moves. numpy alone.

Koh and Liang 2017, "Understanding black-box predictions via influence functions", section 2.2; Koh, Steinhardt and
Liang 2022, "Stronger data poisoning attacks break data sanitization defenses", section 4.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]

_ROUNDS = 100
_DONE = 1e-10  # of the gradient's largest part
_ROUNDING = 1e-13  # of a mean loss: by as much it may rise in a step that is not too long
_ENDLESS = 1e8  # weights as large as this grow without bound
_SEPARATED = 1e-6  # a mean loss below it is one that can be made as small as one likes
_FLAT = 1e-10  # of the Hessian's largest eigenvalue: directions that are flatter than this change nothing


class NoOptimum(ValueError):
    """There are no best weights: they grow without bound."""


@dataclass(frozen=True, eq=False)
class Logistic:
    """p(z) = softmax(weights [z, 1]) at the minimum of sum_i w_i (- log p_{y_i}(z_i)) / sum_i w_i + l2 / 2 |W|^2.

    weights: (C, F + 1), the last column the offsets, which carry no penalty. hessian: of that sum, C (F + 1) squared.
    total: sum_i w_i. smoothing: of the labels that it is fitted to, as `learners.losses.targets` has it.
    """

    weights: Matrix
    hessian: Matrix
    total: float
    smoothing: float = 0.0

    @classmethod
    def fit(
        cls,
        z: Matrix,
        label: NDArray[np.int64],
        weight: Vector,
        classes: int,
        l2: float,
        start: Matrix,
        smoothing: float = 0.0,
    ) -> Logistic:
        """By Newton's method from `start` (C, F + 1), on inputs z (N, F). Raises NoOptimum where it gets nowhere."""
        inputs, target = _with_one(z), _targets(label, classes, smoothing)
        share = weight / weight.sum()
        penalty = np.full(start.shape, l2)
        penalty[:, -1] = 0.0

        def value(theta: Matrix) -> float:
            return float(share @ _cross_entropy(inputs @ theta.T, target) + (penalty * theta**2).sum() / 2)

        theta = start.copy()
        now = value(theta)
        for _ in range(_ROUNDS):
            p = _softmax(inputs @ theta.T)
            gradient = ((p - target) * share[:, None]).T @ inputs + penalty * theta
            hessian = _hessian(inputs, p, share) + np.diag(penalty.ravel())
            if not (l2 or smoothing) and now <= _SEPARATED:
                break
            if np.abs(gradient).max() <= _DONE:
                return cls(theta, hessian, float(weight.sum()), smoothing)
            step = _solved(hessian, gradient.ravel()).reshape(theta.shape)
            length = 1.0
            with np.errstate(over="ignore", invalid="ignore"):  # a step may lead beyond all numbers
                while not (then := value(theta - length * step)) <= now + _ROUNDING and length > 1e-9:
                    length /= 2
            theta, now = theta - length * step, then
            if not np.abs(theta).max() < _ENDLESS:
                break
        raise NoOptimum("the weights of the logistic regression grow without bound")

    def probabilities(self, z: Matrix) -> Matrix:
        """At z (M, F): (M, C)."""
        return _softmax(_with_one(z) @ self.weights.T)

    def losses(self, z: Matrix, label: NDArray[np.int64]) -> Vector:
        """- log p of each label (M,) at z (M, F): (M,)."""
        return _cross_entropy(_with_one(z) @ self.weights.T, np.eye(len(self.weights))[label])

    def gradient(
        self, moved: Vector, label: int, weight: float, places: Matrix, at: NDArray[np.int64], of: Vector
    ) -> Vector:
        """The gradient (F,) of sum_k of_k (- log p_{at_k}(places_k)) by the place `moved` (F,) of a training point with
        this label and weight, as the regression is fitted anew on it.

        It is - g^T H^-1 d(d loss / d theta) / dz (Koh and Liang 2017, equation 5), g being that sum's by the weights.
        """
        targets = np.eye(len(self.weights))
        inputs = _with_one(places)
        pull = ((_softmax(inputs @ self.weights.T) - targets[at]) * of[:, None]).T @ inputs
        back = _solved(self.hessian, pull.ravel()).reshape(self.weights.shape)
        z = np.append(moved, 1.0)
        p = _softmax((self.weights @ z)[None])[0]
        along = back @ z  # what the direction adds to each output
        felt = (p - _targets(np.array([label]), len(p), self.smoothing)[0]) @ back + (
            p * (along - p @ along)
        ) @ self.weights
        return -(weight / self.total) * felt[:-1]


def _targets(label: NDArray[np.int64], classes: int, smoothing: float) -> Matrix:
    """One-hot rows (N, C), of which all classes share what is smoothed evenly."""
    return np.eye(classes)[label] * (1.0 - smoothing) + smoothing / classes


def _with_one(z: Matrix) -> Matrix:
    return np.concatenate([z, np.ones((len(z), 1))], axis=1)


def _softmax(z: Matrix) -> Matrix:
    odds = np.exp(z - z.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def _cross_entropy(z: Matrix, target: Matrix) -> Vector:
    """- log p of the true class, (M,), of outputs z (M, C) and one-hot targets (M, C)."""
    top = z.max(axis=1)
    return top + np.log(np.exp(z - top[:, None]).sum(axis=1)) - (z * target).sum(axis=1)


def _hessian(inputs: Matrix, p: Matrix, share: Vector) -> Matrix:
    """sum_i share_i (diag p_i - p_i p_i^T) x (z_i z_i^T), (C F, C F) for F inputs with the one."""
    classes, width = p.shape[1], inputs.shape[1]
    curve = np.einsum("ic,cd->icd", p, np.eye(classes)) - p[:, :, None] * p[:, None]
    return np.einsum("i,icd,if,ig->cfdg", share, curve, inputs, inputs, optimize=True).reshape(classes * width, -1)


def _solved(hessian: Matrix, right: Vector) -> Vector:
    """H^+ right: adding the same to the outputs of all classes changes nothing, and is left out."""
    size, axes = np.linalg.eigh(hessian)
    there = size > _FLAT * size[-1]
    return axes[:, there] @ ((axes[:, there].T @ right) / size[there])
