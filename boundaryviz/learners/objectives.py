"""What semi-supervised methods make small: plain functions that give a loss for each replica, (R,).

Logits are feature-major, (R, C, B), places (R, 2, B). `weight` (R, 1, B) sums to 1 over the points a replica sees,
masked ones included, so a masked loss is a mean over all unlabelled points (FixMatch, eq. 4), not over those that
passed. Targets carry no gradient, whoever computed them: every function detaches them itself.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

Ask = Callable[[Tensor], Tensor]
"""Places (R, 2, B) to logits (R, C, B)."""


def cross_entropy(z: Tensor, q: Tensor, weight: Tensor) -> Tensor:
    """- sum_c q_c log p_c, with targets q (R, C, B) as they are given."""
    return -(q.detach() * F.log_softmax(z, 1) * weight).sum((1, 2))


def squared(p: Tensor, q: Tensor, weight: Tensor) -> Tensor:
    """mean_c (p_c - q_c)^2 of probabilities p and targets q (R, C, B)."""
    return ((p - q.detach()).square() * weight).sum((1, 2)) / p.shape[1]


def entropy(z: Tensor, weight: Tensor) -> Tensor:
    """- sum_c p_c log p_c: how unsure the net is (Grandvalet and Bengio 2005, eq. 6)."""
    log_p = F.log_softmax(z, 1)
    return -(log_p.exp() * log_p * weight).sum((1, 2))


# ---- pseudo-labels --------------------------------------------------------------------------------------


def confident(z: Tensor, threshold: float | Tensor) -> tuple[Tensor, Tensor]:
    """Pseudo-labels, one-hot (R, C, B), and 1 where they pass the threshold, else 0, (R, 1, B); no gradient.

    threshold: one, or one for each replica and class, (R, C).
    """
    sure, which = F.softmax(z.detach(), 1).max(1, keepdim=True)
    if isinstance(threshold, Tensor):
        threshold = threshold.gather(1, which[:, 0])[:, None]
    return torch.zeros_like(z).scatter_(1, which, 1.0), (sure >= threshold).to(z.dtype)


def pseudo_label(asked: Tensor, taught: Tensor, weight: Tensor, threshold: float | Tensor) -> Tensor:
    """The confident answers `asked` are the labels of `taught`, both logits of the same points.

    One and the same: pseudo-labels (Lee 2013). Asked of weakly, taught on strongly jittered points: FixMatch (Sohn
    et al. 2020, eq. 4). With a threshold for each class: FlexMatch (Zhang et al. 2021, eq. 9).
    """
    label, passed = confident(asked, threshold)
    return cross_entropy(taught, label, weight * passed)


def uda(asked: Tensor, taught: Tensor, weight: Tensor, threshold: float, temperature: float) -> Tensor:
    """As `pseudo_label`, but what is taught is softmax(asked / T) (Xie et al. 2020, section 2.3)."""
    _, passed = confident(asked, threshold)
    return cross_entropy(taught, F.softmax(asked.detach() / temperature, 1), weight * passed)


def class_thresholds(chosen: Tensor, seen: Tensor, classes: int, threshold: float) -> Tensor:
    """FlexMatch's threshold of each class, (R, C): tau beta / (2 - beta), (Zhang et al. 2021, eqs. 6, 11 and 12).

    chosen: int64 (R, N), each point's last confident class, -1 for none yet. seen: bool (R, N), the unlabelled points
    of a replica. beta: a class's count over the largest count, "none yet" among them, so that all thresholds start
    at 0.
    """
    counts = torch.stack([((chosen == c) & seen).sum(1) for c in range(-1, classes)], 1)
    beta = counts[:, 1:] / counts.amax(1, keepdim=True).clamp(min=1)
    return threshold * beta / (2 - beta)


# ---- the worst push -------------------------------------------------------------------------------------


def unit(v: Tensor) -> Tensor:
    """Vectors (R, 2, B) scaled to length 1, however short; 0 stays 0.

    Divided by their largest part first, because the squares of a saturated net's gradients underflow.
    """
    scaled = v / v.abs().amax(1, keepdim=True).clamp(min=torch.finfo(v.dtype).tiny)
    return scaled * scaled.square().sum(1, keepdim=True).clamp(min=0.5).rsqrt()


def divergence(z: Tensor, moved: Tensor) -> Tensor:
    """KL(p || p') of each point, (R, B), from logits; p, from z, carries no gradient."""
    log_p = F.log_softmax(z.detach(), 1)
    return (log_p.exp() * (log_p - F.log_softmax(moved, 1))).sum(1)


def worst_direction(net: Ask, x: Tensor, z: Tensor, start: Tensor, xi: float, iterations: int = 1) -> Tensor:
    """Unit vectors (R, 2, B) towards the dominant eigenvector of the divergence's Hessian (Miyato et al. 2018, eq. 14).

    Power iterations from `start` (R, 2, B), each with the gradient of the divergence at a probe of length xi; where
    that is exactly 0, nothing is known and the vector is 0. z: logits at x.
    """
    d = unit(start)
    for _ in range(iterations):
        probe = (xi * d).requires_grad_()
        (slope,) = torch.autograd.grad(divergence(z, net(x + probe)).sum(), probe)
        d = unit(slope)
    return d


def vat(
    net: Ask,
    x: Tensor,
    weight: Tensor,
    start: Tensor,
    xi: float,
    epsilon: float,
    iterations: int,
    entropy_weight: float,
) -> Tensor:
    """KL(p(x) || p(x + r)) with r the worst push of length epsilon (Miyato et al. 2018, eqs. 5 and 6), plus
    `entropy_weight` times the entropy at x."""
    z = net(x)
    push = epsilon * worst_direction(net, x, z, start, xi, iterations)
    loss = (divergence(z, net(x + push)) * weight[:, 0]).sum(1)
    return loss + entropy_weight * entropy(z, weight) if entropy_weight else loss


# ---- mixtures -------------------------------------------------------------------------------------------


def sharpen(p: Tensor, temperature: float) -> Tensor:
    """p^(1/T) / sum_c p_c^(1/T) (Berthelot et al. 2019, eq. 7)."""
    powered = (p / p.amax(1, keepdim=True)).pow(1 / temperature)
    return powered / powered.sum(1, keepdim=True)


def mixup(a: Tensor, b: Tensor, share: Tensor) -> Tensor:
    """share a + (1 - share) b; share (R, 1, B) (Zhang et al. 2018, eq. 2)."""
    return share * a + (1 - share) * b
