"""Gradients through the training of a model by where one point of it lies, against finite differences of training."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.svm import SVC

from boundaryviz.adversary.exact import ExactMachine, hinge_slopes
from boundaryviz.adversary.logistic import Logistic
from boundaryviz.adversary.models import Machine
from boundaryviz.adversary.unrolled import Descent
from boundaryviz.learners import losses
from boundaryviz.learners.specs import MLPSpec
from boundaryviz.testing.models import make
from tools.fidelity.frame import Subject, apart
from tools.fidelity.references import poisoning as references

SUBJECT = Subject(
    "Gradients of attacks",
    """
    Twenty-four points of two classes and one of poison, drawn near the others; the loss is that of 30 validation
    points. Differences are relative to the larger of the gradient's length and 1e-3 of the loss. Support vector
    machines are trained anew by sequential minimal optimisation in double precision, because libsvm keeps its kernel
    matrix in single. Only machines are compared that feel their poison, which most straight ones do not.
    """,
)

KERNELS: tuple[dict[str, Any], ...] = (
    {"kernel": "rbf", "gamma": 2.0}, {"kernel": "rbf", "gamma": "scale"}, {"kernel": "rbf", "gamma": 8.0},
    {"kernel": "poly", "gamma": 0.5, "degree": 2, "coef0": 1.0},
    {"kernel": "poly", "gamma": "scale", "degree": 2, "coef0": 1.0},
)  # fmt: skip
LINEAR: tuple[dict[str, Any], ...] = ({"kernel": "linear"},)
WIDTH = 1e-5


def drawn(rng: np.random.Generator, n: int) -> tuple[NDArray, NDArray]:
    """Points (n, 2) of two blobs that overlap, and their classes."""
    label = np.arange(n) % 2
    return (2.0 * label - 1.0)[:, None] * 0.7 + 0.8 * rng.standard_normal((n, 2)), label


def relative(found: NDArray, truth: NDArray, loss: float) -> float:
    """How far one gradient is from another, as a share of the other, or of a thousandth of the loss."""
    length = max(float(np.linalg.norm(truth)), 1e-3 * loss)
    return apart(found / length, truth / length)


def machines(seed: int, kernels: tuple[dict[str, Any], ...], on_margin: bool) -> float:
    """Of the first drawn machine whose last point has its weight where it is wanted, and feels a gradient."""
    rng = np.random.default_rng([seed, on_margin])
    given, cost = kernels[seed % len(kernels)], (1.0, 10.0)[seed // len(kernels) % 2]
    for _ in range(1000):
        x, label = drawn(rng, 25)
        x[-1] = x[rng.integers(24)] + 0.3 * rng.standard_normal(2)
        label[-1] = rng.integers(2)
        looks, signs = drawn(rng, 30)
        y, signs = 2 * label - 1, 2 * signs - 1
        model = SVC(C=cost, tol=1e-6, **given).fit(x, y)
        fitted = Machine(model, x, y.astype(float), np.full(25, cost), float(model._gamma))
        ours = ExactMachine.of(fitted, given.get("gamma") == "scale")
        size = abs(ours.weight[-1]) / cost
        if (0.02 < size < 0.98) if on_margin else size > 0.999:
            found = ours.gradient(24, looks, hinge_slopes(ours.decision(looks), signs) / 30)
            if np.linalg.norm(found) > 1e-4:
                break
    else:
        raise RuntimeError("no such machine was drawn")

    def loss(place: NDArray) -> float:
        moved = np.concatenate([x[:-1], place[None]])
        of: dict[str, Any] = {key: given[key] for key in ("degree", "coef0") if key in given}
        gamma = given.get("gamma", 1.0)
        of["gamma"] = 1 / (2 * moved.var()) if gamma == "scale" else gamma
        weight, offset = references.support_vectors(references.kernel(given["kernel"], moved, moved, **of), y, cost)
        f = references.kernel(given["kernel"], looks, moved, **of) @ weight + offset
        return float(np.maximum(0.0, 1.0 - signs * f).mean())

    return relative(found, references.slope(loss, x[-1], WIDTH), loss(x[-1]))


REFERENCE = "finite differences of sequential minimal optimisation"


@SUBJECT.check("support vectors, poison at C, Gaussian and polynomial kernels", REFERENCE, 1e-5, 30)
def at_cost(seed: int) -> float:
    return machines(seed, KERNELS, False)


@SUBJECT.check("support vectors, poison on the margin, the same kernels", REFERENCE, 1e-5, 30)
def on_margin(seed: int) -> float:
    return machines(seed, KERNELS, True)


@SUBJECT.check("support vectors, linear kernel, poison on the margin", REFERENCE, 1e-5, 10)
def linear(seed: int) -> float:
    return machines(seed, LINEAR, True)


@SUBJECT.check("logistic regression, a heap of poison", "finite differences of BFGS and Newton's method", 1e-5, 20)
def logistic(seed: int) -> float:
    rng = np.random.default_rng(seed)
    x, label = drawn(rng, 25)
    label[-1] = 1 - label[-1]
    looks, true = drawn(rng, 30)
    l2, weight = float(rng.choice([0.01, 0.1, 1.0])), np.append(np.ones(24), 4.0)
    ours = Logistic.fit(x, label, weight, 2, l2, np.zeros((2, 3)))
    found = ours.gradient(x[-1], int(label[-1]), 4.0, looks, true, np.full(30, 1 / 30))

    def loss(place: NDArray) -> float:
        moved = np.concatenate([x[:-1], place[None]])
        w, b = references.logistic(moved, 2 * label - 1, weight, l2)
        return float(np.logaddexp(0.0, -(2 * true - 1) * (looks @ w + b)).mean())

    return relative(found, references.slope(loss, x[-1], WIDTH), loss(x[-1]))


@SUBJECT.check("20 steps of a net unrolled", "finite differences of descent in numpy", 1e-5, 10)
def unrolled(seed: int) -> float:
    rng = np.random.default_rng(seed)
    x, label = drawn(rng, 25)
    looks, true = drawn(rng, 30)
    net = make(MLPSpec(hidden=(5, 4)), seeds=(seed,), dtype=torch.float64)

    def targets(of: NDArray) -> torch.Tensor:
        return losses.targets(torch.tensor(of), "cross-entropy", 2, torch.float64)

    clean = torch.tensor(x[:-1].T), targets(label[:-1])
    poison = torch.tensor(x[-1:].T), targets(label[-1:]), torch.ones(1, dtype=torch.float64)
    asked = torch.tensor(looks.T), targets(true), torch.full((30,), 1 / 30, dtype=torch.float64)
    _, found = Descent(net, *clean, steps=20, rate=0.5).gradient(net.P, *poison, *asked)
    weights = [part[0].numpy().reshape(part.shape[1:] if k % 2 == 0 else -1) for k, part in enumerate(net.asked)]

    def loss(place: NDArray) -> float:
        moved = np.concatenate([x[:-1], place[None]])
        return references.cross_entropy(references.descent(weights, moved, label, 20, 0.5), looks, true)

    return relative(found.numpy()[:, 0], references.slope(loss, x[-1], WIDTH), loss(x[-1]))
