"""Balls of a norm around inputs: how long a push is, which way is steepest, where it is cut off, where one begins."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.evasion.settings import Norm
from boundaryviz.learners.streams import Purpose, hashes, key

_TINY = 1e-300


def length(push: Tensor, norm: Norm) -> Tensor:
    """How long pushes (R, D, N) are, (R, N)."""
    return push.norm(dim=1) if norm == "l2" else push.abs().amax(1)


def dual(slope: Tensor, norm: Norm) -> Tensor:
    """By how much something with this gradient (R, D, N) rises at most for a push of length 1, (R, N)."""
    return slope.norm(dim=1) if norm == "l2" else slope.abs().sum(1)


def steepest(slope: Tensor, norm: Norm) -> Tensor:
    """The push of length 1 along which something with this gradient (R, D, N) rises most; 0 where that is 0."""
    if norm == "linf":
        return slope.sign()
    largest = slope.abs().amax(1, keepdim=True).clamp_min(_TINY)  # squares of tiny numbers are 0
    even = slope / largest
    return even / even.norm(dim=1, keepdim=True).clamp_min(1.0)


def cut(push: Tensor, epsilon: Tensor | float, norm: Norm) -> Tensor:
    """The nearest push to each of these (R, D, N) that is no longer than epsilon (a number, or (R, N))."""
    limit = torch.as_tensor(epsilon, dtype=push.dtype, device=push.device)
    limit = limit[:, None] if limit.ndim == 2 else limit
    if norm == "linf":
        return torch.minimum(torch.maximum(push, -limit), limit)
    size = push.norm(dim=1, keepdim=True)
    return push * (limit / size.clamp_min(_TINY)).clamp_max(1.0)


def starts(seed: int, ids: NDArray[np.int64], width: int, norm: Norm, round_: int = 0) -> NDArray[np.float64]:
    """Places (N, D) spread evenly over the ball of radius 1, each a function of seed, id and round alone."""
    draws = uniforms(seed, ids, width, round_)
    if norm == "linf":
        return draws * 2 - 1
    radius = uniforms(seed, ids, 1, -1 - round_) ** (1 / width)
    return directions(draws) * radius


def directions(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit vectors (N, D), evenly spread, of uniform numbers (N, D)."""
    from scipy.special import ndtri  # late, for scipy is not what the first frame waits for

    normal = ndtri(draws)
    found: NDArray[np.float64] = normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), _TINY)
    return found


def uniforms(seed: int, ids: NDArray[np.int64], width: int, *parts: int) -> NDArray[np.float64]:
    """Uniform numbers (N, D) above 0 and below 1, each a function of its seed, id, column and these parts alone."""
    begins = np.array([key(seed, Purpose.EVASION, *parts, k) for k in range(width)], dtype=np.uint64)
    bits = hashes(begins[None], np.asarray(ids, dtype=np.int64)[:, None]) >> np.uint64(11)
    found: NDArray[np.float64] = (bits.astype(np.float64) + 0.5) * 2.0**-53
    return found
