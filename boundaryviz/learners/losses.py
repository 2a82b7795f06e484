"""Losses on the replica axis: plain functions of outputs and labels, and how outputs become probabilities.

Outputs are feature-major, (R, K, B): R replicas, K outputs, B points. For two classes the absolute, the squared and the
hinge loss use one output with targets -1 and +1, as the Playground does; everything else has one output per class.
The 0/1 loss is none of them: its slope is 0 wherever it has one, so that nothing goes down it.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from boundaryviz.learners.base import UNDECIDED
from boundaryviz.learners.specs_robust import BY_LOGITS

LossName = Literal["cross-entropy", "focal", "generalised", "absolute", "squared", "hinge"]

FOCUSING = 2.0
"""The focal loss's gamma where nothing else is said (Lin et al. 2017, section 3.2)."""


def outputs(loss: LossName, classes: int) -> int:
    """How many outputs K a model needs."""
    return 1 if classes == 2 and loss not in BY_LOGITS else classes


def targets(label: Tensor, loss: LossName, classes: int, dtype: torch.dtype, smoothing: float = 0.0) -> Tensor:
    """What the loss compares with, (K, N), from labels (N,) in 0..classes-1; unlabelled columns are 0.

    Cross-entropy, focal, generalised and the multi-class hinge loss take one-hot columns, the others -1 and +1.
    smoothing: of one-hot columns, what all classes share evenly (Szegedy et al. 2016, section 7).
    """
    known = (label >= 0).to(dtype)
    if outputs(loss, classes) == 1:
        return ((label * 2 - 1).to(dtype) * known)[None]
    one_hot = (label[None] == torch.arange(classes, device=label.device)[:, None]).to(dtype)
    if smoothing:
        one_hot = (one_hot * (1 - smoothing) + smoothing / classes) * known
    return (one_hot * 2 - 1) * known if loss in ("absolute", "squared") else one_hot


def per_point(loss: LossName, z: Tensor, q: Tensor, gamma: float = FOCUSING) -> Tensor:
    """Loss of each point, (R, B), from outputs z (R, K, B) and `targets` q (R, K, B) or (K, B).

    cross-entropy: -log p, with p = softmax(z)_y. focal: -(1 - p)^gamma log p (Lin et al. 2017, eq. 4).
    generalised: (1 - p^gamma) / gamma, between cross-entropy at 0 and 1 - p at 1 (Zhang and Sabuncu 2018, eq. 6; their
    q is gamma here). absolute: the
    sum of |z - q|. squared: half the sum of (z - q)^2 (the Playground's error). hinge: max(0, 1 - q z), for more
    classes max(0, 1 + max_{j != y} z_j - z_y) (Crammer and Singer 2001, eq. 4).
    """
    if loss in BY_LOGITS:
        log_p = (q * F.log_softmax(z, 1)).sum(1)
        if loss == "generalised":
            return -torch.expm1(gamma * log_p) / gamma
        return -log_p if loss == "cross-entropy" else -((-torch.expm1(log_p)) ** gamma) * log_p
    if loss == "absolute":
        return (z - q).abs().sum(1)
    if loss == "squared":
        return (z - q).square().sum(1) * 0.5
    if z.shape[1] == 1:
        return F.relu(1 - q * z).squeeze(1)
    rival = (z - 1e9 * q).amax(1)
    return F.relu(1 + rival - (z * q).sum(1))


def leading(z: Tensor) -> Tensor:
    """Predicted class, int64 (R, B), from outputs z (R, K, B); a single output of exactly 0 is class 1.

    -1 where the outputs have no probabilities: where one is NaN, or the largest of several is infinite.
    """
    if z.shape[1] == 1:
        return (z[:, 0] >= 0).long().masked_fill_(z[:, 0].isnan(), UNDECIDED)
    largest, at = z.max(1)  # argmax takes ten times as long; of a NaN among others the largest is NaN
    return at.masked_fill_(~largest.isfinite(), UNDECIDED)


def scores(z: Tensor) -> Tensor:
    """Outputs z (R, K, B) as few numbers as tell the probabilities: of two classes the second's lead, (R, 1, B)."""
    return z[:, 1:] - z[:, :1] if z.shape[1] == 2 else z


def shown(loss: LossName, s: Tensor) -> Tensor:
    """What to show of `scores` s (R, K, B): of two classes the probability of the second, else of every class."""
    if s.shape[1] > 1:
        return F.softmax(s, 1)
    return torch.sigmoid(s) if loss in BY_LOGITS else ((s + 1) * 0.5).clamp(0, 1)


def slope(loss: LossName, z: Tensor, q: Tensor, gamma: float = FOCUSING) -> Tensor:
    """Derivative of `per_point` by the outputs z, (R, K, B), for labelled points; arguments as there.

    Where the absolute loss has a corner it is 0. generalised: that of the cross-entropy times p^gamma (Zhang and
    Sabuncu 2018, section 3.2). focal: that of the cross-entropy times
    (1 - p)^gamma (1 - gamma p log p / (1 - p)) (Lin et al. 2017, appendix B).
    """
    if loss == "cross-entropy":
        return F.softmax(z, 1).sub_(q)
    if loss == "generalised":
        log_every = F.log_softmax(z, 1)
        return log_every.exp().sub_(q).mul_((gamma * (q * log_every).sum(1, keepdim=True)).exp_())
    if loss == "focal":
        log_every = F.log_softmax(z, 1)
        log_p = (q * log_every).sum(1, keepdim=True)
        short = -torch.expm1(log_p)  # 1 - p
        steeper = 1 - gamma * log_p.exp() * log_p / short.clamp(min=torch.finfo(z.dtype).tiny)
        return log_every.exp_().sub_(q).mul_(steeper.mul_(short**gamma))
    if loss == "absolute":
        return torch.sign(z - q)
    if loss == "squared":
        return z - q
    if z.shape[1] == 1:
        return -q * (q * z < 1)
    rival, which = (z - 1e9 * q).max(1, keepdim=True)
    short = 1 + rival - (z * q).sum(1, keepdim=True) > 0
    return (torch.zeros_like(z).scatter_(1, which, 1.0) - q) * short


def probabilities(loss: LossName, z: Tensor) -> Tensor:
    """Class probabilities (R, C, B) from outputs z (R, K, B).

    One output o, which is a score and no log-odds, is shown as (o + 1) / 2 within [0, 1]; the margins -1
    and +1 are then the purest colours.
    """
    if z.shape[1] == 1:
        p = ((z + 1) * 0.5).clamp(0, 1)
        return torch.cat([1 - p, p], 1)
    return F.softmax(z, 1)
