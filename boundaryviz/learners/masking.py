"""Masks: what is done to a net when it is asked, so that attacks by its slope find less (Athalye, Carlini and Wagner
2018, section 3: shattered, stochastic and vanishing gradients). Training never sees them.

Saturated: outputs times so much that softmax rounds its slope away. Quantised: inputs rounded to a grid, whose slope is
0. Wiggle: x + s sin(4.8 x / s), which turns the slope around every few hundredths and moves x by s at most. Noise: one
Gaussian draw a place, the same each time that place is asked about, so that a picture of it stands still.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.learners.point_draws import hashed, normal
from boundaryviz.learners.specs_robust import Masking, RobustSpec
from boundaryviz.learners.streams import Purpose, key
from boundaryviz.scene.scaling import Scaling

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
        """As `inputs`, (N, D)."""
        moved: NDArray[np.float64] = self.inputs(torch.from_numpy(np.ascontiguousarray(x.T))[None], scale)[0].numpy().T
        return moved

    def inputs(self, x: Tensor, scale: Scaling | None) -> Tensor:
        """Inputs (1 or R, D, N) in double precision and in units of `scale` as the net takes them, in the same.

        Slopes are those that an attacker would meet: of rounding none, of noise those of a push by what was drawn.
        """
        if not self.moves:
            return x
        if self.kind == "noise":
            drawn = self.strength * drawn_at(x)
            return x + (drawn if scale is None else drawn / _column(scale.unit, x))
        if scale is None:
            return self._moved(x)
        centre, unit = _column(scale.centre, x), _column(scale.unit, x)
        return (self._moved(x * unit + centre) - centre) / unit

    def _moved(self, x: Tensor) -> Tensor:
        if self.kind == "quantised":
            return torch.round(x / self.strength) * self.strength
        return x + self.strength * torch.sin(x * (STEEPNESS / self.strength))


def drawn_at(x: Tensor, number: int = 0) -> Tensor:
    """Standard normal numbers (., D, N), each a function of all inputs x (., D, N) of a place, in double precision.

    number: 0 is the net's own draw; others are draws of the same kind, for whoever averages over them.
    """
    bits = (x.detach().double() + 0.0).view(torch.int64)  # adding 0 makes -0 and 0 the same
    start = torch.tensor(_START, device=x.device)
    place = hashed(start, torch.tensor(number, device=x.device))
    for row in bits.unbind(-2):
        place = hashed(place, row)
    inputs = torch.arange(1, x.shape[-2] + 1, device=x.device)[:, None]
    return normal(hashed(place[..., None, :], inputs)).to(x.dtype)


def _column(values: NDArray[np.float64], like: Tensor) -> Tensor:
    return torch.tensor(values).to(like)[:, None]
