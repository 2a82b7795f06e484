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
from boundaryviz.evasion.pgd import Seen, climbing, wanted
from boundaryviz.evasion.settings import Norm
from boundaryviz.evasion.slices import Slices, whole

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
    return whole(adaptive_in_slices(model, x, label, norm, epsilon, steps, restarts, seed, ids, target))


def adaptive_in_slices(
    model: Model,
    x: Tensor,
    label: Tensor,
    norm: Norm,
    epsilon: float | Tensor,
    steps: int,
    restarts: int,
    seed: int,
    ids: NDArray[np.int64] | None,
    target: int | None,
) -> Slices[Tensor]:
    """As `adaptive`."""
    who = np.arange(x.shape[2]) if ids is None else ids
    label = label.expand(model.count, -1)
    if not model.noisy:
        straight = model.asked(straight=True)
        many = max(restarts, RESTARTS)
        return climbing(
            model, x, lambda here: _seen(straight, here, label, target), norm, epsilon, steps, many, seed, who
        )
    # draws stay those of a point wherever it is pushed to, so that no place is luckier than the next
    own = torch.tensor((DRAWS * who[None] + np.arange(DRAWS)[:, None]).ravel(), device=x.device)
    drawn, labels = model.asked(straight=True, draw=2 + seed, ids=own), label.repeat(1, DRAWS)

    def look(here: Tensor) -> Seen:
        slope, value, _ = _seen(drawn, here.repeat(1, 1, DRAWS), labels, target)
        slope, value = (each.unflatten(-1, (DRAWS, -1)).mean(-2) for each in (slope, value))
        return slope, value, torch.zeros_like(value, dtype=torch.bool)  # one lucky draw says nothing of the next

    return climbing(model, x, look, norm, epsilon, steps, restarts, seed, who)


def _seen(model: Model, here: Tensor, label: Tensor, target: int | None) -> Seen:
    """Slope and value of the margin of a model that is asked past its mask, and whether the attack is through."""
    with torch.enable_grad():
        at = here.detach().requires_grad_()
        z = model.logits(at)
        value = margin(model, z, label, target)
        (slope,) = torch.autograd.grad(value.sum(), at)
    return slope, value.detach(), wanted(model.decided(z.detach()), label, target)


def margin(model: Model, logits: Tensor, label: Tensor, target: int | None) -> Tensor:
    """How far the best other class leads the one to be led away from, or the target all others, (R, N), of logits
    (R, C, N); above 0 where the attack is through (Carlini and Wagner 2017, f6)."""
    d = model.weighed(logits)
    own = (label.clamp_min(0) if target is None else torch.full_like(label, target))[:, None]
    lead = d.scatter(1, own, -torch.inf).amax(1) - d.gather(1, own)[:, 0]
    return lead if target is None else -lead
