"""Random numbers of points: each a function of a seed, a purpose, a step and the point alone, on the learner's device.

Who else is in the batch, clean or poison, shifts nobody's numbers, and replicas with one seed share those of a point.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from boundaryviz.learners.streams import Purpose, key

_GOLDEN, _FIRST, _SECOND = (
    word - (1 << 64) for word in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)  # as int64, whose products wrap around like those of uint64
_BITS = 24  # of a number in single precision


def mixed(z: Tensor) -> Tensor:
    """The finaliser of splitmix64 on int64 numbers (Steele, Lea and Flood 2014, section 5), as `scene.keyed.hashes`."""
    z = (z ^ shifted(z, 30)) * _FIRST
    z = (z ^ shifted(z, 27)) * _SECOND
    return z ^ shifted(z, 31)


def hashed(start: Tensor, ids: Tensor) -> Tensor:
    """Pseudo-random int64 in the common shape of both, each a function of its start and its id alone."""
    return mixed(ids * _GOLDEN + start)


def uniform(z: Tensor) -> Tensor:
    """Numbers between 0 and 1, neither of them, from hashes, float32."""
    return (shifted(z, 64 - _BITS).float() + 0.5) * 2.0**-_BITS


def normal(z: Tensor) -> Tensor:
    """Standard normal numbers from hashes, float32 (Box and Muller 1958), by the upper and the lower half of each."""
    angle = (z & ((1 << _BITS) - 1)).float() * (2 * math.pi * 2.0**-_BITS)
    return torch.sqrt(torch.log(uniform(z)) * -2) * torch.cos(angle)


def in_ball(z: Tensor) -> Tensor:
    """Places spread evenly in the ball of radius 1, (R, D, B), from hashes (R, D + 1, B), float32: a direction, and
    the D-th root of a number for the radius."""
    across = normal(z[:, :-1])
    length = across.square().sum(1, keepdim=True).sqrt().clamp(min=torch.finfo(torch.float32).tiny)
    return across * (uniform(z[:, -1:]) ** (1 / across.shape[1]) / length)


def started(seeds: Sequence[int], purpose: Purpose, device: torch.device) -> Tensor:
    """What the hashes of each replica begin with, by its seed, int64 (R,)."""
    starts = [key(seed, purpose) for seed in seeds]
    return torch.tensor([one - (1 << 64) * (one >> 63) for one in starts], device=device)


class PointDraws:
    """Hashes for each replica, by its seed, and for each point, by its id."""

    def __init__(self, seeds: Sequence[int], purpose: Purpose, device: torch.device) -> None:
        self._starts = started(seeds, purpose, device)

    def of(self, step: int | Tensor, ids: Tensor, rows: int, some: slice = slice(None)) -> Tensor:
        """Hashes (R, rows, B) of a step for points `ids` (R or 1, B); some: the replicas they are of, R in number."""
        start = hashed(self._starts[some], torch.as_tensor(step))
        each = hashed(start[:, None], ids)[:, None]
        return hashed(each, torch.arange(1, rows + 1, device=each.device)[:, None])


def shifted(z: Tensor, bits: int) -> Tensor:
    """To the right, as numbers without a sign."""
    return (z >> bits) & ((1 << (64 - bits)) - 1)
