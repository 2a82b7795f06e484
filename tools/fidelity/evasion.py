"""Attacks on models as they stand, distances to the boundary, and the bound that certificates rest on."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from boundaryviz.evasion.balls import length, starts
from boundaryviz.evasion.deepfool import deepfool
from boundaryviz.evasion.fgsm import fgsm
from boundaryviz.evasion.metrics import Metric
from boundaryviz.evasion.model import Model, model_of
from boundaryviz.evasion.nearest import asked_by, nearest
from boundaryviz.evasion.pgd import pgd
from boundaryviz.evasion.settings import Norm
from boundaryviz.evasion.smoothing import lower_bound
from boundaryviz.testing.models import DOMAIN, make
from tools.fidelity.frame import Subject, apart
from tools.fidelity.networks import REPLICAS, drawn
from tools.fidelity.references import evasion, nets

SUBJECT = Subject(
    "Attacks on models as they stand",
    """
    Nets are drawn as above, with three times the weights, and one of several replicas is attacked, point by point on
    the other side; in double precision. Odd cases are in the norm L-infinity, every third is aimed at a class. The
    starts of PGD are the same on both sides. DeepFool's pushes beyond 8 units are left out: last digits throw them to
    and fro. Distances to the boundary are in units of the plane, which is 4 wide; minimisation from finitely many
    places may miss the nearest, so what is counted is by how much ours is longer.
    """,
)

POINTS = 12
FAR = 8.0
"""Pushes that go further are thrown to and fro by the last digits."""


def attacked(seed: int) -> tuple[Any, Model, evasion.Logits, Tensor, Tensor, Norm, int | None]:
    """A net with its learner, as both sides ask it, points (1, 2, N), their classes (N,), norm and class aimed at."""
    rng = np.random.default_rng(seed)
    net = drawn(rng)
    learner = make(net.spec, seeds=range(REPLICAS), classes=net.classes, dtype=torch.float64)
    learner.P.mul_(3.0)
    plain = evasion.two(nets.plain(learner.P[1], net.dims, net.spec.activation, net.squash))
    model = model_of(learner).of(slice(1, 2))
    x = model.inputs(rng.uniform(-1.5, 1.5, (POINTS, 2)))
    target = int(rng.integers(net.classes)) if seed % 3 == 0 else None
    return learner, model, plain, x, model.decide(x)[0], "linf" if seed % 2 else "l2", target


@SUBJECT.check("the input after one step (FGSM)", "autograd, point by point", 1e-9, 40)
def one_step(seed: int) -> float:
    _, model, plain, x, label, norm, target = attacked(seed)
    ours = fgsm(model, x, label[None], norm, 0.3, target)[0].T
    theirs = [
        evasion.fgsm(plain, one, int(of), norm, 0.3, target) for one, of in zip(x[0].T, label.tolist(), strict=True)
    ]
    return apart(ours, torch.stack(theirs))


@SUBJECT.check("the input after 12 steps of PGD", "a loop over points and steps", 1e-7, 40)
def many_steps(seed: int) -> float:
    _, model, plain, x, label, norm, target = attacked(seed)
    begin, ids = torch.from_numpy(starts(seed, np.arange(POINTS), 2, norm)), np.arange(POINTS)
    ours = pgd(model, x, label[None], norm, 0.4, 12, 1, seed, ids, target)[0].T
    points = zip(x[0].T, label.tolist(), begin, strict=True)
    theirs = [evasion.pgd(plain, one, int(of), norm, 0.4, 12, start, target) for one, of, start in points]
    return apart(ours, torch.stack(theirs))


@SUBJECT.check("the length of DeepFool's push", "its algorithm, point by point", 1e-5, 40)
def short_pushes(seed: int) -> float:
    _, model, plain, x, label, norm, _ = attacked(seed)
    end, hit = deepfool(model, x, label[None], norm, 30)
    size = length(end - x, norm)[0]
    ours = torch.where(hit[0], size, torch.inf)
    theirs = np.array([evasion.deepfool(plain, one, norm, 30) for one in x[0].T])
    near = np.isfinite(theirs) & (theirs < FAR)
    return apart(ours[near], theirs[near]) if near.any() else 0.0


@SUBJECT.check("the distance to the boundary", "sequential quadratic programming from 5 places (units)", 2e-3, 12)
def nearest_points(seed: int) -> float:
    learner, _, plain, x, label, _, _ = attacked(seed)
    places = x[0].T.numpy()[:2]
    ours = nearest(asked_by(learner, 1), DOMAIN, places, Metric.of(None, "l2")).length
    rng = np.random.default_rng(seed)
    theirs = [
        evasion.distance(plain, place, int(of), rng, 5)
        for place, of in zip(places, label.tolist(), strict=False)
    ]  # fmt: skip
    longer = [a - b for a, b in zip(ours, theirs, strict=True) if np.isfinite(b) and b < 2.0]
    return max([0.0, *longer])


@SUBJECT.check("the lower bound of a share (Clopper and Pearson)", "the binomial tail, by Brent's method", 1e-9, 60)
def bounds(seed: int) -> float:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 3000))
    k, fails = rng.integers(0, n + 1, 8), float(rng.choice([0.001, 0.01, 0.05]))
    return apart(lower_bound(k, n, fails), [evasion.lower_bound(int(one), n, fails) for one in k])
