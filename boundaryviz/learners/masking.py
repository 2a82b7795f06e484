"""Masks: what is done to a net when it is asked, so that attacks by its slope find less (Athalye, Carlini and Wagner
2018, section 3: shattered, stochastic and vanishing gradients). Training never sees them.

Saturated: outputs times so much that softmax rounds its slope away. Quantised: inputs rounded to a grid, whose slope is
0. Wiggle: x + s sin(4.8 x / s), which turns the slope around every few hundredths and moves x by s at most. Noise: one
Gaussian draw a place, the same each time that place is decided, so that a picture of it stands still; an attack that
tries a place out meets another draw there, as it would of a net that draws anew each time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.learners.point_draws import hashed, normal
from boundaryviz.learners.specs_robust import Masking, RobustSpec
from boundaryviz.learners.streams import Purpose, key
from boundaryviz.scene.scaling import Scaling


@dataclass(frozen=True, eq=False)
class Asking:
    """How a net that is differentiated by its inputs is asked.

    masked: with its mask, else as it was trained. draw: which draw of a noisy mask is met, 0 that of decisions. ids:
    int64 (N,), of the points whose draw it is, wherever they are pushed to; None for that of each place.
    straight: the mask moves inputs, but slopes are taken as if it did not (the straight-through estimate of Bengio,
    Leonard and Courville 2013, BPDA of Athalye, Carlini and Wagner 2018, section 4.1).
    """

    masked: bool = True
    draw: int = 1
    ids: Tensor | None = None
    straight: bool = False


AS_IT_IS = Asking()
_DECIDES = Asking(draw=0)

STEEPNESS = 4.8
"""How steep the wiggle is; above 1 it runs backwards in places."""

_START = key(Purpose.MASK) >> 1


class Mask:
    """The mask of a net whose inputs come in other units than those of the scene, in which a mask is said.

    kind, strength: as in the settings.
    """

    def __init__(self) -> None:
        self.kind: Masking = "none"
        self.strength = 0.0

    def set_spec(self, spec: RobustSpec) -> None:
        """Take over the settings."""
        self.kind, self.strength = spec.mask, spec.masked_by

    @property
    def moves(self) -> bool:
        """Whether it changes inputs."""
        return self.kind in ("quantised", "wiggle", "noise")

    def outputs(self, z: Tensor) -> Tensor:
        """Outputs (R, K, N) as they are told."""
        return z * self.strength if self.kind == "saturated" else z

    def places(self, x: NDArray[np.float64], scale: Scaling | None) -> NDArray[np.float64]:
        """Where inputs (N, D) in units of `scale` are taken to be when a decision is made, (N, D) in the same."""
        moved: NDArray[np.float64] = self._moved(torch.from_numpy(np.ascontiguousarray(x.T))[None], scale, _DECIDES)[
            0
        ].numpy()
        return moved.T

    def inputs(self, x: Tensor, scale: Scaling | None, how: Asking) -> Tensor:
        """As `places`, of (1 or R, D, N) in double precision, for whoever differentiates by them."""
        if not (self.moves and how.masked):
            return x
        moved = self._moved(x, scale, how)
        return x + (moved - x).detach() if how.straight else moved

    def _moved(self, x: Tensor, scale: Scaling | None, how: Asking) -> Tensor:
        if self.kind == "noise":
            drawn = self.strength * drawn_at(x, how.draw, how.ids)
            return x + (drawn if scale is None else drawn / _column(scale.unit, x))
        if scale is None:
            return self._in_scene(x)
        centre, unit = _column(scale.centre, x), _column(scale.unit, x)
        return (self._in_scene(x * unit + centre) - centre) / unit

    def _in_scene(self, x: Tensor) -> Tensor:
        if self.kind == "quantised":
            return torch.round(x / self.strength) * self.strength
        return x + self.strength * torch.sin(x * (STEEPNESS / self.strength))


def drawn_at(x: Tensor, number: int = 0, ids: Tensor | None = None) -> Tensor:
    """Standard normal numbers (., D, N) in double precision, each a function of all inputs x (., D, N) of a place, or
    of the point's id where these are given, (N,). number: which draw."""
    start = hashed(torch.tensor(_START, device=x.device), torch.tensor(number, device=x.device))
    if ids is None:
        bits = (x.detach().double() + 0.0).view(torch.int64)  # adding 0 makes -0 and 0 the same
        for row in bits.unbind(-2):
            start = hashed(start, row)
    else:
        start = hashed(start, ids)
    inputs = torch.arange(1, x.shape[-2] + 1, device=x.device)[:, None]
    return normal(hashed(start[..., None, :], inputs)).to(x.dtype)


def _column(values: NDArray[np.float64], like: Tensor) -> Tensor:
    return torch.tensor(values).to(like)[:, None]
