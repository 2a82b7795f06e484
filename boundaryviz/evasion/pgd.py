"""Projected gradient ascent on the loss within a ball, from places that are drawn for each point."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.evasion.balls import cut, starts, steepest
from boundaryviz.evasion.fgsm import ascent
from boundaryviz.evasion.model import Model
from boundaryviz.evasion.settings import Norm
from boundaryviz.evasion.slices import Slices, whole

STRIDE = 2.5
"""How far all steps lead together, in radii of the ball (Madry et al. 2018, section 5)."""


def pgd(
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
    """The inputs (1 or R, D, N) after the best push found within the ball, (R, D, N) (Madry et al. 2018, section 2.1).

    label: int64 (R, N) or (N,), the class to be led away from; a point that is not decided so stays where it is, as
    does one that is decided as the target. epsilon: of the ball, a number or (R, N). steps: of length
    2.5 epsilon / steps along the steepest ascent, after each of which the push is cut off at the ball. ids: int64 (N,),
    of the points, by which their starts are drawn, evenly from the ball; by default their numbers.
    The first push of a point that changes its decision counts, or else the one of the largest loss.
    """
    return whole(pgd_in_slices(model, x, label, norm, epsilon, steps, restarts, seed, ids, target))


def pgd_in_slices(
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
    """As `pgd`."""
    label = label.expand(model.count, -1)
    who = np.arange(x.shape[2]) if ids is None else ids

    def look(here: Tensor) -> Seen:
        slope, value, found = ascent(model, here, label, target)
        return slope, value, wanted(found, label, target)

    return climbing(model, x, look, norm, epsilon, steps, restarts, seed, who)


Seen = tuple[Tensor, Tensor, Tensor]
"""At inputs (R, D, N): the slope (R, D, N) of what is climbed, how high that is, (R, N), and whether the decision is as
wanted, bool (R, N)."""


def climbing(
    model: Model,
    x: Tensor,
    look: Callable[[Tensor], Seen],
    norm: Norm,
    epsilon: float | Tensor,
    steps: int,
    restarts: int,
    seed: int,
    ids: NDArray[np.int64],
) -> Slices[Tensor]:
    """The inputs (R, D, N) after the best push found, as `pgd` says, on whatever is to be climbed. model: for its
    replicas and inputs alone."""
    start = x.expand(model.count, -1, -1)
    limit = torch.as_tensor(epsilon, dtype=start.dtype, device=start.device).expand(start.shape[0], start.shape[2])
    best = start.clone()
    _, most, done = look(start)
    for round_ in range(restarts):
        push = limit[:, None] * model.inputs(starts(seed, ids, model.width, norm, round_))
        for step in range(steps + 1):
            here = start + push
            slope, value, hit = look(here)
            better = ~done & (hit | (value > most))
            best = torch.where(better[:, None], here, best)
            most = torch.where(better, value, most)
            done = done | hit
            yield
            if step == steps or bool(done.all()):
                break
            push = cut(push + (STRIDE / steps) * limit[:, None] * steepest(slope, norm), limit, norm)
    return best


Decisions = TypeVar("Decisions", Tensor, NDArray[Any])


def wanted(found: Decisions, label: Decisions, target: int | None) -> Decisions:
    """Whether decisions (...) are as an attack wants them, bool (...): another class than `label`, or the target."""
    return found == target if target is not None else (found != label) & (found >= 0)
