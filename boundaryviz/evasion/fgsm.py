"""One step along the gradient of the loss: the fast gradient sign method, in either norm."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from boundaryviz.evasion.balls import steepest
from boundaryviz.evasion.model import Model
from boundaryviz.evasion.settings import Norm


def fgsm(
    model: Model, x: Tensor, label: Tensor, norm: Norm, epsilon: float | Tensor, target: int | None = None
) -> Tensor:
    """The inputs (1 or R, D, N) after the step of length epsilon along which the cross-entropy rises most to first
    order, (R, D, N) (Goodfellow, Shlens and Szegedy 2015, section 4, where the norm is L-infinity).

    label: int64 (R, N) or (N,), the class to be led away from. target: the class to be led to instead, for which the
    loss goes down. epsilon: a number, or (R, N).
    """
    start = x.expand(model.count, -1, -1)
    slope, _, _ = ascent(model, start, label, target)
    far = epsilon[:, None] if isinstance(epsilon, Tensor) else epsilon
    return start + far * steepest(slope, norm)


def ascent(model: Model, x: Tensor, label: Tensor, target: int | None) -> tuple[Tensor, Tensor, Tensor]:
    """The gradient (R, D, N) at x of what an attack by the loss makes large, and that, (R, N): the cross-entropy of the
    class to be led away from, or of the one aimed at with the other sign. And the class decided there, (R, N).

    It is worked out in the precision of the net, as whoever attacks a net does: where the loss saturates, it is 0.
    """
    with torch.enable_grad():
        here = x.detach().requires_grad_()
        z = model.logits(here)
        loss = gain(z, label, target)
        (slope,) = torch.autograd.grad(loss.sum(), here)
    return slope, loss.detach(), model.decided(z.detach())


def gain(logits: Tensor, label: Tensor, target: int | None) -> Tensor:
    """What an attack by the loss makes large, (R, N), of logits (R, C, N); see `ascent`."""
    log_p = F.log_softmax(logits, 1)
    if target is not None:
        return log_p[:, target]
    of = label.expand(len(logits), -1).clamp_min(0)
    return -log_p.gather(1, of[:, None]).squeeze(1)
