"""Models of few points, trained anew for every place of one of them, in double precision and without the package.

Finite differences of what they come to are the truth that a gradient through the training has to meet.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize


def slope(of: Callable[[NDArray], float], at: NDArray, width: float) -> NDArray:
    """The gradient of a function at a place (D,), by central differences as wide as this."""
    steps = width * np.eye(len(at))
    return np.array([(of(at + step) - of(at - step)) / (2 * width) for step in steps])


def kernel(name: str, a: NDArray, b: NDArray, gamma: float, degree: int = 3, coef0: float = 0.0) -> NDArray:
    """scikit-learn's, as its guide has them, pair by pair: (N, M)."""
    of = {
        "linear": lambda u, v: float(u @ v),
        "rbf": lambda u, v: float(np.exp(-gamma * ((u - v) ** 2).sum())),
        "poly": lambda u, v: float((gamma * (u @ v) + coef0) ** degree),
    }[name]
    return np.array([[of(u, v) for v in b] for u in a])


def support_vectors(k: NDArray, y: NDArray, cost: float, least: float = 1e-13) -> tuple[NDArray, float]:
    """Signed dual weights (N,) and offset of a support vector machine, from its kernel matrix (N, N) and signs (N,).

    Sequential minimal optimisation with the most violating pair (Keerthi and others 2001, section 5): of all pairs of
    weights that may move against each other, the one along which the dual rises the most is moved to its end.
    """
    a, slack = np.zeros(len(y)), -y.astype(float)  # slack: sum_j a_j k_ij - y_i
    low, high = np.minimum(0.0, cost * y), np.maximum(0.0, cost * y)
    for _ in range(1_000_000):
        up, down = a < high, a > low
        i = int(np.argmin(np.where(up, slack, np.inf)))
        j = int(np.argmax(np.where(down, slack, -np.inf)))
        if slack[j] - slack[i] < least:
            break
        curve = max(k[i, i] + k[j, j] - 2 * k[i, j], 1e-12)
        step = min((slack[j] - slack[i]) / curve, high[i] - a[i], a[j] - low[j])
        a[i], a[j] = a[i] + step, a[j] - step
        a[i], a[j] = min(a[i], high[i]), max(a[j], low[j])
        slack += step * (k[:, i] - k[:, j])
    else:
        raise RuntimeError("the reference does not come to an end here")
    within = (a > low) & (a < high)
    ends = [slack[a < high].min(), slack[a > low].max()]
    return a, -float(slack[within].mean() if within.any() else np.mean(ends))


def logistic(x: NDArray, y: NDArray, weight: NDArray, l2: float) -> tuple[NDArray, float]:
    """Slopes (D,) and offset of the logistic regression of signs y (N,), by BFGS and then Newton's method on the mean
    loss plus l2 / 4 |w|^2: half the penalty of two classes that have slopes of their own, w / 2 and - w / 2."""
    share, z = weight / weight.sum(), np.column_stack([x, np.ones(len(x))])
    held = np.diag(np.append(np.full(x.shape[1], l2 / 2), 0.0))

    def value(w: NDArray) -> tuple[float, NDArray]:
        odds = y * (z @ w)
        pull = -share * y / (1 + np.exp(odds))
        return float(share @ np.logaddexp(0.0, -odds) + w @ held @ w / 2), z.T @ pull + held @ w

    w = minimize(value, np.zeros(z.shape[1]), jac=True, method="BFGS", options={"gtol": 1e-8}).x
    for _ in range(5):
        p = 1 / (1 + np.exp(-(z @ w)))
        w = w - np.linalg.solve((z * (share * p * (1 - p))[:, None]).T @ z + held, value(w)[1])
    return w[:-1], float(w[-1])


def descent(weights: list[NDArray], x: NDArray, y: NDArray, steps: int, rate: float) -> list[NDArray]:
    """[weights, biases, ...] of a net with tanh in between and softmax at its end, after full steps of gradient descent
    on its mean cross-entropy; the gradient by the chain rule, layer by layer."""
    weights = [w.copy() for w in weights]
    target = np.eye(len(weights[-1]))[y]
    for _ in range(steps):
        held = [x]
        for at in range(0, len(weights), 2):
            z = held[-1] @ weights[at].T + weights[at + 1]
            held.append(np.tanh(z) if at + 2 < len(weights) else z)
        back = (softmax(held[-1]) - target) / len(x)
        for at in range(len(weights) - 2, -1, -2):
            own, offsets = back.T @ held[at // 2], back.sum(axis=0)
            back = (back @ weights[at]) * (1 - held[at // 2] ** 2) if at else back
            weights[at], weights[at + 1] = weights[at] - rate * own, weights[at + 1] - rate * offsets
    return weights


def cross_entropy(weights: list[NDArray], x: NDArray, y: NDArray) -> float:
    """The mean of - log p of the true class, of a net as in `descent`."""
    for at in range(0, len(weights), 2):
        x = x @ weights[at].T + weights[at + 1]
        x = np.tanh(x) if at + 2 < len(weights) else x
    return float(-np.log(softmax(x)[np.arange(len(y)), y]).mean())


def softmax(z: NDArray) -> NDArray:
    """Of rows."""
    odds = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
