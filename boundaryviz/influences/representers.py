"""An answer as a sum of one term a training point: of a net's last layer, of support vectors, of kernels."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from boundaryviz.learners.alone import Alone

LEAST_PENALTY = 1e-3
"""The penalty of the refitted layer where the net's own is smaller: without one there are no representers."""

_ROUNDS, _DONE = 50, 1e-10


def of_last_layer(
    alone: Alone, inputs: Tensor, targets: Tensor, penalty: float, place: Tensor, decided: int, rival: int
) -> NDArray[np.float64]:
    """What each point adds to the lead of one class over another at a place, (N,); they sum to it, in a last layer that
    is fitted anew to the labels, with the penalty also on its offset.

    inputs (F, N), targets (K, N) one-hot, place (F, 1). With W at the minimum of the mean cross-entropy of W phi_i plus
    penalty |W|^2 it is W = sum_i alpha_i phi_i^T, alpha_i = (target_i - softmax_i) / (2 penalty n) (Yeh et al. 2018,
    theorem 3.1).
    """
    features, at = (_with_one(alone.hidden(x)) for x in (inputs, place))
    layer = refitted(features, targets, penalty)
    alpha = (targets - F.softmax(layer @ features, 0)) / (2 * penalty * features.shape[1])
    found: NDArray[np.float64] = ((alpha[decided] - alpha[rival]) * (features.T @ at)[:, 0]).numpy()
    return found


def _with_one(features: Tensor) -> Tensor:
    return F.pad(features, (0, 0, 0, 1), value=1.0)


def refitted(features: Tensor, targets: Tensor, penalty: float) -> Tensor:
    """The layer (K, H) that makes the mean cross-entropy of features (H, N) with its penalty least: by Newton's method,
    halving a step that does not go down. The objective is strictly convex."""
    layer = torch.zeros(len(targets), len(features), dtype=features.dtype)

    def objective(w: Tensor) -> Tensor:
        return -(targets * F.log_softmax(w @ features, 0)).sum(0).mean() + penalty * w.square().sum()

    n, size = features.shape[1], layer.numel()
    for _ in range(_ROUNDS):
        p = F.softmax(layer @ features, 0)
        slope = (p - targets) @ features.T / n + 2 * penalty * layer
        if slope.abs().max() < _DONE:
            break
        curved = torch.diag_embed(p.T) - p.T[:, :, None] * p.T[:, None]  # (N, K, K)
        hessian = torch.einsum("nij,an,bn->iajb", curved, features, features).reshape(size, size) / n
        hessian.diagonal().add_(2 * penalty)
        step = torch.linalg.solve(hessian, slope.flatten()).view_as(layer)
        far, now = 1.0, objective(layer)
        while far > _DONE and objective(layer - far * step) > now:
            far /= 2
        layer = layer - far * step
    return layer
