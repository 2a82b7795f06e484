"""The shortest push that gradients lead to: DeepFool, its way back to the boundary, and what PGD makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.evasion.balls import dual, length, steepest
from boundaryviz.evasion.model import Model
from boundaryviz.evasion.pgd import pgd, wanted
from boundaryviz.evasion.settings import Norm
from boundaryviz.evasion.slices import Slices, whole
from boundaryviz.learners import losses

OVERSHOOT = 0.02
"""By how much a step goes past the linearised boundary (Moosavi-Dezfooli, Fawzi and Frossard 2016, section 4)."""
_HALVINGS, _DIGITS = 60, 1e-7


def deepfool(
    model: Model, x: Tensor, label: Tensor, norm: Norm, steps: int = 30, target: int | None = None
) -> tuple[Tensor, Tensor]:
    """The ends (R, D, N) of short pushes just across the boundary, and whether one was found, bool (R, N).

    Moosavi-Dezfooli, Fawzi and Frossard 2016, algorithm 2, and section 2.3 for L-infinity: step for step to the nearest
    of the boundaries of the model made linear. Then back along the push, to where it first pays by halving.
    x: (1 or R, D, N). label: int64 (R, N) or (N,), the class to be left. target: the one to be reached, else any.
    What is not decided as `label` stays where it is.
    """
    start = x.expand(model.count, -1, -1)
    label = label.expand(model.count, -1)
    here = start.clone()
    for _ in range(steps):
        push, done = _step(model, here, label, norm, target)
        if bool(done.all()):
            break
        here = torch.where(done[:, None], here, here + (1 + OVERSHOOT) * push)
    return back(model, start, here, label, target)


def _step(model: Model, x: Tensor, label: Tensor, norm: Norm, target: int | None) -> tuple[Tensor, Tensor]:
    """The push (R, D, N) to the nearest boundary of the model made linear at x, and where none is needed, (R, N)."""
    classes = range(model.classes) if target is None else [target]
    with torch.enable_grad():
        here = x.detach().requires_grad_()
        d = model.decision(here)
        own = d.gather(1, label.clamp_min(0)[:, None]).squeeze(1)
        nearest = torch.full_like(own, torch.inf, dtype=x.dtype)
        push = torch.zeros_like(x)
        rivals = classes if target is not None or len(classes) > 2 else [-1]  # of two classes the other one
        for rival in rivals:
            other = d[:, rival] if rival >= 0 else d.gather(1, 1 - label.clamp(0, 1)[:, None]).squeeze(1)
            lead = other - own
            (slope,) = torch.autograd.grad(lead.sum(), here, retain_graph=True)
            steep = dual(slope, norm)
            # what is far too flat leads nowhere; a little further than the boundary, where rounding hides it
            way = (lead.detach().abs().to(x.dtype) + 1e-7) / steep
            way = torch.where((steep > 0) & (label != rival), way, torch.inf)
            closer = way < nearest
            push = torch.where(closer[:, None], way.nan_to_num(posinf=0.0)[:, None] * steepest(slope, norm), push)
            nearest = torch.where(closer, way, nearest)
    return push, wanted(losses.leading(d.detach()), label, target) | ~nearest.isfinite()


def back(model: Model, start: Tensor, end: Tensor, label: Tensor, target: int | None) -> tuple[Tensor, Tensor]:
    """The ends (R, D, N) of pushes taken back to where their decision changes, and whether it changes, (R, N): of those
    that are decided as wanted at the end. The others are where they began."""
    hit = wanted(model.decide(end), label, target)
    way = torch.where(hit[:, None], end - start, torch.zeros_like(end))

    def pays(share: Tensor) -> Tensor:
        return wanted(model.decide(start + share[:, None] * way), label, target)

    high = halved(pays, torch.zeros_like(hit, dtype=start.dtype), torch.ones_like(hit, dtype=start.dtype))
    return start + high[:, None] * way, hit


def halved(pays: Callable[[Tensor], Tensor], low: Tensor, high: Tensor) -> Tensor:
    """The least share (R, N) between `low` and `high` found to pay, by halving, to seven digits: a push may end far
    beyond the boundary. `high` where none below does."""
    high = torch.where(pays(low), low, high)
    for _ in range(_HALVINGS):
        if bool((high - low <= _DIGITS * high).all()):
            break
        middle = (low + high) / 2
        found = pays(middle)
        high = torch.where(found, middle, high)
        low = torch.where(found, low, middle)
    return high


def shortest(model: Model, x: Tensor, label: Tensor, norm: Norm, **more: Any) -> tuple[Tensor, Tensor]:
    """As `shortest_in_slices`, in one go."""
    return whole(shortest_in_slices(model, x, label, norm, **more))


def shortest_in_slices(
    model: Model,
    x: Tensor,
    label: Tensor,
    norm: Norm,
    *,
    seed: int = 0,
    ids: NDArray[np.int64] | None = None,
    target: int | None = None,
    steps: int = 30,
    halvings: int = 4,
    pgd_steps: int = 8,
) -> Slices[tuple[Tensor, Tensor]]:
    """The shortest push found: DeepFool's, or a shorter one of PGD in balls that are halved in turn; as `deepfool`.

    Its length is an upper bound of the distance to the boundary, for inputs of any number.
    """
    start, label = x.expand(model.count, -1, -1), label.expand(model.count, -1)
    end, hit = deepfool(model, start, label, norm, steps, target)
    high = length(end - start, norm)
    low = torch.zeros_like(high)
    yield
    for _ in range(halvings):
        limit = (low + high) / 2
        near = pgd(model, start, label, norm, limit, pgd_steps, 1, seed, ids, target)
        size = length(near - start, norm)
        shorter = hit & (size < high) & wanted(model.decide(near), label, target)
        end = torch.where(shorter[:, None], near, end)
        high, low = torch.where(shorter, size, high), torch.where(shorter, low, limit)
        yield
    return back(model, start, end, label, target)
