"""Attacks on a net as it stands, point by point in plain torch, and distances by constrained minimisation."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import count

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize
from scipy.stats import binom
from torch import Tensor
from torch.nn import functional as F

Logits = Callable[[Tensor], Tensor]
"""One input (D,) to one number a class, (C,)."""


def two(net: torch.nn.Module) -> Logits:
    """The logits of a net; of one output o they are -o / 2 and o / 2."""

    def logits(x: Tensor) -> Tensor:
        z: Tensor = net(x[None])[0]
        return torch.cat([-z, z]) / 2 if len(z) == 1 else z

    return logits


def _slope(of: Callable[[Tensor], Tensor], x: Tensor) -> tuple[float, Tensor]:
    here = x.detach().clone().requires_grad_()
    value = of(here)
    (slope,) = torch.autograd.grad(value, here)
    return float(value.detach()), slope


def _steepest(slope: Tensor, norm: str) -> Tensor:
    if norm == "linf":
        return torch.sign(slope)
    size = float(torch.linalg.vector_norm(slope))
    return slope / size if size else slope


def _aim(logits: Logits, label: int, target: int | None) -> Callable[[Tensor], Tensor]:
    """What is made large: the cross-entropy of the label, or of the target with the other sign."""

    def aim(x: Tensor) -> Tensor:
        z = logits(x)[None]
        return F.cross_entropy(z, torch.tensor([label])) if target is None else -F.cross_entropy(
            z, torch.tensor([target])
        )  # fmt: skip

    return aim


def _through(logits: Logits, x: Tensor, label: int, target: int | None) -> bool:
    with torch.no_grad():
        found = int(logits(x).argmax())
    return found == target if target is not None else found != label


def fgsm(logits: Logits, x: Tensor, label: int, norm: str, epsilon: float, target: int | None) -> Tensor:
    """x + epsilon sign(gradient) (Goodfellow et al. 2015); of L2 the gradient's direction."""
    return x + epsilon * _steepest(_slope(_aim(logits, label, target), x)[1], norm)


def pgd(
    logits: Logits, x: Tensor, label: int, norm: str, epsilon: float, steps: int, start: Tensor, target: int | None
) -> Tensor:
    """Madry et al. 2018, from x + epsilon * start; the first iterate that is through, or else that of the largest
    loss, the point itself among them."""
    aim = _aim(logits, label, target)
    best, most = x, _slope(aim, x)[0]
    if _through(logits, x, label, target):
        return x
    here = x + epsilon * start
    for step in count():
        value, slope = _slope(aim, here)
        if _through(logits, here, label, target):
            return here
        if value > most:
            best, most = here, value
        if step == steps:
            return best
        way = here + 2.5 * epsilon / steps * _steepest(slope, norm) - x
        if norm == "linf":
            way = way.clamp(-epsilon, epsilon)
        else:
            size = float(torch.linalg.vector_norm(way))
            way = way * min(1.0, epsilon / size) if size else way
        here = x + way
    raise AssertionError


def deepfool(logits: Logits, x: Tensor, norm: str, steps: int) -> float:
    """The length of DeepFool's push (Moosavi-Dezfooli et al. 2016, algorithm 2, and section 2.3 for L-infinity), cut
    back by halving to where it comes through; infinite where it fails."""
    with torch.no_grad():
        z = logits(x)
    label, here, order = int(z.argmax()), x.clone(), 2 if norm == "l2" else torch.inf
    for _ in range(steps):
        if _through(logits, here, label, None):
            break
        best, push = np.inf, torch.zeros_like(x)
        for k in range(len(z)):
            if k == label:
                continue
            lead, slope = _slope(lambda at, k=k: logits(at)[k] - logits(at)[label], here)  # type: ignore[misc]
            steep = float(torch.linalg.vector_norm(slope, 2 if norm == "l2" else 1))
            way = (abs(lead) + 1e-7) / steep if steep > 0 else np.inf
            if way < best:
                best, push = way, way * _steepest(slope, norm)
        if not np.isfinite(best):
            break
        here = here + 1.02 * push
    if not _through(logits, here, label, None):
        return np.inf
    low, high = 0.0, 1.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        if _through(logits, x + middle * (here - x), label, None):
            high = middle
        else:
            low = middle
    return float(torch.linalg.vector_norm(high * (here - x), order))


def distance(logits: Logits, x: NDArray[np.float64], label: int, rng: np.random.Generator, starts: int) -> float:
    """The least Euclidean distance of a place that is not decided as `label`: sequential quadratic programming from
    many places around, with the lead of the best other class for a constraint."""

    def lead(place: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        def of(at: Tensor) -> Tensor:
            z = logits(at)
            return torch.cat([z[:label], z[label + 1 :]]).max() - z[label]

        value, slope = _slope(of, torch.from_numpy(place))
        return value, slope.numpy()

    found, seen = [np.inf], cache(lambda *place: lead(np.array(place)))
    for _ in range(starts):
        begin = x + rng.standard_normal(2) * rng.choice([0.2, 0.7, 1.5])
        done = minimize(
            lambda place: (np.square(place - x).sum(), 2 * (place - x)), begin, jac=True, method="SLSQP",
            constraints={"type": "ineq", "fun": lambda p: seen(*p)[0], "jac": lambda p: seen(*p)[1]},
            options={"maxiter": 40, "ftol": 1e-10},
        )  # fmt: skip
        if lead(done.x)[0] > -1e-6:
            found.append(float(np.linalg.norm(done.x - x)))
    return min(found)


def lower_bound(k: int, n: int, fails: float) -> float:
    """The p at which k successes or more of n are as improbable as `fails`, by Brent's method."""
    return 0.0 if k == 0 else float(brentq(lambda p: binom.sf(k - 1, n, p) - fails, 1e-12, 1 - 1e-12, xtol=1e-14))
