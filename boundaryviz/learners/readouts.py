"""What reads classes out of an embedding: a linear probe, the likest labelled points, or the net trained on.

Each is fitted by one replica's labelled points alone, in double precision and one replica at a time, so that it is the
same to the bit whatever else there is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

_ROUNDS, _FLAT = 100, 1e-9  # of Newton's method, and the steepness at which it has arrived
_NEVER = -20.0  # by how much a class without a label is less likely than any other, in logits
_SHARP = 0.05  # of the readout by neighbours: the difference between cosines that counts for one logit

Reads = Callable[[Tensor], Tensor]
"""Logits (C, G) of what a point is embedded as (E, G)."""


def logistic(
    z: NDArray[np.float64], label: NDArray[np.int64], weight: NDArray[np.float64], ridge: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights (C, E) and biases (C,) of multinomial logistic regression on columns z (E, n) with classes 0 to C - 1.

    What is least is the weighted sum of the cross-entropies and ridge / 2 times the squared weights; biases go free, up
    to what they have in common. By Newton's method with halved steps, in as many dimensions as the points span.
    """
    classes, n = int(label.max()) + 1, z.shape[1]
    basis, spread, places = np.linalg.svd(z, full_matrices=False)
    x = np.vstack([spread[:, None] * places, np.ones(n)])  # (k + 1, n)
    target = np.eye(classes)[:, label]
    # a trace on biases alone, for the loss does not change where all of them rise
    penalty = np.tile(np.append(np.full(len(x) - 1, ridge), 1e-6 * ridge), classes)
    w = np.zeros(classes * len(x))

    def at(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = w.reshape(classes, -1) @ x
        top = logits.max(axis=0)
        p = np.exp(logits - top)
        total = p.sum(axis=0)
        loss = (weight * (top + np.log(total) - (target * logits).sum(axis=0))).sum()
        return float(loss + 0.5 * (penalty * w * w).sum()), p / total

    loss, p = at(w)
    for _ in range(_ROUNDS):
        slope = (((p - target) * weight) @ x.T).ravel() + penalty * w
        if np.abs(slope).max() <= _FLAT * max(weight.sum(), 1.0):
            break
        among = (np.eye(classes)[:, :, None] * p - p[:, None] * p) * weight
        curved = np.einsum("abn,in,jn->aibj", among, x, x, optimize=True).reshape(len(w), len(w))
        step = np.linalg.solve(curved + np.diag(penalty), slope)
        size = 1.0
        while size > 1e-6:
            there, p_there = at(w - size * step)
            if there <= loss - 1e-4 * size * float(slope @ step) or there <= loss:
                break
            size /= 2
        w, loss, p = w - size * step, there, p_there
    found = w.reshape(classes, -1)
    return found[:, :-1] @ basis.T, found[:, -1]


def linear(
    z: NDArray[np.float64], label: NDArray[np.int64], weight: NDArray[np.float64], classes: int, ridge: float
) -> Reads:
    """A linear probe on columns z (E, n) of labelled points, scaled to a mean square of 1."""
    present, among = np.unique(label, return_inverse=True)
    scale = 1.0 / np.sqrt(max(float(np.mean(z * z)), 1e-12))
    w, b = logistic(z * scale, among, weight, ridge)
    w_, b_ = torch.from_numpy(w * scale), torch.from_numpy(b)[:, None]
    return lambda q: of_all(torch.addmm(b_.to(q), w_.to(q), q), present, classes)


def nearest(z: NDArray[np.float64], label: NDArray[np.int64], classes: int, neighbours: int) -> Reads:
    """The class whose k likest labelled points are likest on average, by the cosine of columns z (E, n); with k = 1
    that of the nearest neighbour."""
    unit = torch.from_numpy(z / np.maximum(np.linalg.norm(z, axis=0), 1e-12))
    present = np.unique(label)
    each = [unit[:, torch.from_numpy(label == one)].T.contiguous() for one in present]

    def read(q: Tensor) -> Tensor:
        q = q / q.norm(dim=0).clamp(min=1e-12)
        cosines = [points.to(q) @ q for points in each]
        likest = [_likest(one, neighbours) for one in cosines]
        return of_all(torch.stack(likest) / _SHARP, present, classes)

    return read


def _likest(cosines: Tensor, neighbours: int) -> Tensor:
    """The mean of the largest so many, (B,), of cosines (m, B)."""
    many = min(neighbours, len(cosines))
    return cosines.amax(0) if many == 1 else cosines.topk(many, dim=0).values.mean(0)  # which sorts, and is slow


def tuned(
    embedded: Callable[[Tensor, Tensor], Tensor],
    flat: Tensor,
    x: Tensor,
    label: NDArray[np.int64],
    weight: NDArray[np.float64],
    classes: int,
    ridge: float,
    steps: int,
    rate: float,
) -> tuple[Tensor, Reads]:
    """The weights of a net (1, n), trained on with a last layer of its own, and what reads classes out of it then.

    embedded: of weights (1, n) and points (1, D, B). flat: where to begin. x (1, D, m): the labelled points. The last
    layer begins as the linear probe (Kumar et al. 2022, section 4); then all of it goes down the mean cross-entropy.
    """
    present, among = np.unique(label, return_inverse=True)
    with torch.no_grad():
        z = embedded(flat, x)[0]
    scale = z.square().mean().clamp(min=1e-12).rsqrt()
    w, b = (torch.from_numpy(part) for part in logistic((z * scale).numpy(), among, weight, ridge))
    learnt = [flat.clone(), w, b[:, None].clone()]
    target, each = torch.from_numpy(among), torch.from_numpy(weight / weight.sum())
    first, second = ([torch.zeros_like(one) for one in learnt] for _ in range(2))
    for step in range(1, steps + 1):
        learnt = [one.detach().requires_grad_() for one in learnt]
        with torch.enable_grad():
            logits = torch.addmm(learnt[2], learnt[1], embedded(learnt[0], x)[0] * scale)
            loss = (F.cross_entropy(logits.T, target, reduction="none") * each).sum()
            slopes = torch.autograd.grad(loss, learnt)
        for at, g in enumerate(slopes):  # Adam, as `optimisers` has it
            first[at] = first[at].lerp(g, 0.1)
            second[at] = second[at].lerp(g * g, 0.001)
            size = (second[at] / (1 - 0.999**step)).sqrt() + 1e-8
            learnt[at] = learnt[at].detach() - rate * first[at] / (1 - 0.9**step) / size
    net, w, b = (one.detach() for one in learnt)
    w = w * scale
    return net, lambda q: of_all(torch.addmm(b.to(q), w.to(q), q), present, classes)


def of_all(logits: Tensor, present: Sequence[int] | NDArray[np.int64], classes: int) -> Tensor:
    """Of the classes that have a label (c, G) to all (C, G)."""
    if len(present) == classes:
        return logits
    every = (logits.amin(0) + _NEVER).repeat(classes, 1)
    every[torch.as_tensor(present, device=logits.device)] = logits
    return every
