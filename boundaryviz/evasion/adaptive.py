"""The attacker who knows how a net is masked, and goes where the mask hides nothing (Tramèr, Carlini, Brendel and Madry
2020, section 4).

It climbs the margin of the logits, which does not level off where probabilities do (Carlini and Wagner 2017, section
VI), from several random places. Of inputs that are rounded or wiggle it takes the slope where the mask moves them to,
as if the mask moved nothing (BPDA: Athalye, Carlini and Wagner 2018, section 4.1); of noisy inputs a mean over draws
(EOT: there, section 4.2). Without a mask it is a stronger PGD, which does not fall for a net that hides its slope by
itself.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.evasion.model import Model
from boundaryviz.evasion.pgd import Seen, climbed, wanted
from boundaryviz.evasion.settings import Norm

RESTARTS = 8
"""From how many places it sets out at least."""
DRAWS = 20
"""Of a noisy net, over how many draws it averages; from how many places it sets out is then as asked."""


def adaptive(
    model: Model,
    x: Tensor,
    label: Tensor,
    norm: Norm,
    epsilon: float | Tensor,
    steps: int = 20,
    restarts: int = 1,
    seed: int = 0,
    ids: NDArray[np.int64] | None = None,
    target: int | None = None,
) -> Tensor:
    """The inputs after the best push found, as `pgd`, by an attacker who knows the mask of the model."""
    who = np.arange(x.shape[2]) if ids is None else ids
    label = label.expand(model.count, -1)
    draws = [model.asked(straight=True, draw=1 + k) for k in range(DRAWS if model.noisy else 1)]
    many = restarts if model.noisy else max(restarts, RESTARTS)

    def look(here: Tensor) -> Seen:
        if not model.noisy:
            return _slope(model, draws[0], here, label, target)
        slopes, values, _ = zip(*(_slope(model, one, here, label, target, even=True) for one in draws), strict=True)
        value = torch.stack(values).mean(0)
        # that a single draw is through says nothing of the next
        return torch.stack(slopes).mean(0), value, torch.zeros_like(value, dtype=torch.bool)

    return climbed(model, x, look, norm, epsilon, steps, many, seed, who)


def _slope(model: Model, straight: Model, here: Tensor, label: Tensor, target: int | None, even: bool = False) -> Seen:
    """Slope and value of the margin, or of its tanh, and whether the attack is through. straight: the model past its
    mask."""
    with torch.enable_grad():
        at = here.detach().requires_grad_()
        z = straight.logits(at)
        value = margin(model, z, label, target)
        value = value.tanh() if even else value
        (slope,) = torch.autograd.grad(value.sum(), at)
    return slope, value.detach(), wanted(model.decided(z.detach()), label, target)


def margin(model: Model, logits: Tensor, label: Tensor, target: int | None) -> Tensor:
    """How far the best other class leads the one to be led away from, or the target all others, (R, N), of logits
    (R, C, N); above 0 where the attack is through (Carlini and Wagner 2017, f6)."""
    d = model.weighed(logits)
    own = (label.clamp_min(0) if target is None else torch.full_like(label, target))[:, None]
    lead = d.scatter(1, own, -torch.inf).amax(1) - d.gather(1, own)[:, 0]
    return lead if target is None else -lead
