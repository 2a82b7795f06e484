"""One push for all: the one that changes most decisions when every point is pushed by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.evasion.balls import cut, directions, steepest, uniforms
from boundaryviz.evasion.fgsm import ascent
from boundaryviz.evasion.model import Model
from boundaryviz.evasion.settings import Norm

DIRECTIONS = 64
"""Pushes that are tried: on a plane all around, otherwise drawn evenly."""


@dataclass(frozen=True, eq=False)
class CommonPush:
    """The best common push of each of R replicas, float64.

    push: (R, D). error: (R,), the share of points that are decided wrongly after it. by_class: (R, C, D), the best for
    the points of each class alone; class_error: (R,), the error after those. random: (R,), the mean error after the
    pushes of the same length that were tried.
    """

    push: NDArray[np.float64]
    error: NDArray[np.float64]
    by_class: NDArray[np.float64]
    class_error: NDArray[np.float64]
    random: NDArray[np.float64]


def universal(
    model: Model, x: Tensor, label: Tensor, norm: Norm, epsilon: float, steps: int = 0, seed: int = 0
) -> CommonPush:
    """The pushes of length epsilon after which most of the points x (1 or R, D, N), of classes `label` (N,), are
    decided wrongly: the best of `DIRECTIONS`, and, with `steps`, of where the ascent of the mean loss leads from it.

    It is a universal perturbation (Moosavi-Dezfooli, Fawzi, Fawzi and Frossard 2017); on a plane no better direction
    was missed by more than 3 degrees.
    """
    tried = epsilon * candidates(model.width, norm, seed)
    wrong = np.stack([_wrong(model, x, label, push) for push in tried])  # (directions, R, N)
    known = label.cpu().numpy()
    everyone = np.ones(len(known), dtype=bool)
    groups = [everyone, *(known == k for k in range(model.classes))]
    pushes, errors = [], []
    for some in groups:
        if not some.any():
            pushes.append(np.zeros((model.count, model.width)))
            errors.append(np.zeros(model.count))
            continue
        shares = wrong[:, :, some].mean(axis=2)
        best = shares.argmax(axis=0)
        push, share = tried[best], shares.max(axis=0)
        if steps:
            push, share = _climbed(model, x, label, norm, epsilon, steps, push, share, some)
        pushes.append(push)
        errors.append(share)
    sizes = [some.mean() if len(some) else 0.0 for some in groups[1:]]
    by_class = sum((size * one for size, one in zip(sizes, errors[1:], strict=True)), np.zeros(model.count))
    mean = wrong.mean(axis=(0, 2))
    return CommonPush(pushes[0], errors[0], np.stack(pushes[1:], axis=1), by_class, mean)


def candidates(width: int, norm: Norm, seed: int = 0) -> NDArray[np.float64]:
    """Pushes of length 1, (K, D): around the ball of a plane, corners included; in other spaces drawn at random, of the
    largest norm L-infinity the corners."""
    if width == 1:
        return np.array([[1.0], [-1.0]])
    if width == 2:
        angle = np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS
        around = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return around if norm == "l2" else around / np.abs(around).max(axis=1, keepdims=True)
    draws = uniforms(seed, np.arange(DIRECTIONS), width, -1)
    return directions(draws) if norm == "l2" else np.where(draws < 0.5, -1.0, 1.0)


def _wrong(model: Model, x: Tensor, label: Tensor, push: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points (R, N) are decided wrongly after a push (D,), or (R, D)."""
    way = torch.from_numpy(np.atleast_2d(push)).to(x)[:, :, None]
    found: NDArray[np.bool_] = (model.decide(x + way) != label).cpu().numpy()
    return found


def _climbed(
    model: Model,
    x: Tensor,
    label: Tensor,
    norm: Norm,
    epsilon: float,
    steps: int,
    push: NDArray[np.float64],
    share: NDArray[np.float64],
    some: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The best push (R, D) met on the way up the mean loss of `some` (N,) from `push`, and its share (R,)."""
    chosen: Sequence[int] = np.flatnonzero(some).tolist()
    here, mine, of = torch.from_numpy(push).to(x)[:, :, None], x[:, :, chosen], label[chosen]
    for _ in range(steps):
        slope, _, _ = ascent(model, (mine + here).expand(model.count, -1, -1), of, None)
        here = cut(here + 2.5 * epsilon / steps * steepest(slope.mean(2, keepdim=True), norm), epsilon, norm)
        now = here[:, :, 0].cpu().numpy()
        shares = _wrong(model, mine, of, now).mean(axis=1)
        better = shares > share
        push, share = np.where(better[:, None], now, push), np.where(better, shares, share)
    return push, share
