"""Gradients through training, against training once: what a step of an attack by gradient costs."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

import numpy as np
import torch
from sklearn.svm import SVC

from benchmarks.frame import Row, section
from benchmarks.measure import interleaved, ratio, repeated, span
from benchmarks.subjects import DOMAIN
from boundaryviz.adversary.exact import ExactMachine, hinge_slopes
from boundaryviz.adversary.logistic import Logistic
from boundaryviz.adversary.models import Machine
from boundaryviz.adversary.unrolled import Descent
from boundaryviz.learners import losses
from boundaryviz.learners.base import Problem
from boundaryviz.learners.mlp import MLP
from boundaryviz.learners.specs import MLPSpec, TrainingSpec
from boundaryviz.scene.datasets import DATASETS

_SIZES = (100, 200, 500)
_LOOKS, _POISON, _NETS = 300, 8, 4
_OF_FIT, _OF_STEPS, _OF_OPTIMUM = 3.0, 4.0, 0.5


@section("gradients", "Gradients of attacks")
def gradients(least: bool) -> Iterator[Row]:
    """Of one point of poison among n points of two moons with noise 0.2, by the loss at 300 places."""
    for n in _SIZES[: 1 if least else None]:
        for kernel, gamma in (("rbf", 2.0), ("rbf", 10.0), ("linear", 1.0)):
            yield _machine(n, kernel, gamma, least)
    yield _logistic(200, least)
    for steps in (20, 100):
        yield _unrolled(100, steps, least)


def _drawn(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    xy, label = DATASETS["moons"].draw(n, 0.2, np.random.default_rng(seed))
    return xy, label.astype(np.int64)


def _machine(n: int, kernel: str, gamma: float, least: bool) -> Row:
    (x, label), (looks, true) = _drawn(n, 0), _drawn(_LOOKS, 1)
    sign, side = 2.0 * label - 1.0, 2.0 * true - 1.0
    model = SVC(C=1.0, kernel=kernel, gamma=gamma, tol=1e-6)
    fitted = Machine(model.fit(x, sign), x, sign, np.ones(n), gamma)
    machine = ExactMachine.of(fitted, False)
    moved = int(np.flatnonzero(machine.weight)[0])
    slopes = hinge_slopes(machine.decision(looks), side) / _LOOKS
    fit = repeated(lambda: model.fit(x, sign))
    slope = repeated(lambda: ExactMachine.of(fitted, False).gradient(moved, looks, slopes))
    once, through = interleaved([fit, slope], least)
    what = f"{kernel} kernel{f', gamma {gamma:g}' if kernel == 'rbf' else ''}, n = {n}"
    return _row(what, "its fit", once, through, _OF_FIT)


def _logistic(n: int, least: bool) -> Row:
    (x, label), (looks, true) = _drawn(n, 0), _drawn(_LOOKS, 1)
    start, weight, of = np.zeros((2, 3)), np.ones(n), np.full(_LOOKS, 1 / _LOOKS)
    model = Logistic.fit(x, label, weight, 2, 0.0, start)
    fit = repeated(lambda: Logistic.fit(x, label, weight, 2, 0.0, start))
    slope = repeated(lambda: model.gradient(x[0], int(label[0]), 1.0, looks, true, of))
    once, through = interleaved([fit, slope], least)
    return _row(f"logistic regression, n = {n}", "its fit", once, through, _OF_OPTIMUM)


def _unrolled(n: int, steps: int, least: bool) -> Row:
    """An outer step: through so many steps of four nets with 16-16 hidden units."""
    net = MLP(MLPSpec(), TrainingSpec(), Problem(2, DOMAIN, tuple(range(_NETS))))

    def tensors(x: np.ndarray, label: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.tensor(x.T, dtype=net.dtype), losses.targets(torch.tensor(label), "cross-entropy", 2, net.dtype)

    x, label = _drawn(n, 0)
    descent = Descent(net, *tensors(x, label), steps, 0.5)
    poison = (*tensors(x[:_POISON], 1 - label[:_POISON]), torch.ones(_POISON))
    asked = (*tensors(*_drawn(_LOOKS, 1)), torch.full((_LOOKS,), 1 / _LOOKS))
    plain = repeated(lambda: descent.after(net.P, *poison))
    slope = repeated(lambda: descent.gradient(net.P, *poison, *asked))
    once, through = interleaved([plain, slope], least)
    return _row(f"{steps} steps of {_NETS} nets, n = {n}", "the steps alone", once, through, _OF_STEPS)


def _row(what: str, against: str, once: list[float], through: list[float], ceiling: float) -> Row:
    detail = f"{span(median(once))} → {span(median(through))}"
    return Row(what, against, detail, ratio(through, once), ceiling=ceiling)
